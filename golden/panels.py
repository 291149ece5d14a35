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
NARROW = ("7-inch", "7-inch-portrait")
"""Those with least room."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the visitor has chosen: size of text, colours, and by what the page is read aloud.

    `way`: "touch", "keys" or "button" while it is, and then a line above the bar says how to go on; "" while it is not.
    `one`: one thing of the page at a time, as large as the standard asks.
    """

    larger: bool = False
    dark: bool = False
    high: bool = False
    way: str = ""
    one: bool = False

    def style(self, panel: Panel) -> Style:
        """That choice on one panel."""
        return Style(panel.px_per_mm, larger=self.larger, dark=self.dark, high=self.high, distance_mm=panel.distance_mm)


LOOKS = {
    "light": Look(),
    "dark": Look(dark=True, way="touch"),
    "high": Look(high=True),
    "larger-light": Look(larger=True, way="keys"),
    "larger-dark": Look(larger=True, dark=True),
    "larger-high": Look(larger=True, high=True, way="button"),
    "largest-light": Look(larger=True, one=True),
    "largest-dark": Look(larger=True, dark=True, one=True),
    "largest-high": Look(larger=True, high=True, one=True),
}
"""By name, which begins with the size of text where that is not the ordinary one."""
LANGUAGES = ("sv", "sv-lattlast", "en", "fi", "fit", "se", "sma", "ar", "long")
"""Tags of the catalogues; "long" is Swedish with a third more text."""
