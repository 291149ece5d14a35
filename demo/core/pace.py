"""How fast the clocks run, so that a scenario fits into the seconds given and no wire is asked too much of."""

import math
from collections.abc import Iterable

import msgspec

from demo.core.faults import BadUse

STARTING_S = 9.0
"""Real seconds until brokers, dashboard and kiosk stand; guessed beforehand, because the clock must be set first."""
BEFORE_S = 4.0
"""Real seconds from the gateway's start to the beginning of the scenario."""
AFTER_S = 8.0
"""Real seconds to catch up, take pictures and count."""
POLL_REAL_S = 0.5
"""A poll must be longer than the wire's waiting for a silent device, and that runs in real seconds."""
SHORTEST_POLL_S = 5.0
LONGEST_POLL_S = 15.0
"""Events of the scenario are 30 s apart; half of that keeps them apart for a gateway that polls."""
TIMEOUT_S = 0.3
LONGEST_WAIT = 3
"""So many times that, a gateway waits for a device that has fallen silent: it may only have become slow."""
FASTEST = LONGEST_POLL_S / POLL_REAL_S
CALM_RATE = 10.0
"""The rate of a demonstration that somebody looks at."""


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Product seconds per real second, and the gateway's times that go with it (product seconds)."""

    rate: float
    poll_s: float
    slow_s: float
    heartbeat_s: float
    timeout_s: float = TIMEOUT_S
    """Real seconds."""

    @property
    def heartbeat_active_s(self) -> float:
        """In an outage; three of them must be longer than a busy machine keeps a program waiting."""
        return max(60.0, self.rate * ACTIVE_REAL_S)

    @property
    def slack_ms(self) -> int:
        """How late a fault can be seen, in product milliseconds: one poll, and the wire's waiting for an answer."""
        return round(1000 * (self.poll_s + self.timeout_s * self.rate))

    @property
    def silence_ms(self) -> int:
        """The same of a device's silence and of its end: one that has answered slowly before is waited for longest."""
        return round(1000 * (self.poll_s + LONGEST_WAIT * self.timeout_s * self.rate))


ACTIVE_REAL_S = 0.5
HOUR_REAL_S = 2.5
"""Real seconds for one hour of days that somebody reads hour by hour."""
FASTEST_DAYS = 1790.0
"""A heartbeat is two real seconds, and the longest that a gateway takes is an hour of the product."""
LEAD_S = 20.0
"""Real seconds from the first program of days to their beginning, which all must know before the first one starts."""
GENTLE = 240.0
"""Product seconds per real second while programs of such days start anew: a loaded machine takes seconds for it."""
LOOKED_S = 3420.0
"""Into each hour; it has been looked at by then."""


def pace(rate: float) -> Pace:
    """The times that go with a rate."""
    poll_s = max(SHORTEST_POLL_S, rate * POLL_REAL_S)
    return Pace(rate=rate, poll_s=poll_s, slow_s=6 * poll_s, heartbeat_s=max(60.0, rate * 2.0))


def shortest_s(length_s: float) -> int:
    """The fewest real seconds in which a scenario of so many product seconds can be played and judged."""
    return math.ceil(length_s / FASTEST + STARTING_S + BEFORE_S + AFTER_S)


def fit(length_s: float, seconds: float) -> Pace:
    """The calmest pace at which the scenario ends in time; raises BadUse with the fewest seconds that do."""
    least = shortest_s(length_s)
    if seconds < least:
        raise BadUse(f"--seconds {seconds:g}: the scenario needs at least {least} s; give --seconds {least} or more")
    return pace(max(1.0, length_s / (seconds - STARTING_S - BEFORE_S - AFTER_S)))


def gentle_hours(length_s: float, restarts_s: Iterable[float]) -> tuple[tuple[float, float], ...]:
    """From each start of programs until the look at the hour after, in product seconds of the scenario."""
    spans: list[tuple[float, float]] = []
    for from_s in sorted(restarts_s):
        until_s = min(length_s, 3600 * (from_s // 3600 + 1) + LOOKED_S)
        if spans and from_s <= spans[-1][1]:
            spans[-1] = (spans[-1][0], until_s)
        else:
            spans.append((from_s, until_s))
    return tuple(spans)


def fit_hours(length_s: float, seconds: float | None, restarts_s: Iterable[float] = ()) -> Pace:
    """The pace of days told hour by hour, within the seconds if they are given; raises BadUse."""
    if seconds is None:
        return pace(3600 / HOUR_REAL_S)
    gentle_s = sum(until_s - from_s for from_s, until_s in gentle_hours(length_s, restarts_s))
    apart_s = LEAD_S + AFTER_S
    least = math.ceil((length_s - gentle_s) / FASTEST_DAYS + gentle_s / GENTLE + apart_s)
    if seconds < least:
        raise BadUse(f"--seconds {seconds:g}: these days need at least {least} s; give --seconds {least} or more")
    if length_s / GENTLE <= seconds - apart_s:
        return pace(max(1.0, length_s / (seconds - apart_s)))
    return pace((length_s - gentle_s) / (seconds - apart_s - gentle_s / GENTLE))


def spans(hours: Iterable[tuple[float, float]], rate: float, begins_s: float) -> tuple[tuple[float, float, float], ...]:
    """The same hours in real moments, for a scenario that begins at one; none where all of it is as gentle.

    Each as `doors/clock_gentle.py` has it: from, until, product seconds in a real one.
    """
    found: list[tuple[float, float, float]] = []
    if rate <= GENTLE:
        return ()
    real_s, product_s = begins_s, 0.0
    for from_s, until_s in hours:
        real_s += (from_s - product_s) / rate
        found.append((real_s, real_s + (until_s - from_s) / GENTLE, GENTLE))
        real_s, product_s = found[-1][1], until_s
    return tuple(found)
