"""GTFS becomes the document `timetable`: a few stops, a few days, everything else left out (facts: feeds, 5.3).

Rows are dictionaries as csv.DictReader gives them. In the Swedish feeds the true days stand in calendar_dates.txt, and
calendar.txt gives the validity only: its weekdays count for a service that calendar_dates adds no day for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from contract.everyday import Booking, TimetableCall, TimetableDocument, TimetableStop
from kiosk.core.faults import KioskError

Row = Mapping[str, str]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NO_PICKUP = "1"
ON_CALL = "2"
BASIC = {0: "TRAM", 1: "METRO", 2: "TRAIN", 3: "BUS", 4: "BOAT", 11: "BUS", 12: "TRAIN"}
EXTENDED = {1: "TRAIN", 2: "BUS", 4: "METRO", 7: "BUS", 8: "BUS", 9: "TRAM", 10: "BOAT", 12: "BOAT", 15: "TAXI"}
MOST_SECONDS = 72 * 3600


class BadTimetable(KioskError):
    """The tables cannot be cut; one sentence."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stop of the point: its own and its platforms' ids in the tables."""

    area: str
    name: str
    ids: frozenset[str]


def wanted(stops: Iterable[Row], stop_areas: Iterable[Row], asked: Iterable[str]) -> tuple[Wanted, ...]:
    """The stops that were asked for, by stop id, station or area; raises BadTimetable for one that is not there."""
    rows = list(stops)
    areas = {row["stop_id"]: row.get("area_id", "") for row in stop_areas}
    found = []
    for one in asked:
        mine = [row for row in rows if one in (row["stop_id"], row.get("parent_station"), areas.get(row["stop_id"]))]
        if not mine:
            raise BadTimetable(f"stop {one!r} is not in stops.txt; look it up there, or in stop_areas.txt")
        area = areas.get(mine[0]["stop_id"]) or one
        found.append(Wanted(area, mine[0].get("stop_name", one)[:80], frozenset(row["stop_id"] for row in mine)))
    return tuple(found)


def days_of(calendar: Iterable[Row], calendar_dates: Iterable[Row], first: date, days: int) -> dict[str, str]:
    """By service: a digit for each day from `first`, 1 where it runs; services that never run are left out."""
    added: dict[str, set[date]] = {}
    removed: dict[str, set[date]] = {}
    for row in calendar_dates:
        day = _day(row["date"])
        if first <= day < first + timedelta(days=days):
            (added if row["exception_type"] == "1" else removed).setdefault(row["service_id"], set()).add(day)
        elif row["exception_type"] == "1":
            added.setdefault(row["service_id"], set())
    for row in calendar:
        service = row["service_id"]
        if service not in added:
            added[service] = set(_by_weekday(row, first, days))
    span = [first + timedelta(days=number) for number in range(days)]
    found = {
        service: "".join("1" if day in on and day not in removed.get(service, ()) else "0" for day in span)
        for service, on in added.items()
    }
    return {service: digits for service, digits in found.items() if "1" in digits}


def _by_weekday(row: Row, first: date, days: int) -> Iterable[date]:
    begins, ends = _day(row["start_date"]), _day(row["end_date"])
    for number in range(days):
        day = first + timedelta(days=number)
        if begins <= day <= ends and row.get(WEEKDAYS[day.weekday()]) == "1":
            yield day


def calls(
    rows: Iterable[Row], trips: Mapping[str, Row], routes: Mapping[str, Row], runs: Mapping[str, str],
    ends: Mapping[str, tuple[int, str]],
) -> tuple[TimetableCall, ...]:  # fmt: skip
    """What leaves, from rows of stop_times at one stop. `ends`: by trip, its last stop's (sequence, name)."""
    found: dict[TimetableCall, str] = {}
    for row in rows:
        trip = trips.get(row["trip_id"])
        digits = runs.get(trip["service_id"]) if trip is not None else None
        seconds = seconds_of(row.get("departure_time", ""))
        last, end = ends.get(row["trip_id"], (-1, ""))
        if trip is None or digits is None or seconds is None or row.get("pickup_type") == NO_PICKUP:
            continue
        if int(row["stop_sequence"]) == last:
            continue  # nobody gets on where it ends
        route = routes.get(trip["route_id"], {})
        on_call = row.get("pickup_type") == ON_CALL
        call = TimetableCall(
            line=route.get("route_short_name") or route.get("route_long_name", "")[:40],
            to=(row.get("stop_headsign") or trip.get("trip_headsign") or end)[:80],
            mode=mode_of(route.get("route_type", "3")), at=seconds, days="0" * len(digits), on_call=on_call,
            booking=row.get("pickup_booking_rule_id", "") if on_call else "",
        )  # fmt: skip
        found[call] = _either(found.get(call, call.days), digits)
    made = (msgspec.structs.replace(call, days=digits) for call, digits in found.items())
    return tuple(sorted(made, key=lambda one: (one.at, one.line, one.to)))


def _either(one: str, other: str) -> str:
    return "".join("1" if "1" in pair else "0" for pair in zip(one, other, strict=True))


def bookings(rows: Iterable[Row], used: set[str]) -> tuple[Booking, ...]:
    """The rules that some departure needs."""
    return tuple(
        Booking(
            id=row["booking_rule_id"][:80], phone=row.get("phone_number", ""),
            minutes_ahead=_number(row, "prior_notice_duration_min"),
            days_ahead=_number(row, "prior_notice_last_day"), before=row.get("prior_notice_last_time", "")[:5],
            text=(row.get("pickup_message") or row.get("message") or "")[:500],
        )
        for row in rows
        if row["booking_rule_id"] in used
    )  # fmt: skip


def document(
    stops: Iterable[tuple[Wanted, tuple[TimetableCall, ...]]], rules: Iterable[Row], *, first: date, days: int,
    made: date, source: str,
) -> TimetableDocument:  # fmt: skip
    """All of it together."""
    tables = tuple(TimetableStop(area=one.area, name=one.name, calls=found) for one, found in stops)
    used = {call.booking for table in tables for call in table.calls if call.booking}
    return TimetableDocument(
        first=first, last=first + timedelta(days=days - 1), made=made, source=source, stops=tables,
        bookings=bookings(rules, used),
    )  # fmt: skip


def seconds_of(clock: str) -> int | None:
    """ "25:10:00" as seconds of the service day; None for no time, or one beyond three days."""
    parts = clock.strip().split(":")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return None
    hours, minutes, seconds = (int(part) for part in parts)
    found = hours * 3600 + minutes * 60 + seconds
    return found if minutes < 60 and seconds < 60 and found < MOST_SECONDS else None


def mode_of(route_type: str) -> str:
    """Basic or extended type of a route as what people see coming."""
    number = int(route_type) if route_type.strip().isdecimal() else 3
    return BASIC.get(number) or EXTENDED.get(number // 100, "BUS")


def _number(row: Row, name: str) -> int | None:
    text = row.get(name, "")
    return int(text) if text.isdecimal() else None


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
