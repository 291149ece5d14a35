"""A curve from samples that came by exception: a value holds until the next; where nothing is known there is a gap.

For a chart the time is cut into buckets of one length; of each the lowest and the highest value are kept, so that no
peak and no dip vanishes, however much time one bucket holds.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dashboard.core.site.knowledge import Span

HOLD_MS = 13 * 3_600_000
"""A value says nothing any more after this: a calm site tells all its values twice a day, also those that rest."""
EARLY_MS = 5 * 60_000
"""A value was measured so long before the record that told of it, at most; it belongs to the time of the record."""


class Sample(NamedTuple):
    """One value of one signal: when (ms UTC), and None when it was missing."""

    wall_ms: int
    value: float | None


class Held(NamedTuple):
    """What a signal was for a time: lowest, highest and last; None while it was missing. Its end is not part of it."""

    from_ms: int
    until_ms: int
    low: float | None
    high: float | None
    last: float | None


class Bucket(NamedTuple):
    """Lowest and highest value in one bucket; None where nothing is known in all of it."""

    low: float | None
    high: float | None


Point = tuple[float, float | None]
NOTHING = Bucket(None, None)


def held(samples: Iterable[Sample], known: Sequence[Span], hold_ms: int = HOLD_MS) -> list[Held]:
    """Each sample and how long it holds: until the next, and never beyond the time of which something is known."""
    ordered = sorted({one.wall_ms: one for one in samples}.values())
    found = []
    spans, place = list(known), 0
    for number, one in enumerate(ordered):
        while place < len(spans) and spans[place].until_ms < one.wall_ms:
            place += 1
        # at the very edge of two spans the later one counts
        here = place + 1 if place + 1 < len(spans) and spans[place + 1].from_ms <= one.wall_ms else place
        span = spans[here] if here < len(spans) and spans[here].from_ms - EARLY_MS <= one.wall_ms else None
        until = one.wall_ms if span is None else min(span.until_ms, one.wall_ms + hold_ms)
        if number + 1 < len(ordered):
            until = min(until, ordered[number + 1].wall_ms)
        found.append(Held(one.wall_ms, max(until, one.wall_ms), one.value, one.value, one.value))
    return found


def curve(samples: Iterable[Sample], known: Sequence[Span], hold_ms: int = HOLD_MS) -> list[Point]:
    """Points (seconds UTC, value or None) in order of time. None begins a gap."""
    points: list[Point] = []
    steps = held(samples, known, hold_ms)
    for number, one in enumerate(steps):
        points.append((one.from_ms / 1000, one.last))
        after = steps[number + 1].from_ms if number + 1 < len(steps) else None
        if after is not None and one.until_ms < after and one.last is not None:
            points.append((one.until_ms / 1000 + 0.001, None))
    return points


def buckets(steps: Iterable[Held], begin_ms: int, step_ms: int, count: int) -> list[Bucket]:
    """Lowest and highest of each bucket from `begin_ms` on, counting what holds on from before it."""
    low: list[float | None] = [None] * count
    high: list[float | None] = [None] * count
    end_ms = begin_ms + step_ms * count
    for one in steps:
        if one.low is None or one.high is None or one.until_ms < begin_ms or one.from_ms >= end_ms:
            continue
        first = max(0, (one.from_ms - begin_ms) // step_ms)
        # a value that ends where a bucket begins says nothing of that bucket, unless it was measured there
        last = min(count - 1, max(first, (one.until_ms - 1 - begin_ms) // step_ms))
        for at in range(first, last + 1):
            held_low, held_high = low[at], high[at]
            low[at] = one.low if held_low is None else min(held_low, one.low)
            high[at] = one.high if held_high is None else max(held_high, one.high)
    return [Bucket(*pair) for pair in zip(low, high, strict=True)]


def silences(curves: Sequence[Sequence[Held]], begin_ms: int, end_ms: int, least_ms: int = 0) -> list[Span]:
    """Times in which none of the curves has a value, longer than `least_ms`."""
    there = sorted((one.from_ms, one.until_ms) for steps in curves for one in steps if one.low is not None)
    found, at = [], begin_ms
    for begin, end in there:
        if begin >= end_ms:
            break
        if begin > at:
            found.append(Span(at, begin))
        at = max(at, end)
    if at < end_ms:
        found.append(Span(at, end_ms))
    return [one for one in found if one.until_ms - one.from_ms > least_ms]
