"""A signed-in person's phone offers its clock to a box that does not know the time: taken as holdover, with the name.

Only inside the product and for this boot; the clock of the operating system is not touched. Refused is what cannot be:
a time before the newest that the box has ever seen, or years ahead.
"""

from contract.dating import STEP_MS, earliest_ms, plausible
from contract.orders import Order, SetClock
from contract.words import ClockQuality, ClockSource, Event
from gateway.core import dating
from gateway.core.facts import Facts
from gateway.core.orders.handling import Done, Refusal, note
from gateway.core.site import Now, Site


def set_clock(site: Site, order: Order, what: SetClock, _facts: Facts, now: Now) -> Done:
    """Date this boot by what the phone showed at an uptime of it."""
    held = site.memory.clock
    by_servers = held.boot == now.boot and held.source is ClockSource.NTP
    if now.clock is ClockQuality.SYNCED or (by_servers and now.clock is ClockQuality.HOLDOVER):
        raise Refusal("clock_synced")
    if what.boot != now.boot or what.up_ms > now.up_ms + STEP_MS:
        raise Refusal("clock_elsewhere")
    offset_ms = what.wall_ms - what.up_ms
    wall_ms = now.up_ms + offset_ms
    if wall_ms < earliest_ms(held.newest_ms):
        raise Refusal("clock_before_newest")
    if not plausible(wall_ms, held.newest_ms):
        raise Refusal("clock_far_ahead")
    site, changes = dating.known(site, offset_ms, now, ClockSource.PERSON, order.who)
    detail = f"the clock was set to {wall_ms} ms UTC by a phone"
    return site, [*changes, note(Event.CLOCK_SET, detail, order, "clock_by", time=str(wall_ms))]
