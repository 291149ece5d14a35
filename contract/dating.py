"""A boot whose time became known: everything of it that carries no wall time, or a wrong one, gets the true one.

Uptime never lies, so one number dates a whole boot: wall clock less uptime. Gateway and centre date with these lines.
"""

from typing import Any, TypeVar

import msgspec

from contract.wire import Moment
from contract.words import ClockQuality

T = TypeVar("T")

STEP_MS = 2000
"""Clocks that differ by less say the same; so much is a step."""
FLOOR_MS = 1_735_689_600_000
"""2025-01-01: before this program was made nothing can be now, whatever a kernel says."""
CEILING_MS = 4_102_444_800_000
"""2100-01-01."""
BEHIND_MS = 60_000
"""So much earlier than the newest time ever seen may a battery clock or a phone be: clocks drift."""
AHEAD_MS = 5 * 365 * 24 * 3_600_000
"""No box lies in a cupboard for longer, and no battery either."""
_MOMENT = {"boot", "up_ms", "wall_ms", "clock"}


class BootTime(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the time of one boot: `offset_ms` is wall clock less uptime."""

    boot: str
    offset_ms: int
    quality: ClockQuality

    def wall_of(self, up_ms: int) -> int:
        """The wall clock at an uptime of the boot, ms."""
        return max(0, up_ms + self.offset_ms)

    def moment(self, up_ms: int) -> Moment:
        """An uptime of the boot in both clocks."""
        return Moment(boot=self.boot, up_ms=up_ms, wall_ms=self.wall_of(up_ms), clock=self.quality)

    def right(self, up_ms: int, wall_ms: int | None, clock: str) -> bool:
        """Is this the time of that uptime already?"""
        known = wall_ms is not None and clock != ClockQuality.UNSYNCED
        return known and abs((wall_ms or 0) - self.wall_of(up_ms)) <= STEP_MS


def earliest_ms(newest_ms: int) -> int:
    """Before this it cannot be now, when `newest_ms` is the newest time ever seen (0: none)."""
    return max(FLOOR_MS, newest_ms - BEHIND_MS)


def plausible(wall_ms: int, newest_ms: int) -> bool:
    """May it be `wall_ms` now? A box that has never seen a time takes any of twenty years."""
    latest_ms = (newest_ms or FLOOR_MS + 3 * AHEAD_MS) + AHEAD_MS
    return earliest_ms(newest_ms) <= wall_ms <= min(latest_ms, CEILING_MS)


def date(thing: T, known: BootTime) -> T:
    """Structs, tuples and dicts with every moment of the boot in them dated; the very same thing where none is."""
    return _dated(thing, known)  # type: ignore[no-any-return]


def _dated(thing: Any, known: BootTime) -> Any:
    if isinstance(thing, Moment):
        return thing if thing.boot != known.boot or _right(thing, known) else known.moment(thing.up_ms)
    if isinstance(thing, msgspec.Struct):
        held = {name: getattr(thing, name) for name in thing.__struct_fields__}
        changed = {name: new for name, old in held.items() if (new := _dated(old, known)) is not old}
        return msgspec.structs.replace(thing, **changed) if changed else thing
    if type(thing) is tuple:
        items = tuple(_dated(one, known) for one in thing)
        return items if any(new is not old for new, old in zip(items, thing, strict=True)) else thing
    if isinstance(thing, dict):
        values = {key: _dated(one, known) for key, one in thing.items()}
        return values if any(values[key] is not one for key, one in thing.items()) else thing
    return thing


def _right(moment: Moment, known: BootTime) -> bool:
    return known.right(moment.up_ms, moment.wall_ms, moment.clock)


def date_body(body: Any, known: BootTime) -> Any:
    """The body of a record, as decoded JSON, with every moment of the boot in it dated; the same where none is."""
    if isinstance(body, list):
        items = [date_body(one, known) for one in body]
        return items if any(new is not old for new, old in zip(items, body, strict=True)) else body
    if not isinstance(body, dict):
        return body
    if body.keys() == _MOMENT and body["boot"] == known.boot and isinstance(body["up_ms"], int):
        wall_ms = body["wall_ms"] if isinstance(body["wall_ms"], int) else None
        if known.right(body["up_ms"], wall_ms, str(body["clock"])):
            return body
        return msgspec.to_builtins(known.moment(body["up_ms"]))
    values = {key: date_body(one, known) for key, one in body.items()}
    return values if any(values[key] is not one for key, one in body.items()) else body
