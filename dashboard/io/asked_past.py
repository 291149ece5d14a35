"""At the site's own page: the past is asked of the box beside it, and only remembered here.

Records go to the centre alone. The box keeps its history anyway; asking for it costs the card no write. A wish is out
at a time. What was told is shown for a while before it is asked for again, and a box that does not answer is left in
peace for a moment, so that no page waits for it twice.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from contract.messages import decode
from contract.past import Past, PastWish
from dashboard.config import Settings
from dashboard.core.site import told_past
from dashboard.core.site.charts import Line, wanted
from dashboard.core.site.events import Stored
from dashboard.core.site.periods import LENGTHS, Period
from dashboard.core.sites import Site
from doors.clock import Clock

log = logging.getLogger(__name__)

WITHIN_S, YEAR_WITHIN_S, SOON_S = 8.0, 30.0, 1.5
"""Real seconds: how long the box may take, and for a year; how long a page waits that can do without."""
QUIET_MS = 5_000
"""After a wish without an answer the box is not asked for so long."""
LASTS_MS = {Period.DAY: 60_000, Period.WEEK: 300_000, Period.YEAR: 1_800_000}
"""How long curves of a period are as good as new."""
EVENTS_LAST_MS = 60_000
MINUTE_MS = 60_000


@dataclass(slots=True)
class _Kept:
    """Curves of a period: from when on, what was told, and when it came (uptime)."""

    begin_ms: int
    lines: list[Line]
    came_ms: int


class AskedPast:
    """What the box of one site told. Everything here runs in the event loop."""

    def __init__(self, site: Site, clock: Clock, wake: asyncio.Event, there: Callable[[], bool]) -> None:
        self._site = site
        self._clock = clock
        self._wake = wake
        self._there = there
        """Is the broker there, so that it can be asked?"""
        self._lock = asyncio.Lock()
        self._waiting: tuple[PastWish, asyncio.Future[Past]] | None = None
        self._kept: dict[Period, _Kept] = {}
        self._silent_ms: int | None = None
        self._task: asyncio.Task[None] | None = None
        self.due: PastWish | None = None
        """What is to be sent to the box."""
        self.events: list[Stored] | None = None
        """The newest first; None: the box has not told yet."""
        self.events_ms: int | None = None
        """When they came, as uptime."""

    async def curves(self, period: Period, begin_ms: int) -> list[Line] | None:
        """Lines from `begin_ms` on; None when the box does not answer."""
        async with self._lock:
            kept = self._kept.get(period)
            now_ms = self._clock.up_ms()
            if kept is not None and kept.begin_ms == begin_ms and now_ms - kept.came_ms < LASTS_MS[period]:
                return kept.lines
            length = LENGTHS[period]
            wish = PastWish(id=secrets.token_hex(8), from_ms=begin_ms, step_ms=length.step_ms, count=length.count,
                            signals=wanted())  # fmt: skip
            past = await self._ask(wish, YEAR_WITHIN_S if period is Period.YEAR else WITHIN_S)
            if past is None:
                return None
            self._kept[period] = _Kept(begin_ms, told_past.lines_of(past, wish), self._clock.up_ms())
            return self._kept[period].lines

    async def freshen(self) -> None:
        """Ask for the events anew where they are old; waits a moment only where there are none yet."""
        now_ms = self._clock.up_ms()
        young = self.events_ms is not None and now_ms - self.events_ms < EVENTS_LAST_MS
        if young or not self._there() or (self._task is not None and not self._task.done()):
            return
        self._task = asyncio.create_task(self._ask_events(), name="past")
        if self.events is None:
            await asyncio.wait({self._task}, timeout=SOON_S)

    async def _ask_events(self) -> None:
        async with self._lock:
            await self._ask(PastWish(id=secrets.token_hex(8), from_ms=0, step_ms=MINUTE_MS, count=1))

    async def _ask(self, wish: PastWish, within_s: float = WITHIN_S) -> Past | None:
        now_ms = self._clock.up_ms()
        if not self._there() or (self._silent_ms is not None and now_ms - self._silent_ms < QUIET_MS):
            return None
        answer: asyncio.Future[Past] = asyncio.get_running_loop().create_future()
        self._waiting = (wish, answer)
        self.due = wish
        self._wake.set()
        try:
            async with asyncio.timeout(within_s):
                past = await answer
        except TimeoutError:
            self._silent_ms = self._clock.up_ms()
            log.warning("the box did not tell of the past within %g s", within_s)
            return None
        finally:
            self._waiting = self.due = None
        self._silent_ms = self._clock.up_ms() if past.trouble else None
        return None if past.trouble else past

    def hear(self, payload: bytes) -> bool:
        """An answer; True when it was to the wish that is out. Raises Refused."""
        past = decode(payload, Past)
        told_past.admit(past, self._site)
        if self._waiting is None or past.wish != self._waiting[0].id or self._waiting[1].done():
            return False
        if not past.trouble:
            self.events, self.events_ms = told_past.stored_of(past), self._clock.up_ms()
        self._waiting[1].set_result(past)
        return True

    def sent(self, wish: PastWish) -> None:
        """The broker has it."""
        if self.due is wish:
            self.due = None


def asked_past(
    settings: Settings, clock: Clock, wake: asyncio.Event, there: Callable[[], bool]
) -> AskedPast | None:  # fmt: skip
    """Of the one site at its own page; None at the centre, where records come."""
    return AskedPast(settings.site[0], clock, wake, there) if settings.view.mode == "site" else None
