"""Looks after the history of the sites while the program runs: notes that they were heard, and sums up what is old."""

import asyncio
import logging
import time
from collections.abc import Callable

from contract.messages import SiteState
from contract.words import Power, Status
from dashboard.core.hearing.intake import Picture
from dashboard.core.hearing.marks import dated_ms
from dashboard.core.site.knowledge import Proof
from dashboard.core.site.quarters import DAY_MS
from dashboard.io.desk import Desk
from dashboard.io.store.database import Database, StoreTrouble
from dashboard.io.store.history import SIMULATED, Judged
from dashboard.io.store.noting import Noting, gathered
from dashboard.io.store.thinning import Thinning

log = logging.getLogger(__name__)

WRITE_S, THIN_S, PAUSE_S = 30.0, 3600.0, 0.05
"""Real seconds: between two writings, between two looks for what is old, between two steps of it."""
CALM_MS, BURNING_MS = 15 * 60_000, 5 * 60_000
"""What a site says of itself is noted no more often than this, unless its power changes."""
MOST = 1000
"""Of what waits to be written of one site, no more; while the store takes nothing the newest is kept."""
YEAR_DAYS = 366


class Historian:
    """One for the program. `hear` runs in the event loop and only remembers; the store is written by `run`."""

    def __init__(self, desk: Desk, database: Database) -> None:
        self._desk = desk
        self._noting, self._thinning = Noting(database), Thinning(database)
        self._heard: dict[str, list[Proof]] = {}
        self._judged: dict[str, list[Judged]] = {}
        self._last: dict[str, Judged] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> "Historian":
        """Listen and work, until `stop`."""
        self._desk.listeners.append(self.hear)
        self._task = asyncio.create_task(self.run(), name="historian")
        return self

    async def stop(self) -> None:
        """Write what is still to be written, and end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self.write()
        except StoreTrouble as fault:
            log.warning("the last minute of the history is lost: %s", fault)

    def hear(self, message: Picture, mono_ms: int | None) -> None:
        """A site said something; a retained message proves nothing."""
        head = message.head
        wall_ms = dated_ms(head.moment(), head, self._desk.clock.wall_ms())
        if mono_ms is None or wall_ms is None:
            return
        proof = Proof(head.run, wall_ms, wall_ms)
        self._heard[head.site] = gathered(self._heard.get(head.site, ()), proof)[-MOST:]
        if isinstance(message, SiteState):
            self._note(message, wall_ms)

    def _note(self, state: SiteState, wall_ms: int) -> None:
        head, one = state.head, state.endurance
        frame = SIMULATED if head.simulated else "" if head.status is Status.ACTUAL else head.status.value
        said = Judged(
            wall_ms, head.run, state.power.value, frame, one.low_h if one else None, one.high_h if one else None,
            one.usable_l if one else None,
        )  # fmt: skip
        last = self._last.get(head.site)
        every_ms = BURNING_MS if state.power in (Power.ON_RESERVE, Power.RETURNING) else CALM_MS
        same = last is not None and (last.power, last.frame, last.run) == (said.power, said.frame, said.run)
        if last is not None and same and 0 <= wall_ms - last.wall_ms < every_ms:
            return
        self._last[head.site] = said
        self._judged.setdefault(head.site, []).append(said)
        del self._judged[head.site][:-MOST]

    async def run(self) -> None:
        """Write and sum up until cancelled; what could not be written is tried again."""
        thinned = time.monotonic() - THIN_S + WRITE_S
        while True:
            await asyncio.sleep(WRITE_S)
            try:
                await self.write()
                if time.monotonic() - thinned >= THIN_S:
                    thinned = time.monotonic()
                    await self.thin()
            except StoreTrouble as fault:
                log.warning("the history waits: %s", fault)
            except Exception:
                # whatever is wrong with the history, the sites are still heard and shown
                log.exception("the history could not be looked after")

    async def write(self) -> None:
        """What was heard since the last time. Raises StoreTrouble; then nothing is lost."""
        heard, judged = self._heard, self._judged
        self._heard, self._judged = {}, {}
        if not heard and not judged:
            return
        try:
            await asyncio.to_thread(self._noting.write, heard, judged)
        except StoreTrouble:
            for site, proofs in self._heard.items():
                for proof in proofs:
                    heard[site] = gathered(heard.get(site, ()), proof)[-MOST:]
            self._heard = heard
            self._judged = {
                site: [*judged.get(site, ()), *self._judged.get(site, ())][-MOST:] for site in {*judged, *self._judged}
            }
            raise

    async def thin(self) -> None:
        """Sum up what is old, site by site. Raises StoreTrouble."""
        now_ms, store = self._desk.clock.wall_ms(), self._desk.settings.store
        for site in self._desk.pictures:
            newest = await asyncio.to_thread(self._thinning.newest_ms, site)
            if now_ms is None or newest is None:
                continue
            # a clock here that runs ahead makes nothing old
            today = min(now_ms, newest) // DAY_MS
            before = (today - store.raw_days) * DAY_MS
            steps: tuple[tuple[Callable[[str, int], int], int], ...] = (
                (self._thinning.sum_up, before),
                (self._thinning.forget_records, before),
                (self._thinning.forget_history, (today - store.history_years * YEAR_DAYS) * DAY_MS),
            )
            for step, until in steps:
                while await asyncio.to_thread(step, site, until):  # noqa: ASYNC110 - whoever else writes has its turn
                    await asyncio.sleep(PAUSE_S)
