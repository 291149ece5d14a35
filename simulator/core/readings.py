"""What senders and meters at the plant would say: the state as values by signal key of the contract's catalogue."""

from math import acos, sqrt, tan

from simulator.core.equipment import Plant
from simulator.core.physics import State, crank_sag_v, load_kw
from simulator.core.sequence import ENGINE_WORD, Stage, feed

Said = float | int | str | None
"""A number, a word of a closed list, or None where nothing is fitted."""

PHASES = ("l1", "l2", "l3")
SHARES = (0.36, 0.33, 0.31)
"""How the shop's load lies on the phases."""
CRANK_RPM, CRANK_KPA = 180.0, 90.0
HOT_KPA, KPA_PER_DEGREE, HOT_C = 350.0, 1.5, 82.0
ALTERNATOR_V = 28.1


def readings(state: State, plant: Plant, clock_s: float | None) -> dict[str, Said]:
    """All that the plant knows of itself. `clock_s` is the controller's own clock, None when it has none."""
    return {
        **_controller(state, clock_s),
        **_engine(state, plant),
        **_fuel(state, plant),
        **_generator(state, plant),
        **_mains(state, plant),
        **_meter(state, plant),
    }


def _controller(state: State, clock_s: float | None) -> dict[str, Said]:
    return {
        "controller.mode": state.mode,
        "controller.clock": clock_s,
        "controller.fault": 0,
        "controller.shutdown_alarm": 0,
        "controller.trip_alarm": 0,
        "controller.warning": 0,
        "controller.not_configured": 0,
    }


def _engine(state: State, plant: Plant) -> dict[str, Said]:
    cranking = state.stage is Stage.CRANKING
    pressure = HOT_KPA + KPA_PER_DEGREE * max(0.0, HOT_C - state.coolant_c)
    speed = plant.generator.rpm if state.turning else 0.0
    return {
        "engine.state": ENGINE_WORD[state.stage],
        "engine.speed": CRANK_RPM if cranking else speed,
        "engine.oil_pressure": CRANK_KPA if cranking else (pressure if state.turning else 0.0),
        "engine.coolant_temperature": state.coolant_c,
        "engine.charge_alternator_voltage": ALTERNATOR_V if state.turning else 0.0,
        "engine.battery_voltage": state.battery_v - (crank_sag_v(state.outdoor_c) if cranking else 0.0),
        "engine.run_time": state.run_time_s,
        "engine.starts": state.starts,
        "engine.maintenance_due_in": plant.generator.service_due_h * 3600
        - (state.run_time_s - plant.generator.run_time_s),
    }


def _fuel(state: State, plant: Plant) -> dict[str, Said]:
    generator = plant.generator
    rate = 0.0
    if state.turning:
        kw = load_kw(plant.load, state.at_s) if state.carries else 0.0
        rate = generator.idle_l_per_kw_h * generator.rated_kw + generator.l_per_kwh * kw
    return {
        "fuel.level": 100 * state.fuel_l / generator.tank_l,
        "fuel.rate": rate,
        "fuel.used": state.fuel_used_l,
    }


def _generator(state: State, plant: Plant) -> dict[str, Said]:
    generator = plant.generator
    live = state.turning
    kw = load_kw(plant.load, state.at_s) if state.carries else 0.0
    said = _three_phases("generator", generator.volts if live else 0.0, kw, plant.load.power_factor)
    return {
        **said,
        "generator.frequency": generator.hertz if live else 0.0,
        "generator.load_percent": 100 * kw / generator.rated_kw,
        "generator.current_earth": 0.0,
        "generator.energy_export": state.energy_kwh,
        "generator.energy_import": 0.0,
        "generator.apparent_energy": state.energy_kwh / plant.load.power_factor,
        "generator.reactive_energy": state.energy_kwh * tan(acos(plant.load.power_factor)),
    }


def _mains(state: State, plant: Plant) -> dict[str, Said]:
    if not plant.mains.sensed:
        return {}
    volts = plant.mains.volts if state.mains else 0.0
    said: dict[str, Said] = {f"mains.voltage_{phase}n": volts for phase in PHASES}
    said |= {f"mains.voltage_{pair}": volts * sqrt(3) for pair in ("l1l2", "l2l3", "l3l1")}
    said["mains.frequency"] = plant.mains.hertz if state.mains else 0.0
    return said


def _meter(state: State, plant: Plant) -> dict[str, Said]:
    source = feed(state.stage, state.mains)
    volts = {"mains": plant.mains.volts, "set": plant.generator.volts, "none": 0.0}[source]
    hertz = {"mains": plant.mains.hertz, "set": plant.generator.hertz, "none": 0.0}[source]
    kw = load_kw(plant.load, state.at_s) if state.fed else 0.0
    factor = plant.load.power_factor
    said = _three_phases("meter", volts, kw, factor)
    for phase, share in zip(PHASES, SHARES, strict=True):
        said[f"meter.power_factor_{phase}"] = factor if kw else 1.0
        said[f"meter.energy_import_{phase}"] = said[f"meter.energy_total_{phase}"] = state.load_kwh * share
    return {
        **said,
        "meter.frequency": hertz,
        "meter.energy_import": state.load_kwh,
        "meter.energy_total": state.load_kwh,
        "meter.reactive_energy_import": state.load_kwh * tan(acos(factor)),
        "meter.reactive_energy_total": state.load_kwh * tan(acos(factor)),
    }


def _three_phases(what: str, volts: float, kw: float, factor: float) -> dict[str, Said]:
    """Voltages, currents and powers of `generator` or `meter`; the total is the sum of what the phases show."""
    said: dict[str, Said] = {}
    watts = [round(1000 * kw * share) for share in SHARES]
    for phase, watt in zip(PHASES, watts, strict=True):
        said[f"{what}.voltage_{phase}n"] = volts
        said[f"{what}.current_{phase}"] = watt / factor / volts if volts else 0.0
        said[f"{what}.power_{phase}"] = watt
        said[f"{what}.apparent_power_{phase}"] = watt / factor
        said[f"{what}.reactive_power_{phase}"] = watt * tan(acos(factor))
    said |= {f"{what}.voltage_{pair}": volts * sqrt(3) for pair in ("l1l2", "l2l3", "l3l1")}
    said[f"{what}.power"] = sum(watts)
    said[f"{what}.apparent_power"] = sum(watts) / factor
    said[f"{what}.reactive_power"] = sum(watts) * tan(acos(factor))
    said[f"{what}.power_factor"] = factor if kw else 1.0
    return said
