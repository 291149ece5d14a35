"""The gateway's store and the kiosk's cache, opened so that nothing in them can change."""

import sqlite3
from pathlib import Path


def waiting(path: str) -> tuple[int | None, str]:
    """Records that the centre has not confirmed, or None and why it cannot be told."""
    return _ask(path, "SELECT COUNT(*) FROM outbox", ())


def newest(path: str, topic: str) -> bytes | None:
    """What the kiosk has kept of a topic."""
    found, _ = _ask(path, "SELECT payload FROM newest WHERE topic = ?", (topic,))
    return found if isinstance(found, bytes) else None


def _ask(path: str, question: str, values: tuple[str, ...]) -> tuple[object, str]:
    if not Path(path).exists():
        return None, "there is no file yet, or this account may not see it"
    try:
        db = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True, timeout=2.0)
        try:
            row = db.execute(question, values).fetchone()
        finally:
            db.close()
    except sqlite3.Error as fault:
        return None, str(fault)
    return (row[0] if row else None), ""
