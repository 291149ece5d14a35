"""Did this program itself listen all the while? One that stood still hears everything late, and must blame no site.

A machine that was suspended or moved to another host, or a program that was stopped, wakes to sites that have not been
heard for long, though all of them spoke: what they said lies in the broker or is on its way to it. So after such a
pause the silence of a site counts from the first look again, as after a broker that was away.
"""

from collections.abc import Iterable

from msgspec import Struct

LEAST_S = 30.0
"""A site that claims to speak all the time must not make every late look a pause: then no silence were ever judged."""
LEAST_REAL_S = 2.0
"""The same where the clock is a fast one: a look now and then is that late on any machine."""


class Attention(Struct, frozen=True, kw_only=True):
    """The last look, in ms of this computer's uptime; None before the first. `whole`: nothing was missed before it."""

    looked_ms: int | None = None
    whole: bool = True


def looked(before: Attention, now_ms: int, heartbeats_s: Iterable[float], rate: float = 1.0) -> Attention:
    """After a look now. Missed is a pause as long as the shortest time (s) in which a site gives a sign of life.

    `rate`: how many seconds of this clock a real one has.
    """
    longest_ms = 1000 * max(LEAST_S, LEAST_REAL_S * rate, min(heartbeats_s, default=0.0))
    return Attention(looked_ms=now_ms, whole=before.looked_ms is None or now_ms - before.looked_ms < longest_ms)
