"""What is remembered of bulletins that there is no room for any more: enough that none of them can come again.

Of each incident that is forgotten its highest serial stays. When there are too many of those as well, the lowest one
becomes a floor under its key: serials of one key rise from incident to incident, so what an incident that nobody
remembers brings below that floor was signed long ago.
"""

from collections.abc import Iterable

import msgspec

from gateway.core.remembered import Floor, Held, Memory

MAX_FLOORS = 200
ANY_KEY = ""
"""Of what was kept by a version that did not note the key."""


def newest_serial(memory: Memory, incident: str, key_id: str) -> int:
    """A bulletin of this incident must have a higher serial than this."""
    known = [held.bulletin.serial for held in memory.bulletins if held.bulletin.incident == incident]
    if incident in memory.floors:
        known.append(memory.floors[incident].serial)
    return max(known or [memory.key_floors.get(key, -1) for key in (key_id, ANY_KEY)])


def forget(memory: Memory, gone: Iterable[Held]) -> Memory:
    """The memory without these bulletins, but with their floors."""
    floors, keys = dict(memory.floors), dict(memory.key_floors)
    for held in gone:
        incident, serial = held.bulletin.incident, held.bulletin.serial
        was = floors.pop(incident, None)
        if was is None or was.serial < serial:
            was = Floor(key_id=held.key_id, serial=serial)
        floors[incident] = was
    while len(floors) > MAX_FLOORS:
        lowest = min(floors, key=lambda name: floors[name].serial)
        floor = floors.pop(lowest)
        keys[floor.key_id] = max(floor.serial, keys.get(floor.key_id, -1))
    return msgspec.structs.replace(memory, floors=floors, key_floors=keys)
