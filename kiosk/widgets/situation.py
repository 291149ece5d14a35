"""This place in a crisis: the power and what works here now, each with word and shape and until when."""

from math import ceil

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk.core.look.style import Style
from kiosk.core.look.theme import Role
from kiosk.core.situation import BETWEEN, LONG, Cell, cells, in_short, notices, power
from kiosk.widgets.panel import ORDINARY, Panel
from kiosk.widgets.parts import PageTitle, StateLine, line_height
from kiosk.widgets.text import fits, measure

CELL_MM, CELL_MOST_MM = 38, 49
CELL_LARGER_MM, CELL_LARGER_MOST_MM = 62, 70
"""A cell is as wide as the longest of its words needs, between these."""
SYMBOL_MM, SHORT_SYMBOL_MM = 7, 6
LEAST_MM = 2.8
"""Smaller than this nothing is written: since when the power is so is left out first."""
SHORT_MM, SHORT_LARGER_MM = 3.8, 4.8
"""Least size of its words where it is told in short; where text is larger."""
FEW = 4
"""So few cells, where there are more, say less than one text."""
TWO_LINES_MM = 12
"""On less height the power and since when it is so are one text."""
SHORT_SCALE, SHORT_HIGH_MM = 1.6, 14
"""Where it is higher than this its words and shapes are larger, up to so many times."""
POWER_SHARE, LONG_POWER_SHARE = 0.3, 0.56
"""Of a situation that is told in short, for the power, for a long word of it; what works has the rest."""
NOTED = 1.0
"""So many times the height of a cell have to be left beside the local notices."""
MANY, ENDLESS, TWO_LINES = 99, 100_000, 24
SCALES = (5.0, 4.0, 3.0, 2.4, 1.9, 1.5, 1.2)


class CellBox(Panel):
    """One thing here: what, and a word about it beside its shape."""

    cell = ObjectProperty(None, rebind=True)
    scale = NumericProperty(1)
    symbol_mm = NumericProperty(SYMBOL_MM)


class Situation(BoxLayout):
    """The power, then as many services as fit, then the local notices.

    On very little room, or when it is to be `brief`, two boxes: the power, and all the rest as one text.
    """

    view = ObjectProperty(None, rebind=True)
    style = ObjectProperty(ORDINARY, rebind=True)
    brief = BooleanProperty(False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(orientation="vertical", **kwargs)
        self._lay = Clock.create_trigger(self._laid, -1)
        for name in ("view", "style", "size", "brief"):
            self.fbind(name, self._lay)
        self._lay()

    def _laid(self, _seconds: float) -> None:
        self.clear_widgets()
        if self.view is None or self.height < 2 or self.width < 2:
            return
        self.spacing = self.style.mm(1)
        tall, count = cell_height(self.style), 1 + len(self.view.services)
        note, note_px = self._note(tall)
        room = self.height - (note_px + self.spacing if note else 0)
        cols, rows = self._fits(self.width, room, 1.0, tall)
        alone = cols * rows < count and (rows == 1 or cols * rows <= FEW)
        if self.brief or room < tall or alone:
            self._short()
            return
        scale = self._scale(tall, room)
        heading = self.style.text("lead") * 1.3 * max(1.0, scale / 1.3)
        inner = room - heading - self.spacing
        if inner < 2 * tall:
            self._grid(room, scale)
        else:
            title = PageTitle(style=self.style, text=self.view.words.say("crisis.here"))
            title.height = heading
            title.wanted = heading / 1.3
            self.add_widget(title)
            self._grid(inner, scale)
        if note:
            self.add_widget(
                StateLine(style=self.style, role=Role.INFORMATION, text=note, size_hint_y=None, height=note_px)
            )
        self.add_widget(Widget())

    def _note(self, tall: float) -> tuple[str, float]:
        """The local notices, or where they stand, and how high that is; "" where there is room for neither."""
        for text in notices(self.view):
            height = line_height(self.style, text, self.width, Role.INFORMATION, low=False)
            if self.height - height >= NOTED * tall:
                return text, height
        return "", 0.0

    def _scale(self, tall: float, room: float) -> float:
        """How much larger than needed everything can be and still all fits: a large panel is read from further away."""
        count = 1 + len(self.view.services)
        room -= 2 * self.style.text("lead")
        for scale in SCALES:
            cols, rows = self._fits(self.width, room, scale, tall)
            if cols * rows >= count and cols >= min(count, 2):
                return scale
        return 1.0

    def _fits(self, width: float, room: float, scale: float, tall: float) -> tuple[int, int]:
        """Columns and rows of cells that size."""
        gap, wide = self.style.mm(1), self._wide(scale)
        return max(1, int((width + gap) / (wide + gap))), max(1, int((room + gap) / (scale * tall + gap)))

    def _wide(self, scale: float) -> float:
        """Where no word has to be smaller than the others."""
        style, mm = self.style, self.style.mm
        least, most = (CELL_LARGER_MM, CELL_LARGER_MOST_MM) if style.larger else (CELL_MM, CELL_MOST_MM)
        body, small = (max(8, int(style.text(name) * scale)) for name in ("body", "small"))
        needed = 0.0
        for cell in cells(self.view, MANY):
            text = measure(cell.text, body, ENDLESS)[0]
            word = measure(cell.word, small, ENDLESS)[0] if cell.word else 0
            needed = max(needed, text * 0.6 if len(cell.text) > TWO_LINES else text, word)
        needed += mm(3.2) + mm(1.6) + mm(SYMBOL_MM) * scale
        return max(scale * mm(least), min(scale * mm(most), needed))

    def _grid(self, room: float, scale: float) -> None:
        tall, gap = cell_height(self.style) * scale, self.style.mm(1)
        cols, rows = self._fits(self.width, room, scale, cell_height(self.style))
        shown = cells(self.view, cols * rows)
        needed = ceil(len(shown) / cols)
        box = GridLayout(cols=ceil(len(shown) / needed), spacing=gap, size_hint_y=None)  # rows of the same length
        room -= self.spacing
        box.height = needed * min(tall * 1.3, (room - (needed - 1) * gap) / needed) + (needed - 1) * gap
        for cell in shown:
            box.add_widget(CellBox(style=self.style, role=cell.role, cell=cell, scale=scale))
        self.add_widget(box)

    def _short(self) -> None:
        """The power and what works, side by side or one above the other."""
        beside, mm = self.width > self.style.mm(100), self.style.mm
        lines = BoxLayout(orientation="horizontal" if beside else "vertical", spacing=mm(1))
        share = LONG_POWER_SHARE if len(self.view.power.text) > LONG else POWER_SHARE
        parts = (share, 1 - share)
        shares, heights = (parts, (1, 1)) if beside else ((1, 1), parts)
        gap = lines.spacing
        scale = max(1.0, min(SHORT_SCALE, self.height * heights[1] / mm(SHORT_HIGH_MM)))
        edges = 2 * mm(1.6) + mm(1.6) + mm(SHORT_SYMBOL_MM) * scale, 2 * mm(0.8)
        rooms = [
            ((self.width - (gap if beside else 0)) * share - edges[0],
             (self.height - (0 if beside else gap)) * height - edges[1])
            for share, height in zip(shares, heights, strict=True)
        ]  # fmt: skip
        size = mm(SHORT_LARGER_MM if self.style.larger else SHORT_MM)
        text = in_short(self.view, lambda said: fits(said, size, *rooms[1]))
        here = self._power(rooms[0], apart=beside and self.height >= mm(TWO_LINES_MM))
        for cell, x, y in zip((here, Cell(text, "", self.view.open_now.role)), shares, heights, strict=True):
            box = CellBox(style=self.style, role=cell.role, cell=cell, size_hint=(x, y), scale=scale)
            box.symbol_mm = SHORT_SYMBOL_MM
            lines.add_widget(box)
        self.add_widget(lines)

    def _power(self, room: tuple[float, float], *, apart: bool) -> Cell:
        """The power and since when, on lines of their own or in one text; only the power where both would be small."""
        here = power(self.view)
        if apart:
            return here
        both = BETWEEN.join(part for part in (here.text, here.word) if part)
        return Cell(both if fits(both, self.style.mm(LEAST_MM), *room) else here.text, "", here.role)


def cell_height(style: Style) -> float:
    """Two lines of text and a little air."""
    return style.text("body") * 1.3 + style.text("small") * 1.3 + style.mm(1.6)


Builder.load_string("""
<CellBox>:
    padding: self.style.mm(1.6), self.style.mm(0.8)
    spacing: self.style.mm(1.6)
    Symbol:
        shape: root.shape
        ink: root.ink
        ground: root.ground
        size_hint_x: None
        width: root.style.mm(root.symbol_mm) * root.scale if root.shape != "none" else 0
    BoxLayout:
        orientation: "vertical"
        FitLabel:
            text: root.cell.text
            color: root.ink
            wanted: root.style.text("body") * root.scale
            size_hint_y: 1.7 if len(self.text) > 24 else 1.25
        FitLabel:
            text: root.cell.word
            color: root.ink
            wanted: root.style.text("small") * 1.1 * root.scale
            size_hint_y: 1 if root.cell.word else None
            height: 0
""")

__all__ = ["Cell", "CellBox", "Situation"]
