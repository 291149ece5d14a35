"""A screen that does not know the time: what has an end is neither in force nor over; and the hour that comes twice."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contract.freshness import Contact, Now
from contract.words import ClockQuality
from kiosk.core.age import Reader
from kiosk.core.picture import Held
from kiosk.core.view import View, view
from kiosk.core.warnings.alerts import sort
from kiosk.io.texts import words

MONO = 1_000_000


def shown(house: Any, *bulletins: Any, clock: ClockQuality, language: str = "sv", **of: Any) -> View:
    """The screen, in contact with a box."""
    wall_ms = None if clock is ClockQuality.UNSYNCED else house.NOON
    held = Held(
        picture=house.picture(at=house.moment(wall_ms=wall_ms), **of),
        contact=Contact(house.BOOT, 50_000_000, MONO),
        bulletins=bulletins,
    )
    return view(held, Now(MONO, wall_ms, clock), words(language), house.SITE, False)


@pytest.mark.parametrize("expires_ms", [-3_600_000, 3_600_000])
@pytest.mark.parametrize(
    ("language", "ending", "checked"),
    [
        ("sv", "Kan ha gått ut – klockan är inte säker", "Ett meddelande från kommunen kan gälla nu."),
        ("en", "It may have run out – the clock is not certain", "One message from the municipality may be in force."),
    ],
)
def test_without_a_clock_validity_is_unknown(
    house: Any, expires_ms: int, language: str, ending: str, checked: str
) -> None:
    """Whether its end has been or not: it is shown, and said to be unsure, in both places that speak of it."""
    one = house.bulletin(expires_ms=house.NOON + expires_ms, at=house.moment(wall_ms=None))
    seen = shown(house, one, clock=ClockQuality.UNSYNCED, language=language)

    assert [one.bulletin.id] == [row.id for row in seen.alerts]
    assert seen.alerts[0].until.endswith(ending)
    assert seen.checked.text.startswith(checked)


def test_without_a_clock_what_has_no_end_is_in_force(house: Any) -> None:
    """Nothing about it depends on the time."""
    seen = shown(house, house.bulletin(), clock=ClockQuality.UNSYNCED)

    assert "Gäller tills vidare" == seen.alerts[0].until
    assert "Ett meddelande från kommunen gäller nu." == seen.checked.text


@pytest.mark.parametrize("clock", [ClockQuality.SYNCED, ClockQuality.HOLDOVER])
def test_with_a_clock_it_is_in_force_or_over(house: Any, clock: ClockQuality) -> None:
    """As soon as the time is known."""
    live = house.bulletin("a", expires_ms=house.NOON + 1)
    over = house.bulletin("b", incident="i-2", expires_ms=house.NOON)
    seen = shown(house, live, over, clock=clock)

    assert ["a"] == [one.id for one in seen.alerts]
    assert "klockan är inte säker" not in seen.alerts[0].until
    assert ["Tiden har gått ut: Koka vattnet"] == [one.text for one in seen.ended]


def test_a_notice_with_an_end_is_unsure_too(house: Any) -> None:
    """The soup may have been eaten."""
    notice = house.NoticeNow(id="n", sv="Soppa", en="", since=house.moment(wall_ms=None), until_ms=house.NOON)
    (row,) = shown(house, clock=ClockQuality.UNSYNCED, notices=(notice,)).notices

    assert "Kan ha gått ut – klockan är inte säker" in row.detail


@pytest.mark.parametrize(("expires_ms", "why"), [(0, "expired"), (1, "cancelled"), (None, "cancelled")])
def test_what_the_box_has_ended_says_why(house: Any, expires_ms: int | None, why: str) -> None:
    """A screen without a clock, a box with one: run out there is run out, and not called off."""
    expires = None if expires_ms is None else house.NOON + expires_ms
    one = house.bulletin(expires_ms=expires, ended=True)
    found = sort((one,), house.SITE, Now(MONO, None, ClockQuality.UNSYNCED))

    assert [why] == [told for _, told in found.ended]


@pytest.mark.parametrize(
    ("utc", "language", "told"),
    [
        ("2026-10-25T00:30", "sv", "kl. 02:30 sommartid"),
        ("2026-10-25T01:30", "sv", "kl. 02:30 vintertid"),
        ("2026-10-25T01:30", "en", "02:30 winter time"),
        ("2026-10-25T02:00", "sv", "kl. 03:00"),
        ("2026-10-24T23:59", "sv", "kl. 01:59"),
    ],
)
def test_the_hour_that_comes_twice_says_which_it_is(utc: str, language: str, told: str) -> None:
    """On the clock of the screen and in every time it shows."""
    wall_ms = int(datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp() * 1000)
    reader = Reader(Now(MONO, wall_ms, ClockQuality.SYNCED), None, words(language))

    assert told == reader.at(wall_ms)
    assert reader.clock().endswith(told.removeprefix("kl. ").removeprefix("at "))


def test_the_hour_that_does_not_come_is_never_shown() -> None:
    """From 01:59 to 03:00 in a minute."""
    first = int(datetime(2027, 3, 28, 0, 59, tzinfo=UTC).timestamp() * 1000)
    reader = Reader(Now(MONO, first, ClockQuality.SYNCED), None, words("sv"))

    assert ["kl. 01:59", "kl. 03:00"] == [reader.at(first), reader.at(first + 60_000)]
