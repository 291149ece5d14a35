"""What is read aloud: things on a page in the order in which they stand, each in the voice of its own language."""

from dataclasses import dataclass

from kiosk.core.look import script
from kiosk.core.visitor.languages import MAIN, Language, language
from kiosk.core.voice.pronounce import portions, pronounce
from kiosk.core.words import Words


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on a page: its words, the language they are in, and whether it can be chosen."""

    text: str
    language: str
    control: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words for one voice, as the speech program gets them. `voice` is the program's name of it."""

    text: str
    voice: str
    language: str


def voice_of(one: Language) -> tuple[str, str] | None:
    """(voice, tag of the language that the voice is made for); None where there is none and none is near."""
    if one.voice:
        return one.voice, one.tag.split("-", maxsplit=1)[0]
    near = language(one.near) if one.near else None
    return (near.voice, near.tag) if near is not None and near.voice else None


def said(item: Item, words: Words) -> tuple[Spoken, ...]:
    """One thing as it is spoken: its words, and that it is a button. What no voice can read is left out."""
    found = [
        Spoken(pronounce(portion, tag), voice, tag)
        for text, part_language in script.parts(item.text, item.language)
        if (made := voice_of(language(part_language)))
        for voice, tag in (made,)
        for portion in portions(text)
    ]
    if item.control and found:
        found += _own(words, "speech.button")
    return tuple(one for one in found if any(letter.isalnum() for letter in one.text))


def introduction(words: Words) -> tuple[Spoken, ...]:
    """Said first when the language has no voice of its own: which voice reads, or that only Swedish can be read."""
    one = language(words.language)
    if one.voice:
        return ()
    key = "speech.near_voice" if voice_of(one) else "speech.no_voice"
    name = language(one.near).name if voice_of(one) else one.name
    return _own(words, key, name=name)


def orientation(words: Words, place: str, banner: Item | None, way: str) -> tuple[Spoken, ...]:
    """Said to somebody who woke a dark screen. `place` "" where it is not known; `way`: "touch" or "keys"."""
    point = _own(words, "speech.point", place=place) if place else _own(words, "head.no_place")
    warning = said(banner, words) if banner is not None else ()
    return (*point, *warning, *_own(words, f"speech.woke_{way}"))


def sentence(words: Words, key: str, **fields: object) -> tuple[Spoken, ...]:
    """One of the screen's own sentences, spoken."""
    return _own(words, key, **fields)


def _own(words: Words, key: str, **fields: object) -> tuple[Spoken, ...]:
    """In the reader's language where it is written and has a voice, else in Swedish."""
    text, tag = words.say(key, **fields), words.main
    if voice_of(language(tag)) is None and words.fallback is not None:
        text, tag = script.swedish(words.fallback[key].format(**fields)), MAIN
    return tuple(
        Spoken(pronounce(part, made[1]), *made)
        for part, part_language in script.parts(text, tag)
        if (made := voice_of(language(part_language)))
    )
