"""Boxes with a role: ground, ink, and for things to touch an edge and a release."""

from kivy.clock import Clock
from kivy.graphics import Color, Line, Rectangle
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from kiosk.core.look.style import Style, rgba
from kiosk.core.look.theme import SHAPES, Role

ORDINARY = Style(5.88)
"""What a part has until its page gives it the real one."""


class Panel(BoxLayout):
    """A box in the colours of its role; its children take `ink` and `ground` from it."""

    style = ObjectProperty(ORDINARY, rebind=True)
    role = OptionProperty(Role.PLAIN, options=list(Role))
    ink = ColorProperty((0, 0, 0, 1))
    ground = ColorProperty((1, 1, 1, 1))
    shape = StringProperty("none")
    edge = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._later = Clock.create_trigger(self._draw, -1)  # once a frame, however much has changed
        for name in ("pos", "size", "edge", "ground", "style"):
            self.fbind(name, self._later)
        for name in ("role", "style"):
            self.fbind(name, self._colour)
        self._colour()
        self._later()

    def _colour(self, *_: object) -> None:
        pair = self.style.theme.roles[self.role]
        self.ink, self.ground, self.shape = rgba(pair.ink), rgba(pair.ground), SHAPES[self.role]

    def _draw(self, *_: object) -> None:
        self.canvas.before.clear()
        with self.canvas.before:
            Color(*self.ground)
            Rectangle(pos=self.pos, size=self.size)
            if self.edge:
                Color(*rgba(self.style.theme.edge))
                inset = self.edge / 2
                Line(
                    rectangle=(self.x + inset, self.y + inset, self.width - self.edge, self.height - self.edge),
                    width=self.edge / 2,
                )


class Touch(ButtonBehavior, Panel):
    """Something to touch: it acts on release, and not when the finger has slid away.

    `language`: of its words, where it is not the page's; for the voice.
    """

    text = StringProperty("")
    language = StringProperty("")
    icon = StringProperty("none")
    size_name = StringProperty("body")
    upright = BooleanProperty(False)
    most_px = NumericProperty(0)
    """Its words are not larger than this, so that those of its neighbours are as large; 0 for no limit."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.fbind("style", self._outline)
        self._outline()

    def _outline(self, *_: object) -> None:
        self.edge = self.style.mm(0.4)
