"""The map: where each site stands on the sheet, which stand too close to be told apart, and where their names fit."""

import math
from collections.abc import Iterable

from msgspec import Struct

from dashboard.core.overview.asked import Area
from dashboard.core.overview.outline import Line
from dashboard.core.overview.row import Row
from dashboard.core.overview.tiles import Tile, TileSet, under, up

WIDE, HIGH = 480.0, 560.0
MARGIN = 36.0
SYMBOL = 24.0
"""Of one site; smaller can not be hit by a thumb."""
CLOSE = 20.0
"""Symbols that would stand closer are one cluster."""
LETTER, LINE = 9.0, 13.0
"""Of a name, generously: wider letters only lose a name, never cover one."""
KM_A_DEGREE = 111.2
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
    frame: str = ""
    """Words that must stand at it: it is only an exercise, a test, simulated."""


class Sheet(Struct, frozen=True, kw_only=True):
    """The map of some sites. `areas`, `lines`: paths of the outline; `unplaced`: sites that have no position.

    `tiles`: the ground of pictures, and `source` whose map they are; none without a file of them.
    """

    pins: tuple[Pin, ...]
    areas: str
    lines: str
    unplaced: tuple[Row, ...]
    scale: tuple[float, int] | None
    """(length on the sheet, kilometres) of the bar."""
    tiles: tuple[Tile, ...] = ()
    source: str = ""


class _View(Struct, frozen=True):
    """Degrees to the sheet, north up. Over tiles in their own projection (Web Mercator), in which `north` is counted;
    else kilometres alike in both directions at its middle. `middle`: its latitude.
    """

    west: float
    north: float
    per_lon: float
    per_north: float
    middle: float
    mercator: bool

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        """Where it stands."""
        north = up(lat) if self.mercator else lat
        return MARGIN + (lon - self.west) * self.per_lon, MARGIN + (self.north - north) * self.per_north

    @property
    def corner(self) -> tuple[float, float]:
        """The upper left of the sheet, in degrees of longitude and to the north."""
        return self.west - MARGIN / self.per_lon, self.north + MARGIN / self.per_north

    @property
    def per_km(self) -> float:
        """How long a kilometre is in its middle."""
        return self.per_lon / (_shrink(self.middle) * KM_A_DEGREE)


def _shrink(lat: float) -> float:
    """How much shorter a degree of longitude is than one of latitude."""
    return max(0.05, math.cos(math.radians(lat)))


def sheet(rows: Iterable[Row], outline: tuple[Line, ...], ground: TileSet | None = None) -> Sheet:
    """The map of these rows, worst first: what is worst keeps its name and is painted last."""
    listed = list(rows)
    placed = [one for one in listed if one.lat is not None and one.lon is not None]
    unplaced = tuple(one for one in listed if one.lat is None or one.lon is None)
    if not placed:
        return Sheet(pins=(), areas="", lines="", unplaced=unplaced, scale=None)
    view = _view([(one.lat or 0.0, one.lon or 0.0) for one in placed], mercator=ground is not None)
    areas, lines = (_paths(outline, view, area=area) for area in (True, False))
    tiles = under(ground, view.corner, view.per_lon, (WIDE, HIGH)) if ground else ()
    return Sheet(
        pins=_pins(placed, view), areas=areas, lines=lines, unplaced=unplaced, scale=_scale(view), tiles=tiles,
        source=ground.source if ground and tiles else "",
    )  # fmt: skip


def _view(points: list[tuple[float, float]], *, mercator: bool) -> _View:
    lats, lons = [lat for lat, _ in points], [lon for _, lon in points]
    middle, west, east = (min(lats) + max(lats)) / 2, min(lons), max(lons)
    south, north = (up(min(lats)), up(max(lats))) if mercator else (min(lats), max(lats))
    # a step to the north is as wide as this part of one to the east
    shrink, least = (1.0, LEAST_DEGREES / _shrink(middle)) if mercator else (_shrink(middle), LEAST_DEGREES)
    high = max(north - south, least)
    wide = max((east - west) * shrink, least)
    per_north = min((HIGH - 2 * MARGIN) / high, (WIDE - 2 * MARGIN) / wide)
    # centred: what is left over stands on both sides
    spare_north = ((HIGH - 2 * MARGIN) / per_north - (north - south)) / 2
    spare_lon = ((WIDE - 2 * MARGIN) / per_north / shrink - (east - west)) / 2
    return _View(west - spare_lon, north + spare_north, per_north * shrink, per_north, middle, mercator)


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
    # what is real counts before an exercise that is worse
    worst = next((one for one in members if not one.frames), members[0])
    frame = " ".join(worst.frames)
    # the first word of each: what it means is said in full by the symbol
    short = " ".join(words.split()[0] for words in worst.frames)
    label = f"{short} {worst.place}".lstrip() if len(members) == 1 else ""
    name, left = _room_for(label, x, y, taken) if label else ("", False)
    return Pin(
        x=round(x, 1), y=round(y, 1), role=worst.role_now, count=len(members), name=name, left=left,
        says=worst.place, site=worst.id, area=_area(members) if len(members) > 1 else None,
        told=worst.told.lines[0].words if worst.told and not worst.in_contact else "", frame=frame,
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
    for km in (500, 200, 100, 50, 20, 10, 5, 2, 1):
        if km * view.per_km <= WIDE / 3:
            return round(km * view.per_km, 1), km
    return None
