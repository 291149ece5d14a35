"""How long the fuel lasts, as an interval with a clock time. Facts: reserve power, section 7.

T = V_usable / q̂ with ρ = √((σ_V/V)² + (σ_q/q̂)²); T_low = T/(1 + zρ), T_high = T/(1 − zρ), z = 1.28 (80 %).
"""

from collections.abc import Sequence
from math import ceil, floor, hypot

import msgspec

from contract.judgement import Endurance
from contract.words import Event, Power
from gateway.core.facts import Facts
from gateway.core.fuel import consumption, fuel_burn, fuel_level, fuel_watch, tank
from gateway.core.fuel.consumption import Factor
from gateway.core.fuel.fuel_memory import FuelMemory
from gateway.core.fuel.reserves import Burning, FuelNow, Level
from gateway.core.moments import before, believed_ms
from gateway.core.site import Change, Now, Site, remember

Z80 = 1.28
SCATTER_TELLS = 1.75
"""How much more wrong a sender is in all than its readings scatter, for its scale is crooked too."""
ONLY_LOW = 0.8
"""From this zρ on the upper end says nothing."""
CARRIES = (Power.ON_RESERVE, Power.RETURNING)
BASES = (
    "model",  # the pooled line or the maker's points, at the load of now
    "model-at-design-load",  # the same while the set does not carry the site: at the load it is planned for
    "model-at-last-load",  # at the load of the last run, which was higher
    "calibrated",  # with the factor learned from this site's runs
    "measured",  # the fall of the tank weighs more than the model
    "ecu",  # what the engine counts itself
    "reported",  # the litres come from a person
    "counted",  # the litres are counted down from the last reading of a sender that is silent or not believed
)
HOUR_MS = 3_600_000
MINUTE_MS = 60_000


def watch(site: Site, facts: Facts, now: Now, told: Sequence[Change]) -> tuple[Site, list[Change]]:
    """The fuel and the hours anew."""
    fuel, memory, was = site.fuel, site.memory.fuel, site.fuel.burning
    if was is None:
        was, memory = fuel_burn.awakened(memory, facts, now)
        fuel = msgspec.structs.replace(fuel, seen=memory.measured)
    factor = fuel_burn.factor_of(was, memory, facts, leak=fuel.leak is True)
    burning = fuel_burn.count(site, was, facts, factor, now)
    fuel = msgspec.structs.replace(fuel, burning=burning)
    fuel, memory = _turn(site, fuel, memory, facts, now, was.turning)
    for change in told:
        if change.kind is Event.REPORT_ENTERED and site.memory.reports:
            known = fuel_level.told(site.memory.reports[-1], facts, burning, now)
            memory = memory if known is None else msgspec.structs.replace(memory, told=known)
    sender = fuel_level.sensed(site, facts, now)
    fuel, memory, changes = fuel_watch.look(site, fuel, memory, sender, facts, now)
    fuel, memory = _ten(fuel, memory, facts, now)
    level = _as_it_proves(fuel_level.best(sender, fuel, memory, facts, now), fuel, memory)
    site = site if memory is site.memory.fuel else remember(site, fuel=memory)
    found = _hours(site, fuel, memory, level, facts, now)
    fuel = msgspec.structs.replace(fuel, level=level)
    return msgspec.structs.replace(site, fuel=fuel, endurance=_no_later(found, site, now)), changes


def interval(hours: float, rho: float) -> tuple[float, float | None]:
    """The 80 % interval of a quotient whose relative standard deviation is ρ; no upper end when it says nothing."""
    spread = Z80 * rho
    return hours / (1 + spread), None if spread >= ONLY_LOW else hours / (1 - spread)


def _turn(
    site: Site, fuel: FuelNow, memory: FuelMemory, facts: Facts, now: Now, turned: bool
) -> tuple[FuelNow, FuelMemory]:
    """The set began to run, or stopped."""
    turning = fuel.burning is not None and fuel.burning.turning
    if turning is turned:
        return fuel, memory
    if turning:
        fuel, memory = fuel_burn.run_began(fuel, memory, now, outage=site.memory.judged.outage)
    else:
        fuel, memory = fuel_burn.with_ten(fuel, memory, facts, _noise_l(fuel, memory, facts))
        fuel, memory = fuel_burn.run_ended(fuel, memory, now)
    return fuel, fuel_burn.saved(memory, fuel, now)


def _ten(fuel: FuelNow, memory: FuelMemory, facts: Facts, now: Now) -> tuple[FuelNow, FuelMemory]:
    """Every ten minutes of a run are kept."""
    burning = fuel.burning
    if burning is None or not burning.turning or now.up_ms - burning.ten_ms < fuel_burn.TEN_MS:
        return fuel, memory
    fuel, memory = fuel_burn.with_ten(fuel, memory, facts, _noise_l(fuel, memory, facts))
    return fuel, fuel_burn.saved(memory, fuel, now)


def _noise_l(fuel: FuelNow, memory: FuelMemory, facts: Facts) -> float:
    """What one reading may differ from the next: of such a sender, or of this one, as it has shown."""
    stated = fuel.level.noise_l if fuel.level is not None else tank.GAUGE_STEP * tank.full_l(facts.tank)
    return fuel_burn.noise_l(fuel, memory, stated)


def _hours(
    site: Site, fuel: FuelNow, memory: FuelMemory, level: Level | None, facts: Facts, now: Now
) -> Endurance | None:
    """Hours left: at the load that is carried, else at the one that would be; None without a level."""
    burning = fuel.burning
    if level is None or burning is None:
        return None
    load, at_load = _load(burning, memory, facts)
    factor = fuel_burn.factor_of(burning, memory, facts, leak=fuel.leak is True)
    rate = factor.k * consumption.litres_per_hour(load, facts)
    usable = tank.usable_l(facts.tank, level.litres)
    swing = 0.0 if at_load else consumption.swing_to_come(memory.swing, burning.sums.swing, burning.sums.day_s)
    rho_q = consumption.rate_sd(factor, consumption.load_sd(load, facts, swing))
    low: float = 0.0
    high: float | None = 0.0
    if usable > 0:
        rho = hypot(level.sd_l / usable, rho_q)
        low, high = interval(usable / rate, rho)
        high = None if high is None else high * rate / (factor.k * _least_lh(load, at_load, burning, facts))
    if level.other_l is not None:
        low, high = _covering(low, high, tank.usable_l(facts.tank, level.other_l) / rate, rho_q)
    return Endurance(
        low_h=floor(low * 10) / 10,
        high_h=None if high is None else ceil(high * 10) / 10,
        basis=_basis(level, factor, at_load),
        at=now.moment(),
        until_ms=_until_ms(low, site.memory.judged.carried, now),
        usable_l=round(usable, 1),
        rate_lh=round(rate, 2),
        load_kw=round(load, 1),
        level_up_ms=level.at.up_ms if level.at.boot == now.boot else None,
    )


def _as_it_proves(level: Level | None, fuel: FuelNow, memory: FuelMemory) -> Level | None:
    """A sender that scatters more than others is more wrong in all; and of a tank that falls by itself more may go."""
    if level is None or level.basis != "measured":
        return level
    gone_l = 0.0
    if fuel.sinking and len(fuel.blocks) > 1:
        gone_l = max(0.0, max(one.level_l for one in fuel.blocks[-2:]) - level.litres)
    shown_l = SCATTER_TELLS * fuel_burn.noise_l(fuel, memory, level.noise_l)
    if gone_l <= 0 and shown_l <= level.sd_l:
        return level
    return msgspec.structs.replace(level, sd_l=hypot(max(level.sd_l, shown_l), gone_l))


def _covering(low: float, high: float | None, other_h: float, rho_q: float) -> tuple[float, float | None]:
    """The interval, so wide that whoever else says how much there is may be right."""
    other_low, other_high = interval(other_h, rho_q)
    return min(low, other_low), None if high is None or other_high is None else max(high, other_high)


def told_since(found: Endurance, site: Site, now: Now) -> bool:
    """Do the hours rest on what a person told after the power was last known?"""
    told, lost = site.memory.fuel.told, site.memory.judged.lost
    if found.basis != "reported" or told is None or lost is None:
        return False
    return before(told.at, lost, now) is False


def _no_later(found: Endurance | None, site: Site, now: Now) -> Endurance | None:
    """While nobody sees the set the end only comes nearer, unless a person has said since how much there is."""
    last_ms = (site.bounds or site.memory.bounds).get("fuel")
    wall_ms, blind = believed_ms(now), site.memory.judged.power is Power.UNKNOWN
    if found is None or found.until_ms is None or last_ms is None or wall_ms is None or not blind:
        return found
    if last_ms >= found.until_ms or told_since(found, site, now):
        return found
    low_h = min(found.low_h, max(0.0, floor((last_ms - wall_ms) / HOUR_MS * 10) / 10))
    return msgspec.structs.replace(found, low_h=low_h, until_ms=last_ms)


def _load(burning: Burning, memory: FuelMemory, facts: Facts) -> tuple[float, str]:
    """(kW, word for it): the mean of what is carried; while nothing is, the higher of the planned and the last load."""
    if burning.turning and fuel_burn.loaded(burning.load_kw, facts):
        mean = fuel_burn.mean_load(burning)
        return (mean if mean is not None else burning.load_kw or 0.0), ""
    if memory.last_kw is not None and memory.last_kw > facts.set.design_load_kw:
        return memory.last_kw, "last"
    return facts.set.design_load_kw, "design"


def _least_lh(load: float, at_load: str, burning: Burning, facts: Facts) -> float:
    """Litres per hour by the model at the day's mean, where the hour's is higher: the load may well go on at that."""
    least = None if at_load else fuel_burn.day_load(burning)
    return consumption.litres_per_hour(load if least is None else min(load, least), facts)


def _basis(level: Level, factor: Factor, at_load: str) -> str:
    if level.basis != "measured":
        return level.basis
    return f"model-at-{at_load}-load" if at_load and factor.basis == "model" else factor.basis


def _until_ms(low_h: float, power: Power, now: Now) -> int | None:
    """The wall clock at the low bound, to the minute; only while the clock is believed and the set carries the site.

    A controller that falls silent stops no engine: while nobody knows, the last known state goes on.
    """
    wall_ms = believed_ms(now)
    if wall_ms is None or power not in CARRIES:
        return None
    return (wall_ms + int(low_h * HOUR_MS)) // MINUTE_MS * MINUTE_MS
