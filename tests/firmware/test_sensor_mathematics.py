"""What sensors mean, against the formulas of physics in exact fractions, and against chance."""

import math
import random
from fractions import Fraction

import pytest
from node.core import battery, echo, level, loop, quality, sender

GOOD = quality.GOOD
TRIES = 2_000


def test_a_loop_is_ohms_law_and_a_straight_line() -> None:
    """I = U / Rs, x = (I - 4 mA) / 16 mA; each within half of the last digit, or a word of the band."""
    chance = random.Random(1)
    for _ in range(TRIES):
        uv, shunt = chance.randrange(0, 2_450_000), chance.randrange(50_000, 111_000)
        low, high = chance.randrange(-500, 500), chance.randrange(501, 9_000_000)
        current = loop.current_ua(uv, shunt)
        assert abs(Fraction(1000 * uv, shunt) - current) <= Fraction(1, 2)
        value, found = loop.scaled(current, low, high)
        if 3_800 <= current <= 20_500:
            assert abs(low + Fraction(current - 4_000, 16_000) * (high - low) - value) <= Fraction(1, 2)
        else:
            assert (None, True) == (value, found != GOOD)


def test_a_column_is_pressure_over_density_and_gravity() -> None:
    """h = p / (rho g) + z, rho = rho15 / (1 + a (T - 15)); 832 kg/m3: 8.16 kPa a metre; water by its ratio."""
    assert abs(1_000_000 - level.from_pressure(8_159, 832, 1_500, 0)) < 100
    chance = random.Random(2)
    for _ in range(TRIES):
        pascal, at_15, centi_c = (
            chance.randrange(0, 60_000),
            chance.randrange(765, 846),
            chance.randrange(-4_000, 5_000),
        )
        above = chance.randrange(0, 300)
        density = at_15 / (1 + 0.00083 * (centi_c / 100 - 15))
        assert (
            abs(1e6 * pascal / (density * 9.80665) + 1000 * above - level.from_pressure(pascal, at_15, centi_c, above))
            <= 1
        )
        assert abs(1000 * pascal / density + 1000 * above - level.from_water(pascal, at_15, centi_c, above)) <= 1


def test_an_echo_comes_back_as_the_gap_that_made_it() -> None:
    """Gap to time by the formula of the sheet, and back; at 343 m/s for ever a metre is 1.076 m at -20 degrees."""
    for gap_um in range(300_000, 4_000_000, 12_347):
        for celsius in (-40, -20, 0, 20, 40, 60):
            us = round(2 * gap_um / (331.3 * math.sqrt(1 + celsius / 273.15)))
            found, word = echo.gap(us, (100 * celsius, GOOD), 250, 4_000)
            assert (True, GOOD) == (abs(found - gap_um) <= 200, word)
    cold = 2_000_000 / (331.3 * math.sqrt(1 - 20 / 273.15))
    assert 1.076 == round(echo.time_us(1000) and cold * 343.2 / 2_000_000, 3)
    assert abs(1_000_000 - echo.gap(echo.time_us(1000), (2_000, GOOD), 250, 4_000)[0]) <= 200


def test_a_divider_and_its_noise() -> None:
    """U = u (R1 + R2) / R2, and a millivolt of noise at the pin is (R1 + R2) / R2 millivolt of the battery."""
    chance = random.Random(3)
    for _ in range(TRIES):
        mv, upper, lower = (
            chance.randrange(5_000, 32_000),
            chance.randrange(80_000, 200_000),
            chance.randrange(5_000, 15_000),
        )
        pin_uv = Fraction(1000 * mv * lower, upper + lower)
        assert abs(battery.voltage_mv(round(pin_uv), upper, lower) - mv) <= 1
    spread = [battery.voltage_mv(round(chance.gauss(1_643_478, 5_000)), 100_000, 15_000) for _ in range(TRIES)]
    mean = sum(spread) / TRIES
    assert abs(mean - 12_600) < 4
    assert abs(math.sqrt(sum((one - mean) ** 2 for one in spread) / TRIES) - 5 * 115 / 15) < 2


@pytest.mark.parametrize("ends", [(10_000, 180_000), (240_000, 33_000)])
def test_a_sender_is_a_ratio_and_lines(ends: tuple[int, int]) -> None:
    """R = Rp U / (Us - U) at any supply, rising or falling; its level is the line through its points."""
    chance, known = random.Random(4), sender.Sender([[ends[0], 0], [ends[1], 1_000_000]])
    for _ in range(TRIES):
        share = Fraction(chance.randrange(0, 1_000_001), 1_000_000)
        mohm = ends[0] + share * (ends[1] - ends[0])
        supply = chance.randrange(2_800_000, 3_300_000)
        uv = round(supply * mohm / (mohm + 100_000))
        found, word = sender.resistance(uv, supply, 100_000)
        assert GOOD == word
        assert abs(found - mohm) < 2
        um, word = known.level(found)
        assert (True, GOOD) == (abs(um - 1_000_000 * share) < 30, word)


def test_a_chain_never_tells_a_step_on_which_it_does_not_stand() -> None:
    """50 steps of 20 mm with a millivolt of noise on both voltages: the true step, or a word, never a neighbour."""
    points = [[5_000 + 4_000 * step, 20_000 * step] for step in range(51)]
    chance, chain, told = random.Random(5), sender.Sender(points, steps=True), 0
    for _ in range(4 * TRIES):
        step = chance.randrange(51)
        mohm, supply = points[step][0], 3_000_000
        uv = supply * mohm / (mohm + 100_000)
        found, word = sender.resistance(round(chance.gauss(uv, 1_000)), round(chance.gauss(supply, 1_000)), 100_000)
        if word == GOOD:
            um, word = chain.level(found)
            assert um in (20_000 * step, None)
            told += um is not None
    assert told > 3.9 * TRIES
