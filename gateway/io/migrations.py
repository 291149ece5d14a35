"""Numbered steps of the store's schema; each is committed together with the note that it ran."""

import sqlite3

import msgspec
import sqlite_utils

from contract.words import Stream


class TooNew(Exception):
    """The store was written by a newer version of the program."""


def _first(db: sqlite_utils.Database) -> None:
    db.table("readings").create(
        {
            "id": int, "device": str, "run": str, "boot": str, "up_ms": int, "wall_ms": int, "clock": str,
            "decoded": int, "missing": str, "body": bytes,
        },
        pk="id",
    )  # fmt: skip
    db.table("readings").create_index(["device", "id"])
    db.table("readings").create_index(["wall_ms"])
    db.table("outbox").create(
        {
            "place": int, "run": str, "stream": str, "seq": int, "kind": str, "boot": str, "up_ms": int, "wall_ms": int,
            "clock": str, "status": str, "simulated": int, "body": bytes,
        },
        pk="place",
    )  # fmt: skip
    db.table("outbox").create_index(["run", "stream", "seq"], unique=True)
    db.table("outbox").create_index(["stream", "place"])
    db.table("events").create(
        {
            "id": int, "run": str, "seq": int, "kind": str, "boot": str, "up_ms": int, "wall_ms": int, "clock": str,
            "body": bytes,
        },
        pk="id",
    )  # fmt: skip
    db.table("events").create_index(["run", "seq"], unique=True)
    db.table("kept").create({"name": str, "body": bytes}, pk="name")
    db.table("documents").create({"name": str, "ref": bytes, "body": bytes}, pk="name")
    db.table("tallies").create({"name": str, "count": int}, pk="name", not_null={"count"})
    for stream in Stream:
        for tally in ("created", "confirmed", "gaps"):
            db.table("tallies").insert({"name": f"{tally}.{stream.value}", "count": 0})
    db.table("tallies").insert({"name": "published", "count": 0})


def _second(db: sqlite_utils.Database) -> None:
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


STEPS = (_first, _second)


def migrate(connection: sqlite3.Connection) -> int:
    """Bring the store to this version's schema; returns its number. Raises TooNew."""
    db = sqlite_utils.Database(connection)
    have = connection.execute("PRAGMA user_version").fetchone()[0]
    if have > len(STEPS):
        raise TooNew(f"its schema is number {have}, this program knows {len(STEPS)}")
    for number, step in enumerate(STEPS[have:], have + 1):
        with connection:
            connection.execute("BEGIN IMMEDIATE")  # Python itself begins no transaction for CREATE TABLE
            step(db)
            connection.execute(f"PRAGMA user_version = {number}")
    return len(STEPS)
