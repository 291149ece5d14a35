"""Who is believed about the litres: a sender, a person, or what was known and is counted down; also over restarts."""

from typing import Any

import pytest

from contract.words import ClockQuality, Quality
from gateway.core.facts import TankFacts

from .conftest import Story, at, facts, genset, gone, good, report

HOUR = 3600
MANUAL = facts(controller=None)


def by_hand(story: Story, from_s: float, hours: float, **said: Any) -> None:
    """People report what they see, every two hours, and time passes."""
    steps = int(hours * 6)
    for step in range(steps + 1):
        second = from_s + step * 600
        if step % 12 == 0:
            number = int(second) + 1
            story.step(at(second), report(number, second, **said))
        story.poll(at(second + 1), "box", {})


# --- the sender is silent, people tell ---


def test_in_silence_the_litres_are_counted_down() -> None:
    """The sender fails after an hour: ten hours later 62 L less, surer of nothing, and named as counted."""
    story = Story(facts())
    for minute in range(0, 11 * 60, 5):
        second = minute * 60.0
        level = good(60, second) if minute <= 60 else gone(Quality.SENSOR_FAULT, second)
        values = genset(second, mains=0, engine="running", kw=15)
        if minute <= 60:
            first = minute
        story.poll(at(second), "genset", values | {"fuel.level": level})

    seen = story.site.endurance
    assert seen is not None
    assert "counted" == seen.basis
    assert 550 - 6.19 * 9.9 == pytest.approx(seen.usable_l, abs=4)
    assert pytest.approx(first * 60_000, abs=600_000) == seen.level_up_ms


def test_a_controller_that_falls_silent_in_a_run_is_taken_to_run_on() -> None:
    """Silence is not standstill: the fuel goes on being used."""
    story = Story(facts())
    for minute in range(5 * 60):
        second = minute * 60.0
        values = genset(second, mains=0, engine="running", kw=15)
        if minute > 30:
            values = {key: gone(Quality.COMM_ERROR, second) for key in values}
        story.poll(at(second), "genset", values)

    assert 600 - 5 * 6.19 == pytest.approx(story.site.fuel.level.litres, abs=4)  # type: ignore[union-attr]


def test_a_report_is_enough_where_no_sender_is() -> None:
    """A manual site: somebody dips 600 L; the hours are as by a sender, less sure, and named."""
    story = Story(MANUAL)
    story.step(at(10), report(1, 10, litres=600, set_running=False))

    seen = story.site.endurance
    assert seen is not None
    assert ("reported", 550.0) == (seen.basis, seen.usable_l)
    assert 73 < seen.low_h < 75


def test_a_dipstick_goes_through_the_shape_of_the_tank() -> None:
    """50 cm of a lying cylinder of a metre are half of it."""
    of = facts(
        controller=None, tank=TankFacts(litres=1000.0, shape="lying_cylinder", height_cm=100.0, dead_percent=5.0)
    )
    story = Story(of)
    story.step(at(10), report(1, 10, dipstick_cm=50))

    assert 450 == pytest.approx(story.site.endurance.usable_l)  # type: ignore[union-attr]


def test_a_dipstick_of_an_unknown_tank_is_no_litre() -> None:
    """Without a height nobody knows."""
    story = Story(MANUAL)
    story.step(at(10), report(1, 10, dipstick_cm=50))

    assert story.site.endurance is None


def test_a_reported_tank_falls_while_people_say_that_the_set_runs() -> None:
    """Six hours at the planned load are 37 L."""
    story = Story(MANUAL)
    story.step(at(10), report(1, 10, litres=600))
    by_hand(story, 20, 6, power="reserve", set_running=True, load_connected=True)

    seen = story.site.endurance
    assert seen is not None
    assert 550 - 6 * 6.19 == pytest.approx(seen.usable_l, abs=3)


def test_diesel_of_the_fuel_station_is_never_counted() -> None:
    """2000 L under the forecourt are no litre in the tank of the set."""
    story = Story(MANUAL)
    story.step(at(10), report(1, 10, station_litres=2000))
    assert story.site.endurance is None

    story.step(at(20), report(2, 20, litres=600))
    story.step(at(30), report(3, 30, station_litres=2000))
    assert 550.0 == story.site.endurance.usable_l  # type: ignore[union-attr]


def test_a_report_grows_uncertain_and_is_forgotten() -> None:
    """Three weeks make the low end lower; after five weeks nobody knows."""
    story = Story(MANUAL)
    story.step(at(10), report(1, 10, litres=600))
    fresh = story.site.endurance
    story.poll(at(21 * 24 * HOUR), "box", {})
    weeks = story.site.endurance
    story.poll(at(36 * 24 * HOUR), "box", {})

    assert weeks.low_h < fresh.low_h - 5  # type: ignore[union-attr]
    assert story.site.endurance is None


def test_a_sender_beats_a_report() -> None:
    """Somebody says 550 L, the sender 600: close enough, the sender holds."""
    story = Story(facts())
    story.step(at(1), report(1, 1, litres=550))
    assert "reported" == story.site.endurance.basis  # type: ignore[union-attr]
    story.poll(at(5), "genset", genset(5))

    assert ("model-at-design-load", 550.0) == (
        story.site.endurance.basis,  # type: ignore[union-attr]
        story.site.endurance.usable_l,  # type: ignore[union-attr]
    )


# --- restarts ---


@pytest.mark.parametrize("boot", ["boot-1", "boot-2"])
def test_a_restart_in_an_outage_counts_on(boot: str) -> None:
    """The program is away for two hours of a run and the sender does not come back: 12 L are gone."""
    story = Story(facts())
    for minute in range(60):
        second = minute * 60.0
        story.poll(at(second), "genset", genset(second, mains=0, engine="running", kw=15))
    again = story.restarted()
    again.poll(at(3 * HOUR, boot=boot), "box", {})

    seen = again.site.endurance
    assert seen is not None
    assert 550 - 3 * 6.19 == pytest.approx(seen.usable_l, abs=8)
    assert "counted" == seen.basis


def test_after_a_boot_without_clock_nobody_knows_what_was_burnt() -> None:
    """The set ran when the box went dark, and how long that was nobody can tell: no hours until the tank is read."""
    story = Story(facts())
    for minute in range(60):
        second = minute * 60.0
        story.poll(at(second), "genset", genset(second, mains=0, engine="running", kw=15))
    again = story.restarted()
    again.poll(at(10, boot="boot-2", clock=ClockQuality.UNSYNCED), "box", {})
    assert again.site.endurance is None

    second = 20
    now = at(second, boot="boot-2", clock=ClockQuality.UNSYNCED)
    again.poll(now, "genset", genset(second, mains=0, engine="running", kw=15))
    assert again.site.endurance is not None


def test_a_set_that_stood_is_known_over_a_boot_without_clock() -> None:
    """Nothing was burnt: the last level holds, less surely."""
    story = Story(facts())
    for minute in range(30):
        story.poll(at(minute * 60), "genset", genset(minute * 60))
    again = story.restarted()
    again.poll(at(10, boot="boot-2", clock=ClockQuality.UNSYNCED), "box", {})

    seen = again.site.endurance
    assert seen is not None
    assert (550.0, "counted", None) == (seen.usable_l, seen.basis, seen.level_up_ms)
