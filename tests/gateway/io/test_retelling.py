"""The centre has lost what it had confirmed: the site tells it again, once, and nothing is a gap that it still has."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from contract.records import MARKED_RUNS, GapBody, Mark, Record
from contract.words import Event, Status, Stream
from gateway.core.pipeline import Numbered
from gateway.io.keeping import Keeper
from gateway.io.outbox import MAX_ALONE_BYTES
from gateway.io.retelling import AGAIN_S, Head, Lost, Retelling
from gateway.io.store import Store

from .conftest import balanced, event, moment, opened, sample, seqs

EVENT, SAMPLE, RECEIPT = Stream.EVENT, Stream.SAMPLE, Stream.RECEIPT
HEADS = {("run-1", EVENT): Head(500, True), ("run-1", SAMPLE): Head(90, False), ("run-0", EVENT): Head(7, False)}


def waiting(store: Store, stream: Stream) -> list[Record]:
    """All that waits of a stream, in the order of sending."""
    found: list[tuple[int, str, Record]] = []
    while rows := store.waiting(stream, found[-1][0] if found else 0):
        found += rows
    return [record for _, _, record in found]


def spans(store: Store, stream: Stream) -> list[tuple[str, int, int]]:
    """What waits as (kind, first, last)."""
    return [(one.kind, int(str(one.body.get("first", one.seq))), one.seq) for one in waiting(store, stream)]


def mark(seq: int, run: str = "run-1", samples: int = 90) -> Mark:
    """A mark of the centre."""
    return Mark(site="test-kall", wall_ms=1, marks={run: {EVENT: seq, SAMPLE: samples}})


def filled(store: Store, run: str = "run-1") -> None:
    """Ten events and ten samples, between each other."""
    for seq in range(1, 11):
        store.keep(moment(seq, run), numbered=[event(seq), sample(seq)])


def test_what_the_centre_lost_comes_again_as_it_was_and_before_the_rest(store: Store, path: Path) -> None:
    """Events from the site's own table, byte for byte; for samples that are gone one gap; the order holds."""
    filled(store)
    before = waiting(store, EVENT)
    for stream in (EVENT, SAMPLE):
        store.confirm("run-1", stream, 8)
    told = store.tell_again([Lost("run-1", EVENT, 3), Lost("run-1", SAMPLE, 3)], moment(20))

    assert 5 + 1 == told
    assert before[3:] == waiting(store, EVENT)
    assert [("gap", 4, 8), ("sample", 9, 9), ("sample", 10, 10)] == spans(store, SAMPLE)
    assert balanced(path)


def test_only_what_the_site_has_no_more_is_a_gap(store: Store, path: Path) -> None:
    """Events that were cleared away after their years are one gap, what lies behind them is told."""
    filled(store)
    store.confirm("run-1", EVENT, 10)
    with store._db as db:
        db.execute("DELETE FROM events WHERE seq <= 4")
    store.tell_again([Lost("run-1", EVENT, 1)], moment(20))

    assert [("gap", 2, 4), *(("mains_lost", seq, seq) for seq in range(5, 11))] == spans(store, EVENT)
    assert balanced(path)


def test_a_store_that_has_told_again_starts_and_is_whole(store: Store, path: Path) -> None:
    """The next start finds books that balance and puts nothing aside; confirmed again, all is as before."""
    filled(store)
    filled(store, "run-2")
    for run in ("run-1", "run-2"):
        for stream in (EVENT, SAMPLE):
            store.confirm(run, stream, 6)
    for run in ("run-1", "run-2"):
        store.tell_again([Lost(run, EVENT, 0), Lost(run, SAMPLE, 0)], moment(20))
    store.close()
    again = opened(path)
    found = seqs(again, EVENT)
    for run in ("run-1", "run-2"):
        for stream in (EVENT, SAMPLE):
            again.confirm(run, stream, 10)
    whole = again.lies_aside()
    counted = again._db.execute("SELECT count FROM tallies WHERE name = 'confirmed.event'").fetchone()[0]
    again.close()

    assert not whole
    assert sorted([*range(1, 11), *range(1, 11)]) == sorted(found)
    assert balanced(path)
    assert 20 == counted


def test_the_same_is_told_twice_and_the_figures_do_not_drift(store: Store, path: Path) -> None:
    """A centre that loses everything again and again: created stays, confirmed comes back to what it was."""
    filled(store)
    told: list[tuple[Any, ...]] = []
    for _ in range(3):
        for stream in (EVENT, SAMPLE):
            store.confirm("run-1", stream, 10)
        told.append(tuple(store._db.execute("SELECT name, count FROM tallies WHERE name != 'place'").fetchall()))
        store.tell_again([Lost("run-1", EVENT, 0), Lost("run-1", SAMPLE, 0)], moment(20))

    assert 1 == len(set(told))
    assert balanced(path)


def test_an_event_too_large_for_any_message_stays_a_gap(store: Store, path: Path) -> None:
    """Its body lies in the site's table, but it cannot be sent, neither now nor then."""
    store.keep(moment(1), numbered=[Numbered(EVENT, 1, "mains_lost", {"pad": "x" * (MAX_ALONE_BYTES + 1)}), event(2)])
    before = waiting(store, EVENT)
    store.confirm("run-1", EVENT, 2)
    store.tell_again([Lost("run-1", EVENT, 0)], moment(20))

    assert [one.body for one in before] == [one.body for one in waiting(store, EVENT)]
    assert [Event.GAP, "mains_lost"] == [one.kind for one in waiting(store, EVENT)]
    assert balanced(path)


def test_what_was_an_exercise_comes_again_as_an_exercise(path: Path) -> None:
    """Also when the site is in earnest by now."""
    store = opened(path, Status.EXERCISE)
    filled(store)
    store.confirm("run-1", EVENT, 10)
    store.close()
    again = opened(path)
    again.tell_again([Lost("run-1", EVENT, 9)], moment(20, "run-2"))
    told = waiting(again, EVENT)
    again.close()

    assert [Status.EXERCISE] == [one.status for one in told]


def test_a_mark_on_its_way_to_the_disk_does_not_let_it_go_again(path: Path) -> None:
    """The older, higher mark waits for the next write; it must not forget what is to be told again."""
    store = opened(path)
    filled(store)
    keeper = Keeper(store, 3600)
    store.confirm("run-1", EVENT, 5)
    keeper.forget("run-1", EVENT, 8, 20_000)
    keeper.tell_again([Lost("run-1", EVENT, 2)], moment(20)).result(5)
    keeper.write()
    found = seqs(store, EVENT)
    store.close()

    assert list(range(3, 11)) == found


def test_a_gap_that_is_told_again_names_its_range(store: Store) -> None:
    """So that the centre's mark can pass the hole."""
    filled(store)
    store.confirm("run-1", SAMPLE, 10)
    store.tell_again([Lost("run-1", SAMPLE, 2)], moment(20))
    (one,) = waiting(store, SAMPLE)

    assert (3, 10) == (GapBody(**one.body).first, one.seq)


def test_a_stale_mark_alone_sets_nothing_off() -> None:
    """What lay at the broker, then what is said now: only both together prove a loss."""
    retelling = Retelling(lambda: 0.0)

    assert {} == retelling.lost(mark(300), HEADS, retained=True)
    assert {} == retelling.lost(mark(300), HEADS, retained=True)
    assert {} == retelling.lost(mark(500), HEADS, retained=False)
    assert {} == retelling.lost(mark(300), HEADS, retained=False)  # one that came late
    assert {} == retelling.lost(mark(500), HEADS, retained=False)


def test_two_marks_in_a_row_of_which_the_last_is_said_now_prove_it() -> None:
    """Only what is low; a stream that the mark does not name has nothing at the centre."""
    retelling = Retelling(lambda: 0.0)
    retelling.lost(mark(300), HEADS, retained=True)

    assert {"run-1": [Lost("run-1", EVENT, 300)]} == retelling.lost(mark(300), HEADS, retained=False)


def test_what_another_link_has_said_is_no_witness() -> None:
    """After a new link two marks are asked for again."""
    retelling = Retelling(lambda: 0.0)
    retelling.lost(mark(300), HEADS, retained=False)
    retelling.linked()

    assert {} == retelling.lost(mark(300), HEADS, retained=False)


def test_a_mad_mark_costs_one_telling_an_hour_and_run() -> None:
    """Nothing for everything, every second for three hours."""
    now = [0.0]
    retelling = Retelling(lambda: now[0])
    empty = Mark(site="test-kall", wall_ms=1, marks={})
    told = 0
    for second in range(int(3 * AGAIN_S)):
        now[0] = float(second)
        told += len(retelling.lost(empty, HEADS, retained=False))

    assert 3 == told


@pytest.mark.parametrize(("others", "told"), [(0, True), (MARKED_RUNS, False)])
def test_a_run_that_is_not_named_is_unknown_only_where_there_was_room_for_it(others: int, told: bool) -> None:
    """A mark names a hundred runs at most; and a run of which nothing lies here any more is not worth a word."""
    retelling = Retelling(lambda: 0.0)
    one = Mark(site="test-kall", wall_ms=1, marks={f"other-{number}": {EVENT: 1} for number in range(others)})
    retelling.lost(one, HEADS, retained=False)

    assert ([Lost("run-1", EVENT, 0)] if told else []) == retelling.lost(one, HEADS, retained=False).get("run-1", [])


def test_a_retelling_that_the_disk_refuses_leaves_everything_as_it_was(store: Store, path: Path) -> None:
    """All or nothing, and the next one finds its places."""
    filled(store)
    store.confirm("run-1", EVENT, 10)
    store._db.execute("CREATE TRIGGER no BEFORE UPDATE ON heads BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(Exception, match="no"):
        store.tell_again([Lost("run-1", EVENT, 0)], moment(20))
    refused = seqs(store, EVENT)
    store._db.execute("DROP TRIGGER no")
    store.tell_again([Lost("run-1", EVENT, 0)], moment(20))

    assert [] == refused
    assert list(range(1, 11)) == seqs(store, EVENT)
    assert balanced(path)
    assert 0 == sqlite3.connect(path).execute("SELECT COUNT(*) FROM outbox WHERE place < 1").fetchone()[0]
