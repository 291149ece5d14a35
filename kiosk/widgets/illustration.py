"""A picture beside its text: whole, never cut, hardly larger than it is sharp; read aloud by words of its own."""

from kivy.graphics import Color, Rectangle
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.widget import Widget

MOST_ENLARGED = 2.0


class Illustration(Widget):
    """`texture` None: nothing is drawn, and nothing is said. No text is ever drawn upon it."""

    texture = ObjectProperty(None, allownone=True)
    told = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("texture", "pos", "size"):
            self.fbind(name, self._draw)
        self._draw()

    @property
    def spoken(self) -> str:
        """What is on it."""
        return self.told if self.texture is not None else ""

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if self.texture is None or min(self.size) < 2:
            return
        width, height = fitted(self.texture.size, self.size)
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(
                texture=self.texture, size=(width, height),
                pos=(int(self.center_x - width / 2), int(self.top - height)),
            )  # fmt: skip


def fitted(own: tuple[float, float], room: tuple[float, float]) -> tuple[int, int]:
    """How large a picture is drawn in a room, with its own shape."""
    by = min(room[0] / own[0], room[1] / own[1], MOST_ENLARGED)
    return max(1, int(own[0] * by)), max(1, int(own[1] * by))
