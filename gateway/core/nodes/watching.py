"""Facts of sensor nodes that the rules of alarms ask for."""

from datetime import UTC, datetime

from contract.dating import CEILING_MS
from contract.words import Quality
from gateway.core.alarms.alarm_view import View
from gateway.core.site import Stranger

HEARD_S = 3600.0
"""So long after its last word a stranger is still about."""


def doubled(view: View, device: str) -> bool | None:
    """Do two boards speak under this name? None before anything was read of it."""
    values = view.site.values.get(device)
    return None if not values else all(value.quality is Quality.WRONG_DEVICE for value in values.values())


def places_out(view: View, device: str) -> str:
    """Places of a node that are beyond a limit, as people call them, with what was read."""
    found = []
    for node in view.facts.nodes:
        for place in node.places if node.name == device else ():
            value = view.site.values.get(device, {}).get(place.signal)
            number = None if value is None or isinstance(value.value, str) else value.value
            if number is not None and place.out(number):
                found.append(f"{place.title} {number:.1f}")
    return ", ".join(found)[:2000]


def strange_nodes(view: View) -> str:
    """Who speaks as a node and is none of the site's: name, board, how often at least, since when (UTC)."""
    about = ((name, one) for name, one in view.site.strangers.items() if (view.since_s(one.heard_ms) or 0.0) < HEARD_S)
    return ", ".join(f"{name} ({_stranger(view, name, one)})" for name, one in about)[:2000]


def _stranger(view: View, name: str, one: Stranger) -> str:
    """The count in powers of ten: each change of it is written to the card, and the stranger decides how many come."""
    since = view.site.memory.unknown_nodes.get(name)
    parts = [one.board or "?", f"≥ {10 ** (len(str(one.count)) - 1)} ×"]
    if since is not None and since.wall_ms is not None and since.wall_ms < CEILING_MS:
        parts.append(f"{datetime.fromtimestamp(since.wall_ms / 1000, UTC):%Y-%m-%d %H:%M} UTC")
    return ", ".join(parts)
