"""This place in a crisis: the power and what works here now, each with word and shape and until when."""

from math import ceil

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from kiosk.core.situation import Cell, cells
from kiosk.widgets.panel import ORDINARY, Panel
from kiosk.widgets.parts import PageTitle, StateLine
from kiosk.widgets.text import measure

CELL_MM, CELL_MOST_MM = 38, 49
CELL_LARGER_MM, CELL_LARGER_MOST_MM = 62, 70
"""A cell is as wide as the longest of its words needs, between these."""
SYMBOL_MM = 7
MANY, ENDLESS, TWO_LINES = 99, 100_000, 24
SCALES = (5.0, 4.0, 3.0, 2.4, 1.9, 1.5, 1.2)


class CellBox(Panel):
    """One thing here: what, and a word about it beside its shape."""

    cell = ObjectProperty(None, rebind=True)
    scale = NumericProperty(1)
    symbol_mm = SYMBOL_MM


class Situation(BoxLayout):
    """As many as fit; on very little room, or when it is to be `brief`, the power and one line about what is open."""

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
        tall = cell_height(self.style)
        scale = self._scale(tall)
        heading = self.style.text("lead") * 1.3 * max(1.0, scale / 1.3)
        room = self.height - heading - self.spacing
        cols, rows = self._fits(self.width, self.height, 1.0, tall)
        if self.brief or self.height < tall or cols * rows < 2:
            self._short()  # a lone cell about the power says nothing of what works
        elif room < 2 * tall:
            self._grid(self.height, scale)
        else:
            title = PageTitle(style=self.style, text=self.view.words.say("crisis.here"))
            title.height = heading
            title.wanted = heading / 1.3
            self.add_widget(title)
            self._grid(room, scale)

    def _scale(self, tall: float) -> float:
        """How much larger than needed everything can be and still all fits: a large panel is read from further away."""
        count = 1 + len(self.view.services)
        room = self.height - 2 * self.style.text("lead")
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
        self.add_widget(Widget())

    def _short(self) -> None:
        """Two lines side by side or one above the other."""
        beside = self.width > self.style.mm(100)
        lines = BoxLayout(orientation="horizontal" if beside else "vertical", spacing=self.style.mm(1))
        for line in (self.view.power, self.view.open_now):
            share = min(45, max(25, len(line.text)))
            lines.add_widget(
                StateLine(style=self.style, role=line.role, text=line.text, size_hint_x=share if beside else 1)
            )
        self.add_widget(lines)


def cell_height(style: object) -> float:
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
