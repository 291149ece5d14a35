"""The first page: is there power, what is open, where to go on, are there warnings; in a crisis what works here now."""

from kivy.properties import NumericProperty, ObjectProperty

from kiosk.core.day.attract import facts
from kiosk.core.doorways import doorways
from kiosk.screens.page import Page, load_kv
from kiosk.widgets.doors import Doors, height
from kiosk.widgets.situation import Situation

__all__ = ["Doors", "Home", "Situation"]

CALM_SHARE, LARGER_SHARE, CRISIS_SHARE = 0.5, 0.4, 0.5
"""Of the page's height, how much the doors may take."""


class Home(Page):
    """Laid out in home.kv."""

    fact = NumericProperty(0)
    """Which of the facts the line under the state tells; 0 is what is open."""
    line = ObjectProperty(None)
    doors = ObjectProperty(())
    doors_height = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("view", "style", "size"):
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
        if self.height > 1:
            share = CRISIS_SHARE if self.view.banner else LARGER_SHARE if self.style.larger else CALM_SHARE
            share = 0 if self.short else share
            room = max(self.style.target, self.height * share)
            self.doors_height = height(len(self.doors), self.width, room, self.style)


load_kv(__file__)
