"""Filters on whole numbers: what is false among many readings, what moves slowly, how fast fuel sloshes."""

import math

from .rounding import divided, nearest

GRAVITY = 9.80665
"""m/s²."""
PERIODS = 5
"""A median over fewer periods of the slosh would follow the wave."""
SHORTEST_MS = 10_000
LONGEST_MS = 30_000
_ONE = 65_536
_FINE = 256


def median(values: "list[int]") -> int:
    """The middle value of one or more; of an even number the mean of the two in the middle."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return divided(ordered[middle - 1] + ordered[middle], 2)


def spread(values: "list[int]", middle: int) -> int:
    """The median distance from `middle` (MAD): a noise that a few false echoes do not change."""
    return median([abs(value - middle) for value in values])


def centre(values: "list[int]", middle: int, width: int) -> int:
    """The mean of all within three spreads of the median: false echoes are left out, whole waves cancel out."""
    near = [value for value in values if abs(value - middle) <= 3 * width]
    return divided(sum(near), len(near)) if near else middle


def slosh_period_ms(length_mm: int, depth_mm: int) -> int:
    """How long one wave to and fro takes in a tank of this length, filled to this depth; T = 2π/√(g·k·tanh(k·h))."""
    k = math.pi / (length_mm / 1000)
    return nearest(2000 * math.pi / math.sqrt(GRAVITY * k * math.tanh(k * max(depth_mm, 10) / 1000)))


def burst_ms(length_mm: int, depth_mm: int) -> int:
    """How long one measurement must listen: five periods, at least 10 s, at most 30 s."""
    return min(LONGEST_MS, max(SHORTEST_MS, PERIODS * slosh_period_ms(length_mm, depth_mm)))


class Slow:
    """A slow mean (EMA) that knows how much time lies between two values; unit of what it is fed."""

    def __init__(self, tau_ms: int) -> None:
        self.tau_ms = tau_ms
        self._at_ms = 0
        self._fine: int | None = None

    def feed(self, now_ms: int, value: int) -> int:
        """The mean after one more value; the first one is taken as it is."""
        if self._fine is None:
            return self.jump(now_ms, value)
        share = nearest(_ONE * (1 - math.exp(-(now_ms - self._at_ms) / self.tau_ms)))
        self._at_ms = now_ms
        self._fine += divided(share * (value * _FINE - self._fine), _ONE)
        return divided(self._fine, _FINE)

    def jump(self, now_ms: int, value: int) -> int:
        """Begin anew at `value`: a filling must not look like a slow creep."""
        self._at_ms = now_ms
        self._fine = value * _FINE
        return value
