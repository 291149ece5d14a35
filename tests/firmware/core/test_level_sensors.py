"""From what a level sensor feels to a level, or to a word. Runs under CPython and MicroPython."""

from node.core import analog, echo, level, loop, quality, rounding, sender
from node.core.calibration import Calibration

GOOD = quality.GOOD


def _refusal(call, *values):
    try:
        call(*values)
    except ValueError as why:
        return str(why)
    return ""


def test_halves_go_away_from_zero_everywhere():
    """The same whole number on every interpreter, also of numbers larger than a chip's small ones."""
    assert [2, -2, 3, 0, 3_000_000_000] == [
        rounding.divided(3, 2), rounding.divided(-3, 2), rounding.divided(-5, -2), rounding.divided(1, 3),
        rounding.divided(9_000_000_001, 3),
    ]  # fmt: skip
    assert 15 == rounding.on_line(5, (0, 10), (10, 20))


def test_sound_is_slower_in_the_cold():
    """319, 331, 343, 355 m/s at -20, 0, 20, 40 °C; a true metre stays a metre."""
    assert [319, 331, 343, 355] == [rounding.nearest(echo.speed(centi)) for centi in (-2000, 0, 2000, 4000)]
    for centi in (-3000, -2000, 0, 2000, 4000):
        us = rounding.nearest(2_000_000 / echo.speed(centi))
        found, judged = echo.gap(us, (centi, GOOD), 250, 4000)

        assert GOOD == judged
        assert abs(1_000_000 - found) <= 100


def test_without_a_temperature_there_is_no_level():
    """Not a guess by 20 °C: the word of the thermometer is passed on."""
    assert (None, quality.SENSOR_FAULT) == echo.gap(5831, (None, quality.SENSOR_FAULT), 250, 4000)
    assert (None, quality.NOT_YET_READ) == echo.gap(5831, (None, GOOD), 250, 4000)
    assert (None, quality.IMPLAUSIBLE) == echo.gap(5831, (12500, GOOD), 250, 4000)


def test_no_echo_is_no_level():
    """Neither the two answers of no pulse, nor the blind zone, nor an echo of an echo becomes a number."""
    warm = (2000, GOOD)

    assert (None, quality.COMM_ERROR) == echo.gap(-2, warm, 250, 1500)
    assert (None, quality.BAD_DATA) == echo.gap(-1, warm, 250, 1500)
    assert (None, quality.BAD_DATA) == echo.gap(0, warm, 250, 1500)
    assert (None, quality.OVER_RANGE) == echo.gap(1400, warm, 250, 1500)
    assert (None, quality.IMPLAUSIBLE) == echo.gap(9000, warm, 250, 1500)


def test_hydrostatic_level():
    """8.16 kPa is a metre of diesel of 832 kg/m³ at 15 °C; warm fuel stands higher for the same pressure."""
    assert abs(1_000_000 - level.from_pressure(8159, 832, 1500, 0)) < 200
    assert 50_000 == level.from_pressure(0, 832, 1500, 50)
    assert abs(1_201_923 - level.from_water(1_000_000, 832, None, 0)) <= 1

    warmer = level.from_pressure(8159, 832, 3500, 0) - level.from_pressure(8159, 832, 1500, 0)
    assert abs(16_600 - warmer) < 100
    assert abs(12_300 - level.from_pressure(100, 832, 1500, 0)) < 100


def test_a_level_far_outside_the_tank_is_none():
    """A little beyond an end is that end; much beyond is a fault."""
    assert (1_000_000, GOOD) == level.judged(1_020_000, 1_000_000)
    assert (0, GOOD) == level.judged(-20_000, 1_000_000)
    assert (None, quality.OVER_RANGE) == level.judged(1_031_000, 1_000_000)
    assert (None, quality.UNDER_RANGE) == level.judged(-31_000, 1_000_000)
    assert 400_000 == level.from_gap(800_000, 1200)


def test_bands_of_the_loop():
    """NE 43: 3.8 to 20.5 mA measures, below 3.6 the wire is broken, above 21 the transmitter has failed."""
    fault, under, over = quality.SENSOR_FAULT, quality.UNDER_RANGE, quality.OVER_RANGE
    expected = (
        (0, fault), (3599, fault), (3600, under), (3799, under), (3800, GOOD), (4000, GOOD), (20500, GOOD),
        (20501, over), (21000, over), (21001, fault), (24000, fault), (-5, fault),
    )  # fmt: skip
    for current, word in expected:
        assert word == loop.judged(current), current
        assert (loop.scaled(current, 0, 1_000_000)[0] is None) is (word != GOOD)


def test_the_loop_is_a_straight_line():
    """4 mA is one end, 20 mA the other; 100 Ω make 0.1 V of a milliampere."""
    assert 12_000 == loop.current_ua(1_200_000, 100_000)
    assert (500_000, GOOD) == loop.scaled(12_000, 0, 1_000_000)
    assert (-100, GOOD) == loop.scaled(4_000, -100, 300)
    assert (-12_500, GOOD) == loop.scaled(3_800, 0, 1_000_000)


def test_a_shunt_that_hides_a_failure_is_refused():
    """100 Ω fit an ESP32; over 120 Ω 22 mA lie beyond what it reads straight, over 20 Ω a broken wire below."""
    limits = analog.ESP32_UV["11"]

    assert "" == _refusal(loop.check_shunt, 100_000, limits)
    assert "smaller" in _refusal(loop.check_shunt, 120_000, limits)
    assert "smaller" in _refusal(loop.check_shunt, 150_000, limits)
    assert "larger" in _refusal(loop.check_shunt, 20_000, limits)
    assert "shunt_mohm" in _refusal(loop.check_shunt, 0, limits)


def test_a_converter_is_believed_only_where_it_is_straight():
    """At its ends it shows its own end: saturation is a word."""
    limits = analog.ESP32_UV["11"]

    assert [quality.UNDER_RANGE, GOOD, GOOD, quality.OVER_RANGE] == [
        analog.judged(uv, limits) for uv in (0, 150_000, 2_449_999, 2_450_000)
    ]
    assert quality.OVER_RANGE == analog.judged(950_000, analog.ESP32_UV["0"])
    assert quality.OVER_RANGE == analog.judged(3_300_000, analog.PICO_UV)


def test_two_points_calibrate():
    """Both points come out true; an input that must be calibrated and is not says so; a crooked pair is refused."""
    straight = Calibration([[130_000, 100_000], [2_030_000, 2_000_000]])

    assert [(100_000, GOOD), (2_000_000, GOOD)] == [straight.corrected(uv) for uv in (130_000, 2_030_000)]
    assert (None, quality.NOT_CALIBRATED) == Calibration(None).corrected(7)
    for points in ([], [[1, 1]], [[1, 1], [1, 2]], [[1, 2], [2, 1]], [[1, 1], [2, 2.5]], [[1, 1], [2]]):
        assert _refusal(Calibration, points).startswith("calibration: "), points


def test_resistance_is_a_ratio():
    """R = Rp · U / (Us − U); the supply may sag. Open and short are words."""
    assert (100_000, GOOD) == sender.resistance(1_000_000, 2_000_000, 100_000)
    assert (100_000, GOOD) == sender.resistance(900_000, 1_800_000, 100_000)
    for uv in (3_299_000, 3_300_000, 3_400_000, 20_000, 0):
        assert (None, quality.SENSOR_FAULT) == sender.resistance(uv, 3_300_000, 100_000), uv
    assert (None, quality.BAD_DATA) == sender.resistance(1, 0, 100_000)


def test_senders_may_rise_or_fall():
    """0–190 Ω over a resistor, 240–33 Ω; beyond the ends is an end, far beyond another sender."""
    falling = sender.Sender([[240_000, 0], [33_000, 1_000_000]])

    assert [(0, GOOD), (1_000_000, GOOD), (500_000, GOOD)] == [falling.level(m) for m in (240_000, 33_000, 136_500)]
    assert [(0, GOOD), (1_000_000, GOOD)] == [falling.level(m) for m in (250_000, 25_000)]
    assert [quality.SENSOR_FAULT] * 2 == [falling.level(m)[1] for m in (280_000, 1_000)]
    rising = sender.Sender([[10_000, 0], [100_000, 600_000], [200_000, 1_000_000]])
    assert (800_000, GOOD) == rising.level(150_000)


def test_a_chain_of_reeds_stands_on_its_steps():
    """The step and half a step, nothing between; a resistance between two steps is no level."""
    chain = sender.Sender([[1_000_000 - 100_000 * n, 20_000 * n] for n in range(10)], steps=True)

    assert 10_000 == chain.half_step_um
    assert [(60_000, GOOD)] * 3 == [chain.level(m) for m in (700_000, 735_000, 665_000)]
    assert (None, quality.BAD_DATA) == chain.level(650_000)
    assert (None, quality.SENSOR_FAULT) == chain.level(1_300_000)


def test_a_crooked_sender_is_refused():
    """Points that double back have no level."""
    for points in ([[1, 0]], [[1, 0], [1, 5]], [[1, 0], [3, 5], [2, 9]], [[1, 5], [2, 5]], [[1, 0], [2]]):
        assert _refusal(sender.Sender, points).startswith("sender: "), points
