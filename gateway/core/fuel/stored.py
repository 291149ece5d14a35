"""What lies in the set's own tank, by the deliveries that people told: product, age, cold. Facts: section 8."""

from contract.orders import Delivery
from gateway.core.facts import Facts
from gateway.core.site import Site

KEEPS_DAYS = {"diesel": 365, "diesel-fame-free": 730, "hvo": 730}
"""How long a product keeps in a tank; diesel may hold FAME, which draws water."""
COLD_MONTHS = (10, 11, 12, 1, 2, 3, 4)
SHARE_IN_TANK = 0.2
"""Of what is in the tank: a smaller rest decides nothing."""

Poured = list[tuple[Delivery, float]]
"""Deliveries, newest first, each with its share of what is in the tank (0…1)."""


def in_tank(site: Site, facts: Facts) -> Poured:
    """The deliveries that make up what is in the tank; of a tank of unknown size, the newest."""
    filled = sorted((one.delivery for one in site.memory.deliveries), key=lambda one: -one.delivered_ms)
    litres = left = _litres(site, facts)
    found: Poured = []
    for one in filled:
        if litres <= 0:
            return [(one, 1.0)]
        if left <= 0:
            break
        found.append((one, min(one.litres, left) / litres))
        left -= one.litres
    return found


def that_count(poured: Poured) -> Poured:
    """Those of which there is enough in the tank to decide anything."""
    return [(one, share) for one, share in poured if share >= SHARE_IN_TANK]


def half(poured: Poured) -> tuple[Delivery, float]:
    """(the delivery that reaches half of the tank, the share up to it), or the oldest where the record ends before."""
    reached = 0.0
    for delivery, share in poured:
        reached += share
        if reached >= 0.5:
            return delivery, reached
    return poured[-1][0], reached


def summer_share(poured: Poured) -> float:
    """How much of the tank is summer fuel, 0…1."""
    return sum(share for one, share in poured if one.summer)


def _litres(site: Site, facts: Facts) -> float:
    """What is in the tank; its whole volume while nobody knows, 0 when not even that is known."""
    tank = facts.tank
    usable = site.endurance.usable_l if site.endurance is not None else None
    return tank.litres if usable is None else usable + tank.litres * tank.dead_percent / 100
