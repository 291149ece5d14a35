"""What the public may be told of each service now: a person's word while it holds, else unknown.

Power alone opens nothing. `until` is a person's too, and in what is told never later than the low bound of the fuel.
"""

from collections.abc import Sequence

import msgspec

from contract import freshness
from contract.judgement import Endurance
from contract.messages import ServiceNow
from contract.wire import Moment
from contract.words import Declared, Power
from gateway.core.facts import Facts
from gateway.core.orders.handling import age_ms, before, believed_ms
from gateway.core.remembered import Judged
from gateway.core.site import Change, Now, Site, remember

RENEW_MS = 4 * 3600 * 1000
"""In an outage, and where no clock can judge the hours, a declaration older than this says nothing about now."""
ON_SET = (Power.ON_RESERVE, Power.RETURNING)
OFFERED = (Declared.OPEN, Declared.LIMITED)


def told(site: Site, now: Now) -> tuple[ServiceNow, ...]:
    """Every service that was ever declared, as visitors may read it."""
    return tuple(_told(one, site, now) for one in site.memory.services)


def watch(site: Site, facts: Facts, now: Now, _told: Sequence[Change]) -> tuple[Site, list[Change]]:
    """Remember when the site went dead for longer than a changeover takes: what was said before is of another day.

    After a shorter gap the set has taken over as everybody knew it would, and the word of before still holds.
    """
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
    if one.declared in OFFERED and site.memory.judged.power in ON_SET and site.endurance is not None:
        if _spent(site.endurance, site.memory.judged.power, here, now):
            return unknown
        if until_ms is not None and site.endurance.until_ms is not None:
            until_ms = min(until_ms, site.endurance.until_ms)
    if until_ms is not None and here is not None and here >= until_ms:
        return unknown
    return msgspec.structs.replace(one, until_ms=until_ms)


def _old(declared_at: Moment, now: Now) -> bool:
    age = age_ms(declared_at, now)
    return age is None or age > RENEW_MS


def _spent(endurance: Endurance, power: Power, here_ms: int | None, now: Now) -> bool:
    """May the fuel be gone, by the low bound?"""
    if here_ms is not None and endurance.until_ms is not None and here_ms >= endurance.until_ms:
        return True
    left = freshness.hours_left(endurance, power, age_ms(endurance.at, now))
    return left is not None and left[0] <= 0


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
