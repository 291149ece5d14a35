"""Sweden's clocks go back on 2026-10-25 and forward on 2027-03-28: no time of day is shown twice, none that is not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.daylight import moments, season

HERE = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("utc", "shown", "which"),
    [
        ("2026-10-24T23:59", "01:59", ""),
        ("2026-10-25T00:00", "02:00", "summer"),
        ("2026-10-25T00:59", "02:59", "summer"),
        ("2026-10-25T01:00", "02:00", "winter"),
        ("2026-10-25T01:59", "02:59", "winter"),
        ("2026-10-25T02:00", "03:00", ""),
        ("2027-03-28T00:59", "01:59", ""),
        ("2027-03-28T01:00", "03:00", ""),
        ("2026-07-01T10:00", "12:00", ""),
    ],
)
def test_only_the_hour_that_comes_twice_has_a_season(utc: str, shown: str, which: str) -> None:
    """Both edges of both nights."""
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC).astimezone(HERE)

    assert (shown, which) == (f"{moment:%H:%M}", season(moment))


@pytest.mark.parametrize(
    ("shown", "utc"),
    [
        ("2026-10-25T01:59", ["2026-10-24T23:59"]),
        ("2026-10-25T02:30", ["2026-10-25T00:30", "2026-10-25T01:30"]),
        ("2026-10-25T03:00", ["2026-10-25T02:00"]),
        ("2027-03-28T01:59", ["2027-03-28T00:59"]),
        ("2027-03-28T02:00", []),
        ("2027-03-28T02:59", []),
        ("2027-03-28T03:00", ["2027-03-28T01:00"]),
    ],
)
def test_a_time_of_day_is_once_twice_or_never(shown: str, utc: list[str]) -> None:
    """What somebody writes may mean two moments, or none."""
    found = [f"{one:%Y-%m-%dT%H:%M}" for one in moments(datetime.fromisoformat(shown), HERE)]

    assert utc == found


@given(st.integers(0, 2_000_000))
def test_every_moment_is_found_again_by_what_is_shown(minute: int) -> None:
    """Shown and season together mean one moment."""
    utc = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    here = utc.astimezone(HERE)
    found = moments(here.replace(tzinfo=None, fold=0), HERE)

    assert utc in found
    assert (len(found) == 2) is (season(here) != "")
    if len(found) == 2:
        assert utc == found[0 if season(here) == "summer" else 1]
