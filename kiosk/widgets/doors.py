"""Large doors side by side, as many as fit; the rest behind a last one that turns to them."""

from collections.abc import Callable
from math import ceil, sqrt

from kivy.clock import Clock
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.gridlayout import GridLayout

from kiosk.core.doorways import MOST, Doorway
from kiosk.core.look.style import Style
from kiosk.widgets.panel import ORDINARY, Touch

NARROW_MM = 34
NARROW_LARGER_MM = 36
TALL_MM = 30
"""How high a door is where there is room."""
WIDE, LARGE_MM, ASPECT = 0.45, 38, 1.6
"""Of a door's width, what it is high on a large panel; a door this high has larger words; how wide for its height."""


class Doors(GridLayout):
    """`doors` in the room there is; `go` takes the page of the one that was touched."""

    doors = ObjectProperty(())
    style = ObjectProperty(ORDINARY, rebind=True)
    more = StringProperty("")
    go = ObjectProperty(None)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._page, self._high = 0, 0.0
        self._lay = Clock.create_trigger(self._laid, -1)
        for name in ("doors", "style", "more", "go", "size"):
            self.fbind(name, self._lay)
        self._lay()

    def _laid(self, _seconds: float) -> None:
        self.clear_widgets()
        if not self.doors or self.width < 2 or self.height < 2:
            return
        self.spacing = self.style.mm(1.6)
        cols, rows = grid(len(self.doors), self.width, self.height, self.style)
        self.cols, self._high = cols, self.height / max(1, rows)
        shown, turns = self._part(cols * rows)
        for door in shown:
            self._add(door.text, door.icon, lambda page=door.page: self.go(page))
        if turns:
            self._add(self.more, "more", self._turn)

    def _part(self, room: int) -> tuple[tuple[Doorway, ...], bool]:
        """What stands here now; is there more?"""
        if len(self.doors) <= room:
            self._page = 0
            return tuple(self.doors), False
        each = max(1, room - 1)
        self._page %= ceil(len(self.doors) / each)
        return tuple(self.doors[self._page * each : (self._page + 1) * each]), True

    def _add(self, text: str, icon: str, act: Callable[[], None]) -> None:
        large = self._high > self.style.mm(LARGE_MM)
        size = "lead" if large else "body"
        touch = Touch(style=self.style, text=text, icon=icon, upright=True, size_name=size)  # long words: whole width
        touch.bind(on_release=lambda _: act())
        self.add_widget(touch)

    def _turn(self) -> None:
        self._page += 1
        self._lay()


def grid(doors: int, width: float, height: float, style: Style) -> tuple[int, int]:
    """Columns and rows for so many doors: no narrower and no lower than a thumb and a word need."""
    gap = style.mm(1.6)
    widest = max(1, int((width + gap) / (style.mm(NARROW_LARGER_MM if style.larger else NARROW_MM) + gap)))
    highest = max(1, int((height + gap) / (style.target + gap)))
    count = min(doors, MOST)
    even = round(sqrt(ASPECT * height * count / width))  # on a large panel neither strips nor towers
    rows = min(highest, max(even, ceil(count / widest)), count)
    return min(widest, ceil(min(doors, MOST) / rows)), rows


def height(doors: int, width: float, room: float, style: Style) -> float:
    """How high the doors want to be where there is `room` for them: pictures above words where that fits."""
    gap = style.mm(1.6)
    cols, rows = grid(doors, width, room, style)
    wanted = max(style.mm(TALL_MM), WIDE * width / cols)
    each = min(wanted, (room - (rows - 1) * gap) / rows)
    return rows * max(style.target, each) + (rows - 1) * gap
