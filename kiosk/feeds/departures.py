"""Trafiklab's realtime departures v1 (facts: feeds, 5.1): one stop's next hour.

Times come without offset. A departure without live position repeats its timetable in the realtime fields: that is no
live time, and `expected_ms` is None. Licence CC BY 4.0: "data från Trafiklab.se" stands beside it.
"""

from typing import Any

import msgspec

from kiosk.feeds.alert import BadAnswer, Reject
from kiosk.feeds.localtime import nearest
from kiosk.feeds.plain import line

MAX_BYTES = 512 * 1024
MAX_DEPARTURES = 200
MODES = ("BUS", "METRO", "TRAIN", "TRAM", "TAXI", "BOAT")
HALF_WINDOW_MS = 30 * 60_000
"""The answer holds one hour from when it was asked for; its middle tells the two hours of an autumn night apart."""


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """One departure. `expected_ms` None: not live, only the timetable is known. `trip`: unique with its day."""

    trip: str
    line: str
    to: str
    mode: str
    scheduled_ms: int
    expected_ms: int | None = None
    cancelled: bool = False
    platform: str = ""
    notes: tuple[str, ...] = ()


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """What leaves from one stop within an hour of when it was asked."""

    area: str
    name: str = ""
    departures: tuple[Departure, ...] = ()
    rejects: tuple[Reject, ...] = ()


def read(body: bytes, area: str, asked_ms: int | None) -> Board:
    """One answer; raises BadAnswer. `asked_ms`: wall time of the question, to tell a doubled hour apart."""
    if len(body) > MAX_BYTES:
        raise BadAnswer(f"departures: {len(body)} bytes, at most {MAX_BYTES} are read")
    try:
        tree = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BadAnswer(f"departures: is not JSON: {fault}") from fault
    rows = tree.get("departures") if isinstance(tree, dict) else None
    if not isinstance(rows, list):
        raise BadAnswer("departures: has no list `departures`")
    middle = None if asked_ms is None else asked_ms + HALF_WINDOW_MS
    found, rejects = [], []
    for number, row in enumerate(rows[:MAX_DEPARTURES]):
        try:
            found.append(_departure(row, middle))
        except (ValueError, TypeError, AttributeError, OverflowError) as fault:
            rejects.append(Reject(f"departure {number}", str(fault)[:200]))
    found.sort(key=lambda one: (one.scheduled_ms, one.line))
    return Board(area=area, name=_stop_name(tree), departures=tuple(found), rejects=tuple(rejects))


def _departure(row: dict[str, Any], middle_ms: int | None) -> Departure:
    route, trip = row.get("route") or {}, row.get("trip") or {}
    scheduled = nearest(_text(row["scheduled"], "scheduled"), middle_ms) if row.get("scheduled") else None
    if scheduled is None:
        raise ValueError("scheduled: no time, or one in the hour that comes twice")
    live = row.get("is_realtime") is True and row.get("realtime")
    mode = _text(route.get("transport_mode"), "transport_mode").upper()
    if mode not in MODES:
        raise ValueError(f"transport_mode: {mode[:20]!r} is not known")
    to = route.get("direction") or (route.get("destination") or {}).get("name")
    return Departure(
        trip=f"{trip.get('trip_id', '')}/{trip.get('start_date', '')}",
        line=_short(route.get("designation") or route.get("name") or ""),
        to=_short(_text(to, "direction")),
        mode=mode,
        scheduled_ms=scheduled,
        expected_ms=nearest(_text(row["realtime"], "realtime"), scheduled) if live else None,
        cancelled=str(row.get("canceled", "")).strip().lower() == "true",
        platform=_platform(row.get("realtime_platform")) or _platform(row.get("scheduled_platform")),
        notes=tuple(_short(str(one.get("title") or one.get("text") or "")) for one in (row.get("alerts") or [])[:3]),
    )


def _platform(found: Any) -> str:
    """Documented with `name`, sent with `designation`."""
    return _short(str(found.get("designation") or found.get("name") or "")) if isinstance(found, dict) else ""


def _text(found: Any, name: str) -> str:
    if not isinstance(found, str) or not found.strip():
        raise ValueError(f"{name}: is missing or no text")
    return found.strip()


def _short(text: str) -> str:
    return line(str(text), 120)


def _stop_name(tree: dict[str, Any]) -> str:
    stops = tree.get("stops")
    first = stops[0] if isinstance(stops, list) and stops else None
    return _short(str(first.get("name") or "")) if isinstance(first, dict) else ""
