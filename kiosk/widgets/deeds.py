"""A few large buttons for what can be done on a page, beside it or under it."""

from collections.abc import Callable
from math import ceil

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.gridlayout import GridLayout

from kiosk.widgets.panel import ORDINARY, Touch

Deed = tuple[str, Callable[[], None]]
"""Words on the button, and what it does."""
WIDE_MM = 34
NARROWER_MM = 25
LEAST_MM = 19


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
        self.clear_widgets()
        for text, act in self.deeds:
            button = Touch(style=self.style, role="accent", text=text)
            button.bind(on_release=lambda _, act=act: act())
            self.add_widget(button)
