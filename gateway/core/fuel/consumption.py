"""How much the set burns. Facts: reserve power, sections 7.1 and 7.3.

The model gives litres per hour at a load; what the tank and the engine say gives a factor on it, `k`. All that is
learned is learned as that factor, so that it holds at every load.
"""

from collections.abc import Sequence
from math import hypot, sqrt
from statistics import median
from typing import Literal

import msgspec

from gateway.core.facts import Facts
from gateway.core.fuel.fuel_memory import Ten

WILLANS_A = 0.042
"""L/h per kW rated, burnt at any load (pooled)."""
WILLANS_B = 0.256
"""L/kWh on top."""
HVO = 1.035
"""HVO holds 3 to 4 % less energy per litre."""
MODEL_SD = 0.15
"""Relative: what a set that nobody has measured differs from the pooled line."""
KNOWN_SD = 0.05
"""With the maker's points, or a factor learned at the site."""
ECU_SD = 0.04
LOAD_SD = 0.14
"""Relative: what the mean load of the coming hours differs from that of the hours behind. Not in the sheet, which takes
the load as given; without it the interval of a learned set held the truth in half of the simulated runs."""
LOAD_SD_S = 6 * 3600.0
"""What the site's own load shows counts by the time it was seen; the figure above counts as so much."""
LONG_S, LONG_SHARE = 12 * 3600.0, 0.35
"""When it was seen for half a day or more, so much of it is left: the wave of the day is in the mean."""
LEAST_LOAD_SD = 0.03
"""No load is steadier than that for days."""
LEAST_SWING_S = 6 * 3600.0
"""A run that carried the site for less says nothing of how the load swings."""
ECU_RANGE = (0.3, 3.0)
"""Of the model: what lies outside is no consumption of this engine."""
ECU_LEAST_S = 30.0
ECU_SURE_S = 300.0
"""Until then the count of the engine is weighed against the model: its first minutes are the warm-up without load, and
a reading of the rate may belong to another load than the one that was read beside it."""
ECU_EDGE_S = 30.0
"""For so long, about, rate and load may not belong together; after half an hour that is nothing."""
LEARN_RATE = 0.3
K_RANGE = (0.6, 1.6)
LEARN_SD = 0.05
"""A factor less certain than this is not learned."""
LEARN_ECU_S = 1800.0
MOST_GAIN = 4.0
"""How much better ten-minute means are than two readings; they share the sender's steps and its crooked scale."""
LEAST_TENS = 4
LEAST_SCATTER = 8
"""Levels from which the noise of the sender is learned, and loads from which their swing is."""
MEDIAN_SD = 0.6745
"""The median of |x| where x is normal with a standard deviation of 1."""
BARELY = 1e-9


class Factor(msgspec.Struct, frozen=True):
    """k and its standard deviation, and where it comes from."""

    k: float
    sd: float
    basis: Literal["model", "calibrated", "measured", "ecu"]


def litres_per_hour(load_kw: float, facts: Facts) -> float:
    """By the data sheet, else by the Willans line a·P_r + b·P; never zero, for an idling set burns too."""
    load = max(0.0, load_kw)
    points = facts.set.consumption
    rate = _by_points(points, load) if len(points) > 1 else WILLANS_A * facts.set.rated_kw + WILLANS_B * load
    least = WILLANS_A * facts.set.rated_kw / 4
    return max(rate, least, 0.01) * (HVO if facts.tank.fuel == "hvo" else 1.0)


def load_sd(load_kw: float, facts: Facts, to_come: float) -> float:
    """What the uncertainty of the coming load is in the consumption, relative."""
    if to_come <= 0:
        return 0.0
    rate = litres_per_hour(load_kw, facts)
    return (litres_per_hour(load_kw * (1 + to_come), facts) - rate) / rate


def swing_to_come(before: float | None, shown: float, seen_s: float) -> float:
    """How much the load may differ from what was seen of it: by what earlier runs and this one have shown."""
    known = LOAD_SD if before is None else before
    weigh = LOAD_SD_S / (LOAD_SD_S + seen_s)
    more = sqrt(weigh * known**2 + (1 - weigh) * shown**2)
    return max(LEAST_LOAD_SD, more * (LONG_SHARE if seen_s >= LONG_S else 1.0))


def swing(tens: Sequence[Ten]) -> float:
    """How much the load of ten minutes differs from their mean, relative (standard deviation)."""
    loads = [one.load_kws / one.loaded_s for one in tens if one.loaded_s > 0]
    mean = sum(loads) / len(loads) if loads else 0.0
    if mean <= 0 or len(loads) < LEAST_SCATTER:
        return 0.0
    return sqrt(sum((one - mean) ** 2 for one in loads) / (len(loads) - 1)) / mean


def swing_after(before: float | None, shown: float, seen_s: float) -> float | None:
    """How the load swings, after a run: of what was known and what this one showed, as much of either."""
    if seen_s < LEAST_SWING_S:
        return before
    return sqrt(((LOAD_SD if before is None else before) ** 2 + shown**2) / 2)


def prior(calibration: float | None, facts: Facts) -> Factor:
    """What is known before this run's fuel is measured."""
    if calibration is not None:
        return Factor(calibration, KNOWN_SD, "calibrated")
    return Factor(1.0, KNOWN_SD if len(facts.set.consumption) > 1 else MODEL_SD, "model")


def from_tank(tens: Sequence[Ten], level_sd_l: float) -> Factor | None:
    """How much faster the tank falls than the model says: the slope of the litres over the modelled litres.

    Two readings alone give √2·σ_V/Δ; their number helps up to `MOST_GAIN`.
    """
    points = [(one.line_l, one.level_l) for one in tens if one.level_l is not None]
    count = len(points)
    if count < LEAST_TENS:
        return None
    (x_0, y_0), across = points[0], points[-1][0] - points[0][0]
    x_sum = y_sum = xx_sum = xy_sum = 0.0
    # from the first point on, so that the squares stay small; one round, for this is thought every ten minutes
    for x, y in points:
        x, y = x - x_0, y - y_0  # noqa: PLW2901
        x_sum += x
        y_sum += y
        xx_sum += x * x
        xy_sum += x * y
    spread = xx_sum - x_sum * x_sum / count
    if spread <= BARELY or across <= BARELY:
        return None
    k = -(xy_sum - x_sum * y_sum / count) / spread
    gain = min(MOST_GAIN, max(1.0, sqrt(count / 6)))
    return Factor(k, sqrt(2) * level_sd_l / across / gain, "measured")


def scatter(points: Sequence[tuple[float, float]]) -> float:
    """How much levels (modelled litres, litres) differ from the line between their neighbours; 0: too few to say.

    Standard deviation of white noise, whose second difference has √6 times that. By the median, for neither a theft
    nor a tanker is noise.
    """
    if len(points) < LEAST_SCATTER:
        return 0.0
    bends = []
    for (x_0, y_0), (x_1, y_1), (x_2, y_2) in zip(points, points[1:], points[2:], strict=False):
        share = (x_1 - x_0) / (x_2 - x_0) if x_2 - x_0 > BARELY else 0.5
        bends.append(abs(y_1 - y_0 - share * (y_2 - y_0)) / sqrt(1 + share**2 + (1 - share) ** 2))
    return median(bends) / MEDIAN_SD


def from_ecu(ecu_l: float, line_l: float, seconds: float) -> Factor | None:
    """What the engine counts itself, against the model; beats all else where it makes sense and is long enough."""
    if seconds < ECU_LEAST_S or line_l <= 0:
        return None
    k = ecu_l / line_l
    sd = ECU_SD if seconds >= LEARN_ECU_S else hypot(ECU_SD, ECU_EDGE_S / seconds)
    return Factor(k, sd, "ecu") if ECU_RANGE[0] <= k <= ECU_RANGE[1] else None


def blend(model: Factor, measured: Factor | None) -> Factor:
    """Both by their variances: q̂ = (q_m/σ_m² + q_d/σ_d²)/(1/σ_m² + 1/σ_d²). The heavier one gives the basis."""
    if measured is None:
        return model
    weigh_m, weigh_d = 1 / model.sd**2, 1 / max(measured.sd, 0.005) ** 2
    k = (model.k * weigh_m + measured.k * weigh_d) / (weigh_m + weigh_d)
    basis = measured.basis if weigh_d > weigh_m else model.basis
    # a sender that climbs while fuel is burnt is no reason to believe in an engine that burns nothing
    return Factor(max(k, ECU_RANGE[0]), 1 / sqrt(weigh_m + weigh_d), basis)


def learned(calibration: float | None, run: Factor | None) -> float | None:
    """The site's factor after a run: EWMA within bounds; a run that says too little teaches nothing."""
    if run is None or run.sd > LEARN_SD:
        return calibration
    k = run.k if calibration is None else (1 - LEARN_RATE) * calibration + LEARN_RATE * run.k
    return round(min(K_RANGE[1], max(K_RANGE[0], k)), 4)


def rate_sd(factor: Factor, of_load: float) -> float:
    """Relative standard deviation of the litres per hour to come."""
    return hypot(factor.sd / factor.k, of_load)


def _by_points(points: tuple[tuple[float, float], ...], load: float) -> float:
    """Straight lines between the points, and on beyond them."""
    place = next((number for number, (kw, _) in enumerate(points) if kw >= load), len(points) - 1)
    (kw_0, rate_0), (kw_1, rate_1) = points[max(1, place) - 1], points[max(1, place)]
    return rate_0 + (rate_1 - rate_0) * (load - kw_0) / (kw_1 - kw_0)
