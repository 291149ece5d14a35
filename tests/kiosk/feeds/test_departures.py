"""Departures: live only where the source says so, and no hour guessed in the night when it comes twice."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk.feeds import departures
from kiosk.feeds.alert import BadAnswer
from kiosk.feeds.departures import Board

AREA = "740099901"


def ms(text: str) -> int:
    """An ISO time with offset as ms."""
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)


def departure(**changed: Any) -> dict[str, Any]:
    """One departure in the form that is sent."""
    return {
        "scheduled": "2026-11-22T14:45:00", "realtime": "2026-11-22T14:52:00", "delay": 420, "canceled": False,
        "is_realtime": True,
        "route": {"name": None, "designation": "155", "transport_mode_code": 700, "transport_mode": "BUS",
                  "direction": "Påhittsby", "origin": {}, "destination": {"id": "1", "name": "Påhittsby station"}},
        "trip": {"trip_id": "14010000", "start_date": "2026-11-22", "technical_number": 15},
        "agency": {"id": "505", "name": "Exempeltrafiken", "operator": None},
        "stop": {"id": "1", "name": "Kall", "lat": 63.4, "lon": 13.2},
        "scheduled_platform": None, "realtime_platform": {"id": "9", "designation": "A"}, "alerts": [],
    } | changed  # fmt: skip


def read(*rows: Any) -> Board:
    """A board with these rows."""
    body = {"timestamp": "2026-11-22T14:30:00", "query": {"query": AREA}, "stops": [{"id": AREA, "name": "Kall"}]}
    return departures.read(json.dumps(body | {"departures": list(rows)}).encode())


def test_live_departure_has_both_times() -> None:
    """The timetable and the live time, in absolute moments; platform under the name that is sent."""
    (one,) = read(departure()).departures

    assert (ms("2026-11-22T14:45+01:00"), ms("2026-11-22T14:52+01:00")) == (one.scheduled_ms, one.expected_ms)
    assert ("155", "Påhittsby", "BUS", "A", False) == (one.line, one.to, one.mode, one.platform, one.cancelled)
    assert "14010000/2026-11-22" == one.trip


def test_repeated_timetable_is_not_live() -> None:
    """Without `is_realtime` the realtime field is no live time, whatever stands in it."""
    for word in (False, None, "true", 1):
        (one,) = read(departure(is_realtime=word)).departures

        assert one.expected_ms is None


@pytest.mark.parametrize(
    ("sent", "cancelled"),
    [(True, True), ("true", True), ("True", True), (False, False), ("false", False), (None, False)],
)
def test_cancelled_in_either_form(sent: Any, cancelled: bool) -> None:
    """Documented as text, sent as truth value: both are understood."""
    assert cancelled is read(departure(canceled=sent)).departures[0].cancelled


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2026-10-25T01:40:00+02:00", "2026-10-25T02:10:00+02:00"),
        ("2026-10-25T02:05:00+01:00", "2026-10-25T02:10+01:00"),
    ],
)
def test_doubled_hour_is_the_one_that_was_asked_for(asked: str, expected: str) -> None:
    """In the night when two o'clock comes twice, the hour of the question decides which is meant."""
    row = departure(scheduled="2026-10-25T02:10:00", is_realtime=False)

    assert ms(expected) == read(row).settled(ms(asked))[0].scheduled_ms


def test_doubled_hour_without_a_clock_is_left_out() -> None:
    """When nobody knows when it was asked, nobody knows which of the two it is: no time is shown."""
    board = read(departure(scheduled="2026-10-25T02:10:00"), departure())

    assert [ms("2026-11-22T14:45+01:00")] == [one.scheduled_ms for one in board.settled(None)]


def test_live_time_follows_its_departure_through_the_doubled_hour() -> None:
    """Ten minutes late is ten minutes late in either hour, also over the end of it."""
    for written, live in (("02:10", "02:20"), ("02:55", "03:05")):
        row = departure(scheduled=f"2026-10-25T{written}:00", realtime=f"2026-10-25T{live}:00")
        (one,) = read(row).settled(ms("2026-10-25T02:05+01:00"))

        assert (ms(f"2026-10-25T{written}+01:00"), ms(f"2026-10-25T{live}+01:00")) == (
            one.scheduled_ms, one.expected_ms
        )  # fmt: skip


def test_board_knows_its_stop() -> None:
    """The stop that was asked for, which names the timetable's same stop."""
    assert (AREA, "Kall") == (read().area, read().name)


def test_hour_that_never_comes_is_left_out() -> None:
    """Half past two does not exist on the night in March."""
    assert 1 == len(read(departure(scheduled="2026-03-29T02:30:00")).rejects)


@pytest.mark.parametrize(
    "broken",
    [
        {"scheduled": None}, {"scheduled": "soon"}, {"scheduled": 7}, {"route": None},
        {"route": {"transport_mode": "UFO"}},
        {"route": 5}, {"trip": []}, {"alerts": 5}, {"realtime": 3},
    ],
    ids=str,
)  # fmt: skip
def test_bad_departure_leaves_the_good_one(broken: dict[str, Any]) -> None:
    """One record that cannot be read is counted and takes no other with it."""
    board = read(departure(**broken), departure())

    assert 1 <= len(board.departures)
    assert 2 == len(board.departures) + len(board.rejects)


def test_null_names_are_no_text() -> None:
    """A route without a name has none; a missing direction is that of its destination."""
    route = {
        "name": None,
        "designation": None,
        "transport_mode": "BOAT",
        "direction": None,
        "destination": {"name": "Ön"},
    }
    (one,) = read(departure(route=route, realtime_platform={"name": "Kajen"})).departures

    assert ("", "Ön", "BOAT", "Kajen") == (one.line, one.to, one.mode, one.platform)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"departures": 7}', b'{"departures": [', b"\xff\xfe", b"[" * 100_000]
)
def test_answer_that_is_none_is_refused(body: bytes) -> None:
    """Broken, of another form, or nested without end: one sentence, nothing read."""
    with pytest.raises(BadAnswer, match=r"^departures: "):
        departures.read(body)


def test_too_large_an_answer_is_not_read() -> None:
    """A body above the limit is not even parsed."""
    with pytest.raises(BadAnswer, match="at most"):
        departures.read(b" " * (departures.MAX_BYTES + 1))


def test_empty_board_is_an_answer() -> None:
    """Nothing leaves within the hour: that is known, not a fault."""
    assert () == read().departures
