"""GeoJSON (RFC 7946, longitude first) becomes a `Shape` (latitude first). All of it, or nothing.

Half a drawing would say "not here" to a place in the missing half; no drawing leaves the coarser codes to say where.
"""

from kiosk.feeds.alert import Point, Shape
from kiosk.feeds.outline import MAX_RAW_POINTS
from kiosk.feeds.reading import Fields, Unreadable, latitude_longitude, short, value

MAX_GEOMETRIES = 200


class Unusable(Exception):
    """The drawing cannot be read whole; one sentence."""


def shape_of(drawing: object) -> Shape | None:
    """A Feature, a FeatureCollection or a geometry as drawn; None for anything that cannot be read whole."""
    try:
        geometries = _geometries(drawing)
        polygons: list[tuple[tuple[Point, ...], ...]] = []
        lines: list[tuple[Point, ...]] = []
        for geometry in geometries:
            _add(geometry, polygons, lines)
    except (Unusable, Unreadable):
        return None
    found = Shape(polygons=tuple(polygons), lines=tuple(lines))
    return found if found != Shape() else None


def _geometries(drawing: object) -> list[Fields]:
    """The single geometries in it; collections are opened layer by layer, not by recursion."""
    found, layer = [], [drawing]
    for _depth in range(4):
        opened: list[object] = []
        for part in layer:
            if not isinstance(part, Fields):
                raise Unusable("a part of the drawing is no object")
            kind = short(part, "type", 40).lower()
            if kind == "feature":
                opened.append(value(part, "geometry"))
            elif kind in ("featurecollection", "geometrycollection"):
                inner = value(part, "features" if kind == "featurecollection" else "geometries")
                opened += inner if isinstance(inner, list) else [None]
            else:
                found.append(part)
        if len(opened) + len(found) > MAX_GEOMETRIES:
            raise Unusable("the drawing has too many parts")
        layer = opened
    if layer:
        raise Unusable("the drawing is nested too deeply")
    return found


def _add(geometry: Fields, polygons: list[tuple[tuple[Point, ...], ...]], lines: list[tuple[Point, ...]]) -> None:
    kind, coordinates = short(geometry, "type", 40).lower(), value(geometry, "coordinates")
    if kind == "polygon":
        polygons.append(_polygon(coordinates))
    elif kind == "multipolygon":
        polygons += [_polygon(part) for part in _list(coordinates)]
    elif kind == "linestring":
        lines.append(_points(coordinates, 2))
    elif kind == "multilinestring":
        lines += [_points(part, 2) for part in _list(coordinates)]
    else:
        raise Unusable("the drawing is of an unknown kind")


def _polygon(rings: object) -> tuple[tuple[Point, ...], ...]:
    found = []
    for ring in _list(rings):
        points = _points(ring, 3)
        found.append(points if points[0] == points[-1] else (*points, points[0]))
    return tuple(found)


def _points(positions: object, least: int) -> tuple[Point, ...]:
    found: list[Point] = []
    if len(_list(positions)) > MAX_RAW_POINTS:
        raise Unusable("the drawing has too many points")
    for position in _list(positions):
        if not isinstance(position, list) or len(position) < 2:
            raise Unusable("a point has no longitude and latitude")
        point = latitude_longitude(position[1], position[0])
        if point is None:
            raise Unusable("a point lies nowhere on earth")
        if not found or found[-1] != point:
            found.append(point)
    if len(set(found)) < least:
        raise Unusable("an outline has too few points")
    return tuple(found)


def _list(given: object) -> list[object]:
    if not isinstance(given, list) or not given:
        raise Unusable("a list of points is missing")
    return given
