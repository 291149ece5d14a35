"""Noisy signals of a stated model through what thinks about them. Runs under CPython and MicroPython."""

from node.core import battery, echo, level, quality
from node.core.analog import ESP32_UV
from node.core.contact import Steady
from node.core.crank import Crank
from node.core.gauge import Gauge
from node.core.mains import Phase
from node.core.tank import Tank
from node.io.sensors.analog import Analog
from node.io.sensors.loop_adc import LoopAdc

from tests.firmware.signals import Noisy, chatter, crank_mv, mains_edges
from tests.firmware.slosh import Chance, readings

HEAP = "256wK"
"""The signals themselves are kept."""
GOOD = quality.GOOD
LIMITS = ESP32_UV["11"]


def test_a_loop_over_a_noisy_converter():
    """Within 0.2 mA of the truth from 4 to 20 mA; broken, failing and shorted loops are words in every reading."""
    source = Noisy(Chance(11), 0)
    loop = LoopAdc(Analog(source, LIMITS), 100_000, LIMITS)
    for true_ua in range(4_200, 20_001, 400):
        source.uv = 100 * true_ua
        current, found = loop.read(0)
        assert GOOD == found, true_ua
        assert abs(current - true_ua) < 200, (true_ua, current)
    for true_ua in (0, 900, 1_400, 3_300, 21_600, 22_000, 30_000, 33_000):
        source.uv = 100 * true_ua
        assert {(None, quality.SENSOR_FAULT)} == {loop.read(0) for _ in range(20)}, true_ua


def test_a_real_start_is_caught_and_a_noisy_rest_is_none():
    """Wherever the glances lie: the first grip is seen, and the length is true within 60 ms; ten quiet minutes are."""
    for seed in range(12):
        chance, crank, found = Chance(seed), Crank(1), []
        at, length_ms = chance.whole(20), 900 + 100 * seed
        crank.rests(12_620)
        while at < 6_000:
            mv = crank_mv(chance, at, 2_000, length_ms)
            record = crank.feed(at, mv) if mv < 11_500 or crank.fast(at) else None
            found += [record] if record else []
            at += 6 + chance.whole(3) if crank.fast(at) else 20
        ((lowest, lasted),) = found
        assert 7_100 < lowest < 8_600, lowest
        assert abs(lasted - length_ms) <= 60, (lasted, length_ms)
    crank, chance, source = Crank(1), Chance(5), Noisy(Chance(6), 1_646_000)
    for at in range(0, 600_000, 20):
        mv = battery.voltage_mv(source.read_uv(), 100_000, 15_000)
        assert mv >= 11_500 or crank.feed(at, mv) is None


def test_a_chattering_door_changes_as_often_as_it_was_moved():
    """Bounces of 4 to 18 ms are no events, however they fall; a float in the waves waits for calm."""
    for seed in range(10):
        steady, told = Steady(50, 50), []
        for at, seen in chatter(Chance(seed), (500, 900, 1_400, 2_200), 3_000):
            if at % 10 == 0:
                value, _ = steady.feed(at, seen)
                if value is not None and (not told or told[-1] != value):
                    told.append(value)
        assert [1, 0, 1, 0, 1] == told, seed
    chance, steady, told = Chance(3), Steady(5_000, 10_000), []
    for at in range(0, 60_000, 50):
        wave = chance.whole(2) if 20_000 < at < 32_000 else int(at >= 32_000)
        value, _ = steady.feed(at, wave)
        if value is not None and (not told or told[-1] != value):
            told.append(value)
    assert [0, 1] == told


def _mains(edges, until_ms, phase):
    """[(ms, value)] of every change."""
    found, at = [], 0
    for now in range(0, until_ms, 150):
        before = at
        while at < len(edges) and edges[at] <= now:
            at += 1
        value, _ = phase.feed(now, at - before, now - edges[at - 1] if at else 0)
        if not found or found[-1][1] != value:
            found.append((now, value))
    return found


def test_mains_with_gaps():
    """A lost half-wave or a tenth of a second is no loss; 0.7 s is, and the return waits for 30 s without a gap."""
    gaps = [(10_000, 10_020), (20_000, 20_100), (30_000, 30_700), (45_000, 45_060)]
    changes = _mains(mains_edges(Chance(8), 90_000, gaps), 90_000, Phase())

    assert [None, 1, 0, 1] == [value for _, value in changes]
    assert 30_500 <= changes[2][0] <= 30_700
    assert 75_000 <= changes[3][0] <= 77_500
    # sparks on a dead line are no mains
    chance = Chance(9)
    sparks = sorted([chance.whole(60_000) for _ in range(400)])
    assert 1 not in [value for _, value in _mains(sparks, 60_000, Phase())]


def test_echoes_with_drop_outs_in_every_cold():
    """From −30 to 50 °C, waves, false and missing echoes: within 1.5 % of the tank; a wrong temperature is not."""
    tank = Tank({"shape": "box", "length_mm": 1500, "width_mm": 1000, "height_mm": 1000})
    for seed, centi_c in ((1, -3_000), (2, 0), (3, 2_000), (4, 5_000)):
        for told_c, close in ((centi_c, True), (2_000, centi_c == 2_000)):
            gauge = Gauge(tank)
            for at, um in readings(Chance(seed), 500_000, 40):
                us = -1 if um is None else int(2 * (1_300_000 - um) / echo.speed(centi_c))
                gap_um, found = echo.gap(us, (told_c, GOOD), 250, 4_000)
                level_um = None if gap_um is None else level.from_gap(gap_um, 1_300)
                if gauge.feed(at, level_um, found) is not None:
                    break
            assert (abs(gauge.told[0] - 750_000) <= 22_500) is close, (centi_c, told_c, gauge.told)
