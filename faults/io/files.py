"""Files of the programs, copied as somebody copies a card: whole, at one moment."""

import os
import sqlite3
from hashlib import sha256
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


def in_memory(store: Path) -> Path:
    """Where a gateway started by hand works while the disk under its store takes nothing (gateway/io/substitute.py)."""
    name = f"sotpunkt-gateway-{os.getuid()}-{sha256(os.fsencode(store.absolute())).hexdigest()[:12]}"
    return Path("/dev/shm") / name  # noqa: S108 - the gateway's own folder there
