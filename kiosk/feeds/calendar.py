"""iCalendar (facts: feeds, 8.1): what happens nearby, each repetition by itself.

Cancelled stays in the list as cancelled. The end of an all-day event is the day after its last. A time without zone is
the time on the wall. Old exports name Windows zones, or one zone for all in X-WR-TIMEZONE.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import msgspec
import recurring_ical_events  # type: ignore[import-untyped]
import x_wr_timezone  # type: ignore[import-untyped]

from kiosk.feeds.alert import BadAnswer, Reject
from kiosk.feeds.localtime import PLACE
from kiosk.feeds.plain import from_html, line

MAX_BYTES = 1024 * 1024
MAX_EVENTS = 500
MAX_HAPPENINGS = 300
MAX_TEXT = 2000
DAYS_AHEAD = 120
"""Kept so far ahead, for a point that may be alone for long."""
TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
TOO_FINE = ("BYSECOND", "BYMINUTE", "BYHOUR")


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on one day. `first_day`/`last_day` (inclusive) as ISO days for what lasts whole days, else ""."""

    id: str
    title: str
    text: str = ""
    where: str = ""
    link: str = ""
    starts_ms: int
    ends_ms: int | None = None
    first_day: str = ""
    last_day: str = ""
    cancelled: bool = False


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """What a calendar says of the days ahead, by time."""

    name: str = ""
    happenings: tuple[Happening, ...] = ()
    rejects: tuple[Reject, ...] = ()


def read(body: bytes, today: date) -> Calendar:
    """One calendar from yesterday to DAYS_AHEAD days on; raises BadAnswer."""
    if len(body) > MAX_BYTES:
        raise BadAnswer(f"calendar: {len(body)} bytes, at most {MAX_BYTES} are read")
    try:
        whole = icalendar.Calendar.from_ical(body.decode("utf-8-sig", "replace"))
    except (ValueError, IndexError, KeyError, TypeError) as fault:
        raise BadAnswer(f"calendar: is not iCalendar: {str(fault)[:200]}") from fault
    if not isinstance(whole, icalendar.Calendar):
        raise BadAnswer("calendar: is not a VCALENDAR")
    rejects = _thin(whole)
    found = []
    for number, event in enumerate(_repeated(whole, today)[: MAX_HAPPENINGS * 2]):
        try:
            found.append(_happening(event))
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as fault:
            rejects.append(Reject(f"event {number}", str(fault)[:200] or type(fault).__name__))
    found.sort(key=lambda one: (one.starts_ms, one.id))
    return Calendar(name=line(str(whole.get("X-WR-CALNAME") or ""), 120), happenings=tuple(found[:MAX_HAPPENINGS]),
                    rejects=tuple(rejects))  # fmt: skip


def _thin(whole: icalendar.Calendar) -> list[Reject]:
    """Take out what would unfold into millions, and what is beyond the limit."""
    rejects, kept, events = [], [], 0
    for part in whole.subcomponents:
        events += part.name == "VEVENT"
        if part.name == "VEVENT" and (fault := _fault(part, events)):
            rejects.append(Reject(str(part.get("UID", ""))[:80], fault))
        else:
            kept.append(part)
    whole.subcomponents = kept
    return rejects[:50]


def _fault(event: Any, number: int) -> str:
    if number > MAX_EVENTS:
        return f"more than {MAX_EVENTS} events"
    if event.get("DTSTART") is None:
        return "has no DTSTART"
    rules = event.get("RRULE") or []
    for rule in rules if isinstance(rules, list) else [rules]:
        often = str((rule.get("FREQ") or [""])[0]).upper() in TOO_OFTEN
        if often or any(name in rule for name in TOO_FINE):
            return "repeats more often than daily"
    return ""


def _repeated(whole: icalendar.Calendar, today: date) -> list[Any]:
    """Every repetition, by itself; raises BadAnswer when the rules cannot be unfolded."""
    begins, ends = today - timedelta(days=1), today + timedelta(days=DAYS_AHEAD)
    try:
        return list(
            recurring_ical_events.of(x_wr_timezone.to_standard(whole), skip_bad_series=True).between(begins, ends)
        )
    except Exception as fault:  # the library tells what it cannot unfold in many ways of its own
        raise BadAnswer(f"calendar: cannot be unfolded: {str(fault)[:200]}") from fault


def _happening(event: Any) -> Happening:
    title = line(str(event.get("SUMMARY") or ""), 200)
    if not title:
        raise ValueError("has no SUMMARY")
    starts, ends = event["DTSTART"].dt, event["DTEND"].dt if "DTEND" in event else None
    whole_days = not isinstance(starts, datetime)
    last = (ends - timedelta(days=1) if ends is not None and ends > starts else starts) if whole_days else None
    link = str(event.get("URL") or "")
    return Happening(
        id=f"{event.get('UID', title)}/{starts.isoformat()}"[:300],
        title=title,
        text=from_html(str(event.get("DESCRIPTION") or ""), MAX_TEXT),
        where=line(str(event.get("LOCATION") or ""), 200),
        link=link if link.startswith(("https://", "http://")) and len(link) <= 300 else "",
        starts_ms=_ms(starts),
        ends_ms=_ms(ends) if ends is not None else None,
        first_day=starts.isoformat() if whole_days else "",
        last_day=last.isoformat() if last is not None else "",
        cancelled=str(event.get("STATUS") or "").upper() == "CANCELLED",
    )


def _ms(when: date | datetime) -> int:
    """A day begins at midnight at the site; a time without zone is the one on the wall."""
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day)  # noqa: DTZ001  # the zone is set in the next line
    aware = when.replace(tzinfo=PLACE) if when.tzinfo is None else when
    return int(aware.astimezone(UTC).timestamp() * 1000)
