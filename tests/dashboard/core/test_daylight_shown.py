"""The hour that comes twice, on the pages and in the forms."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contract.freshness import Now
from contract.words import ClockQuality
from dashboard.core import numbers
from dashboard.core.forms.fields import BadOrder, Field, read
from dashboard.core.reader import Reader
from dashboard.core.sending import composing

HERE = ZoneInfo("Europe/Stockholm")


def ms(utc: str) -> int:
    """A time in UTC."""
    return int(datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp() * 1000)


def reader(now: str, language: str = "sv") -> Reader:
    """Somebody who reads now."""
    return Reader(language=language, zone=HERE, now=Now(1, ms(now), ClockQuality.SYNCED))


@pytest.mark.parametrize(
    ("utc", "language", "shown"),
    [
        ("2026-10-25T00:30", "sv", "02:30\u00a0sommartid"),
        ("2026-10-25T01:30", "sv", "02:30\u00a0vintertid"),
        ("2026-10-25T01:30", "en", "02:30\u00a0winter time"),
        ("2026-10-25T02:30", "sv", "03:30"),
        ("2027-03-28T01:30", "sv", "28 mars 2027 03:30"),
    ],
)
def test_a_time_that_comes_twice_says_which(utc: str, language: str, shown: str) -> None:
    """An outage from 02:30 to 02:30 lasted an hour, and says so."""
    assert shown == numbers.when(ms(utc), HERE, ms("2026-10-25T06:00"), language)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-10-25T02:30 sommartid", "2026-10-25T00:30"),
        ("2026-10-25 02:30 vintertid", "2026-10-25T01:30"),
        ("2026-10-25 02:30 summer time", "2026-10-25T00:30"),
        ("2026-10-25 03:30", "2026-10-25T02:30"),
        ("2027-03-28 03:30", "2027-03-28T01:30"),
    ],
)
def test_what_is_said_is_what_is_meant(written: str, utc: str) -> None:
    """Summer time is the first of the two."""
    assert ms(utc) == read(Field(name="at", kind="when"), written, reader("2026-10-26T00:00"))


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("2026-10-25 02:30", ("Den tiden kommer två gånger den natten, när klockan ställs om."
                             " Skriv en tid före 02.00 eller efter 03.00.")),
        ("2027-03-28 02:30", "Den tiden finns inte: klockan ställs fram en timme den natten. Skriv en annan tid."),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_gets_a_sentence(written: str, sentence: str) -> None:
    """Nobody guesses which of the two, and nothing is kept at a time that was not."""
    with pytest.raises(BadOrder) as told:
        read(Field(name="at", kind="when"), written, reader("2026-10-26T00:00"))

    assert sentence == str(told.value)


@pytest.mark.parametrize(
    ("now", "of", "utc"),
    [
        ("2026-10-25T00:40", {"past": True}, "2026-10-25T00:30"),
        ("2026-10-25T00:40", {"future": True}, "2026-10-25T01:30"),
    ],
)
def test_what_only_one_of_the_two_can_be_is_that_one(now: str, of: dict[str, Any], utc: str) -> None:
    """Seen at 02:30, written at 02:40 of summer time: the second 02:30 has not been yet."""
    assert ms(utc) == read(Field(name="at", kind="when", **of), "2026-10-25 02:30", reader(now))


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("utc", ["2026-10-25T00:30", "2026-10-25T01:30", "2027-03-28T01:00"])
def test_an_end_within_the_hour_that_comes_twice_is_read_as_the_form_writes_it(utc: str, language: str) -> None:
    """Whoever opens the form of a message anew and sends it on changes nothing of when it ends."""
    now = reader("2026-10-24T12:00", language)

    assert ms(utc) == read(composing.WHEN[1], composing.until_values(ms(utc), now)["until_ms"], now)
