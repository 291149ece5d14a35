"""What has become of a device's values since they were told, in one look at all of them."""

from collections.abc import Collection, Mapping
from functools import cache

import msgspec

from contract.messages import Value
from contract.signals import Signal, catalogue
from gateway.core.announce import shortened

Moved = dict[str, float | int | str]


class Compared(msgspec.Struct, kw_only=True):
    """What differs."""

    lost: bool = False
    """Is there no value any more where one was told?"""
    changed: bool = False
    """Is there a change that a heartbeat cannot carry: why a value is missing, its origin, what is read once?"""
    back: set[str] = msgspec.field(default_factory=set)
    """Signals that have a value where none was told."""
    moved: Moved = msgspec.field(default_factory=dict)
    """What lies outside the dead-band of what was told."""


def compared(told: Mapping[str, Value], now: Mapping[str, Value], carried: Collection[str], *, calm: bool) -> Compared:
    """`carried`: the signals of which a heartbeat may say that they have moved; `calm`: nothing happens at the site."""
    found = Compared()
    if not told.keys() <= now.keys():
        gone = [one.value for key, one in told.items() if key not in now]
        found.lost, found.changed = any(one is not None for one in gone), None in gone
    for key, one in now.items():
        was = told.get(key)
        if was is one:
            continue
        if was is None or was.value is None or one.value is None:
            _came_or_went(found, key, was, one)
            continue
        if was.quality is not one.quality or was.origin is not one.origin:
            found.changed = True
        if was.value == one.value:
            continue
        if key not in carried:
            found.changed = found.changed or not _runs(key)
        elif (told_as := _beyond(catalogue().get(key), was.value, one.value, calm)) is not None:
            found.moved[key] = told_as
    return found


def _came_or_went(found: Compared, key: str, was: Value | None, one: Value) -> None:
    """A value that is missing now, or was."""
    if one.value is not None:
        found.back.add(key)
    elif was is None:
        found.changed = True
    elif was.value is not None:
        found.lost = True
    elif was.quality is not one.quality or was.origin is not one.origin:
        found.changed = True


def _beyond(signal: Signal | None, was: float | str, now: float | str, calm: bool) -> float | str | None:
    """The value as it is told, where it has left the dead-band of what was told; None where it has not."""
    if signal is None or isinstance(now, str) or isinstance(was, str):
        return now
    band = signal.deadband if signal.calm is None or not calm else signal.calm
    return shortened(now, signal.deadband) if abs(now - was) > band else None


@cache
def _running() -> frozenset[str]:
    return frozenset(key for key, signal in catalogue().items() if signal.runs)


def _runs(key: str) -> bool:
    """Does it count by itself, so that its move is no news?"""
    return key in _running()
