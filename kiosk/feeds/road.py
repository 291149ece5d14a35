"""Trafikverket's open API v2, object type Situation (facts: feeds, 6): what hinders the traffic on the roads.

Fields without a value are left out of the answer; an error comes with the same shape and HTTP 200.
"""

import re
from datetime import datetime
from typing import Any
from xml.sax.saxutils import quoteattr

import msgspec

from kiosk.feeds.alert import BadAnswer, Point, Reject
from kiosk.feeds.localtime import moments
from kiosk.feeds.plain import clean, line

MAX_BYTES = 2 * 1024 * 1024
MAX_DEVIATIONS = 500
VERSION = 2
WHOLE_COUNTRY = 0
OLD_STOCKHOLM = 2
_POINT = re.compile(r"POINT\s*\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)")


class Disruption(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on a road. `severity`: 1 none, 2 small, 4 large, 5 very large impact; 0 not told. `ends_ms` None: open.

    `counties`: Trafikverket's numbers; 0 the whole country. `point`: latitude first.
    """

    id: str
    kind: str
    header: str
    text: str = ""
    road: str = ""
    where: str = ""
    severity: int = 0
    counties: tuple[int, ...] = ()
    starts_ms: int | None = None
    ends_ms: int | None = None
    changed_ms: int | None = None
    point: Point | None = None
    link: str = ""


class Roads(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the answer holds, gravest first."""

    disruptions: tuple[Disruption, ...] = ()
    rejects: tuple[Reject, ...] = ()


def question(key: str, counties: tuple[str, ...]) -> bytes:
    """The XML of the question for these counties (SCB codes as text, "23"), and for what holds everywhere."""
    wanted = "".join(f'<EQ name="Deviation.CountyNo" value="{int(county)}"/>' for county in (*counties, "0"))
    return (
        f"<REQUEST><LOGIN authenticationkey={quoteattr(key)}/>"
        '<QUERY objecttype="Situation" schemaversion="1.6" namespace="Road.TrafficInfo" limit="500">'
        f"<FILTER><OR>{wanted}</OR></FILTER></QUERY></REQUEST>"
    ).encode()


def read(body: bytes) -> Roads:
    """One answer; raises BadAnswer, also for an error that the server tells."""
    if len(body) > MAX_BYTES:
        raise BadAnswer(f"road: {len(body)} bytes, at most {MAX_BYTES} are read")
    try:
        tree = msgspec.json.decode(body)
        result = tree["RESPONSE"]["RESULT"][0]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, TypeError, IndexError) as fault:
        raise BadAnswer("road: is not an answer with RESPONSE and RESULT") from fault
    if not isinstance(result, dict) or "ERROR" in result:
        error = result.get("ERROR") if isinstance(result, dict) else None
        said = error.get("MESSAGE", "") if isinstance(error, dict) else ""
        raise BadAnswer(f"road: the server says: {str(said)[:200] or 'an error without words'}")
    found: dict[str, Disruption] = {}
    rejects = []
    for number, row in enumerate(_deviations(result)):
        try:
            one = _disruption(row)
        except (ValueError, TypeError, AttributeError, OverflowError) as fault:
            rejects.append(Reject(f"deviation {number}", str(fault)[:200]))
            continue
        held = found.get(one.id)
        if held is None or (held.changed_ms or 0) <= (one.changed_ms or 0):
            found[one.id] = one
    ordered = sorted(found.values(), key=lambda one: (-one.severity, -(one.changed_ms or 0), one.id))
    return Roads(disruptions=tuple(ordered), rejects=tuple(rejects))


def _deviations(result: dict[str, Any]) -> list[Any]:
    """Every deviation that is in force; of a deleted situation none."""
    rows: list[Any] = []
    situations = result.get("Situation") or []
    for situation in situations if isinstance(situations, list) else []:
        if isinstance(situation, dict) and not situation.get("Deleted"):
            rows += [row for row in situation.get("Deviation") or [] if not _suspended(row)]
    return rows[:MAX_DEVIATIONS]


def _suspended(row: Any) -> bool:
    return isinstance(row, dict) and row.get("Suspended") is True


def _disruption(row: dict[str, Any]) -> Disruption:
    header = _line(row.get("Header")) or _line(row.get("MessageCode")) or _line(row.get("MessageType"))
    if not header or not _line(row.get("Id")):
        raise ValueError("has no id, or nothing that says what it is")
    open_end = row.get("ValidUntilFurtherNotice") is True
    counties = row.get("CountyNo") or []
    return Disruption(
        id=_line(row["Id"]),
        kind=_line(row.get("MessageType")),
        header=header,
        text=clean(str(row.get("Message") or ""), 2000),
        road=_line(row.get("RoadNumber")) or _line(row.get("RoadName")),
        where=_line(row.get("LocationDescriptor")) or _line(row.get("PositionalDescription")),
        severity=_severity(row.get("SeverityCode")),
        counties=tuple(1 if int(one) == OLD_STOCKHOLM else int(one) for one in counties),
        starts_ms=_ms(row.get("StartTime")),
        ends_ms=None if open_end else _ms(row.get("EndTime")),
        changed_ms=_ms(row.get("VersionTime")) or _ms(row.get("CreationTime")),
        point=_point(row.get("Geometry")),
        link=link if (link := str(row.get("WebLink") or "")).startswith("https://") else "",
    )


def _severity(found: Any) -> int:
    """A code that nobody knows is not told: it must not stand above a closed road."""
    code = int(found or 0)
    return code if 0 <= code <= 5 else 0


def _point(geometry: Any) -> Point | None:
    """WKT has the longitude first."""
    if not isinstance(geometry, dict):
        return None
    inner = geometry.get("Point")
    text = inner.get("WGS84") if isinstance(inner, dict) else geometry.get("WGS84")
    match = _POINT.match(text) if isinstance(text, str) else None
    if match is None:
        return None
    point = float(match[2]), float(match[1])
    return point if abs(point[0]) <= 90 and abs(point[1]) <= 180 else None  # a place on no map is no place


def _ms(text: Any) -> int | None:
    if not text:
        return None
    found = moments(datetime.fromisoformat(str(text)))
    return found[0] if found else None


def _line(found: Any) -> str:
    return line(found, 200) if isinstance(found, str) else ""
