"""The first page: is there power, what is open, where to go on, are there warnings; in a crisis what works here now."""

from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from kiosk.core.day.attract import facts
from kiosk.core.doorways import doorways
from kiosk.screens.page import SHORT_MM, Page, load_kv
from kiosk.widgets.doors import Doors, height
from kiosk.widgets.parts import line_height
from kiosk.widgets.situation import Situation

__all__ = ["Doors", "Home", "Situation"]

CALM_SHARE, CRISIS_SHARE = 0.5, 0.5
"""Of the page's height, how much the doors may take."""
LARGE_MM = 180
LINES = 0.3
"""And the two lines together."""
BLOCK, BLOCK_LONG, LONG_AGE = 1.4, 2.4, 60
"""Least height of the state, in its own letters; on a narrow panel where how old it is takes so many letters."""


class Home(Page):
    """Laid out in home.kv."""

    fact = NumericProperty(0)
    """Which of the facts the line under the state tells; 0 is what is open."""
    line = ObjectProperty(None)
    lines = StringProperty("body")
    """Size of the two lines: on a large panel they are read from further away."""
    doors = ObjectProperty(())
    doors_height = NumericProperty(0)
    line_px = NumericProperty(0)
    checked_px = NumericProperty(0)
    """Heights of the two lines: what they say is never made small to make room for doors."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("view", "style", "size", "line"):
            self.fbind(name, self._measure)
        for name in ("view", "fact"):
            self.fbind(name, self._tell)
        self._measure()

    def on_kv_post(self, _base: object) -> None:
        """Kivy has laid out the page."""
        self._tell()

    def _tell(self, *_: object) -> None:
        told = facts(self.view)
        self.line = told[self.fact % len(told)]

    def _measure(self, *_: object) -> None:
        self.doors = doorways(self.view, cards=bool(self.library and self.library.cards))
        if self.height <= 1:
            return
        self.lines = "title" if min(self.width, self.screen_height) > self.style.mm(LARGE_MM) else "body"
        share = 0 if self.short else CRISIS_SHARE if self.view.banner else CALM_SHARE
        tall = [
            line_height(self.style, one.text, self.width, one.role, low=self.short, size=self.lines) if one else 0.0
            for one in (self.line, self.view.checked)
        ]
        if self.short:
            tall[0] = 0.0  # it stands beside the state
        most = self.height * LINES / max(1.0, sum(tall))
        self.line_px, self.checked_px = (height * min(1.0, most) for height in tall)
        room = max(self.style.target, self.height * share)
        if not self.view.banner:
            told = 0 if self.short else len(self.view.power_age)
            block = BLOCK_LONG if self.width < self.style.mm(SHORT_MM) and told > LONG_AGE else BLOCK
            left = (
                self.height - self.line_px - self.checked_px - block * self.style.text("display") - 3 * self.style.gap
            )
            room = max(self.style.target, min(room, left))
        self.doors_height = height(len(self.doors), self.width, room, self.style)


load_kv(__file__)
