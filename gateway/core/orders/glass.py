"""The sealed code of the site's own page: told when somebody opens it, and an alarm until a new one lies sealed.

The code itself is known to the owner's page alone, and even there only as a hash; nobody can open anything here.
"""

from contract.orders import BreakGlass, Order
from contract.words import Event
from gateway.core.facts import Facts
from gateway.core.orders.handling import Done, entered_at, note
from gateway.core.site import Now, Site, remember
from gateway.core.visits import Glass


def broken(site: Site, order: Order, what: BreakGlass, _facts: Facts, now: Now) -> Done:
    """Somebody opened it, or it has been replaced. The first who opened it is remembered until then."""
    if what.replaced:
        told = note(Event.BREAK_GLASS, "a new code lies sealed", order, "glass_replaced")
        return remember(site, glass=None), [told]
    until = {} if what.until_ms is None else {"until": str(what.until_ms)}
    told = note(Event.BREAK_GLASS, f"the sealed code was opened by {order.who}", order, "glass_broken", **until)
    held = site.memory.glass or Glass(who=order.who, at=entered_at(order, now))
    return remember(site, glass=held), [told]
