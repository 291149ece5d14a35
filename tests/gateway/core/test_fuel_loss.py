"""Theft and leak, while the set stands and while it runs; and what must be neither."""

from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from contract.orders import Delivery
from contract.words import Quality
from gateway.core.facts import TankFacts

from .conftest import WALL_MS, at, device, facts, genset, gone, good, order
from .fuel_story import HOUR, Tank, burnt, fuel_events, led, steps_of_one


def theft_at(percent_per_h: float) -> Callable[[float], float]:
    """Steady at 60 % for an hour, then falling."""
    return lambda hours: steps_of_one(60 - percent_per_h * max(0.0, hours - 1))


# --- theft and leak while the set stands ---


@pytest.mark.parametrize("per_hour", [2.5, 5, 20, 120])
def test_a_fall_while_the_set_stands_is_a_loss(per_hour: float) -> None:
    """More than two percent per hour: told once, and the rate stands for the alarm."""
    story = led(Tank(facts()), 0, 1 + min(4.0, 40 / per_hour) + 0.5, theft_at(per_hour))

    (kind, before, after), *more = fuel_events(story)
    assert ("fuel_lost", []) == (kind, more)
    assert 600 == pytest.approx(before, abs=20)
    assert after < before - 30
    assert story.site.fuel.loss_percent_per_h is not None
    assert story.site.fuel.loss_percent_per_h > 2


@pytest.mark.parametrize("every_s", [5, 60, 300, 600, 1800])
def test_a_theft_is_seen_at_any_pace_of_polling(every_s: float) -> None:
    """Eight percent per hour for three hours."""
    story = led(Tank(facts()), 0, 4, theft_at(8), every_s=every_s)

    assert ["fuel_lost"] == [kind for kind, _, _ in fuel_events(story)]


@pytest.mark.parametrize("per_hour", [0.0, 0.2, 1.0, 1.5])
def test_a_slow_fall_is_no_theft(per_hour: float) -> None:
    """A tank that cools, or a sender that creeps."""
    story = led(Tank(facts()), 0, 9, theft_at(per_hour))

    assert [] == fuel_events(story)
    assert 0.0 == story.site.fuel.loss_percent_per_h


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("every_s", [5, 60, 300])
def test_noise_is_neither_thief_nor_tanker(seed: int, every_s: float) -> None:
    """Slosh of one percent on a sender of whole steps, with warmth by day: a day without an event."""
    dice = Random(seed)
    hours = 24 if every_s >= 60 else 2
    story = led(Tank(facts()), 0, hours, lambda hour: steps_of_one(60 + 0.1 * hour + dice.gauss(0, 1)), every_s=every_s)

    assert [] == fuel_events(story)


def test_one_wild_reading_is_nothing() -> None:
    """A single 20 % among 60 %."""
    story = led(Tank(facts()), 0, 4, lambda hours: 20 if hours == 2 else 60)

    assert [] == fuel_events(story)
    assert 600 == story.site.fuel.level.litres  # type: ignore[union-attr]


@pytest.mark.parametrize("boot", ["boot-1", "boot-2"])
def test_a_loss_holds_until_the_tank_is_filled(boot: str) -> None:
    """A restart in the middle of the fall neither forgets it nor tells it twice; then the rate stands."""
    story = led(Tank(facts()), 0, 2, theft_at(30))
    assert [] == fuel_events(story)
    assert story.site.memory.fuel.lost is not None
    again = led(story.restarted(), 2 * HOUR + 60, 3, lambda _: 30, boot=boot)

    assert [("fuel_lost", 600.0, 300.0)] == fuel_events(again)
    assert again.site.fuel.loss_percent_per_h is not None
    assert again.site.fuel.loss_percent_per_h > 2

    led(again, 5.1 * HOUR, 1, lambda hours: 30 if hours < 0.2 else 90, boot=boot)
    assert ["fuel_lost", "refuelled"] == [kind for kind, _, _ in fuel_events(again)]
    assert not again.site.fuel.loss_percent_per_h


@pytest.mark.parametrize("per_hour", [4, 8, 30, 90, 600])
def test_a_theft_is_told_as_a_whole(per_hour: float) -> None:
    """40 % of the tank are 400 L, however fast they go; what lasts longer than an hour is told in two parts."""
    story = led(Tank(facts()), 0, 2 + 40 / per_hour, lambda hours: max(20.0, theft_at(per_hour)(hours)))

    told = [(before, after) for _, before, after in fuel_events(story)]
    assert (1 if per_hour > 30 else 2) == len(told)
    assert (600, 200) == (pytest.approx(told[0][0], abs=20), pytest.approx(told[-1][1], abs=12))
    assert all(after == before for (_, after), (before, _) in pairwise(told))


def test_the_alarm_need_not_wait_for_the_end() -> None:
    """The loss is remembered a quarter of an hour after it began, though it goes on for an hour."""
    story = led(Tank(facts()), 0, 1.3, theft_at(40))

    assert story.site.memory.fuel.lost is not None
    assert not story.site.memory.fuel.lost.ended


def test_a_second_theft_is_another_one() -> None:
    """The next night the thief comes back."""
    level = lambda hours: 60 if hours < 1 else (40 if hours < 8 else 20)  # noqa: E731
    story = led(Tank(facts()), 0, 10, level)

    assert [("fuel_lost", 600.0, 400.0), ("fuel_lost", 400.0, 200.0)] == fuel_events(story)


def test_who_fills_the_tank_while_it_leaks_ends_the_loss() -> None:
    """Both are told, and their litres add up."""
    story = led(Tank(facts()), 0, 3, lambda hours: theft_at(30)(hours) if hours < 1.5 else 90)

    assert [("fuel_lost", 600.0, 450.0), ("refuelled", 450.0, 900.0)] == [
        (kind, pytest.approx(before, abs=21), pytest.approx(after, abs=21))
        for kind, before, after in fuel_events(story)
    ]


def test_another_sender_ends_the_loss() -> None:
    """The controller's sender fails while the tank falls; the node's scale is another and tells no litre of it."""
    of = facts(device("genset"), device("node", "node"))
    story = Tank(of)
    for minute in range(240):
        second = minute * 60.0
        level = good(theft_at(30)(minute / 60), second) if minute < 90 else gone(Quality.SENSOR_FAULT, second)
        story.poll(at(second), "genset", genset(second) | {"fuel.level": level})
        node = gone(Quality.COMM_ERROR, second) if minute < 90 else good(700, second)
        story.poll(at(second + 1), "node", {"fuel.litres": node})

    assert [("fuel_lost", 600.0, 450.0)] == [
        (kind, before, pytest.approx(after, abs=45)) for kind, before, after in fuel_events(story)
    ]


def test_a_delivery_excuses_no_theft() -> None:
    """Fuel was brought in the morning; at night the tank falls."""
    story = led(Tank(facts()), 0, 0.5, lambda _: 60)
    what = Delivery(litres=100, product="diesel", delivered_ms=WALL_MS)
    story.step(at(0.5 * HOUR), order(1, what))
    led(story, 0.5 * HOUR + 60, 3, theft_at(20))

    assert ["fuel_lost"] == [kind for kind, _, _ in fuel_events(story)]


def test_what_runs_back_after_a_stop_is_no_theft() -> None:
    """In the ten minutes after a run the level may fall by some percent."""
    story = led(Tank(facts()), 0, 1, burnt(60), kw=15)
    led(story, HOUR + 60, 4, lambda hours: 59 - min(4.0, 40 * hours))

    assert [] == fuel_events(story)


# --- while the set runs ---


def stolen(at_h: float, percent: float, minutes: float, from_percent: float = 80) -> Callable[[float], float]:
    """A tank that falls by what is burnt, and by a theft."""
    return lambda hours: steps_of_one(
        from_percent - 0.62 * hours - percent * min(1.0, max(0.0, hours - at_h) * 60 / minutes)
    )


@pytest.mark.parametrize("minutes", [0.5, 10, 20, 35])
@pytest.mark.parametrize("every_s", [5, 60, 600])
def test_a_theft_in_a_run_is_a_step(minutes: float, every_s: float) -> None:
    """200 L go while the set burns 6 L/h: told once, and the hours are those of what is left, neither more nor less."""
    story = led(Tank(facts()), 0, 5, stolen(2, 20, minutes), kw=15, every_s=every_s)
    seen = story.site.endurance

    ((kind, before, after),) = fuel_events(story)
    assert "fuel_lost" == kind
    assert (788, 588) == (pytest.approx(before, abs=22), pytest.approx(after, abs=22))
    assert not story.site.fuel.leak
    assert seen is not None
    assert 6.19 == pytest.approx(seen.rate_lh, rel=0.12)
    assert seen.low_h < (569 - 50) / 6.19 < (seen.high_h or 0)
    assert 60 < seen.low_h


@pytest.mark.parametrize("minutes", [0.5, 10, 20, 35])
def test_the_hours_are_honest_while_it_is_stolen(minutes: float) -> None:
    """At no poll is less promised than what is left when the thief goes on no longer, nor an alarm's worth less."""
    story = Tank(facts())
    lows = []
    for minute in range(5 * 60):
        led(story, minute * 60.0, 0, lambda _, gone_h=minute / 60: stolen(2, 20, minutes)(gone_h), kw=15)
        seen, truth = story.site.endurance, (800 - 62 * minute / 600 - 200 - 50) / 6.19
        assert seen is not None
        assert seen.high_h is None or truth < seen.high_h
        lows.append(seen.low_h)

    assert 30 < min(lows)
    assert all(low < (800 - 200 - 50) / 6.19 for low in lows[160:])


def test_the_run_before_and_after_a_theft_teaches_the_same_engine() -> None:
    """Ten hours, a theft, ten hours: the set is no thirstier for it."""
    story = led(Tank(facts()), 0, 20, stolen(10, 30, 5, 95), kw=15, every_s=300)
    led(story, 20 * HOUR + 300, 1, lambda _: steps_of_one(95 - 0.62 * 20 - 30))

    assert ["fuel_lost"] == [kind for kind, _, _ in fuel_events(story)]
    assert story.site.memory.fuel.calibration is None or 0.85 < story.site.memory.fuel.calibration < 1.15


@pytest.mark.parametrize("percent", [1, 2])
def test_a_small_step_in_a_run_is_no_theft(percent: float) -> None:
    """Steps of the sender, and slosh."""
    story = led(Tank(facts()), 0, 5, stolen(2, percent, 1), kw=15)

    assert [] == fuel_events(story)


@pytest.mark.parametrize(("noise", "every_s"), [(0.7, 60), (0.7, 600), (1.0, 60), (1.0, 600)])
@pytest.mark.parametrize("seed", range(3))
def test_slosh_in_a_run_is_no_theft(noise: float, every_s: float, seed: int) -> None:
    """Forty hours of a restless sender."""
    dice = Random(seed)
    level = lambda hours: steps_of_one(90 - 0.62 * hours + dice.gauss(0, noise))  # noqa: E731
    story = led(Tank(facts()), 0, 40, level, kw=15, every_s=every_s)

    assert [] == fuel_events(story)
    assert not story.site.fuel.leak


def test_a_load_that_swings_is_no_theft() -> None:
    """A small tank at full load burns 1.6 % in ten minutes."""
    of = facts(tank=TankFacts(litres=170.0))
    story = led(Tank(of), 0, 6, lambda hours: 95 - 16.7 / 1.7 * 0.5 * hours, kw=56)

    assert [] == fuel_events(story)


def test_one_wild_reading_in_a_run_is_nothing() -> None:
    """It neither steals nor spoils what the tank says of the engine."""
    story = led(Tank(facts()), 0, 6, lambda hours: 40 if hours == 3 else 80 - 0.62 * hours, kw=15, every_s=600)

    assert [] == fuel_events(story)
    assert 6.19 == pytest.approx(story.site.endurance.rate_lh, rel=0.15)  # type: ignore[union-attr, operator]


def test_a_fall_that_lasts_is_a_leak() -> None:
    """80 L/h for two hours: after one the hours follow the tank, and when it has ended they follow the engine again."""
    story = led(Tank(facts()), 0, 3.5, lambda hours: 90 - 0.62 * hours - 8 * max(0.0, hours - 1), kw=15)
    seen = story.site.endurance
    assert story.site.fuel.leak
    assert seen is not None
    assert 86 == pytest.approx(seen.rate_lh, rel=0.2)

    led(story, 3.5 * HOUR + 60, 3, lambda hours: 67.8 - 0.62 * hours, kw=15)
    told = [(before, after) for _, before, after in fuel_events(story)]
    assert not story.site.fuel.leak
    assert 6.19 == pytest.approx(story.site.endurance.rate_lh, rel=0.15)  # type: ignore[union-attr, operator]
    assert (2, 894) == (len(told), pytest.approx(told[0][0], abs=25))
    assert told[0][1] == told[1][0]


def test_a_restart_in_the_middle_of_a_theft_tells_it_once() -> None:
    """Half of it before the restart, half after."""
    level = stolen(2, 30, 30)
    story = led(Tank(facts()), 0, 2.35, level, kw=15).restarted()
    led(story, 2.35 * HOUR + 60, 2, lambda hours: level(hours + 2.35), kw=15)

    ((kind, before, after),) = fuel_events(story)
    assert ("fuel_lost", 788, 485) == (kind, pytest.approx(before, abs=22), pytest.approx(after, abs=22))
