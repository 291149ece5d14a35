"""The books of a run: what was committed at the site against what the centre holds. Nobody's own claim counts.

A record is (run, stream, seq), numbered without gaps from 1. So the highest number that was ever seen of a run and
stream, in the site's file or on the wire, tells the whole set that was committed.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

Key = tuple[str, str]
"""Run and stream."""
NEVER_THINNED = ("event", "receipt")
ALL_STREAMS = (*NEVER_THINNED, "sample")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One record as the centre has it. `number`: the place in the order of its commitment; `first`: where a gap begins.

    `digest` of kind and body, see `digest`.
    """

    run: str
    stream: str
    first: int
    seq: int
    number: int
    digest: str
    gap: bool


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What became of everything that was committed. `sentences`: each thing that is wrong, in words."""

    records: int
    at_centre: int
    lost: int
    gaps: int
    reordered: int
    sentences: tuple[str, ...]


_MOMENT = {"boot", "up_ms", "wall_ms", "clock"}


def digest(kind: str, body: Any) -> str:
    """The same for equal bodies, however they are written and whatever is known of their time by now.

    A moment is its boot and its uptime; the wall clock of it may become known, or better known, on the way.
    """
    text = msgspec.json.encode([kind, _timeless(body)], order="deterministic")
    return hashlib.sha256(text).hexdigest()[:16]


def _timeless(body: Any) -> Any:
    if isinstance(body, list):
        return [_timeless(one) for one in body]
    if not isinstance(body, dict):
        return body
    left_out = {"wall_ms", "clock"} if body.keys() == _MOMENT else set()
    return {key: _timeless(one) for key, one in body.items() if key not in left_out}


def judge(
    seen: Mapping[Key, int],
    digests: Mapping[tuple[str, str, int], str],
    rows: Iterable[Row],
    *,
    never_thinned: tuple[str, ...] = NEVER_THINNED,
) -> Verdict:
    """`seen`: the highest number by run and stream; `digests`: of those records that were seen whole at the site.

    `never_thinned`: streams in which a gap is a loss; all of them where neither a disk nor a long silence was played.
    """
    by_key: dict[Key, list[Row]] = {}
    for row in rows:
        by_key.setdefault((row.run, row.stream), []).append(row)
    records = at_centre = lost = gaps = reordered = 0
    sentences: list[str] = []
    for key in sorted(seen):
        mine = by_key.get(key, [])
        own = {row.seq: row for row in mine if not row.gap}
        missing = set(range(1, seen[key] + 1)) - own.keys()
        told = missing & _covered(mine) if key[1] not in never_thinned else set()
        changed = {seq for seq, row in own.items() if digests.get((*key, seq), row.digest) != row.digest}
        gone = missing - told
        records += seen[key]
        at_centre += sum(seq <= seen[key] for seq in own) - len(changed)
        gaps += len(told)
        lost += len(gone) + len(changed)
        if gone:
            sentences.append(f"lost: {key[1]} {_spans(gone)} of run {key[0]}, of {seen[key]} committed")
        if changed:
            sentences.append(f"lost: {key[1]} {_spans(changed)} of run {key[0]} are not what was committed")
    for key, mine in sorted(by_key.items()):
        wrong = _disorder(mine)
        reordered += len(wrong)
        if wrong:
            sentences.append(f"reordered: {key[1]} {_spans(wrong)} of run {key[0]} came after a later one")
    return Verdict(
        records=records, at_centre=at_centre, lost=lost, gaps=gaps, reordered=reordered, sentences=tuple(sentences)
    )


def covered(seen: Mapping[Key, int], rows: Iterable[Row]) -> bool:
    """Has everything come, each by itself or in a gap?"""
    there: dict[Key, set[int]] = {}
    for row in rows:
        there.setdefault((row.run, row.stream), set()).update(range(row.first, row.seq + 1))
    return all(set(range(1, last + 1)) <= there.get(key, set()) for key, last in seen.items())


def _covered(rows: list[Row]) -> set[int]:
    """Numbers that gap records stand for."""
    return {seq for row in rows if row.gap for seq in range(row.first, row.seq + 1)}


def _disorder(rows: list[Row]) -> set[int]:
    """Numbers that were committed after a higher one."""
    wrong, highest = set(), 0
    for row in sorted(rows, key=lambda row: row.number):
        if row.seq < highest:
            wrong.add(row.seq)
        highest = max(highest, row.seq)
    return wrong


def _spans(numbers: Iterable[int]) -> str:
    """1–3, 7."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    words = [str(first) if first == last else f"{first}–{last}" for first, last in spans[:8]]
    return ", ".join(words) + (f" and {len(spans) - 8} more" if len(spans) > 8 else "")
