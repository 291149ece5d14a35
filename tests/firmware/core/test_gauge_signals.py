"""A tank that sloshes, is filled and is robbed: recorded signals of a stated model. Runs under both interpreters."""

from node.core import quality
from node.core.filters import Slow, burst_ms, centre, median, slosh_period_ms, spread
from node.core.gauge import Gauge
from node.core.tank import Tank

from tests.firmware.slosh import Chance, readings

GOOD = quality.GOOD
BOX = {"shape": "box", "length_mm": 1500, "width_mm": 1000, "height_mm": 1000}
MINUTE_MS = 60_000


def one_burst(gauge, chance, at_ms, level_um, running=False, **model):
    """(at once?) after the readings of one burst."""
    for after_ms, um in readings(chance, level_um, 31, **model):
        news = gauge.feed(at_ms + after_ms, um, GOOD if um is not None else quality.BAD_DATA, running)
        if news is not None:
            return news
    raise AssertionError("the burst did not end")


def test_period_of_the_slosh():
    """1.5 m long and 0.5 m deep: 1.6 s; a measurement listens for five of them, at least 10 s."""
    assert 1_500 < slosh_period_ms(1500, 500) < 1_700
    assert 10_000 == burst_ms(1500, 500)
    assert 5 * slosh_period_ms(3000, 300) == burst_ms(3000, 300) > 10_000
    assert 30_000 == burst_ms(20_000, 200)


def test_middle_and_spread():
    """Up to half of the readings may be false."""
    assert [3, 3, -2] == [median([9, 1, 3]), median([1, 2, 3, 9]), median([-1, -2])]
    assert 1 == spread([1, 2, 3, 900], 2)
    assert 3 == centre([1, 2, 3, 4, 5, 900, 900], 4, 2)


def test_slow_mean_knows_time():
    """1 - 1/e of a step after one time constant, in one stride or in many."""
    one, many = Slow(180_000), Slow(180_000)
    one.feed(0, 0)
    many.feed(0, 0)
    assert abs(63_212 - one.feed(180_000, 100_000)) <= 30
    for at in range(10_000, 180_001, 10_000):
        found = many.feed(at, 100_000)
    assert abs(63_212 - found) <= 30


def test_litres_do_not_follow_the_waves():
    """± 3 cm of waves, 3 mm of noise, a fifth of the echoes false or missing: within 1 % of the tank for two hours."""
    chance, gauge = Chance(42), Gauge(Tank(BOX))
    for number in range(24):
        at_once = one_burst(gauge, chance, number * 5 * MINUTE_MS, 500_000)
        value, found = gauge.told

        assert GOOD == found
        assert abs(750_000 - value) <= 15_000, value
        assert 0 == value % 100
        assert at_once is (number == 0)
    assert "fuel.litres" == gauge.signal


def test_a_filling_is_told_early_and_whole():
    """40 l/min: at once when it is seen, every value while it lasts, and how much it was."""
    chance, gauge = Chance(9), Gauge(Tank(BOX))
    for number in range(6):
        one_burst(gauge, chance, number * MINUTE_MS, 300_000, wave_um=4_000)
    news, at_ms, level_um = [], 6 * MINUTE_MS, 300_000
    while at_ms < 22 * MINUTE_MS:
        level_um = min(500_000, 300_000 + max(0, at_ms - 6 * MINUTE_MS) * 40 // 90)
        before = gauge.moving
        at_once = one_burst(gauge, chance, at_ms, level_um, wave_um=4_000)
        if at_once and gauge.moving and not before:
            news.append((at_ms, "begins"))
        if before and not gauge.moving:
            news.append((at_ms, gauge.filled_ml))
        at_ms += 15_000

    (begun, first), (ended, filled) = news
    assert "begins" == first
    assert begun <= 8 * MINUTE_MS
    assert 14 * MINUTE_MS < ended < 19 * MINUTE_MS
    assert abs(300_000 - filled) <= 8_000
    assert abs(750_000 - gauge.told[0]) <= 6_000


def test_a_theft_is_told_early_and_a_drive_is_not():
    """50 l gone within half an hour are told; what a running engine burns is not news."""
    for running, told in ((False, True), (True, False)):
        chance, gauge, news = Chance(4), Gauge(Tank(BOX)), []
        for number in range(16):
            level_um = 500_000 - 4_000 * max(0, number - 6)
            at_once = one_burst(gauge, chance, number * 3 * MINUTE_MS, level_um, running, wave_um=2_000, noise_um=1_000)
            if number and at_once:
                news.append(number)
        assert told is bool(news), (running, news)
        assert max(news, default=0) <= 14
        assert abs(1500 * 464 - gauge.told[0]) <= 25_000


def test_a_sensor_that_is_mostly_wrong_gives_a_word():
    """More than half of the echoes missing: no number, told at once, and again when it is well."""
    chance, gauge = Chance(2), Gauge(Tank(BOX))
    one_burst(gauge, chance, 0, 500_000)

    news = [one_burst(gauge, chance, n * MINUTE_MS, 500_000, false_share=10, missing_share=60) for n in (1, 2)]
    assert [True, False] == news
    assert (None, quality.BAD_DATA) == gauge.told
    assert one_burst(gauge, chance, 3 * MINUTE_MS, 500_000, missing_share=0)
    assert GOOD == gauge.told[1]


def test_levels_outside_the_tank_give_a_word():
    """A sensor mounted elsewhere than told makes no litres."""
    gauge = Gauge(Tank(BOX))
    assert gauge.feed(0, 1_300_000, GOOD) is None
    for at in range(300, 10_000, 300):
        gauge.feed(at, 1_300_000, GOOD)
    gauge.feed(10_200, 1_300_000, GOOD)

    assert (None, quality.OVER_RANGE) == gauge.told


def test_before_the_first_measurement_there_is_no_value():
    """A node that starts tells no empty tank; too few readings are none."""
    gauge = Gauge(Tank(BOX))
    assert (None, quality.NOT_YET_READ) == gauge.told
    for at in (0, 4_000, 8_000):
        assert gauge.feed(at, 500_000, GOOD) is None
    gauge.feed(11_000, 500_000, GOOD)

    assert (None, quality.NOT_YET_READ) == gauge.told


def test_a_burst_that_was_broken_off_begins_anew():
    """What was left of an earlier minute is not mixed with what is seen now."""
    gauge = Gauge(Tank(BOX))
    for at in range(0, 5_000, 300):
        gauge.feed(at, 100_000, GOOD)
    assert gauge.feed(60_000, 500_000, GOOD) is None
    one_burst(gauge, Chance(8), 60_300, 500_000)

    assert abs(750_000 - gauge.told[0]) <= 15_000


def test_a_tank_of_unknown_shape_tells_its_level_only():
    """A share of the height in permille, never litres and level of one sensor."""
    gauge = Gauge(None, height_mm=1000)
    one_burst(gauge, Chance(5), 0, 250_000)

    assert "fuel.level" == gauge.signal
    assert abs(250 - gauge.told[0]) <= 10
    try:
        Gauge(None)
    except ValueError as why:
        assert "height_mm" in str(why)
    else:
        raise AssertionError


def test_a_chain_of_reeds_is_never_interpolated():
    """Waves over two steps of 20 mm: each value that is told is a step, and a step is not news."""
    chance, gauge, steps = Chance(6), Gauge(Tank(BOX), half_step_um=10_000), {1500 * mm for mm in range(0, 1001, 20)}
    for number in range(12):
        level_um = 490_000 - 1_000 * number
        at_once = False
        for after_ms, um in readings(chance, level_um, 12, false_share=0, missing_share=0):
            step = (um + 10_000) // 20_000 * 20_000
            at_once = gauge.feed(number * MINUTE_MS + after_ms, step, GOOD) or at_once
        assert gauge.told[0] in steps
        assert abs(1500 * level_um // 1000 - gauge.told[0]) <= 40_000
        assert at_once is (number == 0)
