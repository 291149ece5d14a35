"""Does the stated 80 % interval hold what then happens? With the published noise model (docs/endurance.md)."""

from functools import cache
from math import sqrt

import pytest

from .conftest import facts
from .endurance_noise import MOMENTS_H, Noise, shares

KINDS = ("line", "learned", "ecu")
SEEDS = range(80_000, 80_150)
"""Fresh ones, on which nothing was tuned; the table of many more seeds stands in docs/endurance.md."""
LEAST, MOST = 0.75, 0.90
LOW_MOST = 0.125
"""One run in ten should end before the low end, which is the number shown; in the first hour it may be one in eight."""
ERRORS = 2.0
"""Standard errors by which a share of so few runs may miss the band."""


@cache
def found(known: str) -> dict[float, tuple[int, float, float, float]]:
    """The shares of one kind, counted once."""
    return shares(SEEDS, known, facts(), Noise())


@pytest.mark.parametrize("moment", MOMENTS_H[1:])
def test_the_interval_holds_the_truth_as_often_as_it_says(moment: float) -> None:
    """In 75 to 90 % of all runs, after one, six and 24 hours."""
    told = [found(known)[moment] for known in KINDS]
    runs = sum(count for count, *_ in told)

    assert runs >= 400
    assert LEAST <= sum(count * within for count, within, *_ in told) / runs <= MOST


@pytest.mark.parametrize("known", KINDS)
@pytest.mark.parametrize("moment", MOMENTS_H)
def test_no_kind_of_knowledge_hides_behind_another(known: str, moment: float) -> None:
    """The same of each kind alone, and after ten minutes, within what so few runs can tell."""
    runs, within, below, _ = found(known)[moment]
    error = ERRORS * sqrt(0.2 * 0.8 / runs)

    assert LEAST - error <= within <= MOST + error
    assert below <= LOW_MOST + ERRORS * sqrt(0.1 * 0.9 / runs)


def test_a_quiet_plant_is_held_always() -> None:
    """Without noise the truth lies within: the interval is not moved aside by its own arithmetic."""
    quiet = Noise(
        set_sd=0,
        known_sd=0,
        reading_percent=0,
        bias_percent=0,
        scale_sd=0,
        wave_share=0,
        drift_sd=0,
        quick_sd=0,
        ecu_sd=0,
    )

    assert {1.0} == {within for _, within, _, _ in shares(range(20), "line", facts(), quiet).values()}
