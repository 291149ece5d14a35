"""The site's memory on disk: readings, records that wait for the centre, and what must survive a restart.

SQLite in WAL mode. What was decided and what must be told of it are one transaction, on the disk when `keep` returns.
A damaged file is put aside, what can be read of it moves into a new one (`recovery.py`).

Two connections: whatever is under "writing" and "trouble" belongs to one thread (`keeping.py`), whatever is under
"reading" may be asked by another meanwhile and never waits for the disk to write.
"""

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from contract.content import DocumentRef
from contract.dating import BootTime
from contract.pictures import PREFIX
from contract.records import AnswerBody
from contract.wire import Moment
from contract.words import ClockQuality, Status, Stream
from gateway.core.pipeline import Batch, Numbered
from gateway.core.remembered import Memory
from gateway.core.site import Now
from gateway.io.date_rows import date_rows
from gateway.io.history import History, history
from gateway.io.merging import MOST_READINGS, ON_DISK, merge, note_of
from gateway.io.outbox import MAX_BATCH_BYTES, STREAMS, Outbox
from gateway.io.readings import NEWEST, last_poll, put_batch
from gateway.io.recovery import aside_files, finish, recover
from gateway.io.store_file import Damaged, StoreFault, check_file, fault_of, lock_store, open_file
from gateway.io.thinning import Limits, Thinning

__all__ = ["MAX_BATCH_BYTES", "STREAMS", "Aside", "Step", "Store", "StoreFault"]

log = logging.getLogger(__name__)


class Step(msgspec.Struct, frozen=True):
    """What one step of the site leaves to be kept."""

    now: Now
    batch: Batch | None = None
    numbered: Sequence[Numbered] = ()
    memory: Memory | None = None
    documents: Sequence[tuple[DocumentRef, bytes]] = ()
    trouble_told: bool = False
    """What became of a damaged file is among its records."""

    @property
    def empty(self) -> bool:
        """Does it leave nothing?"""
        return self.batch is None and not self.decided and not self.numbered

    @property
    def decided(self) -> bool:
        """Does anything of it have to be on the disk before it is told?"""
        return (
            self.memory is not None
            or bool(self.documents)
            or self.trouble_told
            or any(one.stream is not Stream.SAMPLE for one in self.numbered)
        )


class Aside(msgspec.Struct):
    """What goes along with the next write, and is no step: marks by run and stream, and published messages."""

    marks: dict[tuple[str, Stream], int] = {}
    published: int = 0

    @property
    def empty(self) -> bool:
        """Nothing that would be worth a write of its own."""
        return not self.marks

    def merged(self, newer: "Aside") -> "Aside":
        """Both together."""
        marks = {key: max(seq, self.marks.get(key, 0)) for key, seq in newer.marks.items()}
        return Aside({**self.marks, **marks}, self.published + newer.published)


class Store(Outbox):
    """One SQLite file, one writer. `progress`: called now and then while a large file is read through at the start."""

    def __init__(
        self, path: Path, status: Status, simulated: bool, progress: Callable[[], None] = lambda: None
    ) -> None:
        self._lock = lock_store(path)
        self._meant = (status.value, int(simulated))
        self._began = self._alone = 0
        self._files = threading.Lock()
        """Whoever renames the file, or opens it by its name."""
        try:
            super().__init__(path, _sound(path, self._meant, progress))
            self._begin()
        except StoreFault:
            self._lock.close()
            raise

    def _begin(self) -> None:
        self._open_reader()
        with self._telling():
            self._belong()
            self._number()
        self._thinning = Thinning(self._db)

    def _number(self) -> None:
        """Where records and polls go on."""
        self._place = int(self._db.execute("SELECT count FROM tallies WHERE name = 'place'").fetchone()[0])
        self._poll = last_poll(self._db)

    def close(self) -> None:
        """Give the file back in one piece."""
        self._close_reader()
        self._db.close()
        self._lock.close()

    # --- writing ---

    def keep(
        self, now: Now, *, batch: Batch | None = None, numbered: Sequence[Numbered] = (), memory: Memory | None = None
    ) -> None:
        """A poll, what was decided and what must be told, in one transaction; raises StoreFault and keeps nothing."""
        self.keep_steps([Step(now, batch, numbered, memory)])

    def keep_steps(self, steps: Sequence[Step], aside: Aside | None = None) -> None:
        """Several steps in their order, in one transaction, on the disk; raises StoreFault and keeps none of them."""
        aside = aside or Aside()
        with self._telling():
            self._leave_doubtful_journal()
            # a mark that a power cut takes back comes again; it reaches the card with the next step
            self._db.execute(f"PRAGMA synchronous = {'FULL' if steps else 'NORMAL'}")
            place, poll = self._place, self._poll
            try:
                with self._db:
                    self._put_steps(steps, aside)
            except BaseException:
                self._place, self._poll = place, poll
                raise

    def _leave_doubtful_journal(self) -> None:
        """All that it holds goes into the file, is synced there, and the journal begins anew."""
        if self._doubtful:
            busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if busy:
                raise StoreFault(f"{self.path}: somebody reads it for long; end what does")
            self._doubtful = False

    def _put_steps(self, steps: Sequence[Step], aside: Aside) -> None:
        for (run, stream), seq in aside.marks.items():
            self._forget_rows(run, stream, seq)
        if aside.published:
            self._count("published", aside.published)
        for step in steps:
            if step.batch is not None:
                self._poll = put_batch(self._db, self._poll, step.batch, step.now)
            for ref, body in step.documents:
                self._put_document(ref, body)
        self._put_records((one, step.now) for step in steps for one in step.numbered)
        for batch in (step.batch for step in steps):
            for name, body in batch.noted if batch is not None else ():
                self._put(name, body)
        memories = [step.memory for step in steps if step.memory is not None]
        if memories:
            self._put("memory", msgspec.json.encode(memories[-1]))
            self._drop_pictures(set(memories[-1].documents))
        if any(step.trouble_told for step in steps):
            self._db.execute("DELETE FROM kept WHERE name = 'trouble'")

    def _put_document(self, ref: DocumentRef, body: bytes) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO documents (name, ref, body) VALUES (?, ?, ?)",
            (ref.name, msgspec.json.encode(ref), body),
        )

    def _drop_pictures(self, held: set[str]) -> None:
        names = self._db.execute("SELECT name FROM documents WHERE name LIKE ?", (f"{PREFIX}%",)).fetchall()
        for (name,) in names:
            if name not in held:
                self._db.execute("DELETE FROM documents WHERE name = ?", (name,))

    def upkeep(self, now: Now, limits: Limits) -> Iterator[None]:
        """Sum up and forget what is old, in small steps; raises StoreFault."""
        with self._telling():
            yield from self._thinning.steps(now, limits)

    def date(self, known: BootTime) -> Iterator[None]:
        """Give the rows of a boot the time that is known now, in small steps; raises StoreFault."""
        with self._telling():
            yield from date_rows(self._db, known)

    def checkpoint(self) -> None:
        """Move the journal into the file, on a connection of its own: from any thread, nobody waits for it."""
        with self._files, self._telling():
            db = sqlite3.connect(self.path, timeout=5.0)
            try:
                db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            finally:
                db.close()

    # --- in memory, while the disk takes nothing ---

    def stand_in(self, path: Path) -> None:
        """This one lies in memory, in place of the store at `path`; raises StoreFault."""
        with self._telling():
            self._began = note_of(self._db).place
        self.stands_in_for = path

    def answered_on_disk(self) -> tuple[AnswerBody, ...] | None:
        """The answers that the disk holds, whatever runs in memory have answered since; None where this is the disk."""
        if self.stands_in_for is None:
            return None
        body = self._get(ON_DISK)
        try:
            return () if body is None else msgspec.json.decode(body, type=Memory).answered
        except msgspec.DecodeError:
            return ()

    def only_in_memory(self) -> int:
        """Records that are nowhere but in memory: neither on a disk nor at the centre."""
        if self.stands_in_for is None:
            return 0
        with contextlib.suppress(StoreFault), self._reading() as db:
            row = db.execute("SELECT COUNT(*) FROM outbox WHERE place > ?", (self._began,)).fetchone()
            self._alone = int(row[0])
        return self._alone

    def bound_readings(self) -> None:
        """Memory is small: the oldest readings go; raises StoreFault."""
        with self._telling(), self._db:
            self._db.execute("DELETE FROM readings WHERE id <= (SELECT MAX(id) FROM readings) - ?", (MOST_READINGS,))

    def take_over(self, other: Path) -> int:
        """What a store in memory has that is new becomes part of this one; how many records. Raises StoreFault."""
        with self._telling():
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("ATTACH ? AS other", (str(other),))
            try:
                with self._db:
                    moved = merge(self._db, self._forget_rows)
                self._number()
            finally:
                self._db.execute("DETACH other")
        return moved

    # --- trouble ---

    def repair(self, progress: Callable[[], None] = lambda: None) -> None:
        """The file turned out to be damaged while in use: do what a new start would do; raises StoreFault.

        Whoever reads meanwhile is told to come again. `progress`: called now and then, for a large file takes minutes.
        """
        with self._files:
            self._close_reader()
            self._db.close()
            self._db = _sound(self.path, self._meant, progress)
            self._begin()
            self.damaged = self._doubtful = False

    def untold_trouble(self) -> str | None:
        """What became of a damaged file, until a step says that it was told; raises StoreFault."""
        body = self._get("trouble")
        return None if body is None else msgspec.json.decode(body, type=str)

    def lies_aside(self) -> bool:
        """Does a damaged file lie beside the store, that nobody has looked at and taken away?"""
        return bool(aside_files(self.path))

    # --- reading ---

    def last_reading(self) -> Moment | None:
        """When the newest reading was taken; None in a new store. Raises StoreFault."""
        with self._reading() as db:
            row = db.execute(NEWEST).fetchone()
        if row is None:
            return None
        clock = ClockQuality(row[3]) if row[3] in tuple(ClockQuality) else ClockQuality.UNSYNCED
        return Moment(boot=row[0], up_ms=row[1], wall_ms=row[2], clock=clock)

    def history(self, device: str, signal: str, from_ms: int, until_ms: int, points: int) -> History:
        """A signal between two wall times in at most `points` points, for a chart; raises StoreFault."""
        with self._reading() as db:
            return history(db, device, signal, from_ms, until_ms, points)

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

    def noted(self, name: str) -> bytes:
        """What a batch has noted under that name; empty: nothing. Raises StoreFault."""
        return bytes(self._get(name) or b"")

    def documents(self) -> list[tuple[DocumentRef, bytes]]:
        """All content documents held, by name; raises StoreFault."""
        with self._reading() as db:
            rows = db.execute("SELECT ref, body FROM documents ORDER BY name").fetchall()
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


def _sound(path: Path, meant: tuple[str, int], progress: Callable[[], None]) -> sqlite3.Connection:
    """The file, open; a damaged one is put aside first and a new one made of what can be read."""
    try:
        finish(path)
        try:
            check_file(path, progress)
        except Damaged as fault:
            log.error("%s", fault)
            log.error("%s", recover(path, meant, progress).sentence())
        return open_file(path)
    except (OSError, sqlite3.Error) as fault:
        raise fault_of(path, fault) from fault
