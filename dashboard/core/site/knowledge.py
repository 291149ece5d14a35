"""For which times is anything known of a site? Outside of them nothing is drawn on: nobody knows.

A run of the gateway numbers its records without gaps. So between its first and its last record everything that it told
is held here, and what it did not tell did not happen. After its last word, between two runs, and where records are
missing, nothing is known.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple


class Span(NamedTuple):
    """A time, ms UTC; its end belongs to it."""

    from_ms: int
    until_ms: int


class Proof(NamedTuple):
    """A run of a site was alive in this time."""

    run: str
    from_ms: int
    until_ms: int


def known(proofs: Iterable[Proof], holes: Iterable[Span] = (), *, until_ms: int | None = None) -> list[Span]:
    """The times of which something is known, in order, none over another; two runs never share one.

    `holes`: where records are missing. `until_ms`: nothing is known of what is still to come, whatever a clock said.
    """
    runs: dict[str, Span] = {}
    for run, begin, last in proofs:
        end = last if until_ms is None else min(last, until_ms)
        if begin <= end:
            held = runs.get(run, Span(begin, end))
            runs[run] = Span(min(held.from_ms, begin), max(held.until_ms, end))
    ordered = sorted(runs.values())
    cut = [Span(one.from_ms, min(one.until_ms, after.from_ms)) for one, after in pairwise(ordered)]
    return _without([*cut, *ordered[-1:]], sorted(holes))


def _without(spans: list[Span], holes: list[Span]) -> list[Span]:
    """The spans less what is missing in them."""
    for hole in holes:
        left = []
        for one in spans:
            if hole.until_ms <= one.from_ms or hole.from_ms >= one.until_ms:
                left.append(one)
                continue
            if one.from_ms <= hole.from_ms:
                left.append(Span(one.from_ms, hole.from_ms))
            if hole.until_ms <= one.until_ms:
                left.append(Span(hole.until_ms, one.until_ms))
        spans = left
    return spans


def carried(proofs: Iterable[Proof], live: Iterable[Proof]) -> list[Proof]:
    """The proofs of a stream, carried on while its run was heard without a break since the last of them.

    What moves is told; so a value holds while the site is heard. What was silent in between may still have to come.
    """
    heard = list(live)
    last: dict[str, Proof] = {}
    for one in proofs:
        held = last.get(one.run, one)
        last[one.run] = Proof(one.run, min(held.from_ms, one.from_ms), max(held.until_ms, one.until_ms))
    told = []
    for one in last.values():
        until = max(
            (other.until_ms for other in heard if other.run == one.run and other.from_ms <= one.until_ms),
            default=one.until_ms,
        )
        told.append(one._replace(until_ms=max(one.until_ms, until)))
    return told
