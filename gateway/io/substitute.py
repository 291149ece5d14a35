"""A start while the disk takes nothing: the gateway works on a store in memory, and gives it back when the disk does.

Into memory goes what the site must know (its memory, its documents) and what was decided and waits for the centre;
samples and history stay where they are and go on when the disk does. Records of the new run are numbered under it.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import msgspec

from contract.words import Status
from doors.disk import refuses
from gateway.io.merging import NOTE, StandIn, copy_decided, copy_pages
from gateway.io.store import Store
from gateway.io.store_file import InUse, StoreFault, check_open, lock_store, open_file, open_to_read

log = logging.getLogger(__name__)

FOLDER = "store-in-memory"
NAME = "gateway.db"
LOOK_AGAIN_S = 60.0
"""Real seconds between two looks whether the disk takes writes again; each writes the probe and takes it away."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it


def open_store(
    path: Path, status: Status, simulated: bool, progress: Callable[[], None] = lambda: None, folder: Path | None = None
) -> Store:
    """The store of that path, or one in memory while its disk takes nothing; raises StoreFault.

    `folder`: in memory, and there again after a new start of the program (systemd's RuntimeDirectory).
    """
    left = (folder / FOLDER if folder is not None else _by_hand(path)) / NAME
    store = None
    try:
        store = Store(path, status, simulated, progress)
        if left.exists() and _ours(left.parent):
            _take_over(store, left)
        return store
    except InUse:
        raise
    except StoreFault as fault:
        why = refuses(path)
        if store is not None:
            store.close()
        if why is None:
            raise
        log.error("%s", fault)
        return _stand_in(path, status, simulated, progress, left, why)


def give_back(store: Store, status: Status, simulated: bool) -> None:
    """At the end of a run in memory: move everything over if the disk takes it, else say where it lies."""
    path = store.stands_in_for
    if path is None:
        return
    try:
        if (why := refuses(path)) is not None:
            raise StoreFault(f"{path}: the disk takes nothing ({why})")
        whole = Store(path, status, simulated)
        try:
            _take_over(whole, store.path)
        finally:
            whole.close()
    except StoreFault as fault:
        log.error("%s; what is new lies in %s and is lost when this machine is turned off", fault, store.path.parent)


async def disk_back(store: Store) -> None:
    """Returns when the disk takes writes again; never for a store that lies on it."""
    while True:
        await asyncio.sleep(LOOK_AGAIN_S)
        path = store.stands_in_for
        if path is not None and await asyncio.to_thread(refuses, path) is None:
            log.warning("%s: the disk takes writes again; a new start works on it", path)
            return


def _by_hand(path: Path) -> Path:
    """Started without systemd: a folder of this account's own, by the same name for the same store."""
    room = MEMORY if os.access(MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    return room / f"sotpunkt-gateway-{os.getuid()}-{sha256(os.fsencode(path.absolute())).hexdigest()[:12]}"


def _ours(folder: Path) -> bool:
    """A store that somebody else on this computer put there must never become ours."""
    told = folder.lstat()
    return stat.S_ISDIR(told.st_mode) and told.st_uid == os.getuid() and not told.st_mode & 0o022


def _take_over(store: Store, left: Path) -> None:
    """What a run in memory has left becomes part of the store; then it is taken away. Raises StoreFault."""
    with contextlib.closing(lock_store(left)):
        told = store.take_over(left)
    shutil.rmtree(left.parent, ignore_errors=True)
    log.warning("%s: the disk takes writes again; %d records that lay in memory are on it", store.path, told)


def _stand_in(path: Path, status: Status, simulated: bool, progress: Callable[[], None], left: Path, why: str) -> Store:
    try:
        left.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _ours(left.parent):
            raise PermissionError(f"{left.parent} belongs to somebody else")
        if not left.exists():
            _fill(left, path, progress, why)
        store = Store(left, status, simulated, progress)
    except (OSError, StoreFault) as fault:
        shutil.rmtree(left.parent, ignore_errors=True)
        raise StoreFault(f"{path}: the disk takes nothing ({why}), and there is no room in memory ({fault})") from fault
    store.stand_in(path)
    log.error("%s: the disk takes nothing (%s); working in memory, in %s", path, why, left.parent)
    return store


def _fill(left: Path, path: Path, progress: Callable[[], None], why: str) -> None:
    """Half a copy is none: it gets its name when it is whole."""
    read = "what it holds was read"
    new = left.with_name(NAME + ".new")
    for copy in (_by_tables, copy_pages, None):
        for tail in ("", "-wal", "-shm"):
            new.with_name(new.name + tail).unlink(missing_ok=True)
        db = open_file(new)
        try:
            with db:
                note = copy(db, path, progress) if copy is not None else StandIn()
                if not note.whole:
                    read = "what it holds could not be read, the site begins with an empty memory"
                _note(db, note, f"the disk takes nothing ({why}); {read}; what is new lies in memory until it does")
            break
        except (OSError, sqlite3.Error, StoreFault, msgspec.DecodeError) as fault:
            log.error("%s: %s", path, fault)
        finally:
            db.close()
    new.rename(left)


def _note(db: sqlite3.Connection, note: StandIn, sentence: str) -> None:
    note = msgspec.structs.replace(note, token=secrets.token_hex(8))
    for name, told in ((NOTE, msgspec.json.encode(note)), ("trouble", msgspec.json.encode(sentence))):
        db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (name, told, crc32(told)))


def _by_tables(db: sqlite3.Connection, path: Path, progress: Callable[[], None]) -> StandIn:
    """As SQLite reads it; raises when it cannot, or when anything of it has changed."""
    if not path.exists():
        return StandIn(whole=True)  # a new box: there is nothing to be read
    with contextlib.closing(open_to_read(path, alone=True)) as old:
        check_open(path, old, progress)
        return copy_decided(db, old)
