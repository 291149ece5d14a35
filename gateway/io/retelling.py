"""The centre has lost what it had confirmed (a backup was played back, its store is new): it is told again.

Events lie in a table of their own for years and go out as they were. What the site has forgotten itself goes out as
one gap over each hole, so that the centre's mark can pass it, and nobody believes that there was nothing.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec

from contract.records import MARKED_RUNS, GapBody, Mark
from contract.words import Event, Stream
from gateway.core.site import Now

log = logging.getLogger(__name__)

AGAIN_S = 3600.0
"""Real seconds between two tellings of one run, whatever the marks say."""
WHY = "the centre had it and has lost it; the site has it no more"

Key = tuple[str, Stream]


class Head(NamedTuple):
    """What the site knows of a run and stream: confirmed up to here, and does anything of it lie here still?"""

    confirmed: int
    held: bool


class Lost(NamedTuple):
    """Of this run and stream the centre holds `mark`, and had more."""

    run: str
    stream: Stream
    mark: int


class Retelling:
    """Judges marks. One alone proves nothing: an old one may lie at the broker, or come late."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._low: set[Key] = set()
        """Below what was confirmed already, by the newest mark of this link."""
        self._told_s: dict[str, float] = {}

    def linked(self) -> None:
        """A new link: what was said on another one is no witness."""
        self._low = set()

    def lost(self, mark: Mark, heads: dict[Key, Head], *, retained: bool) -> dict[str, list[Lost]]:
        """By run what must be told again now: two marks in a row said so, and the newer one was said just now."""
        low = {one[:2]: one for one in _below(mark, heads)}
        sure = [] if retained else [one for key, one in low.items() if key in self._low]
        self._low = set(low)
        now_s = self._clock()
        self._told_s = {run: at_s for run, at_s in self._told_s.items() if now_s - at_s < AGAIN_S}
        found: dict[str, list[Lost]] = {}
        for one in sure:
            if one.run not in self._told_s:
                found.setdefault(one.run, []).append(one)
        self._told_s |= dict.fromkeys(found, now_s)
        return found


def _below(mark: Mark, heads: dict[Key, Head]) -> Iterable[Lost]:
    """A run that a mark does not name is unknown at the centre, unless there are too many for one mark."""
    for (run, stream), head in heads.items():
        named = mark.marks.get(run)
        if named is None and (len(mark.marks) >= MARKED_RUNS or not head.held):
            continue
        has = (named or {}).get(stream, 0)
        if has < head.confirmed:
            yield Lost(run, stream, has)


def heads_of(db: sqlite3.Connection) -> dict[Key, Head]:
    """Of every run and stream of which the centre has confirmed anything."""
    rows = db.execute(
        "SELECT run, stream, confirmed,"
        " EXISTS (SELECT 1 FROM outbox WHERE outbox.run = heads.run AND outbox.stream = heads.stream)"
        " OR stream = 'event' AND EXISTS (SELECT 1 FROM events WHERE events.run = heads.run)"
        " FROM heads WHERE confirmed > 0 ORDER BY rowid"
    )
    words = {one.value for one in Stream}
    return {(run, Stream(stream)): Head(int(has), bool(held)) for run, stream, has, held in rows if stream in words}


class Row(NamedTuple):
    """A record to be told again: number, kind, moment and body."""

    seq: int
    kind: str
    boot: str
    up_ms: int
    wall_ms: int | None
    clock: str
    body: bytes


def rows_again(db: sqlite3.Connection, lost: Lost, confirmed: int, now: Now) -> list[Row]:
    """mark + 1 … confirmed without a hole: what is held as it was, and a gap over each stretch that is not."""
    held: list[Row] = []
    if lost.stream is Stream.EVENT:
        held = [
            Row(*row)
            for row in db.execute(
                "SELECT seq, kind, boot, up_ms, wall_ms, clock, body FROM events"
                " WHERE run = ? AND seq > ? AND seq <= ? ORDER BY seq",
                (lost.run, lost.mark, confirmed),
            )
        ]
    rows: list[Row] = []
    expected = lost.mark + 1
    for row in held:
        if row.seq > expected:
            rows.append(_gap(expected, row.seq - 1, now))
        rows.append(row)
        expected = row.seq + 1
    if expected <= confirmed:
        rows.append(_gap(expected, confirmed, now))
    return rows


def _gap(first: int, last: int, now: Now) -> Row:
    body = msgspec.json.encode(GapBody(first=first, last=last, why=WHY))
    return Row(last, Event.GAP.value, now.boot, now.up_ms, now.wall_ms, now.clock.value, body)
