"""Numbered steps of the store's schema; each is committed together with the note that it ran."""

import sqlite3

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


STEPS = (_first,)


def migrate(connection: sqlite3.Connection) -> int:
    """Bring the store to this version's schema; returns its number. Raises TooNew."""
    db = sqlite_utils.Database(connection)
    have = connection.execute("PRAGMA user_version").fetchone()[0]
    if have > len(STEPS):
        raise TooNew(f"its schema is number {have}, this program knows {len(STEPS)}")
    for number, step in enumerate(STEPS[have:], have + 1):
        with connection:
            step(db)
            connection.execute(f"PRAGMA user_version = {number}")
    return len(STEPS)
