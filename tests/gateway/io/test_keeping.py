"""Mere readings are gathered, decisions never: what a kill or a power cut may cost, and what not."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from contract.words import Stream
from gateway.core.remembered import Memory
from gateway.io.counts import counts
from gateway.io.keeping import MAX_UNKEPT, Keeper
from gateway.io.store import Step, Store

from .conftest import POLL, balanced, event, moment, opened, sample, seqs

ROOT = Path(__file__).parents[3]
EVERY_S = 10


def polls(path: Path) -> int:
    """What a reader of the file sees."""
    return int(counts(path)["polls"].get("genset", 0))


@pytest.fixture
def keeper(store: Store) -> Keeper:
    """Writes mere readings every ten seconds."""
    return Keeper(store, EVERY_S)


def test_mere_readings_wait_for_their_interval(keeper: Keeper, path: Path) -> None:
    """Samples too; then all of them are written together, in order."""
    found = []
    for second in range(1, 13):
        keeper.keep(Step(moment(second), POLL, [sample(second)]), second * 1000)
        found.append(polls(path))

    assert [0] * 10 + [11, 11] == found
    assert {"event": 0, "receipt": 0, "sample": 11} == counts(path)["waiting"]


@pytest.mark.parametrize("what", [Step(moment(3), numbered=[event(1)]), Step(moment(3), memory=Memory(active=True))])
def test_a_decision_is_written_at_once_with_all_before_it(keeper: Keeper, store: Store, path: Path, what: Step) -> None:
    """Nothing that was decided waits, and nothing is told before what it rests on."""
    keeper.keep(Step(moment(1), POLL, [sample(1)]), 1000)
    keeper.keep(Step(moment(2), POLL), 2000)
    before = polls(path)
    keeper.keep(what, 3000)

    assert (0, 2) == (before, polls(path))
    assert [1] == seqs(store)
    assert balanced(path)


def test_time_alone_writes_what_waits(keeper: Keeper, path: Path) -> None:
    """When all devices fall silent the last readings still reach the disk."""
    keeper.keep(Step(moment(1), POLL), 1000)
    keeper.keep(Step(moment(10)), 10_000)
    early = polls(path)
    keeper.keep(Step(moment(11)), 11_000)

    assert (0, 1) == (early, polls(path))


def test_interval_nought_writes_every_poll(store: Store, path: Path) -> None:
    """For who would rather wear the card."""
    keeper = Keeper(store, 0)
    keeper.keep(Step(moment(1), POLL), 1000)

    assert 1 == polls(path)


def test_a_disk_that_refuses_loses_no_decision(keeper: Keeper, store: Store, path: Path) -> None:
    """Readings beyond the bound go, oldest first; decisions stay, in order, and are written when there is room."""
    db: sqlite3.Connection = store._db
    db.execute("PRAGMA query_only = ON")
    for number in range(1, MAX_UNKEPT + 200):
        keeper.keep(Step(moment(number), POLL, [event(number)] if number % 10 == 0 else []), number * 1000)
    behind = keeper.behind
    db.execute("PRAGMA query_only = OFF")
    keeper.write()

    assert (True, False) == (behind, keeper.behind)
    assert list(range(10, MAX_UNKEPT + 200, 10)) == [one["seq"] for one in counts(path)["events"]]
    assert MAX_UNKEPT // 2 < polls(path) < MAX_UNKEPT
    assert balanced(path)


def test_damage_found_at_work_is_mended_at_the_next_write(keeper: Keeper, store: Store, path: Path) -> None:
    """The step that finds it waits and is written into the new file; the books stay true."""
    keeper.keep(Step(moment(1), POLL, [event(1), sample(1)]), 1000)
    with store._db:
        store._db.execute("UPDATE outbox SET body = '{\"a' WHERE stream = 'sample'")
    with pytest.raises(Exception, match="damaged"):
        store.waiting(Stream.SAMPLE, 0)
    keeper.keep(Step(moment(2), POLL, [event(2)]), 2000)

    assert not keeper.behind
    assert store.lies_aside()
    assert [1, 2] == seqs(store, Stream.EVENT)
    assert ["gap"] == [record.kind for _, _, record in store.waiting(Stream.SAMPLE, 0)]
    assert balanced(path)


CHILD = """
import sys, itertools
from pathlib import Path
from contract.words import Status
from gateway.io.keeping import Keeper
from gateway.io.store import Step, Store
sys.path.insert(0, sys.argv[3])
from contract.messages import Value
from contract.words import ClockQuality, Origin, Stream
from gateway.core.pipeline import Batch, Numbered
from gateway.core.site import Now
keeper = Keeper(Store(Path(sys.argv[1]), Status.ACTUAL, False), 10)
values = {"fuel.level": Value(value=60, origin=Origin.MEASURED, up_ms=1)}
events = 0
for poll in itertools.count(1):
    now = Now(run=sys.argv[2], boot="b", up_ms=poll * 1000, wall_ms=None, clock=ClockQuality.UNSYNCED)
    decided = [Numbered(Stream.EVENT, poll // 37, "mains_lost", {})] if poll % 37 == 0 else []
    told = [*decided, Numbered(Stream.SAMPLE, poll, "sample", {})]
    keeper.keep(Step(now, Batch(device="genset", values=values), told), poll * 1000)
    print(poll, flush=True)
"""


@pytest.mark.parametrize("number", range(8))
def test_kill_costs_one_interval_of_mere_readings_and_nothing_else(path: Path, number: int) -> None:
    """Every decision whose step was over is there with all before it; of readings at most the last ten seconds go."""
    command = [sys.executable, "-c", CHILD, str(path), f"run-{number}", str(ROOT)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)})
    assert child.stdout is not None
    for _ in range(20 + 53 * number):
        child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    done = 20 + 53 * number + child.stdout.read().count("\n")
    child.wait(10)
    store = opened(path)
    samples, events = seqs(store), seqs(store, Stream.EVENT)
    store.close()

    assert list(range(1, len(samples) + 1)) == samples
    assert done - EVERY_S <= len(samples) <= done + 1
    assert done // 37 <= len(events) <= (done + 1) // 37
    assert polls(path) == len(samples)
    assert balanced(path)
