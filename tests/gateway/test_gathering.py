"""Mere numbers wait a moment for each other; what is urgent does not, and time passes also when nobody speaks."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec
import pytest

from contract.messages import Value
from contract.orders import Order, Report
from contract.words import ClockQuality, Origin
from doors.clock import Clock
from gateway import gathering
from gateway.core.pipeline import Batch, Happening
from gateway.core.remembered import Memory
from gateway.core.site import Now, Site
from gateway.gathering import Gathering, Poll

LONGEST_S = 30.0
FOR_EVER_S = 3600.0
"""No test waits for a moment that must not come."""


def poll(device: str, watts: float, word: str = "stopped") -> Batch:
    """A device with a number and a word."""
    told: dict[str, float | str] = {"generator.power": watts, "engine.state": word}
    values = {key: Value(value=value, origin=Origin.MEASURED, up_ms=1) for key, value in told.items()}
    return Batch(device=device, values=values)


class Judge:
    """Keeps what it is given, as the gateway does."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, list[str]]] = []
        self.site = Site(memory=Memory())
        self.came = asyncio.Event()
        self._up_ms = 0
        self.gathering = Gathering(Clock(), site=lambda: self.site, now=self.now, judge=self.judge)

    def now(self) -> Now:
        """A moment later each time."""
        self._up_ms += 1
        return Now(run="run", boot="boot", up_ms=self._up_ms, wall_ms=None, clock=ClockQuality.UNSYNCED)

    def judge(self, what: Happening, now: Now, before: Sequence[Poll]) -> None:
        """One judgement."""
        polls = [batch for _, batch in before]
        assert all(at.up_ms < now.up_ms for at, _ in before)
        for batch in (*polls, what):
            if isinstance(batch, Batch):
                values = self.site.values | {batch.device: batch.values}
                self.site = msgspec.structs.replace(self.site, values=values)
        self.steps.append((what.device if isinstance(what, Batch) else type(what).__name__, [p.device for p in polls]))
        self.came.set()

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait for a judgement after which this is true."""
        async with asyncio.timeout(LONGEST_S):
            while not done():
                self.came.clear()
                await self.came.wait()


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Two devices that are known; the moment in which polls gather does not end by itself."""
    made = Judge()
    made.gathering.take(poll("genset", 0))
    made.gathering.take(poll("meter", 0))
    made.steps.clear()
    monkeypatch.setattr(gathering, "GATHER_S", FOR_EVER_S)
    monkeypatch.setattr(Gathering, "_gather_s", lambda _: gathering.GATHER_S)
    return made


async def test_numbers_wait_for_each_other(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two devices that told numbers only are judged together, in their order, when their moment is over."""
    judge.gathering.take(poll("genset", 5))
    judge.gathering.take(poll("meter", 6))
    before = list(judge.steps)
    monkeypatch.setattr(gathering, "GATHER_S", 0.02)
    work = asyncio.create_task(judge.gathering.run())
    await judge.until(lambda: bool(judge.steps))
    work.cancel()

    assert [] == before
    assert ("Tick", ["genset", "meter"]) == judge.steps[0]


async def test_what_is_urgent_is_judged_at_once_with_all_that_waits(judge: Judge) -> None:
    """A word of the engine does not wait, and comes after what was read before it."""
    judge.gathering.take(poll("meter", 6))
    judge.gathering.take(poll("genset", 5, "running"))

    assert [("genset", ["meter"])] == judge.steps


async def test_second_poll_of_a_device_is_not_laid_over_the_first(judge: Judge) -> None:
    """Each poll is judged: of a dip that is over by the next one nothing is lost."""
    judge.gathering.take(poll("genset", 5))
    judge.gathering.take(poll("genset", 6))

    assert [("genset", ["genset"])] == judge.steps


async def test_order_takes_along_what_waits(judge: Judge) -> None:
    """What a person says is judged with what was read before."""
    judge.gathering.take(poll("meter", 6))
    said = Order(id="1", who="Kim", role="owner", entered_ms=1, through="page", what=Report(observed_ms=1))
    judge.gathering.take(said)

    assert [("Order", ["meter"])] == judge.steps


async def test_a_poll_long_after_the_last_judgement_is_judged_at_once(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers wait only where something was judged just before them."""
    monkeypatch.setattr(gathering, "GATHER_S", 0.0)
    judge.gathering.take(poll("genset", 5))

    assert [("genset", [])] == judge.steps


async def test_time_is_judged_when_nobody_speaks(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values grow old and delays run out also when no poll ends."""
    monkeypatch.setattr(gathering, "GATHER_S", 0.01)
    work = asyncio.create_task(judge.gathering.run())
    await judge.until(lambda: len(judge.steps) >= 2)
    work.cancel()

    assert [("Tick", []), ("Tick", [])] == judge.steps[:2]


async def test_nothing_that_waits_is_lost_at_the_end(judge: Judge) -> None:
    """Whoever stops judges what has come so far; with nothing there nothing happens."""
    judge.gathering.flush()
    judge.gathering.take(poll("meter", 6))
    judge.gathering.flush()

    assert [("Tick", ["meter"])] == judge.steps
