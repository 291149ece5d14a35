"""Opening hours: open, closed or unknown, now and next, on the odd days of a Swedish year."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.age import PLACE
from kiosk.core.day import hours
from kiosk.core.day.hours import Stand

SHOP = "Mo-Fr 08:00-19:00; Sa-Su 10:00-17:00; Jun 19-25 Fr 10:00-14:00; Dec 24 off; Dec 31 10:00-14:00; PH 11:00-15:00"


def here(text: str, fold: int = 0) -> datetime:
    """A time on the wall at the site."""
    return datetime.fromisoformat(text).replace(tzinfo=PLACE, fold=fold)


@pytest.mark.parametrize(
    ("moment", "stand", "until"),
    [
        ("2026-11-23T12:00", Stand.OPEN, "2026-11-23T19:00"),
        ("2026-11-23T19:00", Stand.CLOSED, "2026-11-24T08:00"),
        ("2026-11-22T17:30", Stand.CLOSED, "2026-11-23T08:00"),
        ("2026-06-19T12:00", Stand.OPEN, "2026-06-19T14:00"),
        ("2026-06-19T14:30", Stand.CLOSED, "2026-06-20T11:00"),
        ("2026-12-24T12:00", Stand.CLOSED, "2026-12-25T11:00"),
        ("2026-12-25T12:00", Stand.OPEN, "2026-12-25T15:00"),
        ("2026-12-31T15:00", Stand.CLOSED, "2027-01-01T11:00"),
        ("2026-06-06T12:00", Stand.OPEN, "2026-06-06T15:00"),
    ],
)
def test_swedish_days(moment: str, stand: Stand, until: str) -> None:
    """Midsummer eve and Christmas Eve as the owner wrote them, though they count as holidays too."""
    span = hours.at(SHOP, here(moment))

    assert (stand, here(until)) == (span.stand, span.until)


def test_unknown_clock_knows_nothing() -> None:
    """Without a time there is no open and no closed."""
    assert (hours.UNKNOWN, None) == (hours.at(SHOP, None), hours.next_open(SHOP, None))


@pytest.mark.parametrize(
    "text", ["", " ", "9-18", "öppet", "Mo-Fr 09:00-18:00 \x00", "PH,Dec 31 10:00-12:00", "Mo-Fr 99:00"]
)
def test_hours_that_are_none_are_unknown(text: str) -> None:
    """What cannot be read is not closed."""
    assert Stand.UNKNOWN is hours.at(text, here("2026-11-23T12:00")).stand
    assert not hours.readable(text) or not text.strip()


@pytest.mark.parametrize("text", ["sunrise-sunset", "Mo-Fr 09:00-18:00; SH off", "dawn-18:00"])
def test_hours_that_need_more_than_a_clock_are_unknown(text: str) -> None:
    """The sun and the school year are not known here; a guess would be shown as a fact."""
    assert Stand.UNKNOWN is hours.at(text, here("2026-11-23T12:00")).stand


def test_third_state_has_its_comment() -> None:
    """ "Ring först" is neither open nor closed."""
    span = hours.at('Mo-Fr 09:00-18:00 unknown "ring först"', here("2026-11-23T12:00"))

    assert (Stand.UNKNOWN, "ring först", None) == (
        span.stand,
        span.comment,
        hours.next_open("off", here("2026-11-23T12:00")),
    )


def test_always_open_never_changes() -> None:
    """24/7 has no next change."""
    assert (Stand.OPEN, None) == (
        hours.at("24/7", here("2026-11-23T12:00")).stand,
        hours.at("24/7", here("2026-11-23T12:00")).until,
    )


def test_open_end_promises_no_time() -> None:
    """ "18:00+" is open, and nobody knows until when."""
    assert (Stand.OPEN, None) == (
        hours.at("Mo-Fr 18:00+", here("2026-11-23T19:00")).stand,
        hours.at("Mo-Fr 18:00+", here("2026-11-23T19:00")).until,
    )


def test_past_midnight_is_still_open() -> None:
    """20:00-02:00 is open at one in the morning of the next day."""
    assert here("2026-11-24T02:00") == hours.at("Mo 20:00-02:00", here("2026-11-24T01:00")).until


@pytest.mark.parametrize("fold", [0, 1])
def test_both_hours_of_the_autumn_night_are_open(fold: int) -> None:
    """Open from one to four is open in both of the hours that are called two."""
    assert Stand.OPEN is hours.at("Su 01:00-04:00", here("2026-10-25T02:30", fold)).stand


@pytest.mark.parametrize(
    ("expression", "stands"),
    [
        ("00:00-02:30", "ooo? ???c cc"),
        ("22:00-02:00", "o??? cccc cc"),
        ("02:15-05:00", "ccc? ???o oo"),
        ("02:10-02:20", "cc?? ???c cc"),
        ("22:00-03:00", "oooo oooo oc"),
        ('00:00-02:30 "kassan", 02:30-05:00 "luckan"', "oooo oooo oo"),
    ],
)
def test_hours_that_change_within_the_hour_that_comes_twice_are_unknown_between(expression: str, stands: str) -> None:
    """Nobody wrote which of the two was meant: it is never open, closed, and open again."""
    first = datetime.fromisoformat("2026-10-25T01:50+02:00")
    minutes = (0, 15, 20, 45, 75, 79, 84, 105, 129, 130)
    spans = [hours.at(expression, first + timedelta(minutes=after)) for after in minutes]
    night = [span for span in spans if span.stand is not Stand.UNKNOWN]

    assert stands.replace(" ", "") == "".join("?" if one.stand is Stand.UNKNOWN else one.stand[0] for one in spans)
    assert night[0].until is None or night[0].until.fold == 0


def test_neighbouring_rules_are_one_opening() -> None:
    """Until when it is open is when it closes, not when another rule takes over."""
    span = hours.at('Mo 08:00-12:00 "kassan", 12:00-20:00', here("2026-11-23T09:00"))

    assert here("2026-11-23T20:00") == span.until


PIECES = st.sampled_from(
    ["Mo", "Fr", "-", ",", ";", "08:00", "19:00", "PH", "off", "Dec 24", "week 1-53/2", "easter", "26:00", "||", '"',
     "+", "24/7", "2026", "Feb 30", "[1]", "9999", "unknown", "(", "\x00", "å"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=9).map(" ".join))
def test_no_text_breaks_the_evaluation(text: str) -> None:
    """Whatever somebody writes: an answer, never an exception."""
    assert hours.at(text, here("2026-11-23T12:00")).stand in Stand
    hours.next_open(text, here("2026-11-23T12:00"))


@pytest.mark.parametrize(
    ("now", "stand", "until"),
    [
        ("2026-03-29T01:30+01:00", hours.Stand.OPEN, "2026-03-29T06:00+02:00"),
        ("2026-03-29T03:00+02:00", hours.Stand.OPEN, "2026-03-29T06:00+02:00"),
        ("2026-03-28T20:00+01:00", hours.Stand.CLOSED, "2026-03-28T22:00+01:00"),
        ("2026-10-25T02:30+02:00", hours.Stand.OPEN, "2026-10-25T06:00+01:00"),
        ("2026-10-25T02:30+01:00", hours.Stand.OPEN, "2026-10-25T06:00+01:00"),
        ("2026-10-25T06:00+01:00", hours.Stand.CLOSED, "2026-10-25T22:00+01:00"),
    ],
)
def test_night_in_which_the_clock_is_moved_ends_when_the_wall_says_so(now: str, stand: hours.Stand, until: str) -> None:
    """22–06 lasts seven hours in March and nine in October; nobody is told an hour too early or too late."""
    found = hours.at("Mo-Su 22:00-06:00", datetime.fromisoformat(now))

    assert (stand, datetime.fromisoformat(until)) == (found.stand, found.until)


def test_morning_after_the_clock_was_moved_opens_by_the_wall() -> None:
    """Asked the evening before, in both directions."""
    for evening, opens in (
        ("2026-03-28T20:00+01:00", "2026-03-29T08:00+02:00"),
        ("2026-10-24T20:00+02:00", "2026-10-25T08:00+01:00"),
    ):
        assert datetime.fromisoformat(opens) == hours.next_open("Mo-Su 08:00-19:00", datetime.fromisoformat(evening))
