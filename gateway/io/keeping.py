"""On its way to the disk: mere readings gather and are written together, what was decided is written at once.

A write wears the card by whole pages, whatever is in it. So a power cut may cost the readings of one interval, and
nothing else: a decision takes all that waits before it along, in order, in its own transaction.

One thread writes, and nobody waits for it: a card that takes two seconds for a write must not delay a poll. `keep`
gives a ticket; what was decided may be told when `kept` has reached it.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple

import msgspec

from contract.records import GapBody
from contract.words import Event, Stream
from gateway.core.pipeline import Numbered
from gateway.core.site import Now
from gateway.io.retelling import Lost
from gateway.io.store import Aside, Step, Store
from gateway.io.store_file import StoreFault

log = logging.getLogger(__name__)

MAX_UNKEPT = 2000
"""Steps held in memory while the disk refuses them; beyond it the oldest lose their readings, never their decisions."""
MAX_UNSTORED = 5000
"""Records held in memory; beyond it the oldest samples become one gap, events only when there is nothing else."""
AT_ONCE = 200
ENOUGH = 100
"""So many steps are written before their time: their pages are full, and they need not lie in memory."""
MOST_REPAIRS = 3
"""In one run: a card that breaks more often than that is not mended by writing to it."""
RETRY_S = 1.0
MEND_AGAIN_S = 60.0
"""Real seconds between two tries to mend a damaged file: each reads the whole of it."""
LATE_S = 10.0
"""Real seconds that a decision may be on its way before the disk counts as one that refuses."""
CLOSE_WITHIN_S = 15.0
MANY = 50
"""So many confirmed records are forgotten at once; fewer wait for the next write."""


class Entry(NamedTuple):
    """A step with its ticket, and when it was given (monotonic, s)."""

    ticket: int
    step: Step
    given_s: float


class Keeper:
    """What waits to be written. Until `start` it is written by whoever calls; from then on by a thread of its own."""

    def __init__(self, store: Store, every_s: float) -> None:
        self._store = store
        self._every_ms = every_s * 1000
        self._guard = threading.Condition()
        """Over all below; never held while the disk works."""
        self._waiting: deque[Entry] = deque()
        self._writing: list[Entry] = []
        self._aside = Aside()
        self._jobs: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._since_ms: int | None = None
        self._decided_s: float | None = None
        self._mend_s = 0.0
        self._due = self._refused = self._stopping = False
        self._broken: BaseException | None = None
        self._thread: threading.Thread | None = None
        self._notify: Callable[[], None] = lambda: None
        self._ticket = 0
        self.kept = 0
        """Ticket up to which everything is on the disk."""
        self.repairs = 0
        """How often a damaged file was put aside in this run."""
        self.signs = 0
        """Signs of life of the thread in the midst of a long job: it mends, and answers nobody meanwhile."""

    # --- for the loop: nothing here waits for the disk ---

    def start(self, notify: Callable[[], None]) -> None:
        """From now on a thread writes; the running loop calls `notify` when `kept` or `behind` may have changed."""
        loop = asyncio.get_running_loop()

        def tell() -> None:
            with contextlib.suppress(RuntimeError):  # a loop that has ended is not called any more
                loop.call_soon_threadsafe(notify)

        self._notify = tell
        self._thread = threading.Thread(target=self._work, name="store", daemon=True)
        self._thread.start()

    def keep(self, step: Step, up_ms: int) -> int:
        """One step more; returns its ticket. What cannot be written waits."""
        with self._guard:
            if self._broken is not None:
                raise self._broken
            if not step.empty:
                self._ticket += 1
                self._waiting.append(Entry(self._ticket, step, time.monotonic()))
                self._since_ms = up_ms if self._since_ms is None else self._since_ms
                if step.decided:
                    self._decided_s = self._decided_s or time.monotonic()
                self._bound()
            ticket = self._ticket
            since_ms = self._since_ms
            late = since_ms is not None and up_ms - since_ms >= self._every_ms
            due = step.decided or late or len(self._waiting) >= ENOUGH
        if due:
            self.write()
        return ticket

    def forget(self, run: str, stream: Stream, seq: int, up_ms: int) -> int:
        """The centre holds everything up to `seq`. Returns how many waiting records that covers; raises StoreFault."""
        covered = self._store.covered(run, stream, seq)
        if covered:
            with self._guard:
                self._aside.marks[run, stream] = max(seq, self._aside.marks.get((run, stream), 0))
                self._since_ms = up_ms if self._since_ms is None else self._since_ms
            if covered >= MANY or not self._every_ms:
                self.write()
        return covered

    def confirmed(self, run: str, stream: Stream) -> int:
        """The highest number that the centre holds, of those whose forgetting waits for the next write; 0: none."""
        with self._guard:
            return self._aside.marks.get((run, stream), 0)

    def tell_again(self, lost: Sequence[Lost], now: Now) -> "Future[int]":
        """What the centre has lost waits again; an older mark that is not yet written would let it go at once."""

        def job() -> int:
            with self._guard:
                for one in lost:
                    self._aside.marks.pop((one.run, one.stream), None)
            return self._store.tell_again(lost, now)

        return self.later(job)

    def add_published(self, more: int) -> None:
        """Messages that a broker took; a figure, which waits for the next write."""
        with self._guard:
            self._aside.published += more

    def later(self, job: Callable[[], Any]) -> Future[Any]:
        """Some other use of the store, between two writes; StoreFault and all else come with the future."""
        done: Future[Any] = Future()
        if self._thread is None:
            _do(job, done)
        else:
            with self._guard:
                self._jobs.append((job, done))
                self._guard.notify()
        return done

    @property
    def behind(self) -> bool:
        """The disk refuses, or has not answered for long; what is new waits in memory."""
        return self._refused or self.waits_s() > LATE_S

    def waits_s(self) -> float:
        """How long the oldest decision has been on its way to the disk."""
        since_s = self._decided_s
        return 0.0 if since_s is None else time.monotonic() - since_s

    def unstored(self) -> int:
        """Records that lie in memory because the disk refuses, and nowhere else."""
        alone = self._store.only_in_memory()
        if not self.behind:
            return alone
        with self._guard:
            return alone + sum(len(one.step.numbered) for one in (*self._writing, *self._waiting))

    def write(self) -> None:
        """All that waits, now; with a thread: as soon as it can."""
        with self._guard:
            self._due = True
            self._guard.notify()
        if self._thread is None and self._mended():
            self._write()

    def close(self) -> bool:
        """Write what waits and stop; False: the disk does not answer, and the store must be left as it is."""
        thread = self._thread
        with self._guard:
            self._stopping = self._due = True
            self._guard.notify()
        if thread is None:
            self.write()
            return True
        thread.join(CLOSE_WITHIN_S)
        lost = sum(len(one.step.numbered) for one in (*self._writing, *self._waiting))
        if lost:
            log.error("stopped with %d records that the disk would not take", lost)
        return not thread.is_alive()

    # --- for the thread ---

    def _work(self) -> None:
        try:
            while True:
                with self._guard:
                    self._guard.wait_for(self._called, RETRY_S if self._refused else None)
                    job = self._jobs.popleft() if self._jobs else None
                    due, stopping = self._due, self._stopping
                if due and self._mended():
                    self._write()
                if job is not None:
                    _do(*job)
                if stopping and not self._jobs:
                    return
        except BaseException as fault:  # a fault of the program: told where the next step is given
            self._broken = fault
            log.exception("the thread that writes has ended")
            self._notify()

    def _called(self) -> bool:
        return self._stopping or bool(self._jobs) or (self._due and not self._refused)

    def _mended(self) -> bool:
        """Put a damaged file aside and make a new one. What the disk would not let us mend is tried again later."""
        if self._store.damaged and self.repairs < MOST_REPAIRS and time.monotonic() >= self._mend_s:
            self._mend_s = time.monotonic() + MEND_AGAIN_S
            try:
                self._store.repair(self._alive)
                self.repairs += 1
            except StoreFault as fault:
                self._refuse(fault)
                return False
        return True

    def _alive(self) -> None:
        self.signs += 1

    def _write(self) -> None:
        """All that waits, in order, some at a time; stops at the first refusal."""
        while True:
            with self._guard:
                self._writing = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
                some, aside, self._aside = self._writing, self._aside, Aside()
                if not some and aside.empty:
                    self._due, self._since_ms, self._refused = False, None, False
                    return
            try:
                self._store.keep_steps([one.step for one in some], aside)
            except StoreFault as fault:
                with self._guard:
                    self._waiting.extendleft(reversed(some))
                    self._writing = []
                    self._aside = aside.merged(self._aside)
                self._refuse(fault)
                return
            with self._guard:
                self._writing = []
                self._refused = False
                self.kept = some[-1].ticket if some else self.kept
                self._decided_s = next((one.given_s for one in self._waiting if one.step.decided), None)
            self._notify()

    def _refuse(self, fault: StoreFault) -> None:
        if not self._refused:
            log.error("%s; what is new waits in memory", fault)
        self._refused = True
        self._notify()

    # --- bounds ---

    def _bound(self) -> None:
        """Give up the older half of the readings that wait, and samples beyond the bound; decisions stay, in order."""
        if len(self._waiting) > MAX_UNKEPT and sum(one.step.batch is not None for one in self._waiting) > MAX_UNKEPT:
            old = len(self._waiting) // 2
            lighter = [
                one._replace(step=msgspec.structs.replace(one.step, batch=None)) if place < old else one
                for place, one in enumerate(self._waiting)
            ]
            self._waiting = deque(one for one in lighter if not one.step.empty)
        if (
            len(self._waiting) * 4 > MAX_UNSTORED
            and sum(len(one.step.numbered) for one in self._waiting) > MAX_UNSTORED
        ):
            self._thin()

    def _records_waiting(self) -> int:
        return sum(len(one.step.numbered) for one in self._waiting)

    def _thin(self) -> None:
        """Half of the bound is freed, so that this is not done at every step; samples first."""
        excess = self._records_waiting() - MAX_UNSTORED // 2
        for stream in (Stream.SAMPLE, Stream.RECEIPT, Stream.EVENT):
            there = sum(one.stream is stream for entry in self._waiting for one in entry.step.numbered)
            if excess > 0 and there > 1:
                went = min(excess + 1, there)
                self._waiting = _with_gap(self._waiting, stream, went)
                excess -= went - 1


def _with_gap(entries: deque[Entry], stream: Stream, went: int) -> deque[Entry]:
    """The first `went` records of a stream as one gap, where the last of them stood. All are of one run, in order."""
    first = seen = 0
    new: deque[Entry] = deque()
    for entry in entries:
        numbered: list[Numbered] = []
        for one in entry.step.numbered:
            if one.stream is not stream or seen >= went:
                numbered.append(one)
                continue
            seen += 1
            first = first or (int(str(one.body["first"])) if one.kind == Event.GAP else one.seq)
            if seen == went:
                body = GapBody(first=first, last=one.seq, why="the disk was full and too many records were waiting")
                numbered.append(Numbered(stream, one.seq, Event.GAP.value, msgspec.to_builtins(body)))
        step = msgspec.structs.replace(entry.step, numbered=numbered)
        if not step.empty:
            new.append(entry._replace(step=step))
    return new


def _do(job: Callable[[], Any], done: "Future[Any]") -> None:
    if not done.set_running_or_notify_cancel():
        return
    try:
        done.set_result(job())
    except BaseException as fault:  # whoever waits for it is told
        done.set_exception(fault)
