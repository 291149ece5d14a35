"""The ring round what the keys are at, or what is being read: dark and light side by side, seen on any ground."""

from typing import Any

from kivy.graphics import Color, Line
from kivy.properties import ObjectProperty
from kivy.uix.widget import Widget

from kiosk.core.look.style import rgba
from kiosk.widgets.panel import ORDINARY

WIDE_MM = 0.9
"""Of each of its two lines."""


class Ring(Widget):
    """Lies on top of everything and takes no touch. `target`: the widget it is round, or None."""

    style = ObjectProperty(ORDINARY, rebind=True)
    target = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._box: tuple[float, float, float, float] | None = None
        self.fbind("target", self.follow)
        self.fbind("style", self._draw)

    def follow(self, *_: object) -> None:
        """Go where the target is now; draws only when it has moved."""
        box = self._around()
        if box != self._box:
            self._box = box
            self._draw()

    def _around(self) -> tuple[float, float, float, float] | None:
        one: Any = self.target
        if one is None or one.get_root_window() is None or one.height <= 1:
            return None
        left, bottom = one.to_window(one.x, one.y)
        return left, bottom, one.width, one.height

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if self._box is None:
            return
        wide, paper = max(2.0, self.style.mm(WIDE_MM)), self.style.theme.paper
        left, bottom, width, height = self._box
        with self.canvas:
            for step, colour in ((0.5, paper.ink), (1.5, paper.ground)):
                Color(*rgba(colour))
                inset = step * wide
                Line(rectangle=(left + inset, bottom + inset, width - 2 * inset, height - 2 * inset), width=wide / 2)

    def on_touch_down(self, _touch: object) -> bool:
        """Nothing to touch."""
        return False
