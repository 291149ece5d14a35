"""The map: where each site stands on the sheet, which stand too close to be told apart, and where their names fit."""

import math
from collections.abc import Iterable

from msgspec import Struct

from dashboard.core.overview.asked import Area
from dashboard.core.overview.outline import Line
from dashboard.core.overview.row import Row

WIDE, HIGH = 480.0, 560.0
MARGIN = 36.0
SYMBOL = 24.0
"""Of one site; smaller can not be hit by a thumb."""
CLOSE = 20.0
"""Symbols that would stand closer are one cluster."""
LETTER, LINE = 7.6, 13.0
"""Of a name, generously: wider letters only lose a name, never cover one."""
LEAST_DEGREES = 0.04
"""A sheet is at least so high, so that one site alone does not fill it with nothing."""
STEP = 0.8
"""Points of the outline that are closer than this on the sheet are one."""


class Pin(Struct, frozen=True, kw_only=True):
    """One symbol. `count` above 1: a cluster, whose area of the map shows what it is made of. `name` "" where it does
    not fit; `says` is always whole. `left`: the name stands to the left.
    """

    x: float
    y: float
    role: str
    count: int
    name: str
    left: bool
    says: str
    site: str
    area: Area | None
    told: str = ""
    """What people say of a site that is not heard itself."""


class Sheet(Struct, frozen=True, kw_only=True):
    """The map of some sites. `areas`, `lines`: paths of the outline; `unplaced`: sites that have no position."""

    pins: tuple[Pin, ...]
    areas: str
    lines: str
    unplaced: tuple[Row, ...]
    scale: tuple[float, int] | None
    """(length on the sheet, kilometres) of the bar."""


class _View(Struct, frozen=True):
    """Degrees to the sheet: north up, kilometres alike in both directions at its middle."""

    west: float
    north: float
    per_lon: float
    per_lat: float

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        """Where it stands."""
        return MARGIN + (lon - self.west) * self.per_lon, MARGIN + (self.north - lat) * self.per_lat


def sheet(rows: Iterable[Row], outline: tuple[Line, ...]) -> Sheet:
    """The map of these rows, worst first: what is worst keeps its name and is painted last."""
    listed = list(rows)
    placed = [one for one in listed if one.lat is not None and one.lon is not None]
    unplaced = tuple(one for one in listed if one.lat is None or one.lon is None)
    if not placed:
        return Sheet(pins=(), areas="", lines="", unplaced=unplaced, scale=None)
    view = _view([(one.lat or 0.0, one.lon or 0.0) for one in placed])
    areas, lines = (_paths(outline, view, area=area) for area in (True, False))
    return Sheet(pins=_pins(placed, view), areas=areas, lines=lines, unplaced=unplaced, scale=_scale(view))


def _view(points: list[tuple[float, float]]) -> _View:
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    south, north, west, east = min(lats), max(lats), min(lons), max(lons)
    shrink = max(0.05, math.cos(math.radians((south + north) / 2)))
    high = max(north - south, LEAST_DEGREES)
    wide = max((east - west) * shrink, LEAST_DEGREES)
    per_lat = min((HIGH - 2 * MARGIN) / high, (WIDE - 2 * MARGIN) / wide)
    # centred: what is left over stands on both sides
    spare_lat = ((HIGH - 2 * MARGIN) / per_lat - (north - south)) / 2
    spare_lon = ((WIDE - 2 * MARGIN) / per_lat / shrink - (east - west)) / 2
    return _View(west - spare_lon, north + spare_lat, per_lat * shrink, per_lat)


def _pins(rows: list[Row], view: _View) -> tuple[Pin, ...]:
    """Clusters by nearness, worst first; then the names that fit."""
    groups: list[tuple[float, float, list[Row]]] = []
    cells: dict[tuple[int, int], list[int]] = {}
    for one in rows:
        x, y = view.at(one.lat or 0.0, one.lon or 0.0)
        found = _near(groups, cells, x, y)
        if found is not None:
            groups[found][2].append(one)
        else:
            cells.setdefault((int(x // CLOSE), int(y // CLOSE)), []).append(len(groups))
            groups.append((x, y, [one]))
    taken = [(x - SYMBOL / 2, y - SYMBOL / 2, x + SYMBOL / 2, y + SYMBOL / 2) for x, y, _ in groups]
    pins = [_pin(x, y, members, taken) for x, y, members in groups]
    return tuple(reversed(pins))


def _near(
    groups: list[tuple[float, float, list[Row]]], cells: dict[tuple[int, int], list[int]], x: float, y: float
) -> int | None:
    column, line = int(x // CLOSE), int(y // CLOSE)
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            for number in cells.get((column + dx, line + dy), ()):
                if math.hypot(groups[number][0] - x, groups[number][1] - y) < CLOSE:
                    return number
    return None


Box = tuple[float, float, float, float]


def _pin(x: float, y: float, members: list[Row], taken: list[Box]) -> Pin:
    worst = members[0]
    label = worst.place if len(members) == 1 else ""
    name, left = _room_for(label, x, y, taken) if label else ("", False)
    return Pin(
        x=round(x, 1), y=round(y, 1), role=worst.role_now, count=len(members), name=name, left=left,
        says=worst.place, site=worst.id, area=_area(members) if len(members) > 1 else None,
        told=worst.told.lines[0].words if worst.told and not worst.in_contact else "",
    )  # fmt: skip


def _room_for(label: str, x: float, y: float, taken: list[Box]) -> tuple[str, bool]:
    short = label if len(label) <= 14 else f"{label[:13].rstrip()}…"
    wide = len(short) * LETTER + 4
    for left in (False, True):
        start = x - SYMBOL / 2 - wide if left else x + SYMBOL / 2
        box = (start, y - LINE / 2, start + wide, y + LINE / 2)
        inside = box[0] >= 0 and box[2] <= WIDE
        if inside and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            return short, left
    return "", False


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _area(members: list[Row]) -> Area:
    lats, lons = [one.lat or 0.0 for one in members], [one.lon or 0.0 for one in members]
    room = 0.0002
    return min(lats) - room, min(lons) - room, max(lats) + room, max(lons) + room


def _paths(outline: tuple[Line, ...], view: _View, *, area: bool) -> str:
    """One path of all lines that touch the sheet, no finer than the eye."""
    drawn = []
    for line in outline:
        if line.area is not area:
            continue
        points = [view.at(lat, lon) for lon, lat in line.points]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if max(xs) < 0 or min(xs) > WIDE or max(ys) < 0 or min(ys) > HIGH:
            continue
        drawn.append(_path(points) + ("Z" if area else ""))
    return "".join(drawn)


def _path(points: list[tuple[float, float]]) -> str:
    kept = [points[0]]
    for point in points[1:]:
        if math.hypot(point[0] - kept[-1][0], point[1] - kept[-1][1]) >= STEP:
            kept.append(point)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept)


def _scale(view: _View) -> tuple[float, int] | None:
    """A bar of a round number of kilometres, at most a third of the sheet."""
    per_km = view.per_lat / 111.2
    for km in (500, 200, 100, 50, 20, 10, 5, 2, 1):
        if km * per_km <= WIDE / 3:
            return round(km * per_km, 1), km
    return None
