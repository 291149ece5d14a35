"""The whole screen: frame, head, banner, one page, the bar within reach, and the question "are you still here?"."""

from collections.abc import Callable
from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.core.style import Style
from kiosk.core.view import View
from kiosk.screens.bulletin import Bulletin
from kiosk.screens.contacts import Contacts
from kiosk.screens.home import Home
from kiosk.screens.important import Important
from kiosk.screens.page import Page
from kiosk.screens.power import Power
from kiosk.screens.services import Services
from kiosk.widgets.frame import StripedFrame
from kiosk.widgets.panel import ORDINARY, Touch

PAGES: dict[str, type[Page]] = {
    "home": Home, "power": Power, "services": Services, "important": Important, "contacts": Contacts,
    "bulletin": Bulletin,
}  # fmt: skip


class Head(BoxLayout):
    """Where we are and what time it is."""

    view = ObjectProperty(None, rebind=True)
    style = ObjectProperty(ORDINARY, rebind=True)


class Bar(BoxLayout):
    """The same buttons in the same place on every page."""

    view = ObjectProperty(None, rebind=True)
    style = ObjectProperty(ORDINARY, rebind=True)
    go = ObjectProperty(None)
    choose = ObjectProperty(None)
    at_home = BooleanProperty(True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._start: Touch | None = None

    def on_at_home(self, _bar: object, at_home: bool) -> None:
        """The way back stands first, on every page but the first."""
        if self._start is not None:
            self.remove_widget(self._start)
            self._start = None
        if not at_home:
            self._start = Touch(style=self.style, role="accent", text=self.view.words.say("bar.start"))
            self._start.bind(on_release=lambda _: self.go("home"))
            self.add_widget(self._start, len(self.children))


class StillHere(BoxLayout):
    """Asked before everything goes back to the beginning."""

    view = ObjectProperty(None, rebind=True)
    style = ObjectProperty(ORDINARY, rebind=True)


class Banner(BoxLayout):
    """The message in force, on every page but its own."""

    view = ObjectProperty(None, rebind=True)
    style = ObjectProperty(ORDINARY, rebind=True)
    go = ObjectProperty(None)


class Root(FloatLayout):
    """Everything drawn. `show` gives it a new view; `choose(name)` is called for language, larger and dark."""

    def __init__(self, view: View, style: Style, choose: Callable[[str], None], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.view = view
        self.style = style
        self.page_name = "home"
        self._choose = choose
        self._asks: StillHere | None = None
        self._build()

    def _build(self) -> None:
        """Make everything anew: another theme or size of text leaves nothing as it was."""
        self.clear_widgets()
        self._asks = None
        self.frame = StripedFrame(style=self.style, stamps=self.view.stamps)
        inside = BoxLayout(orientation="vertical", padding=self.style.gap, spacing=self.style.gap)
        self._head = Head(view=self.view, style=self.style)
        self._banner_place = BoxLayout(size_hint_y=None, height=0)
        self._place = BoxLayout()
        self._bar_place = BoxLayout(size_hint_y=None, height=0)
        self._bar = Bar(view=self.view, style=self.style, go=self.go, choose=self._choose)
        for part in (self._head, self._banner_place, self._place, self._bar_place):
            inside.add_widget(part)
        self.frame.add_widget(inside)
        self.add_widget(self.frame)
        self.page: Page | None = None
        self.go(self.page_name)

    def restyle(self, style: Style, view: View) -> None:
        """Another theme, size of text or language."""
        self.style, self.view = style, view
        self._build()

    def show(self, view: View) -> None:
        """New facts on the same page; nothing is drawn when nothing changed."""
        if view == self.view:
            return
        self.view = view
        self.frame.stamps = view.stamps
        self._head.view = self._bar.view = view
        if self.page_name not in self.pages():
            self.go("home")
        elif self.page is not None:
            self.page.view = view
        self._edges()

    def pages(self) -> list[str]:
        """The pages that there is something on."""
        return ["home", *self.view.doors, *(["bulletin"] if self.view.alerts else [])]

    def go(self, name: str) -> None:
        """Show a page; one that has nothing to tell is the first one."""
        self.page_name = name if name in self.pages() else "home"
        self._place.clear_widgets()
        self.page = PAGES[self.page_name](
            view=self.view, style=self.style, go=self.go, portrait=self.height > self.width
        )
        self._place.add_widget(self.page)
        self._edges()

    def on_size(self, *_: object) -> None:
        """Portrait stacks the same blocks."""
        if self.page is not None:
            self.page.portrait = self.height > self.width

    def _edges(self) -> None:
        """Banner above and bar below, where the page has not its own."""
        own = self.page_name == "bulletin"
        _fill(self._bar_place, None if own else self._bar, self.style.target)
        self._bar.at_home = self.page_name == "home"
        shown = not own and self.view.banner is not None
        banner = Banner(view=self.view, style=self.style, go=self.go) if shown else None
        _fill(self._banner_place, banner, self.style.target)

    @property
    def asking(self) -> bool:
        """Is the question on the screen?"""
        return self._asks is not None

    def ask(self, asking: bool) -> None:
        """Ask whether anybody is still here, or stop asking."""
        if asking and self._asks is None:
            self._asks = StillHere(view=self.view, style=self.style)
            self.add_widget(self._asks)
        elif not asking and self._asks is not None:
            self.remove_widget(self._asks)
            self._asks = None


def _fill(place: BoxLayout, part: BoxLayout | None, height: float) -> None:
    """Put one part, or nothing, in a place that then takes no room."""
    place.clear_widgets()
    place.height = height if part is not None else 0
    if part is not None:
        place.add_widget(part)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
