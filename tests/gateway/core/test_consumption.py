"""What the set burns: the sheet's line, the maker's points, and what tank and engine say."""

from math import sqrt
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.facts import Facts, SetFacts, TankFacts
from gateway.core.fuel import consumption
from gateway.core.fuel.consumption import Factor, blend, from_ecu, from_tank, learned, litres_per_hour, prior
from gateway.core.fuel.fuel_memory import Ten

from .conftest import facts

SHEET = ((5.0, 4.0), (14.0, 6.0), (28.0, 9.0), (56.0, 16.0))


def of(points: tuple[tuple[float, float], ...] = (), **tank: Any) -> Facts:
    """A set of 56 kW."""
    return facts(set=SetFacts(rated_kw=56.0, consumption=points), tank=TankFacts(litres=1000.0, **tank))


def falling(k: float, count: int, per_ten: float = 1.0, noise: float = 0.0, seed: int = 1) -> list[Ten]:
    """Ten-minute entries of a tank that falls k times as fast as the model says."""
    dice = Random(seed)
    return [
        Ten(line_l=n * per_ten, level_l=800 - k * n * per_ten + dice.gauss(0, noise), load_kws=9000.0, loaded_s=600.0)
        for n in range(count)
    ]


@pytest.mark.parametrize(("kw", "rate"), [(15, 6.19), (0, 2.35), (-20, 2.35), (56, 16.69)])
def test_the_pooled_line(kw: float, rate: float) -> None:
    """0.042·P_r + 0.256·P; an idling set burns 2.4 L/h."""
    assert rate == pytest.approx(litres_per_hour(kw, of()), abs=0.005)


@pytest.mark.parametrize(
    ("kw", "rate"), [(5, 4.0), (9.5, 5.0), (14, 6.0), (42, 12.5), (56, 16.0), (70, 19.5), (0, 2.89)]
)
def test_the_makers_points_come_first(kw: float, rate: float) -> None:
    """Straight between the points, and on beyond them."""
    assert rate == pytest.approx(litres_per_hour(kw, of(SHEET)), abs=0.005)


def test_hvo_takes_more_litres() -> None:
    """3.5 % more, for both the line and the maker's points."""
    assert 1.035 == pytest.approx(litres_per_hour(15, of(fuel="hvo")) / litres_per_hour(15, of()))
    assert 1.035 == pytest.approx(litres_per_hour(15, of(SHEET, fuel="hvo")) / litres_per_hour(15, of(SHEET)))


@given(
    kw=st.floats(-1e3, 1e5),
    rated=st.floats(0.1, 1e4),
    points=st.lists(
        st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)), max_size=5, unique_by=(lambda p: p[0], lambda p: p[1])
    ),
)
def test_nothing_burns_nothing(kw: float, rated: float, points: list[tuple[float, float]]) -> None:
    """Never zero, never negative, whatever the points."""
    rising = tuple(zip(sorted(p[0] for p in points), sorted(p[1] for p in points), strict=True))
    told = facts(set=SetFacts(rated_kw=rated, consumption=rising))

    assert 0 < litres_per_hour(kw, told)
    assert 0 <= consumption.load_sd(max(0.0, kw), told, 0)


@pytest.mark.parametrize(("to_come", "sd"), [(0.0, 0.15), (0.14, 0.174), (0.5, 0.344)])
def test_a_load_that_is_given_is_sure_and_one_that_is_seen_may_change(to_come: float, sd: float) -> None:
    """Pooled line at 15 of 56 kW: 15 %, and more for what the load may still do; an idling part does not swing."""
    swings = consumption.load_sd(15, of(), to_come)

    assert sd == pytest.approx(consumption.rate_sd(prior(None, of()), swings), abs=0.001)
    assert swings == pytest.approx(to_come * 0.256 * 15 / litres_per_hour(15, of()), abs=1e-9)


@pytest.mark.parametrize(
    ("before", "shown", "seen_h", "expected"),
    [
        (None, 0.0, 0, 0.14),
        (None, 0.0, 6, 0.14 / 2**0.5),
        (None, 0.4, 6, ((0.14**2 + 0.4**2) / 2) ** 0.5),
        (0.4, 0.4, 3, 0.4),
        (0.4, 0.4, 12, 0.4 * 0.35),
        (0.0, 0.0, 48, 0.03),
    ],
)
def test_the_swing_of_the_load_is_learned(before: float | None, shown: float, seen_h: float, expected: float) -> None:
    """What is known counts as six hours; after half a day the wave of the day is in the mean; none is quite steady."""
    assert expected == pytest.approx(consumption.swing_to_come(before, shown, seen_h * 3600))


@pytest.mark.parametrize(
    ("calibration", "points", "expected"),
    [(None, (), (1.0, 0.15, "model")), (None, SHEET, (1.0, 0.05, "model")), (1.2, (), (1.2, 0.05, "calibrated"))],
)
def test_what_is_known_before_a_run(calibration: float | None, points: Any, expected: tuple[float, float, str]) -> None:
    """Maker's points and a learned factor are known to 5 %, the pooled line to 15."""
    told = prior(calibration, of(points))

    assert expected == (told.k, told.sd, told.basis)


@pytest.mark.parametrize("k", [0.7, 1.0, 1.4])
def test_the_fall_of_the_tank_gives_the_factor(k: float) -> None:
    """The slope of litres over modelled litres."""
    told = from_tank(falling(k, 36), 10)

    assert told is not None
    assert k == pytest.approx(told.k)


@pytest.mark.parametrize(("hours", "sd_lh"), [(1, 14.1), (3, 4.7), (6, 2.4), (24, 0.6)])
def test_the_tank_says_nothing_in_the_first_hours(hours: int, sd_lh: float) -> None:
    """√2·σ_V/Δt for 1 % of 1000 L as in the sheet, better by at most four through averaging."""
    per_hour = 6.192
    told = from_tank(falling(1.0, hours * 6 + 1, per_hour / 6), 10)

    assert told is not None
    assert sd_lh / 4 * 0.95 <= told.sd * per_hour <= sd_lh * 1.05
    assert sqrt(2) * 10 / (per_hour * hours) / 4 <= told.sd + 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_its_own_uncertainty_is_honest(seed: int) -> None:
    """With noise of 3 L per entry the factor lies within three of its standard deviations."""
    told = from_tank(falling(1.1, 72, 1.0, noise=3, seed=seed), 10)

    assert told is not None
    assert abs(told.k - 1.1) < 3 * told.sd


@pytest.mark.parametrize("tens", [[], falling(1, 3), falling(1, 20, 0.0)])
def test_too_little_is_nothing(tens: list[Ten]) -> None:
    """Few entries, or none that burnt anything."""
    assert from_tank(tens, 10) is None


def test_entries_without_level_are_left_out() -> None:
    """A sender that was away for an hour leaves a hole, not a slope."""
    tens = falling(1.2, 30)
    holes = [
        Ten(line_l=one.line_l, level_l=None, load_kws=0.0, loaded_s=0.0) if 8 < n < 15 else one
        for n, one in enumerate(tens)
    ]

    assert 1.2 == pytest.approx(from_tank(holes, 10).k)  # type: ignore[union-attr]


def test_blend_by_variance() -> None:
    """(1/0.15² and 1.3/0.3²): the surer weighs four times as much."""
    told = blend(Factor(1.0, 0.15, "model"), Factor(1.3, 0.30, "measured"))

    assert 1.06 == pytest.approx(told.k)
    assert 1 / sqrt(1 / 0.15**2 + 1 / 0.3**2) == pytest.approx(told.sd)
    assert "model" == told.basis
    assert "measured" == blend(Factor(1.0, 0.15, "model"), Factor(1.3, 0.05, "measured")).basis


@given(k=st.floats(-5, 5), sd=st.floats(0, 10))
def test_a_blend_is_a_factor(k: float, sd: float) -> None:
    """Never zero or less, never less sure than the model alone."""
    told = blend(Factor(1.0, 0.15, "model"), Factor(k, sd, "measured"))

    assert 0.3 <= told.k <= 5
    assert told.sd <= 0.15 + 1e-12


def test_the_engines_own_count() -> None:
    """30 % more than the model, known to 4 %."""
    assert Factor(1.3, 0.04, "ecu") == from_ecu(13, 10, 3600)


def test_first_minutes_of_the_engines_count_do_not_overrule_the_model() -> None:
    """A minute of warm-up against a load that was read beside it says half the truth: the model still holds."""
    early = from_ecu(0.04, 0.1, 60)
    later, late = from_ecu(0.4, 1.0, 600), from_ecu(0.4, 1.0, 1800)

    assert early is not None
    assert later is not None
    assert pytest.approx(0.064, abs=0.001) == later.sd
    assert pytest.approx(1.0, abs=0.1) == blend(Factor(1.0, 0.15, "model"), early).k
    assert "model" == blend(Factor(1.0, 0.15, "model"), early).basis
    assert Factor(0.4, 0.04, "ecu") == late


@pytest.mark.parametrize(("ecu_l", "line_l", "seconds"), [(0, 10, 3600), (100, 10, 3600), (1, 0, 3600), (13, 10, 5)])
def test_an_engine_that_counts_nonsense_is_not_asked(ecu_l: float, line_l: float, seconds: float) -> None:
    """Nothing, ten times too much, or only for a moment."""
    assert from_ecu(ecu_l, line_l, seconds) is None


@pytest.mark.parametrize(
    ("calibration", "run", "expected"),
    [
        (None, Factor(1.2, 0.04, "measured"), 1.2),
        (1.0, Factor(1.2, 0.04, "measured"), 1.06),
        (1.0, Factor(1.2, 0.06, "measured"), 1.0),
        (None, None, None),
        (1.1, None, 1.1),
        (None, Factor(3.0, 0.02, "measured"), 1.6),
        (None, Factor(0.1, 0.02, "ecu"), 0.6),
    ],
)
def test_a_run_teaches(calibration: float | None, run: Factor | None, expected: float | None) -> None:
    """EWMA of 0.3 between 0.6 and 1.6; a run that is not sure to 5 % teaches nothing."""
    assert expected == pytest.approx(learned(calibration, run))


@pytest.mark.parametrize("noise", [2.0, 10.0, 20.0])
def test_a_sender_shows_how_it_scatters(noise: float) -> None:
    """From its ten-minute levels, whatever the engine burns; a theft among them is no noise."""
    levels = [(one.line_l, one.level_l or 0.0) for one in falling(1.3, 120, noise=noise)]
    stolen = [(line, level - 200 * (place >= 60)) for place, (line, level) in enumerate(levels)]

    assert noise == pytest.approx(consumption.scatter(levels), rel=0.25)
    assert noise == pytest.approx(consumption.scatter(stolen), rel=0.3)
    assert 0.0 == consumption.scatter(levels[:7])
    assert 0.0 == pytest.approx(consumption.scatter([(one.line_l, one.level_l or 0.0) for one in falling(1.3, 50)]))


def test_the_load_shows_how_it_swings() -> None:
    """Ten and twenty kilowatts by turns swing by a third; a steady load not at all, and too few entries say nothing."""
    by_turns = [Ten(line_l=0, level_l=None, load_kws=600.0 * (10 + 10 * (n % 2)), loaded_s=600.0) for n in range(72)]

    assert 1 / 3 == pytest.approx(consumption.swing(by_turns), rel=0.02)
    assert 0.0 == consumption.swing(falling(1.0, 50))
    assert 0.0 == consumption.swing(by_turns[:7])
    assert 0.0 == consumption.swing([Ten(line_l=0, level_l=None, load_kws=0, loaded_s=0)] * 20)


@pytest.mark.parametrize("shown", [0.0, 0.1, 0.3])
def test_the_coming_load_is_known_by_what_was_seen(shown: float) -> None:
    """At first what is usual; with the hours what this site shows."""
    early, later = (consumption.swing_to_come(None, shown, hours * 3600) for hours in (0, 11))
    usual = consumption.LOAD_SD

    assert usual == early
    assert (shown > usual) is (later > usual)
    assert consumption.swing_to_come(None, shown, 13 * 3600) < later
    assert 0 < consumption.swing_to_come(None, shown, 1e6)


def test_a_long_run_teaches_how_the_load_swings() -> None:
    """An hour teaches nothing; a day half of what is known."""
    assert None is consumption.swing_after(None, 0.3, 3600)
    assert consumption.LOAD_SD < (consumption.swing_after(None, 0.3, 86_400) or 0) < 0.3
    assert 0.2 == consumption.swing_after(0.2, 0.2, 86_400)
