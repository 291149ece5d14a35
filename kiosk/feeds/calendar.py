"""iCalendar (facts: feeds, 8.1): what happens nearby, each repetition by itself.

Cancelled stays in the list as cancelled. The end of an all-day event is the day after its last. A time without zone is
the time on the wall. Old exports name Windows zones, or one zone for all in X-WR-TIMEZONE.

A calendar is kept as text and unfolded for the days ahead of the reader: one that never changes is read only once. The
libraries are loaded when the first calendar is, for most points have none.
"""

import contextlib
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec

from kiosk.feeds.alert import BadAnswer, Reject
from kiosk.feeds.localtime import PLACE
from kiosk.feeds.plain import from_html, line

VERSION = 1
MAX_BYTES = 512 * 1024
MAX_EVENTS = 500
MAX_HAPPENINGS = 300
MAX_TEXT = 2000
DAYS_AHEAD = 62
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
    """A calendar that can be unfolded: `text` is iCalendar without what would never end."""

    name: str = ""
    text: str = ""
    rejects: tuple[Reject, ...] = ()


def read(body: bytes) -> Calendar:
    """One calendar; raises BadAnswer."""
    import icalendar

    if len(body) > MAX_BYTES:
        raise BadAnswer(f"calendar: {len(body)} bytes, at most {MAX_BYTES} are read")
    try:
        whole = icalendar.Calendar.from_ical(body.decode("utf-8-sig", "replace"))
        if not isinstance(whole, icalendar.Calendar):
            raise BadAnswer("calendar: is not a VCALENDAR")
        rejects = _thin(whole)
        text = whole.to_ical().decode()
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise BadAnswer(f"calendar: is not iCalendar: {str(fault)[:200]}") from fault
    return Calendar(name=line(str(whole.get("X-WR-CALNAME") or ""), 120), text=text, rejects=tuple(rejects))


@lru_cache(maxsize=8)
def happenings(text: str, today: date) -> tuple[Happening, ...]:
    """What a calendar's text says from yesterday to DAYS_AHEAD days on, by time; what cannot be read is left out."""
    found = []
    for event in _repeated(text, today)[: MAX_HAPPENINGS * 2]:
        with contextlib.suppress(ValueError, TypeError, AttributeError, KeyError, OverflowError):
            found.append(_happening(event))
    found.sort(key=lambda one: (one.starts_ms, one.id))
    return tuple(found[:MAX_HAPPENINGS])


def _thin(whole: Any) -> list[Reject]:
    """Take out what would unfold into millions, what is beyond the limit, and what says nothing."""
    rejects, kept, events = [], [], 0
    for part in whole.subcomponents:
        events += part.name == "VEVENT"
        if part.name == "VEVENT" and (fault := _fault(part, events)):
            rejects.append(Reject(line(str(part.get("UID", "")), 80), fault))
        elif part.name in ("VEVENT", "VTIMEZONE"):
            kept.append(part)
    whole.subcomponents = kept
    return rejects[:50]


def _fault(event: Any, number: int) -> str:
    if number > MAX_EVENTS:
        return f"more than {MAX_EVENTS} events"
    if not isinstance(getattr(event.get("DTSTART"), "dt", None), date):
        return "has no DTSTART"
    if not line(str(event.get("SUMMARY") or "")):
        return "has no SUMMARY"
    rules = event.get("RRULE") or []
    for rule in rules if isinstance(rules, list) else [rules]:
        often = str((rule.get("FREQ") or [""])[0]).upper() in TOO_OFTEN
        if often or any(name in rule for name in TOO_FINE):
            return "repeats more often than daily"
    return ""


def _repeated(text: str, today: date) -> list[Any]:
    """Every repetition by itself; nothing of a calendar that cannot be unfolded."""
    import icalendar
    import recurring_ical_events  # type: ignore[import-untyped]
    import x_wr_timezone  # type: ignore[import-untyped]

    begins, ends = today - timedelta(days=1), today + timedelta(days=DAYS_AHEAD)
    try:
        whole = x_wr_timezone.to_standard(icalendar.Calendar.from_ical(text))
        return list(recurring_ical_events.of(whole, skip_bad_series=True).between(begins, ends))
    except Exception:  # the libraries tell what they cannot unfold in many ways of their own
        return []


def _happening(event: Any) -> Happening:
    starts, ends = event["DTSTART"].dt, event["DTEND"].dt if "DTEND" in event else None
    whole_days = not isinstance(starts, datetime)
    last = (ends - timedelta(days=1) if ends is not None and ends > starts else starts) if whole_days else None
    link = str(event.get("URL") or "")
    return Happening(
        id=f"{event.get('UID', '')}/{starts.isoformat()}"[:300],
        title=line(str(event["SUMMARY"]), 200),
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
