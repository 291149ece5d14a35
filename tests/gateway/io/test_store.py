"""What is kept is kept: whole steps or nothing, in order, until the centre has it."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.records import GapBody
from contract.words import Event, Status, Stream
from gateway.core.pipeline import Numbered
from gateway.core.remembered import Memory
from gateway.io.counts import counts
from gateway.io.store import Store, StoreFault

from .conftest import POLL, again_memory, balanced, event, moment, opened, sample, seqs

# --- whole steps ---


def test_a_step_is_kept_as_one(store: Store, path: Path) -> None:
    """Poll, records and memory come back as they were given, also to the next run."""
    memory = Memory(active=True, faulty=("genset/fuel.level",))
    store.keep(moment(1), batch=POLL, numbered=[event(1), sample(1)], memory=memory)
    store.close()
    again = opened(path)
    told = counts(path)
    records = again.waiting(Stream.EVENT, 0)
    again.close()

    assert memory == again_memory(path)
    assert (2, {"genset": 1}, {"sensor_fault": 1}) == (told["readings"], told["polls"], told["missing"])
    assert ["mains_lost"] == [one["kind"] for one in told["events"]]
    assert [(1, Status.ACTUAL, False, {"number": 1})] == [(r.seq, r.status, r.simulated, r.body) for *_, r in records]


@pytest.mark.parametrize(
    "broken", [Numbered(Stream.EVENT, 1, "twice", {}), Numbered(Stream.SAMPLE, 2**70, "sample", {})]
)
def test_a_step_that_breaks_in_the_middle_leaves_nothing(store: Store, path: Path, broken: Numbered) -> None:
    """Neither its readings nor its other records nor its memory; what was there stays, and the next step is kept."""
    store.keep(moment(1), numbered=[event(1)], memory=Memory(active=True))
    with pytest.raises((StoreFault, OverflowError)):
        store.keep(moment(2), batch=POLL, numbered=[event(2), broken, event(3)], memory=Memory())
    after = counts(path)
    store.keep(moment(3), batch=POLL, numbered=[event(2)])

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
    exercise.keep(moment(1), numbered=[event(1)])
    exercise.close()
    actual = opened(path)
    actual.keep(moment(2, "run-2"), numbered=[event(1)])
    told = [record.status for after in (0, 1) for *_, record in actual.waiting(Stream.EVENT, after)]
    actual.close()

    assert [Status.EXERCISE, Status.ACTUAL] == told


@pytest.mark.parametrize("first", [True, False])
def test_simulated_and_real_never_share_a_store(path: Path, first: bool) -> None:
    """A store belongs to the one or the other for good."""
    opened(path, simulated=first).close()
    with pytest.raises(StoreFault, match=r"holds (simulated|real) data, this site is (real|simulated); give"):
        opened(path, simulated=not first)
    opened(path, simulated=first).close()


# --- the outbox ---


def test_a_mark_takes_what_it_covers_and_nothing_else(store: Store, path: Path) -> None:
    """By run and stream, up to the number; the same mark again, or one of a stranger, takes nothing."""
    store.keep(moment(1), numbered=[event(seq) for seq in range(1, 6)] + [sample(1)])
    store.keep(moment(2, "run-2"), numbered=[event(1)])
    gone = [store.confirm(run, Stream.EVENT, 3) for run in ("run-1", "run-1", "run-0", "run-2")]

    assert [3, 0, 0, 1] == gone
    assert ([4, 5], [1]) == (seqs(store, Stream.EVENT), seqs(store))
    assert {"event": 4, "receipt": 0, "sample": 0} == counts(path)["confirmed"]
    assert balanced(path)


def test_places_are_never_used_twice(store: Store) -> None:
    """When all has been confirmed, what comes next still stands behind what was sent before."""
    store.keep(moment(1), numbered=[sample(1), sample(2)])
    sent = store.waiting(Stream.SAMPLE, 0)[-1][0]
    store.confirm("run-1", Stream.SAMPLE, 2)
    store.keep(moment(2), numbered=[sample(3)])

    assert [3] == [record.seq for *_, record in store.waiting(Stream.SAMPLE, sent)]


def test_a_batch_is_of_one_run_and_fits_into_a_message(store: Store) -> None:
    """Old runs first; large records travel in small batches, and one that is alone always travels."""
    store.keep(moment(1), numbered=[sample(1), sample(2)])
    store.keep(moment(2, "run-2"), numbered=[sample(seq, 50_000) for seq in range(1, 6)] + [sample(6, 200_000)])
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
    store.keep(moment(1), numbered=[sample(seq) for seq in range(1, 11)] + [event(1)])
    store.thin(6, moment(9))
    rows = store.waiting(Stream.SAMPLE, 0)
    gap = msgspec.convert(rows[0][2].body, GapBody)

    assert [6, 7, 8, 9, 10] == [record.seq for *_, record in rows]
    assert (Event.GAP, 1, 6) == (rows[0][2].kind, gap.first, gap.last)
    assert [1] == seqs(store, Stream.EVENT)
    assert balanced(path)

    store.thin(4, moment(10))
    assert [8, 9, 10] == seqs(store)
    assert (1, 8) == tuple(store.waiting(Stream.SAMPLE, 0)[0][2].body[key] for key in ("first", "last"))
    assert balanced(path)


def test_a_run_with_nothing_left_to_thin_does_not_stop_the_thinning(store: Store, path: Path) -> None:
    """The oldest run has one sample, the next many: the bound holds all the same."""
    store.keep(moment(1, "run-0"), numbered=[sample(1)])
    for run in ("run-1", "run-2"):
        store.keep(moment(2, run), numbered=[sample(seq) for seq in range(1, 51)])
    store.thin(20, moment(9))

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
            store.thin(number, moment(99))
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
            store.keep(moment(1, run), numbered=made)
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
