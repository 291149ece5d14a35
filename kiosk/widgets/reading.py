"""What stands on the screen, in the order in which the eye meets it: for the voice and for the keys."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kiosk.core.voice.speaking import Item
from kiosk.widgets.paged import PagedText
from kiosk.widgets.panel import Touch
from kiosk.widgets.parts import RowBox
from kiosk.widgets.text import FitLabel


@dataclass(frozen=True, slots=True)
class Readable:
    """A widget and what it says. `control`: something to choose."""

    widget: Any
    item: Item

    @property
    def control(self) -> bool:
        """Can it be chosen?"""
        return self.item.control


def readables(root: Any, language: str) -> list[Readable]:
    """Everything under `root` that says something, as it was added: from the top, from where reading begins.

    A widget may say its own words by `spoken` (a text), and which language it is in by `language`.
    """
    return list(_under(root, language, None))


def _under(widget: Any, language: str, message: Any) -> Iterator[Readable]:
    """`message`: the warning that is shown here; its words are in its own language, whatever the page's is."""
    if not widget.opacity or widget.disabled:
        return
    language = getattr(widget, "language", "") or language
    message = getattr(widget, "shown", None) or message
    text = _own(widget)
    if text is not None:
        if message is not None and (isinstance(widget, PagedText) or text == getattr(message, "headline", None)):
            language = getattr(message, "language", "") or language
        if text.strip() and widget.height > 1 and widget.width > 1:
            control = isinstance(widget, Touch) or getattr(widget, "chooses", False)
            yield Readable(widget, Item(text, language, control=control))
        return
    for child in reversed(widget.children):
        yield from _under(child, language, message)


def _own(widget: Any) -> str | None:
    """What a widget says as a whole; None when its children speak for themselves."""
    spoken = getattr(widget, "spoken", None)
    if spoken is not None:
        return str(spoken)
    if isinstance(widget, RowBox):
        row = widget.row
        return ". ".join(text for text in (row.text, row.word, row.detail) if text) if row is not None else ""
    if isinstance(widget, Touch | FitLabel):
        return str(widget.text)
    if isinstance(widget, PagedText):
        return "\n".join(passage.text for passage in widget.passages)
    return None


def at_point(found: list[Readable], x: float, y: float) -> Readable | None:
    """What lies under a finger, in pixels of the window."""
    for one in found:
        left, bottom = one.widget.to_window(one.widget.x, one.widget.y)
        if left <= x <= left + one.widget.width and bottom <= y <= bottom + one.widget.height:
            return one
    return None
