"""The segments in flash: found at the start, read, written, confirmed, given up.

`flash` is what `io/flash.py` offers: scan, size, read, write, append, remove, set_aside; all may raise OSError. Only
`load` looks at all files; only `tidy`, `append`, `begin` and `make_room` write.
"""

from node.core import records
from node.core.segment_table import FIRSTS_TOLD, FOUND, GONE, NO_FIRSTS, WHOLE, SegmentTable

_CHUNK = 32
"""Records read at once: half a kilobyte."""
_MANY = 0x7FFFFFFF
_EIO = 5


class Segments:
    """In order of writing; `table` place 0 is the oldest."""

    def __init__(self, flash, capacity):
        self.table = SegmentTable(capacity)
        self.dropped = 0
        """Records given up in the whole life of this store; every new header carries it on."""
        self._flash = flash
        self._next = 1
        self._leaving = []
        self._strange = []
        self._open = None
        self.untidy = True
        """Is there something for `tidy` to do?"""

    def lost(self, count):
        """So many records more were given up."""
        self.dropped = min(self.dropped + count, _MANY)

    # --- at the start ---

    def load(self, own, feed):
        """Look at every segment, `feed` a watchdog for each. The newest goes on if it is of the own boot."""
        numbers = self._flash.scan()
        oldest = 0
        for number in reversed(numbers):
            head = self._head(number)
            if head:
                self.dropped, oldest = head[3], head[4]
                break
        for number in numbers:
            feed()
            if number < oldest:
                self._leaving.append(number)  # given up, and counted, when the newest was begun
            elif not self._adopt(number, own):
                self._strange.append(number)

    def _head(self, number):
        try:
            return records.unpack_header(self._flash.read(number, 0, records.HEADER_SIZE), number)
        except OSError:
            return None

    def _adopt(self, number, own):
        """Take it into the table; False: it is no segment, or none of its records can be read."""
        head = self._head(number)
        try:
            count = (self._flash.size(number) - records.HEADER_SIZE) // records.SIZE
            count = max(0, min(count, records.MOST))
            good, last = self._good(number, head, count) if head else (0, 0)
        except OSError:
            count = good = 0
        if not good:
            self.lost(count)
            return False
        if len(self.table) == self.table.capacity:
            self._give_up()
        self.table.push(number, head[0], head[1], last, good, FOUND)
        self._next = number + 1
        self._open = number if head[0] == own and good < records.MOST else None
        return True

    def _good(self, number, head, count):
        """(how many there are up to the last that can be read, its seq)."""
        for good in range(count, 0, -1):
            offset = records.HEADER_SIZE + (good - 1) * records.SIZE
            found = records.unpack(self._flash.read(number, offset, records.SIZE), 0, head[2], head[5])
            if found:
                return good, found[0][0]
        return 0, 0

    # --- reading ---

    def wall0(self, boot):
        """The newest that any segment says of when that boot's uptime was 0, None if nobody knew."""
        for place in range(len(self.table) - 1, -1, -1):
            if self.table.boot(place) == boot and self.table.wall0(place):
                return self.table.wall0(place)
        return None

    def last_seq(self, boot):
        """The highest seq of that boot in flash, 0 if none."""
        last = 0
        for place in range(len(self.table)):
            if self.table.boot(place) == boot:
                last = max(last, self.table.last(place))
        return last

    def _read(self, place, begin, limit):
        """Records from `begin` on as [(record, shall it come first?) or None for a damaged one]; [] at the end."""
        number = self.table.number(place)
        limit = min(limit, _CHUNK, self.table.count(place) - begin)
        if limit < 1 or self.table.has(place, GONE):
            return []
        head = self._head(number)
        try:
            data = self._flash.read(number, records.HEADER_SIZE + begin * records.SIZE, limit * records.SIZE)
        except OSError:
            head = None
        if head:
            return [records.unpack(data, at * records.SIZE, head[2], head[5]) for at in range(limit)]
        self.lost(self.unmarked(place))
        self._strange.append(number)
        self._vanish(place)
        return []

    def _vanish(self, place):
        self.untidy = True
        self.table.flag(place, GONE)
        if self.table.number(place) == self._open:
            self._open = None

    def to_tell(self, boot=None):
        """The oldest place of which not everything was handed out, of one boot or of any; None if there is none."""
        for place in range(len(self.table)):
            waits = self.table.handed(place) < self.table.count(place) and self.unmarked(place)
            if waits and boot in (None, self.table.boot(place)):
                return place
        return None

    def hand(self, place, limit):
        """The next records in order that nobody has confirmed, at most `limit`; none when the segment ends."""
        begin, batch = self.table.handed(place), []
        while not batch:
            found = self._read(place, begin, limit)
            if not found:
                break
            begin += len(found)
            if not self.table.has(place, WHOLE):
                self.lost(found.count(None))
            batch = [one[0] for one in found if one and one[0][0] > self._believed(place)]
            self.table.hand(place, begin)
            self.untidy = True
        return batch

    def firsts_wait(self, place):
        """May it hold records that shall come first, and were not handed out?"""
        told = self.table.has(place, NO_FIRSTS) or self.table.has(place, FIRSTS_TOLD)
        return not told and bool(self.unmarked(place))

    def firsts(self, place, begin, limit):
        """(records that shall come first, at most `limit`, from where to go on)"""
        begin, batch = max(begin, self.table.handed(place)), []
        while len(batch) < limit:
            found = self._read(place, begin, limit - len(batch))
            if not found:
                self.table.flag(place, FIRSTS_TOLD)
                return batch, begin
            begin += len(found)
            batch += [one[0] for one in found if one and one[1] and one[0][0] > self._believed(place)]
        return batch, begin

    def oldest(self, boot):
        """The lowest seq of that boot in flash that is not confirmed, None if there is none."""
        for place in range(len(self.table)):
            if self.table.boot(place) != boot or not self.unmarked(place):
                continue
            for begin in range(0, self.table.count(place), _CHUNK):
                for one in self._read(place, begin, _CHUNK):
                    if one and one[0][0] > self._believed(place):
                        return one[0][0]
        return None

    # --- marks ---

    def _known(self, place):
        """A segment that was found lets go of records only when all of it was handed out: who knows what was sent?"""
        return self.table.has(place, WHOLE) or not self.table.has(place, FOUND)

    def _believed(self, place):
        return self.table.marked(place) if self._known(place) else 0

    def unmarked(self, place):
        """How many of its records wait; never too few."""
        if self.table.has(place, GONE):
            return 0
        return min(self.table.count(place), max(self.table.last(place) - self._believed(place), 0))

    def mark(self, boot, seq, top):
        """Everything up to `seq` of that boot is confirmed; `top`: what was sent of it. True if it is news."""
        news = False
        for place in range(len(self.table)):
            if self.table.boot(place) == boot and (self.table.has(place, FOUND) or seq <= top):
                last = min(seq, self.table.last(place))
                if last > self.table.marked(place):
                    self.table.mark(place, last)
                    news = self.untidy = True
        return news

    def rewind(self):
        """Hand out again what is not confirmed.

        A found segment that was begun is finished first: it lets nothing go before, and a link that is always cut off
        soon would begin it for ever.
        """
        for place in range(len(self.table)):
            if self._known(place):
                self.table.hand(place, 0)
            self.table.flag(place, FIRSTS_TOLD, False)

    def marked(self, boot):
        """Up to where that boot is confirmed, believed or not; 0 where nothing of it lies in flash."""
        places = [place for place in range(len(self.table)) if self.table.boot(place) == boot]
        return max([self.table.marked(place) for place in places] or [0])

    def head(self):
        """(number, mark) of the oldest segment of which something was handed out and not confirmed, None if none."""
        for place in range(len(self.table)):
            if self.table.handed(place) and self.unmarked(place):
                return self.table.number(place), self.table.marked(place)
        return None

    # --- writing ---

    def tidy(self):
        """Delete what is confirmed or given up, set aside what is strange."""
        while self._strange:
            try:
                self._flash.set_aside(self._strange[-1])
            except OSError:
                pass  # it stays where it is, and is not believed the next time either
            self._strange.pop()
        while self._leaving:
            self._flash.remove(self._leaving[-1])
            self._leaving.pop()
        for place in range(len(self.table) - 1, -1, -1):
            if not self.unmarked(place):
                if not self.table.has(place, GONE):
                    self._flash.remove(self.table.number(place))
                    self._vanish(place)
                self.table.remove(place)
        self.untidy = False

    def _give_up(self):
        """The oldest goes, and is counted; its file goes at the next tidying."""
        self.lost(self.unmarked(0))
        if not self.table.has(0, GONE):
            self._leaving.append(self.table.number(0))
            self._vanish(0)
        self.table.remove(0)

    def close(self):
        """The next record begins a new segment."""
        self._open = None

    def append(self, ring, handed):
        """The ring's records into the open segment, in one append; returns how many of them, 0: begin a new one.

        `handed`: so many of them were handed out before, in order.
        """
        place = len(self.table) - 1
        head = self._head(self._open) if self._open is not None else None
        if not head or ring.at(0)[0][0] <= self.table.last(place):
            return 0
        count = self.table.count(place)
        data, fits = _packed(b"", ring, records.MOST - count, head[2], head[5])
        if not fits:
            return 0
        self._flash.append(self._open, records.HEADER_SIZE + count * records.SIZE, data)
        before = self.table.handed(place)
        self.table.grow(place, ring.at(fits - 1)[0][0], count + fits)
        self.table.flag(place, WHOLE, False)
        self.table.hand(place, before + min(handed, fits) if before == count else before)
        self._note_firsts(place, ring, fits)
        return fits

    def begin(self, boot, wall0, ring, handed):
        """A new segment; written first, then the oldest goes if there were too many. Returns how many fitted."""
        if self._next > records.LAST_NUMBER:
            raise OSError(_EIO)
        number, base = self._next, ring.at(0)[0][0]
        self._next += 1
        full = len(self.table) == self.table.capacity
        stays = int(full)
        oldest = self.table.number(stays) if len(self.table) > stays else number
        dropped = min(self.dropped + (self.unmarked(0) if full else 0), _MANY)
        head = records.pack_header(number, boot, wall0 or 0, base, dropped, oldest)
        data, fits = _packed(head, ring, records.MOST, base, records.unpack_header(head, number)[5])
        self._write(number, data)
        if full:
            self._give_up()
        self.table.push(number, boot, wall0 or 0, ring.at(fits - 1)[0][0], fits, NO_FIRSTS)
        place = len(self.table) - 1
        self.table.hand(place, min(handed, fits))
        self._note_firsts(place, ring, fits)
        self._open = number
        return fits

    def _write(self, number, data):
        try:
            self._flash.write(number, data)
        except OSError:
            self.untidy = True
            self._leaving.append(number)  # what is there of it is nothing
            raise

    def _note_firsts(self, place, ring, fits):
        for at in range(fits):
            if ring.at(at)[1]:
                self.table.flag(place, NO_FIRSTS, False)
                self.table.flag(place, FIRSTS_TOLD, False)

    def make_room(self):
        """The file system is full: give up the oldest now. False when nothing is left to give."""
        if not len(self.table):
            return False
        self._give_up()
        self.tidy()
        return True


def _packed(head, ring, most, base, crc):
    """(head and as many of the ring's records as this base reaches, as bytes; how many)"""
    most = min(most, len(ring))
    data = bytearray(len(head) + most * records.SIZE)
    data[: len(head)] = head
    for place in range(most):
        record, first = ring.at(place)
        offset = len(head) + place * records.SIZE
        if record[0] - base > records.FARTHEST:
            return data[:offset], place
        data[offset : offset + records.SIZE] = records.pack(record, first, base, crc)
    return data, most
