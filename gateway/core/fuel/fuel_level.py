"""How much is in the set's own tank, from the best witness: a sender, else a person, else what was known, counted down.

Diesel in the fuel station's own tank is never asked for here.
"""

from collections.abc import Iterator
from math import hypot

import msgspec

from contract.judgement import Contradiction
from contract.messages import Value
from contract.wire import Moment
from contract.words import Clash, Origin
from gateway.core.facts import DeviceFacts, Facts
from gateway.core.fuel import tank
from gateway.core.fuel.consumption import MODEL_SD
from gateway.core.fuel.fuel_memory import FuelMemory, Known
from gateway.core.fuel.reserves import Burning, FuelNow, Level
from gateway.core.moments import age_ms
from gateway.core.remembered import Witnessed
from gateway.core.site import Now, Site

KEYS = ("fuel.level", "fuel.litres")
FRESH_MS = 900_000
"""A reading holds for three of its periods, and at least so long."""
LITRES_SD = 0.01
"""Of the tank: a node that tells litres."""
CROOKED = 0.02
"""Of the tank: two senders may differ by their scales."""
QUARREL_SD = 3.0
PER_DAY = 0.005
"""Of the tank: what may come or go unseen in a day."""
LONGEST_DAYS = 35.0
"""What was known longer ago than this is not known."""
UNKNOWN_DAYS = 7.0
"""Taken for an age that nobody can tell."""
TOLD_HOLDS_MS = 12 * 3_600_000
"""So long a person's word stands beside a sender's."""
BARELY = 1e-9
SENDER = "sender"
"""Source of what a sender said last."""


def sensed(site: Site, facts: Facts, now: Now) -> Level | None:
    """The best sender that speaks now. Another one that says something else widens it and is named."""
    found = [one for device in facts.devices for one in _senders(site, facts, device, now)]
    if not found:
        return None
    best = min(found, key=lambda one: (one.sd_l, not one.source.startswith(f"{facts.controller}/")))
    for other in found:
        if abs(other.litres - best.litres) > QUARREL_SD * hypot(
            best.sd_l, other.sd_l, CROOKED * tank.full_l(facts.tank)
        ):
            return _widened(best, other)
    return best


def told(report: Witnessed, facts: Facts, burning: Burning, now: Now) -> Known | None:
    """What a report says of the tank, or None. One of long ago was not of now: the set may have burnt since."""
    said = report.report
    if said.litres is not None:
        litres, sd = said.litres, tank.READ_BY_EYE * (tank.full_l(facts.tank) or said.litres)
    elif said.dipstick_cm is not None:
        by_stick = tank.litres_of_stick(facts.tank, said.dipstick_cm)
        if by_stick is None:
            return None
        litres, sd = by_stick, tank.stick_sd_l(facts.tank, said.dipstick_cm)
    else:
        return None
    late_h = (age_ms(report.at, now) or 0) / 3_600_000
    since = burning.rate_lh * late_h if burning.turning else 0.0
    return Known(litres=litres, sd_l=hypot(sd, since), at=report.at, origin=Origin.REPORTED, burnt_l=burning.burnt_l)


def best(sender: Level | None, fuel: FuelNow, memory: FuelMemory, facts: Facts, now: Now) -> Level | None:
    """The sender that speaks and can be believed; else the surer of what a sender and a person said last."""
    person = _reckoned(memory.told, fuel, facts, now)
    if sender is not None and not fuel.suspect and not fuel.stuck:
        if person is None or (age_ms(person.at, now) or 0) > TOLD_HOLDS_MS:
            return sender
        apart = abs(person.litres - sender.litres)
        return _widened(sender, person) if apart > QUARREL_SD * hypot(person.sd_l, sender.sd_l) else sender
    seen = _reckoned(fuel.seen, fuel, facts, now)
    chosen = min([one for one in (seen, person) if one is not None], key=lambda one: one.sd_l, default=None)
    if chosen is not None and sender is not None:
        return msgspec.structs.replace(chosen, quarrel=_named(chosen, sender))
    return chosen


def _senders(site: Site, facts: Facts, device: DeviceFacts, now: Now) -> Iterator[Level]:
    values = site.values.get(device.name)
    if values is None:
        return
    for key in KEYS:
        value = values.get(key)
        if value is None or value.value is None or isinstance(value.value, str):
            continue
        holds_ms = FRESH_MS
        if key in device.signals:
            holds_ms = max(holds_ms, int(3000 * device.signals[key][1]))
        if now.up_ms - value.up_ms > holds_ms:
            continue
        told = _level(f"{device.name}/{key}", float(value.value), value, facts, now)
        if told is not None:
            yield told


def _level(source: str, number: float, value: Value, facts: Facts, now: Now) -> Level | None:
    full = tank.full_l(facts.tank)
    if source.endswith(KEYS[0]):
        litres = tank.litres_of_percent(facts.tank, number)
        if litres is None:
            return None
        noise = tank.gauge_sd_l(facts.tank, number)
        beyond = number > 100.5
    else:
        litres = max(0.0, number)
        noise = LITRES_SD * (full or litres)
        beyond = 0 < full * 1.02 < litres
    wall_ms = None if now.wall_ms is None else max(0, now.wall_ms - max(0, now.up_ms - value.up_ms))
    return Level(
        litres=litres,
        sd_l=tank.with_warmth(litres, noise),
        noise_l=noise,
        source=source,
        origin=value.origin,
        at=Moment(boot=now.boot, up_ms=value.up_ms, wall_ms=wall_ms, clock=now.clock),
        beyond=beyond,
    )


def _reckoned(known: Known | None, fuel: FuelNow, facts: Facts, now: Now) -> Level | None:
    """What was known, less what was burnt since; it grows uncertain with both the litres and the days."""
    if known is None or fuel.burning is None:
        return None
    age = age_ms(known.at, now)
    days = UNKNOWN_DAYS if age is None else age / 86_400_000
    if days > LONGEST_DAYS:
        return None
    full = tank.full_l(facts.tank) or known.litres
    burnt = max(0.0, fuel.burning.burnt_l - known.burnt_l)
    litres = max(0.0, known.litres - burnt)
    recent = age is not None and age <= FRESH_MS and known.origin is not Origin.REPORTED
    return Level(
        litres=litres,
        sd_l=tank.with_warmth(litres, hypot(known.sd_l, MODEL_SD * burnt, PER_DAY * full * days)),
        noise_l=known.sd_l,
        source="person" if known.origin is Origin.REPORTED else SENDER,
        origin=known.origin if recent else (Origin.ESTIMATED if burnt > BARELY else known.origin),
        at=known.at,
        basis="reported" if known.origin is Origin.REPORTED else ("measured" if recent else "counted"),
    )


def _widened(level: Level, other: Level) -> Level:
    """Both cannot be right: so uncertain that both fit, and named."""
    apart = abs(level.litres - other.litres)
    named = _named(level, other)
    return msgspec.structs.replace(level, sd_l=max(level.sd_l, apart / 2), quarrel=named, other_l=other.litres)


def doubts(level: Level | None) -> tuple[Contradiction, ...]:
    """What people should know of it: two who know the tank disagree. A sender that fails is an alarm of its own."""
    if level is None or not level.quarrel or level.source == SENDER:
        return ()
    return (Contradiction(key=Clash.FUEL_QUARREL, detail=level.quarrel),)


def _named(level: Level, other: Level) -> str:
    return f"{level.source}, {level.litres:.0f} L | {other.source}, {other.litres:.0f} L"
