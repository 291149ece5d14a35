"""One SQLite file with one writer: its lock, its opening, and one sentence for whatever the disk says."""

import fcntl
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zlib import crc32

import msgspec

from contract.words import Stream
from doors.private import SQLITE
from gateway.io.migrations import TooNew, migrate

MOST_WAL_BYTES = 16 * 1024 * 1024
CACHE_KIB = 512
"""Pages that are held in memory: what is written is seldom read again, and the computer keeps the file itself."""
MOST_WAL_PAGES = MOST_WAL_BYTES // 4096
"""Only when the housekeeping has not moved the journal into the file before."""
COLUMNS = "run, stream, seq, kind, boot, up_ms, wall_ms, clock, status, simulated"
"""Of a record in the outbox, as its checksum covers them."""
READ_WITHIN_S = 0.2
"""Readers never wait for the writer; who is told "locked" comes again."""
INSTRUCTIONS = 1_000_000
"""Of SQLite's machine between two signs of life while it reads a large file through: some tenths of a second."""
SMALL_BYTES = 64 * 1024 * 1024
"""An old store up to this size is rewritten once at its migration, so that it can shrink from then on."""


STORE_NAMES = (".db", ".sqlite", ".sqlite3")
"""What files of stores end in: one whose first bytes are damaged is known by its name alone."""


class StoreFault(Exception):
    """The store cannot be used; the sentence says why and what to do."""


class Damaged(StoreFault):
    """The file itself is damaged: what can be read of it must move into a new one."""


class InUse(StoreFault):
    """Another gateway has it open."""


class ForeignFile(StoreFault):
    """The settings name a file that was never a store: it is nobody's to move."""


class StoreFile:
    """An open store. What lies in it is the business of those who inherit."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self._db = db
        self._reader: sqlite3.Connection | None = None
        self._reader_guard = threading.Lock()
        self.stands_in_for: Path | None = None
        """It lies in memory in place of this one, whose disk takes nothing (`substitute.py`)."""
        self.damaged = False
        """The file has turned out to be damaged since it was opened."""
        self._doubtful = False
        """A write to the card failed, after which the kernel may call lost pages clean: the journal is not believed."""

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Whatever the database says becomes one sentence."""
        try:
            yield
        except (sqlite3.Error, msgspec.DecodeError, UnicodeDecodeError) as fault:
            told = fault_of(self.path, fault)
            self.damaged = self.damaged or isinstance(told, Damaged)
            self._doubtful = self._doubtful or "I/O error" in str(fault)
            raise told from fault

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A look at what is on the disk, beside whoever writes."""
        with self._reader_guard, self._telling():
            if self._reader is None:
                raise StoreFault(f"{self.path}: is being mended; what waits is not lost")
            yield self._reader

    def _open_reader(self) -> None:
        with self._reader_guard, self._telling():
            self._reader = sqlite3.connect(self.path, timeout=READ_WITHIN_S, check_same_thread=False)
            self._reader.text_factory = lenient
            self._reader.execute("PRAGMA query_only = ON")

    def _close_reader(self) -> None:
        with self._reader_guard:
            if self._reader is not None:
                self._reader.close()
            self._reader = None

    def _get(self, name: str) -> bytes | None:
        with self._reading() as db:
            row = db.execute("SELECT body FROM kept WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def _put(self, name: str, body: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO kept (name, body, crc) VALUES (?, ?, ?)", (name, body, crc32(body)))

    def _count(self, name: str, more: int) -> None:
        self._db.execute("UPDATE tallies SET count = count + ? WHERE name = ?", (more, name))


def lenient(text: bytes) -> str:
    """A text whose bytes have changed is another text, which its checksum tells; it breaks nobody's reading."""
    return text.decode("utf-8", "replace")


def row_crc(body: bytes, *fields: str | int | None) -> int:
    """What tells a record from one whose bytes have changed on the disk: all of its columns but its place."""
    if not isinstance(body, bytes):
        return -1  # one changed byte can make another kind of value of it
    return crc32(body, crc32(repr(fields).encode()))


def lock_store(path: Path) -> IO[str]:
    """One writer: a second gateway on the same store would number its records a second time."""
    refuse_foreign(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(path.name + ".lock").open("w")
    except OSError as fault:
        raise fault_of(path, fault) from fault
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        lock.close()
        raise InUse(f"{path}: another gateway uses this store; stop that one first") from fault
    return lock


def refuse_foreign(path: Path) -> None:
    """Raises ForeignFile for what is no SQLite file, has no name of a store, and was never locked by a gateway.

    A store whose first bytes are damaged is still a store, and must not end the gateway.
    """
    try:
        if path.with_name(path.name + ".lock").exists():
            return
        if not path.exists() or path.suffix in STORE_NAMES or (path.is_file() and not path.stat().st_size):
            return
        with path.open("rb") as file:
            ours = file.read(len(SQLITE)) == SQLITE
    except IsADirectoryError:
        ours = False
    except OSError:
        return  # that is for the opening to tell
    if not ours:
        raise ForeignFile(f"{path} is no store and was not touched; give [store] path another name, like gateway.db")


def check_file(path: Path, progress: Callable[[], None] = lambda: None) -> None:
    """Read the whole file and change nothing in it; raises Damaged, or StoreFault when it cannot be read at all."""
    wal = path.with_name(path.name + "-wal")
    if not path.exists() or not path.stat().st_size:
        if wal.exists() and wal.stat().st_size:
            raise Damaged(f"{path}: the file is damaged (it is empty, but its journal is not)")
        return
    try:
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)
        db.text_factory = lenient
        try:
            check_open(path, db, progress)
        finally:
            db.close()
    except UnicodeDecodeError as fault:  # in what SQLite itself has to say of it
        raise fault_of(path, fault) from fault
    except sqlite3.Error as fault:
        _check_sectors(path)
        raise fault_of(path, fault) from fault


def check_open(path: Path, db: sqlite3.Connection, progress: Callable[[], None] = lambda: None) -> None:
    """The same on an open connection; raises Damaged, or what SQLite says."""
    db.set_progress_handler(progress, INSTRUCTIONS)  # it returns None, which lets SQLite go on
    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise Damaged(f"{path}: the file is damaged ({found})")
    _check_indexes(path, db)
    if db.execute("PRAGMA user_version").fetchone()[0] > 1:
        _check_bodies(path, db)
        _check_books(path, db)


def _check_sectors(path: Path) -> None:
    """A card may refuse to give some of its sectors back: that is damage, not trouble with the way to it."""
    try:
        with path.open("rb") as file:
            while file.read(2**20):
                pass
    except PermissionError:
        return
    except OSError as fault:
        raise Damaged(f"{path}: the file is damaged ({fault.strerror or fault})") from fault


def _check_indexes(path: Path, db: sqlite3.Connection) -> None:
    """The quick check does not compare indexes with their tables; a record missing in one would never be sent."""
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in ("kept", "tallies", "heads", "outbox", "documents", "events"):
        found = db.execute(f"PRAGMA integrity_check('{table}')").fetchone()[0] if table in tables else "ok"
        if found != "ok":
            raise Damaged(f"{path}: the file is damaged ({found})")


def _check_bodies(path: Path, db: sqlite3.Connection) -> None:
    """What must not be lost carries a checksum: SQLite itself sees no change inside a value."""
    last: dict[tuple[str, str], int] = {}
    for *fields, body, crc in db.execute(f"SELECT {COLUMNS}, body, crc FROM outbox ORDER BY place"):  # noqa: S608
        run, stream, seq = fields[:3]
        if crc is not None and row_crc(body, *fields) != crc:
            raise Damaged(f"{path}: the file is damaged (record {stream} {seq} has changed)")
        if seq <= last.get((run, stream), 0):
            raise Damaged(f"{path}: the file is damaged (record {stream} {seq} stands in a wrong place)")
        last[run, stream] = seq
    rows = db.execute("SELECT run, seq, kind, boot, up_ms, wall_ms, clock, body, crc FROM events WHERE crc IS NOT NULL")
    for *fields, body, crc in rows:
        if row_crc(body, *fields) != crc:
            raise Damaged(f"{path}: the file is damaged (event {fields[1]} has changed)")
    for name, body, crc in db.execute("SELECT name, body, crc FROM kept WHERE crc IS NOT NULL"):
        if not isinstance(body, bytes) or crc32(body) != crc:
            raise Damaged(f"{path}: the file is damaged ({name} has changed)")


def _check_books(path: Path, db: sqlite3.Connection) -> None:
    """Numbers have no checksum, but they prove each other: created = confirmed + gaps + waiting, and every record that
    waits lies between what its run has numbered and what was confirmed of it."""
    tallies = dict(db.execute("SELECT name, count FROM tallies").fetchall())
    waiting = dict(db.execute("SELECT stream, COUNT(*) FROM outbox WHERE kind != 'gap' GROUP BY stream").fetchall())
    for stream in Stream:
        created, confirmed, gaps = (tallies.get(f"{name}.{stream}") for name in ("created", "confirmed", "gaps"))
        numbers = (created, confirmed, gaps)
        if any(not isinstance(one, int) or one < 0 for one in numbers) or created != (
            confirmed + gaps + waiting.get(stream.value, 0)
        ):
            raise Damaged(f"{path}: the file is damaged (the books of the {stream.value} records do not balance)")
    wrong = db.execute(
        "SELECT run, stream FROM heads WHERE typeof(last) != 'integer' OR typeof(confirmed) != 'integer'"
        " OR confirmed < 0 OR last < confirmed"
        " UNION ALL SELECT outbox.run, outbox.stream FROM outbox LEFT JOIN heads USING (run, stream)"
        " WHERE heads.run IS NULL OR seq > last OR seq <= confirmed LIMIT 1"
    ).fetchone()
    if wrong is not None:
        raise Damaged(f"{path}: the file is damaged (the head of the {wrong[1]} records of run {wrong[0]} is wrong)")


def open_to_read(path: Path, *, alone: bool = False) -> sqlite3.Connection:
    """Connect to look and change nothing. `alone`: nobody else has it open, and its disk may take nothing.

    Raises sqlite3.Error, OSError.
    """
    wal = path.with_name(path.name + "-wal")
    # without a journal nothing is written beside the file, and so nothing needs to be
    how = "immutable=1" if alone and not (wal.exists() and wal.stat().st_size) else "mode=ro"
    db = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=5.0)
    db.text_factory = lenient
    return db


def open_file(path: Path) -> sqlite3.Connection:
    """Connect, in this version's schema; raises StoreFault."""
    try:
        db = sqlite3.connect(path, timeout=5.0, check_same_thread=False)
        db.text_factory = lenient
        db.execute("PRAGMA auto_vacuum = INCREMENTAL")  # takes effect in a new file, or at the next VACUUM
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = FAST")
        db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        db.execute(f"PRAGMA wal_autocheckpoint = {MOST_WAL_PAGES}")
        db.execute(f"PRAGMA journal_size_limit = {MOST_WAL_BYTES}")
        migrate(db)
        if not db.execute("PRAGMA auto_vacuum").fetchone()[0] and path.stat().st_size <= SMALL_BYTES:
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            db.execute("VACUUM")
    except (sqlite3.Error, OSError) as fault:
        raise fault_of(path, fault) from fault
    except TooNew as fault:
        raise StoreFault(f"{path}: {fault}; install the newer program") from fault
    return db


def fault_of(path: Path, fault: Exception) -> StoreFault:
    """One sentence for what went wrong."""
    text = str(fault)
    if "malformed" in text or "not a database" in text or isinstance(fault, (msgspec.DecodeError, UnicodeDecodeError)):
        return Damaged(f"{path}: the file is damaged ({text}); start again, what can be read of it is kept")
    if "full" in text:
        return StoreFault(f"{path}: the disk is full; make room, nothing stored is lost")
    if "I/O error" in text or "readonly" in text:
        return StoreFault(f"{path}: the disk takes nothing ({text}); it is read-only or worn out, and dmesg says which")
    return StoreFault(f"{path}: cannot be used as store ({text}); check path and rights")
