"""The bar within reach: the same buttons in the same place on every page, in one row or, on a narrow panel, two."""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout

from kiosk.core.look.style import rgba
from kiosk.core.visitor.visit import BarButton, Visit, bar_buttons
from kiosk.widgets.direction import from_the_right
from kiosk.widgets.panel import ORDINARY, Touch
from kiosk.widgets.text import FitLabel, common, measure

PICTURES = {
    "back": "back", "start": "start", "read": "speak", "larger": "size", "dark": "colours", "again": "again",
    "volume": "speak", "previous": "back", "next": "onward",
}  # fmt: skip
"""By what a button does."""
SPARED = ("dark", "again", "previous", "next")
"""What is one touch further away where the bar shares its row with the buttons of a warning: all stand in one row."""
LANGUAGES_WIDER = 1.2
"""How much wider than the others the button of languages is, where they keep their least width."""
SPARED_UPRIGHT = ("start", "dark")
"""What is one touch further away on a narrow panel: a second row of buttons would cost a row of what is read."""
TURNED = {"back": "onward", "onward": "back"}
"""On a page that is read from the right."""


class BarTouch(Touch):
    """A button of the bar; `language` is that of its words, for the voice."""

    language = ObjectProperty("")


class Bar(BoxLayout):
    """`act` gets "back" and "start", `go` a page, `choose` what helps; its height is what its rows need.

    While the page is read aloud a line above the buttons tells how to go on; `hints`: is there room for it, and for
    every button? `tells`: is there room for that line beside what is on the page? `untold`: the line, where not.
    """

    view = ObjectProperty(None, rebind=True)
    style = ObjectProperty(ORDINARY, rebind=True)
    visit = ObjectProperty(Visit())
    act: Callable[[str], None] | None = ObjectProperty(None)
    go: Callable[[str], None] | None = ObjectProperty(None)
    choose: Callable[[str], None] | None = ObjectProperty(None)
    at_home = BooleanProperty(True)
    hints = BooleanProperty(True)
    tells = BooleanProperty(True)
    untold = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(orientation="vertical", size_hint_y=None, **kwargs)
        self._shown: tuple[tuple[BarButton, ...], int, float, str] = ((), 0, 0, "")
        self._lay = Clock.create_trigger(self._laid, -1)
        for name in ("width", "at_home", "view", "visit", "hints", "tells"):
            self.fbind(name, self._lay)
        self._laid()

    def _laid(self, *_: object) -> None:
        style = self.style
        self.spacing = style.gap
        most = max(1, int((self.width + style.gap) / (style.narrow + style.gap)))
        buttons = bar_buttons(
            self.visit, self.view.words, home=self.at_home, larger=style.larger, theme=_next(style), most=most
        )
        if not self.hints:
            buttons = tuple(one for one in buttons if one.does not in SPARED)
        spared = tuple(one for one in buttons if one.does not in SPARED_UPRIGHT)
        if len(spared) <= most < len(buttons) and not self.visit.reading:
            buttons = spared
        way = self.view.words.say(f"speech.way_{self.visit.way}") if self.visit.way and self.hints else ""
        hint, self.untold = (way, "") if self.tells else ("", way)
        shown = buttons, most, self.width, hint
        if shown == self._shown:
            return
        self._shown = shown
        rows = -(-len(buttons) // most)
        row = GridLayout(cols=-(-len(buttons) // rows), rows=rows, spacing=style.gap)
        room = (self.width - (row.cols - 1) * style.gap) / style.narrow
        wider = max(1.0, min(LANGUAGES_WIDER, room - (row.cols - 1)))
        px = self._px(buttons, row.cols, wider)
        for one in buttons:
            row.add_widget(self._button(one, px, wider))
        self.clear_widgets()
        self.height = rows * style.target + (rows - 1) * style.gap
        if hint:
            self._tell(hint)
        self.add_widget(row)

    def _tell(self, hint: str) -> None:
        """A line, or two on a narrow panel."""
        size = self.style.text("small")
        tall = measure(hint, int(size), max(1, int(self.width)))[1] + 2
        self.height += tall + self.style.gap
        ink = rgba(self.style.theme.paper.ink)
        self.add_widget(FitLabel(text=hint, wanted=size, color=ink, size_hint_y=None, height=tall))

    def _px(self, buttons: tuple[BarButton, ...], cols: int, wider: float) -> float:
        """The size in which the words of all of them fit; a language's own name may be one long word."""
        style, buttons = self.style, tuple(one for one in buttons if one.does != "languages")
        width = (self.width - (cols - 1) * style.gap) / (cols + wider - 1) - 2 * style.mm(0.6)
        tall = style.target - 2 * style.mm(1.5)
        pictured = tuple(one.text for one in buttons if self._icon(one) != "none")
        below = common(pictured, style.text("body"), width, (tall - style.mm(1.5)) / 1.55)
        return min(below, common((one.text for one in buttons), style.text("body"), width, tall))

    def _button(self, one: BarButton, px: float, wider: float) -> Touch:
        touch = BarTouch(
            style=self.style, text=one.text, language=one.language, icon=self._icon(one), upright=True,
            role="accent" if one.accent else "plain", most_px=px,
        )  # fmt: skip
        if one.does == "languages":
            touch.size_hint_x = wider
        touch.bind(on_release=lambda _: self._chosen(one.does))
        return touch

    def _icon(self, one: BarButton) -> str:
        """A picture over the words, larger words need its place; the way back points to where reading begins."""
        if self.style.larger:
            return one.icon
        picture = PICTURES.get(one.does, one.icon)
        return TURNED.get(picture, picture) if from_the_right() else picture

    def _chosen(self, does: str) -> None:
        if does in ("back", "start"):
            self.act(does)
        elif does == "languages":
            self.go(does)
        else:
            self.choose(does)


def _next(style: Any) -> str:
    """The words of the button that changes the colours: what comes next."""
    comes = style.next_theme()
    return "bar.high" if comes.high else "bar.dark" if comes.dark else "bar.light"
