"""The striped frame round everything that is not for real."""

from kivy.graphics import Color, Mesh, Rectangle, StencilPop, StencilPush, StencilUnUse, StencilUse
from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.core.look.style import rgba
from kiosk.widgets.text import FitLabel

WIDE_MM = 4
"""Width of the strip at the side of a single row."""


class StripedFrame(BoxLayout):
    """Holds one child; with `stamps`, stripes on all four sides and the words on top."""

    style = ObjectProperty(None, rebind=True)
    stamps = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(orientation="vertical", **kwargs)
        pair = self.style.theme.stripes
        self._word = FitLabel(color=rgba(pair.ink), size_hint_y=None, halign="center")
        self._word.wanted = self.style.text("lead")
        self.add_widget(self._word)
        for name in ("pos", "size", "stamps"):
            self.fbind(name, self._draw)
        self._draw()

    def _draw(self, *_: object) -> None:
        stripe = self.style.frame if self.stamps else 0
        self.padding = stripe
        self._word.text = "  ·  ".join(self.stamps)
        self._word.height = min(self.style.mm(9), 0.075 * self.height) if self.stamps else 0
        pair, paper = self.style.theme.stripes, self.style.theme.paper
        self.canvas.before.clear()
        with self.canvas.before:
            Color(*rgba(pair.ground if self.stamps else paper.ground))
            Rectangle(pos=self.pos, size=self.size)
            if self.stamps:
                Color(*rgba(pair.ink))
                self._stripes(2.5 * stripe)
                Color(*rgba(pair.ground))
                Rectangle(
                    pos=(self.x + stripe, self.top - stripe - self._word.height),
                    size=(self.width - 2 * stripe, self._word.height),
                )
                Color(*rgba(paper.ground))
                Rectangle(
                    pos=(self.x + stripe, self.y + stripe),
                    size=(self.width - 2 * stripe, self.height - 2 * stripe - self._word.height),
                )

    def _stripes(self, step: float) -> None:
        _draw_stripes(self, step)


class StripedEdge(Widget):
    """A narrow striped strip at the side of one row or banner that is not for real, among others that are."""

    style = ObjectProperty(None, rebind=True)
    shown = BooleanProperty(True)

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("size_hint_x", None)
        super().__init__(**kwargs)
        for name in ("pos", "size", "style", "shown"):
            self.fbind(name, self._draw)
        self._draw()

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if self.style is None:
            return
        self.width = self.style.mm(WIDE_MM) if self.shown else 0
        if not self.shown:
            return
        pair = self.style.theme.stripes
        with self.canvas:
            Color(*rgba(pair.ground))
            Rectangle(pos=self.pos, size=self.size)
            StencilPush()
            Rectangle(pos=self.pos, size=self.size)
            StencilUse()
            Color(*rgba(pair.ink))
            _draw_stripes(self, 2.5 * self.style.frame)
            StencilUnUse()
            Rectangle(pos=self.pos, size=self.size)
            StencilPop()


def _draw_stripes(box: Widget, step: float) -> None:
    """Slanting stripes over a box; they reach beyond its sides."""
    place = box.x - box.height
    while place < box.right:
        corners = (
            (place, box.y), (place + step / 2, box.y),
            (place + step / 2 + box.height, box.top), (place + box.height, box.top),
        )  # fmt: skip
        vertices = [number for x, y in corners for number in (x, y, 0, 0)]
        Mesh(vertices=vertices, indices=[0, 1, 2, 3], mode="triangle_fan")
        place += step
