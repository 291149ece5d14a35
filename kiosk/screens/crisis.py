"""A warning owns the screen: what happens, what to do, who says it, until when; under it, what works here now."""

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty

from kiosk.core.voice.passages import warning, where, who
from kiosk.core.warnings.alert_view import AlertView
from kiosk.screens.page import Page, load_kv
from kiosk.widgets.deeds import Deed, Deeds
from kiosk.widgets.paged import SIZES, PagedText
from kiosk.widgets.panel import Panel
from kiosk.widgets.situation import Situation
from kiosk.widgets.text import measure

__all__ = ["Crisis", "Deeds", "PagedText", "Situation", "Warning"]

ROOMY_MM = 150
"""On a screen this high all that is known of a message has a place of its own; on a lower one a part ends the text."""
LOW_NUMBERS_MM = 8.0
NARROW_NUMBERS_MM = 4.2
"""Size of the numbers on a small upright panel, also in larger text: in "largest" they come by themselves."""
TIGHT_MM = 105
"""On a lower screen this place has two lines and no more."""
FACTS_MM = 200
"""In larger text on a lower screen the text has this place too, so that three lines of it stand in full size."""
BESIDE_MM = 150
"""On a wide screen lower than this the buttons stand beside the text, where they cost no height."""


FAR = (0.075, 0.06, 0.048, 0.038, 0.031)
"""Sizes of text as parts of the screen's height: a short warning on a large panel is read from across the room."""


class Warning(Panel):  # noqa: A001  (what people call it; nothing here warns of anything in Python)
    """The message itself, in the colours and with the shape of its grade."""


class Crisis(Page):
    """Laid out in crisis.kv. `shown` is one of the messages in force; it stays while its page is being read."""

    shown = ObjectProperty(None, rebind=True)
    passages = ObjectProperty(())
    in_pages = ObjectProperty(())
    deeds = ObjectProperty(())
    roomy = BooleanProperty(True)
    sizes = ObjectProperty(SIZES)
    small = NumericProperty(20)
    beside = BooleanProperty(False)
    low = BooleanProperty(False)
    """Is the screen so low that the bar stands in one row with the buttons of the page?"""
    narrow = BooleanProperty(False)
    """Is it a small upright panel? Then this place has two lines, so that the warning has more than two."""
    tight = BooleanProperty(False)
    numbers_px = NumericProperty(0)
    """Height of the line with the numbers."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("view", "style", "portrait", "screen_height", "size"):
            self.fbind(name, self._choose)
        for name in ("pages", "page"):
            self.ids.text.fbind(name, self._offer)
        self._choose()

    def show_matter(self, matter: str) -> None:
        """Show the message that attention says; every page of it begins with the first."""
        wanted = next((one for one in self.view.alerts if one.matter == matter), None)
        if wanted is not None:
            self._show(wanted)

    def next(self) -> None:
        """The next message in force, after the last the first."""
        self._show(self.view.alerts[(self._place() + 1) % len(self.view.alerts)])

    def heading(self, one: AlertView | None) -> str:
        """Exercise or test first, then what kind of message it is."""
        if one is None:
            return ""
        return f"{one.stamp}: {one.kind}" if one.stamp else one.kind

    def facts(self, one: AlertView | None) -> str:
        """Who says it since when, until when; where there is room also where, and when it was checked."""
        if one is None:
            return ""
        if self.style.larger and (self.tight or self.screen_height < self.style.mm(FACTS_MM)):
            return ""  # it ends the text there
        return " ".join((*who(one), *(where(one, self.view.words) if self.roomy else ())))

    def facts_height(self, one: AlertView | None, width: float, text: float) -> float:
        """Room for the facts in that size of text, at most three lines."""
        if not self.facts(one) or width < 2:
            return 0
        return min(measure(self.facts(one), int(text), int(width))[1], text * 3.6) + 2

    def _place(self) -> int:
        """Where the shown message stands now in the list."""
        matters = [one.matter for one in self.view.alerts]
        return matters.index(self.shown.matter) if self.shown and self.shown.matter in matters else 0

    def _choose(self, *_: object) -> None:
        """A new view keeps the message that is being read, in its newest wording."""
        mm = self.style.mm
        self.low = not self.portrait and self.screen_height < mm(TIGHT_MM)
        self.narrow = self.portrait and self.width < mm(TIGHT_MM)
        self.beside = not self.portrait and not self.low and self.screen_height < mm(BESIDE_MM)
        self.roomy = min(self.screen_height, self.width) >= mm(ROOMY_MM) and not self.style.larger
        far = (self.screen_height if not self.portrait else self.width) * (1.3 if self.style.larger else 1)
        least = max(self.style.text("body"), far * FAR[-1])
        wanted = {*(far * part for part in FAR), *(self.style.text(name) for name in SIZES)}
        self.sizes = tuple(sorted((size for size in wanted if size >= least), reverse=True))
        self.small = max(mm(NARROW_NUMBERS_MM) if self.narrow else self.style.text("small"), far * 0.022)
        self.tight = self.screen_height < mm(TIGHT_MM) or (self.style.larger and self.screen_height < mm(170))
        if self.width > 1:
            width = int(self.width * (0.75 if self.beside else 1))
            tall = measure(self.view.numbers, int(self.small), width)[1] + 2
            # on a low screen one line in full size, or two small ones: the warning needs the rest
            most = mm(LOW_NUMBERS_MM) if self.low else self.small * 2.6
            self.numbers_px = tall if self.portrait else min(tall, most)
        if self.view.alerts:
            self._show(self.view.alerts[self._place()])

    def _show(self, one: AlertView) -> None:
        if self.shown is None or one.matter != self.shown.matter:
            self.ids.text.page = 0
        self.shown = one
        words = self.view.words
        rest = () if self.roomy else (*(() if self.facts(one) else who(one)), *where(one, words))
        self.passages = warning(one, words, act_first=False, rest=rest)
        self.in_pages = warning(one, words, act_first=True, rest=rest)
        self._offer()

    def _offer(self, *_: object) -> None:
        """The buttons: only what there is something to do for."""
        text, words = self.ids.text, self.view.words
        deeds: list[Deed] = [
            (words.say("crisis.read"), lambda: self.act("read")),
            (words.say("crisis.more"), self._more),
        ]
        alerts = len(self.view.alerts)
        if len(text.pages) > 1:
            deeds.insert(0, (words.say("crisis.turn", n=text.page + 1, all=len(text.pages)), text.turn))
        if alerts > 1:
            deeds.append((words.say("crisis.next", n=self._place() + 1, all=alerts), self.next))
        if [label for label, _ in deeds] != [label for label, _ in self.deeds]:
            self.deeds = tuple(deeds)

    def _more(self) -> None:
        """Advice and numbers; without cards only the numbers."""
        self.go("advice" if self.library and self.library.cards else "contacts")


load_kv(__file__)
