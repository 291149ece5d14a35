"""A flash of a test: segments in a dictionary, with limits, faults and cuts; stores on it. For both interpreters."""

from node.core.backlog import Backlog
from node.core.pace import Pace

A, B, C = "aaaaaaaa", "bbbbbbbb", "cccccccc"
ALL = 1 << 30
WALL = 1_795_315_105


class PlayedFlash:
    """In place of `node.io.flash.Flash`. `room`: bytes in all; `left`: writes until it dies; `torn`: half done."""

    def __init__(self):
        self.files, self.aside, self.writes = {}, [], 0
        self.room = self.left = None
        self.torn = self.deaf = False

    def _write(self, size):
        """How many of those bytes get there."""
        if self.left == 0:
            raise OSError(5, "dead")
        if self.room is not None and sum([len(file) for file in self.files.values()]) + size > self.room:
            raise OSError(28, "full")
        self.writes += 1
        if self.left is not None:
            self.left -= 1
            if self.left == 0:
                return size // 2 if self.torn else 0
        return size

    def _cut(self):
        if self.left == 0:
            raise OSError(5, "dead")

    def scan(self):
        """As the real one, like all that follow."""
        if self.deaf:
            raise OSError(5, "dead")
        return sorted(self.files)

    def size(self, number):
        """Bytes."""
        if self.deaf or number not in self.files:
            raise OSError(2, "absent")
        return len(self.files[number])

    def read(self, number, offset, size):
        """Some of it."""
        if self.deaf or number not in self.files:
            raise OSError(2, "absent")
        return bytes(self.files[number][offset : offset + size])

    def write(self, number, data):
        """A new one; what is torn stays as half of it."""
        self.files[number] = b""
        self.files[number] = bytes(data[: self._write(len(data))])
        self._cut()

    def append(self, number, size, data):
        """Behind what is there."""
        if self.size(number) != size:
            raise OSError(5, "dead")
        self.files[number] += bytes(data[: self._write(len(data))])
        self._cut()

    def remove(self, number):
        """Gone, unless the power went."""
        if self._write(0) == 0 and self.left != 0:
            self.files.pop(number, None)
        self._cut()

    def set_aside(self, number):
        """Remembered in `aside`."""
        self._write(0)
        self._cut()
        self.aside.append(number)
        del self.files[number]


def record(seq, value=7):
    """The record with that number, a second after the one before."""
    return (seq, seq, seq % 5, value, 0)


def numbers(batch):
    """The seqs of what `next_batch` gave."""
    return [one[0] for one in batch[2]]


def drained(store, limit=20):
    """All that is handed out from here on, as (boot, seq)."""
    told = []
    while True:
        boot, _, batch = store.next_batch(limit)
        if not batch:
            return told
        told += [(boot, one[0]) for one in batch]


def quick():
    """A pace that holds nothing back."""
    return Pace(per_minute=ALL // 64, window=ALL, patience_s=300)


def opened(flash, boot=A, ring=40, segments=8, gather=30):
    """A store with little room."""
    return Backlog(flash, boot, ring=ring, segments=segments, gather=gather, pace=quick())


def filled(store, first, last, events=()):
    """Keep and settle, one by one."""
    for seq in range(first, last + 1):
        store.keep(record(seq), seq in events)
        store.settle(seq)
    return store


def left_by(flash, boot, last, wall0=None, events=(), segments=8):
    """A boot that kept so many records, wrote all and is over."""
    store = opened(flash, boot, segments=segments)
    store.set_wall(wall0)
    filled(store, 1, last, events).settle(last, everything=True)
    return store
