"""The gateway's store and the kiosk's cache, opened so that nothing in them can change."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import msgspec

from doctor.core.feeds import FeedLook
from doctor.core.finding import Why

MOST_ROWS = 100


def waiting(path: str) -> tuple[int | None, Why | None]:
    """Records that the centre has not confirmed, or None and why it cannot be told."""
    found, why = _ask(path, "SELECT COUNT(*) FROM outbox", ())
    return (found if isinstance(found, int) else None), why


def newest(path: str, topic: str) -> bytes | None:
    """What the kiosk has kept of a topic."""
    found, _ = _ask(path, "SELECT payload FROM newest WHERE topic = ?", (topic,))
    return found if isinstance(found, bytes) else None


def feeds(path: str) -> tuple[tuple[FeedLook, ...] | None, Why | None]:
    """What the kiosk's keeper has written of each feed; a row that says nothing is as if it were not there."""
    found, why = _all(path, "SELECT state, kind FROM feed ORDER BY name")
    if found is None:
        return None, why
    told = []
    for state, kind in found:
        with contextlib.suppress(msgspec.MsgspecError):
            told.append(msgspec.structs.replace(msgspec.json.decode(state, type=FeedLook), kind=str(kind)))
    return tuple(told), None


def accounts(path: str) -> tuple[int | None, Why | None]:
    """Accounts of the owner's page that may sign in, or None and why it cannot be told."""
    found, why = _ask(path, "SELECT COUNT(*) FROM accounts WHERE NOT locked", ())
    return (found if isinstance(found, int) else None), why


def _ask(path: str, question: str, values: tuple[str, ...]) -> tuple[object, Why | None]:
    rows, why = _all(path, question, values)
    return (rows[0][0] if rows else None), why


def _all(path: str, question: str, values: tuple[str, ...] = ()) -> tuple[list[Any] | None, Why | None]:
    if not Path(path).exists():
        return None, Why("no_store")
    try:
        db = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True, timeout=2.0)
        try:
            rows = db.execute(question, values).fetchmany(MOST_ROWS)
        finally:
            db.close()
    except sqlite3.Error as fault:
        return None, Why("store", str(fault))
    return rows, None
