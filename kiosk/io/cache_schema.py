"""The tables of the cache, and the numbered steps by which an older one becomes this version's."""

import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlite_utils

VERSION = 4
"""Number of the newest step. A later version, another site, or simulated where this is real: a foreign file."""

Table = dict[str, Any]
FIRST: dict[str, Table] = {
    "newest": {"columns": {"topic": str, "payload": bytes, "retained": int, "own_boot": str, "mono_ms": int}},
    "event": {"columns": {"n": int, "run": str, "seq": int, "kind": str, "status": str, "at": bytes}},
    "contact": {"columns": {"one": int, "boot": str, "up_ms": int, "own_boot": str, "mono_ms": int}},
    "receipt": {"columns": {"n": int, "run": str, "number": int, "payload": bytes}},
    "drawn": {"columns": {"key": str}},
    "count": {"columns": {"name": str, "n": int}},
    "own": {"columns": {"name": str, "value": str}},
}
FEEDS: dict[str, Table] = {
    # kept: Kept as JSON. body: the raw newest good answer, packed with zlib, for a later version's parser
    "alert": {"columns": {"feed": str, "source": str, "id": str, "kept": bytes}},
    "feed": {
        "columns": {
            "name": str, "kind": str, "url": str, "state": bytes, "body": bytes, "etag": str, "modified": str,
            "parser": int, "items": bytes,
        }
    },
}  # fmt: skip
OPENED: dict[str, Table] = {"opened": {"columns": {"day": str, "page": str, "n": int}}}
PICTURES: dict[str, Table] = {"picture": {"columns": {"sha256": str, "n": int, "bytes": bytes}}}
KEYS: dict[str, str | tuple[str, ...]] = {
    "newest": "topic", "event": "n", "contact": "one", "receipt": "n", "drawn": "key", "count": "name",
    "alert": ("feed", "source", "id"), "opened": ("day", "page"), "picture": "sha256",
}  # fmt: skip
SHOWN = ("newest", "contact", "event", "alert", "feed", "picture")
"""What the screen shows: all of it moves along when the cache moves."""
ALERTS_CHANGED = "alerts_changed"
"""The count that moves when `alert` or the items of a `feed` have changed, so that a reader need not read them all."""


def _first(db: sqlite_utils.Database) -> None:
    _make(db, FIRST)
    db["event"].create_index(["run", "seq"], unique=True, if_not_exists=True)


def _feeds(db: sqlite_utils.Database) -> None:
    """Feeds and alerts; and a name for this very file, by which what lies beside it in memory knows it again."""
    _make(db, FEEDS)
    db["own"].upsert({"name": "life", "value": secrets.token_hex(8)}, pk="name")


def _opened(db: sqlite_utils.Database) -> None:
    """How often each page was opened."""
    _make(db, OPENED)


def _pictures(db: sqlite_utils.Database) -> None:
    """Pictures of the municipality's documents, by digest; `n` rises with each that is kept."""
    _make(db, PICTURES)


STEPS: tuple[Callable[[sqlite_utils.Database], None], ...] = (_first, _feeds, _opened, _pictures)
"""Step N makes version N of version N - 1."""


def _make(db: sqlite_utils.Database, tables: dict[str, Table]) -> None:
    for name, table in tables.items():
        db[name].create(pk=KEYS.get(name, "name"), if_not_exists=True, **table)


def upgrade(db: sqlite_utils.Database, site: str, simulated: bool) -> None:
    """Do the steps that this file has not seen, each with the note that it ran. Call it inside a transaction.

    The newest note is written every time: a disk that takes nothing is found out here, not at the first message.
    """
    done = int(owner(db.conn).get("version", 0)) if "own" in db.table_names() else 0
    for number, step in enumerate(STEPS, 1):
        if number > done:
            step(db)
        if number >= max(done, 1):
            rows = {"version": str(number), "site": site, "simulated": str(int(simulated))}
            db["own"].upsert_all([{"name": name, "value": value} for name, value in rows.items()], pk="name")


def owner(connection: sqlite3.Connection) -> dict[str, str]:
    """Whose file it is, of which version and life; raises sqlite3.Error."""
    return dict(connection.execute("SELECT name, value FROM own"))


def is_ours(own: dict[str, str], site: str, simulated: bool, versions: range) -> bool:
    """Is it a cache of this very site, of one of these versions? A simulation must never become a real site's."""
    right = own.get("site") == site and own.get("simulated") == str(int(simulated))
    return right and own.get("version", "") in {str(version) for version in versions}


def connect(path: Path) -> sqlite3.Connection:
    """For writing."""
    return sqlite3.connect(path, timeout=5, isolation_level=None)


def connect_to_read(path: Path, timeout: float) -> sqlite3.Connection:
    """For reading only."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=timeout, isolation_level=None)
