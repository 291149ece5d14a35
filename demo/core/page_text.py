"""What somebody reads on a page: its visible words, part by part, without a browser and without the page's own code.

As the style sheet has it, what is marked `if-contact` is not seen in a part without contact, and what is marked
`if-lost` not in one with it; so the words that a page holds ready for the other case are not read as said.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(("area", "br", "col", "hr", "img", "input", "link", "meta", "path", "rect", "circle", "line", "use"))
SHOWN_CLASSES = ("row-state", "row-heard", "row-fuel", "sentence", "heard", "summary", "todo", "what", "do-now")
"""Classes whose first element is a part of its own."""
NOT_NOW = frozenset(("only-print", "only-kept", "kept-word", "kept-shape"))
UNREAD = frozenset(("script", "style", "svg", "template", "head", "select", "textarea", "noscript"))


@dataclass(slots=True)
class Part:
    """One element that has a mark: its words in the order they are read, joined by single spaces."""

    name: str
    contact: str | None
    """"yes", "no", or None where nothing says."""
    roles: list[str] = field(default_factory=list)
    """Colour roles painted in it, in the order they are met."""
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All words."""
        return " ".join(" ".join(self.words).replace("\u00a0", " ").split())

    def says(self, words: str) -> bool:
        """Are these words read in it?"""
        return " ".join(words.replace("\u00a0", " ").split()) in self.text


@dataclass(slots=True)
class _Open:
    tag: str
    part: Part | None
    hidden: bool
    contact: str | None
    fresh: str = ""


class _Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: dict[str, Part] = {}
        self._open: list[_Open] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        marks = told.get("class", "").split()
        above = self._open[-1] if self._open else _Open("", None, hidden=False, contact=None)
        contact = told.get("data-contact") or above.contact
        fresh = told.get("data-freshness") or above.fresh
        unseen = _unseen(marks, contact, fresh)
        hidden = above.hidden or unseen or tag in UNREAD or "hidden" in told
        part = self._named(told.get("id", ""), marks, contact, hidden=hidden)
        if not hidden:
            for role in (mark.split("-", 1)[1] for mark in marks if mark.startswith(("role-", "marked-"))):
                for one in self._around(part):
                    one.roles.append(role)
        if "data-contact" in told:
            for one in self._around(part):
                one.contact = one.contact or told["data-contact"]
        if tag not in VOID:
            self._open.append(_Open(tag, part, hidden, contact, fresh))

    def _named(self, name: str, marks: list[str], contact: str | None, *, hidden: bool) -> Part | None:
        """The part that begins here: by its id, else by a class that is seen for the first time."""
        known = next((f".{mark}" for mark in marks if mark in SHOWN_CLASSES), "")
        if not name and (not known or hidden or known in self.parts):
            return None
        return self.parts.setdefault(name or known, Part(name or known, contact))

    def _around(self, part: Part | None) -> list[Part]:
        """The part that begins here, and all that it stands in."""
        return [one for one in (*(one.part for one in self._open), part) if one is not None]

    def handle_endtag(self, tag: str) -> None:
        places = [place for place, one in enumerate(self._open) if one.tag == tag]
        if places:
            del self._open[places[-1] :]

    def handle_data(self, data: str) -> None:
        if self._open and not self._open[-1].hidden and data.strip():
            for part in self._around(None):
                part.words.append(data)


def _unseen(marks: list[str], contact: str | None, fresh: str) -> bool:
    """Does the style sheet hide it? (`page.css`: contact, the age of a value, what is only for paper or a kept page)"""
    if NOT_NOW.intersection(marks):
        return True
    if "if-contact" in marks or "if-lost" in marks:
        return ("if-contact" if contact == "no" else "if-lost") in marks
    return ("when-stale" in marks and fresh != "stale") or ("when-unknown" in marks and fresh != "unknown")


def parts(html: str) -> dict[str, Part]:
    """The parts of a page by id (and a few by class, with a dot before it)."""
    reading = _Reading()
    reading.feed(html)
    reading.close()
    return reading.parts
