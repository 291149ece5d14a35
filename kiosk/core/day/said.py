"""Texts of documents in the reader's language, and which posts still hold."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol, TypeVar

from kiosk.core.languages import preferred
from kiosk.core.script import swedish
from kiosk.core.words import clean


class Ending(Protocol):
    """Anything with a last day."""

    @property
    def until(self) -> date | None:
        """The last day it is shown; None: no end."""


E = TypeVar("E", bound=Ending)


def in_language(texts: Mapping[str, str] | None, language: str) -> str:
    """The text in this language, else in Swedish; a fallback that can be seen, for it is still Swedish."""
    if not texts:
        return ""
    tag = next((tag for tag in preferred(language) if texts.get(tag)), "sv")
    text = clean(texts.get(tag, ""))
    return text if tag == language or language.startswith("sv") else swedish(text)


def still(posts: Sequence[E], today: date | None) -> tuple[E, ...]:
    """Posts whose last day has not passed. Without a known day: only what has no end, for the rest may be over."""
    return tuple(one for one in posts if one.until is None or (today is not None and today <= one.until))
