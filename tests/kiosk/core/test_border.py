"""A place at the very border of what is drawn: made simpler, a drawing says more than it said, never less."""

import math
import random
from typing import Any

import pytest

from kiosk.core.warnings.geometry import covers, in_polygon
from kiosk.core.warnings.place import Place, Reach, reach
from kiosk.feeds.alert import Area, Point, Shape
from kiosk.feeds.outline import FINE_M, simplified

Ring = tuple[Point, ...]


def coast(points: int, rough: float, seed: int, centre: Point = (63.0, 14.0), size: float = 0.5) -> Ring:
    """A ragged outline round a centre."""
    chance, ring = random.Random(seed), []
    waves = [(k, rough / k**1.1, chance.uniform(0, 6)) for k in range(3, 300, 2)]
    for at in range(points):
        angle = 2 * math.pi * at / points
        radius = size * (1 + sum(high * math.sin(k * angle + turn) for k, high, turn in waves))
        ring.append((centre[0] + radius * math.sin(angle) / 2, centre[1] + radius * math.cos(angle)))
    return (*ring, ring[0])


@pytest.mark.parametrize(("points", "rough"), [(1000, 0.1), (4000, 0.1), (4000, 0.3)])
def test_nobody_inside_is_told_that_it_is_elsewhere(points: int, rough: float) -> None:
    """Each place in the original drawing, also a step from its edge, is inside what is kept of it."""
    ring = coast(points, rough, 4)
    kept = simplified(Shape(polygons=((ring,),)))
    assert kept is not None
    assert 0 < kept.blur_km <= 3

    chance, inside, lost = random.Random(5), 0, 0
    for lat, lon in chance.sample(ring[:-1], 300):
        point = (lat + chance.uniform(-1, 1) * 0.004, lon + chance.uniform(-1, 1) * 0.008)
        if in_polygon((ring,), point):
            inside += 1
            lost += not in_polygon(kept.polygons[0], point)
            assert covers(kept, point), point
    assert inside > 50
    assert lost > 0  # without the blur some of them would have been sent home


def test_small_island_of_a_large_warning_is_kept() -> None:
    """Land that needs all the points, and an island of a kilometre beside it, where somebody lives."""
    isle = coast(12, 0.05, 7, (63.5, 16.0), 0.01)
    kept = simplified(Shape(polygons=((coast(8000, 0.3, 6),), (isle,))))

    assert kept is not None
    assert kept.blur_km * 1000 > 2 * FINE_M
    assert covers(kept, (63.5, 16.0))


def test_what_is_far_off_is_still_elsewhere() -> None:
    """The blur is a matter of metres, not of counties."""
    kept = simplified(Shape(polygons=((coast(3000, 0.2, 4),),)))

    assert kept is not None
    assert not covers(kept, (64.5, 14.0))


def test_untouched_drawing_is_sharp() -> None:
    """A drawing with few points is kept as it is: across its edge is elsewhere."""
    square = ((63.0, 13.0), (63.0, 14.0), (63.5, 14.0), (63.5, 13.0), (63.0, 13.0))
    kept = simplified(Shape(polygons=((square,),)))

    assert kept is not None
    assert (0.0, True, False) == (kept.blur_km, covers(kept, (63.0, 13.5)), covers(kept, (62.9999, 13.5)))


@pytest.mark.parametrize(
    ("place", "area", "expected"),
    [
        (Place(site="s"), Area(codes=("00",)), Reach.HERE),
        (Place(site="s"), Area(codes=("2321",)), Reach.UNKNOWN),
        (Place(site="s"), Area(codes=("23",)), Reach.UNKNOWN),
        (Place(site="s", municipality="2321"), Area(codes=("23",)), Reach.HERE),
        (Place(site="s", municipality="2321"), Area(codes=("2309",)), Reach.ELSEWHERE),
        (Place(site="s", municipality="2321", neighbours=("2309",)), Area(codes=("2309",)), Reach.HERE),
        (Place(site="s", county="23"), Area(codes=("2321",)), Reach.UNKNOWN),
        (Place(site="s", county="23"), Area(), Reach.UNKNOWN),
    ],
)
def test_place_that_knows_little_of_itself(crisis: Any, place: Place, area: Area, expected: Reach) -> None:
    """Without a place, a point, a county: what cannot be compared is unknown, never elsewhere."""
    assert expected is reach(crisis.vma("a", area=area), place)
