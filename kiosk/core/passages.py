"""What a warning or a card of advice says, as paragraphs in the order in which they are read."""

from dataclasses import dataclass

from kiosk.core.alert_view import AlertView
from kiosk.core.words import Words


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph; a heading stays on the page of the text after it."""

    text: str
    heading: bool = False


def paragraphs(text: str) -> list[Passage]:
    """A sender's text with the sender's own line breaks: each is a paragraph here."""
    return [Passage(line.strip()) for line in text.split("\n") if line.strip()]


def warning(one: AlertView, words: Words, *, act_first: bool, facts: bool) -> tuple[Passage, ...]:
    """Remark, what happens, what to do. `act_first`: it takes several pages, so what to do stands on the first.

    `facts`: who says it and until when comes last, where it has no place of its own.
    """
    do = [Passage(words.say("crisis.do"), heading=True), *paragraphs(one.instruction)] if one.instruction else []
    what = paragraphs(one.description)
    if act_first and do and what:
        what.insert(0, Passage(words.say("crisis.what"), heading=True))
        told = do + what
    else:
        told = what + do
    known = [Passage(line) for line in about(one, words)] if facts else []
    return (*([Passage(one.remark)] if one.remark else []), *told, *known)


def about(one: AlertView, words: Words) -> tuple[str, ...]:
    """Where it holds, who says it since when, until when, when it was checked last; only what is known."""
    lines = []
    if one.area:
        lines.append(words.say("crisis.area", area=one.area))
    lines.append(_sentence(one.sender))
    lines.append(_sentence(one.until))
    for more in (one.checked, one.attribution):
        if more:
            lines.append(_sentence(more))
    return tuple(lines)


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".!?" else f"{text}."
