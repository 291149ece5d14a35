"""The last minutes of a box whose battery ends: keep everything, be heard, say good-bye, and only then let it go dark.

Power may come back at any moment of it, so it is asked again before each step that cannot be undone.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from contract.words import Stream
from gateway.config import Plan
from gateway.core import announce
from gateway.core.box import last_words
from gateway.core.site import Now, Site
from gateway.io.keeping import Keeper
from gateway.io.mqtt import Pictures
from gateway.io.store import Store, StoreFault

log = logging.getLogger(__name__)

DISK_WITHIN_S = 10.0
GOODBYE_WITHIN_S = 2.0
LOOK_S = 0.1
ASK_S = 1.0


class Look(Protocol):
    """The site now; `anew`: after another look at what the box hangs on."""

    def __call__(self, *, anew: bool = False) -> Site:
        """As it is."""


class Leaving:
    """How a box leaves: told to, or because its battery ends."""

    def __init__(
        self, plan: Plan, store: Store, keeper: Keeper, roads: Sequence[Pictures], *, now: Callable[[], Now], site: Look
    ) -> None:
        self._facts = plan.facts
        self._mark_within_s = plan.settings.last_words.mark_within_s
        self._store = store
        self._keeper = keeper
        self._roads = roads
        self._now = now
        self._site = site
        self._said = ""
        self.done = asyncio.Event()
        """All is kept and said: the machine may be halted."""

    async def run(self) -> None:
        """Wait until the battery ends, and leave; until cancelled, or done."""
        while True:
            if not self.done.is_set() and self._site().ending.halt and await self.go():
                self.done.set()
            await asyncio.sleep(ASK_S)

    async def farewell(self) -> None:
        """Say that we are gone, and why: a clean goodbye suppresses the last will, and is no fault."""
        await asyncio.gather(*(self._say(road) for road in self._roads))

    async def go(self) -> bool:
        """True: all is kept and said, the machine may be halted. False: power is back, everything goes on."""
        if not self._ends():
            return False
        self._keeper.write()
        await self._until(lambda: self._keeper.waits_s() == 0, DISK_WITHIN_S)
        if len(self._roads) > 1:
            await self._until(self._all_marked, self._mark_within_s)
        if lost := self._keeper.unstored():
            self._say_once(f"the disk refuses {lost} records; the box stays up, for a halt would lose them for sure")
            return False
        await self._put_away()
        if not self._ends():
            return False
        await self.farewell()
        if self._ends():
            return True
        log.warning("power came back after the good-bye; the box stays")
        for road in self._roads:
            road.stay()
        return False

    def _say_once(self, sentence: str) -> None:
        if sentence != self._said:
            self._said = sentence
            log.error("%s", sentence)

    def _ends(self) -> bool:
        """Asked anew. As long as nobody knows, it holds what was foretold."""
        return last_words.runs_down(self._site(anew=True), self._facts)[0] is not False

    async def _put_away(self) -> None:
        """Everything on the disk, and the disk's own memory too; one that does not answer is not waited for."""
        try:
            async with asyncio.timeout(DISK_WITHIN_S):
                await asyncio.wrap_future(self._keeper.later(self._store.checkpoint))
        except (TimeoutError, StoreFault) as fault:
            log.error("the store stays in two files: %s", str(fault) or "the disk does not answer")
        flush = threading.Thread(target=os.sync, name="sync", daemon=True)
        flush.start()
        await self._until(lambda: not flush.is_alive(), DISK_WITHIN_S)

    def _all_marked(self) -> bool:
        """Has the centre everything that was decided?"""
        try:
            return self._store.oldest(Stream.EVENT) is None
        except StoreFault as fault:
            log.error("%s", fault)
            return True

    async def _say(self, road: Pictures) -> None:
        """A machine that is shut down because its battery ends tells its programs to stop, too."""
        why = self._site().ending.farewell or last_words.PLANNED
        try:
            async with asyncio.timeout(GOODBYE_WITHIN_S):
                await road.farewell(*announce.status(self._facts, self._now(), online=False, farewell=why))
        except (ConnectionError, TimeoutError) as fault:
            log.info("no goodbye: %s", str(fault) or "nobody answers")

    async def _until(self, happened: Callable[[], bool], within_s: float) -> None:
        for _ in range(round(within_s / LOOK_S)):
            if happened():
                return
            await asyncio.sleep(LOOK_S)
