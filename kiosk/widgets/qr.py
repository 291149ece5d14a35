"""A QR code drawn as squares: no picture file, no camera, nothing fetched. Always dark on white, whatever the theme."""

import segno
from kivy.graphics import Color, Rectangle
from kivy.properties import StringProperty
from kivy.uix.widget import Widget

QUIET = 4
"""Empty modules round the code, as the standard wants."""


class QrCode(Widget):
    """The address as a code, as large as the widget allows in whole pixels for each module."""

    address = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("address", "pos", "size"):
            self.fbind(name, self._draw)
        self._draw()

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if not self.address:
            return
        rows = modules(self.address)
        side = int(min(self.size)) // (len(rows) + 2 * QUIET)
        if side < 1:
            return
        whole = side * (len(rows) + 2 * QUIET)
        left, top = int(self.center_x - whole / 2), int(self.center_y + whole / 2)
        with self.canvas:
            Color(1, 1, 1, 1)
            Rectangle(pos=(left, top - whole), size=(whole, whole))
            Color(0, 0, 0, 1)
            for down, row in enumerate(rows):
                for begin, length in runs(row):
                    Rectangle(
                        pos=(left + (QUIET + begin) * side, top - (QUIET + down + 1) * side), size=(length * side, side)
                    )


def modules(address: str) -> tuple[tuple[bool, ...], ...]:
    """The code's dark modules, row by row."""
    code = segno.make(address, error="m", micro=False, boost_error=True)
    return tuple(tuple(bool(one) for one in row) for row in code.matrix)


def runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Dark modules side by side, as (first, how many): few rectangles instead of many."""
    found: list[tuple[int, int]] = []
    for place, dark in enumerate(row):
        if dark and found and sum(found[-1]) == place:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((place, 1))
    return found
