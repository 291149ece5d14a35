"""A day of one signal summed up by quarters of an hour: lowest, highest and last value, so that no peak vanishes.

What is old needs no more than that. A quarter without an entry was not told of; the value before it held on.
"""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

import msgspec

from dashboard.core.site.knowledge import Span
from dashboard.core.site.series import HOLD_MS, Held, Sample, held

QUARTER_MS = 15 * 60_000
DAY_MS = 24 * 3_600_000


class Quarter(msgspec.Struct, frozen=True, array_like=True):
    """One quarter of a day (0…95). `at_ms`: when its last value was measured, ms after its begin.

    `low` and `high` are None where it only ever was missing, `last` where it was missing in the end.
    """

    number: int
    at_ms: int
    low: float | None
    high: float | None
    last: float | None


def summed(samples: Iterable[Sample]) -> list[Quarter]:
    """Samples of one day by quarters."""
    ordered = sorted({one.wall_ms: one for one in samples}.values())
    found = []
    for number, of in groupby(ordered, key=lambda one: one.wall_ms % DAY_MS // QUARTER_MS):
        some = list(of)
        values = [one.value for one in some if one.value is not None]
        found.append(
            Quarter(
                number,
                some[-1].wall_ms % QUARTER_MS,
                min(values, default=None),
                max(values, default=None),
                some[-1].value,
            )
        )
    return found


def together(one: Iterable[Quarter], other: Iterable[Quarter]) -> list[Quarter]:
    """Two sums of one day, where samples came after the first was made."""
    found: dict[int, Quarter] = {}
    for quarter in (*one, *other):
        was = found.get(quarter.number)
        found[quarter.number] = quarter if was is None else _both(was, quarter)
    return [found[number] for number in sorted(found)]


def _both(one: Quarter, other: Quarter) -> Quarter:
    later = other if other.at_ms >= one.at_ms else one
    return Quarter(one.number, later.at_ms, _least(one.low, other.low), _most(one.high, other.high), later.last)


def ranges(day: int, quarters: Iterable[Quarter], range_ms: int = QUARTER_MS) -> list[Held]:
    """What a signal was told to be on a day (days since 1970), by ranges of this length, from first to last word."""
    found: list[Held] = []
    for one in quarters:
        start = day * DAY_MS + one.number * QUARTER_MS
        until = start + one.at_ms
        if found and found[-1].from_ms // range_ms == start // range_ms:
            was = found[-1]
            low, high = _least(was.low, one.low), _most(was.high, one.high)
            found[-1] = Held(was.from_ms, until, low, high, one.last)
        else:
            found.append(Held(start, until, one.low, one.high, one.last))
    return found


def _least(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else min(one, other)


def _most(one: float | None, other: float | None) -> float | None:
    return other if one is None else one if other is None else max(one, other)


def spread(told: list[Held], known: list[Span], hold_ms: int = HOLD_MS) -> list[Held]:
    """What a signal was, from the ranges in which it was told of: after each, its last value holds on."""
    lasts = held((Sample(one.until_ms, one.last) for one in told), known, hold_ms)
    return sorted([*told, *lasts], key=itemgetter(0, 1))
