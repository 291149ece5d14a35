"""The start battery at rest, on charge and while cranking. Runs under CPython and MicroPython."""

from node.core import battery, quality
from node.core.charge import HOUR_MS, Charge
from node.core.crank import Crank

from tests.firmware.slosh import Chance

GOOD = quality.GOOD
MINUTE_MS = 60_000


def cranking(crank, chance, lowest_mv, length_ms, rest_mv=12_600, every_ms=8, spark=False):
    """A start as the battery shows it, 125 times a second: rest, a dip with ripple, rest. All records that came."""
    records = []
    for at in range(0, length_ms + 3000, every_ms):
        turning = 1000 <= at < 1000 + length_ms
        mv = lowest_mv + chance.whole(800) if turning else rest_mv + chance.around(10)
        if spark and 1000 + length_ms // 2 <= at < 1000 + length_ms // 2 + every_ms:
            mv = 5_200
        record = crank.feed(at, mv)
        if record is not None:
            records.append(record)
    return records


def test_divider_gives_the_battery():
    """100 kΩ over 15 kΩ: 2.087 V are 16 V; 150 kΩ over 10 kΩ: 1.8 V are 28.8 V."""
    assert 16_000 == battery.voltage_mv(2_086_957, 100_000, 15_000)
    assert 28_800 == battery.voltage_mv(1_800_000, 150_000, 10_000)


def test_what_no_battery_shows_is_a_word():
    """5 to 18 V per block; a torn wire is not an empty battery."""
    assert [(None, quality.UNDER_RANGE), (5_000, GOOD), (18_000, GOOD), (None, quality.OVER_RANGE)] == [
        battery.judged(mv, 1) for mv in (4_999, 5_000, 18_000, 18_001)
    ]
    assert (None, quality.UNDER_RANGE) == battery.judged(9_999, 2)
    for wrong in (0, 6_000, 12, 48_000):
        try:
            battery.blocks(wrong)
        except ValueError as why:
            assert "12000 or 24000" in str(why)
        else:
            raise AssertionError(wrong)


def test_a_dead_charger_is_proved_by_an_hour_of_mains():
    """Present mains and less than 13 V for an hour; without mains nobody knows, and no number is told."""
    one, unknown = Charge(12_000), (None, quality.NOT_YET_READ)
    assert [unknown, unknown, (1, GOOD)] == [one.feed(at, 12_600, 1) for at in (0, HOUR_MS - 1, HOUR_MS)]
    assert (1, GOOD) == one.feed(HOUR_MS + MINUTE_MS, 13_100, 1)
    assert (0, GOOD) == one.feed(HOUR_MS + 2 * MINUTE_MS, 13_300, 1)
    for mv, mains in ((12_600, 0), (12_600, None), (None, 1)):
        assert unknown == one.feed(2 * HOUR_MS, mv, mains)
    two = Charge(24_000)
    assert [unknown, (0, GOOD)] == [two.feed(at, mv, 1) for at, mv in ((0, 25_900), (1, 26_000))]


def test_a_divider_must_show_a_battery_on_charge():
    """16 V per block behind it must lie within what the input reads; the sentence says how much it would be."""
    limits = (150_000, 2_450_000)
    battery.check_divider(100_000, 15_000, 12_000, limits)
    battery.check_divider(150_000, 10_000, 24_000, limits)
    for upper, nominal in ((80_000, 12_000), (100_000, 24_000)):
        try:
            battery.check_divider(upper, 15_000, nominal, limits)
        except ValueError as why:
            assert "more than this input can read (2450 mV)" in str(why)
        else:
            raise AssertionError(upper)


def test_a_start_is_caught():
    """Lowest voltage and length of a start of 1.5 s, at 12 and at 24 V."""
    chance = Chance(7)
    ((lowest, length),) = cranking(Crank(1), chance, 9_100, 1_500)
    assert 9_100 <= lowest <= 9_300
    assert abs(1_500 - length) <= 20
    ((lowest, length),) = cranking(Crank(2), chance, 18_400, 2_000, rest_mv=25_200)
    assert 18_400 <= lowest <= 18_700
    assert abs(2_000 - length) <= 20


def test_a_spark_is_not_the_lowest_voltage():
    """One sample among many is a disturbance; one low sample alone is no start."""
    ((lowest, _),) = cranking(Crank(1), Chance(3), 9_100, 1_500, spark=True)
    assert lowest >= 9_100
    assert [] == cranking(Crank(1), Chance(3), 11_800, 1_500, spark=True)


def test_a_gentle_start_needs_to_be_announced():
    """A warm engine that pulls the battery to 11.8 V only is caught when somebody said that it would come."""
    assert [] == cranking(Crank(1), Chance(5), 11_550, 800)
    crank = Crank(1)
    crank.announce(0)
    ((lowest, length),) = cranking(crank, Chance(5), 11_550, 800)
    assert 11_550 <= lowest <= 11_800
    assert abs(800 - length) <= 60


def test_it_looks_closely_only_when_it_must():
    """Fast from the first low sample or an announcement, slow again when the start is over."""
    crank = Crank(1)
    assert not crank.fast(0)
    crank.feed(0, 12_600)
    crank.announce(0)
    assert crank.fast(15_000)
    assert not crank.fast(15_001)
    crank.feed(20_000, 11_400)
    assert crank.fast(20_001)
    crank.feed(20_400, 12_600)
    assert not crank.fast(20_401)


def test_a_flat_battery_is_no_start():
    """Low for more than a minute: no record, no endless haste, and ready again when it has recovered."""
    crank = Crank(1)
    crank.feed(0, 12_600)
    assert [None] * 650 == [crank.feed(100 * n, 11_000) for n in range(1, 651)]
    assert not crank.fast(70_000)
    ((lowest, _),) = [
        found for n in range(700, 800) if (found := crank.feed(100 * n, 9_500 if 730 <= n < 745 else 12_600))
    ]
    assert 9_500 == lowest


def test_a_flat_battery_that_was_charged_is_ready_for_the_next_start():
    """Between starts only averages come; one of them ends the flatness, or the next start would be missed."""
    crank = Crank(1)
    for n in range(1, 651):
        crank.feed(100 * n, 11_000)
    crank.rests(12_600)
    found = [crank.feed(at, 9_500 if at < 91_000 else 12_600) for at in range(90_000, 92_000, 8)]
    assert [(9_500, 992)] == [one for one in found if one]
