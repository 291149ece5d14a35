"""The rows of a boot whose time became known get it: readings, events, and records that wait for the centre.

In small steps between which the gateway polls. Done twice it changes nothing, so a power cut in the middle costs only
that the rest is done after the next start.
"""

import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec

from contract.dating import BootTime, date_body
from gateway.io.resumming import note_moved
from gateway.io.store_file import COLUMNS, row_crc

ROWS_AT_ONCE = 200


def date_rows(db: sqlite3.Connection, known: BootTime) -> Iterator[None]:
    """All rows of the boot; stops for a moment after each step. Raises sqlite3.Error."""
    yield from _outbox(db, known)
    yield from _events(db, known)
    yield from _readings(db, known)


def _outbox(db: sqlite3.Connection, known: BootTime) -> Iterator[None]:
    """From the oldest on: what the centre gets next is dated first."""
    last = 0
    while rows := db.execute(
        f"SELECT place, {COLUMNS}, body FROM outbox WHERE place > ? ORDER BY place LIMIT ?",  # noqa: S608
        (last, ROWS_AT_ONCE),
    ).fetchall():
        last = rows[-1][0]
        with _writing(db):
            for place, *fields, body in rows:
                boot, up_ms, wall_ms, clock = fields[4:8]
                dated = _dated(boot, up_ms, wall_ms, clock, body, known)
                if dated is not None:
                    fields[6:8] = dated[:2]
                    db.execute(
                        "UPDATE outbox SET wall_ms = ?, clock = ?, body = ?, crc = ? WHERE place = ?",
                        (*dated, row_crc(dated[2], *fields), place),
                    )
        yield


def _events(db: sqlite3.Connection, known: BootTime) -> Iterator[None]:
    """From the newest back: the events of a boot lie together at the end."""
    last = 2**62
    while rows := db.execute(
        "SELECT id, run, seq, kind, boot, up_ms, wall_ms, clock, body FROM events"
        " WHERE id < ? ORDER BY id DESC LIMIT ?",
        (last, ROWS_AT_ONCE),
    ).fetchall():
        last = rows[-1][0]
        with _writing(db):
            for number, *fields, body in rows:
                boot, up_ms, wall_ms, clock = fields[3:7]
                dated = _dated(boot, up_ms, wall_ms, clock, body, known)
                if dated is not None:
                    fields[5:7] = dated[:2]
                    db.execute(
                        "UPDATE events SET wall_ms = ?, clock = ?, body = ?, crc = ? WHERE id = ?",
                        (*dated, row_crc(dated[2], *fields), number),
                    )
        yield
        if all(row[4] != known.boot for row in rows):
            return


def _readings(db: sqlite3.Connection, known: BootTime) -> Iterator[None]:
    """From the newest back. Hours that were summed up already are noted, and summed up anew (`resumming.py`)."""
    last = 2**62
    while rows := db.execute(
        "SELECT id, boot, up_ms, wall_ms, clock FROM readings WHERE id < ? ORDER BY id DESC LIMIT ?",
        (last, ROWS_AT_ONCE),
    ).fetchall():
        last = rows[-1][0]
        mine = [row for row in rows if row[1] == known.boot]
        wrong = [
            (number, wall_ms, known.wall_of(up_ms))
            for number, _, up_ms, wall_ms, clock in mine
            if not known.right(up_ms, wall_ms, clock)
        ]
        with _writing(db):
            db.executemany(
                "UPDATE readings SET wall_ms = ?, clock = ? WHERE id = ?",
                [(wall_ms, known.quality.value, number) for number, _, wall_ms in wrong],
            )
            note_moved(db, ((before, wall_ms) for _, before, wall_ms in wrong))
        yield
        if not mine:
            return


def _dated(
    boot: str, up_ms: int, wall_ms: int | None, clock: str, body: bytes, known: BootTime
) -> tuple[int, str, bytes] | None:
    """Wall clock, quality and body of a row as they should be; None when there is nothing to change."""
    if boot != known.boot or not isinstance(up_ms, int) or known.right(up_ms, wall_ms, clock):
        return None
    return known.wall_of(up_ms), known.quality.value, _body(body, known)


def _body(body: bytes, known: BootTime) -> bytes:
    try:
        tree: Any = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body
    dated = date_body(tree, known)
    return body if dated is tree else msgspec.json.encode(dated)


def _writing(db: sqlite3.Connection) -> sqlite3.Connection:
    """A transaction that need not reach the card at once: it can be done again."""
    db.execute("PRAGMA synchronous = NORMAL")
    return db
