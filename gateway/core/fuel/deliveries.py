"""Fuel was delivered to the set's own tank, as a person tells. It explains a rise; of a fall it explains nothing."""

from math import hypot

import msgspec

from contract.orders import Delivery, Order
from contract.words import Event
from gateway.core.facts import Facts
from gateway.core.fuel import fuel_burn, tank
from gateway.core.fuel.fuel_memory import Known
from gateway.core.moments import before, believed_ms
from gateway.core.orders.handling import Done, Refusal, note, observed
from gateway.core.remembered import MAX_DELIVERIES, Filled
from gateway.core.site import Now, Site, remember

EARLY_MS = 600_000
"""Two clocks may differ by so much before a delivery is in the future."""
METER_SD = 0.03
"""Of the delivered litres: how well they are known, and how much of them went into this tank."""
FULL_SLACK = 1.05
"""A tank may hold a little more than its sign says."""


def delivered(site: Site, order: Order, what: Delivery, facts: Facts, now: Now) -> Done:
    """Keep it, and add it to what was known of a tank that nobody measures."""
    latest_ms = order.entered_ms if believed_ms(now) is None else max(order.entered_ms, now.wall_ms or 0)
    if what.delivered_ms > latest_ms + EARLY_MS:
        raise Refusal("delivery_ahead")
    full = tank.full_l(facts.tank)
    if 0 < full * FULL_SLACK < what.litres:
        raise Refusal("tank_smaller", litres=round(full))
    at = observed(order, what.delivered_ms, now)
    kept = Filled(delivery=what, who=order.who, at=at)
    memory = site.memory.fuel
    if memory.told is not None and before(memory.told.at, at, now) is not False:
        memory = msgspec.structs.replace(memory, told=_added(memory.told, what, facts))
    fuel = site.fuel
    if fuel.seen is not None and _silent(site) and before(fuel.seen.at, at, now) is not False:
        fuel = msgspec.structs.replace(fuel, seen=_added(fuel.seen, what, facts))
        fuel, memory = fuel_burn.afresh(fuel, memory, keep_load=True)
        memory = fuel_burn.saved(memory, fuel, now)
    site = msgspec.structs.replace(site, fuel=fuel)
    site = remember(site, deliveries=(*site.memory.deliveries, kept)[-MAX_DELIVERIES:], fuel=memory)
    key = "delivery_summer" if what.summer else "delivery"
    params = {"litres": f"{what.litres:g}", "product": what.product, "said": what.note}
    return site, [note(Event.ENTERED, _words(what), order, key, **params)]


def _silent(site: Site) -> bool:
    """Does no sender tell the level now?"""
    return site.fuel.level is None or site.fuel.level.basis != "measured"


def _added(known: Known, what: Delivery, facts: Facts) -> Known:
    litres = known.litres + what.litres
    full = tank.full_l(facts.tank)
    if full > 0:
        litres = min(litres, full)
    return msgspec.structs.replace(known, litres=litres, sd_l=hypot(known.sd_l, METER_SD * what.litres))


def _words(what: Delivery) -> str:
    grade = f", summer {what.product}" if what.summer else f", {what.product}"
    return f"delivery: {what.litres:.0f} L{grade}" + (f", {what.note}" if what.note else "")
