"""The centre's store is the only copy of what the sites have told: looked through at the start, copied while it runs,
and moved aside only by somebody who says so.
"""

import contextlib
import fcntl
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from dashboard.core.sites import BadInput, DashboardError

CHECK_WITHIN_S = 120.0
"""Real seconds; some gigabytes on a good disk. A larger store starts all the same, and says that it was not checked."""
INSTRUCTIONS = 1000
"""Of SQLite's machine between two looks at the clock."""
TAILS = ("", "-wal", "-shm")
BACKUP = "docs/storage.md says how to lay a backup in its place"


def damaged(path: Path, why: str) -> str:
    """What to do about a damaged store."""
    return (
        f"{path}: the store is damaged ({why}) and was not touched; {BACKUP}, or begin with an empty one: "
        "`sotpunkt-dashboard put-aside SETTINGS` keeps the damaged one under another name"
    )


def check(path: Path, within_s: float = CHECK_WITHIN_S) -> str:
    """Read the whole file and change nothing; how it went, as a sentence, "" where there is nothing yet.

    Raises DashboardError with what to do about a file that is damaged or is no store.
    """
    if not path.exists() or not path.stat().st_size:
        return ""
    began, megabytes = time.monotonic(), path.stat().st_size / 1e6
    try:
        with contextlib.closing(_reading(path)) as db:
            db.set_progress_handler(lambda: time.monotonic() - began > within_s, INSTRUCTIONS)
            found = db.execute("pragma quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as fault:
        if "interrupted" not in str(fault):
            raise DashboardError(f"{path}: the store cannot be read ({fault}); check path, rights and disk") from fault
        return f"the store ({megabytes:.0f} MB) could not be read through within {within_s:g} s and is used unchecked"
    except sqlite3.DatabaseError as fault:
        raise DashboardError(damaged(path, str(fault))) from fault
    if found != "ok":
        raise DashboardError(damaged(path, " ".join(str(found).split())))
    return f"the store ({megabytes:.0f} MB) was read through in {time.monotonic() - began:.1f} s and is whole"


def backup(path: Path, target: Path) -> str:
    """A whole copy as of this moment, while the dashboard writes on; checked before it gets its name."""
    if not path.exists():
        raise DashboardError(f"{path} is not there yet; run the dashboard first")
    if target.exists():
        raise BadInput(f"{target} is there already and was not touched; give the backup another name")
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # 0600
        os.close(handle)
        with contextlib.closing(_reading(path)) as store, contextlib.closing(sqlite3.connect(temporary)) as copy:
            store.backup(copy)  # in one step: between two a store that is written would begin anew for ever
            copy.execute("pragma journal_mode = delete")
            if (found := copy.execute("pragma quick_check(1)").fetchone()[0]) != "ok":
                raise DashboardError(damaged(path, " ".join(str(found).split())))
        _settle(Path(temporary), target)
    except OSError as fault:
        raise DashboardError(f"{target} cannot be written: {fault.strerror}; no backup was made") from fault
    except sqlite3.OperationalError as fault:
        raise DashboardError(f"{target}: no backup was made ({fault}); check path and room on the disk") from fault
    except sqlite3.DatabaseError as fault:
        raise DashboardError(damaged(path, str(fault))) from fault
    finally:
        for tail in ("", "-wal", "-shm", "-journal"):
            if temporary:
                Path(temporary + tail).unlink(missing_ok=True)
    return f"{target}: {target.stat().st_size / 1e6:.1f} MB, whole"


def put_aside(path: Path) -> str:
    """Give the store another name, so that the next start begins an empty one."""
    if not path.exists():
        raise DashboardError(f"{path} is not there; nothing was changed")
    with in_use(path, alone=True):
        number = 1
        while (aside := path.with_name(f"{path.name}.aside-{number}")).exists():
            number += 1
        try:
            for tail in reversed(TAILS):
                with contextlib.suppress(FileNotFoundError):
                    path.with_name(path.name + tail).rename(aside.with_name(aside.name + tail))
        except OSError as fault:
            raise DashboardError(f"{path} cannot be moved: {fault.strerror}; check who may write the folder") from fault
    return f"{path} lies as {aside.name}; the next start begins an empty store, and sites send only what is new"


@contextlib.contextmanager
def in_use(path: Path, *, alone: bool = False) -> Iterator[None]:
    """While a dashboard runs on the store. `alone`: raises DashboardError when one does."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as fault:
        raise DashboardError(f"{path}: the store cannot be kept there: {fault.strerror}; check [store] path") from fault
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            what = "a dashboard runs on it; stop that one first" if alone else "it is just being moved aside"
            raise DashboardError(f"{path}: {what}; nothing was changed") from fault
        yield
    finally:
        os.close(handle)


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)


def _settle(temporary: Path, target: Path) -> None:
    with temporary.open("rb") as whole:
        os.fsync(whole.fileno())
    temporary.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
