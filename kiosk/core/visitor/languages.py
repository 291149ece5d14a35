"""Which languages there are, by their own names in their own script, and which of them a visitor is offered."""

from collections.abc import Iterable
from dataclasses import dataclass

MAIN = "sv"
"""What everything is written in first, and what is shown where another language lacks a text."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language. `tag` after BCP 47 names its file in `kiosk/texts`; `name` is its own.

    `voice` is what the speech program calls it, None where it has none: then it is read in no voice at all, unless
    `near` names the tag of a language whose voice is close enough to be used and called what it is. `reviewed`: it is
    the original, was written beside it, or a speaker has read all its texts; until then it is off unless the settings
    name it. `falls_to` is asked first for a text that is missing.
    """

    tag: str
    name: str
    script: str = "Latn"
    voice: str | None = None
    near: str = ""
    reviewed: bool = False
    falls_to: str = MAIN

    @property
    def right_to_left(self) -> bool:
        """Is it written, and the page laid out, from the right?"""
        return self.script in ("Arab", "Hebr")


LANGUAGES: dict[str, Language] = {
    one.tag: one
    for one in (
        Language("sv", "Svenska", voice="sv", reviewed=True),
        Language("sv-lattlast", "Lättläst svenska", voice="sv"),
        Language("en", "English", voice="en-gb", reviewed=True),
        Language("fi", "Suomi", voice="fi"),
        Language("fit", "Meänkieli", near="fi"),
        Language("se", "Davvisámegiella"),
        Language("smj", "Julevsámegiella", voice="smj"),
        Language("sma", "Åarjelsaemien gïele"),
        Language("rom", "Romani čhib"),
        Language("yi", "ייִדיש", script="Hebr"),
        Language("ar", "العربية", script="Arab", voice="ar"),
        Language("fa", "فارسی", script="Arab", voice="fa"),
        Language("so", "Soomaali"),
        Language("ti", "ትግርኛ", script="Ethi"),
        Language("uk", "Українська", script="Cyrl", voice="uk"),
        Language("pl", "Polski", voice="pl"),
    )
}
"""All that the screen knows of; a language is there once `kiosk/texts` has a file of its tag."""


def language(tag: str) -> Language:
    """One language; a tag that nobody knows is called by its tag and has no voice."""
    return LANGUAGES.get(tag) or Language(tag, tag)


def offered(written: Iterable[str], wanted: Iterable[str], first: str) -> tuple[str, ...]:
    """Tags to choose from, `first` (the screen's own) first: what is wanted, or all that is reviewed.

    `written`: tags of the catalogues there are; what is not written is not offered.
    """
    there, chosen = set(written), tuple(wanted)
    order = chosen or tuple(tag for tag, one in LANGUAGES.items() if one.reviewed)
    return tuple(dict.fromkeys(tag for tag in (first, *order) if tag in there))


def faults(written: Iterable[str], wanted: Iterable[str], first: str) -> list[str]:
    """What is wrong with the settings' languages, one sentence each."""
    there = sorted(set(written))
    named = ", ".join(there)
    found = [f"language: there are no texts in {first!r}; choose of {named}"] if first not in there else []
    missing = [tag for tag in wanted if tag not in there]
    return found + [f"languages: there are no texts in {tag!r}; choose of {named}" for tag in missing]


def preferred(language_tag: str) -> tuple[str, ...]:
    """Tags under which a message may carry its text for this reader, best first: lättläst has two spellings."""
    if language_tag == "sv-lattlast":
        return ("sv-lattlast", "sv-x-lattlast", "sv")
    return (language_tag,) if language_tag == MAIN else (language_tag, MAIN)
