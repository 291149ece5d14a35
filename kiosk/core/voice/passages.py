"""What a warning or a card of advice says, as paragraphs in the order in which they are read."""

from dataclasses import dataclass

from kiosk.core.warnings.alert_view import AlertView
from kiosk.core.words import Words


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph; a heading stays on the page of the text after it."""

    text: str
    heading: bool = False


def paragraphs(text: str) -> list[Passage]:
    """A sender's text with the sender's own line breaks: each is a paragraph here."""
    return [Passage(line.strip()) for line in text.split("\n") if line.strip()]


def warning(one: AlertView, words: Words, *, act_first: bool, rest: tuple[str, ...]) -> tuple[Passage, ...]:
    """Remark, what happens, what to do. `act_first`: it takes several pages, so what to do stands on the first.

    `rest`: what else is known of it and has no place of its own comes last, together: on a low screen each would take
    a page.
    """
    do = [Passage(words.say("crisis.do"), heading=True), *paragraphs(one.instruction)] if one.instruction else []
    what = paragraphs(one.description)
    if act_first and do and what:
        what.insert(0, Passage(words.say("crisis.what"), heading=True))
        told = do + what
    else:
        told = what + do
    return (*([Passage(one.remark)] if one.remark else []), *told, *([Passage(" ".join(rest))] if rest else []))


def who(one: AlertView) -> tuple[str, ...]:
    """Who says it since when, and until when: never left out."""
    return tuple(_sentence(text) for text in (one.sender, one.until) if text)


def where(one: AlertView, words: Words) -> tuple[str, ...]:
    """Where it holds, when it was checked last and whose words these are; only what is known."""
    area = words.say("crisis.area", area=one.area) if one.area else ""
    return tuple(_sentence(text) for text in (area, one.checked, one.attribution) if text)


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?" else f"{text}."
