"""The mark never stands above a hole."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Head
from contract.wire import Moment, Refused
from contract.words import ClockQuality, Status
from dashboard.core.hearing.intake import span
from dashboard.core.hearing.marks import advance, dated_ms

SPANS = st.lists(
    st.tuples(st.integers(1, 60), st.integers(0, 8)).map(lambda one: (one[0], one[0] + one[1])), max_size=40
)


@given(SPANS, st.integers(0, 10))
def test_mark_stands_just_below_the_first_hole(spans: list[tuple[int, int]], held: int) -> None:
    """All numbers up to the mark are there, the next one is not."""
    there = {*range(1, held + 1)} | {number for first, last in spans for number in range(first, last + 1)}

    mark = advance(held, sorted(spans))

    assert set(range(1, mark + 1)) <= there
    assert mark + 1 not in there


def _head(clock: ClockQuality, wall_ms: int | None) -> Head:
    return Head(
        site="a", run="r", boot="b", up_ms=70_000, wall_ms=wall_ms, clock=clock, status=Status.ACTUAL
    )  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "at_boot", "at_wall", "at_clock", "head_wall", "head_clock", "received"),
    [
        (500, "b", 500, ClockQuality.SYNCED, None, ClockQuality.UNSYNCED, None),
        (940_000, "b", 3, ClockQuality.UNSYNCED, 1_000_000, ClockQuality.SYNCED, None),
        (1_940_000, "b", None, ClockQuality.UNSYNCED, None, ClockQuality.UNSYNCED, 2_000_000),
        (None, "other", None, ClockQuality.UNSYNCED, 1_000_000, ClockQuality.SYNCED, 2_000_000),
        (None, "b", None, ClockQuality.UNSYNCED, None, ClockQuality.UNSYNCED, None),
    ],
)
def test_record_is_dated_by_the_best_clock_there_is(
    expected: int | None, at_boot: str, at_wall: int | None, at_clock: ClockQuality, head_wall: int | None,
    head_clock: ClockQuality, received: int | None,
) -> None:  # fmt: skip
    """Its own clock, else counted back by uptime within one boot, else nobody can tell."""
    at = Moment(boot=at_boot, up_ms=10_000, wall_ms=at_wall, clock=at_clock)

    assert expected == dated_ms(at, _head(head_clock, head_wall), received)


@pytest.mark.parametrize(("first", "last"), [(5, 4), (1, 3), (0, 4), (1, 5)])
def test_gap_that_claims_what_it_is_not_is_refused(voice: Any, first: int, last: int) -> None:
    """A gap record's number is the last of its range, and the range runs forward."""
    record = voice("a").record(4, "gap", {"first": first, "last": last, "why": "thinned"})

    with pytest.raises(Refused, match="gap record 4"):
        span(record)
