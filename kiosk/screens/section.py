"""Everyday pages: a door leads to its sections, a section to its list, a row to all that it has to say."""

import re

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.core.day.section import Entry, Section
from kiosk.core.doorways import Doorway
from kiosk.core.look.theme import Role
from kiosk.core.view import View
from kiosk.core.voice.passages import Passage, paragraphs
from kiosk.screens.page import SHORT_MM, Page, load_kv
from kiosk.widgets.deeds import Deed, Deeds
from kiosk.widgets.doors import Doors
from kiosk.widgets.entries import EntryList
from kiosk.widgets.illustration import Illustration, fitted
from kiosk.widgets.paged import PagedText
from kiosk.widgets.qr import QrCode
from kiosk.widgets.text import measure

__all__ = ["Deeds", "Doors", "EntryList", "Everyday", "Illustration", "PagedText", "QrCode"]

SHAPED = ("screen_height", "portrait")
PICTURE_WIDE, PICTURE_TALL = 0.42, 0.42
"""Of the page, how much of its width (beside the text) or of its height (under it) a picture may take."""
TEXT_MM, DEEDS_MM, PICTURE_MM = 62, 34, 24
"""What the text and the buttons need beside it, and under what size a picture says nothing."""


NOTE_SHARE, NARROW_TITLE = 0.45, 0.28
"""Of a low page's height a note beside its title may take so much; beyond that the title has so much of the width."""


class Everyday(Page):
    """Laid out in section.kv. `topic` names a section; without one it is the page of the group's door.

    `entry`: the row that is read, None while the list is shown. A code is drawn of own content only.
    """

    group = ""
    title = StringProperty("")
    note = StringProperty("")
    low = BooleanProperty(False)
    beside = BooleanProperty(False)
    """Does the note stand beside the title?"""
    head_height = NumericProperty(0)
    title_width = NumericProperty(0)
    note_height = NumericProperty(0)
    doors = ObjectProperty(())
    """On a low screen what there is to choose from stands side by side."""
    code_width = NumericProperty(0)
    code_text = StringProperty("")
    code_text_height = NumericProperty(0)
    narrow = BooleanProperty(False)
    """Large text on a low screen, or a small upright one: the note is a row, and text and code take turns."""
    bare = BooleanProperty(False)
    """Is there no room for the title either?"""
    coded = BooleanProperty(False)
    """Is it the code's turn?"""
    stale = BooleanProperty(False)
    entries = ObjectProperty(())
    entry = ObjectProperty(None, allownone=True)
    told = ObjectProperty(())
    code = StringProperty("")
    deeds = ObjectProperty(())
    texture = ObjectProperty(None, allownone=True)
    """The picture of the row that is read, where the cache holds it and there is room."""
    picture_size = ObjectProperty((0, 0))
    picture_text = StringProperty("")
    seeing = BooleanProperty(False)
    """Is it the picture's turn? Where there is no room for both it takes turns with the text."""
    typing = BooleanProperty(False)
    """Are keys in the place of the list?"""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._ways: dict[str, str] = {}
        self._turns = False
        self.ids.text.fbind("pages", self._offer)
        self.ids.text.fbind("page", self._offer)
        for name in ("view", "entry", "screen_height", "width", "portrait"):
            self.fbind(name, self._write)
        for name in ("note", "width", "style", "stale", "title", "code", "entry", "typing", "view", *SHAPED):
            self.fbind(name, self._measure)
        for name in ("entry", "entries", "size", "style", "head_height", "code_width", "code", "narrow", "portrait"):
            self.fbind(name, self._illustrate)
        self._write()

    def step_back(self) -> bool:
        """From the row to the list."""
        if self.entry is None:
            return False
        self.entry, self.coded, self.seeing = None, False, False
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
            self.entries, self.doors = (*section.rows, *(_choice(one) for one in others)), ()
        else:
            self.title, self.note, self.stale = self.view.words.say(f"door.{self.group}"), "", False
            self.entries = tuple(_choice(one) for one in others)
            if self.group == "information":
                say = self.view.words.say
                self._ways[say("section.search")] = "search"
                self.entries += (Entry(text=say("section.search"), more="search"),)
            ways = self._ways if self.short else {}
            self.doors = tuple(Doorway(way, text, _picture(self.view, way)) for text, way in ways.items())
        if self._is_narrow and self.note:
            row = Entry(text=self.note, role=Role.UNKNOWN if self.stale else Role.PLAIN)
            self.entries = (row, *self.entries) if self.stale else (*self.entries, row)
        self._read()

    def _note_height(self, small: int, edges: float) -> float:
        room = self.width - edges - (self.title_width + self.style.gap if self.beside else 0)
        return measure(self.note, small, max(1, int(room)))[1] + self.style.mm(2.4)

    def _measure(self, *_: object) -> None:
        """A note takes as many lines as it needs, beside the title where there is room; an address likewise."""
        style, small = self.style, int(self.style.text("small"))
        self.low, self.narrow = self.short, self._is_narrow
        font = int(style.text("lead" if self.low or self.narrow else "title"))
        title = measure(self.title, font, int(self.width) or 1)
        self.beside = not self.portrait and title[0] < self.width * 0.5
        self.title_width = title[0] + style.mm(2)
        edges = style.mm(5) + (small * 1.3 + style.mm(2) if self.stale else 0)
        shown = bool(self.note) and self.entry is None and not self.narrow
        self.note_height = self._note_height(small, edges) if shown else 0
        if self.low and self.beside and self.note_height > self.height * NOTE_SHARE:
            self.title_width = min(self.title_width, self.width * NARROW_TITLE)  # in lines, and the list has room
            self.note_height = self._note_height(small, edges)
        crowded = self.view.banner is not None and (self.short or style.larger)
        self.bare = self.narrow and (self.typing or crowded)
        if self.bare:
            self.head_height = -style.gap  # the keys, or a list under a warning, need all there is
        elif self.beside:
            self.head_height = max(font * 1.3, self.note_height)
        else:
            self.head_height = title[1] + (self.note_height + style.gap if shown else 0)
        self.code_text = (
            self.view.words.say("section.take_along") + "\n" + address_lines(self.code) if self.code else ""
        )
        text = measure(self.code_text, small, int(style.mm(200)))
        self.code_width = max(style.mm(36), text[0] + style.mm(4))
        self.code_text_height = text[1] + style.mm(1)

    def _read(self) -> None:
        """The row that is read; one that has changed is read as it is now, one that is gone stays for who reads it."""
        if self.entry is None:
            self.told, self.code = (), ""
            return
        same = [one for one in self.entries if one.text == self.entry.text and one.opens]
        now = same[0] if len(same) == 1 and self.entry not in same else self.entry  # of two evenings none is the other
        told = [Passage(line) for line in (now.text, now.word, now.detail) if line]
        self.told, self.code = (*told, *paragraphs(now.more)), now.code
        self._offer()

    def _illustrate(self, *_: object) -> None:
        """Beside the text, or above it on an upright screen; where there is no room the two take turns."""
        found = self.pictures(self.entry.picture) if self.pictures and self.entry else None
        size = self._picture_size(found.size) if found is not None else (0, 0)
        if found is None:
            self.seeing = False
        self._turns = found is not None and (self.narrow or min(size) < self.style.mm(PICTURE_MM))
        if self.seeing and self._turns:
            size = self._picture_size(found.size, alone=True)
        shown = found is not None and (not self._turns or self.seeing)
        self.picture_text = self.entry.picture_text if shown else ""
        self.texture, self.picture_size = (found, size) if shown else (None, (0, 0))
        self._offer()

    def _picture_size(self, own: tuple[float, float], *, alone: bool = False) -> tuple[int, int]:
        """`alone`: without the text."""
        mm, gap = self.style.mm, self.style.gap
        room = self.height - self.head_height - gap
        if self.portrait:
            room = room - self.style.target - 4 * gap if alone else room * PICTURE_TALL
            return fitted(own, (max(1, self.width), max(1, room)))
        code = self.code_width + gap if self.code and not self.narrow else 0
        wide = self.width - code - mm(DEEDS_MM) - 3 * gap
        wide = wide if alone else min(self.width * PICTURE_WIDE, wide - mm(TEXT_MM))
        return fitted(own, (max(1, wide), max(1, room)))

    def _offer(self, *_: object) -> None:
        """On to the next page; and whose turn it is, where text, code and picture take turns."""
        text, say = self.ids.text, self.view.words.say
        deeds: list[Deed] = []
        if self.coded or self.seeing:
            deeds.append((say("section.read_text"), self._read_on))
        else:
            if self.entry is not None and len(text.pages) > 1:
                deeds.append((say("crisis.turn", n=text.page + 1, all=len(text.pages)), text.turn))
            if self.narrow and self.code:
                deeds.append((say("section.take_along").rstrip(":"), self._take_along))
            if self._turns:
                deeds.append((say("section.see_picture"), self._see))
        self.deeds = tuple(deeds)

    def _take_along(self) -> None:
        self.coded = True
        self._offer()

    def _see(self) -> None:
        self.seeing = True
        self._illustrate()

    def _read_on(self) -> None:
        """The text again."""
        self.coded = self.seeing = False
        self._illustrate()

    @property
    def _is_narrow(self) -> bool:
        """Is there so little room that things take turns?"""
        mm = self.style.mm
        upright = self.portrait and 0 < self.width < mm(SHORT_MM)
        return upright or (self.short and self.style.larger)

    def _section(self, view: View) -> Section | None:
        """The section of the topic; behind a door the one that has its name, or the only one."""
        name = self.topic or self.group
        named = next((one for one in view.sections if one.name == name), None)
        mine = self._mine(view)
        return mine[0] if named is None and len(mine) == 1 and self.group != "information" else named

    def _mine(self, view: View) -> list[Section]:
        """All behind this door."""
        return [one for one in view.sections if one.group == self.group]


def address_lines(address: str, most: int = 22) -> str:
    """An address in lines that fit beside a code, broken where it has its own marks; without what nobody types."""
    lines = [""]
    for piece in re.split(r"(?<=[/.?&=-])", address.removeprefix("https://").removeprefix("tel:")):
        for start in range(0, max(1, len(piece)), most):
            part = piece[start : start + most]
            if len(lines[-1]) + len(part) > most:
                lines.append("")
            lines[-1] += part
    return "\n".join(lines)


def _picture(view: View, way: str) -> str:
    """The picture of a section's door."""
    name = way.partition("-")[2]
    return next((one.icon for one in view.sections if one.name == name), "search")


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
