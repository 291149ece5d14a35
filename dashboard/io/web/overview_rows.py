"""The rows of all sites, kept from one question to the next: a site is worded anew when it has spoken or time says so.

A card takes a third of a millisecond or more; at a thousand sites and many browsers nobody could wait for all of them.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from contract.phrases import LANGUAGES
from contract.words import Power
from dashboard import config
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.overview import regions
from dashboard.core.overview.outline import Line
from dashboard.core.overview.risk import Around
from dashboard.core.overview.row import Row, region_of, row
from dashboard.core.overview.told import told
from dashboard.core.reader import Reader
from dashboard.core.sites import BadInput, Site
from dashboard.io.desk import Desk
from dashboard.io.tiles import Tiles

log = logging.getLogger(__name__)

MOVING_MS = 30_000
"""How long the words of a site hold whose hours are counted down, or whose state is estimated."""
CALM_MS = 600_000
"""How long those of a site hold that is well and speaks."""
AT_ONCE = 20
"""Rows that are worded before somebody else gets a turn."""
WARM_S, WARM_MS = 2.0, 5_000
"""How often what is due is worded while nobody asks; whoever asks waits for it only where that was not done."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A row and what it was made of; `until`: when its words would change by themselves, on the server's own clock."""

    row: Row
    version: str
    of: tuple[object, ...]
    until: int


class Rows:
    """The rows of one desk, by language. Everything here runs in the one event loop."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._warmed: dict[str, int] = {}
        """By language when all rows were worded last, on the server's own clock."""
        self.outline, self.tiles = _outline(desk), _tiles(desk)
        self.made = 0
        """How many rows were worded since the start, for measurements."""

    def of(self, reader: Reader) -> list[Row]:
        """The rows of all sites that the reader may see."""
        return [kept.row for kept in self._all(reader)]

    async def warm(self, reader: Reader) -> None:
        """Before many rows are asked for: after a start all are due."""
        warmed = self._warmed.get(reader.language)
        if warmed is None or reader.now.mono_ms - warmed >= WARM_MS:
            await self._word_due(reader)

    async def keep_warm(self) -> None:
        """Until cancelled, so that nobody waits who opens the page after a quiet hour."""
        while True:
            for language in LANGUAGES:
                await self._word_due(self._desk.reader(language, self._desk.anybody()))
            await asyncio.sleep(WARM_S)

    async def _word_due(self, reader: Reader) -> None:
        """A few rows at a time, others are let in between."""
        around, made = regions.around(self._desk.settings.site, self._desk.pictures, reader), self.made
        day = _day(reader)
        for site in self._desk.settings.site:
            self._one(site, around[region_of(site)], reader, day)
            if self.made - made >= AT_ONCE:
                await asyncio.sleep(0)
                made = self.made
        self._warmed[reader.language] = reader.now.mono_ms

    def version(self, row: Row, reader: Reader) -> str:
        """What changes with every word of a row that was given out just now."""
        return self._kept[reader.language, row.id].version

    def with_sites(self, reader: Reader) -> list[tuple[Site, SitePicture, Row]]:
        """Rows beside what they were made of."""
        sites = {site.id: site for site in self._desk.settings.site}
        return [(sites[one.id], self._desk.pictures[one.id], one) for one in self.of(reader)]

    def _all(self, reader: Reader) -> list[_Kept]:
        sites = [site for site in self._desk.settings.site if reader.person.sees(site.id)]
        # neighbours are all that speak, also those that this reader does not see: only numbers come of it
        around = regions.around(self._desk.settings.site, self._desk.pictures, reader)
        day = _day(reader)
        return [self._one(site, around[region_of(site)], reader, day) for site in sites]

    def _one(self, site: Site, around: Around, reader: Reader, day: int | None) -> _Kept:
        desk, key = self._desk, (reader.language, site.id)
        picture, kept = desk.pictures[site.id], self._kept.get(key)
        there = picture.in_contact(reader.now)
        # what is around a site is part of its words only while they are an estimate
        near = (around.heard, around.without_mains) if _estimated(picture, there=there) else None
        of = (picture, desk.pending[site.id], desk.losses[site.id], there, near, day)
        if kept is not None and reader.now.mono_ms < kept.until and _same(kept.of, of):
            return kept
        made = row(
            site, picture, desk.card(site, reader), around, reader,
            told(desk.pending[site.id], picture, reader, desk.entered),
        )  # fmt: skip
        self.made += 1
        holds_ms = CALM_MS if near is None and made.power is Power.ON_MAINS else MOVING_MS
        # not all in the same moment: a thousand rows that were made together would be due together
        holds_ms -= crc32(site.id.encode()) % (holds_ms // 2)
        kept = self._kept[key] = _Kept(made, made.version, of, reader.now.mono_ms + holds_ms)
        return kept


def _same(was: tuple[object, ...], now: tuple[object, ...]) -> bool:
    """Pictures and lists are never changed in place, so that the same object says the same."""
    return all(
        one is other or (not isinstance(one, SitePicture) and one == other) for one, other in zip(was, now, strict=True)
    )


def _estimated(picture: SitePicture, *, there: bool) -> bool:
    return (
        not there or picture.state is None or picture.state.power is Power.UNKNOWN or not picture.state_is_of_this_run
    )


def _day(reader: Reader) -> int | None:
    """Words like "tor 06:40" change at midnight."""
    wall_ms = reader.now.wall_ms
    return None if wall_ms is None else datetime.fromtimestamp(wall_ms / 1000, reader.zone).toordinal()


def _outline(desk: Desk) -> tuple[Line, ...]:
    """The operator's own lines; a file that can not be drawn costs the map its ground, and nobody the overview."""
    try:
        return config.outline_of(desk.settings.view.outline_file)
    except BadInput as fault:
        log.warning("%s; the map is drawn without it", fault)
        return ()


def _tiles(desk: Desk) -> Tiles | None:
    """The operator's own tiles; the same."""
    if not desk.settings.view.tiles_file:
        return None
    try:
        return Tiles(desk.settings.view.tiles_file)
    except BadInput as fault:
        log.warning("%s; the map is drawn without it", fault)
        return None
