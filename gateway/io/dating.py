"""What the site has learnt of its time, on its way to the clock door and into the rows of the store."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Protocol

from contract.dating import STEP_MS, BootTime
from doors.clock import Clock
from gateway.core.remembered import ClockMemory
from gateway.io.keeping import Keeper
from gateway.io.store_file import StoreFault

log = logging.getLogger(__name__)

BETWEEN_STEPS_S = 0.02
"""Real seconds between two steps, in which everything else goes on."""
AGAIN_S = 5.0
"""Real seconds until a disk that refuses is tried again."""
_DONE = object()


class Datable(Protocol):
    """A store whose rows can be dated, in steps."""

    def date(self, known: BootTime) -> Iterator[None]:
        """Date all rows of a boot; raises StoreFault."""


class Dater:
    """Carries what the site has learnt of its time to the clock door, and into the rows of the store."""

    def __init__(self, store: Datable, keeper: Keeper, clock: Clock) -> None:
        self._store = store
        self._keeper = keeper
        self._clock = clock
        self._known: BootTime | None = None
        self._wake = asyncio.Event()

    def noted(self, held: ClockMemory) -> None:
        """What the memory holds of the time, at the start and whenever that changes."""
        self._clock.newest_ms = held.newest_ms
        if held.boot != self._clock.boot:
            return
        was = self._known
        self._known = BootTime(boot=held.boot, offset_ms=held.offset_ms, quality=held.quality)
        if was is None or abs(was.offset_ms - held.offset_ms) > STEP_MS:
            self._clock.follow(held.boot, held.offset_ms, held.up_ms)
            self._wake.set()

    async def run(self) -> None:
        """Date the rows once for each time that is learnt, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                if self._known is not None:
                    await self._date(self._store.date(self._known))
                again = self._keeper.behind  # what waits in memory is not among the rows yet
            except StoreFault as fault:
                log.error("%s; what this boot told without a date is dated later", fault)
                again = True
            if again:
                await asyncio.sleep(AGAIN_S)
                self._wake.set()

    async def _date(self, steps: Iterator[None]) -> None:
        step: Callable[[], object] = lambda: next(steps, _DONE)  # noqa: E731 – typed for the keeper
        while await asyncio.wrap_future(self._keeper.later(step)) is not _DONE:  # noqa: ASYNC110 – a pause
            await asyncio.sleep(BETWEEN_STEPS_S)
