"""A few large buttons for what can be done on a page, beside it or under it."""

from collections.abc import Callable
from math import ceil

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.gridlayout import GridLayout

from kiosk.widgets.panel import ORDINARY, Touch
from kiosk.widgets.text import common

Deed = tuple[str, Callable[[], None]]
"""Words on the button, and what it does."""
WIDE_MM = 34
NARROWER_MM = 25
LEAST_MM = 19
MOST_TARGETS = 2
"""Beside a page a button is at most so many times as high as it has to be, and stands low, within reach."""


class Deeds(GridLayout):
    """`deeds` in a column beside (`beside`, it sets its own width) or in rows under the page (its own height)."""

    deeds = ObjectProperty(())
    style = ObjectProperty(ORDINARY, rebind=True)
    beside = BooleanProperty(False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._labels: list[str] = []
        self._lay = Clock.create_trigger(self._laid, -1)
        for name in ("deeds", "style", "beside", "size"):
            self.fbind(name, self._lay)
        self._lay()

    def _px(self, cols: int, rows: int) -> float:
        """The size in which the words of all of them fit."""
        gap, edge, texts = self.style.gap, 2 * self.style.mm(1.5), [text for text, _ in self.deeds]
        width, height = (self.width - (cols - 1) * gap) / cols - edge, (self.height - (rows - 1) * gap) / rows - edge
        return common(texts, self.style.text("body"), width, height)

    def _laid(self, _seconds: float) -> None:
        gap, count = self.style.gap, len(self.deeds)
        self.spacing = gap
        if self.beside:
            rows = max(1, int((self.height + gap) / (self.style.target + gap)))
            cols = max(1, ceil(count / rows))
            self.size_hint = None, 1
            wide = self.style.mm(WIDE_MM if cols == 1 else NARROWER_MM)
            self.width = cols * wide + (cols - 1) * gap if count else 0
        else:
            cols = max(1, min(count, int((self.width + gap) / (self.style.mm(LEAST_MM) + gap))))
            cols = ceil(count / ceil(count / cols)) if count else 1
            self.size_hint = 1, None
            rows = ceil(count / cols)
            self.height = rows * self.style.target + max(0, rows - 1) * gap if count else 0
        self.cols = cols
        tall = ceil(count / cols) * (MOST_TARGETS * self.style.target + gap)
        self.padding = (0, max(0, self.height - tall) if self.beside and count else 0, 0, 0)
        self.clear_widgets()
        px = self._px(cols, rows if not self.beside else ceil(count / cols)) if count else 0
        for text, act in self.deeds:
            button = Touch(style=self.style, role="accent", text=text, most_px=px)
            button.bind(on_release=lambda _, act=act: act())
            self.add_widget(button)
