"""A box whose battery ends says so once, in time, and takes it back when power returns; in doubt it holds its word."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Farewell
from contract.words import ClockQuality, FarewellWhy
from gateway.core.box import last_words
from gateway.core.facts import BOX, LastWordsFacts
from gateway.core.pipeline import Tick

from .conftest import WALL_MS, Story, at, device, facts, gone, good

MIN = 60


def story(*more: Any, **settings: Any) -> Story:
    """A site whose box has a battery of its own, unless the settings say otherwise."""
    return Story(facts(*(more or (device("meter", "meter"),)), controller=None, last_words=LastWordsFacts(**settings)))


def own(one: Story, second: float, on: int | None, left_s: float | None = None, **moment: Any) -> list[str]:
    """The box looks at its own battery; the kinds of what is told."""
    told = {
        "box.on_battery": gone(second=second) if on is None else good(on, second),
        "box.battery_left": gone(second=second) if left_s is None else good(left_s, second),
    }
    return [new.kind for new in one.poll(at(second, **moment), BOX, told) if new.kind.startswith("box_")]


def ups(one: Story, second: float, state: str | None, runtime: float | None = None) -> list[str]:
    """The UPS of the site answers. Half of what it says is believed."""
    told = {
        "ups.state": gone(second=second) if state is None else good(state, second),
        "ups.runtime": gone(second=second) if runtime is None else good(runtime, second),
    }
    return [new.kind for new in one.poll(at(second), "ups", told) if new.kind.startswith("box_")]


def test_the_end_is_told_with_its_hour_when_it_is_near_for_a_while() -> None:
    """Above the bound nothing; below it after a quarter of a minute, once, with the time at which it falls silent."""
    one = story()
    kinds = own(one, 0, 1, 20 * MIN) + own(one, 60, 1, 9 * MIN) + own(one, 70, 1, 9 * MIN)
    told = own(one, 76, 1, 9 * MIN)
    after = own(one, 90, 1, 9 * MIN - 14)
    until_ms = WALL_MS + (76 + 9 * MIN) * 1000

    assert ([], ["box_ending"], []) == (kinds, told, after)
    assert Farewell(why=FarewellWhy.BATTERY, until_ms=until_ms, until_up_ms=616_000) == one.site.ending.farewell
    assert {"left": "540", "until": str(until_ms)} == one.told[-1].body["params"]


def test_power_that_comes_back_is_told_too() -> None:
    """After it has been back for a quarter of a minute; a flicker tells nothing and moves nothing."""
    one = story()
    for second in (0, 20):
        own(one, second, 1, 5 * MIN)
    flicker = own(one, 21, 0, 5 * MIN) + own(one, 25, 1, 5 * MIN) + own(one, 37, 1, 5 * MIN)
    held = one.site.ending.farewell
    kinds = own(one, 40, 0) + own(one, 56, 0)

    assert ([], ["box_stays"]) == (flicker, kinds)
    assert held is not None
    assert one.site.ending.farewell is None
    assert "box_fed" == one.told[-1].body["key"]


def test_mains_that_flicker_at_the_end_do_not_fill_the_store() -> None:
    """A battery that is on and off every five seconds for an hour leaves not one event."""
    one = story()
    kinds = [kind for second in range(0, 3600, 5) for kind in own(one, second, second // 5 % 2, 5 * MIN)]

    assert [] == kinds


def test_a_battery_that_suddenly_lasts_longer_is_not_at_its_end() -> None:
    """Somebody has turned off what it fed: twice the bound ends the foretelling."""
    one = story()
    kinds = [kind for second, left in ((0, 9), (16, 9), (60, 19), (80, 21), (96, 21))
             for kind in own(one, second, 1, left * MIN)]  # fmt: skip

    assert ["box_ending", "box_stays"] == kinds
    assert "box_lasts" == one.told[-1].body["key"]


def test_a_gauge_that_always_says_minutes_foretells_for_an_hour_and_then_nothing() -> None:
    """Such a box has not died of its battery when it falls silent, nor may it halt; power that was back mends it."""
    one = story(halts=True, halt_below_min=8)
    kinds = [kind for second in range(0, 2 * 3600, 20) for kind in own(one, second, 1, 9 * MIN)]
    lied = one.site.ending

    assert ["box_ending", "box_stays"] == kinds
    assert "box_gauge" == next(new.body["key"] for new in reversed(one.told) if new.kind == "box_stays")
    assert (None, False, True) == (lied.farewell, lied.halt, lied.lied)
    assert [] == own(one, 8000, 1, 7 * MIN) + own(one, 8030, 1, 7 * MIN)
    assert [] == own(one, 8100, 0) + own(one, 8120, 0)
    assert ["box_ending"] == own(one, 9000, 1, 9 * MIN) + own(one, 9020, 1, 9 * MIN)


def test_while_nobody_knows_what_was_foretold_holds() -> None:
    """A fuel gauge that goes silent at the end is no return of power."""
    one = story()
    for second in (0, 20):
        own(one, second, 1, 9 * MIN)
    held = one.site.ending.farewell
    kinds = [kind for second in range(30, 600, 10) for kind in own(one, second, None)]

    assert [] == kinds
    assert held == one.site.ending.farewell


@pytest.mark.parametrize(("expected", "halts"), [(False, False), (True, True)])
def test_it_is_halted_below_its_own_bound_and_only_where_it_wakes_again(expected: bool, halts: bool) -> None:
    """Where nothing would start it again it stays up until the battery is empty; what was decided stays decided."""
    one = story(halts=halts)
    for second in (0, 20):
        own(one, second, 1, 9 * MIN)
    before = one.site.ending.halt
    own(one, 300, 1, 5 * MIN)
    own(one, 310, 1, 6 * MIN)

    assert (False, expected) == (before, one.site.ending.halt)


def test_a_gauge_that_is_stuck_halts_a_box_only_so_often() -> None:
    """Each start finds minutes left, on battery; power that was seen between them begins the count anew."""
    one, halted = story(halts=True), []
    for start in range(last_words.MOST_HALTS + 2):
        for second in (0, 20):
            own(one, 1000 * start + second, 1, 3 * MIN)
        halted.append(one.site.ending.halt)
        one = one.restarted()
    own(one, 9000, 0)
    own(one, 9001, 1, 3 * MIN)
    own(one, 9020, 1, 3 * MIN)

    assert [True] * last_words.MOST_HALTS + [False, False] == halted
    assert one.site.ending.halt


def test_a_box_that_halts_names_the_time_of_the_halt() -> None:
    """Nine minutes of battery, halted at five: silent in four."""
    one = story(halts=True)
    for second in (0, 20):
        own(one, second, 1, 9 * MIN)

    assert one.site.ending.farewell is not None
    assert WALL_MS + (20 + 4 * MIN) * 1000 == one.site.ending.farewell.until_ms


def test_without_a_clock_the_time_is_told_on_the_uptime_alone() -> None:
    """Nobody reads an invented hour."""
    one = story()
    for second in (0, 20):
        own(one, second, 1, 2 * MIN, clock=ClockQuality.UNSYNCED)

    assert Farewell(why=FarewellWhy.BATTERY, until_up_ms=140_000) == one.site.ending.farewell
    assert {"left": "120"} == one.told[-1].body["params"]


def test_the_foretold_time_moves_in_steps_of_a_minute() -> None:
    """Counting down is no news; two minutes more are."""
    one = story()
    for second in (0, 20):
        own(one, second, 1, 9 * MIN)
    first = one.site.ending.farewell
    own(one, 80, 1, 9 * MIN - 50)
    same = one.site.ending.farewell
    own(one, 90, 1, 11 * MIN)

    assert first == same
    assert first != one.site.ending.farewell


def test_the_sites_ups_carries_a_box_without_a_battery() -> None:
    """Its low bound counts: half of what it says itself."""
    one = story(device("ups", "ups"))
    kinds = ups(one, 0, "on_battery", 22 * MIN) + ups(one, 30, "on_battery", 19 * MIN)
    told = ups(one, 46, "on_battery", 19 * MIN)
    back = ups(one, 60, "on_mains", 19 * MIN) + ups(one, 76, "on_mains", 19 * MIN)

    assert ([], ["box_ending"], ["box_stays"]) == (kinds, told, back)


def test_a_ups_that_falls_silent_on_battery_is_counted_down() -> None:
    """Its cable may be the first that dies; the end is foretold all the same."""
    one = story(device("ups", "ups"))
    ups(one, 0, "on_battery", 30 * MIN)
    kinds = [kind for second in range(10, 900, 10) for kind in ups(one, second, None)]

    assert ["box_ending"] == kinds


@pytest.mark.parametrize(
    ("expected", "battery"), [("box_ending", "own"), ("box_ending", "auto"), (None, "ups"), (None, "none")]
)
def test_the_settings_say_which_battery_counts(expected: str | None, battery: str) -> None:
    """The box's own before the site's UPS; `none` foretells nothing."""
    one = story(device("ups", "ups"), battery=battery)
    kinds = []
    for second in (0, 20):
        kinds += ups(one, second, "on_mains", 7200)
        kinds += own(one, second, 1, 3 * MIN)

    assert ([] if expected is None else [expected]) == kinds


def test_a_site_without_any_battery_foretells_nothing() -> None:
    """Nothing known, nothing said."""
    one = story()
    kinds = [new.kind for second in range(100) for new in one.step(at(second), Tick())]

    assert (None, None) == last_words.runs_down(one.site, one.facts)
    assert not {"box_ending", "box_stays"} & set(kinds)


looks = st.tuples(
    st.floats(0.1, 400),
    st.sampled_from([None, 0, 1]),
    st.one_of(st.none(), st.floats(-1e9, 1e9, allow_nan=False)),
)


@given(st.lists(looks, max_size=60), st.booleans())
def test_whatever_a_battery_says_each_end_is_told_before_it_is_taken_back(steps: Any, halts: bool) -> None:
    """Ending and staying take turns; the machine is never halted without having said so; the time is never past."""
    one, second, kinds = story(halts=halts), 0.0, []
    for gone_s, on, left in steps:
        second += gone_s
        kinds += own(one, second, on, left)
        ending = one.site.ending
        assert not ending.halt or (halts and ending.farewell is not None)
    expected = ["box_ending", "box_stays"] * len(kinds)

    assert expected[: len(kinds)] == kinds


@pytest.mark.parametrize(
    ("expected", "on", "left_s"),
    [
        (None, 0, 9 * 3600), (None, None, 60), (None, 1, None), ("plenty", 1, 8 * 3600 + 1), ("hours", 1, 8 * 3600),
        ("low", 1, 2 * 3600), ("last_hour", 1, 3600),
    ],
)  # fmt: skip
def test_visitors_screens_are_told_one_coarse_word(expected: str | None, on: int | None, left_s: float | None) -> None:
    """How long the box's own battery lasts; nothing while it does not run down, or nobody can tell."""
    one = story()
    own(one, 0, on, left_s)

    assert expected == last_words.lasts(one.site, one.facts)
