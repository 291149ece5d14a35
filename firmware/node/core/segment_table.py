"""What is remembered of each segment in flash: six whole numbers of 32 bits, in one piece of RAM taken at the start."""

from array import array

_WORDS = 6
_NUMBER, _BOOT, _WALL, _LAST, _MARKED, _STATE = range(_WORDS)

FOUND = 1
"""It lay there at the start: how much of it was ever sent, nobody knows."""
WHOLE = 2
"""Every record was handed out since the start."""
GONE = 4
"""Given up or set aside; it leaves the table at the next tidying."""
NO_FIRSTS = 8
"""Holds no record that shall come first."""
FIRSTS_TOLD = 16
"""Those were handed out."""


class SegmentTable:
    """At most `capacity` segments; place 0 is the oldest."""

    def __init__(self, capacity):
        self.capacity = capacity
        self._words = array("I", bytes(4 * _WORDS * capacity))
        self._begin = 0
        self._count = 0

    def __len__(self):
        """How many places there are, those of segments that are gone but not tidied among them."""
        return self._count

    def _at(self, place, field):
        return (self._begin + place) % self.capacity * _WORDS + field

    def push(self, number, boot, wall0, last, count, flags):
        """Take in the newest, of which nothing was handed out or confirmed; there must be room."""
        place = self._count
        self._count += 1
        for field, value in enumerate((number, boot, wall0, last, 0, flags << 16 | count)):
            self._words[self._at(place, field)] = value

    def remove(self, place):
        """Let go of one; those before it move up."""
        for later in range(place, 0, -1):
            for field in range(_WORDS):
                self._words[self._at(later, field)] = self._words[self._at(later - 1, field)]
        self._begin = (self._begin + 1) % self.capacity
        self._count -= 1

    def number(self, place):
        """Which segment it is: they are numbered in order of writing."""
        return self._words[self._at(place, _NUMBER)]

    def boot(self, place):
        """The boot it belongs to, as a number."""
        return self._words[self._at(place, _BOOT)]

    def wall0(self, place):
        """When that boot's uptime was 0, as far as was known when it was begun; 0: unknown."""
        return self._words[self._at(place, _WALL)]

    def last(self, place):
        """Its highest seq."""
        return self._words[self._at(place, _LAST)]

    def marked(self, place):
        """Up to which seq it is confirmed."""
        return self._words[self._at(place, _MARKED)]

    def mark(self, place, seq):
        """Confirmed up to there."""
        self._words[self._at(place, _MARKED)] = seq

    def count(self, place):
        """Records in it."""
        return self._words[self._at(place, _STATE)] & 0xFF

    def handed(self, place):
        """How many of them were handed out in order."""
        return self._words[self._at(place, _STATE)] >> 8 & 0xFF

    def hand(self, place, handed):
        """So many were handed out in order; all of them: that is remembered even if they are handed out again."""
        at = self._at(place, _STATE)
        self._words[at] = self._words[at] & ~0xFF00 | handed << 8
        if handed == self.count(place):
            self.flag(place, WHOLE)

    def grow(self, place, last, count):
        """More records in it."""
        self._words[self._at(place, _LAST)] = last
        at = self._at(place, _STATE)
        self._words[at] = self._words[at] & ~0xFF | count

    def has(self, place, flag):
        """Is the flag set?"""
        return bool(self._words[self._at(place, _STATE)] >> 16 & flag)

    def flag(self, place, flag, on=True):
        """Set or clear it."""
        at = self._at(place, _STATE)
        self._words[at] = self._words[at] | flag << 16 if on else self._words[at] & ~(flag << 16)
