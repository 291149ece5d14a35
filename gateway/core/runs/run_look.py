"""What one poll says of the set: does it turn, does it give voltage, does it carry the site? Instruments only.

Limits of voltage and frequency: facts, reserve power, section 6. A person's word makes no measured run.
"""

from collections.abc import Iterator

import msgspec

from contract.messages import Value
from contract.wire import Moment
from contract.words import Place
from gateway.core.facts import Facts
from gateway.core.fuel import tank
from gateway.core.power import witnesses
from gateway.core.remembered import Look
from gateway.core.set_words import AT_REST, CRANKING, LOADED_SHARE, TURNING
from gateway.core.site import BROKEN, Now, Site, number_of, value_of, word_of

SEEN_TURNING = (*CRANKING, *TURNING)
CARRIES = ("warming_up", "running")
"""Cool-down does not count."""
VOLTS = (207.0, 253.0)
HERTZ = (48.0, 52.0)
CARRIED_MS = 60_000
ROOT_3 = 3**0.5


def look(site: Site, facts: Facts, now: Now, last: Look | None) -> Look | None:
    """A look newer than the last one; None when the set was not polled anew, or did not say what it does."""
    engine, up_ms, by_word = _engine(site, facts)
    if engine not in (*SEEN_TURNING, *AT_REST) or up_ms > now.up_ms:
        return None
    since_ms = last.at.up_ms if last is not None and last.at.boot == now.boot else -1
    if up_ms <= since_ms:
        return None
    kw = _kw(site, facts)
    live = _live(site, facts, by_word and engine == "running", kw) if engine in CARRIES else False
    level = _level(site, facts)
    starts = value_of(site, facts.controller, "engine.starts")
    hours = value_of(site, facts.controller, "engine.run_time")
    new = Look(
        at=moment_of(up_ms, now),
        engine=engine,
        turning=engine in SEEN_TURNING,
        live=live,
        loaded=_loaded(site, facts, kw) if live else live,
        kw=kw,
        shut=any(number_of(site, facts.controller, f"controller.{flag}_alarm") for flag in ("shutdown", "trip")),
        starts=_number(starts),
        starts_ms=starts.up_ms if starts is not None else -1,
        hours_s=_number(hours),
        hours_ms=hours.up_ms if hours is not None else -1,
        used_l=_number(value_of(site, facts.controller, "fuel.used")),
        level_l=_litres(site, facts),
        level_broken=level is not None and level.quality in BROKEN,
    )
    return new if last is None or up_ms - since_ms > CARRIED_MS else carried(new, last)


def carried(look: Look, was: Look) -> Look:
    """Counters come seldom and the level may pause: what was known stays known, with its time."""
    parts: dict[str, float | int | None] = {}
    if look.starts is None:
        parts |= {"starts": was.starts, "starts_ms": was.starts_ms if was.at.boot == look.at.boot else -1}
    if look.hours_s is None:
        parts |= {"hours_s": was.hours_s, "hours_ms": was.hours_ms if was.at.boot == look.at.boot else -1}
    if look.used_l is None:
        parts["used_l"] = was.used_l
    if look.level_l is None:
        parts["level_l"] = was.level_l
    return msgspec.structs.replace(look, **parts) if parts else look


def moment_of(up_ms: int, now: Now) -> Moment:
    """An uptime of this boot in both clocks."""
    wall_ms = None if now.wall_ms is None else max(0, now.wall_ms - now.up_ms + up_ms)
    return Moment(boot=now.boot, up_ms=up_ms, wall_ms=wall_ms, clock=now.clock)


def crank_voltage(site: Site, since_ms: int) -> float | None:
    """The lowest voltage of the start battery that a fast instrument saw since then, V."""
    values = [signals.get("engine.crank_voltage_min") for signals in site.values.values()]
    found = [_number(value) for value in values if value is not None and value.up_ms >= since_ms]
    return min((number for number in found if number is not None), default=None)


def _engine(site: Site, facts: Facts) -> tuple[str, int, bool]:
    """(word, uptime of acquisition, is it the controller's own word?); the word is empty when nobody says.

    Without a readable controller voltage on the set's side proves that it turns.
    """
    engine, source = witnesses.engine(site, facts)
    if engine is not None:
        device, _, key = source.partition("/")
        value = value_of(site, device, key)
        return engine, value.up_ms if value is not None else -1, key == "engine.state"
    seen = witnesses.voltages(site, facts, Place.GENERATOR)
    if seen:
        says = any(one.says for one in seen)
        return "running" if says else "stopped", max(one.up_ms for one in seen if one.says is says), False
    return _carries(site, facts)


def _carries(site: Site, facts: Facts) -> tuple[str, int, bool]:
    """Where nothing looks at the set itself: a switch that stands at it, with voltage behind it.

    Away from it nobody knows what the set does; the run that was seen is over.
    """
    switch = next((one.name for one in facts.devices if word_of(site, one.name, "switch.position") is not None), None)
    position = value_of(site, switch, "switch.position")
    if position is None:
        return "", -1, False
    if position.value != "generator":
        return "stopped", position.up_ms, False
    load = witnesses.voltages(site, facts, Place.LOAD)
    if not load:
        return "", -1, False
    newest = max(load, key=lambda one: one.up_ms)
    return "running" if newest.says else "stopped", min(newest.up_ms, position.up_ms), False


def _live(site: Site, facts: Facts, says_running: bool, kw: float | None) -> bool | None:
    """Voltage of all phases and frequency within the limits; without them the controller's word `running`, or the set's
    power, or a switch that has the set's voltage or carries it to a live load side.
    """
    volts = list(_volts(site, facts))
    told = [number_of(site, device, f"{prefix}.frequency") for device, prefix in _meters(facts)]
    hertz = [number for number in told if number is not None]
    if volts and not VOLTS[0] <= min(volts) <= max(volts) <= VOLTS[1]:
        return False
    if hertz and not HERTZ[0] <= min(hertz) <= max(hertz) <= HERTZ[1]:
        return False
    if volts or says_running or (kw is not None and kw > least_kw(facts)):
        return True
    return True if _at_switch(site, facts) else None


def _at_switch(site: Site, facts: Facts) -> bool:
    seen = witnesses.voltages(site, facts, Place.GENERATOR)
    if seen:
        return max(seen, key=lambda one: one.up_ms).says
    return _carries(site, facts)[0] == "running"


def _meters(facts: Facts) -> Iterator[tuple[str, str]]:
    """Devices that measure on the set's side, with the prefix of what they measure there."""
    if facts.controller is not None:
        yield facts.controller, "generator"
    for device in facts.devices:
        if device.kind == "meter" and device.place is Place.GENERATOR:
            yield device.name, "meter"


def _volts(site: Site, facts: Facts) -> Iterator[float]:
    """Voltages to neutral of the first instrument that tells any; where there is no neutral, those between phases."""
    for device, prefix in _meters(facts):
        for pairs, factor in ((("1n", "2n", "3n"), 1.0), (("1l2", "2l3", "3l1"), 1 / ROOT_3)):
            found = [number_of(site, device, f"{prefix}.voltage_l{pair}") for pair in pairs]
            known = [number * factor for number in found if number is not None]
            if known:
                yield from known
                return


def least_kw(facts: Facts) -> float:
    """Less is an unloaded set, kW."""
    return LOADED_SHARE * facts.set.rated_kw


def _kw(site: Site, facts: Facts) -> float | None:
    """What the set delivers. Current transformers are often turned the wrong way: the sign says nothing."""
    for device, prefix in _meters(facts):
        phases = [number_of(site, device, f"{prefix}.power_l{phase}") for phase in (1, 2, 3)]
        total = number_of(site, device, f"{prefix}.power")
        if total is None and None not in phases:
            total = sum(one for one in phases if one is not None)
        if total is not None:
            return abs(total) / 1000
    behind = witnesses.load_power(site, facts) if witnesses.switch_position(site, facts) == "generator" else None
    if behind is not None:
        return abs(behind) / 1000
    percent = number_of(site, facts.controller, "generator.load_percent")
    return None if percent is None else abs(percent) / 100 * facts.set.rated_kw


def _loaded(site: Site, facts: Facts, kw: float | None) -> bool | None:
    return witnesses.on_set(site, facts, True) if kw is None else kw > least_kw(facts)


def _level(site: Site, facts: Facts) -> Value | None:
    """The sender of the set's own tank: litres where a node tells them, else percent."""
    found = [value for device in facts.devices if (value := value_of(site, device.name, "fuel.litres")) is not None]
    return found[0] if found else value_of(site, facts.controller, "fuel.level")


def _litres(site: Site, facts: Facts) -> float | None:
    number = _number(_level(site, facts))
    by_litres = any("fuel.litres" in site.values.get(device.name, {}) for device in facts.devices)
    return number if number is None or by_litres else tank.litres_of_percent(facts.tank, number)


def _number(value: Value | None) -> float | None:
    return float(value.value) if value is not None and isinstance(value.value, (int, float)) else None
