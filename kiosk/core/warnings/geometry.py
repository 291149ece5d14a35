"""Is a point inside what is drawn on a map? Degrees, WGS 84, latitude first; on an edge counts as inside."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from math import asin, cos, hypot, radians, sin, sqrt

from kiosk.feeds.alert import Point, Shape

EARTH_KM = 6371.0088
DEGREE_KM = EARTH_KM * radians(1)
LINE_KM = 10.0
"""Whoever stands so near to a coast or a river that is warned of is concerned."""
_HAIR = 1e-12
"""Degrees: nearer to an edge than this is on it."""

Ring = tuple[Point, ...]


@lru_cache(maxsize=128)
def covers(shape: Shape, point: Point) -> bool:
    """Does any part of the shape reach the point, or come so near that nobody knows?"""
    return (
        any(in_polygon(polygon, point) for polygon in shape.polygons)
        or (shape.blur_km > 0 and _near_edge(shape, point))
        or any(distance_km(centre, point) <= radius for centre, radius in shape.circles)
        or any(line_distance_km(line, point) <= LINE_KM for line in shape.lines)
    )


def drawn(shape: Shape) -> bool:
    """Is there anything in it that a point can be compared with?"""
    rings = any(polygon and len(polygon[0]) >= 3 for polygon in shape.polygons)
    return rings or bool(shape.circles) or any(shape.lines)


def in_polygon(polygon: tuple[Ring, ...], point: Point) -> bool:
    """Inside the first ring and in none of its holes; on any edge is inside."""
    if not polygon:
        return False
    outer, *holes = polygon
    if not _in_ring(outer, point):
        return False
    return all(not _in_ring(hole, point) or _on_ring(hole, point) for hole in holes)


def _near_edge(shape: Shape, point: Point) -> bool:
    rings = (ring for polygon in shape.polygons for ring in polygon)
    return any(line_distance_km((*ring, *ring[:1]), point) <= shape.blur_km for ring in rings)


def _in_ring(ring: Ring, point: Point) -> bool:
    """Even-odd rule on the plane of degrees; a ring may repeat its first point at the end or not."""
    if len(ring) < 3:
        return False
    if _on_ring(ring, point):
        return True
    y, x = point
    inside = False
    for (y1, x1), (y2, x2) in _edges(ring):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside


def _on_ring(ring: Ring, point: Point) -> bool:
    y, x = point
    for (y1, x1), (y2, x2) in _edges(ring):
        if not (min(x1, x2) - _HAIR <= x <= max(x1, x2) + _HAIR and min(y1, y2) - _HAIR <= y <= max(y1, y2) + _HAIR):
            continue
        if abs((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) <= _HAIR:
            return True
    return False


def _edges(ring: Ring) -> Iterator[tuple[Point, Point]]:
    return zip(ring, (*ring[1:], ring[0]), strict=True)


def distance_km(one: Point, other: Point) -> float:
    """Along the surface of the earth (haversine on a sphere, within half a percent)."""
    north1, north2 = radians(one[0]), radians(other[0])
    across = sin((north2 - north1) / 2) ** 2
    along = cos(north1) * cos(north2) * sin(radians(other[1] - one[1]) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, across + along)))


def line_distance_km(line: Ring, point: Point) -> float:
    """To the nearest place on the line; on the plane round the point, good for tens of km. Infinite for no line."""
    flat = [_flat(one, point) for one in line]
    if len(flat) == 1:
        return hypot(*flat[0])
    return min((_to_segment(one, other) for one, other in pairwise(flat)), default=float("inf"))


def _flat(one: Point, centre: Point) -> tuple[float, float]:
    """Kilometres east and north of the centre."""
    east = (one[1] - centre[1] + 180) % 360 - 180
    return east * cos(radians(centre[0])) * DEGREE_KM, (one[0] - centre[0]) * DEGREE_KM


def _to_segment(one: tuple[float, float], other: tuple[float, float]) -> float:
    """From the origin to the segment between two places."""
    (x1, y1), (x2, y2) = one, other
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = 0.0 if length == 0 else max(0.0, min(1.0, -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length))
    return hypot(x1 + along * (x2 - x1), y1 + along * (y2 - y1))
