"""Judges what comes in: what is urgent at once, mere numbers together with those of other devices.

Many devices that are read each second would otherwise have the whole site judged anew for each of them. When just a
moment ago something was judged, a poll without news waits out that moment here; whatever is judged takes along what
waits. And time passes: where nothing comes in, the site is judged all the same.
"""

import asyncio
import time
from collections.abc import Callable, Sequence

from doors.clock import Clock
from gateway.core.pipeline import Batch, Happening, Tick
from gateway.core.site import Now, Site
from gateway.core.urgency import is_urgent

GATHER_S = 0.05
"""Product seconds between two judgements of mere numbers."""
PASSING_S = 1.0
"""Product seconds after which time alone is a reason to judge."""
SHORTEST_S = 0.1
"""The same in real seconds at least, for demonstrations in which a product second is very short."""

Poll = tuple[Now, Batch]
"""What a device told, and when it had told it."""
Judge = Callable[[Happening, Now, Sequence[Poll]], None]
"""(what came, when, the polls that came before it and are not judged yet)"""


class Gathering:
    """Everything that is judged passes here, in the order in which it came."""

    def __init__(self, clock: Clock, *, site: Callable[[], Site], now: Callable[[], Now], judge: Judge) -> None:
        self._clock = clock
        self._site = site
        self._now = now
        self._judge = judge
        self._waiting: list[Poll] = []
        self._arrived = asyncio.Event()
        self._judged_s = -PASSING_S

    def take(self, what: Happening) -> None:
        """One happening: judged now, or soon."""
        now = self._now()
        if isinstance(what, Batch) and self._may_wait(what):
            self._waiting.append((now, what))
            self._arrived.set()
        else:
            self._pass_on(what, now)

    def flush(self) -> None:
        """Judge what waits."""
        if self._waiting:
            self._pass_on(Tick(), self._now())

    async def run(self) -> None:
        """Until cancelled: judge what has waited for its moment, and that time has passed."""
        while True:
            self._arrived.clear()
            await self._rest()
            if self._waiting and self._rests_s(self._gather_s()) <= 0:
                self.flush()
            elif self._rests_s(self._passing_s()) <= 0:
                self._pass_on(Tick(), self._now())

    def _may_wait(self, batch: Batch) -> bool:
        """Mere numbers, shortly after a judgement; never over an earlier poll of the same device."""
        if self._rests_s(self._gather_s()) <= 0 or any(one.device == batch.device for _, one in self._waiting):
            return False
        return not is_urgent(batch, self._site())

    def _pass_on(self, what: Happening, now: Now) -> None:
        before, self._waiting = self._waiting, []
        self._judged_s = time.monotonic()
        self._judge(what, now, before)

    async def _rest(self) -> None:
        """Until there is something to judge, or something has come that waits for that."""
        if self._waiting:
            await asyncio.sleep(max(0.0, self._rests_s(self._gather_s())))
            return
        try:
            async with asyncio.timeout(max(0.0, self._rests_s(self._passing_s()))):
                await self._arrived.wait()
        except TimeoutError:
            return

    def _rests_s(self, after_s: float) -> float:
        """Real seconds until so long after the last judgement."""
        return self._judged_s + after_s - time.monotonic()

    def _gather_s(self) -> float:
        return min(GATHER_S, self._clock.real_seconds(GATHER_S))

    def _passing_s(self) -> float:
        """A little more than a second, so that polls of one second come first."""
        return max(SHORTEST_S, self._clock.real_seconds(PASSING_S)) + self._gather_s()
