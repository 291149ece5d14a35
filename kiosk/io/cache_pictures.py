"""Pictures in the cache: by digest, bounded, and never read with the rest, for they are large and seldom looked at."""

import sqlite3

import msgspec

from contract.pictures import named

MOST_KEPT = 24
"""Twice what a site names, so that those of a document that comes next are there before it; 3 MB at most."""


def keep(connection: sqlite3.Connection, digest: str, data: bytes) -> None:
    """One more; when there are too many the oldest that no document names goes first, then the oldest."""
    (newest,) = connection.execute("SELECT coalesce(max(n), 0) FROM picture").fetchone()
    connection.execute("INSERT OR REPLACE INTO picture (sha256, n, bytes) VALUES (?, ?, ?)", (digest, newest + 1, data))
    kept = [str(row[0]) for row in connection.execute("SELECT sha256 FROM picture ORDER BY n")]
    if len(kept) > MOST_KEPT:
        wanted = _wanted(connection)
        gone = sorted(kept[:-1], key=lambda one: one in wanted)[: len(kept) - MOST_KEPT]
        connection.executemany("DELETE FROM picture WHERE sha256 = ?", [(one,) for one in gone])


def has(connection: sqlite3.Connection, digest: str) -> bool:
    """Is it there already?"""
    return connection.execute("SELECT 1 FROM picture WHERE sha256 = ?", (digest,)).fetchone() is not None


def read(connection: sqlite3.Connection, digest: str) -> bytes | None:
    """Its bytes as they lie there, which may be damaged."""
    row = connection.execute("SELECT bytes FROM picture WHERE sha256 = ?", (digest,)).fetchone()
    return bytes(row[0]) if row else None


def forget(connection: sqlite3.Connection, start: str) -> None:
    """The one whose digest begins so; the start is hex digits."""
    connection.execute("DELETE FROM picture WHERE substr(sha256, 1, ?) = ?", (len(start), start))


def _wanted(connection: sqlite3.Connection) -> set[str]:
    """What the documents name that are held now."""
    found: set[str] = set()
    for (payload,) in connection.execute("SELECT payload FROM newest WHERE topic LIKE '%/public/content/%'"):
        try:
            found |= named(msgspec.json.decode(payload))
        except msgspec.DecodeError:
            continue
    return found
