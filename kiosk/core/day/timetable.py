"""The stored timetable at a moment: what leaves next, and until when what must be booked can still be booked."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from contract.everyday import Booking, TimetableCall, TimetableDocument, TimetableStop
from kiosk.core.age import PLACE

SERVICE_DAYS_BACK = 2
"""A service day lasts up to 72 hours after its midnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """One departure of the table."""

    stop: TimetableStop
    call: TimetableCall
    at_ms: int
    service_day: date
    booking: Booking | None


def leaving(table: TimetableDocument, from_ms: int, to_ms: int) -> tuple[Leaving, ...]:
    """Everything that leaves between two moments, in order."""
    bookings = {one.id: one for one in table.bookings}
    first = _day(from_ms) - timedelta(days=SERVICE_DAYS_BACK)
    found = []
    for stop in table.stops:
        for call in stop.calls:
            for number in range((_day(to_ms) - first).days + 1):
                day = first + timedelta(days=number)
                at_ms = moment_ms(day, call.at)
                if runs(table, call, day) and from_ms <= at_ms < to_ms:
                    found.append(
                        Leaving(stop=stop, call=call, at_ms=at_ms, service_day=day, booking=bookings.get(call.booking))
                    )
    return tuple(sorted(found, key=lambda one: (one.at_ms, one.call.line, one.call.to)))


def runs(table: TimetableDocument, call: TimetableCall, day: date) -> bool:
    """Does it run on this service day?"""
    place = (day - table.first).days
    return 0 <= place < len(call.days) and day <= table.last and call.days[place] == "1"


def moment_ms(day: date, seconds: int) -> int:
    """Seconds of a service day as a moment: counted from noon minus twelve hours, which daylight saving cannot move."""
    noon = datetime.combine(day, time(12), PLACE).astimezone(UTC)
    return int((noon - timedelta(hours=12) + timedelta(seconds=seconds)).timestamp() * 1000)


def book_before_ms(one: Leaving) -> int | None:
    """The last moment at which this departure can be booked; None: not told."""
    booking = one.booking
    if booking is None:
        return None
    if booking.days_ahead is not None:
        hour, _, minute = (booking.before or "00:00").partition(":")
        if not (hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
            return None
        day = one.service_day - timedelta(days=booking.days_ahead)
        return int(datetime.combine(day, time(int(hour), int(minute)), PLACE).timestamp() * 1000)
    return None if booking.minutes_ahead is None else one.at_ms - booking.minutes_ahead * 60_000


def _day(wall_ms: int) -> date:
    return datetime.fromtimestamp(wall_ms / 1000, PLACE).date()
