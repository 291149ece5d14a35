"""All feeds: each asked by a task of its own, so that one that hangs, breaks or crashes costs the others nothing."""

import asyncio
import logging
from collections.abc import Callable

from doors.clock import Clock
from doors.progress import Progress
from kiosk.config import Settings
from kiosk.core.asking.feed import FeedState
from kiosk.core.asking.polling import Tier
from kiosk.core.warnings.checks import WARNING, fresh_ms
from kiosk.io import checked
from kiosk.io.http import Asker
from kiosk.keeper.one_feed import OneFeed
from kiosk.keeper.reading import Readings
from kiosk.keeper.saying import Saying
from kiosk.keeper.shelf import Shelf

log = logging.getLogger("kiosk.keeper")

STUCK_S = 180.0
"""Real seconds; a task that waits gives a sign of life every half minute."""
LOOK_S = 5.0
"""Real seconds between two looks at how scarce power is, and whether somebody is here."""
VISIT_S = 180.0
"""Real seconds after the last touch in which somebody may still read."""
WRITE_EVERY_S = 300.0
"""Real seconds: a check that found nothing new is told through memory, and written to the card only so often."""


class Feeds:
    """`knock` wakes the screen when something changed; `tier` says how scarce power is."""

    def __init__(
        self, settings: Settings, clock: Clock, shelf: Shelf, saying: Saying, progress: Progress, *,
        knock: Callable[[], None], tier: Callable[[], Tier],
        visited: Callable[[], bool] = lambda: False,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._clock = clock
        self._began_ms = clock.up_ms()
        self._shelf = shelf
        self._saying = saying
        self._progress = progress
        self._knock = knock
        self._tier = tier
        self._visited = visited
        self._visited_s: float | None = None
        self._told: tuple[FeedState, ...] | None = None
        self._written_s = 0.0
        self._all: list[OneFeed] = []
        self._readings = Readings()
        wanted = settings.asked_feeds
        kept = shelf.cache.feeds()
        for name in kept.keys() - wanted.keys():
            shelf.write(lambda cache, name=name: cache.forget_feed(name))
        told = {state.name: state for state in checked.told(settings.cache_path, shelf.cache.life)}
        self._all = [
            OneFeed(
                name, feed, settings.here, clock, shelf, saying, self._readings,
                kept=kept.get(name), newer=told.get(name), told=self._tell, reached=self._reached,
            )
            for name, feed in wanted.items()
        ]  # fmt: skip
        for feed in self._all:
            progress.expect(feed.part, STUCK_S)
        self._tell()

    async def run(self) -> None:
        """Ask until cancelled."""
        fetch, site = self._settings.fetch, self._settings.site
        asker = Asker(
            contact=fetch.contact or site.id, proxy=fetch.proxy, plain=fetch.plain_http, simulated=site.simulated
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                for feed in self._all:
                    tasks.create_task(feed.run(asker, self._progress), name=feed.part)
                tasks.create_task(self._look(), name="feeds-look")
        finally:
            await self._readings.close()
            await asker.close()

    def flush(self) -> None:
        """Write what the disk refused."""
        for feed in self._all:
            feed.flush()

    def write_all(self) -> None:
        """The cache is another file: all that is known goes into it, and memory speaks of the new one."""
        for feed in self._all:
            feed.write_all()
        self._told = None
        self._tell()

    def unchecked_ms(self) -> int | None:
        """For how long the source of warnings that was checked longest ago has not been; 0: every check is fresh.

        None: none is asked. One that was never checked in this boot: at least as long as this keeper runs.
        """
        ages = []
        for feed in self._all:
            if feed.kind not in WARNING:
                continue
            checked, now = feed.state.checked, self._clock.up_ms()
            here = checked is not None and checked.boot == self._clock.boot
            age = now - (checked.up_ms if checked is not None and here else self._began_ms)
            ages.append(age if age > fresh_ms(feed.state.every_s) else 0)
        return max(ages, default=None)

    def sentence(self) -> str:
        """How it stands, for `systemctl status`: "" when all is well."""
        bad = [feed.name for feed in self._all if feed.state.fault]
        return f"; not checked: {', '.join(bad)}" if bad else ""

    def close(self) -> None:
        """What is known goes to the card; what only memory knew is taken away."""
        if self._all and self._write_states():
            checked.take_away(self._settings.cache_path)

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        self._written_s = loop.time()
        while True:
            tier = self._tier()
            if self._visited():
                self._visited_s = loop.time()
            watched = self._visited_s is not None and loop.time() - self._visited_s < VISIT_S
            for feed in self._all:
                feed.thin(tier, watched=watched)
            if loop.time() - self._written_s >= WRITE_EVERY_S:
                self._write_states()
                self._written_s = loop.time()
            await asyncio.sleep(LOOK_S)

    def _tell(self, *, news: bool = False) -> None:
        """A feed was asked: the screen sees it at its next look, at once when there is news."""
        states = tuple(feed.state for feed in self._all)
        if states and states != self._told:
            self._told = states
            if not checked.tell(self._settings.cache_path, self._shelf.cache.life, states):
                self._saying.once("there is no memory to tell the screen of checks; each is written to the cache")
                self._write_states()
        if news:
            self._knock()

    def _reached(self, name: str) -> None:
        """One feed was answered after it had failed: the network may be back for the others too."""
        for feed in self._all:
            if feed.name != name:
                feed.network_back()

    def _write_states(self) -> bool:
        states = tuple(feed.state for feed in self._all)
        return self._shelf.write(lambda cache: cache.keep_states(states))
