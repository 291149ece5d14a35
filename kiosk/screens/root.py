"""The whole screen: frame, head, banner, one page, the bar within reach, and the question "are you still here?"."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.core.advice import NONE, Library
from kiosk.core.look.style import Style
from kiosk.core.view import View
from kiosk.core.visitor.visit import Visit
from kiosk.core.warnings.alert_view import AlertView
from kiosk.screens.advice import Advice
from kiosk.screens.bar import Bar
from kiosk.screens.card import Card
from kiosk.screens.contacts import Contacts
from kiosk.screens.crisis import Crisis
from kiosk.screens.glance import Glance
from kiosk.screens.home import Home
from kiosk.screens.important import Important
from kiosk.screens.languages import Languages
from kiosk.screens.page import SHORT_MM, Page
from kiosk.screens.power import Power
from kiosk.screens.search import Search
from kiosk.screens.section import Everyday, Information, Local, Services, Travel
from kiosk.widgets.frame import StripedEdge, StripedFrame
from kiosk.widgets.panel import ORDINARY

__all__ = ["Bar", "Root", "StripedEdge"]

PAGES: dict[str, type[Page]] = {
    "home": Home, "power": Power, "services": Services, "important": Important, "contacts": Contacts,
    "advice": Advice, "card": Card, "crisis": Crisis, "glance": Glance,
    "travel": Travel, "local": Local, "information": Information, "section": Everyday, "search": Search,
    "languages": Languages,
}  # fmt: skip
"""By name; of a page that there are several of, by what stands before the "-"."""
MOST_BACK = 20
MIDDLE_MM = 150
"""A lower screen has no room for larger text, a frame or a banner, and a line of help at once."""
BANNER = 0.1
"""Of the screen's height, for the banner: it is read from across the room."""


class Head(BoxLayout):
    """Where we are and what time it is; `hint`: instead of where, how to go on, on a panel with no line to spare."""

    view = ObjectProperty(None, rebind=True)
    style = ObjectProperty(ORDINARY, rebind=True)
    hint = StringProperty("")


class StillHere(BoxLayout):
    """Asked before everything goes back to the beginning."""

    view = ObjectProperty(None, rebind=True)
    style = ObjectProperty(ORDINARY, rebind=True)


class Banner(BoxLayout):
    """The first message in force, on every page but its own; one that is not for real has striped sides."""

    view = ObjectProperty(None, rebind=True)
    style = ObjectProperty(ORDINARY, rebind=True)
    go = ObjectProperty(None)
    real = BooleanProperty(True)


class Root(FloatLayout):
    """Everything drawn. `show` gives it a new view; `choose(name)` is called for language, larger and dark.

    `read` is called for "I have read it", `left` when the visitor goes on from a warning by another way.
    """

    def __init__(
        self, view: View, style: Style, choose: Callable[[str], None], *, library: Library = NONE,
        pictures: Callable[[str], Any] = lambda _: None, **kwargs: object,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.view = view
        self.style = style
        self.page_name = "home"
        self.taken = False
        """Does a message own the screen? Then nothing goes back to the first page by itself."""
        self.matter = ""
        """Which one owned it last."""
        self.read: Callable[[], None] = self.back
        self.left: Callable[[], None] = lambda: None
        self.library = library
        self._pictures = pictures
        self._been: list[str] = []
        self._choose = choose
        self.asks: StillHere | None = None
        """The question that stands over everything, when it does."""
        self._visit = Visit()
        self._build()

    def _build(self) -> None:
        """Make everything anew: another theme or size of text leaves nothing as it was."""
        self.clear_widgets()
        self.asks = None
        self.frame = StripedFrame(style=self.style, stamps=self.view.stamps)
        inside = BoxLayout(orientation="vertical", padding=self.style.gap)
        self._head = Head(view=self.view, style=self.style)
        self._top = BoxLayout(orientation="vertical", size_hint_y=None, spacing=self.style.gap)
        self._foot = BoxLayout(size_hint_y=None, padding=(0, self.style.gap, 0, 0))
        self._place = BoxLayout()
        self._bar = Bar(view=self.view, style=self.style, visit=self._visit, act=self.act, go=self.go,
                        choose=self._choose)  # fmt: skip
        self._bar.fbind("height", self._fit_foot)
        self._bar.fbind("untold", self._hint)
        self._hint()
        for part in (self._top, self._place, self._foot):
            inside.add_widget(part)
        self.frame.add_widget(inside)
        self.add_widget(self.frame)
        self.page: Page | None = None
        self.turn_to(self.page_name)

    @property
    def visit(self) -> Visit:
        """What the bar shows of the visitor."""
        return self._visit

    @visit.setter
    def visit(self, visit: Visit) -> None:
        self._visit = self._bar.visit = visit
        if isinstance(self.page, Languages):
            self.page.visit = visit

    def restyle(self, style: Style, view: View) -> None:
        """Another theme, size of text or language; the same message stays the one that is read."""
        shown = self._shown()
        self.style, self.view = style, view
        self._build()
        if shown is not None and isinstance(self.page, Crisis):
            self.page.show_matter(shown.matter)

    def show(self, view: View) -> None:
        """New facts on the same page; nothing is drawn when nothing changed."""
        if view == self.view:
            return
        self.view = view
        self._head.view = self._bar.view = view
        if self.page_name not in self.pages():
            self.back()
        elif self.page is not None:
            self.page.view = view
        self._edges()

    def pages(self) -> list[str]:
        """The pages that there is something on."""
        cards = [f"card-{name}" for name in self.library.cards]
        cards += [f"section-{one.name}" for one in self.view.sections if one.name != one.group]
        cards += ["search"] if "information" in self.view.doors else []
        languages = ["languages"] if len(self._visit.languages) > 2 else []
        doors = [name for name in self.view.doors if name.partition("-")[0] in PAGES]
        advice = ["advice"] if self.library.cards else []
        return ["home", *doors, *advice, *cards, *languages, *(["crisis"] if self.view.alerts else []), "glance"]

    def go(self, name: str) -> None:
        """The visitor goes to a page, and can come back with one touch."""
        leaves = self.page_name == "crisis" and name != "crisis"
        if name != self.page_name:
            self._been = [*self._been, self.page_name][-MOST_BACK:]
        self.turn_to(name)
        if leaves:
            self.left()

    def back(self) -> None:
        """Where the visitor was before; the first page when that is gone or was nowhere."""
        been = [name for name in self._been if name in self.pages() and name != self.page_name]
        self._been = been[:-1]
        self.turn_to(been[-1] if been else "home")

    def take(self, matter: str) -> None:
        """A message takes the screen, whatever stood there; `back` leads to it."""
        self.taken, self.matter = True, matter
        if self.page_name != "crisis":
            self.go("crisis")
        if isinstance(self.page, Crisis):
            self.page.show_matter(matter)
        self._edges()

    def give_back(self) -> None:
        """No message owns the screen any more."""
        self.taken = False
        if self.page_name == "crisis":
            self.back()

    def act(self, deed: str) -> None:
        """A deed of a page or of the bar: "read", "back", "start"."""
        if deed == "read":
            self.read()
        elif deed == "back" and self.page is not None and self.page.step_back():
            return
        elif deed == "back":
            leaves = self.page_name == "crisis"
            self.back()
            if leaves:
                self.left()
        else:
            self.go("home")

    def turn_to(self, name: str) -> None:
        """Show a page, without a word about where the visitor was; one that has nothing to tell is the first one."""
        self.page_name = name if name in self.pages() else "home"
        if self.page_name == "home":
            self._been = []
        kind, _, topic = self.page_name.partition("-")
        self._place.clear_widgets()
        self.page = PAGES[kind](
            view=self.view, style=self.style, go=self.go, act=self.act, library=self.library, topic=topic,
            pictures=self._pictures, portrait=self.height > self.width, screen_height=self.height,
            **({"visit": self._visit, "choose": self._choose} if kind == "languages" else {}),
        )  # fmt: skip
        self._place.add_widget(self.page)
        self._edges()

    def on_size(self, *_: object) -> None:
        """Portrait stacks the same blocks."""
        if self.page is not None:
            self.page.portrait, self.page.screen_height = self.height > self.width, self.height
            self._edges()

    def drawn_alerts(self) -> tuple[AlertView, ...]:
        """What the frame now drawn proves the display of: on its own page, or as a banner what is no more than that."""
        shown = self._shown()
        if shown is not None:
            return (shown,)
        return tuple(one for one in self.view.alerts[:1] if not one.takes)

    def _shown(self) -> AlertView | None:
        return self.page.shown if isinstance(self.page, Crisis) else None

    def _edges(self) -> None:
        """Frame and head round the page, the banner above it, the bar below."""
        shown = self._shown()
        own = (shown.stamp,) if shown is not None and shown.stamp and shown.stamp not in self.view.stamps else ()
        self.frame.stamps = (*self.view.stamps, *own)
        self._lay_bar()
        low = self.height < self.style.mm(SHORT_MM) and self.width > self.height
        narrow = self.width < self.style.mm(SHORT_MM)
        parts: list[BoxLayout] = [] if (low or narrow) and shown is not None else [self._head]
        if shown is None and self.view.banner is not None:
            real = bool(self.view.alerts) and self.view.alerts[0].real
            parts.append(Banner(view=self.view, style=self.style, go=self.go, real=real))
        self._top.clear_widgets()
        self._top.orientation = "horizontal" if low and len(parts) > 1 else "vertical"
        tall = max(self.style.target, 0 if low else self.height * BANNER)
        heights = [tall if isinstance(part, Banner) else self.style.text("title") * 1.25 for part in parts]
        for part, height in zip(parts, heights, strict=True):
            part.height = height
            part.size_hint_y = 1 if self._top.orientation == "horizontal" else None
            part.stacked = self._top.orientation == "horizontal"
            self._top.add_widget(part)
        gap = self.style.gap
        together = max(heights, default=0) if self._top.orientation == "horizontal" else sum(heights)
        between = gap if len(parts) > 1 and self._top.orientation == "vertical" else 0
        # the space below belongs to what stands there: where there is nothing it costs nothing
        self._top.padding = (0, 0, 0, gap if parts else 0)
        self._top.height = together + between + (gap if parts else 0)

    def _lay_bar(self) -> None:
        """Below the page; on a low screen a warning has it in one row with its own buttons, and "read" leads back."""
        place: BoxLayout | None = self._foot
        if self.page_name == "glance":  # nobody reaches the bar through the window
            place = None
        elif isinstance(self.page, Crisis) and self.page.low:
            place = self.page.ids.bar
        # on a small upright panel, too, "read" is the way back: a second row of buttons would cost half of the warning
        upright = isinstance(self.page, Crisis) and self.width < self.style.mm(SHORT_MM)
        self._bar.at_home = self.page_name == "home" or place is not self._foot or upright
        self._bar.hints = place is self._foot
        self._bar.tells = self._has_room_to_tell()
        if self._bar.parent is not place:
            if self._bar.parent is not None:
                self._bar.parent.remove_widget(self._bar)
            if place is not None:
                place.add_widget(self._bar)
        self._fit_foot()

    def _has_room_to_tell(self) -> bool:
        """Is there room for the line that says how to go on? The voice says it all the same."""
        mm, larger = self.style.mm, self.style.larger
        crowded = bool(self.frame.stamps or self.view.banner)
        if min(self.size) < mm(SHORT_MM):
            return self.height > self.width and not larger and not self.frame.stamps  # a low one needs every line
        if larger and isinstance(self.page, Crisis) and self.width > self.height:
            return False  # the warning needs the room: its letters are never made small for a line that is spoken
        return not (larger and crowded and self.height < mm(MIDDLE_MM))

    def _hint(self, *_: object) -> None:
        """What has no line of its own above the buttons stands in the head, in ordinary text."""
        self._head.hint = "" if self.style.larger else self._bar.untold

    def _fit_foot(self, *_: object) -> None:
        self._foot.height = self._bar.height + self.style.gap if self._bar.parent is self._foot else 0

    @property
    def asking(self) -> bool:
        """Is the question on the screen?"""
        return self.asks is not None

    def ask(self, asking: bool) -> None:
        """Ask whether anybody is still here, or stop asking."""
        if asking and self.asks is None:
            self.asks = StillHere(view=self.view, style=self.style)
            self.add_widget(self.asks)
        elif not asking and self.asks is not None:
            self.remove_widget(self.asks)
            self.asks = None


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
