"""The striped frame round everything that is not for real."""

from kivy.graphics import Color, Mesh, Rectangle
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.core.style import rgba
from kiosk.widgets.text import FitLabel


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
        self._word.height = self.style.mm(9) if self.stamps else 0
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
        place = self.x - self.height
        while place < self.right:
            corners = (
                (place, self.y), (place + step / 2, self.y),
                (place + step / 2 + self.height, self.top), (place + self.height, self.top),
            )  # fmt: skip
            vertices = [number for x, y in corners for number in (x, y, 0, 0)]
            Mesh(vertices=vertices, indices=[0, 1, 2, 3], mode="triangle_fan")
            place += step
