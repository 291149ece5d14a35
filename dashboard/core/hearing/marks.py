"""How far is everything committed, and when was a record made?"""

from collections.abc import Iterable

from contract.messages import Head
from contract.wire import Moment
from contract.words import ClockQuality


def advance(mark: int, spans: Iterable[tuple[int, int]]) -> int:
    """The highest number below which nothing is missing, from `mark` on. `spans`: (first, last) sorted by first."""
    for first, last in spans:
        if first > mark + 1:
            break
        mark = max(mark, last)
    return mark


def holes(first: int, last: int, held: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """What of first…last is not held, in order. `held`: (first, last) of each record, in any order."""
    found, expected = [], first
    for begin, end in sorted(held):
        if begin > last:
            break
        if begin > expected:
            found.append((expected, begin - 1))
        expected = max(expected, end + 1)
    return [*found, (expected, last)] if expected <= last else found


def dated_ms(at: Moment, head: Head, received_ms: int | None) -> int | None:
    """When a record was made, ms UTC: by its own clock, else counted back by uptime from its arrival; or None."""
    if at.wall_ms is not None and at.clock is not ClockQuality.UNSYNCED:
        return at.wall_ms
    if at.boot != head.boot:
        return None
    ago = head.up_ms - at.up_ms
    if head.wall_ms is not None and head.clock is not ClockQuality.UNSYNCED:
        return head.wall_ms - ago
    return None if received_ms is None or ago < 0 else received_ms - ago
