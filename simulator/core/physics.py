"""What the machines do between two events: every quantity in closed form, so a leap of a day costs as much as a tick.

Sources: consumption, resting and charging voltages from the fact sheet on reserve power, sections 7.1, 9 and 10; time
constants are chosen to look like a diesel of 56 kW.
"""

from dataclasses import dataclass, replace
from math import cos, exp, pi, sin

from simulator.core.equipment import ControlMode, Generator, Load, Plant
from simulator.core.sequence import CARRIES, TURNING, Stage, feed

HOT_C = 82.0
HEATER_C = 40.0
WARM_UP_TAU_S = 240.0
COOLING_TAU_S = 5 * 3600.0
RUNNING_V, RUNNING_TAU_S = 27.6, 20.0
CHARGED_V, CHARGED_TAU_S = 27.2, 300.0
RESTING_V, RESTING_TAU_S = 25.4, 1800.0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The plant at one moment, `at_s` product seconds after the scenario began.

    `battery_v` is without the sag of cranking. Counters are since the set was new.
    """

    at_s: float
    stage: Stage
    stage_since_s: float
    mains: bool
    mode: ControlMode
    outdoor_c: float
    fuel_l: float
    fuel_used_l: float
    run_time_s: float
    starts: int
    energy_kwh: float
    load_kwh: float
    coolant_c: float
    battery_v: float

    @property
    def turning(self) -> bool:
        """Does the engine run by itself?"""
        return self.stage in TURNING

    @property
    def carries(self) -> bool:
        """Is the load on the set?"""
        return self.stage in CARRIES

    @property
    def fed(self) -> bool:
        """Is there voltage on the load side?"""
        return feed(self.stage, self.mains) != "none"


def load_kw(load: Load, at_s: float) -> float:
    """What the shop takes when it has power."""
    return load.kw + load.swing_kw * sin(2 * pi * at_s / load.period_s)


def glide(state: State, plant: Plant, to_s: float) -> State:
    """The plant at `to_s`, when nothing happens on the way."""
    gone_s = to_s - state.at_s
    if gone_s <= 0:
        return state
    kwh = _load_kwh(plant.load, state.at_s, to_s) if state.fed else 0.0
    set_kwh = kwh if state.carries else 0.0
    burnt = min(state.fuel_l, litres(plant.generator, gone_s, set_kwh)) if state.turning else 0.0
    coolant, coolant_tau = _coolant_goal(state)
    battery, battery_tau = _battery_goal(state)
    return replace(
        state,
        at_s=to_s,
        fuel_l=state.fuel_l - burnt,
        fuel_used_l=state.fuel_used_l + burnt,
        run_time_s=state.run_time_s + (gone_s if state.turning else 0.0),
        energy_kwh=state.energy_kwh + set_kwh,
        load_kwh=state.load_kwh + kwh,
        coolant_c=_approach(state.coolant_c, coolant, gone_s / coolant_tau),
        battery_v=_approach(state.battery_v, battery, gone_s / battery_tau),
    )


def litres(generator: Generator, seconds: float, kwh: float) -> float:
    """Burnt in that time for that energy: a·P_rated·t + b·E."""
    return generator.idle_l_per_kw_h * generator.rated_kw * seconds / 3600 + generator.l_per_kwh * kwh


def dry_at(state: State, plant: Plant, until_s: float) -> float | None:
    """When the tank is empty if the set runs on, or None if it lasts until `until_s`."""
    if not state.turning or glide(state, plant, until_s).fuel_l > 0:
        return None
    early, late = state.at_s, until_s
    for _ in range(60):
        middle = (early + late) / 2
        if glide(state, plant, middle).fuel_l > 0:
            early = middle
        else:
            late = middle
    return late


def crank_sag_v(outdoor_c: float) -> float:
    """How far the start battery falls while it cranks; a cold one falls deeper."""
    return 4.5 + 0.06 * max(0.0, 20.0 - outdoor_c)


def _approach(value: float, goal: float, taus: float) -> float:
    return goal + (value - goal) * exp(-taus)


def _load_kwh(load: Load, from_s: float, to_s: float) -> float:
    """The integral of `load_kw`."""
    turn = 2 * pi / load.period_s
    swing = load.swing_kw / turn * (cos(turn * from_s) - cos(turn * to_s))
    return (load.kw * (to_s - from_s) + swing) / 3600


def _coolant_goal(state: State) -> tuple[float, float]:
    if state.turning:
        return HOT_C, WARM_UP_TAU_S
    # the heater hangs on the load side: in an outage the engine grows cold
    return (max(HEATER_C, state.outdoor_c), COOLING_TAU_S) if state.fed else (state.outdoor_c, COOLING_TAU_S)


def _battery_goal(state: State) -> tuple[float, float]:
    if state.turning:
        return RUNNING_V, RUNNING_TAU_S
    return (CHARGED_V, CHARGED_TAU_S) if state.fed else (RESTING_V, RESTING_TAU_S)
