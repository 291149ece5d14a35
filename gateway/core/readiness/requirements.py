"""The five SOT requirements: what somebody declared, what instruments can tell, who answers for it.

Facts: reserve power, section 1. What was confirmed more than a year ago, or nobody knows when, is declared no longer.
"""

from collections.abc import Callable

from contract.judgement import RequirementNow
from contract.words import Readiness, Sot
from gateway.core.facts import Facts
from gateway.core.moments import age_ms
from gateway.core.site import Now, Site, number_of

HOLDS_MS = 365 * 86_400_000
SCREEN_DARK_S = 900.0
"""A screen that has drawn nothing for so long gives no information; it draws every few seconds."""
POWER = {Readiness.READY: True, Readiness.REMARKS: True, Readiness.NOT_READY: False, Readiness.UNKNOWN: None}


def requirements(site: Site, facts: Facts, now: Now) -> tuple[RequirementNow, ...]:
    """All five, in the order of the list."""
    return tuple(_requirement(key, site, facts, now) for key in Sot)


def _requirement(key: Sot, site: Site, facts: Facts, now: Now) -> RequirementNow:
    measure = MEASURED.get(key)
    measured = None if measure is None else measure(site, facts)
    held = site.memory.confirmed.get(f"sot:{key.value}")
    responsible = facts.responsible.get(key, "")
    if held is None:
        return RequirementNow(key=key, measured=measured, responsible=responsible)
    age = age_ms(held.at, now)
    return RequirementNow(
        key=key,
        declared=held.ok if age is not None and age <= HOLDS_MS else None,
        measured=measured,
        responsible=held.responsible or responsible,
        confirmed=held.at,
        confirmed_by=held.who,
    )


def _reserve_power(site: Site, _facts: Facts) -> bool | None:
    """Would it carry the site now?"""
    return POWER[site.readiness]


def _information_node(site: Site, facts: Facts) -> bool | None:
    """Does the screen in the shop draw?"""
    silences = [number_of(site, device.name, "box.kiosk_silent") for device in facts.devices]
    known = [silence for silence in silences if silence is not None]
    return min(known) < SCREEN_DARK_S if known else None


MEASURED: dict[Sot, Callable[[Site, Facts], bool | None]] = {
    Sot.RESERVE_POWER: _reserve_power,
    Sot.INFORMATION_NODE: _information_node,
}
"""What instruments can tell; shop, fuel station and organisation only people can."""
