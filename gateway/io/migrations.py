"""Numbered steps of the store's schema; each is committed together with the note that it ran.

Plain SQL: a library for it costs the gateway 2.4 MB of memory for as long as it runs.
"""

import sqlite3

import msgspec

from contract.words import Stream


class TooNew(Exception):
    """The store was written by a newer version of the program."""


def _first(db: sqlite3.Connection) -> None:
    db.execute(
        "CREATE TABLE readings (id INTEGER PRIMARY KEY, device TEXT, run TEXT, boot TEXT, up_ms INTEGER,"
        " wall_ms INTEGER, clock TEXT, decoded INTEGER, missing TEXT, body BLOB)"
    )
    db.execute("CREATE INDEX idx_readings_device_id ON readings (device, id)")
    db.execute("CREATE INDEX idx_readings_wall_ms ON readings (wall_ms)")
    db.execute(
        "CREATE TABLE outbox (place INTEGER PRIMARY KEY, run TEXT, stream TEXT, seq INTEGER, kind TEXT, boot TEXT,"
        " up_ms INTEGER, wall_ms INTEGER, clock TEXT, status TEXT, simulated INTEGER, body BLOB)"
    )
    db.execute("CREATE UNIQUE INDEX idx_outbox_run_stream_seq ON outbox (run, stream, seq)")
    db.execute("CREATE INDEX idx_outbox_stream_place ON outbox (stream, place)")
    db.execute(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, run TEXT, seq INTEGER, kind TEXT, boot TEXT, up_ms INTEGER,"
        " wall_ms INTEGER, clock TEXT, body BLOB)"
    )
    db.execute("CREATE UNIQUE INDEX idx_events_run_seq ON events (run, seq)")
    db.execute("CREATE TABLE kept (name TEXT PRIMARY KEY, body BLOB)")
    db.execute("CREATE TABLE documents (name TEXT PRIMARY KEY, ref BLOB, body BLOB)")
    db.execute("CREATE TABLE tallies (name TEXT PRIMARY KEY, count INTEGER NOT NULL)")
    tallies = [f"{tally}.{stream.value}" for stream in Stream for tally in ("created", "confirmed", "gaps")]
    db.executemany("INSERT INTO tallies (name, count) VALUES (?, 0)", [(name,) for name in (*tallies, "published")])


def _second(db: sqlite3.Connection) -> None:
    """Checksums on what must not be lost, what each run has numbered and got confirmed, and the tiers of readings."""
    for table in ("outbox", "events", "kept"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN crc INTEGER")
    # what each run has numbered and what the centre has of it: tells exactly what is missing when the outbox is damaged
    db.execute(
        "CREATE TABLE heads (run TEXT, stream TEXT, last INTEGER NOT NULL, confirmed INTEGER NOT NULL,"
        " PRIMARY KEY (run, stream))"
    )
    firsts: dict[tuple[str, str], list[int]] = {}
    for run, stream, seq, kind, body in db.execute("SELECT run, stream, seq, kind, body FROM outbox").fetchall():
        first = msgspec.json.decode(body)["first"] if kind == "gap" else seq
        begin, last = firsts.get((run, stream), [first, seq])
        firsts[run, stream] = [min(begin, first), max(last, seq)]
    for (run, stream), (begin, last) in firsts.items():
        db.execute("INSERT INTO heads VALUES (?, ?, ?, ?)", [run, stream, last, begin - 1])
    db.execute("INSERT INTO tallies (name, count) SELECT 'place', COALESCE(MAX(place), 0) FROM outbox")
    db.execute("INSERT INTO tallies (name, count) VALUES ('rolled', 0)")
    # every insert would write one page of this index for each device; readings are found by time
    db.execute("DROP INDEX idx_readings_device_id")
    db.execute("CREATE TABLE series (id INTEGER PRIMARY KEY, device TEXT, signal TEXT, UNIQUE (device, signal))")
    # place = hour * SERIES + series: what is written together lies together; upto: the last reading that is in it
    db.execute("CREATE TABLE minutes (place INTEGER PRIMARY KEY, body BLOB, upto INTEGER)")
    # place = series * DAYS + day: what is read together lies together
    db.execute("CREATE TABLE quarters (place INTEGER PRIMARY KEY, body BLOB)")
    db.execute("CREATE TABLE due (series INTEGER, day INTEGER, PRIMARY KEY (series, day)) WITHOUT ROWID")


def _third(db: sqlite3.Connection) -> None:
    """Hours (wall clock) whose polls got another time after they had been summed up."""
    db.execute("CREATE TABLE moved (hour INTEGER PRIMARY KEY)")


STEPS = (_first, _second, _third)


def migrate(connection: sqlite3.Connection) -> int:
    """Bring the store to this version's schema; returns its number. Raises TooNew."""
    have = connection.execute("PRAGMA user_version").fetchone()[0]
    if have > len(STEPS):
        raise TooNew(f"its schema is number {have}, this program knows {len(STEPS)}")
    for number, step in enumerate(STEPS[have:], have + 1):
        with connection:
            connection.execute("BEGIN IMMEDIATE")  # Python itself begins no transaction for CREATE TABLE
            step(connection)
            connection.execute(f"PRAGMA user_version = {number}")
    return len(STEPS)
