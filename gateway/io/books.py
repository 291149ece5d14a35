"""The books of an outbox that was damaged: every number once given is confirmed, waits, or is told as a gap."""

import sqlite3

import msgspec

from contract.records import GapBody
from contract.words import Stream
from gateway.io.outbox import put_row

WHY = "the store was damaged"

Key = tuple[str, str]
"""Run and stream."""
Hole = tuple[Key, int, int, int]
"""Run and stream, first and last number that is missing, and the place it had to be sent at."""


def settle_books(db: sqlite3.Connection, meant: tuple[str, int]) -> int:
    """Tell what is missing as gaps, in the order of sending; returns how many records are lost.

    `meant`: status and simulated of a run that has left no record.
    """
    db.execute(
        "DELETE FROM outbox WHERE seq <= (SELECT confirmed FROM heads"
        " WHERE heads.run = outbox.run AND heads.stream = outbox.stream)"
    )
    before = dict(db.execute("SELECT name, count FROM tallies").fetchall())
    _put_in_order(db)
    rows = _waiting(db)
    heads = _heads(db, rows)
    top = max(before.get("place", 0), max((place for spans in rows.values() for *_, place in spans), default=0))
    holes: list[Hole] = []
    # places are spread by four, so that a gap finds room before and behind every record; old places are not used again
    spread = 4 * top
    for key, (last, confirmed) in heads.items():
        found = _holes(key, rows.get(key, []), last, confirmed, spread)
        spread = max([spread, *(place for *_, place in found)])
        holes += found
    if holes:
        db.execute("UPDATE outbox SET place = -4 * place")
        db.execute("UPDATE outbox SET place = -place")
        top = spread + 1
        for hole in holes:
            _put_gap(db, hole, meant)
    for (run, stream), (last, confirmed) in heads.items():
        db.execute("INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?)", (run, stream, last, confirmed))
    db.execute("UPDATE tallies SET count = ? WHERE name = 'place'", (top,))
    return sum(_balance(db, stream.value, before, holes) for stream in Stream)


def _put_in_order(db: sqlite3.Connection) -> None:
    """A changed byte may have given a record another place; within a run and stream places rise with the numbers."""
    found: dict[Key, list[tuple[int, int]]] = {}
    for run, stream, seq, place in db.execute("SELECT run, stream, seq, place FROM outbox ORDER BY seq"):
        found.setdefault((run, stream), []).append((seq, place))
    for (run, stream), rows in found.items():
        places = sorted(place for _, place in rows)
        moved = [(-to, run, stream, seq) for (seq, place), to in zip(rows, places, strict=True) if place != to]
        db.executemany("UPDATE outbox SET place = ? WHERE run = ? AND stream = ? AND seq = ?", moved)
    db.execute("UPDATE outbox SET place = -place WHERE place < 0")


def _waiting(db: sqlite3.Connection) -> dict[Key, list[tuple[int, int, int]]]:
    """What waits of each run and stream: (first, last, place), in order."""
    found: dict[Key, list[tuple[int, int, int]]] = {}
    for run, stream, seq, kind, body, place in db.execute(
        "SELECT run, stream, seq, kind, CASE kind WHEN 'gap' THEN body END, place FROM outbox ORDER BY run, stream, seq"
    ):
        first = msgspec.json.decode(body, type=GapBody).first if kind == "gap" else seq
        found.setdefault((run, stream), []).append((first, seq, place))
    return found


def _heads(db: sqlite3.Connection, rows: dict[Key, list[tuple[int, int, int]]]) -> dict[Key, tuple[int, int]]:
    """(last, confirmed) of each run and stream. Where the file no longer tells, the survivors do.

    A run whose head is gone has 0 confirmed: a gap over what the centre already has is ignored there, but one that is
    not told would let it wait for ever.
    """
    heads: dict[Key, tuple[int, int]] = {}
    for run, stream, last, confirmed in db.execute("SELECT run, stream, last, confirmed FROM heads"):
        heads[run, stream] = (last, confirmed)
    for key, spans in rows.items():
        last, confirmed = heads.get(key, (0, 0))
        heads[key] = (max(last, spans[-1][1]), confirmed)
    run, seq = db.execute(
        "SELECT run, MAX(seq) FROM events WHERE run = (SELECT run FROM events ORDER BY id DESC LIMIT 1)"
    ).fetchone()
    if run is not None:
        last, confirmed = heads.get((run, "event"), (0, 0))
        heads[run, "event"] = (max(last, seq), confirmed)
    return heads


def _holes(key: Key, spans: list[tuple[int, int, int]], last: int, confirmed: int, spread: int) -> list[Hole]:
    """What of 1 … last is neither confirmed nor waiting."""
    holes: list[Hole] = []
    expected, behind = confirmed + 1, 0
    for first, end, place in spans:
        if first > expected:
            holes.append((key, expected, first - 1, 4 * place - 1))
        expected, behind = max(expected, end + 1), 4 * place + 1
    if expected <= last:
        holes.append((key, expected, last, behind or spread + 4))
    return holes


def _put_gap(db: sqlite3.Connection, hole: Hole, meant: tuple[str, int]) -> None:
    (run, stream), first, last, place = hole
    row = db.execute("SELECT status, simulated, boot FROM outbox WHERE run = ? LIMIT 1", (run,)).fetchone()
    status, simulated, boot = row or (*meant, "unknown")
    body = msgspec.json.encode(GapBody(first=first, last=last, why=WHY))
    put_row(db, place, (run, stream, last, "gap", boot, 0, None, "unsynced", status, simulated), body)


def _balance(db: sqlite3.Connection, stream: str, before: dict[str, int], holes: list[Hole]) -> int:
    """created = confirmed + gaps + waiting, from what the tallies still say; returns how many records are lost."""
    waiting = db.execute("SELECT COUNT(*) FROM outbox WHERE stream = ? AND kind != 'gap'", (stream,)).fetchone()[0]
    last, done = db.execute(
        "SELECT COALESCE(SUM(last), 0), COALESCE(SUM(confirmed), 0) FROM heads WHERE stream = ?", (stream,)
    ).fetchone()
    created, confirmed, gaps = (before.get(f"{name}.{stream}", 0) for name in ("created", "confirmed", "gaps"))
    if not created:  # the tallies themselves are gone: the heads tell of the runs they know
        lost = sum(end - first + 1 for (_, of), first, end, _ in holes if of == stream)
        created, confirmed, gaps = last, done, last - done - waiting
    else:
        rest = created - confirmed - waiting
        lost = max(0, rest - gaps)
        if rest < gaps:
            created = confirmed + gaps + waiting
        else:
            gaps = rest
    for name, count in (("created", created), ("confirmed", confirmed), ("gaps", gaps)):
        db.execute("UPDATE tallies SET count = ? WHERE name = ?", (count, f"{name}.{stream}"))
    return lost
