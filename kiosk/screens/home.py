"""The first page: is there power, what is open, where to go on, are there warnings."""

from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.gridlayout import GridLayout

from kiosk.screens.page import Page, load_kv
from kiosk.widgets.panel import ORDINARY, Touch


class Doors(GridLayout):
    """Large doors to the pages that have something to tell."""

    doors = ObjectProperty(())
    style = ObjectProperty(ORDINARY, rebind=True)
    words = ObjectProperty(None, rebind=True)
    go = ObjectProperty(None)
    upright = BooleanProperty(False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("doors", "words", "style", "go", "upright"):
            self.fbind(name, self._lay)
        self._lay()

    def _lay(self, *_: object) -> None:
        self.clear_widgets()
        if self.words is None:
            return
        for door in self.doors:
            touch = Touch(style=self.style, text=self.words.say(f"door.{door}"), icon=door, upright=self.upright)
            touch.bind(on_release=lambda _, page=door: self.go(page))
            self.add_widget(touch)


class Home(Page):
    """Laid out in home.kv."""


load_kv(__file__)
