"""Sizes and colours of one screen: millimetres of the real panel, five sizes of text, one theme."""

from dataclasses import dataclass, replace
from math import pi

from kiosk.core.look.theme import DARK, HIGH, LIGHT, Theme

TARGET_MM = 20.0
"""Least height of what is to be touched: gloves, tremor, hurry."""
NARROW_MM = 17.0
"""Least width, for four buttons side by side on a panel 87 mm wide."""
TEXT_MM = {"small": 4.2, "body": 5.4, "lead": 7.0, "title": 9.4, "display": 17.0}
LARGER_MM = {"small": 6.6, "body": 8.7, "lead": 9.4, "title": 11.0, "display": 17.0}
"""Font sizes at `NEAR_MM`; 8.7 mm makes a capital H of 6.1 mm, 0.7 degrees at half a metre."""
NEAR_MM = 500.0
"""The distance from which the screen is read unless the settings say another; from further away all text is larger."""
CAPITAL = 0.71
"""Height of a capital H as a part of the font size."""
SEEN_DEGREES = 0.7
"""What a capital H covers of the field of view in larger text (EN 301 549, 5.1.4)."""


@dataclass(frozen=True, slots=True)
class Style:
    """How this screen is drawn now."""

    px_per_mm: float
    larger: bool = False
    dark: bool = False
    high: bool = False
    distance_mm: float = NEAR_MM
    """From where text has to be readable."""

    @property
    def theme(self) -> Theme:
        """The colours."""
        return HIGH if self.high else DARK if self.dark else LIGHT

    def next_theme(self) -> "Style":
        """Light, dark, high contrast, light: one button goes round."""
        if self.high:
            return replace(self, dark=False, high=False)
        return replace(self, high=True) if self.dark else replace(self, dark=True)

    def mm(self, millimetres: float) -> float:
        """Millimetres as pixels."""
        return round(millimetres * self.px_per_mm)

    def text(self, size: str) -> float:
        """One of the five sizes of text as pixels."""
        table = LARGER_MM if self.larger else TEXT_MM
        return self.mm(table[size] * max(1.0, self.distance_mm / NEAR_MM))

    @property
    def capital_mm(self) -> float:
        """Height that a capital H of larger body text must have."""
        return self.distance_mm * pi * SEEN_DEGREES / 180

    @property
    def least_px(self) -> float:
        """Font size of text that is large enough from the stated distance."""
        return self.capital_mm / CAPITAL * self.px_per_mm + 1

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
