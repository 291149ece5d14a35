"""The keeper: hears the site's broker, asks the feeds, alone writes the cache, and sends what the screen has drawn."""

import asyncio

from contract import topics
from doors.broker import Link
from doors.clock import Clock
from doors.progress import Progress
from doors.systemd import Notifier
from kiosk.config import Settings
from kiosk.io.wake import Waker
from kiosk.keeper import sign_of_life
from kiosk.keeper.counting import Counting
from kiosk.keeper.feeds import Feeds
from kiosk.keeper.hearing import Hearing
from kiosk.keeper.receipts import Receipts
from kiosk.keeper.saying import Saying
from kiosk.keeper.shelf import Shelf
from kiosk.keeper.sign_of_life import SignOfLife

LOOK_S = 0.5
"""How often the screen's log is looked at, in real seconds: one stat(2)."""
STUCK_S = 180.0
"""Real seconds: three signs of life of the screen."""
LOOKING = "looking at the screen's log"


class Keeper:
    """One site's keeper. `run` ends only by cancellation."""

    def __init__(self, settings: Settings, clock: Clock, notifier: Notifier | None = None) -> None:
        self._notifier = notifier or Notifier()
        self._progress = Progress()
        for part in (LOOKING, sign_of_life.PART):
            self._progress.expect(part, STUCK_S)
        self._progress.expect("link", max(STUCK_S, 3 * settings.broker.reconnect_max_s))
        self._attempts = 0
        saying = Saying()
        self._shelf = Shelf(settings, saying)
        self._waker = Waker(settings.wake_path)
        self._counting = Counting(clock, self._shelf, self._waker)
        self._receipts = Receipts(settings, self._shelf, saying)
        self._hearing = Hearing(
            settings, clock, self._shelf, saying, knock=self._waker.knock, confirm=self._receipts.confirm,
            ask=lambda: self._life.soon(),  # noqa: PLW0108 – made below
        )  # fmt: skip
        self._feeds = Feeds(
            settings, clock, self._shelf, saying, self._progress, knock=self._waker.knock, tier=self._hearing.tier,
            visited=self._waker.visited,
        )  # fmt: skip
        self._life = SignOfLife(
            settings, clock, self._waker, saying, self._progress, unchecked=self._feeds.unchecked_ms
        )
        self._shelf.moved += [lambda: self._hearing.flush(force=True), self._feeds.write_all, self._waker.knock]
        self._link = Link(
            settings.broker,
            name="site",
            client_id=f"{settings.site.id}-kiosk-{self._receipts.run[:6]}",
            subscribe=(topics.public_all(settings.site.id),),
            on_message=self._hearing.take,
            on_up=self._up,
        )
        self._receipts.link = self._life.link = self._link

    async def run(self) -> None:
        """Hear, ask, keep, knock, and send receipts, until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._link.run(), name="link")
                tasks.create_task(self._look_after(), name="look-after")
                tasks.create_task(self._life.run(), name="tell-of-screen")
                tasks.create_task(self._shelf.watch(), name="watch-disk")
                tasks.create_task(self._feeds.run(), name="feeds")
                tasks.create_task(self._notifier.watch(self._progress, self._sentence), name="watch")
        finally:
            self._hearing.flush(force=True)
            self._counting.write()
            self._feeds.close()
            self._shelf.close()
            self._waker.close()

    async def _up(self) -> None:
        """The link is there: what waits is sent, and the gateway is asked for a word that can be dated."""
        self._life.soon()
        await self._receipts.send()

    async def _look_after(self) -> None:
        """Every half second: is there something the screen drew, something that waits for the disk?"""
        while True:
            await asyncio.sleep(LOOK_S)
            if self._hearing.late:
                self._hearing.flush()
            self._feeds.flush()
            await self._receipts.look()
            self._counting.look()
            self._progress.done(LOOKING)
            if self._link.up or self._link.attempts != self._attempts:
                self._attempts = self._link.attempts
                self._progress.done("link")

    def _sentence(self) -> str:
        """For `systemctl status`; only what seldom changes."""
        link = "the site's broker is there" if self._link.up else "no contact with the site's broker"
        link += self._feeds.sentence()
        no_disk = self._shelf.no_disk
        if no_disk:
            return f"{link}; the disk takes nothing ({no_disk}), what is shown lies in memory, receipts wait"
        return f"{link}; the disk refuses, what is new waits in memory" if self._shelf.behind else link
