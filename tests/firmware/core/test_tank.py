"""Litres of a tank of known shape. Runs under CPython and MicroPython: plain functions, plain asserts."""

import math

from node.core.tank import Tank

LYING = {"shape": "lying", "diameter_mm": 1000, "length_mm": 1500}


def _refusal(settings):
    try:
        Tank(settings)
    except ValueError as why:
        return str(why)
    return ""


def test_plain_shapes_are_their_closed_forms():
    """A box is L · W · h, an upright cylinder π R² h, each to the millilitre."""
    box = Tank({"shape": "box", "length_mm": 1200, "width_mm": 800, "height_mm": 1000})
    upright = Tank({"shape": "upright", "diameter_mm": 1000, "height_mm": 2000})

    assert 960_000 == box.full_ml
    assert 9_600 == box.volume_ml(10_000)
    assert 785_398 == upright.volume_ml(1_000_000)


def test_lying_cylinder_is_the_circular_segment():
    """L · [R² acos((R − h)/R) − (R − h) √(2Rh − h²)] at every height."""
    tank = Tank(LYING)
    for mm in range(0, 1001, 7):
        h = mm / 1000
        segment = 0.25 * math.acos((0.5 - h) / 0.5) - (0.5 - h) * math.sqrt(max(0, 2 * 0.5 * h - h * h))
        assert abs(1_500_000 * segment - tank.volume_ml(1000 * mm)) <= 2, mm

    assert 1_178_097 == tank.full_ml
    assert 589_049 == tank.volume_ml(500_000)


def test_a_millimetre_is_worth_what_it_is():
    """1.5 l/mm at half, 0.65 l/mm at 5 cm."""
    tank = Tank(LYING)

    assert 1_500 == tank.volume_ml(500_500) - tank.volume_ml(499_500)
    assert 640 < tank.volume_ml(50_500) - tank.volume_ml(49_500) < 660


def test_two_hemispheres_make_a_sphere():
    """The ends of a tank add to a ball: 4/3 π R³, half of it at half height."""
    tank = Tank({"shape": "lying", "diameter_mm": 1000, "length_mm": 1, "ends": "hemisphere"})

    assert abs(523_599 + 785 - tank.full_ml) <= 1
    assert abs(tank.full_ml - 2 * tank.volume_ml(500_000)) <= 1


def test_dished_ends_hold_what_the_norms_say():
    """Klöpper 0.1 D³ each, Korbbogen 0.1298 D³, half ellipsoid 2:1 π D³/24."""
    flat = Tank(LYING).full_ml
    for ends, both in (("klopper", 200_000), ("korbbogen", 259_600), ("half_ellipsoid", 261_799)):
        found = Tank({"shape": "lying", "diameter_mm": 1000, "length_mm": 1500, "ends": ends}).full_ml - flat

        assert abs(both - found) <= 2, (ends, found)


def test_measured_end_depth_wins():
    """A depth that somebody has measured is taken as it is."""
    ends = {"shape": "lying", "diameter_mm": 1000, "length_mm": 1500, "ends": "flat", "end_depth_mm": 250}

    assert abs(261_799 - (Tank(ends).full_ml - Tank(LYING).full_ml)) <= 1


def test_more_fuel_never_shows_less():
    """Every shape rises with the level, from nothing to full, and stays there beyond its ends."""
    table = {"shape": "table", "table": [[100, 20], [500, 400], [900, 1000]]}
    for settings in (LYING, {"shape": "lying", "diameter_mm": 900, "length_mm": 700, "ends": "klopper"}, table):
        tank = Tank(settings)
        found = [tank.volume_ml(um) for um in range(0, tank.height_um + 1, 1_700)]

        assert found == sorted(found)
        assert 0 == tank.volume_ml(0) == tank.volume_ml(-50_000)
        assert tank.full_ml == tank.volume_ml(tank.height_um) == tank.volume_ml(tank.height_um + 50_000)


def test_strapping_table_passes_its_points():
    """Straight between the points, through an empty bottom."""
    tank = Tank({"shape": "table", "table": [[100, 20], [500, 400], [900, 1000]]})

    assert [10_000, 20_000, 210_000, 400_000, 1_000_000] == [
        tank.volume_ml(1000 * mm) for mm in (50, 100, 300, 500, 900)
    ]


def test_dead_stock_is_no_reserve():
    """What lies below the suction pipe is there, and cannot be used."""
    tank = Tank({"shape": "box", "length_mm": 1000, "width_mm": 1000, "height_mm": 1000, "suction_mm": 50})

    assert (50_000, 0, 0, 950_000) == (tank.dead_ml, tank.usable_ml(0), tank.usable_ml(50_000), tank.usable_ml(10**6))
    assert 50_000 == tank.volume_ml(50_000)


def test_what_cannot_be_a_tank_is_refused():
    """One sentence that names the field."""
    box = {"shape": "box", "length_mm": 1000, "width_mm": 1000, "height_mm": 1000}
    wrong = (
        ({}, "shape"),
        ({"shape": "round"}, "shape"),
        ({"shape": "box", "length_mm": 1000, "width_mm": 1000}, "height_mm"),
        (dict(box, length_mm=0), "length_mm"),
        (dict(box, length_mm=1.5), "length_mm"),
        (dict(box, length_mm=True), "length_mm"),
        (dict(box, length_mm="1000"), "length_mm"),
        (dict(box, length_mm=10**9), "length_mm"),
        (dict(box, suction_mm=1000), "suction_mm"),
        (dict(box, suction_mm=-1), "suction_mm"),
        (dict(LYING, ends="round"), "ends"),
        ({"shape": "table"}, "table"),
        ({"shape": "table", "table": [[100, 20]]}, "table"),
        ({"shape": "table", "table": [[100, 20], [100, 30]]}, "rise"),
        ({"shape": "table", "table": [[100, 20], [200, 20]]}, "rise"),
        ({"shape": "table", "table": [[100, 20], [200, "x"]]}, "whole"),
        ({"shape": "table", "table": [[100, 20], [200, 10**9]]}, "outside"),
        ({"shape": "table", "table": [[0, 0]] * 101}, "table"),
    )
    for settings, word in wrong:
        told = _refusal(settings)

        assert told.startswith("tank: "), (settings, told)
        assert word in told, (settings, told)
