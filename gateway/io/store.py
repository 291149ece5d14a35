"""The site's memory on disk: readings, records that wait for the centre, and what must survive a restart.

SQLite in WAL mode. What was decided and what must be told of it are one transaction; decisions are on the disk when
`keep` returns (synchronous FULL), mere readings may lose the last second to a power cut (NORMAL) but never corrupt.
"""

import fcntl
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import msgspec

from contract.content import DocumentRef
from contract.messages import Value
from contract.records import MAX_RECORDS, GapBody, Record
from contract.wire import Moment
from contract.words import ClockQuality, Event, Origin, Quality, Status, Stream
from gateway.core.pipeline import Batch, Numbered
from gateway.core.remembered import Memory
from gateway.core.site import Now
from gateway.io.migrations import TooNew, migrate

STREAMS = (Stream.EVENT, Stream.RECEIPT, Stream.SAMPLE)
MAX_BATCH_BYTES = 128 * 1024
"""Of bodies in one batch: a batch must stay well below what a reader takes as one message."""
FORGET_AT_ONCE = 1000


class StoreFault(Exception):
    """The store cannot be used; the sentence says why and what to do."""


class KeptReadings(msgspec.Struct, frozen=True, omit_defaults=True):
    """The values of one poll, small on the disk: what they share stands once, time and device stand in the row."""

    origin: Origin
    values: dict[str, float | int | str] = {}
    missing: dict[str, tuple[Quality, str]] = {}

    @classmethod
    def of(cls, values: dict[str, Value]) -> "KeptReadings":
        """From the values of one device, which have one origin."""
        return cls(
            next(iter(values.values())).origin if values else Origin.MEASURED,
            {key: value.value for key, value in values.items() if value.value is not None},
            {key: (value.quality, value.reason) for key, value in values.items() if value.value is None},
        )


class Store:
    """One SQLite file, one writer."""

    def __init__(self, path: Path, status: Status, simulated: bool) -> None:
        self.path = path
        self._lock = _lock(path)
        self._meant = (status.value, int(simulated))
        self._db = _open(path)
        with self._telling():
            self._belong()
            # places are never used twice, also when the outbox has been emptied: the sender remembers where it was
            self._place = int(self._db.execute("SELECT COALESCE(MAX(place), 0) FROM outbox").fetchone()[0])

    def close(self) -> None:
        """Give the file back in one piece."""
        self._db.close()
        self._lock.close()

    # --- writing ---

    def keep(
        self, now: Now, *, batch: Batch | None = None, numbered: Sequence[Numbered] = (), memory: Memory | None = None
    ) -> None:
        """A poll, what was decided and what must be told, in one transaction; raises StoreFault and keeps nothing."""
        decided = any(one.stream is not Stream.SAMPLE for one in numbered)
        with self._telling():
            self._db.execute(f"PRAGMA synchronous = {'FULL' if decided else 'NORMAL'}")
            with self._db:
                if batch is not None:
                    self._put_batch(batch, now)
                for one in numbered:
                    self._put_record(one, now)
                if memory is not None:
                    self._put("memory", msgspec.json.encode(memory))

    def _put_batch(self, batch: Batch, now: Now) -> None:
        kept = KeptReadings.of(batch.values)
        missing: dict[str, int] = {}
        for quality, _ in kept.missing.values():
            missing[quality.value] = missing.get(quality.value, 0) + 1
        self._db.execute(
            "INSERT INTO readings (device, run, boot, up_ms, wall_ms, clock, decoded, missing, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                batch.device, now.run, now.boot, now.up_ms, now.wall_ms, now.clock.value, len(batch.values),
                msgspec.json.encode(missing).decode(), msgspec.json.encode(kept),
            ),
        )  # fmt: skip

    def _put_record(self, one: Numbered, now: Now) -> None:
        body = msgspec.json.encode(one.body)
        moment = (now.boot, now.up_ms, now.wall_ms, now.clock.value, body)
        self._place += 1
        self._db.execute(
            "INSERT INTO outbox (place, run, stream, seq, kind, status, simulated, boot, up_ms, wall_ms, clock, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self._place, now.run, one.stream.value, one.seq, one.kind, *self._meant, *moment),
        )
        if one.stream is Stream.EVENT:
            self._db.execute(
                "INSERT INTO events (run, seq, kind, boot, up_ms, wall_ms, clock, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (now.run, one.seq, one.kind, *moment),
            )
        self._count(f"created.{one.stream.value}", 1)

    def put_document(self, ref: DocumentRef, body: bytes) -> None:
        """Replace a content document; raises StoreFault."""
        with self._telling(), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO documents (name, ref, body) VALUES (?, ?, ?)",
                (ref.name, msgspec.json.encode(ref), body),
            )

    def confirm(self, run: str, stream: Stream, seq: int) -> int:
        """The centre holds everything up to `seq`: forget it. Returns how many records went; raises StoreFault."""
        with self._telling(), self._db:
            gone = self._db.execute(
                "SELECT kind, body FROM outbox WHERE run = ? AND stream = ? AND seq <= ?", (run, stream.value, seq)
            ).fetchall()
            self._db.execute("DELETE FROM outbox WHERE run = ? AND stream = ? AND seq <= ?", (run, stream.value, seq))
            real = sum(kind != Event.GAP for kind, _ in gone)
            self._count(f"confirmed.{stream.value}", real)
        return len(gone)

    def thin(self, keep: int, now: Now) -> int:
        """More than `keep` wait: the oldest samples become one gap record per run.

        Returns how many rows that freed; raises StoreFault.
        """
        freed = 0
        with self._telling():
            while (excess := self._db.execute("SELECT COUNT(*) FROM outbox").fetchone()[0] - keep) > 0:
                went = self._thin_a_run(excess + 1, now)
                if not went:
                    break
                freed += went
        return freed

    def _thin_a_run(self, most: int, now: Now) -> int:
        """The oldest run that still has two rows of samples. The gap stands where the last of them stood."""
        row = self._db.execute(
            "SELECT run, MIN(seq), MAX(seq), MAX(place), COUNT(*) FROM"
            " (SELECT run, seq, place FROM outbox WHERE stream = 'sample' AND run ="
            "  (SELECT run FROM outbox WHERE stream = 'sample' GROUP BY run HAVING COUNT(*) > 1"
            "   ORDER BY MIN(place) LIMIT 1) ORDER BY seq LIMIT ?)",
            (most,),
        ).fetchone()
        if row[0] is None:
            return 0
        run, first, last, place, count = row
        with self._db:
            old = self._db.execute(
                "SELECT body FROM outbox WHERE run = ? AND stream = 'sample' AND seq BETWEEN ? AND ? AND kind = 'gap'",
                (run, first, last),
            ).fetchall()
            begin = min([first, *(msgspec.json.decode(body, type=GapBody).first for (body,) in old)])
            gap = GapBody(first=begin, last=last, why="too many records were waiting")
            self._db.execute(
                "DELETE FROM outbox WHERE run = ? AND stream = 'sample' AND seq BETWEEN ? AND ?", (run, first, last)
            )
            self._db.execute(
                "INSERT INTO outbox"
                " (place, run, stream, seq, kind, status, simulated, boot, up_ms, wall_ms, clock, body)"
                " VALUES (?, ?, 'sample', ?, 'gap', ?, ?, ?, ?, ?, ?, ?)",
                (
                    place, run, last, *self._meant, now.boot, now.up_ms, now.wall_ms, now.clock.value,
                    msgspec.json.encode(gap),
                ),
            )  # fmt: skip
            self._count("gaps.sample", count - len(old))
        return int(count) - 1

    def forget_readings(self, before_wall_ms: int) -> int:
        """Drop readings older than the retention; raises StoreFault. Returns how many went.

        At most FORGET_AT_ONCE at a time, so that the poller never waits long. Those without wall time are as old as
        what was read after them.
        """
        with self._telling(), self._db:
            return self._db.execute(
                "DELETE FROM readings WHERE id IN (SELECT id FROM readings WHERE id <="
                " (SELECT MAX(id) FROM readings WHERE wall_ms < ?) ORDER BY id LIMIT ?)",
                (before_wall_ms, FORGET_AT_ONCE),
            ).rowcount

    def add_published(self, more: int) -> None:
        """Messages that a broker took since the last time this was told; raises StoreFault."""
        try:
            with self._db:
                self._count("published", more)
        except sqlite3.Error as fault:
            raise StoreFault(_sentence(self.path, fault)) from fault

    # --- reading ---

    def last_reading(self) -> Moment | None:
        """When the newest reading was taken; None in a new store. Raises StoreFault."""
        with self._telling():
            row = self._db.execute(
                "SELECT boot, up_ms, wall_ms, clock FROM readings ORDER BY id DESC LIMIT 1"
            ).fetchone()
        if row is None:
            return None
        return Moment(boot=row[0], up_ms=row[1], wall_ms=row[2], clock=ClockQuality(row[3]))

    def memory(self) -> Memory:
        """What survived the last run; raises StoreFault when it cannot be understood."""
        body = self._get("memory")
        if body is None:
            return Memory()
        try:
            return msgspec.json.decode(body, type=Memory)
        except msgspec.DecodeError as fault:
            sentence = f"{self.path}: the site's memory cannot be read ({fault}); keep the file and report it"
            raise StoreFault(sentence) from fault

    def documents(self) -> list[tuple[DocumentRef, bytes]]:
        """All content documents held, by name; raises StoreFault."""
        with self._telling():
            rows = self._db.execute("SELECT ref, body FROM documents ORDER BY name").fetchall()
            return [(msgspec.json.decode(ref, type=DocumentRef), body) for ref, body in rows]

    def waiting(self, stream: Stream, after: int, limit: int = MAX_RECORDS) -> list[tuple[int, str, Record]]:
        """Records of one run that wait behind place `after`, oldest first: (place, run, record); raises StoreFault.

        At most `limit`, and no more bytes than fit into one message.
        """
        found: list[tuple[int, str, Record]] = []
        room = MAX_BATCH_BYTES
        with self._telling():
            rows = self._db.execute(
                "SELECT place, run, seq, kind, status, simulated, boot, up_ms, wall_ms, clock, body FROM outbox"
                " WHERE stream = ? AND place > ? ORDER BY place LIMIT ?",
                (stream.value, after, limit),
            )
            for place, run, *rest in rows:
                room -= len(rest[-1])
                if found and (run != found[0][1] or room < 0):
                    break
                found.append((place, run, _record(rest)))
        return found

    def oldest(self, stream: Stream) -> int | None:
        """Place of the record that has waited longest; raises StoreFault."""
        with self._telling():
            row = self._db.execute("SELECT MIN(place) FROM outbox WHERE stream = ?", (stream.value,)).fetchone()
        return None if row[0] is None else int(row[0])

    def under_way(self, stream: Stream, sent: int) -> int:
        """How many records up to place `sent` wait; raises StoreFault."""
        with self._telling():
            row = self._db.execute("SELECT COUNT(*) FROM outbox WHERE stream = ? AND place <= ?", (stream.value, sent))
            return int(row.fetchone()[0])

    # --- small things ---

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Whatever the database says becomes one sentence."""
        try:
            yield
        except (sqlite3.Error, msgspec.DecodeError) as fault:
            raise StoreFault(_sentence(self.path, fault)) from fault

    def _belong(self) -> None:
        """Simulated and real never mix, so a store belongs to the one or the other for good."""
        mine = b"simulated" if self._meant[1] else b"real"
        written = self._get("origin")
        if written is None:
            with self._db:
                self._put("origin", mine)
        elif bytes(written) != mine:
            was, now = bytes(written).decode(), mine.decode()
            raise StoreFault(f"{self.path}: holds {was} data, this site is {now}; give [store] path another file")

    def _get(self, name: str) -> bytes | None:
        with self._telling():
            row = self._db.execute("SELECT body FROM kept WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def _put(self, name: str, body: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO kept (name, body) VALUES (?, ?)", (name, body))

    def _count(self, name: str, more: int) -> None:
        self._db.execute("UPDATE tallies SET count = count + ? WHERE name = ?", (more, name))


def _record(row: Sequence[Any]) -> Record:
    """A row of the outbox as it travels. What it was meant as when it was written stays, whatever is meant today."""
    seq, kind, status, simulated, boot, up_ms, wall_ms, clock, body = row
    at = {"boot": boot, "up_ms": up_ms, "wall_ms": wall_ms, "clock": clock}
    tree = {
        "seq": seq, "kind": kind, "at": at, "status": status, "simulated": bool(simulated),
        "body": msgspec.json.decode(body),
    }  # fmt: skip
    return msgspec.convert(tree, Record)


def _lock(path: Path) -> IO[str]:
    """One writer: a second gateway on the same store would number its records a second time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(path.name + ".lock").open("w")
    except OSError as fault:
        raise StoreFault(_sentence(path, fault)) from fault
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        lock.close()
        raise StoreFault(f"{path}: another gateway uses this store; stop that one first") from fault
    return lock


def _open(path: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(path, timeout=5.0, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        found = db.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            raise StoreFault(f"{path}: the file is damaged ({found}); put it aside, keep it, and start again")
        migrate(db)
    except (sqlite3.Error, OSError) as fault:
        raise StoreFault(_sentence(path, fault)) from fault
    except TooNew as fault:
        raise StoreFault(f"{path}: {fault}; install the newer program") from fault
    return db


def _sentence(path: Path, fault: Exception) -> str:
    text = str(fault)
    if "full" in text:
        return f"{path}: the disk is full; make room, nothing stored is lost"
    if "malformed" in text or "not a database" in text or isinstance(fault, msgspec.DecodeError):
        return f"{path}: the file is damaged ({text}); put it aside, keep it, and start again"
    return f"{path}: cannot be used as store ({text}); check path and rights"
