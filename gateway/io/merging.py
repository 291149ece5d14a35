"""Out of a store whose disk takes nothing into one in memory, and back: on open databases, in one transaction each."""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

from contract.words import Stream
from gateway.io.outbox import STATUS_OF, put_row
from gateway.io.pages import Pages
from gateway.io.recovery import understood
from gateway.io.store_file import COLUMNS

NOTE = "stands in"
TAKEN_OVER = "taken over"
MOST_READINGS = 20_000
"""Polls in memory: some megabytes, a day of a small site; the oldest go first."""
DECIDED = tuple(one.value for one in Stream if one is not Stream.SAMPLE)
ON_DISK = "memory on the disk"
"""What the old file remembered, beside what the runs in memory make of it."""
NOT_MOVED = ("origin", "trouble", NOTE, TAKEN_OVER, ON_DISK)


class StandIn(msgspec.Struct, frozen=True):
    """What a store in memory began with. `whole`: the old one could be read. `place`, `reading`: last that it had."""

    whole: bool = False
    place: int = 0
    reading: int = 0
    token: str = ""


def note_of(db: sqlite3.Connection, schema: str = "main") -> StandIn:
    """The note of a store in memory; an empty one of any other."""
    row = db.execute(f"SELECT body FROM {schema}.kept WHERE name = ?", (NOTE,)).fetchone()  # noqa: S608
    return StandIn() if row is None else msgspec.json.decode(row[0], type=StandIn)


# --- into memory ---


def copy_decided(db: sqlite3.Connection, old: sqlite3.Connection) -> StandIn:
    """What the site must know, and what was decided and waits."""
    kept = old.execute("SELECT name, body FROM kept")
    waits = old.execute(
        f"SELECT place, {COLUMNS}, body FROM outbox WHERE stream IN (?, ?) ORDER BY place",  # noqa: S608
        DECIDED,
    )
    documents = old.execute("SELECT name, ref, body FROM documents")
    reading = old.execute("SELECT * FROM readings ORDER BY id DESC LIMIT 1").fetchone()
    return _put(db, kept, waits, documents, reading)


def copy_pages(db: sqlite3.Connection, path: Path, progress: Callable[[], None]) -> StandIn:
    """The same out of a file that SQLite cannot open: page by page, what is whole."""
    kept: dict[str, tuple[int, bytes]] = {}
    waits: dict[int, tuple[Any, ...]] = {}
    confirmed: dict[tuple[str, str], int] = {}
    documents: dict[str, tuple[Any, ...]] = {}
    reading: tuple[Any, ...] | None = None
    for rowid, row in Pages(path, progress).rows():
        for table, columns in understood(rowid, row, ("kept", "heads", "outbox", "documents", "readings")):
            if table == "kept" and rowid >= kept.get(columns[0], (0, b""))[0]:
                kept[columns[0]] = (rowid, columns[1])
            elif table == "heads":
                confirmed[columns[0], columns[1]] = max(columns[3], confirmed.get((columns[0], columns[1]), 0))
            elif table == "outbox" and columns[2] in DECIDED:
                waits[rowid] = columns[:12]
            elif table == "documents":
                documents.setdefault(columns[0], columns)
            elif table == "readings" and (reading is None or columns[0] > reading[0]):
                reading = columns
    if not kept:
        raise sqlite3.DatabaseError("nothing of the site's memory can be read in it")
    rows = (waits[place] for place in sorted(waits))
    still = (row for row in rows if row[3] > confirmed.get((row[1], row[2]), 0))
    return _put(db, ((name, body) for name, (_, body) in kept.items()), still, documents.values(), reading)


def _put(
    db: sqlite3.Connection,
    kept: Iterable[tuple[str, bytes]],
    waits: Iterable[tuple[Any, ...]],
    documents: Iterable[tuple[Any, ...]],
    reading: tuple[Any, ...] | None,
) -> StandIn:
    for name, body in kept:
        if name not in (NOTE, TAKEN_OVER, "trouble"):
            for as_name in (name, ON_DISK) if name == "memory" else (name,):
                db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (as_name, body, crc32(body)))
    place = 0
    for place, (_, *fields, body) in enumerate(waits, 1):
        put_row(db, place, tuple(fields), body)
        run, stream, seq, kind = fields[:4]
        db.execute(
            "INSERT INTO heads VALUES (?1, ?2, ?3, ?3 - 1) ON CONFLICT DO UPDATE SET last = ?3", (run, stream, seq)
        )
        if kind != "gap":
            db.execute("UPDATE tallies SET count = count + 1 WHERE name = ?", (f"created.{stream}",))
    for one in documents:
        db.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", one)
    if reading is not None:
        db.execute("INSERT INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", reading)
    db.execute("UPDATE tallies SET count = ? WHERE name = 'place'", (place,))
    return StandIn(whole=True, place=place, reading=reading[0] if reading is not None else 0)


# --- and back: the store in memory is attached as `other` ---


def merge(db: sqlite3.Connection, forget: Callable[[str, Stream, int], int]) -> int:
    """What was new in memory becomes part of the store; how many records. Done twice it changes nothing.

    `forget`: lets go what the centre confirmed meanwhile. What is here and was not known there stays as it is.
    """
    note = note_of(db, "other")
    token = note.token.encode()
    done = db.execute("SELECT body FROM main.kept WHERE name = ?", (TAKEN_OVER,)).fetchone()
    if done is not None and done[0] == token:
        return 0
    moved = _merge_outbox(db, forget)
    db.execute(
        "INSERT OR IGNORE INTO main.events (run, seq, kind, boot, up_ms, wall_ms, clock, body, crc)"
        " SELECT run, seq, kind, boot, up_ms, wall_ms, clock, body, crc FROM other.events ORDER BY id"
    )
    db.execute(
        "INSERT INTO main.readings (device, run, boot, up_ms, wall_ms, clock, decoded, missing, body)"
        " SELECT device, run, boot, up_ms, wall_ms, clock, decoded, missing, body FROM other.readings"
        " WHERE id > ? ORDER BY id",
        (note.reading,),
    )
    for name, body in db.execute("SELECT name, body FROM other.kept").fetchall():
        if name not in NOT_MOVED and (note.whole or name.startswith((STATUS_OF, "too large"))):
            db.execute("INSERT OR REPLACE INTO main.kept VALUES (?, ?, ?)", (name, body, crc32(body)))
    if note.whole:
        db.execute("INSERT OR REPLACE INTO main.documents SELECT name, ref, body FROM other.documents")
    db.execute("INSERT OR REPLACE INTO main.kept VALUES (?, ?, ?)", (TAKEN_OVER, token, crc32(token)))
    return moved


def _merge_outbox(db: sqlite3.Connection, forget: Callable[[str, Stream, int], int]) -> int:
    known = {(run, stream) for run, stream in db.execute("SELECT run, stream FROM main.heads")}
    top = _tally(db, "main", "place")
    numbered = dict.fromkeys(Stream, 0)
    waiting = dict.fromkeys(Stream, 0)
    moved = 0
    for run, stream, last, confirmed in db.execute("SELECT run, stream, last, confirmed FROM other.heads").fetchall():
        one = Stream(stream)
        if (run, stream) in known:
            forget(run, one, confirmed)
            continue
        moved += db.execute(
            f"INSERT INTO main.outbox (place, {COLUMNS}, body, crc)"  # noqa: S608
            f" SELECT place + ?, {COLUMNS}, body, crc FROM other.outbox WHERE run = ? AND stream = ?",
            (top, run, stream),
        ).rowcount
        db.execute("INSERT INTO main.heads VALUES (?, ?, ?, ?)", (run, stream, last, confirmed))
        numbered[one] += last
        asked = "SELECT COUNT(*) FROM other.outbox WHERE run = ? AND stream = ? AND kind != 'gap'"
        waiting[one] += db.execute(asked, (run, stream)).fetchone()[0]
    for one, created in numbered.items():
        gone = created - waiting[one]
        gaps = min(gone, _tally(db, "other", f"gaps.{one.value}"))
        for name, more in (("created", created), ("gaps", gaps), ("confirmed", gone - gaps)):
            _add(db, f"{name}.{one.value}", more)
    _add(db, "place", _tally(db, "other", "place"))
    _add(db, "published", _tally(db, "other", "published"))
    return moved


def _tally(db: sqlite3.Connection, schema: str, name: str) -> int:
    return int(db.execute(f"SELECT count FROM {schema}.tallies WHERE name = ?", (name,)).fetchone()[0])  # noqa: S608


def _add(db: sqlite3.Connection, name: str, more: int) -> None:
    db.execute("UPDATE main.tallies SET count = count + ? WHERE name = ?", (more, name))
