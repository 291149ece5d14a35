"""How long ago a moment was and which of two came first, by the clocks of the site; None when nobody can tell."""

from contract import freshness
from contract.freshness import Contact
from contract.wire import Moment
from contract.words import ClockQuality
from gateway.core.site import Now

EARLIER = "earlier"
"""Stands as boot of a moment before this one: how long ago it was, only wall clocks can tell."""


def age_ms(moment: Moment, now: Now) -> int | None:
    """How long ago, ms: by uptime within a boot, else by wall clocks that are believed; None when nobody can tell."""
    here = Contact(boot=now.boot, up_ms=now.up_ms, mono_ms=now.up_ms)
    return freshness.age_ms(moment, here, freshness.Now(mono_ms=now.up_ms, wall_ms=now.wall_ms, clock=now.clock))


def before(one: Moment, other: Moment, now: Now) -> bool | None:
    """Was `one` before `other`? None when nobody can tell: of other boots, with a clock that was not known."""
    if one.boot == other.boot != EARLIER:
        return one.up_ms < other.up_ms
    if now.boot in (one.boot, other.boot):
        # the other one is of an earlier boot
        return other.boot == now.boot
    ages = age_ms(one, now), age_ms(other, now)
    return None if ages[0] is None or ages[1] is None else ages[0] > ages[1]


def believed_ms(now: Now) -> int | None:
    """The wall clock where it can be believed."""
    return now.wall_ms if now.clock is not ClockQuality.UNSYNCED else None
