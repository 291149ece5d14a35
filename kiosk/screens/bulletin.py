"""A message takes the screen: what happens, what to do, who says it, until when; under it, how this place stands."""

from kivy.clock import Clock
from kivy.properties import ListProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.core.alert_view import AlertView
from kiosk.core.words import Words
from kiosk.screens.page import Page, load_kv
from kiosk.widgets.panel import Panel
from kiosk.widgets.text import pieces


class LongText(Panel):
    """A text of any length: as large as possible when it fits, else divided into pages of `wanted` size."""

    text = StringProperty("")
    page = NumericProperty(0)
    pages = ListProperty([""])

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._divide = Clock.create_trigger(self._divided, -1)
        self.fbind("size", self._divide)
        self.fbind("text", self._divide)
        self._divide()

    def _divided(self, _seconds: float) -> None:
        margin = 2 * self.style.mm(1)
        self.pages = pieces(self.text, self.style.text("body"), self.width - margin, self.height - margin)
        self.page = min(self.page, len(self.pages) - 1)


class Bulletin(Page):
    """Laid out in bulletin.kv. `at` is which of the active messages is shown, newest first."""

    at = NumericProperty(0)
    shown = ObjectProperty(None, rebind=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.fbind("at", self._choose)
        self.fbind("view", self._choose)
        self._choose()

    def _choose(self, *_: object) -> None:
        if self.view.alerts:
            chosen = self.view.alerts[self.at % len(self.view.alerts)]
            if self.shown is None or chosen.id != self.shown.id:
                self.ids.text.page = 0
            self.shown = chosen

    def show_first_of(self, wanted: set[tuple[str, int]]) -> None:
        """Show the newest of these messages."""
        for place, one in enumerate(self.view.alerts):
            if (one.id, one.serial) in wanted:
                self.at = place
                return

    @staticmethod
    def told(one: AlertView | None, words: Words) -> str:
        """What happens and what to do, as one text."""
        if one is None:
            return ""
        parts = [one.remark, one.description]
        if one.instruction:
            parts.append(f"{words.say('bulletin.do')}: {one.instruction}")
        return "\n".join(part for part in parts if part)


load_kv(__file__)
