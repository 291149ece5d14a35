"""The volumes of dished tanks against points thrown at them, and of all tanks against what cannot be."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from node.core.tank import ENDS, Tank

POINTS = 40_000


def _share_below(radius: float, length: float, depth: float, level: float) -> float:
    """m³ of the part of a lying tank below a level: points thrown into the box round it. Origin: its middle."""
    chance = random.Random(20_261)
    hits = 0
    for _ in range(POINTS):
        x = chance.uniform(-length / 2 - depth, length / 2 + depth)
        y, z = chance.uniform(-radius, radius), chance.uniform(-radius, radius)
        beyond = max(0.0, abs(x) - length / 2)
        inside = (beyond / depth) ** 2 + (y * y + z * z) / radius**2 <= 1 if beyond else y * y + z * z <= radius**2
        hits += inside and z <= level - radius
    return hits / POINTS * (length + 2 * depth) * (2 * radius) ** 2


@pytest.mark.parametrize(("ends", "percent"), [("half_ellipsoid", 30), ("hemisphere", 70), ("korbbogen", 10)])
def test_dished_tank_is_what_chance_finds(ends: str, percent: int) -> None:
    """Points thrown at the tank with spheroidal ends find the same volume, within four standard deviations."""
    radius, length, depth = 0.5, 1.5, ENDS[ends] * 0.5
    tank = Tank({"shape": "lying", "diameter_mm": 1000, "length_mm": 1500, "ends": ends})
    box_ml = 1_000_000 * (length + 2 * depth) * (2 * radius) ** 2

    found = 1_000_000 * _share_below(radius, length, depth, percent / 100)
    volume = tank.volume_ml(10_000 * percent)
    share = volume / box_ml

    assert abs(found - volume) < 4 * box_ml * math.sqrt(share * (1 - share) / POINTS)


sizes = st.integers(100, 4000)
tanks = st.one_of(
    st.fixed_dictionaries({"shape": st.just("box"), "length_mm": sizes, "width_mm": sizes, "height_mm": sizes}),
    st.fixed_dictionaries({"shape": st.just("upright"), "diameter_mm": sizes, "height_mm": sizes}),
    st.fixed_dictionaries(
        {"shape": st.just("lying"), "diameter_mm": sizes, "length_mm": sizes, "ends": st.sampled_from(sorted(ENDS))}
    ),
    st.lists(st.tuples(st.integers(1, 300), st.integers(1, 500)), min_size=2, max_size=30).map(
        lambda steps: {
            "shape": "table",
            "table": [
                [sum(one[0] for one in steps[: n + 1]), sum(one[1] for one in steps[: n + 1])]
                for n in range(len(steps))
            ],
        }
    ),
)


@given(settings=tanks, shares=st.tuples(st.integers(0, 1000), st.integers(0, 1000)))
def test_any_tank_holds_more_the_higher_it_stands(settings: dict, shares: tuple[int, int]) -> None:
    """Of two levels the higher never holds less, and none less than nothing or more than all."""
    tank = Tank(settings)
    low, high = (tank.volume_ml(tank.height_um * share // 1000) for share in sorted(shares))

    assert 0 <= low <= high <= tank.full_ml


@given(
    st.dictionaries(
        st.sampled_from(["shape", "length_mm", "height_mm", "diameter_mm", "width_mm", "ends", "table", "suction_mm"]),
        st.one_of(
            st.sampled_from(["box", "lying", "upright", "table", "flat"]), st.none(), st.booleans(), st.floats(),
            st.integers(), st.text(max_size=3), st.lists(st.one_of(st.integers(), st.lists(st.integers(), max_size=3))),
        ),
    )
)  # fmt: skip
def test_any_settings_are_a_tank_or_a_sentence(settings: dict) -> None:
    """Whatever comes as a tank, it works or is refused by one sentence; nothing else is raised."""
    try:
        full_ml, told = Tank(settings).full_ml, "tank: "
    except ValueError as why:
        full_ml, told = 0, str(why)

    assert full_ml >= 0
    assert told.startswith("tank: ")
