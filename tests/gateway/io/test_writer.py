"""The thread that writes: whoever decides never waits for the disk, and nothing is called kept that is not."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.words import Stream
from gateway.core.remembered import Memory
from gateway.io import keeping
from gateway.io.counts import counts
from gateway.io.keeping import MANY, MAX_UNSTORED, Keeper
from gateway.io.store import Step, Store, StoreFault

from .conftest import POLL, balanced, event, moment, opened, sample, seqs

EVERY_S = 10
WITHIN_S = 30.0


@contextmanager
def held_by_somebody(path: Path) -> Iterator[None]:
    """Nobody else can write, as with a disk that does not answer."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN IMMEDIATE")
    yield
    db.execute("ROLLBACK")
    db.close()


async def happens(true: Callable[[], bool]) -> bool:
    """Wait for it, with a bound."""
    for _ in range(int(WITHIN_S / 0.01)):
        if true():
            return True
        await asyncio.sleep(0.01)
    return False


async def reached(keeper: Keeper, ticket: int) -> bool:
    """Wait until all up to the ticket is kept."""
    return await happens(lambda: keeper.kept >= ticket)


@pytest.fixture
async def told() -> asyncio.Event:
    """Set whenever the keeper has news."""
    return asyncio.Event()


@pytest.fixture
async def keeper(store: Store, told: asyncio.Event) -> AsyncIterator[Keeper]:
    """With its thread."""
    one = Keeper(store, EVERY_S)
    one.start(told.set)
    yield one
    one.close()


async def test_nobody_waits_for_a_disk_that_does_not_answer(keeper: Keeper, path: Path, told: asyncio.Event) -> None:
    """A hundred decisions are taken at once; none counts as kept before it is on the disk, then all do, in order."""
    with held_by_somebody(path):
        tickets = [keeper.keep(Step(moment(at), POLL, [event(at)]), at * 1000) for at in range(1, 101)]
        await asyncio.sleep(0.1)
        before = (keeper.kept, len(counts(path)["events"]), told.is_set())
    kept = await reached(keeper, tickets[-1])

    assert (0, 0, False) == before  # the disk was held all the while
    assert kept
    assert list(range(1, 101)) == [one["seq"] for one in counts(path)["events"]]
    assert told.is_set()


async def test_reading_goes_on_while_somebody_writes(keeper: Keeper, store: Store, path: Path) -> None:
    """Records are sent from what is on the disk, whatever the disk is busy with."""
    await reached(keeper, keeper.keep(Step(moment(1), numbered=[event(1)]), 1000))
    with held_by_somebody(path):
        keeper.keep(Step(moment(2), numbered=[event(2)]), 2000)
        during = seqs(store, Stream.EVENT)

    assert [1] == during


async def test_a_decision_long_on_its_way_counts_as_trouble(
    keeper: Keeper, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits is counted; when the disk has taken it all is well again."""
    with held_by_somebody(path):
        ticket = keeper.keep(Step(moment(1), numbered=[event(1), event(2)]), 1000)
        early = (keeper.behind, keeper.unstored())
        monkeypatch.setattr(keeping, "LATE_S", 0.2)  # only now: a machine that stands still is no early trouble
        await asyncio.sleep(0.3)
        late = (keeper.behind, keeper.unstored())
    await reached(keeper, ticket)
    await happens(lambda: not keeper.behind)  # the ticket is told a moment earlier

    assert (False, 0) == early
    assert (True, 2) == late
    assert (False, 0) == (keeper.behind, keeper.unstored())


async def test_too_many_records_in_memory_become_a_gap_of_samples(keeper: Keeper, store: Store, path: Path) -> None:
    """Bounded for as long as the disk refuses; every event is kept, every number is accounted for."""
    keeper._store._db.execute("PRAGMA query_only = ON")
    keeper.keep(Step(moment(0), memory=Memory(active=True)), 0)
    refused = await happens(lambda: keeper.behind)
    well = threading.Event()
    tries = keeper.later(well.wait)  # else a try in the midst would hold back what it tries from being thinned
    await happens(tries.running)
    for number in range(1, MAX_UNSTORED + 1001):
        keeper.keep(
            Step(
                moment(number), numbered=[event(number // 10)] if number % 10 == 0 else [sample(number - number // 10)]
            ),
            number,
        )
    waiting = keeper._records_waiting()
    db: sqlite3.Connection = store._db
    db.execute("PRAGMA query_only = OFF")
    well.set()
    keeper.write()
    kept = await reached(keeper, keeper._ticket)
    told = counts(path)
    samples = [record for _, _, record in store.waiting(Stream.SAMPLE, 0)]

    assert refused
    assert kept
    assert waiting <= MAX_UNSTORED
    assert list(range(1, MAX_UNSTORED // 10 + 101)) == [one["seq"] for one in told["events"]]
    assert (MAX_UNSTORED + 1000) * 9 // 10 == told["created"]["sample"]
    assert ("gap", 1) == (samples[0].kind, samples[0].body["first"])
    assert samples[0].seq + 1 == samples[1].seq
    assert balanced(path)


async def test_few_marks_wait_for_the_next_write_and_many_do_not(keeper: Keeper, store: Store, path: Path) -> None:
    """A mark is a write of its own only when it frees much."""
    many = [sample(number) for number in range(1, MANY + 11)]
    await reached(keeper, keeper.keep(Step(moment(1), numbered=[*many, event(1)]), 1000))
    await happens(lambda: not keeper._due)  # a mark may ride along with a write that is not yet over
    covered = keeper.forget("run-1", Stream.SAMPLE, 3, 1000)
    await asyncio.sleep(0.2)
    early = seqs(store)[0]
    await reached(keeper, keeper.keep(Step(moment(2), memory=Memory(active=True)), 2000))
    with_a_decision = seqs(store)[0]
    keeper.forget("run-1", Stream.SAMPLE, MANY + 5, 2000)
    await happens(lambda: seqs(store)[0] != 4)

    assert (3, 1, 4, MANY + 6) == (covered, early, with_a_decision, seqs(store)[0])
    assert balanced(path)


async def test_a_mark_that_brings_nothing_new_writes_nothing(keeper: Keeper, store: Store) -> None:
    """The centre repeats it after each connect."""
    await reached(keeper, keeper.keep(Step(moment(1), numbered=[event(1)]), 1000))

    assert 1 == keeper.forget("run-1", Stream.EVENT, 1, 1000)
    keeper.write()
    await reached(keeper, keeper.keep(Step(moment(2), numbered=[event(2)]), 2000))
    assert 0 == keeper.forget("run-1", Stream.EVENT, 1, 3000)
    assert [2] == seqs(store, Stream.EVENT)


async def test_other_work_is_done_between_two_writes(keeper: Keeper, store: Store) -> None:
    """In the thread that writes; what it says or raises comes to whoever asked."""

    def fails() -> None:
        raise StoreFault("no")

    where = await asyncio.wrap_future(keeper.later(threading.current_thread))

    assert threading.current_thread() is not where
    with pytest.raises(StoreFault, match="no"):
        await asyncio.wrap_future(keeper.later(fails))
    assert await reached(keeper, keeper.keep(Step(moment(1), numbered=[event(1)]), 1000))


async def test_leaving_writes_what_waits(path: Path) -> None:
    """Also mere readings, also when something was refused a moment ago."""
    store = opened(path)
    keeper = Keeper(store, EVERY_S)
    keeper.start(lambda: None)
    keeper.keep(Step(moment(1), POLL, [sample(1)]), 1000)

    assert keeper.close()
    assert [1] == seqs(store)
    store.close()


async def test_leaving_does_not_wait_for_ever(store: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that does not answer must not hold up a machine that shuts down; whoever asks learns of it."""
    monkeypatch.setattr(keeping, "CLOSE_WITHIN_S", 0.3)
    keeper = Keeper(store, EVERY_S)
    keeper.start(lambda: None)
    with held_by_somebody(path):
        keeper.keep(Step(moment(1), numbered=[event(1)]), 1000)
        await asyncio.sleep(0.1)
        closed = keeper.close()
    await happens(lambda: bool(seqs(store, Stream.EVENT)))

    assert not closed
    assert [1] == seqs(store, Stream.EVENT)


async def test_a_fault_of_the_program_is_not_swallowed(keeper: Keeper, told: asyncio.Event) -> None:
    """What the thread cannot handle ends the program at its next step, and a service manager starts it again."""
    keeper._store.keep_steps = lambda *_: 1 / 0  # type: ignore[method-assign, assignment, return-value]
    keeper.keep(Step(moment(2), numbered=[event(1)]), 2000)
    await asyncio.wait_for(told.wait(), WITHIN_S)
    await happens(lambda: keeper._broken is not None)

    with pytest.raises(ZeroDivisionError):
        keeper.keep(Step(moment(3)), 3000)


async def test_many_readings_are_written_before_their_time(store: Store) -> None:
    """What is enough for a page does not lie in memory for the whole interval."""
    one = Keeper(store, every_s=3600.0)
    told = asyncio.Event()
    one.start(told.set)
    tickets = [one.keep(Step(moment(at), POLL), at * 10) for at in range(1, keeping.ENOUGH + 1)]
    kept = await reached(one, tickets[-1])
    one.close()

    assert kept
