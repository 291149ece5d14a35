"""What a run burns and teaches, over leaks, restarts and whatever comes."""

from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.words import Clash, ClockQuality, Quality
from gateway.core import announce
from gateway.core.facts import TankFacts
from gateway.core.fuel import fuel_level
from gateway.core.fuel.fuel_watch import MOST_BLOCKS, MOST_SAMPLES
from gateway.core.fuel.reserves import FuelNow

from .conftest import at, facts, genset, gone, good, report
from .fuel_story import HOUR, Tank, burnt, fuel_events, led, steps_of_one

# --- leak while running ---


def test_a_leak_during_a_run_is_found() -> None:
    """Five times what the set can burn, for three hours; the hours left follow the tank, not the model."""
    story = led(Tank(facts()), 0, 3, lambda hours: steps_of_one(80 - 3.1 * hours), kw=15)

    assert story.site.fuel.leak is True
    assert 31 == pytest.approx(story.site.endurance.rate_lh, rel=0.2)  # type: ignore[union-attr]


@pytest.mark.parametrize("k", [0.8, 1.0, 1.25])
@pytest.mark.parametrize("seed", range(3))
def test_a_set_that_differs_from_the_line_is_no_leak(k: float, seed: int) -> None:
    """25 % thirstier than the pooled line is a set, not a hole."""
    dice = Random(seed)
    story = led(
        Tank(facts()), 0, 20, lambda hours: steps_of_one(90 - 0.62 * k * hours + dice.gauss(0, 0.5)), kw=15, every_s=300
    )

    assert not story.site.fuel.leak
    assert [] == fuel_events(story)


# --- restarts, bounds ---


@pytest.mark.parametrize("boot", ["boot-1", "boot-2"])
def test_a_restart_in_an_outage_keeps_the_measurement(boot: str) -> None:
    """Ten hours of falling tank are remembered, and the gap of an hour makes no leak of it."""
    k = 1.3
    level = burnt(95, 0.62 * k)
    story = led(Tank(facts()), 0, 10, level, kw=15).restarted()
    led(story, 11 * HOUR, 2, lambda hours: level(hours + 11), kw=15, boot=boot)

    burning = story.site.fuel.burning
    assert burning is not None
    assert burning.tank is not None
    assert k == pytest.approx(burning.tank.k, abs=0.15)
    assert "measured" == story.site.endurance.basis  # type: ignore[union-attr]
    assert [] == fuel_events(story)


def test_a_boot_without_clock_in_an_outage_keeps_the_measurement() -> None:
    """How long the box was away nobody knows; the tank tells."""
    level = burnt(95, 0.62)
    story = led(Tank(facts()), 0, 10, level, kw=15).restarted()
    for minute in range(60):
        second = minute * 60.0
        now = at(second, boot="boot-2", clock=ClockQuality.UNSYNCED)
        values = genset(second, mains=0, engine="running", kw=15)
        story.poll(now, "genset", values | {"fuel.level": good(level(16 + second / HOUR), second)})

    assert 1.0 == pytest.approx(story.site.fuel.burning.tank.k, abs=0.15)  # type: ignore[union-attr]
    assert story.site.endurance.until_ms is None  # type: ignore[union-attr]
    assert [] == fuel_events(story)


def test_nothing_grows_with_the_polls() -> None:
    """Three days of polls leave bounded memory."""
    story = Tank(facts())
    for day in range(3):
        led(story, day * 24 * HOUR, 23.9, lambda hours: 90 - 0.62 * hours, kw=15, every_s=300)
    fuel: FuelNow = story.site.fuel

    assert len(fuel.samples) <= MOST_SAMPLES
    assert len(fuel.blocks) <= MOST_BLOCKS
    assert len(story.site.memory.fuel.tens) <= 144
    assert len(msgspec.json.encode(story.site.memory.fuel)) < 12_000


def test_the_memory_is_written_at_most_every_ten_minutes() -> None:
    """Polled every five seconds for two hours of a run."""
    story, writes = Tank(facts()), 0
    for second in range(0, 2 * HOUR, 5):
        was = story.site.memory.fuel
        values = genset(second, mains=0, engine="running", kw=15)
        story.poll(at(second), "genset", values | {"fuel.level": good(60 - second / HOUR * 0.62, second)})
        writes += story.site.memory.fuel is not was

    assert 10 <= writes <= 15


@given(
    levels=st.lists(st.none() | st.floats(-5, 130), min_size=1, max_size=60),
    gaps=st.lists(st.sampled_from([1, 30, 60, 300, 3600, 40_000]), min_size=60, max_size=60),
    running=st.lists(st.booleans(), min_size=60, max_size=60),
)
def test_whatever_comes_there_is_an_answer(levels: list[float | None], gaps: list[int], running: list[bool]) -> None:
    """Never negative, never upside down, never without end, in whatever order readings come."""
    story = Tank(facts())
    second = 0.0
    for level, gap, runs in zip(levels, gaps, running, strict=False):
        second += gap
        value = gone(Quality.SENSOR_FAULT, second) if level is None else good(level, second)
        values = genset(second, mains=0 if runs else 230, engine="running" if runs else "stopped", kw=15 * runs)
        story.poll(at(second), "genset", values | {"fuel.level": value})
        told = story.site.endurance
        if told is not None:
            assert 0 <= told.low_h < 1e6
            assert told.high_h is None or told.low_h <= told.high_h < 1e6
        for _, before, after in fuel_events(story):
            assert 0 <= min(before, after)


def test_an_empty_configuration_thinks_nothing() -> None:
    """No tank, no set: no hours and no events."""
    of = facts(controller=None, tank=TankFacts())
    story = led(Tank(of), 0, 2, lambda hours: 60 - 30 * hours)

    assert [] == fuel_events(story)
    assert story.site.endurance is None


@pytest.mark.parametrize(("said", "sender"), [(300, 60), (100, 80), (900, 40)])
def test_a_report_stands_beside_a_sender_and_is_named_when_it_differs(said: float, sender: float) -> None:
    """The interval holds both while the word is fresh, and who says what is told; after half a day it is past."""
    story = led(Tank(facts()), 0, 1, lambda _: sender)
    story.step(at(HOUR + 1), report(1, HOUR, litres=said))
    led(story, HOUR + 60, 0.1, lambda _: sender)
    seen, level = story.site.endurance, story.site.fuel.level

    assert level is not None
    assert seen is not None
    assert "measured" == level.basis
    assert f"genset/fuel.level, {sender * 10:.0f} L | person, {said:.0f} L" == level.quarrel
    assert [(Clash.FUEL_QUARREL, level.quarrel)] == [(one.key, one.detail) for one in fuel_level.doubts(level)]
    assert seen.low_h <= (min(said, sender * 10) - 50) / 6.19
    assert seen.high_h is None or seen.high_h >= (max(said, sender * 10) - 50) / 6.19

    led(story, HOUR + 600, 12.2, lambda _: sender)
    assert () == fuel_level.doubts(story.site.fuel.level)


def test_a_report_that_fits_is_no_doubt() -> None:
    """Somebody reads 780 L where the sender says 80 %."""
    story = led(Tank(facts()), 0, 1, lambda _: 80)
    story.step(at(HOUR + 1), report(1, HOUR, litres=780))

    assert () == fuel_level.doubts(story.site.fuel.level)


def test_the_doubt_stands_in_what_is_published() -> None:
    """Beside what is known of the power, which it does not touch."""
    story = led(Tank(facts()), 0, 0.1, lambda _: 80)
    story.step(at(HOUR + 1), report(1, HOUR, litres=100))
    led(story, HOUR + 60, 0.1, lambda _: 80)
    told = msgspec.json.decode(announce.state(story.site, story.facts, at(HOUR + 500))[1])

    assert ["fuel_quarrel"] == [one["key"] for one in told["contradictions"]]
    assert "unknown" != story.power


@pytest.mark.parametrize("kind", ["refuelled", "fuel_lost"])
def test_what_somebody_read_before_is_past_when_the_tank_changes(kind: str) -> None:
    """600 L were read; then the tank was filled, or emptied: no quarrel about it."""
    story = led(Tank(facts()), 0, 1, lambda _: 60)
    story.step(at(HOUR + 1), report(1, HOUR, litres=600))
    led(story, HOUR + 60, 3, lambda hours: 60 if hours < 1 else (90 if kind == "refuelled" else 20))

    assert [kind] == [one for one, _, _ in fuel_events(story)]
    assert () == fuel_level.doubts(story.site.fuel.level)


@pytest.mark.parametrize("seed", range(4))
def test_a_poor_sender_is_no_leak_and_says_less(seed: int) -> None:
    """Two percent of scatter every ten minutes for a day: no alarm, and an interval as wide as it deserves."""
    dice = Random(seed)
    poor = led(
        Tank(facts()), 0, 24, lambda hours: steps_of_one(90 - 0.62 * hours + dice.gauss(0, 2)), kw=15, every_s=600
    )
    good_one = led(Tank(facts()), 0, 24, burnt(90), kw=15, every_s=600)
    noisy, calm = poor.site.fuel, good_one.site.fuel

    assert not noisy.leak
    assert calm.level is not None
    assert noisy.level is not None
    assert noisy.level.sd_l > 1.5 * calm.level.sd_l
    assert 2 * calm.level.noise_l == pytest.approx(noisy.burning.sums.noise_l, rel=0.35)  # type: ignore[union-attr]


def test_what_was_shown_of_sender_and_load_survives_run_and_restart() -> None:
    """The next run begins with it."""
    dice = Random(3)
    story = led(Tank(facts()), 0, 12, lambda hours: 90 - 0.62 * hours + dice.gauss(0, 2), kw=15, every_s=600)
    led(story, 12 * HOUR + 600, 8, lambda _: 82, every_s=600)
    again = led(story.restarted(), 21 * HOUR, 0.5, lambda _: 82, kw=15)

    assert 20 == pytest.approx(again.site.memory.fuel.noise_l, rel=0.5)
    assert again.site.memory.fuel.swing is not None
