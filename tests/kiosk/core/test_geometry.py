"""Is the place inside what is drawn? Against other methods than the one in use."""

from itertools import pairwise
from math import acos, atan2, cos, hypot, pi, radians, sin

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.core.warnings.geometry import (
    DEGREE_KM,
    EARTH_KM,
    LINE_KM,
    covers,
    distance_km,
    drawn,
    in_polygon,
    line_distance_km,
)
from kiosk.feeds.alert import Shape

SQUARE = ((63.0, 13.0), (63.0, 14.0), (63.5, 14.0), (63.5, 13.0), (63.0, 13.0))
HOLE = ((63.2, 13.4), (63.2, 13.6), (63.3, 13.6), (63.3, 13.4), (63.2, 13.4))
LATITUDE = st.floats(55, 69.5, allow_nan=False).map(lambda value: round(value, 3))
LONGITUDE = st.floats(10.5, 24.3, allow_nan=False).map(lambda value: round(value, 3))
POINT = st.tuples(LATITUDE, LONGITUDE)


def winding(ring: tuple[tuple[float, float], ...], point: tuple[float, float]) -> float:
    """How often the ring goes round the point: the sum of angles, an entirely different way to count."""
    total = 0.0
    for one, other in zip(ring, (*ring[1:], ring[0]), strict=True):
        a = atan2(one[0] - point[0], one[1] - point[1])
        b = atan2(other[0] - point[0], other[1] - point[1])
        turn = (b - a + pi) % (2 * pi) - pi
        total += turn
    return total / (2 * pi)


def edge_distance(ring: tuple[tuple[float, float], ...], point: tuple[float, float]) -> float:
    """Degrees to the nearest of many points along the edges."""
    found = [
        hypot(
            one[0] + (other[0] - one[0]) * step / 200 - point[0], one[1] + (other[1] - one[1]) * step / 200 - point[1]
        )
        for one, other in zip(ring, (*ring[1:], ring[0]), strict=True)
        for step in range(201)
    ]
    return min(found)


def star(centre: tuple[float, float], radii: list[float]) -> tuple[tuple[float, float], ...]:
    """A polygon that does not cross itself: corners at equal angles, each at its own distance."""
    return tuple(
        (centre[0] + radius * sin(2 * pi * corner / len(radii)), centre[1] + radius * cos(2 * pi * corner / len(radii)))
        for corner, radius in enumerate(radii)
    )


@given(POINT, st.lists(st.floats(0.2, 3), min_size=3, max_size=9), POINT)
def test_polygon_agrees_with_the_sum_of_angles(centre: tuple, radii: list[float], point: tuple) -> None:
    """Whatever the form and wherever the point, away from the edge itself."""
    ring = star(centre, radii)
    assume(edge_distance(ring, point) > 0.05)

    assert (abs(winding(ring, point)) > 0.5) == in_polygon((ring,), point)


@given(POINT, st.lists(st.floats(1, 3), min_size=3, max_size=7), st.lists(st.floats(0.1, 0.4), min_size=3, max_size=5))
def test_a_hole_is_outside_and_so_is_the_rest(centre: tuple, radii: list[float], inner: list[float]) -> None:
    """With a hole round the middle the middle is out; a ring closed or not is the same."""
    ring, hole = star(centre, radii), star(centre, inner)
    assume(edge_distance(hole, centre) > 0.01)

    assert in_polygon((ring,), centre)
    assert not in_polygon((ring, hole), centre)
    assert not in_polygon(((*ring, ring[0]), (*hole, hole[0])), centre)


@given(st.integers(0, 4), st.floats(0, 1))
def test_the_edge_is_inside_and_the_edge_of_a_hole_too(corner: int, along: float) -> None:
    """Whoever stands on the line is warned."""
    for ring in (SQUARE, HOLE):
        one, other = ring[corner % 4], ring[corner % 4 + 1]
        point = (one[0] + (other[0] - one[0]) * along, one[1] + (other[1] - one[1]) * along)
        assert in_polygon((SQUARE, HOLE), point)


@given(POINT, POINT)
def test_distance_agrees_with_the_law_of_cosines(one: tuple, other: tuple) -> None:
    """On the same sphere, where that law is well behaved."""
    angle = sin(radians(one[0])) * sin(radians(other[0]))
    angle += cos(radians(one[0])) * cos(radians(other[0])) * cos(radians(other[1] - one[1]))
    assume(angle < 0.9999999)

    assert EARTH_KM * acos(angle) == pytest.approx(distance_km(one, other), rel=1e-3)


@given(POINT, st.lists(st.tuples(st.floats(-0.4, 0.4), st.floats(-0.8, 0.8)), min_size=2, max_size=6))
def test_line_distance_agrees_with_walking_along_it(point: tuple, steps: list[tuple[float, float]]) -> None:
    """The nearest of many steps along the line, measured on the globe."""
    line = tuple((point[0] + north, point[1] + east) for north, east in steps)
    walked = min(
        distance_km(point, (a[0] + (b[0] - a[0]) * step / 300, a[1] + (b[1] - a[1]) * step / 300))
        for a, b in pairwise(line)
        for step in range(301)
    )

    assert walked == pytest.approx(line_distance_km(line, point), rel=0.02, abs=0.3)


@pytest.mark.parametrize(("km", "there"), [(LINE_KM - 0.2, True), (LINE_KM + 0.2, False)])
def test_a_river_concerns_those_who_live_near_it(km: float, there: bool) -> None:
    """A line reaches ten kilometres."""
    river = Shape(lines=(((63.0, 13.0), (63.0, 14.0)),))

    assert there == covers(river, (63.0 + km / DEGREE_KM, 13.5))


@pytest.mark.parametrize(("km", "there"), [(4.9, True), (5.1, False)])
def test_a_circle_is_in_kilometres(km: float, there: bool) -> None:
    """CAP's circles have their radius in km."""
    assert there == covers(Shape(circles=(((63.0, 13.0), 5.0),)), (63.0 + km / DEGREE_KM, 13.0))


def test_any_part_counts() -> None:
    """The parts of a shape are a union."""
    far = ((56.0, 13.0), (56.0, 13.5), (56.5, 13.5))

    assert covers(Shape(polygons=((far,), (SQUARE,))), (63.25, 13.1))
    assert not covers(Shape(polygons=((far,),)), (63.25, 13.1))


@pytest.mark.parametrize("ring", [(), ((63.0, 13.0),), ((63.0, 13.0), (63.5, 13.5))])
def test_what_is_no_area_covers_nothing_and_breaks_nothing(ring: tuple) -> None:
    """Fewer than three corners."""
    assert not drawn(Shape(polygons=((ring,), ())))
    assert not covers(Shape(polygons=((ring,), ()), lines=((),)), (63.0, 13.0))
