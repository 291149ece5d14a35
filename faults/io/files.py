"""Files of the programs, copied as somebody copies a card: whole, at one moment."""

import contextlib
import os
import sqlite3
from hashlib import sha256
from pathlib import Path

SHARED = Path("/dev/shm")  # noqa: S108 - only for what programs have put there by names of their own


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


def forget_faketime(since_s: float, room: Path = SHARED) -> None:
    """libfaketime takes its shared memory away at the end of a program, and leaves it there when that was a kill.

    `since_s`: the machine's time from which on it was made; what a living program holds stays.
    """
    for path in room.glob("*faketime_s*_*"):
        pid = path.name.rpartition("_")[2]
        with contextlib.suppress(OSError):
            if path.stat().st_mtime >= since_s and pid.isdigit() and not Path("/proc", pid).exists():
                path.unlink()


def in_memory(store: Path) -> Path:
    """Where a gateway started by hand works while the disk under its store takes nothing (gateway/io/substitute.py)."""
    name = f"sotpunkt-gateway-{os.getuid()}-{sha256(os.fsencode(store.absolute())).hexdigest()[:12]}"
    return SHARED / name
