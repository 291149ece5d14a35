"""Languages to choose from, each by its own name in its own script."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import ObjectProperty
from kivy.uix.gridlayout import GridLayout

from kiosk.core.visitor.languages import language
from kiosk.core.visitor.visit import Visit
from kiosk.screens.page import Page, load_kv
from kiosk.widgets.panel import ORDINARY, Touch

BUTTON_MM = 34
"""Least width of a language's name."""


class Names(GridLayout):
    """A button for each language; those that have no room stand on the next page."""

    visit = ObjectProperty(Visit())
    style = ObjectProperty(ORDINARY, rebind=True)
    words = ObjectProperty(None, rebind=True)
    choose = ObjectProperty(None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(cols=1, **kwargs)
        self._first = 0
        self._lay = Clock.create_trigger(self._laid, -1)
        for name in ("size", "visit", "style", "words"):
            self.fbind(name, self._lay)
        self._lay()

    def _laid(self, *_: object) -> None:
        self.clear_widgets()
        if self.words is None or self.width < 2:
            return
        style, tags = self.style, self.visit.languages
        self.spacing = style.gap
        cols = max(1, int((self.width + style.gap) / (style.mm(BUTTON_MM) + style.gap)))
        rows = max(1, int((self.height + style.gap) / (style.target + style.gap)))
        self.cols = cols = min(cols, max(1, -(-len(tags) // rows)))
        room = max(2, cols * rows)
        self.row_force_default, self.row_default_height = True, style.target
        shown = tags if len(tags) <= room else tags[self._first : self._first + room - 1]
        for tag in shown:
            self.add_widget(self._name(tag))
        if len(tags) > room:
            more = Touch(style=style, text=self.words.say("bar.more"))
            more.bind(on_release=lambda _: self._turn(room - 1))
            self.add_widget(more)

    def _name(self, tag: str) -> Touch:
        chosen = tag == self.visit.language
        touch = Touch(
            style=self.style, text=language(tag).name, language=tag, role="accent" if chosen else "plain",
            icon="circle" if chosen else "none",
        )  # fmt: skip
        touch.bind(on_release=lambda _: self.choose(f"language:{tag}"))
        return touch

    def _turn(self, by: int) -> None:
        self._first = self._first + by if self._first + by < len(self.visit.languages) else 0
        self._lay()


class Languages(Page):
    """Laid out in languages.kv."""

    visit = ObjectProperty(Visit())
    choose = ObjectProperty(None)


load_kv(__file__)
