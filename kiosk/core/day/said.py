"""Texts of documents in the reader's language, and which posts still hold."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol, TypeVar

from contract.everyday import Post
from kiosk.core.look.script import swedish
from kiosk.core.visitor.languages import preferred
from kiosk.core.words import Words, clean


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
    """Posts whose last day has not passed. Without a known day those about somebody are hidden: who wanted to be gone
    by then is gone. All others stay, and `may_be_over` marks them."""
    if today is None:
        return tuple(one for one in posts if one.until is None or not isinstance(one, Post))
    return tuple(one for one in posts if one.until is None or today <= one.until)


def phone_code(phone: str) -> str:
    """A number to take along, as an address that a telephone dials; "" for what is no number."""
    whole = phone.replace("(0)", "") if phone.strip().startswith("+") else phone
    digits = re.sub(r"[\s()-]", "", whole)
    return f"tel:{digits}" if re.fullmatch(r"\+?[0-9]{2,15}", digits) else ""


def may_be_over(one: object, today: date | None, words: Words) -> str:
    """The mark of a post whose last day nobody can compare with today; "" for all others."""
    return words.say("notice.unsure") if today is None and getattr(one, "until", None) is not None else ""
