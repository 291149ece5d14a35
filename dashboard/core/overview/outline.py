"""Borders and shores for the map: a file of the operator's own (GeoJSON), read strictly and within bounds."""

import math

import msgspec
from msgspec import Struct

MOST_BYTES = 4_000_000
MOST_POINTS = 60_000
MOST_NESTED = 4
LINES = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}
"""How many lists lie round the lists of points, by the kind of geometry."""


class BadOutline(Exception):
    """The file can not be drawn; the sentence says why and what to do."""


class Line(Struct, frozen=True):
    """One line of the outline, (lon, lat) in degrees. `area`: does it enclose something?"""

    points: tuple[tuple[float, float], ...]
    area: bool


def outline(payload: bytes) -> tuple[Line, ...]:
    """The lines of a GeoJSON file. Raises BadOutline with one sentence."""
    if len(payload) > MOST_BYTES:
        raise BadOutline(f"is larger than {MOST_BYTES // 1_000_000} MB; simplify it (fewer points) and save it again")
    try:
        told = msgspec.json.decode(payload)
    except (msgspec.DecodeError, ValueError, RecursionError) as fault:
        raise BadOutline("is not GeoJSON; export it as GeoJSON in WGS 84") from fault
    lines: list[Line] = []
    _gather(told, lines, 0)
    if not lines:
        raise BadOutline("has no lines or areas; export the borders as lines or polygons")
    if sum(len(one.points) for one in lines) > MOST_POINTS:
        raise BadOutline(f"has more than {MOST_POINTS} points; simplify it and save it again")
    return tuple(lines)


def _gather(told: object, lines: list[Line], depth: int) -> None:
    """Features, collections and geometries, as deep as the format allows."""
    if not isinstance(told, dict) or depth > MOST_NESTED:
        raise BadOutline("is not GeoJSON of features with lines or areas; export it as GeoJSON in WGS 84")
    kind = told.get("type")
    for key in {"FeatureCollection": ("features",), "GeometryCollection": ("geometries",)}.get(str(kind), ()):
        members = told.get(key)
        if not isinstance(members, list):
            raise BadOutline(f"has a {kind} without {key}; export it as GeoJSON in WGS 84")
        for one in members:
            _gather(one, lines, depth + 1)
    if kind == "Feature" and told.get("geometry") is not None:
        _gather(told["geometry"], lines, depth + 1)
    if isinstance(kind, str) and kind in LINES:
        _lines(told.get("coordinates"), LINES[kind], "Polygon" in kind, lines)


def _lines(told: object, nested: int, area: bool, lines: list[Line]) -> None:
    if not isinstance(told, list):
        raise BadOutline("has a geometry without coordinates; export it as GeoJSON in WGS 84")
    if nested:
        for one in told:
            _lines(one, nested - 1, area, lines)
        return
    points = tuple(_point(one) for one in told)
    if len(points) > 1:
        lines.append(Line(points, area))


def _point(told: object) -> tuple[float, float]:
    numbers = told[:2] if isinstance(told, list) else ()
    if len(numbers) == 2 and all(isinstance(one, int | float) and math.isfinite(one) for one in numbers):
        lon, lat = numbers
        if -180 <= lon <= 180 and -90 <= lat <= 90:
            return float(lon), float(lat)
    raise BadOutline("has a point that is no longitude and latitude in degrees; export it in WGS 84 (EPSG:4326)")
