"""The panels that pages are drawn on, and how a visitor may have set the screen."""

from dataclasses import dataclass

from kiosk.core.look.style import Style


@dataclass(frozen=True, slots=True)
class Panel:
    """A real panel: pixels, pixels per millimetre, and from where it is read (millimetres)."""

    width: int
    height: int
    px_per_mm: float
    distance_mm: float = 500.0


PANELS = {
    "7-inch": Panel(800, 480, 5.25),
    "7-inch-portrait": Panel(720, 1280, 8.26),
    "10-inch": Panel(1280, 800, 5.88),
    "15-inch": Panel(1920, 1080, 5.56, 600.0),
    "21-inch-portrait": Panel(1080, 1920, 4.03, 600.0),
    "32-inch": Panel(1920, 1080, 2.7, 700.0),
}
"""By name."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the visitor has chosen: size of text, colours, and whether the page is being read aloud."""

    larger: bool = False
    dark: bool = False
    high: bool = False
    reading: bool = False

    def style(self, panel: Panel) -> Style:
        """That choice on one panel."""
        return Style(panel.px_per_mm, larger=self.larger, dark=self.dark, high=self.high, distance_mm=panel.distance_mm)


LOOKS = {
    "light": Look(),
    "dark": Look(dark=True, reading=True),
    "high": Look(high=True),
    "larger-light": Look(larger=True, reading=True),
    "larger-dark": Look(larger=True, dark=True),
    "larger-high": Look(larger=True, high=True, reading=True),
}
"""By name; the first three with ordinary text, the others with larger."""
LANGUAGES = ("sv", "sv-lattlast", "en", "fi", "fit", "se", "sma", "ar", "long")
"""Tags of the catalogues; "long" is Swedish with a third more text."""
