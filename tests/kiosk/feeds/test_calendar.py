"""Calendars: repetitions, exclusive ends, floating times, old zones; and rules that would never end."""

from datetime import UTC, date, datetime

import pytest

from kiosk.feeds import calendar
from kiosk.feeds.alert import BadAnswer
from kiosk.feeds.calendar import Calendar, Happening

TODAY = date(2026, 11, 22)


def ms(text: str) -> int:
    """An ISO time with offset as ms."""
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1000)


def read(*events: str, head: str = "") -> Calendar:
    """A calendar with these events."""
    inside = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//\n{head}{inside}END:VCALENDAR\n"
    return calendar.read(text.replace("\n", "\r\n").encode())


def told(*events: str, head: str = "", today: date = TODAY) -> tuple[Happening, ...]:
    """What it says of the days ahead."""
    return calendar.happenings(read(*events, head=head).text, today)


def test_end_of_whole_days_is_exclusive() -> None:
    """An event on the 24th ends on the 25th in the file, and on the 24th for people."""
    found = told(
        "UID:1\nSUMMARY:Loppis\nDTSTART;VALUE=DATE:20261124\nDTEND;VALUE=DATE:20261125",
        "UID:2\nSUMMARY:Läger\nDTSTART;VALUE=DATE:20261201\nDTEND;VALUE=DATE:20261204",
        "UID:3\nSUMMARY:Utan slut\nDTSTART;VALUE=DATE:20261205",
    )

    assert [("2026-11-24", "2026-11-24"), ("2026-12-01", "2026-12-03"), ("2026-12-05", "2026-12-05")] == [
        (one.first_day, one.last_day) for one in found
    ]


def test_cancelled_stays_as_cancelled() -> None:
    """People would come: what is cancelled is told, not dropped; also a single time of a series."""
    found = told(
        "UID:1\nSUMMARY:Kör\nDTSTART;TZID=Europe/Stockholm:20261123T190000\nRRULE:FREQ=WEEKLY;COUNT=2",
        "UID:1\nSUMMARY:Kör\nRECURRENCE-ID;TZID=Europe/Stockholm:20261130T190000\n"
        "DTSTART;TZID=Europe/Stockholm:20261130T190000\nSTATUS:CANCELLED",
    )

    assert [False, True] == [one.cancelled for one in found]


def test_series_keeps_its_time_of_day_and_its_exceptions() -> None:
    """Nineteen o'clock stays nineteen o'clock over the change of clocks; EXDATE takes one out."""
    rule = "RRULE:FREQ=MONTHLY;BYMONTHDAY=26;COUNT=8\nEXDATE;TZID=Europe/Stockholm:20261126T190000"
    event = "UID:1\nSUMMARY:Möte\nDTSTART;TZID=Europe/Stockholm:20260926T190000\n"
    found = told(event + rule, today=date(2026, 10, 20))

    assert [ms("2026-10-26T19:00+01:00")] == [one.starts_ms for one in found]
    assert ms("2026-09-26T19:00+02:00") == told(event + rule, today=date(2026, 9, 20))[0].starts_ms


@pytest.mark.parametrize(
    ("start", "head"),
    [
        ("DTSTART:20261124T180000", ""),
        ("DTSTART:20261124T170000Z", ""),
        ("DTSTART;TZID=W. Europe Standard Time:20261124T180000", ""),
        ("DTSTART;TZID=Europe/Stockholm:20261124T180000", ""),
        ("DTSTART:20261124T170000Z", "X-WR-TIMEZONE:Europe/Stockholm\n"),
    ],
)
def test_six_in_the_evening_in_every_zone(start: str, head: str) -> None:
    """Floating time, UTC, a Windows name, a proper zone, an old export: all are six in the evening here."""
    (one,) = told(f"UID:1\nSUMMARY:Fika\n{start}", head=head)

    assert ms("2026-11-24T18:00+01:00") == one.starts_ms


def test_folded_lines_and_escapes_are_undone() -> None:
    """Lines folded at 75 octets, escaped commas and line ends."""
    (one,) = told("UID:1\nSUMMARY:Fika\\, och\n  surr\nDESCRIPTION:Ta med\\nkopp\nDTSTART:20261124T180000")

    assert ("Fika, och surr", ["Ta", "med", "kopp"]) == (one.title, one.text.split())


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=HOURLY", "FREQ=DAILY;BYMINUTE=1,2,3"])
def test_rule_without_end_is_left_out(rule: str) -> None:
    """What repeats by the minute would unfold into millions: counted, the others stay."""
    found = read(
        f"UID:1\nSUMMARY:Bomb\nDTSTART:20261124T180000\nRRULE:{rule}", "UID:2\nSUMMARY:Fika\nDTSTART:20261124T180000"
    )

    assert (["Fika"], 1) == ([one.title for one in calendar.happenings(found.text, TODAY)], len(found.rejects))


def test_event_without_start_or_words_is_counted() -> None:
    """It takes no other with it."""
    found = read(
        "UID:1\nSUMMARY:Utan tid", "UID:2\nDTSTART:20261124T180000", "UID:3\nSUMMARY:A\nDTSTART:20261125T180000"
    )

    assert (["A"], 2) == ([one.title for one in calendar.happenings(found.text, TODAY)], len(found.rejects))


@pytest.mark.parametrize("body", [b"", b"<html>", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"\xff\xff", b"BEGIN:VCALENDAR"])
def test_calendar_that_is_none_is_refused(body: bytes) -> None:
    """A login page is not an empty calendar."""
    with pytest.raises(BadAnswer, match=r"^calendar: "):
        calendar.read(body)


def test_only_the_days_ahead_are_kept() -> None:
    """A daily event since ten years is unfolded for two months, not more."""
    found = told("UID:1\nSUMMARY:Frukost\nDTSTART:20160101T080000\nRRULE:FREQ=DAILY")

    assert calendar.DAYS_AHEAD <= len(found) <= calendar.DAYS_AHEAD + 2
