"""What every handler of an order needs: how it answers, how it refuses, and when something was by the site's clocks."""

from collections.abc import Callable
from typing import Any

from contract.orders import Order
from contract.refusals import refusal_words
from contract.wire import Moment
from contract.words import Event
from gateway.core.facts import Facts
from gateway.core.moments import EARLIER
from gateway.core.site import Change, Now, Site

MAX_NOTE = 300
"""Characters of a note that stay in the picture of the site; what is told of it holds all of them."""
MAX_PARAM = 300
"""Characters of what is filled into a refusal; a longer list of names is cut."""


class Refusal(ValueError):
    """The order cannot be done; the key of `contract/refusals.toml` says why and what to do, `params` fill it in."""

    def __init__(self, key: str, **params: str | int) -> None:
        self.key = key
        self.params = {name: _bounded(str(told)) for name, told in params.items()}
        super().__init__(refusal_words(key, "en", self.params))


def _bounded(told: str) -> str:
    return told if len(told) <= MAX_PARAM else f"{told[: MAX_PARAM - 1]}…"


Done = tuple[Site, list[Change]]
Handler = Callable[[Site, Order, Any, Facts, Now], Done]
"""(site, order, what it says, facts, now) → (site, what must be told); raises Refusal."""


def note(kind: Event, detail: str, order: Order, key: str = "", **params: str) -> Change:
    """What somebody did, in words: for logs, and by `key` of `contract/notes.toml` with what is filled in."""
    held = {name: _bounded(told) for name, told in params.items() if told}
    return Change(kind, {"detail": detail[:2000], "who": order.who, "key": key, "params": held})


def observed(order: Order, observed_ms: int, now: Now) -> Moment:
    """When it was seen, by the site's clocks. Without a wall clock only the delay before it was entered is known."""
    late_ms = max(0, order.entered_ms - observed_ms)
    if now.wall_ms is not None:
        late_ms = max(late_ms, now.wall_ms - observed_ms)
    wall_ms = None if now.wall_ms is None else max(0, now.wall_ms - late_ms)
    if late_ms > now.up_ms:
        return Moment(boot=EARLIER, up_ms=0, wall_ms=wall_ms, clock=now.clock)
    return Moment(boot=now.boot, up_ms=now.up_ms - late_ms, wall_ms=wall_ms, clock=now.clock)


def entered_at(order: Order, now: Now) -> Moment:
    """When it was entered: a cut link makes nothing newer. 0 stands for no clock there, and is taken as now."""
    return observed(order, order.entered_ms, now) if order.entered_ms else now.moment()
