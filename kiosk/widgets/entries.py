"""Rows that lead on: a list whose rows with something behind them can be touched, as high as a thumb needs."""

from typing import Any

from kivy.properties import ObjectProperty
from kivy.uix.behaviors import ButtonBehavior

from kiosk.widgets.parts import Part, RowBox, RowList


class EntryBox(ButtonBehavior, RowBox):
    """One row to touch; it has an edge like everything that can be touched."""

    chooses = True

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.edge = self.style.mm(0.4)

    @property
    def spoken(self) -> str:
        """The whole row as one thing to choose."""
        return ". ".join(text for text in (self.row.text, self.row.word, self.row.detail) if text)

    def on_state(self, _box: object, state: str) -> None:
        """Pressed is seen at once."""
        self.opacity = 0.7 if state == "down" else 1


class EntryList(RowList):
    """`opened` is called with the entry that was touched; entries with nothing behind them are plain rows."""

    opened = ObjectProperty(None)

    def least(self, row: Any) -> float:
        """What can be touched is as high as a thumb needs."""
        return self.style.target if getattr(row, "opens", False) else 0.0

    def box(self, part: Part) -> RowBox:
        """A row to touch, or a plain one."""
        entry = part["row"]
        if not getattr(entry, "opens", False) or self.opened is None:
            return RowBox(style=self.style, **part)
        box = EntryBox(style=self.style, **part)
        whole = entry if entry in self.rows else next((one for one in self.rows if _is_part(entry, one)), entry)
        box.bind(on_release=lambda _: self.opened(whole))
        return box


def _is_part(part: Any, whole: Any) -> bool:
    """Is this row a piece of that one? Two evenings of one choir differ by no more than the word beside them."""
    same = (part.word, part.more, part.code) == (whole.word, getattr(whole, "more", ""), getattr(whole, "code", ""))
    return same and part.detail in ("", whole.detail) and part.text in whole.text
