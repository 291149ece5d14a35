"""A GTFS file (zip) read table by table, without unpacking it: the national one has ten million rows."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from contract.content import MAX_DOCUMENT
from contract.everyday import TimetableDocument
from contract.messages import encode
from kiosk.core.day import gtfs
from kiosk.core.day.gtfs import BadTimetable, Row, Wanted

NEEDED = ("stops.txt", "stop_times.txt", "trips.txt", "routes.txt")


def cut(path: Path, asked: list[str], *, first: date, days: int) -> bytes:
    """The document `timetable` of these stops as JSON; raises BadTimetable with one sentence."""
    try:
        with zipfile.ZipFile(path) as archive:
            missing = [name for name in NEEDED if name not in archive.namelist()]
            if missing:
                raise BadTimetable(f"{path.name}: has no {missing[0]}; is it a GTFS file?")
            found = _document(archive, asked, first, days)
    except (OSError, zipfile.BadZipFile) as fault:
        raise BadTimetable(f"{path}: cannot be read as a zip file: {fault}") from fault
    except (KeyError, ValueError, UnicodeDecodeError, csv.Error) as fault:
        raise BadTimetable(f"{path.name}: a table is not as GTFS has it: {fault}") from fault
    data = encode(found)
    if len(data) > MAX_DOCUMENT:
        raise BadTimetable(
            f"{len(data)} bytes, at most {MAX_DOCUMENT} travel; ask for fewer stops, or --days below {days}"
        )
    if not any(stop.calls for stop in found.stops):
        raise BadTimetable(
            f"nothing leaves from these stops within {days} days from {first}; check --from and the stops"
        )
    return data


def _document(archive: zipfile.ZipFile, asked: list[str], first: date, days: int) -> TimetableDocument:
    stops = gtfs.wanted(_rows(archive, "stops.txt"), _rows(archive, "stop_areas.txt"), asked)
    runs = gtfs.days_of(_rows(archive, "calendar.txt"), _rows(archive, "calendar_dates.txt"), first, days)
    at = _at_stops(archive, stops)
    needed = {row["trip_id"] for rows in at.values() for row in rows}
    trips = {row["trip_id"]: row for row in _rows(archive, "trips.txt") if row["trip_id"] in needed}
    routes = {row["route_id"]: row for row in _rows(archive, "routes.txt")}
    ends = _ends(archive, set(trips))
    made = [(one, gtfs.calls(at[one.area], trips, routes, runs, ends)) for one in stops]
    rules = list(_rows(archive, "booking_rules.txt"))
    info = next(iter(_rows(archive, "feed_info.txt")), {})
    source = (info.get("feed_publisher_name") or "GTFS")[:80]
    return gtfs.document(made, rules, first=first, days=days, made=first, source=source)


def _at_stops(archive: zipfile.ZipFile, stops: tuple[Wanted, ...]) -> dict[str, list[Row]]:
    """Rows of stop_times by area."""
    of = {stop_id: one.area for one in stops for stop_id in one.ids}
    found: dict[str, list[Row]] = {one.area: [] for one in stops}
    for row in _rows(archive, "stop_times.txt"):
        area = of.get(row["stop_id"])
        if area is not None:
            found[area].append(row)
    return found


def _ends(archive: zipfile.ZipFile, trips: set[str]) -> dict[str, tuple[int, str]]:
    """By trip: its last stop's sequence and name."""
    last: dict[str, tuple[int, str]] = {}
    for row in _rows(archive, "stop_times.txt"):
        if row["trip_id"] in trips:
            here = int(row["stop_sequence"]), row["stop_id"]
            last[row["trip_id"]] = max(last.get(row["trip_id"], here), here)
    names = {row["stop_id"]: row.get("stop_name", "") for row in _rows(archive, "stops.txt")}
    return {trip: (number, names.get(stop, "")) for trip, (number, stop) in last.items()}


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[Row]:
    """One table; a table that may be missing has no rows."""
    if name not in archive.namelist():
        return
    with archive.open(name) as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as text:
        for row in csv.DictReader(text):
            yield {key: (value or "").strip() for key, value in row.items() if key is not None}
