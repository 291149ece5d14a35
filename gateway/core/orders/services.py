"""What the public may be told of each service now: a person's word while it holds, else unknown.

Power alone opens nothing. `until` is a person's too, and in what is told never later than the low bound of the fuel,
or of the battery while that carries the site. Knowledge that is lost moves no bound to a later time.
"""

from collections.abc import Sequence

import msgspec

from contract import freshness
from contract.judgement import Endurance
from contract.messages import ServiceNow
from contract.wire import Moment
from contract.words import Declared, Power
from gateway.core.facts import Facts
from gateway.core.fuel import endurance
from gateway.core.moments import age_ms, before, believed_ms
from gateway.core.remembered import Judged
from gateway.core.site import Change, Now, Site, remember

ON_SET = (Power.ON_RESERVE, Power.RETURNING)
OFFERED = (Declared.OPEN, Declared.LIMITED)
FUEL, BATTERY = "fuel", "battery"
CARRYING = {
    Power.ON_RESERVE: (FUEL,),
    Power.RETURNING: (FUEL,),
    Power.ON_BATTERY: (BATTERY,),
    # the battery carries what hangs on it, and a set that starts again burns what was left
    Power.STARTING: (FUEL, BATTERY),
}
"""What bounds a promise in each power state."""
COUNTED = ("counted", "ups-counted")
"""Bases of a reserve that nobody has seen since."""
EARLY_MS = 600_000
EARLY_SHARE = 0.02
"""Of the time that is left: so much before the bound, at least ten minutes, lies the one that survives a restart."""


def told(site: Site, now: Now) -> tuple[ServiceNow, ...]:
    """Every service that was ever declared, as visitors may read it."""
    return tuple(_told(one, site, now) for one in site.memory.services)


def watch(site: Site, facts: Facts, now: Now, _told: Sequence[Change]) -> tuple[Site, list[Change]]:
    """Remember until when the reserve lasts, and when the site went dead: what was said before is of another day.

    After a gap no longer than a changeover the set has taken over as everybody knew: the word of before still holds.
    """
    site = _bounded(site, now)
    judged, dark = site.memory.judged, _dark(site.memory.judged)
    if judged.power is not Power.DEAD or dark is None or dark == site.memory.dark:
        return site, []
    lasted = age_ms(dark, now)
    if lasted is not None and lasted < facts.set.start_within_s * 1000:
        return site, []
    return remember(site, dark=dark), []


def _told(one: ServiceNow, site: Site, now: Now) -> ServiceNow:
    """A declaration as it may be told; anything doubtful is unknown."""
    unknown = msgspec.structs.replace(one, declared=Declared.UNKNOWN, until_ms=None)
    if one.declared is Declared.UNKNOWN or one.declared_at is None:
        return unknown
    here = believed_ms(now)
    outage = site.memory.judged.power is not Power.ON_MAINS
    if (outage or (one.until_ms is not None and here is None)) and _old(one.declared_at, now):
        return unknown
    if _before_the_dark(one.declared_at, site, now):
        return unknown
    until_ms = one.until_ms
    if one.declared in OFFERED:
        if _spent(site, now):
            return unknown
        bound_ms = _bound_ms(site)
        if bound_ms is not None and here is not None and here >= bound_ms:
            return unknown
        if bound_ms is not None and until_ms is not None:
            until_ms = min(until_ms, bound_ms)
    if until_ms is not None and here is not None and here >= until_ms:
        return unknown
    return msgspec.structs.replace(one, until_ms=until_ms)


def _old(declared_at: Moment, now: Now) -> bool:
    age = age_ms(declared_at, now)
    return age is None or age > freshness.DECLARATION_HOLDS_MS


def _bounded(site: Site, now: Now) -> Site:
    """Follow the bounds of what carries the site, until it is back on its mains.

    What nobody sees any more may only end earlier, unless a person has said since how much there is.
    """
    judged, memory = site.memory.judged, site.memory.bounds
    if judged.power is Power.ON_MAINS:
        site = msgspec.structs.replace(site, bounds={}) if site.bounds else site
        return remember(site, bounds={}) if memory else site
    was = site.bounds or memory
    bounds = dict(was)
    for name in CARRYING.get(judged.carried, ()):
        reserve = _reserve(site, name)
        if reserve is None or reserve.until_ms is None:
            continue
        blind = judged.power is Power.UNKNOWN or reserve.basis in COUNTED
        blind = blind and not endurance.told_since(reserve, site, now)
        bounds[name] = min(reserve.until_ms, was.get(name, reserve.until_ms)) if blind else reserve.until_ms
    if bounds != site.bounds:
        site = msgspec.structs.replace(site, bounds=bounds)
    kept = {name: _early(memory.get(name), until_ms, now) for name, until_ms in bounds.items()}
    return site if kept == memory else remember(site, bounds=kept)


def _early(kept_ms: int | None, until_ms: int, now: Now) -> int:
    """The bound as the memory holds it: never later than it is, and changed rarely."""
    left_ms = max(0, until_ms - (believed_ms(now) or until_ms))
    early_ms = max(EARLY_MS, int(EARLY_SHARE * left_ms))
    if kept_ms is not None and kept_ms <= until_ms <= kept_ms + 2 * early_ms:
        return kept_ms
    return until_ms - early_ms


def _bound_ms(site: Site) -> int | None:
    """The wall clock until which what carries the site at least lasts; None when nobody ever knew."""
    names = CARRYING.get(site.memory.judged.carried, ())
    last = site.bounds or site.memory.bounds
    found = [last[name] for name in names if name in last]
    found += [one.until_ms for name in names if (one := _reserve(site, name)) is not None and one.until_ms is not None]
    return min(found, default=None)


def _reserve(site: Site, name: str) -> Endurance | None:
    """The hours of what is in use now."""
    power = site.memory.judged.carried
    if name == FUEL:
        return site.endurance if power in ON_SET else None
    drains = site.battery is not None and (power is Power.ON_BATTERY or site.battery.until_ms is not None)
    return site.battery if drains else None


def _spent(site: Site, now: Now) -> bool:
    """May what carries the site be gone, by the hours of its low bound?"""
    for name in CARRYING.get(site.memory.judged.carried, ()):
        reserve = _reserve(site, name)
        if reserve is None:
            continue
        # the contract counts down for the states in which a set burns; a battery in use counts alike
        left = freshness.hours_left(reserve, Power.ON_RESERVE, age_ms(reserve.at, now))
        if left is not None and left[0] <= 0:
            return True
    return False


def _before_the_dark(declared_at: Moment, site: Site, now: Now) -> bool:
    """Was it said before the site went dead? Who himself reported no power knew of it."""
    knew = any(said.at == declared_at and said.report.power == "none" for said in site.memory.reports)
    if knew:
        return False
    darks = [dark for dark in (_dark(site.memory.judged), site.memory.dark) if dark is not None]
    return any(before(declared_at, dark, now) is not False for dark in darks)


def _dark(judged: Judged) -> Moment | None:
    """Since when the site is dead, as far as was last known."""
    if judged.power is Power.DEAD:
        return judged.since
    return judged.known_since if judged.power is Power.UNKNOWN and judged.known is Power.DEAD else None
