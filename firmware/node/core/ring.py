"""The newest records, in RAM: minutes. Room for all of them is taken once, so that the heap does not crumble."""

import struct

from node.core import records

_SLOT = "<IIiBB"
_SLOT_SIZE = 14


class Ring:
    """First in, first out, of at most `capacity` records."""

    def __init__(self, capacity):
        self.capacity = capacity
        self._slots = bytearray(capacity * _SLOT_SIZE)
        self._begin = 0
        self._count = 0

    def __len__(self):
        """How many records are held."""
        return self._count

    def _offset(self, place):
        return (self._begin + place) % self.capacity * _SLOT_SIZE

    def push(self, record, first):
        """Take one more; there must be room."""
        if self._count == self.capacity:
            raise ValueError("the ring is full")
        seq, up, channel, value, _ = record
        flags = records.flags_of(record, first)
        offset = self._offset(self._count)
        struct.pack_into(_SLOT, self._slots, offset, seq, up, 0 if value is None else value, channel, flags)
        self._count += 1

    def at(self, place):
        """(record, shall it come first?); place 0 is the oldest."""
        if not 0 <= place < self._count:
            raise IndexError("nothing is there")
        seq, up, value, channel, flags = struct.unpack_from(_SLOT, self._slots, self._offset(place))
        return records.from_flags(seq, up, channel, value, flags)

    def pop(self, count=1):
        """Let go of the oldest."""
        count = min(count, self._count)
        self._begin = (self._begin + count) % self.capacity
        self._count -= count

    def slots(self):
        """All that is held, as bytes."""
        offsets = [self._offset(place) for place in range(self._count)]
        return b"".join([self._slots[offset : offset + _SLOT_SIZE] for offset in offsets])

    def load(self, slots):
        """Begin with what `slots` of an earlier life gave."""
        self._begin, self._count = 0, min(len(slots) // _SLOT_SIZE, self.capacity)
        size = self._count * _SLOT_SIZE
        self._slots[:size] = slots[:size]

    def place_after(self, seq):
        """Place of the oldest record above that seq; the length when there is none. They lie in order."""
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            if self.at(middle)[0][0] > seq:
                high = middle
            else:
                low = middle + 1
        return low
