"""Everyday pages: a door leads to its sections, a section to its list, a row to all that it has to say."""

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.core.day.section import Entry, Section
from kiosk.core.passages import Passage, paragraphs
from kiosk.core.view import View
from kiosk.screens.page import Page, load_kv
from kiosk.widgets.deeds import Deed, Deeds
from kiosk.widgets.entries import EntryList
from kiosk.widgets.paged import PagedText
from kiosk.widgets.qr import QrCode
from kiosk.widgets.text import measure

__all__ = ["Deeds", "EntryList", "Everyday", "PagedText", "QrCode"]


class Everyday(Page):
    """Laid out in section.kv. `topic` names a section; without one it is the page of the group's door.

    `entry`: the row that is read, None while the list is shown. A code is drawn of own content only.
    """

    group = ""
    title = StringProperty("")
    note = StringProperty("")
    note_height = NumericProperty(0)
    stale = BooleanProperty(False)
    entries = ObjectProperty(())
    entry = ObjectProperty(None, allownone=True)
    told = ObjectProperty(())
    code = StringProperty("")
    deeds = ObjectProperty(())
    typing = BooleanProperty(False)
    """Are keys in the place of the list?"""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._ways: dict[str, str] = {}
        self.ids.text.fbind("pages", self._offer)
        self.ids.text.fbind("page", self._offer)
        for name in ("view", "entry"):
            self.fbind(name, self._write)
        for name in ("note", "width", "style", "stale"):
            self.fbind(name, self._measure)
        self._write()

    def step_back(self) -> bool:
        """From the row to the list."""
        if self.entry is None:
            return False
        self.entry = None
        return True

    def open(self, entry: Entry) -> None:
        """A row was touched: a section's page, or what the row has to say."""
        way = self._ways.get(entry.text)
        if way is not None:
            self.go(way)
        else:
            self.ids.text.page = 0
            self.entry = entry

    def _write(self, *_: object) -> None:
        section = self._section(self.view)
        others = [one for one in self._mine(self.view) if one is not section] if not self.topic else []
        self._ways = {one.title: f"section-{one.name}" for one in others}
        if section is not None:
            self.title, self.note, self.stale = section.title, section.note, section.stale
            self.entries = (*section.rows, *(_choice(one) for one in others))
        else:
            self.title, self.note, self.stale = self.view.words.say(f"door.{self.group}"), "", False
            self.entries = tuple(_choice(one) for one in others)
            if self.group == "information":
                say = self.view.words.say
                self._ways[say("section.search")] = "search"
                self.entries += (Entry(text=say("section.search"), more="search"),)
        self._read()

    def _measure(self, *_: object) -> None:
        """A note takes as many lines as it needs."""
        edges = self.style.mm(5) + (self.style.text("small") * 1.15 if self.stale else 0)
        wide = max(1, int(self.width - edges))
        self.note_height = measure(self.note, int(self.style.text("small")), wide)[1] + self.style.mm(2.4)

    def _read(self) -> None:
        """The row that is read; one that has changed is read as it is now, one that is gone stays for who reads it."""
        if self.entry is None:
            self.told, self.code = (), ""
            return
        now = next((one for one in self.entries if one.text == self.entry.text and one.opens), self.entry)
        told = [Passage(now.text, heading=True)] if now.more else [Passage(now.text)]
        told += [Passage(line) for line in (now.word, now.detail) if line]
        self.told, self.code = (*told, *paragraphs(now.more)), now.code
        self._offer()

    def _offer(self, *_: object) -> None:
        text = self.ids.text
        deeds: list[Deed] = []
        if self.entry is not None and len(text.pages) > 1:
            say = self.view.words.say
            deeds.append((say("crisis.turn", n=text.page + 1, all=len(text.pages)), text.turn))
        self.deeds = tuple(deeds)

    def _section(self, view: View) -> Section | None:
        """The section of the topic; behind a door the one that has its name, or the only one."""
        name = self.topic or self.group
        named = next((one for one in view.sections if one.name == name), None)
        mine = self._mine(view)
        return mine[0] if named is None and len(mine) == 1 and self.group != "information" else named

    def _mine(self, view: View) -> list[Section]:
        """All behind this door."""
        return [one for one in view.sections if one.group == self.group]


def _choice(section: Section) -> Entry:
    """A section as a row to touch, with what is most useful in it now."""
    return Entry(text=section.title, detail=section.summary, more=section.name)


class Services(Everyday):
    """What can be done here."""

    group = "services"


class Travel(Everyday):
    """Buses, boats, roads."""

    group = "travel"


class Local(Everyday):
    """The village."""

    group = "local"


class Information(Everyday):
    """Pages of the municipality and for visitors, and the search in them."""

    group = "information"


load_kv(__file__)
