"""Adds up how often each page was opened, by page and day: no times, no order, no visitors."""

import time
from datetime import timedelta

from contract.words import ClockQuality
from doors.clock import Clock
from kiosk.core.age import local
from kiosk.core.visitor.opened import Opened
from kiosk.io.cache_opened import KEEP_DAYS
from kiosk.io.wake import Waker
from kiosk.keeper.shelf import Shelf

WRITE_S = 900.0
"""Real seconds between two writes: a count that a power cut takes with it is missed by nobody, a worn card is."""
UNKNOWN = ""
"""The day while no clock can be believed."""


class Counting:
    """`look` now and then, `write` at the end."""

    def __init__(self, clock: Clock, shelf: Shelf, waker: Waker) -> None:
        self._clock = clock
        self._shelf = shelf
        self._waker = waker
        self._days: dict[str, Opened] = {}
        self._written_s = time.monotonic()

    def look(self) -> None:
        """Take over what the screen has counted; write it when it is time."""
        pages = self._waker.opened()
        if pages:
            self._days.setdefault(self._day(), Opened()).add_all(pages)
            self._days = dict(list(self._days.items())[-KEEP_DAYS:])  # a disk may refuse for as long as it likes
        if self._days and time.monotonic() - self._written_s >= WRITE_S:
            self.write()

    def write(self) -> None:
        """What waits goes into the cache; what the disk refuses waits on."""
        self._written_s = time.monotonic()
        for day, opened in list(self._days.items()):
            pages = opened.taken()
            if self._shelf.write(
                lambda cache, day=day, pages=pages: cache.add_opened(day, pages, self._day(KEEP_DAYS))
            ):
                del self._days[day]
            else:
                opened.add_all(pages)

    def _day(self, before: int = 0) -> str:
        """Today at the site, or so many days before."""
        wall_ms = self._clock.wall_ms()
        if wall_ms is None or self._clock.quality() is ClockQuality.UNSYNCED:
            return UNKNOWN
        return (local(wall_ms) - timedelta(days=before)).date().isoformat()
