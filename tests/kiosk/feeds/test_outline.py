"""Drawn areas with few points: the answer "inside?" stays the same but near the edge."""

import math
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.feeds.alert import Point, Shape
from kiosk.feeds.outline import COARSE_M, DEGREE_M, MAX_POINTS, MAX_RAW_POINTS, TOLERANCE_M, simplified

Ring = tuple[Point, ...]


def _points(shape: Shape) -> int:
    return sum(len(ring) for polygon in shape.polygons for ring in polygon) + sum(map(len, shape.lines))


def _inside(polygons: tuple[tuple[Ring, ...], ...], point: Point) -> bool:
    """Even-odd over all rings of each polygon."""
    return any(sum(_crossings(ring, point) for ring in polygon) % 2 == 1 for polygon in polygons)


def _crossings(ring: Ring, point: Point) -> int:
    y, x = point
    return sum(
        (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1) for (y1, x1), (y2, x2) in pairwise(ring)
    )


def _metres_to_edge(polygons: tuple[tuple[Ring, ...], ...], point: Point, across: float) -> float:
    """From the point to the nearest edge, flat, with `across` metres to a degree of longitude."""
    nearest = math.inf
    px, py = point[1] * across, point[0] * DEGREE_M
    for ring in (ring for polygon in polygons for ring in polygon):
        for (lat1, lon1), (lat2, lon2) in pairwise(ring):
            x1, y1, x2, y2 = lon1 * across, lat1 * DEGREE_M, lon2 * across, lat2 * DEGREE_M
            length = (x2 - x1) ** 2 + (y2 - y1) ** 2
            share = max(0.0, min(1.0, ((px - x1) * (x2 - x1) + (py - y1) * (y2 - y1)) / length)) if length else 0.0
            nearest = min(nearest, math.hypot(px - x1 - share * (x2 - x1), py - y1 - share * (y2 - y1)))
    return nearest


def _coast(points: int, rough: float, seed: int) -> Ring:
    """A closed ring like a coast: round, with bays of all sizes."""
    chance = random.Random(seed)
    waves = [(chance.uniform(-1, 1) / step, step, chance.uniform(0, 6)) for step in range(1, 60)]
    ring = []
    for at in range(points):
        turn = 2 * math.pi * at / points
        reach = 1 + rough * sum(size * math.sin(step * turn + start) for size, step, start in waves)
        ring.append((round(63 + 0.4 * reach * math.sin(turn), 5), round(14 + 0.9 * reach * math.cos(turn), 5)))
    return (*ring, ring[0])


def _check(polygons: tuple[tuple[Ring, ...], ...], thin: Shape, tolerance: float, seed: int) -> int:
    """Compare the answers at random places; how many of them were far enough from the edge to be compared."""
    chance, compared = random.Random(seed), 0
    latitudes = [lat for polygon in polygons for ring in polygon for lat, _ in ring]
    longitudes = [lon for polygon in polygons for ring in polygon for _, lon in ring]
    across = DEGREE_M * math.cos(math.radians(min(map(abs, latitudes))))
    for _ in range(60):
        point = chance.uniform(min(latitudes), max(latitudes)), chance.uniform(min(longitudes), max(longitudes))
        if _metres_to_edge(polygons, point, across) > tolerance:
            compared += 1
            assert _inside(polygons, point) == _inside(thin.polygons, point), point
    return compared


@pytest.mark.parametrize(("points", "rough"), [(300, 0.1), (3000, 0.1), (3000, 0.3), (20_000, 0.2)])
def test_coast_keeps_its_inside(points: int, rough: float) -> None:
    """A detailed coast with a lake becomes at most 400 points and answers the same half a kilometre from its edge."""
    outer, lake = _coast(points, rough, 1), _coast(points // 2, rough, 2)
    lake = tuple((round(63 + (lat - 63) / 3, 5), round(14 + (lon - 14) / 3, 5)) for lat, lon in lake)
    polygons = ((outer, lake),)

    thin = simplified(Shape(polygons=polygons))
    assert thin is not None
    assert _points(thin) <= MAX_POINTS
    assert 2 == len(thin.polygons[0])
    assert all(ring[0] == ring[-1] for ring in thin.polygons[0])
    assert 20 < _check(polygons, thin, 500.0, points)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.floats(62, 64), st.floats(13, 17)), min_size=3, max_size=900),
)
def test_any_ring_keeps_its_inside(seed: int, corners: list[Point]) -> None:
    """However the ring runs, also across itself: what is kept differs only within the stated tolerance."""
    ring = (*corners, corners[0])
    thin = simplified(Shape(polygons=((ring,),)))
    if thin is None:  # refused, or too small to be seen: then nothing is claimed
        return
    assert _points(thin) <= MAX_POINTS
    _check(((ring,),), thin, TOLERANCE_M, seed)


def test_simple_drawing_is_not_touched() -> None:
    """Few points, holes, lines and circles come out as they went in."""
    square = ((63.0, 13.0), (63.0, 14.0), (63.5, 14.0), (63.5, 13.0), (63.0, 13.0))
    hole = ((63.2, 13.4), (63.2, 13.6), (63.3, 13.6), (63.3, 13.4), (63.2, 13.4))
    shape = Shape(((square, hole),), (((63.0, 17.0), (63.2, 17.5)),), (((63.0, 14.0), 2.5),))

    assert shape == simplified(shape)


def test_triangle_is_an_area() -> None:
    """Three corners are enough."""
    shape = Shape(polygons=((((63.0, 13.0), (63.0, 14.0), (63.5, 14.0), (63.0, 13.0)),),))

    assert shape == simplified(shape)


def test_turning_back_on_the_same_line_is_seen() -> None:
    """A line that runs past its own end and comes back is as long as it is, though nothing lies beside it."""
    shape = Shape(lines=(((63.0, 14.0), (63.0, 16.0), (63.0, 14.6), (63.0, 15.0)),))

    assert shape == simplified(shape)


def test_straight_points_are_left_out() -> None:
    """Points on a straight line say nothing."""
    side = [(63.0, 13 + at / 1000) for at in range(1001)]
    ring = (*side, (63.5, 14.0), (63.5, 13.0), (63.0, 13.0))

    assert ((((63.0, 13.0), (63.0, 14.0), (63.5, 14.0), (63.5, 13.0), (63.0, 13.0)),),) == getattr(
        simplified(Shape(polygons=((ring,),))), "polygons", None
    )


def test_skerries_make_room_for_the_land() -> None:
    """A thousand small islands beside a large one: the large one stays, the small ones lie within the tolerance."""
    land = _coast(5000, 0.1, 3)
    isles = []
    for at in range(1000):
        lat, lon = 62.0 + at / 2000, 16.0
        isles.append((((lat, lon), (lat, lon + 0.002), (lat + 0.0002, lon), (lat, lon)),))

    thin = simplified(Shape(polygons=((land,), *isles)))
    assert thin is not None
    assert _points(thin) <= MAX_POINTS
    assert _inside(thin.polygons, (63.0, 14.0))


@pytest.mark.parametrize(
    "ring",
    [
        tuple((60.0 + at * 1e-4, 13.0 + 5 * (at % 2)) for at in range(20_000)),
        tuple((random.Random(at).uniform(60, 65), random.Random(at + 10**6).uniform(13, 18)) for at in range(5_000)),
        tuple((63.0 + at * 1e-5, 14.0) for at in range(MAX_RAW_POINTS + 1)),
    ],
    ids=["zigzag", "noise", "endless"],
)
def test_drawing_that_would_lose_too_much_is_refused(ring: Ring) -> None:
    """What cannot be told in 400 points within the tolerance is refused, so that its counties speak."""
    assert simplified(Shape(polygons=(((*ring, ring[0]),),))) is None


@pytest.mark.parametrize("shape", [Shape(), Shape(polygons=((),)), Shape(polygons=(((),),)), Shape(lines=((),))])
def test_nothing_drawn_is_nothing(shape: Shape) -> None:
    """Empty drawings are none."""
    assert simplified(shape) is None


def test_speck_is_no_area() -> None:
    """An area of some metres is none: it would be nobody's."""
    speck = ((63.0, 14.0), (63.0, 14.0001), (63.0001, 14.0), (63.0, 14.0))

    assert simplified(Shape(polygons=((speck,),))) is None


def test_line_is_thinned_with_its_ends() -> None:
    """A river keeps its ends, its order, and its course within the tolerance."""
    river = tuple((63 + at / 5000, 14 + 0.2 * math.sin(at / 300) + 0.001 * (at % 2)) for at in range(5000))

    thin = simplified(Shape(lines=(river,)))
    assert thin is not None
    line = thin.lines[0]
    assert (river[0], river[-1]) == (line[0], line[-1])
    assert len(line) <= MAX_POINTS
    assert list(line) == sorted(line)
    across = DEGREE_M * math.cos(math.radians(63))
    assert max(_metres_to_edge(((line,),), point, across) for point in river[::50]) <= COARSE_M
