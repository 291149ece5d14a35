"""Stores hold names and telephone numbers: they are for the account of the program, started by systemd or by hand."""

import contextlib
import os
import stat
from pathlib import Path

SQLITE = b"SQLite format 3\0"


def keep_private(*stores: Path) -> None:
    """What this process makes from now on is for its own account only; so are these stores, if they are there."""
    os.umask(0o077)
    for store in stores:
        for tail in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):  # another account's: the doctor remarks on it
                _shut(store.with_name(store.name + tail), store)


def _shut(file: Path, store: Path) -> None:
    """Only beside a real store: a setting may name somebody else's file by mistake."""
    told = file.lstat()
    if not stat.S_ISREG(told.st_mode) or not told.st_mode & 0o077:
        return
    with store.open("rb") as opened:
        if opened.read(len(SQLITE)) != SQLITE:
            return
    file.chmod(stat.S_IMODE(told.st_mode) & ~0o077)
