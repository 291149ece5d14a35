"""At the centre: records of a boot that did not know its time, and what becomes of them when somebody does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract.messages import Head
from contract.records import Record, RecordBatch
from contract.wire import Moment
from contract.words import ClockQuality, Status, Stream
from dashboard.core.site.series import Sample
from dashboard.io.store.committing import Taken
from dashboard.io.store.database import Database
from dashboard.io.store.records import Records

SITE, BOOT, OFFSET_MS = "are-kall", "boot-a", 1_764_000_000_000
UNSYNCED, SYNCED = ClockQuality.UNSYNCED, ClockQuality.SYNCED


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """A store of a centre whose own clock is not known either, so that nothing is dated by its arrival."""
    database = Database(tmp_path / "centre.sqlite")
    yield Records(database)
    database.close()


def points(records: Records) -> list[Sample]:
    """The curve of the fuel as it is kept."""
    return [one for held in records.history.measured(SITE, ["fuel.level"], 0, 2**53) for one in held.samples]


def moment(up_ms: int, offset_ms: int | None = None, boot: str = BOOT) -> Moment:
    """A moment of the boot."""
    wall_ms = None if offset_ms is None else up_ms + offset_ms
    return Moment(boot=boot, up_ms=up_ms, wall_ms=wall_ms, clock=UNSYNCED if wall_ms is None else SYNCED)


def batch(*told: tuple[int, str, Moment, dict[str, Any]], run: str = "run-1", stream: Stream = Stream.EVENT) -> Taken:
    """Records as they come."""
    made = tuple(
        Record(seq=seq, kind=kind, at=at, status=Status.ACTUAL, simulated=False, body=body)
        for seq, kind, at, body in told
    )
    at = told[-1][2]
    head = Head(site=SITE, run=run, boot=at.boot, up_ms=at.up_ms, wall_ms=None, clock=UNSYNCED, status=Status.ACTUAL)
    return Taken(RecordBatch(head=head, run=run, stream=stream, historical=False, records=made), None)


def tells(seq: int, up_ms: int, offset_ms: int, kind: str = "clock_known") -> tuple[int, str, Moment, dict[str, Any]]:
    """The site tells of its time."""
    body = {"boot": BOOT, "offset_ms": offset_ms, "quality": "synced", "source": "ntp", "who": "", "by_ms": 0}
    return seq, kind, moment(up_ms, offset_ms), body


def seen(up_ms: int, value_up_ms: int, litres: float) -> tuple[int, str, Moment, dict[str, Any]]:
    """A sample."""
    value = {"value": litres, "origin": "measured", "up_ms": value_up_ms}
    return 1, "sample", moment(up_ms), {"device": "genset", "whole": True, "values": {"fuel.level": value}}


def walls(records: Records, stream: Stream = Stream.EVENT) -> dict[tuple[str, int], int | None]:
    """When each record was, by run and number."""
    return {(row.run, row.seq): row.wall_ms for row in records.listed(SITE, stream)}


def note(seq: int, up_ms: int, **of: Any) -> tuple[int, str, Moment, dict[str, Any]]:
    """Something that happened in the dark; its body holds a moment too."""
    return seq, "x", moment(up_ms, **of), {"since": {"boot": BOOT, "up_ms": 5, "wall_ms": None, "clock": "unsynced"}}


def test_all_runs_of_a_boot_are_dated_when_one_tells(records: Records) -> None:
    """What is in the bodies too; another boot stays undated."""
    records.commit([batch(note(1, 1000)), batch(note(1, 9000), run="run-2")])
    records.commit([batch((1, "x", moment(1000, boot="boot-0"), {}), run="run-0")])

    assert {None} == set(walls(records).values())

    records.commit([batch(tells(2, 20_000, OFFSET_MS), run="run-2")])

    assert {
        ("run-1", 1): OFFSET_MS + 1000, ("run-2", 1): OFFSET_MS + 9000, ("run-2", 2): OFFSET_MS + 20_000,
        ("run-0", 1): None,
    } == walls(records)  # fmt: skip
    first = next(row for row in records.listed(SITE, Stream.EVENT) if row.run == "run-1")
    assert {"boot": BOOT, "up_ms": 5, "wall_ms": OFFSET_MS + 5, "clock": "synced"} == first.body["since"]


def test_what_comes_after_it_was_told_is_dated_on_its_way_in(records: Records) -> None:
    """Streams overtake: a record of the dark that was still on its way."""
    records.commit([batch(note(1, 1000), tells(2, 20_000, OFFSET_MS))])
    records.commit([batch(note(3, 3000)), batch(note(1, 700), run="run-0")])

    assert OFFSET_MS + 3000 == walls(records)["run-1", 3]
    assert OFFSET_MS + 700 == walls(records)["run-0", 1]


def test_a_step_moves_what_had_another_date_and_the_curve_with_it(records: Records) -> None:
    """Dated by the wrong clock first; the points of the curve are at one place only."""
    wrong = OFFSET_MS - 3_600_000
    records.commit([batch(note(1, 1000), tells(2, 20_000, wrong))])
    records.commit([batch(seen(4000, 3500, 61.5), stream=Stream.SAMPLE)])

    assert [wrong + 3500] == [one.wall_ms for one in points(records)]

    records.commit([batch(tells(3, 30_000, OFFSET_MS, "clock_stepped"))])

    assert [(OFFSET_MS + 3500, 61.5)] == [(one.wall_ms, one.value) for one in points(records)]
    assert OFFSET_MS + 1000 == walls(records)["run-1", 1]


def test_samples_of_the_dark_enter_the_curve_when_their_time_is_known(records: Records) -> None:
    """Undated they were in no curve at all."""
    records.commit([batch(seen(4000, 3500, 61.5), stream=Stream.SAMPLE)])

    assert [] == points(records)

    records.commit([batch(tells(1, 20_000, OFFSET_MS))])

    assert [OFFSET_MS + 3500] == [one.wall_ms for one in points(records)]


def test_told_twice_or_late_changes_nothing(records: Records) -> None:
    """The same again, and an older word that was long on its way."""
    newest, older = tells(3, 30_000, OFFSET_MS, "clock_stepped"), tells(2, 20_000, OFFSET_MS - 3_600_000)
    records.commit([batch(note(1, 1000), newest)])
    before = walls(records)
    records.commit([batch(newest), batch(older)])

    assert before == {key: wall for key, wall in walls(records).items() if key != ("run-1", 2)}
    assert OFFSET_MS + 1000 == walls(records)["run-1", 1]


@pytest.mark.parametrize("body", [{}, {"boot": BOOT, "offset_ms": 2**60, "quality": "synced", "source": "ntp"},
                                  {"boot": 7, "offset_ms": 1, "quality": "best", "source": "ntp"}])  # fmt: skip
def test_nonsense_about_a_clock_dates_nothing(records: Records, body: dict[str, Any]) -> None:
    """It is kept like every other record, and nothing follows from it."""
    records.commit([batch(note(1, 1000), (2, "clock_known", moment(20_000), body))])

    assert {("run-1", 1): None, ("run-1", 2): None} == walls(records)


def test_an_undated_record_stands_between_its_neighbours(records: Records) -> None:
    """Of a boot that never knew its time: newest first, after what was kept before it."""
    records.commit([batch((1, "x", moment(1000, OFFSET_MS), {}))])
    records.commit([batch((1, "y", moment(500, boot="boot-dark"), {}), run="run-dark")])
    records.commit([batch((1, "z", moment(100, OFFSET_MS + 900_000, boot="boot-b"), {}), run="run-b")])

    assert ["z", "y", "x"] == [row.kind for row in records.newest(SITE, Stream.EVENT, 10)]
