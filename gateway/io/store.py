"""The site's memory on disk: readings, records that wait for the centre, and what must survive a restart.

SQLite in WAL mode. What was decided and what must be told of it are one transaction, on the disk when `keep` returns.
A damaged file is put aside, what can be read of it moves into a new one (`recovery.py`).
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from contract.content import DocumentRef
from contract.wire import Moment
from contract.words import ClockQuality, Status
from gateway.core.pipeline import Batch, Numbered
from gateway.core.remembered import Memory
from gateway.core.site import Now
from gateway.io.history import History, history
from gateway.io.outbox import MAX_BATCH_BYTES, STREAMS, Outbox
from gateway.io.readings import put_batch
from gateway.io.recovery import aside_files, finish, recover
from gateway.io.store_file import Damaged, StoreFault, check_file, fault_of, lock_store, open_file
from gateway.io.thinning import Limits, Thinning

__all__ = ["MAX_BATCH_BYTES", "STREAMS", "Step", "Store", "StoreFault"]

log = logging.getLogger(__name__)


class Step(msgspec.Struct, frozen=True):
    """What one step of the site leaves to be kept."""

    now: Now
    batch: Batch | None = None
    numbered: Sequence[Numbered] = ()
    memory: Memory | None = None


class Store(Outbox):
    """One SQLite file, one writer."""

    def __init__(self, path: Path, status: Status, simulated: bool) -> None:
        self._lock = lock_store(path)
        self._meant = (status.value, int(simulated))
        try:
            super().__init__(path, _sound(path, self._meant))
            self._begin()
        except StoreFault:
            self._lock.close()
            raise

    def _begin(self) -> None:
        with self._telling():
            self._belong()
            place = self._db.execute("SELECT count FROM tallies WHERE name = 'place'").fetchone()
            self._place = int(place[0])
        self._thinning = Thinning(self._db)

    def close(self) -> None:
        """Give the file back in one piece."""
        self._db.close()
        self._lock.close()

    # --- writing ---

    def keep(
        self, now: Now, *, batch: Batch | None = None, numbered: Sequence[Numbered] = (), memory: Memory | None = None
    ) -> None:
        """A poll, what was decided and what must be told, in one transaction; raises StoreFault and keeps nothing."""
        self.keep_steps([Step(now, batch, numbered, memory)])

    def keep_steps(self, steps: Sequence[Step]) -> None:
        """Several steps in their order, in one transaction, on the disk; raises StoreFault and keeps none of them."""
        with self._telling():
            self._db.execute("PRAGMA synchronous = FULL")
            with self._db:
                for step in steps:
                    if step.batch is not None:
                        put_batch(self._db, step.batch, step.now)
                self._put_records((one, step.now) for step in steps for one in step.numbered)
                memories = [step.memory for step in steps if step.memory is not None]
                if memories:
                    self._put("memory", msgspec.json.encode(memories[-1]))

    def put_document(self, ref: DocumentRef, body: bytes) -> None:
        """Replace a content document; raises StoreFault."""
        with self._telling(), self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO documents (name, ref, body) VALUES (?, ?, ?)",
                (ref.name, msgspec.json.encode(ref), body),
            )

    def upkeep(self, now: Now, limits: Limits) -> Iterator[None]:
        """Sum up and forget what is old, in small steps; raises StoreFault."""
        with self._telling():
            yield from self._thinning.steps(now, limits)

    def checkpoint(self) -> None:
        """Move the journal into the file, on a connection of its own: from another thread, nobody waits for it."""
        with self._telling():
            db = sqlite3.connect(self.path, timeout=5.0)
            try:
                db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            finally:
                db.close()

    def used_bytes(self) -> int:
        """Bytes of the file that hold something; raises StoreFault."""
        with self._telling():
            return self._thinning.used()

    def add_published(self, more: int) -> None:
        """Messages that a broker took since the last time this was told; raises StoreFault."""
        with self._telling(), self._db:
            self._count("published", more)

    # --- trouble ---

    def repair(self) -> None:
        """The file turned out to be damaged while in use: do what a new start would do; raises StoreFault."""
        self._db.close()
        self._db = _sound(self.path, self._meant)
        self._begin()
        self.damaged = False

    def untold_trouble(self) -> str | None:
        """What became of a damaged file, until somebody has said that it was told; raises StoreFault."""
        body = self._get("trouble")
        return None if body is None else msgspec.json.decode(body, type=str)

    def trouble_told(self) -> None:
        """It has become a record; raises StoreFault."""
        with self._telling(), self._db:
            self._db.execute("DELETE FROM kept WHERE name = 'trouble'")

    def lies_aside(self) -> bool:
        """Does a damaged file lie beside the store, that nobody has looked at and taken away?"""
        return bool(aside_files(self.path))

    # --- reading ---

    def last_reading(self) -> Moment | None:
        """When the newest reading was taken; None in a new store. Raises StoreFault."""
        with self._telling():
            row = self._db.execute(
                "SELECT boot, up_ms, wall_ms, clock FROM readings ORDER BY id DESC LIMIT 1"
            ).fetchone()
        if row is None:
            return None
        clock = ClockQuality(row[3]) if row[3] in tuple(ClockQuality) else ClockQuality.UNSYNCED
        return Moment(boot=row[0], up_ms=row[1], wall_ms=row[2], clock=clock)

    def history(self, device: str, signal: str, from_ms: int, until_ms: int, points: int) -> History:
        """A signal between two wall times in at most `points` points, for a chart; raises StoreFault."""
        with self._telling():
            return history(self._db, device, signal, from_ms, until_ms, points)

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


def _sound(path: Path, meant: tuple[str, int]) -> sqlite3.Connection:
    """The file, open; a damaged one is put aside first and a new one made of what can be read."""
    try:
        finish(path)
        try:
            check_file(path)
        except Damaged as fault:
            log.error("%s", fault)
            log.error("%s", recover(path, meant).sentence())
        return open_file(path)
    except (OSError, sqlite3.Error) as fault:
        raise fault_of(path, fault) from fault
