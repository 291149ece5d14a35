"""What is kept is kept: whole steps or nothing, in order, until the centre has it, whatever happens to the disk."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.messages import Value
from contract.records import GapBody, Record
from contract.words import ClockQuality, Event, Origin, Quality, Status, Stream
from gateway.core.pipeline import Batch, Numbered
from gateway.core.site import Memory, Now
from gateway.io.counts import counts
from gateway.io.store import Store, StoreFault

ROOT = Path(__file__).parents[3]
VALUES = {
    "fuel.level": Value(value=60, origin=Origin.MEASURED, up_ms=1),
    "engine.speed": Value(value=None, origin=Origin.MEASURED, up_ms=1, quality=Quality.SENSOR_FAULT, reason="code"),
}
POLL = Batch(device="genset", values=VALUES)


def at(second: int, run: str = "run-1", wall_ms: int | None = 0) -> Now:
    """A moment; the wall clock shows the same number of seconds."""
    wall = None if wall_ms is None else wall_ms + second * 1000
    return Now(run=run, boot="boot-1", up_ms=second * 1000, wall_ms=wall, clock=ClockQuality.SYNCED)


def event(seq: int, kind: str = "mains_lost") -> Numbered:
    """An event of the run."""
    return Numbered(Stream.EVENT, seq, kind, {"number": seq})


def sample(seq: int, size: int = 1) -> Numbered:
    """A sample of the run."""
    return Numbered(Stream.SAMPLE, seq, "sample", {"device": "genset", "whole": False, "values": {}, "pad": "x" * size})


def opened(path: Path, status: Status = Status.ACTUAL, *, simulated: bool = False) -> Store:
    """The store of that path."""
    return Store(path, status, simulated=simulated)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "data" / "gateway.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty store."""
    one = opened(path)
    yield one
    one.close()


def seqs(store: Store, stream: Stream = Stream.SAMPLE) -> list[int]:
    """What waits, in the order of sending, over all batches."""
    found: list[tuple[int, str, Record]] = []
    while rows := store.waiting(stream, found[-1][0] if found else 0):
        found += rows
    return [record.seq for _, _, record in found]


def balanced(path: Path) -> bool:
    """created = confirmed + gaps + waiting, in every stream."""
    told = counts(path)
    return all(
        told["created"][one] == told["confirmed"][one] + told["gaps"][one] + told["waiting"][one] for one in Stream
    )


# --- whole steps ---


def test_a_step_is_kept_as_one(store: Store, path: Path) -> None:
    """Poll, records and memory come back as they were given, also to the next run."""
    memory = Memory(active=True, faulty=("genset/fuel.level",))
    store.keep(at(1), batch=POLL, numbered=[event(1), sample(1)], memory=memory)
    store.close()
    again = opened(path)
    told = counts(path)
    records = again.waiting(Stream.EVENT, 0)
    again.close()

    assert memory == again_memory(path)
    assert (2, {"genset": 1}, {"sensor_fault": 1}) == (told["readings"], told["polls"], told["missing"])
    assert ["mains_lost"] == [one["kind"] for one in told["events"]]
    assert [(1, Status.ACTUAL, False, {"number": 1})] == [(r.seq, r.status, r.simulated, r.body) for *_, r in records]


def again_memory(path: Path) -> Memory:
    """The memory that a new start finds."""
    store = opened(path)
    found = store.memory()
    store.close()
    return found


@pytest.mark.parametrize(
    "broken", [Numbered(Stream.EVENT, 1, "twice", {}), Numbered(Stream.SAMPLE, 2**70, "sample", {})]
)
def test_a_step_that_breaks_in_the_middle_leaves_nothing(store: Store, path: Path, broken: Numbered) -> None:
    """Neither its readings nor its other records nor its memory; what was there stays, and the next step is kept."""
    store.keep(at(1), numbered=[event(1)], memory=Memory(active=True))
    with pytest.raises((StoreFault, OverflowError)):
        store.keep(at(2), batch=POLL, numbered=[event(2), broken, event(3)], memory=Memory())
    after = counts(path)
    store.keep(at(3), batch=POLL, numbered=[event(2)])

    assert (0, ["mains_lost"], 1) == (
        after["readings"],
        [one["kind"] for one in after["events"]],
        after["created"]["event"],
    )
    assert store.memory().active
    assert [1, 2] == seqs(store, Stream.EVENT)
    assert balanced(path)


def test_a_record_stays_what_it_was_written_as(path: Path) -> None:
    """What waits from an exercise is not sent as real after the settings have changed."""
    exercise = opened(path, Status.EXERCISE)
    exercise.keep(at(1), numbered=[event(1)])
    exercise.close()
    actual = opened(path)
    actual.keep(at(2, "run-2"), numbered=[event(1)])
    told = [record.status for after in (0, 1) for *_, record in actual.waiting(Stream.EVENT, after)]
    actual.close()

    assert [Status.EXERCISE, Status.ACTUAL] == told


@pytest.mark.parametrize("first", [True, False])
def test_simulated_and_real_never_share_a_store(path: Path, first: bool) -> None:
    """A store belongs to the one or the other for good."""
    opened(path, simulated=first).close()
    with pytest.raises(
        StoreFault, match=r"holds (simulated|real) data, this site is (real|simulated); give .* another"
    ):
        opened(path, simulated=not first)
    opened(path, simulated=first).close()


# --- the outbox ---


def test_a_mark_takes_what_it_covers_and_nothing_else(store: Store, path: Path) -> None:
    """By run and stream, up to the number; the same mark again, or one of a stranger, takes nothing."""
    store.keep(at(1), numbered=[event(seq) for seq in range(1, 6)] + [sample(1)])
    store.keep(at(2, "run-2"), numbered=[event(1)])
    gone = [store.confirm(run, Stream.EVENT, 3) for run in ("run-1", "run-1", "run-0", "run-2")]

    assert [3, 0, 0, 1] == gone
    assert ([4, 5], [1]) == (seqs(store, Stream.EVENT), seqs(store))
    assert {"event": 4, "receipt": 0, "sample": 0} == counts(path)["confirmed"]
    assert balanced(path)


def test_places_are_never_used_twice(store: Store) -> None:
    """When all has been confirmed, what comes next still stands behind what was sent before."""
    store.keep(at(1), numbered=[sample(1), sample(2)])
    sent = store.waiting(Stream.SAMPLE, 0)[-1][0]
    store.confirm("run-1", Stream.SAMPLE, 2)
    store.keep(at(2), numbered=[sample(3)])

    assert [3] == [record.seq for *_, record in store.waiting(Stream.SAMPLE, sent)]


def test_a_batch_is_of_one_run_and_fits_into_a_message(store: Store) -> None:
    """Old runs first; large records travel in small batches, and one that is alone always travels."""
    store.keep(at(1), numbered=[sample(1), sample(2)])
    store.keep(at(2, "run-2"), numbered=[sample(seq, 50_000) for seq in range(1, 6)] + [sample(6, 200_000)])
    batches, after = [], 0
    while rows := store.waiting(Stream.SAMPLE, after):
        batches.append([(run, record.seq) for _, run, record in rows])
        after = rows[-1][0]

    assert [
        [("run-1", 1), ("run-1", 2)],
        [("run-2", 1), ("run-2", 2)],
        [("run-2", 3), ("run-2", 4)],
        [("run-2", 5)],
        [("run-2", 6)],
    ] == batches


def test_thinned_samples_become_one_gap_in_their_place(store: Store, path: Path) -> None:
    """The oldest go; the gap says from where to where and is sent before what follows it; events stay."""
    store.keep(at(1), numbered=[sample(seq) for seq in range(1, 11)] + [event(1)])
    store.thin(6, at(9))
    rows = store.waiting(Stream.SAMPLE, 0)
    gap = msgspec.convert(rows[0][2].body, GapBody)

    assert [6, 7, 8, 9, 10] == [record.seq for *_, record in rows]
    assert (Event.GAP, 1, 6) == (rows[0][2].kind, gap.first, gap.last)
    assert [1] == seqs(store, Stream.EVENT)
    assert balanced(path)

    store.thin(4, at(10))
    assert [8, 9, 10] == seqs(store)
    assert (1, 8) == tuple(store.waiting(Stream.SAMPLE, 0)[0][2].body[key] for key in ("first", "last"))
    assert balanced(path)


def test_a_run_with_nothing_left_to_thin_does_not_stop_the_thinning(store: Store, path: Path) -> None:
    """The oldest run has one sample, the next many: the bound holds all the same."""
    store.keep(at(1, "run-0"), numbered=[sample(1)])
    for run in ("run-1", "run-2"):
        store.keep(at(2, run), numbered=[sample(seq) for seq in range(1, 51)])
    store.thin(20, at(9))

    assert 20 == len(seqs(store))
    assert balanced(path)


STEP = st.one_of(
    st.tuples(st.just("keep"), st.integers(0, 2), st.integers(0, 6), st.integers(0, 2)),
    st.tuples(
        st.just("confirm"), st.integers(0, 2), st.integers(0, 20), st.sampled_from([Stream.EVENT, Stream.SAMPLE])
    ),
    st.tuples(st.just("thin"), st.integers(0, 12), st.just(0), st.just(0)),
)


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(STEP, max_size=14))
def test_nothing_is_lost_uncounted(tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]]) -> None:
    """Whatever is kept, confirmed and thinned: the sums agree, and what is sent covers each number once, in order."""
    path = tmp_path_factory.mktemp("sums") / "gateway.db"
    store = opened(path)
    last: dict[tuple[str, Stream], int] = {}
    marked: dict[str, int] = {}
    for what, number, count, more in steps:
        if what == "thin":
            store.thin(number, at(99))
        elif what == "confirm":
            top = min(count, last.get((f"run-{number}", more), 0))
            store.confirm(f"run-{number}", more, top)
            if more is Stream.SAMPLE:
                marked[f"run-{number}"] = max(top, marked.get(f"run-{number}", 0))
        else:
            run = f"run-{number}"
            made = []
            for stream, build, many in ((Stream.SAMPLE, sample, count), (Stream.EVENT, event, more)):
                begin = last.get((run, stream), 0)
                made += [build(begin + place) for place in range(1, many + 1)]
                last[run, stream] = begin + many
            store.keep(at(1, run), numbered=made)
    covered: dict[str, list[int]] = {}
    after = 0
    while rows := store.waiting(Stream.SAMPLE, after):
        after = rows[-1][0]
        for _, run, record in rows:
            first = record.body["first"] if record.kind == Event.GAP else record.seq
            covered.setdefault(run, []).extend(range(first, record.seq + 1))
    store.close()

    assert balanced(path)
    for run, numbers in covered.items():
        fresh = [number for number in numbers if number > marked.get(run, 0)]
        assert list(range(marked.get(run, 0) + 1, last[run, Stream.SAMPLE] + 1)) == fresh


# --- old readings ---


def test_readings_are_forgotten_by_age_also_those_without_a_clock(store: Store, path: Path) -> None:
    """What was read before something old is old too; what nobody can date and nothing follows stays."""
    for second, wall in [(1, None), (2, None), (10, 0), (11, 0), (12, None), (20, 0), (21, None)]:
        store.keep(at(second, wall_ms=wall), batch=POLL)

    assert [4, 0] == [store.forget_readings(12_000), store.forget_readings(12_000)]
    assert 3 == counts(path)["polls"]["genset"]


# --- trouble ---


def refused(path: Path) -> str:
    """The sentence of a store that cannot be opened."""
    with pytest.raises(StoreFault) as caught:
        opened(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_second_gateway_on_the_same_store_is_refused(store: Store, path: Path) -> None:
    """Two would give the same numbers twice; the first goes on."""
    assert f"{path}: another gateway uses this store; stop that one first" == refused(path)
    store.keep(at(1), numbered=[event(1)])


def test_a_store_called_lock_is_not_emptied_by_its_own_lock(tmp_path: Path) -> None:
    """The lock has a name of its own."""
    path = tmp_path / "store.lock"
    for run in ("run-1", "run-2"):
        store = opened(path)
        store.keep(at(1, run), numbered=[event(1)])
        store.close()

    assert 2 == counts(path)["created"]["event"]


def _newer(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()


def _overwritten(path: Path) -> None:
    path.write_bytes(b"this is no database at all " * 400)


def _torn(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[4096:12288] = os.urandom(8192)
    path.write_bytes(bytes(body))


def _memory(path: Path) -> None:
    db = sqlite3.connect(path)
    with db:
        db.execute("INSERT OR REPLACE INTO kept (name, body) VALUES ('memory', ?)", (b'{"judged": 3}',))
    db.close()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (_newer, "its schema is number 99, this program knows 1; install the newer program"),
        (_overwritten, "the file is damaged"),
        (_torn, "the file is damaged"),
        (_memory, "the site's memory cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_sentence_and_left_alone(
    path: Path, damage: Callable[[Path], None], says: str
) -> None:
    """Somebody may still want to look at it."""
    store = opened(path)
    store.keep(at(1), numbered=[event(seq) for seq in range(1, 200)], memory=Memory())
    store.close()
    damage(path)
    before = path.read_bytes()
    with pytest.raises(StoreFault, match=says):
        again_memory(path)

    assert before == path.read_bytes()


@pytest.mark.parametrize("place", ["/proc/nothing/gateway.db", "/dev/null/gateway.db"])
def test_a_place_where_nothing_can_be_written_is_told(place: str) -> None:
    """One sentence with the path."""
    assert f"{place}: cannot be used as store" in refused(Path(place))


def test_a_full_disk_loses_nothing_that_was_kept(store: Store, path: Path) -> None:
    """The sentence says to make room; as soon as there is room the same step is kept."""
    store.keep(at(1), numbered=[event(1)], memory=Memory(active=True))
    db: sqlite3.Connection = store._db
    pages = db.execute("PRAGMA page_count").fetchone()[0]
    db.execute(f"PRAGMA max_page_count = {pages}")
    big = Numbered(Stream.EVENT, 2, "mains_lost", {"pad": "x" * 100_000})
    with pytest.raises(StoreFault, match="the disk is full; make room, nothing stored is lost"):
        store.keep(at(2), batch=POLL, numbered=[big], memory=Memory())
    held = (seqs(store, Stream.EVENT), store.memory().active, balanced(path))
    db.execute("PRAGMA max_page_count = 100000")
    store.keep(at(2), batch=POLL, numbered=[big], memory=Memory())

    assert ([1], True, True) == held
    assert [1, 2] == seqs(store, Stream.EVENT)


def _child(code: str, path: Path, **limits: Any) -> subprocess.Popen[str]:
    """Another process that uses the store."""
    head = (
        "import sys; from pathlib import Path\n"
        "from contract.words import ClockQuality, Status, Stream\n"
        "from gateway.core.pipeline import Numbered\nfrom gateway.core.site import Memory, Now\n"
        "from gateway.io.store import Store, StoreFault\n"
        "store = Store(Path(sys.argv[1]), Status.ACTUAL, False); run = sys.argv[2]\n"
        "def keep(seq, pad=0):\n"
        "    now = Now(run=run, boot='b', up_ms=seq, wall_ms=None, clock=ClockQuality.UNSYNCED)\n"
        "    one = Numbered(Stream.EVENT, seq, 'mains_lost', {'pad': 'x' * pad})\n"
        "    store.keep(now, numbered=[one], memory=Memory(alarm_revision=seq))\n"
        "    print(seq, flush=True)\n"
    )
    command = [sys.executable, "-c", head + code, str(path), limits.pop("run", "run-1")]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(ROOT)},
        **limits,
    )


def test_a_file_that_may_not_grow_is_told_and_nothing_is_lost(path: Path) -> None:
    """The operating system refuses more bytes: a sentence, and all that was said to be kept is there."""
    code = (
        "for seq in range(1, 500):\n"
        "    try:\n        keep(seq, 5000)\n"
        "    except StoreFault as fault:\n        print(fault, file=sys.stderr); break\n"
    )
    limit = 400_000
    child = _child(code, path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    out, said = child.communicate(timeout=20)
    kept = [int(line) for line in out.split()]
    store = opened(path)
    found = seqs(store, Stream.EVENT)
    store.close()

    assert kept
    assert kept == found
    assert str(path) in said
    assert 1 == len(said.splitlines())


def test_kill_at_any_moment_loses_nothing_that_was_reported_as_kept(path: Path) -> None:
    """Six writers, each killed while it writes: every number it printed is there, without gaps, memory and all."""
    for number in range(6):
        child = _child("for seq in range(1, 100000): keep(seq, 300)", path, run=f"run-{number}")
        assert child.stdout is not None
        for _ in range(5 + 7 * number):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        kept = 5 + 7 * number + len(child.stdout.read().split("\n")) - 1
        child.wait(10)
        store = opened(path)
        found = [one["seq"] for one in counts(path)["events"] if one["run"] == f"run-{number}"]
        revision = store.memory().alarm_revision
        store.close()

        assert list(range(1, len(found) + 1)) == found
        assert kept <= len(found) <= kept + 1
        assert len(found) == revision
        assert balanced(path)
