"""One run: the house stands, the schedule is played, everything is lifted and must settle, the books are judged."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from demo.config import Folder
from demo.core.faults import CannotRun
from faults import catalogue
from faults.core import books
from faults.core.books import Row, Verdict
from faults.core.schedule import Planned, Schedule
from faults.core.settings import SITE
from faults.fault import CannotFault, Fault, Witness
from faults.house import House
from faults.io import journal
from faults.io.brokers import JUDGE
from faults.io.mqtt import Listener
from faults.io.promises import Promises
from faults.watch import Watch
from faults.work import Work

LOOK_S = 0.1
ASK_S = 0.5
KILLS = ("kill", "kill-storm")
STEP_WITHIN_S = 90.0
"""A fault that cannot be begun or ended within that is a fault of this program."""


@dataclass
class Found:
    """Everything that a run found out. None: not measured."""

    faults: int = 0
    kills: int = 0
    """How many of them were a kill -9."""
    left_out: list[str] = field(default_factory=list)
    verdict: Verdict | None = None
    stale: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    again: int = 0
    backfill: float | None = None
    figures: dict[str, float | None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Run:
    """Plays one schedule. `play` must be awaited to its end, also when it is cancelled."""

    def __init__(self, folder: Folder, schedule: Schedule, say: Callable[[str], None]) -> None:
        self.house = House(folder, schedule, say)
        self._schedule = schedule
        self._say = say
        known = catalogue.catalogue()
        self._planned: list[tuple[Planned, Fault]] = []
        for one in schedule.faults:
            fault = known[one.name](_asked(known[one.name], one))
            fault.for_s = one.for_s
            self._planned.append((one, fault))
        self._prepared: list[Fault] = []
        self._begun: list[Fault] = []
        self._witnesses: list[Witness] = catalogue.witnesses(schedule.minutes)
        self._work = Work(self.house)
        self._watch = Watch(self.house)
        self._promises: Promises | None = None
        self.found = Found()

    async def play(self) -> Found:
        """All of it; whatever was begun is ended and cleared, also when it is cancelled in between."""
        try:
            await self._prepare()
            await self._live()
        finally:
            await asyncio.shield(asyncio.ensure_future(self._clear()))
        return self.found

    # --- before and after ---

    async def _prepare(self) -> None:
        house = self.house
        lossy = any(one.name in ("loss", "bad-net") for one in self._schedule.faults)
        await house.prepare(lossy=lossy)
        for witness in self._witnesses:
            try:
                await witness.prepare(house)
            except CannotFault as fault:
                self._leave_out(f"a figure is not measured: {fault}")
        for one, fault in list(self._planned):
            self._prepared.append(fault)
            try:
                await fault.prepare(house)
            except CannotFault as why:
                self._planned.remove((one, fault))
                self._leave_out(f"{one.name} at {one.at_s:g} s is left out: {why}")
        house.write_settings()
        await self._work.make_key()
        house.write_settings()

    def _leave_out(self, sentence: str) -> None:
        if sentence not in self.found.left_out:
            self.found.left_out.append(sentence)
            self._say(sentence)

    async def _clear(self) -> None:
        for fault in reversed(self._begun):
            await self._step(fault.end(self.house), f"end {fault.name}")
        await self.house.close()
        for one in (*reversed(self._prepared), *self._witnesses):
            await self._step(one.clear(self.house), "clear")

    async def _step(self, step: Awaitable[None], what: str) -> bool:
        try:
            async with asyncio.timeout(STEP_WITHIN_S):
                await step
        except (CannotFault, CannotRun, OSError, TimeoutError) as fault:
            self._say(f"{what}: {fault or 'took too long'}")
            return False
        return True

    # --- while it runs ---

    async def _live(self) -> None:
        house = self.house
        await house.start()
        self._say(f"the house stands; {len(self._planned)} faults in {self._schedule.minutes:g} min")
        listener = Listener(house.brokers.central_door("judge", None), SITE, house.journal)
        house.stands()
        door = house.brokers.site_door(JUDGE, direct=True)
        promises = self._promises = Promises(door, SITE, house.at_s, lambda: house.twin is not None)
        eyes = [asyncio.create_task(one, name=name) for name, one in (
            ("journal", self._journal()), ("listener", listener.run()), ("promises", promises.run()),
            ("watch", self._watch.run()), ("backfill", self._backfill()))]  # fmt: skip
        hands = asyncio.create_task(self._work.run(), name="work")
        try:
            await self._perform()
            hands.cancel()
            await asyncio.gather(hands, return_exceptions=True)
            await self._settle(listener)
            for witness in self._witnesses:
                self.found.figures |= await witness.figures(house)
        finally:
            for task in (*eyes, hands):
                task.cancel()
            for ended in await asyncio.gather(*eyes, hands, return_exceptions=True):
                if isinstance(ended, Exception):
                    self.found.notes.append(f"an observer failed: {ended!r}")
        self.found.stale = list(self._watch.wrong)
        silent = [f"no answer {times} times from {why}" for why, times in house.no_answers.items()]
        silent += [f"refused {times} times: {why}" for why, times in self._work.refused.items()]
        kills = f"{self.found.kills} kills, {self.found.kills / self._schedule.minutes:.0f} a minute"
        self.found.notes += [self._seen(), kills, *silent[:20], *house.services.surprises[:20]]

    async def _perform(self) -> None:
        """Every fault at its time, side by side."""
        async with asyncio.TaskGroup() as tasks:
            for one, fault in self._planned:
                tasks.create_task(self._one(one, fault), name=f"{one.name} at {one.at_s:g}")
            tasks.create_task(asyncio.sleep(self._schedule.minutes * 60))

    async def _one(self, one: Planned, fault: Fault) -> None:
        await asyncio.sleep(max(0.0, one.at_s - self.house.at_s()))
        told = " ".join(f"{key}={value}" for key, value in one.parameters.items())
        lasts = f" for {one.for_s:g} s" if one.for_s else ""
        self._say(f"{one.name} {told}{lasts}".replace("  ", " "))
        self._begun.append(fault)
        if not await self._step(fault.begin(self.house), one.name):
            self._leave_out(f"{one.name} could not be done")
            await self._step(fault.end(self.house), f"end {one.name}")
            self._begun.remove(fault)
            return
        if fault.lasts:
            await asyncio.sleep(min(one.for_s, 60 * self._schedule.minutes - one.at_s))
        await self._step(fault.end(self.house), f"end {one.name}")
        self.found.faults += fault.done
        self.found.kills += fault.done if one.name in KILLS else 0
        self._begun.remove(fault)

    async def _journal(self) -> None:
        turn = 0
        while True:
            house = self.house
            if house.runs("gateway"):
                await asyncio.to_thread(house.journal.look, house.lives("gateway"))
            if house.twin is not None:
                await asyncio.to_thread(house.twin.look)
            if turn % 5 == 0:
                await asyncio.to_thread(house.receipts.look)
            turn += 1
            await asyncio.sleep(LOOK_S)

    async def _backfill(self) -> None:
        """After a long outage: how fast what had waited comes to the centre, from its first record to its last."""
        house, loop = self.house, asyncio.get_running_loop()
        await house.back.wait()
        expected, waited = dict(house.journal.seen), house.backlog or 0
        began_s, there = None, len(await asyncio.to_thread(self._spans))
        while True:
            rows = await asyncio.to_thread(self._spans)
            if began_s is None and len(rows) > there:
                began_s = loop.time()
            if books.covered(expected, rows):
                break
            await asyncio.sleep(LOOK_S)
        took = loop.time() - (began_s or loop.time())
        self.found.backfill = round(waited / max(took, LOOK_S), 1)
        self._say(f"back-fill: {waited} records in {max(took, LOOK_S):.1f} s")

    def _spans(self) -> list[Row]:
        try:
            return journal.spans_at_centre(self.house.data("dashboard") / "dashboard.db", SITE)
        except OSError:
            return []

    # --- the end ---

    async def _settle(self, listener: Listener) -> None:
        """All faults are lifted. What is committed by now must come to the centre within the time given."""
        house, loop = self.house, asyncio.get_running_loop()
        self._say(f"all faults are lifted; {self._schedule.settle_s:g} s to settle")
        # one more look, when every program is up: what was committed in the last second before a kill
        until_s = loop.time() + self._schedule.settle_s
        while not all(map(house.runs, house.programs)) and loop.time() < until_s:  # noqa: ASYNC110 - ends by itself
            await asyncio.sleep(ASK_S)
        await asyncio.sleep(ASK_S)
        await asyncio.to_thread(house.journal.look, house.lives("gateway"))
        expected = dict(house.journal.seen)
        while True:
            rows = await asyncio.to_thread(self._spans)
            open_orders, open_receipts = await asyncio.to_thread(self._open)
            done = books.covered(expected, rows) and not open_orders and not open_receipts and not self._missing()
            if done or loop.time() >= until_s:
                break
            await asyncio.sleep(ASK_S)
        self._say("settled" if done else "the time to settle is over")
        rows = await asyncio.to_thread(journal.at_centre, house.data("dashboard") / "dashboard.db", SITE)
        excused = any(fault.costs_samples for _, fault in self._planned)
        self.found.verdict = books.judge(
            expected, house.journal.digests, rows, never_thinned=books.NEVER_THINNED if excused else books.ALL_STREAMS
        )
        self.found.again = listener.again
        self.found.unanswered = [f"lost: the order {one} was taken and never answered" for one in sorted(open_orders)]
        self.found.unanswered += [
            f"lost: the receipt of {name}, serial {serial}, never came" for name, serial in sorted(open_receipts)
        ]
        self.found.unanswered += await asyncio.to_thread(self._broken)

    def _missing(self) -> list[str]:
        return self._promises.missing(self.house.clock.wall_ms() or 0) if self._promises else []

    def _broken(self) -> list[str]:
        """What was told at the site and is not so any more."""
        orders, _ = journal.answers_at_centre(self.house.data("dashboard") / "dashboard.db", SITE)
        orders |= self.house.journal.answers_gone
        return self._promises.broken(orders, self.house.clock.wall_ms() or 0) if self._promises else []

    def _open(self) -> tuple[set[str], set[tuple[str, int]]]:
        try:
            orders, receipts = journal.answers_at_centre(self.house.data("dashboard") / "dashboard.db", SITE)
        except OSError:
            orders, receipts = set(), set()
        return self._work.accepted - orders - self.house.journal.answers_gone, self.house.receipts.seen - receipts

    def _seen(self) -> str:
        watch, told = self._watch, self._promises
        looks = ", ".join(
            f"{where} asked {times} times, fresh {watch.fresh[where]}" for where, times in watch.asked.items()
        )
        promised = f"{len(told.answered)} orders shown as answered, {told.pictures} pictures" if told else "nothing"
        return (
            f"observer: {looks}; oldest value shown as fresh {watch.oldest_fresh_s:.1f} s; "
            f"{len(self._work.accepted)} orders ({self._work.at_the_site} of them at the site), "
            f"{self._work.bulletins} bulletins, "
            f"at the site {promised}, "
            f"{len(self.house.receipts.seen)} receipts; {self.house.journal.looks} looks into the store"
        )


def _asked(kind: type[Fault], one: Planned) -> Any:
    return msgspec.convert(one.parameters, kind.Parameters)
