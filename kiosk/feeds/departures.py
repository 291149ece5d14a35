"""Trafiklab's realtime departures v1 (facts: feeds, 5.1): one stop's next hour.

Times come without offset. A departure without live position repeats its timetable in the realtime fields: that is no
live time, and `expected_ms` is None. Licence CC BY 4.0: "data från Trafiklab.se" stands beside it.
"""

import re
from typing import Any

import msgspec

from kiosk.feeds.alert import BadAnswer, Reject
from kiosk.feeds.localtime import possible
from kiosk.feeds.plain import line

VERSION = 1
MAX_BYTES = 512 * 1024
MAX_DEPARTURES = 200
MODES = ("BUS", "METRO", "TRAIN", "TRAM", "TAXI", "BOAT")
HALF_WINDOW_MS = 30 * 60_000
"""The answer holds one hour from when it was asked for; its middle tells the two hours of an autumn night apart."""


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """One departure. `expected_ms` None: not live, only the timetable is known. `trip`: unique with its day.

    `again_ms`: in the night when an hour comes twice, the other moment that the time can mean; else None.
    """

    trip: str
    line: str
    to: str
    mode: str
    scheduled_ms: int
    expected_ms: int | None = None
    again_ms: int | None = None
    cancelled: bool = False
    platform: str = ""
    notes: tuple[str, ...] = ()


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """What leaves from one stop within an hour of when it was asked."""

    area: str
    name: str = ""
    departures: tuple[Departure, ...] = ()
    rejects: tuple[Reject, ...] = ()

    def settled(self, asked_ms: int | None) -> tuple[Departure, ...]:
        """Every departure with the moments that are meant by what was asked at `asked_ms`; without it none in doubt."""
        found = []
        for one in self.departures:
            if one.again_ms is None:
                found.append(one)
            elif asked_ms is not None:
                found.append(_meant(one, one.again_ms, asked_ms + HALF_WINDOW_MS))
        return tuple(sorted(found, key=lambda one: one.scheduled_ms))


def _meant(one: Departure, again_ms: int, middle_ms: int) -> Departure:
    """The one of both moments that lies nearer."""
    if abs(one.scheduled_ms - middle_ms) <= abs(again_ms - middle_ms):
        return one
    later = again_ms - one.scheduled_ms
    expected = one.expected_ms
    if expected is not None and expected - one.scheduled_ms < later:
        expected += later
    return msgspec.structs.replace(one, scheduled_ms=again_ms, expected_ms=expected)


def read(body: bytes) -> Board:
    """One answer; raises BadAnswer."""
    if len(body) > MAX_BYTES:
        raise BadAnswer(f"departures: {len(body)} bytes, at most {MAX_BYTES} are read")
    try:
        tree = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BadAnswer(f"departures: is not JSON: {fault}") from fault
    rows = tree.get("departures") if isinstance(tree, dict) else None
    if not isinstance(rows, list):
        raise BadAnswer("departures: has no list `departures`")
    found, rejects = [], []
    for number, row in enumerate(rows[:MAX_DEPARTURES]):
        try:
            found.append(_departure(row))
        except (ValueError, TypeError, AttributeError, OverflowError) as fault:
            rejects.append(Reject(f"departure {number}", str(fault)[:200]))
    found.sort(key=lambda one: (one.scheduled_ms, one.line))
    return Board(area=_area(tree), name=_stop_name(tree), departures=tuple(found), rejects=tuple(rejects))


def _departure(row: dict[str, Any]) -> Departure:
    route, trip = row.get("route") or {}, row.get("trip") or {}
    moments = possible(_text(row.get("scheduled"), "scheduled"))
    if not moments:
        raise ValueError("scheduled: a time that never comes")
    scheduled = moments[0]
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
        expected_ms=_nearest(_text(row["realtime"], "realtime"), scheduled) if live else None,
        again_ms=moments[1] if len(moments) > 1 else None,
        cancelled=str(row.get("canceled", "")).strip().lower() == "true",
        platform=_platform(row.get("realtime_platform")) or _platform(row.get("scheduled_platform")),
        notes=tuple(_short(str(one.get("title") or one.get("text") or "")) for one in (row.get("alerts") or [])[:3]),
    )


def _nearest(text: str, to_ms: int) -> int | None:
    return min(possible(text), key=lambda one: abs(one - to_ms), default=None)


def _platform(found: Any) -> str:
    """Documented with `name`, sent with `designation`."""
    return _short(str(found.get("designation") or found.get("name") or "")) if isinstance(found, dict) else ""


def _text(found: Any, name: str) -> str:
    if not isinstance(found, str) or not found.strip():
        raise ValueError(f"{name}: is missing or no text")
    return found.strip()


def _short(text: str) -> str:
    return line(str(text), 120)


def _area(tree: dict[str, Any]) -> str:
    """The stop that was asked for: as the answer repeats it, else the first that it names."""
    query, stops = tree.get("query"), tree.get("stops")
    asked = query.get("query") if isinstance(query, dict) else None
    first = stops[0].get("id") if isinstance(stops, list) and stops and isinstance(stops[0], dict) else None
    return next((str(one) for one in (asked, first) if re.fullmatch(r"\d{9}", str(one or ""))), "")


def _stop_name(tree: dict[str, Any]) -> str:
    stops = tree.get("stops")
    first = stops[0] if isinstance(stops, list) and stops else None
    return _short(str(first.get("name") or "")) if isinstance(first, dict) else ""
