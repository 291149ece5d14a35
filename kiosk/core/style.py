"""Sizes and colours of one screen: millimetres of the real panel, five sizes of text, one theme."""

from dataclasses import dataclass

from kiosk.core.theme import DARK, LIGHT, Theme

TARGET_MM = 20.0
"""Least height of what is to be touched: gloves, tremor, hurry."""
NARROW_MM = 17.0
"""Least width, for four buttons side by side on a panel 87 mm wide."""
TEXT_MM = {"small": 4.2, "body": 5.4, "lead": 7.0, "title": 9.4, "display": 17.0}
LARGER_MM = {"small": 6.6, "body": 8.7, "lead": 9.4, "title": 11.0, "display": 17.0}
"""Font sizes; 8.7 mm makes a capital H of 6.1 mm, 0.7 degrees at half a metre."""


@dataclass(frozen=True, slots=True)
class Style:
    """How this screen is drawn now."""

    px_per_mm: float
    larger: bool = False
    dark: bool = False

    @property
    def theme(self) -> Theme:
        """The colours."""
        return DARK if self.dark else LIGHT

    def mm(self, millimetres: float) -> float:
        """Millimetres as pixels."""
        return round(millimetres * self.px_per_mm)

    def text(self, size: str) -> float:
        """One of the five sizes of text as pixels."""
        return self.mm((LARGER_MM if self.larger else TEXT_MM)[size])

    @property
    def target(self) -> float:
        """Least side of a touch target in pixels."""
        return self.mm(TARGET_MM)

    @property
    def narrow(self) -> float:
        """Least width of a touch target in pixels; with the gap, thumbs are 18.6 mm apart even on a narrow panel."""
        return self.mm(NARROW_MM)

    @property
    def gap(self) -> float:
        """Space between blocks in pixels."""
        return self.mm(1.6)

    @property
    def frame(self) -> float:
        """Thickness of the striped frame in pixels."""
        return self.mm(2.4)


def rgba(colour: str) -> tuple[float, float, float, float]:
    """#RRGGBB as four numbers from 0 to 1."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue, 1.0
