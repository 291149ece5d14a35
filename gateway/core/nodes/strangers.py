"""Who speaks as a sensor node and stands in no settings: named, counted, never taken for one of the site's own."""

import msgspec

from contract.records import DeviceBody
from contract.wire import Moment
from contract.words import Event
from gateway.core.site import Change, Now, Site, Stranger, remember

MOST_STRANGERS = 20


def met(site: Site, name: str, board: str, now: Now) -> tuple[Site, list[Change]]:
    """Somebody unknown has spoken, live. Told once; since when stays over a restart."""
    before = site.strangers.get(name)
    if before is None and len(site.strangers) >= MOST_STRANGERS:
        return site, []
    said = Stranger(
        board=board or (before.board if before is not None else ""),
        count=1 if before is None else before.count + 1,
        heard_ms=now.up_ms,
    )
    site = msgspec.structs.replace(site, strangers=site.strangers | {name: said})
    known = site.memory.unknown_nodes
    if name in known:
        return site, []
    since: dict[str, Moment] = dict([*known.items(), (name, now.moment())][-MOST_STRANGERS:])
    body = msgspec.to_builtins(DeviceBody(device=name, detail=board))
    return remember(site, unknown_nodes=since), [Change(Event.NODE_UNKNOWN, body)]
