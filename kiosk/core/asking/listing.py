"""What a feed has said, and what it says now, become what is kept: new, edited, and no longer listed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from contract.wire import Moment
from contract.words import ClockQuality
from kiosk.core.asking.feed import Kept
from kiosk.feeds.alert import Alert, Answer, Reject

DAY_MS = 24 * 3_600_000
KEEP_GONE_MS = 3 * DAY_MS
"""What its source lists no more stays readable so long."""
MOST_GONE = 100
"""Of one feed, however young; the oldest go first."""

Key = tuple[str, str]
"""(source, id): one message."""


def key_of(alert: Alert) -> Key:
    """Identity of a message."""
    return alert.source.value, alert.id


@dataclass(frozen=True, slots=True)
class Folded:
    """What is different from what was kept: rows to write and rows to drop."""

    changed: tuple[Kept, ...] = ()
    dropped: tuple[Key, ...] = ()


def fold(kept: Mapping[Key, Kept], answer: Answer, now: Moment, *, whole: bool = True) -> Folded:
    """A complete, good answer. `whole`: it holds all that the source says, so what is missing from it has left.

    What a record that could not be read may have been is not gone: nobody knows.
    """
    newest: dict[Key, Alert] = {}
    for alert in answer.alerts:
        held = newest.get(key_of(alert))
        if held is None or held.revision <= alert.revision:
            newest[key_of(alert)] = alert
    changed = [after for key, alert in newest.items() if (after := _after(kept.get(key), alert, now)) is not None]
    if whole:
        changed += [
            msgspec.structs.replace(held, gone=now)
            for key, held in kept.items()
            if key not in newest and held.gone is None and not _may_be(held.alert.id, answer.rejects)
        ]
    to_be = {**kept, **{key_of(one.alert): one for one in changed}}
    dropped = tuple(_to_drop(to_be, now))
    return Folded(tuple(one for one in changed if key_of(one.alert) not in dropped), dropped)


def _after(held: Kept | None, alert: Alert, now: Moment) -> Kept | None:
    """How a listed message is kept from now on; None when nothing changes."""
    if held is None:
        return Kept(alert=alert, first=now)
    # an older edition is a server that lags behind: the message is listed, in the words that are known
    newer = alert if alert.revision >= held.alert.revision or _impossible(held) else held.alert
    after = Kept(alert=newer, first=held.first, gone=None)
    return None if after == held else after


def _impossible(held: Kept) -> bool:
    """Does it call itself newer than the day on which it came? Then every later edition would seem to lag behind."""
    wall_ms = held.first.wall_ms
    known = wall_ms is not None and held.first.clock is not ClockQuality.UNSYNCED
    return known and held.alert.revision > (wall_ms or 0) + DAY_MS


def _may_be(name: str, rejects: Iterable[Reject]) -> bool:
    """Could one of these unreadable records be this message? One that does not say its name could be any."""
    return any(name == one.what or not _names(one.what) for one in rejects if not one.harmless)


def _names(what: str) -> bool:
    """Does it name a record by its id, not by its place in the list?"""
    return bool(what) and " " not in what and not what.startswith(("#", "["))


def _to_drop(kept: Mapping[Key, Kept], now: Moment) -> list[Key]:
    """Gone for longer than it stays readable, or too many; without a known time only the number counts."""
    gone = sorted(((age, key) for key, one in kept.items() if (age := _gone_ms(one, now)) is not None), reverse=True)
    over = len(gone) - MOST_GONE
    return [key for number, (age, key) in enumerate(gone) if age > KEEP_GONE_MS or number < over]


def _gone_ms(one: Kept, now: Moment) -> int | None:
    """Since when its source lists it no more, in ms; None while it does. An age that nobody can tell counts as 0."""
    if one.gone is None:
        return None
    if one.gone.boot == now.boot:
        return max(0, now.up_ms - one.gone.up_ms)
    if one.gone.wall_ms is None or now.wall_ms is None or ClockQuality.UNSYNCED in (one.gone.clock, now.clock):
        return 0
    return max(0, now.wall_ms - one.gone.wall_ms)
