"""Files of the programs, copied as somebody copies a card: whole, at one moment."""

import sqlite3
from pathlib import Path


def copy_store(source: Path, target: Path) -> None:
    """A copy of a database that is in use; raises OSError."""
    try:
        _copy(source, target)
    except sqlite3.Error as fault:
        raise OSError(f"{source} cannot be copied: {fault}") from fault


def _copy(source: Path, target: Path) -> None:
    db = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)
    try:
        copy = sqlite3.connect(target)
        try:
            db.backup(copy)
        finally:
            copy.close()
    finally:
        db.close()
