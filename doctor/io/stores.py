"""The gateway's store and the kiosk's cache, opened so that nothing in them can change."""

import sqlite3
from pathlib import Path

from doctor.core.finding import Why


def waiting(path: str) -> tuple[int | None, Why | None]:
    """Records that the centre has not confirmed, or None and why it cannot be told."""
    found, why = _ask(path, "SELECT COUNT(*) FROM outbox", ())
    return (found if isinstance(found, int) else None), why


def newest(path: str, topic: str) -> bytes | None:
    """What the kiosk has kept of a topic."""
    found, _ = _ask(path, "SELECT payload FROM newest WHERE topic = ?", (topic,))
    return found if isinstance(found, bytes) else None


def accounts(path: str) -> tuple[int | None, Why | None]:
    """Accounts of the owner's page that may sign in, or None and why it cannot be told."""
    found, why = _ask(path, "SELECT COUNT(*) FROM accounts WHERE NOT locked", ())
    return (found if isinstance(found, int) else None), why


def _ask(path: str, question: str, values: tuple[str, ...]) -> tuple[object, Why | None]:
    if not Path(path).exists():
        return None, Why("no_store")
    try:
        db = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True, timeout=2.0)
        try:
            row = db.execute(question, values).fetchone()
        finally:
            db.close()
    except sqlite3.Error as fault:
        return None, Why("store", str(fault))
    return (row[0] if row else None), None
