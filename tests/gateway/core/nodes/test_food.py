"""The log for the food control: minutes known and minutes beyond a limit, each counted once."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.core.facts import PlaceFacts
from gateway.core.nodes.food import PlaceDay, begun, day_of, days_back, read

ZONE = ZoneInfo("Europe/Stockholm")
FREEZER = PlaceFacts(
    device="frys-1", signal="freezer.temperature", title="Frysen", above=-15.0, below=None,
    for_s=1800.0, every_s=300.0, food=True,
)  # fmt: skip
FIVE_MIN = 300_000


def ms(text: str) -> int:
    """A time of the site's own clock."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def led(day: PlaceDay, *readings: tuple[str, float], late: bool = False) -> PlaceDay:
    """The day with these readings, each good for five minutes."""
    for when, number in readings:
        day = read(day, number, ms(when), FIVE_MIN, ZONE, late=late)
    return day


def test_minutes_known_and_beyond_are_counted_once() -> None:
    """Twenty minutes, of which the middle ten were too warm."""
    day = led(
        begun(FREEZER, "2026-11-23"),
        *(("2026-11-23 12:00", -19.0), ("2026-11-23 12:05", -12.0), ("2026-11-23 12:10", -11.0)),
        ("2026-11-23 12:15", -18.0),
    )

    told = day.told()
    assert (20, 10, -19.0, -11.0, "Frysen") == (told.known_min, told.out_min, told.low, told.high, told.place)
    assert told == led(day, ("2026-11-23 12:15", -18.0)).told()


def test_what_comes_late_fills_holes_and_overrules_nothing() -> None:
    """A value of before does not last into minutes that were read themselves."""
    day = led(begun(FREEZER, "2026-11-23"), ("2026-11-23 12:03", -19.0))
    day = led(day, ("2026-11-23 12:00", -10.0), late=True)

    assert (8, 3) == (day.told().known_min, day.told().out_min)


def test_a_warm_moment_in_a_minute_stays_in_the_log() -> None:
    """A reading that is well again within the same minute does not wipe it out."""
    day = led(begun(FREEZER, "2026-11-23"), ("2026-11-23 12:00:05", -12.0), ("2026-11-23 12:00:50", -18.0))

    assert (5, 1) == (day.told().known_min, day.told().out_min)


@pytest.mark.parametrize(("day", "minutes"), [("2026-11-23", 1440), ("2026-10-25", 1500), ("2026-03-29", 1380)])
def test_a_day_has_its_own_minutes(day: str, minutes: int) -> None:
    """Also where an hour comes twice or not at all; nothing runs over midnight."""
    begin, known = ms(f"{day} 00:00"), begun(FREEZER, day)
    for minute in range(0, minutes + 2, 5):
        if day_of(begin + minute * 60_000, ZONE) == day:
            known = read(known, -18.0, begin + minute * 60_000, FIVE_MIN, ZONE, late=False)

    assert (minutes, 0) == (known.told().known_min, known.told().out_min)


def test_days_are_those_of_the_site() -> None:
    """Half past midnight here is still yesterday in UTC."""
    assert "2026-11-24" == day_of(ms("2026-11-24 00:30"), ZONE)
    assert ["2026-03-30", "2026-03-29", "2026-03-28"] == days_back(ms("2026-03-30 00:30"), ZONE, 3)
