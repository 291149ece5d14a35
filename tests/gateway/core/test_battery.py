"""How long a UPS carries its load: the sheet's figures, cold, age, and silence."""

from datetime import UTC, datetime, timedelta
from math import log
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.judgement import Endurance
from contract.words import ClockQuality, Quality
from gateway.core.facts import Facts, UpsFacts
from gateway.core.fuel.battery import BASES, believed_share, minutes_at, warmth_share

from .conftest import WALL_MS, Story, at, device, facts, gone, good

POINTS = ((100.0, 4.0), (50.0, 12.0))
"""240 s at 100 %, 720 s at 50 %."""
HOUR = 3600


def day(before: int) -> str:
    """A date so many days before the story begins."""
    return (datetime.fromtimestamp(WALL_MS / 1000, UTC) - timedelta(days=before)).date().isoformat()


def of(**ups: Any) -> Facts:
    """A site with one UPS and nothing else."""
    return facts(device("ups", "ups"), controller=None, ups=UpsFacts(**({"points": POINTS} | ups)))


def says(second: float, state: str | None = "on_battery", **more: float | None) -> dict[str, Any]:
    """What a UPS tells."""
    told = {f"ups.{key}": gone(second=second) if value is None else good(value, second) for key, value in more.items()}
    return told | {"ups.state": gone(second=second) if state is None else good(state, second)}


def after(
    of_site: Facts, second: float = 1, state: str | None = "on_battery", **more: float | None
) -> Endurance | None:
    """What is told after one poll."""
    story = Story(of_site)
    story.poll(at(second), "ups", says(second, state, **more))
    return story.site.battery


def sure(seen: Endurance | None) -> Endurance:
    """There must be an answer."""
    assert seen is not None
    return seen


def test_the_two_points_of_the_sheet() -> None:
    """240 s at 100 % and 720 s at 50 % are n = 1.585, and 36 min at 25 %."""
    assert 1.585 == pytest.approx(log(12 / 4) / log(100 / 50), abs=0.001)
    assert 36 == pytest.approx(minutes_at(POINTS, 25), abs=0.05)
    assert 4 == pytest.approx(minutes_at(POINTS, 100))
    assert 12 == pytest.approx(minutes_at(POINTS, 50))


def test_an_idle_ups_draws_too() -> None:
    """Below 10 % of load it is the UPS that draws."""
    assert minutes_at(POINTS, 10) == minutes_at(POINTS, 3) == minutes_at(POINTS, 0)


@pytest.mark.parametrize("points", [(), ((0.0, 10.0),), ((50.0, 0.0),), ((-5.0, 3.0), (0.0, 0.0))])
def test_points_that_say_nothing(points: Any) -> None:
    """No point, or none that can be one."""
    assert minutes_at(points, 50) is None


@pytest.mark.parametrize("points", [((100.0, 4.0),), ((100.0, 4.0), (99.0, 40.0)), ((100.0, 12.0), (50.0, 4.0))])
def test_points_too_close_or_crossed_stay_reasonable(points: Any) -> None:
    """One point alone is in proportion; two that make no curve are kept within what batteries do."""
    assert 4 < minutes_at(points, 25) < 500  # type: ignore[operator]


@pytest.mark.parametrize(
    ("chemistry", "celsius", "share"),
    [
        ("lead", 25, 1.0), ("lead", 0, 0.8), ("lead", -20, 0.64), ("lead", 40, 1.0), ("lead", -100, 0.3),
        ("lfp", 0, 0.8), ("lfp", -60, 0.6), ("lead", None, 1.0),
    ],
)  # fmt: skip
def test_cold_takes_its_share(chemistry: str, celsius: float | None, share: float) -> None:
    """0.8 at 0 °C and 0.64 at −20 °C; a warm one gives no more than it has."""
    assert share == pytest.approx(warmth_share(chemistry, celsius))


@pytest.mark.parametrize(
    ("tested", "share"), [(None, 0.5), (day(100), 0.8), (day(364), 0.8), (day(400), 0.5), (day(-30), 0.5), ("?", 0.5)]
)
def test_half_is_promised_unless_it_was_tested(tested: str | None, share: float) -> None:
    """A discharge test within a year is worth 80 %."""
    assert share == believed_share(UpsFacts(discharge_tested=tested), at(1))


def test_without_a_clock_no_test_is_known_to_be_young() -> None:
    """A date needs a day to count from."""
    assert 0.5 == believed_share(UpsFacts(discharge_tested=day(10)), at(1, clock=ClockQuality.UNSYNCED))


def test_its_own_figure_comes_first() -> None:
    """An hour by its own word: half an hour is promised, an hour at most."""
    seen = sure(after(of(), runtime=3600, charge=100, load_percent=25))

    assert (0.5, 1.0, "ups") == (seen.low_h, seen.high_h, seen.basis)
    assert seen.until_ms == WALL_MS + 1000 + HOUR // 2 * 1000


@pytest.mark.parametrize(
    ("more", "minutes"),
    [
        ({"charge": 100, "load_percent": 25}, 36),
        ({"charge": 50, "load_percent": 25}, 18),
        ({"charge": 100, "load_percent": 25, "temperature": 0}, 36 * 0.8),
        ({"charge": 100, "load_percent": 25, "health": 80}, 36 * 0.8),
        ({"charge": 100, "load_percent": 25, "replace_battery": 1}, 36 * 0.5),
        ({"charge": 100}, 4),
        ({"charge": 100, "load_percent": None}, 4),
    ],
)
def test_by_the_data_sheet(more: Any, minutes: float) -> None:
    """Load, charge, cold and health; an unknown load is taken as the heaviest."""
    seen = sure(after(of(), **more))

    assert minutes / 60 == pytest.approx(seen.high_h, abs=0.011)
    assert minutes / 120 == pytest.approx(seen.low_h, abs=0.011)
    assert "ups-sheet" == seen.basis


def test_an_old_battery_holds_less() -> None:
    """Four years on lead are 80 %."""
    seen = sure(after(of(installed=day(1461)), charge=100, load_percent=25))

    assert 36 / 60 * 0.8 == pytest.approx(seen.high_h, abs=0.011)


@pytest.mark.parametrize("more", [{"runtime": None}, {}])
def test_a_ups_that_says_nothing_useful(more: Any) -> None:
    """Neither its own figure nor points: nobody knows."""
    assert after(of(points=()), charge=100, **more) is None


def test_a_site_without_ups() -> None:
    """No UPS, no hours."""
    story = Story(facts())
    story.poll(at(1), "genset", {})

    assert story.site.battery is None


@pytest.mark.parametrize("state", ["on_mains", "on_battery"])
def test_an_end_is_told_only_on_battery(state: str) -> None:
    """On mains nothing is being used."""
    seen = sure(after(of(), 1, state, runtime=3600))

    assert (state == "on_battery") is (seen.until_ms is not None)


def test_no_end_by_a_clock_that_nobody_knows() -> None:
    """Minutes are told, a time of day is not."""
    story = Story(of())
    story.poll(at(1, clock=ClockQuality.UNSYNCED), "ups", says(1, runtime=3600))

    assert sure(story.site.battery).until_ms is None


def test_the_charge_is_counted_where_nobody_tells_it() -> None:
    """Full on mains, then twelve minutes at a quarter of the load: two thirds are left, also after a restart."""
    story = Story(of())
    for second in range(0, 60, 10):
        story.poll(at(second), "ups", says(second, "on_mains", load_percent=25))
    for second in range(60, 60 + 12 * 60 + 1, 10):
        story.poll(at(second), "ups", says(second, load_percent=25))

    assert 24 / 60 == pytest.approx(sure(story.site.battery).high_h, abs=0.02)

    again = story.restarted()
    again.poll(at(790), "ups", says(790, load_percent=25))
    assert 24 / 60 == pytest.approx(sure(again.site.battery).high_h, abs=0.04)


def test_a_charge_that_flatters_is_not_believed() -> None:
    """Its voltage says 100 % after twelve minutes of 36: what was counted is lower and holds."""
    story = Story(of())
    for second in range(0, 12 * 60 + 1, 10):
        story.poll(at(second), "ups", says(second, charge=100, load_percent=25))

    assert 24 / 60 == pytest.approx(sure(story.site.battery).high_h, abs=0.02)


def test_it_charges_again_within_half_a_day() -> None:
    """Empty, then six hours of mains: half. A cold LFP takes no charge."""
    for celsius, share in ((20, 0.5), (-5, 0.0)):
        story = Story(of(chemistry="lfp"))
        for second in range(0, 6 * HOUR + 1, 60):
            charge = 0 if second == 0 else None
            told = says(second, "on_mains", charge=charge, load_percent=25, temperature=celsius)
            story.poll(at(second), "ups", told)

        assert share == pytest.approx(story.site.ups.left["ups"], abs=0.01)


def test_in_silence_it_is_counted_down() -> None:
    """An hour was left when it fell silent on battery: after 15 minutes a quarter of an hour is promised."""
    story = Story(of())
    story.poll(at(0), "ups", says(0, runtime=3600))
    for second in range(10, 901, 10):
        story.poll(at(second), "ups", {"ups.state": gone(second=second), "ups.runtime": gone(second=second)})

    seen = sure(story.site.battery)
    assert "ups-counted" == seen.basis
    assert 0.25 == pytest.approx(seen.low_h, abs=0.01)
    assert 0.75 == pytest.approx(seen.high_h, abs=0.01)

    story.poll(at(2 * HOUR), "ups", {"ups.state": gone(second=2 * HOUR), "ups.runtime": gone(second=2 * HOUR)})
    assert 0 == sure(story.site.battery).low_h


def test_silence_on_mains_is_not_known() -> None:
    """Nothing was being used; how it is now nobody says."""
    story = Story(of())
    story.poll(at(0), "ups", says(0, "on_mains", runtime=3600))
    story.poll(at(10), "ups", {"ups.state": gone(), "ups.runtime": gone(Quality.COMM_ERROR)})

    assert story.site.battery is None


def test_of_several_the_shortest_counts() -> None:
    """One of an hour, one of ten minutes."""
    story = Story(facts(device("ups", "ups"), device("ups-2", "ups"), controller=None))
    story.poll(at(1), "ups", says(1, runtime=3600))
    story.poll(at(2), "ups-2", says(2, runtime=600))

    assert 0.17 == pytest.approx(sure(story.site.battery).high_h)


def test_the_count_is_written_at_most_once_a_minute() -> None:
    """Two hours on battery, polled every five seconds."""
    story, writes = Story(of(points=((100.0, 60.0), (50.0, 180.0)))), 0
    for second in range(0, 2 * HOUR, 5):
        was = story.site.memory.battery
        story.poll(at(second), "ups", says(second, load_percent=50))
        writes += story.site.memory.battery is not was

    assert 5 < writes <= 60


@given(
    points=st.lists(st.tuples(st.floats(-10, 200), st.floats(-10, 1e6)), max_size=4),
    polls=st.lists(
        st.tuples(
            st.sampled_from(["on_battery", "on_mains", None]),
            st.none() | st.floats(-10, 1e6),
            st.none() | st.floats(-10, 150),
            st.none() | st.floats(-10, 200),
            st.none() | st.floats(-60, 80),
            st.none() | st.floats(-10, 120),
            st.sampled_from([1, 10, 60, 100_000]),
        ),
        min_size=1,
        max_size=8,
    ),
)
def test_whatever_a_ups_says_there_is_an_interval(points: Any, polls: Any) -> None:
    """Never negative, never upside down, never a division by zero."""
    story, second = Story(of(points=tuple(points))), 0.0
    for state, runtime, charge, load, celsius, health, gap in polls:
        second += gap
        told = says(
            second, state, runtime=runtime, charge=charge, load_percent=load, temperature=celsius, health=health
        )
        story.poll(at(second), "ups", told)
        seen = story.site.battery
        if seen is not None:
            assert seen.high_h is not None
            assert 0 <= seen.low_h <= seen.high_h < 1e9
            assert seen.basis in BASES
