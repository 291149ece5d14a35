"""State lines, rows and lists that turn pages instead of scrolling."""

from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.core.look.style import Style
from kiosk.core.look.theme import SHAPES, Role
from kiosk.core.view import Row
from kiosk.widgets.frame import WIDE_MM, StripedEdge
from kiosk.widgets.panel import ORDINARY, Panel, Touch
from kiosk.widgets.symbol import Symbol
from kiosk.widgets.text import FitLabel, measure, pieces

__all__ = ["FitLabel", "Panel", "Symbol", "Touch"]

Part = dict[str, Any]
"""The properties of one RowBox that is not made yet."""
WORD_SHARE, WORD_SHARE_NARROW = 0.38, 0.5
"""Part of a row's width for the word about it; on a narrow panel the other where rows get lower by it."""
NARROW_MM, LARGE_MM = 105, 240
SCALES = (1.8, 1.5, 1.25)


class PageTitle(FitLabel):
    """Words on the page itself."""

    style = ObjectProperty(ORDINARY, rebind=True)
    size_name = StringProperty("title")


class StateLine(Panel):
    """Shape and words on one line."""

    text = StringProperty("")
    wanted = StringProperty("body")


def line_height(style: Style, text: str, width: float, role: Role, *, low: bool, size: str = "body") -> float:
    """How high a StateLine has to be so that its words are not made smaller than they should be.

    In that size of text; on a screen that is `low`, what would take a second line is in the small size.
    """
    px = style.text(size)
    room = width - style.mm(4.5) - (px * 1.15 + style.mm(2.5) if SHAPES[role] != "none" else 0)
    if not text or room < 2:
        return 0.0
    body = measure(text, int(px), int(room))[1]
    if low and body > px * 2:
        body = measure(text, int(style.text("small")), int(room))[1]
    return max(body, px * 1.2) + style.mm(2.4)


class StateBlock(Panel):
    """The state word, readable from across the room, with two lines under it."""

    text = StringProperty("")
    first = StringProperty("")
    second = StringProperty("")


class RowBox(Panel):
    """One row of a list; its heights are measured before it is made."""

    row = ObjectProperty(None, rebind=True)
    scale = NumericProperty(1)
    text_height = NumericProperty(0)
    detail_height = NumericProperty(0)
    word_width = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        if getattr(self.row, "striped", False):
            self.add_widget(StripedEdge(style=self.style), len(self.children))


WIDE = 1.6
"""A list this much wider than high has its button beside the rows, where it costs no row."""
SIDE_MM = 34
ROWS_MM = 60
"""Least width of rows that a button stands beside."""


class RowList(BoxLayout):
    """Rows, as many as fit; the rest on further pages, turned by large buttons: beside the rows where it is wide."""

    rows = ObjectProperty(())
    style = ObjectProperty(ORDINARY, rebind=True)
    words = ObjectProperty(None, rebind=True)
    empty = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("orientation", "vertical")
        super().__init__(**kwargs)
        self._page = 0
        self._room, self._share, self._scale = 0.0, WORD_SHARE, 1.0
        self._lay = Clock.create_trigger(self._laid, -1)
        self.fbind("size", self._lay)
        self.fbind("rows", self._lay)
        self.fbind("style", self._lay)
        self.fbind("empty", self._lay)
        self._lay()

    def _laid(self, _seconds: float) -> None:
        self.clear_widgets()
        self.spacing = self.style.mm(1)
        if self.height < 2 or self.width < 2 or self.words is None:
            return
        rows = self.rows or ((Row(self.empty),) if self.empty else ())
        self._room, self._share = self.width, WORD_SHARE
        if self.width < self.style.mm(NARROW_MM):
            self._share = min((WORD_SHARE, WORD_SHARE_NARROW), key=lambda share: self._tall(rows, share))
        self._scale = self._large(rows)
        pages = self._pages(rows, self.height - self.spacing)
        beside = self.width > WIDE * self.height and self.width >= self.style.mm(SIDE_MM + ROWS_MM)
        if len(pages) > 1 and beside:
            self._room = self.width - self.style.mm(SIDE_MM) - self.style.gap
            pages = self._pages(rows, self.height - self.spacing)
        elif len(pages) > 1:
            pages = self._pages(rows, self.height - self.style.target - 3 * self.spacing)
        self._page = min(self._page, len(pages) - 1)
        column = BoxLayout(orientation="vertical", spacing=self.spacing)
        for part in pages[self._page]:
            column.add_widget(self.box(part))
        column.add_widget(BoxLayout())  # takes what is left, so that rows begin at the top
        if len(pages) == 1:
            self.add_widget(column)
        elif beside:
            both = BoxLayout(spacing=self.style.gap)
            both.add_widget(column)
            both.add_widget(self._side(len(pages)))
            self.add_widget(both)
        else:
            self.add_widget(column)
            self.add_widget(self._turner(len(pages)))

    def _large(self, rows: tuple[Row, ...]) -> float:
        """On a large panel a short list is read from further away: as much larger as all of it still fits."""
        if self.width < self.style.mm(LARGE_MM):
            return 1.0
        for self._scale in SCALES:
            if len(self._pages(rows, self.height - self.spacing)) == 1:
                return self._scale
        return 1.0

    def box(self, part: Part) -> RowBox:
        """One row as a widget."""
        return RowBox(style=self.style, **part)

    def least(self, _row: Row) -> float:
        """How high a row must be at least, in pixels."""
        return 0.0

    def _pages(self, rows: tuple[Row, ...], height: float) -> list[list[Part]]:
        """What stands on each page; no widget is made before its page is shown."""
        pages: list[list[Part]] = [[]]
        left = height
        for row in rows:
            for part in self._parts(row, height):
                if part["height"] > left and pages[-1]:
                    pages.append([])
                    left = height
                pages[-1].append(part)
                left -= part["height"] + self.spacing
        return pages

    def _tall(self, rows: tuple[Row, ...], share: float) -> float:
        """How high all the rows are together when their words have that share of the width."""
        self._share = share
        width = int(self._room * (1 - share) - 3 * self.style.mm(2))
        body = int(self.style.text("body"))
        broken = share > WORD_SHARE and any(row.word and measure(row.text, body, width)[0] > width for row in rows)
        return inf if broken else sum(part["height"] for row in rows for part in self._parts(row, self.height))

    def _parts(self, row: Row, height: float) -> list[Part]:
        """A row as one box, or several when its text is longer than the page."""
        style = self.style
        body, small = (int(style.text(size) * self._scale) for size in ("body", "small"))
        edge = 2 * style.mm(0.6)
        word_width = self._room * self._share if row.word else 0
        width = self._room - 2 * style.mm(2) - word_width - style.mm(2)
        if getattr(row, "striped", False):
            width -= style.mm(WIDE_MM) + style.mm(2)
        detail = measure(row.detail, small, int(width))[1] + 2 if row.detail else 0
        room = height - detail - edge - 4
        if detail and room < 3 * body:
            return self._parts(replace(row, detail=""), height) + self._parts(_rest(row), height)
        word = measure(row.word, body, int(word_width * 0.75))[1] + style.mm(2) if row.word else 0
        parts = []
        for piece in pieces(row.text, body, width, room):
            text = measure(piece, body, int(width))[1] + 2
            needed = text + detail + edge, word + edge, body * 1.3 + edge
            parts.append(
                {
                    "row": replace(row, text=piece), "text_height": text, "detail_height": detail,
                    "word_width": word_width, "scale": self._scale,
                    "height": min(height, max(*needed, self.least(row))),
                }
            )  # fmt: skip
        return parts

    def _turner(self, pages: int) -> BoxLayout:
        """Back, where we are, more."""
        bar = BoxLayout(size_hint_y=None, height=self.style.target, spacing=self.style.gap)
        before = self.words.say("speech.previous")  # not the word of the way back, which stands in the bar below
        bar.add_widget(_turn(self.style, before, self._page > 0, lambda: self._turn(-1)))
        where = self.words.say("bar.page", n=self._page + 1, all=pages)
        bar.add_widget(StateLine(style=self.style, text=where))
        bar.add_widget(_turn(self.style, self.words.say("bar.more"), self._page < pages - 1, lambda: self._turn(1)))
        return bar

    def _side(self, pages: int) -> BoxLayout:
        """One button that goes on, and from the last page to the first again; where we are below it."""
        side = BoxLayout(orientation="vertical", spacing=self.spacing, size_hint_x=None, width=self.style.mm(SIDE_MM))
        last = self._page == pages - 1
        step = -self._page if last else 1
        word = "bar.first" if last else "bar.more"
        side.add_widget(_turn(self.style, self.words.say(word), True, lambda: self._turn(step)))
        where = self.words.say("bar.page", n=self._page + 1, all=pages)
        if self.height > self.style.target + 2 * self.style.text("body"):
            line = StateLine(style=self.style, text=where, size_hint_y=None, height=self.style.text("body") * 1.6)
            side.add_widget(line)
        return side

    def _turn(self, step: int) -> None:
        self._page = max(0, self._page + step)
        self._lay()


def _rest(row: Row) -> Row:
    """The smaller text of a row as a row of its own; it stays as little real as the first."""
    return Row(row.detail, role=row.role, striped=getattr(row, "striped", False))


def _turn(style: object, text: str, possible: bool, act: Callable[[], None]) -> BoxLayout:
    """A button, or its empty place when there is nowhere to turn."""
    if not possible:
        return BoxLayout()
    button = Touch(style=style, text=text, role="accent")
    button.bind(on_release=lambda _: act())
    return button


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
