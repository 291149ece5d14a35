"""Nothing measured is lost while the gateway cannot be reached: RAM for minutes, flash for weeks.

How the application uses it:

- `keep(record)` for every value first, then send it. Costs no write: it goes to RAM.
- `sent(first, last)` when the broker has confirmed the report of new records `first` to `last`.
- `settle(up_s, sagging)` every few seconds: the only place that writes to flash; nothing while the supply sags.
  `everything=True` before sleep or a restart.
- `next_batch(limit, up_s)` after the newest values have gone: some of the past as (boot, wall0, [records]), with
  `oldest(boot)` for the report. An empty list: nothing to tell now.
- `forget(boots)` with the gateway's mark, whenever it comes. `rewind()` after every new connection.

What was handed out stays until the gateway's mark: a confirmed report is only the broker's word.
"""

from node.core import records
from node.core.pace import Pace
from node.core.ring import Ring
from node.core.segments import Segments

_EIO, _ENOSPC = 5, 28
_AGAIN_S = 60
"""So long flash that failed is left alone."""
_LOOKS = 2
"""Segments that are searched for records that shall come first in one `next_batch`."""


def _no_feed():
    """Nobody watches."""


class Backlog:
    """`boot`: 8 letters drawn anew at each start. `feed` is called while the flash is looked through.

    `ring` records of RAM, `segments` of flash (250 records, 4 KiB and 24 bytes of RAM each). Written is when `gather`
    records wait for the gateway, or one for `hold_s`: while the gateway answers, nothing is.
    """

    def __init__(self, flash, boot, ring=128, segments=128, gather=60, hold_s=600, pace=None, feed=_no_feed):
        self._boot = records.boot_number(boot)
        if self._boot is None or not 1 <= gather <= ring or segments < 2:
            raise ValueError("a boot of 8 hexadecimal letters, room for 1 <= gather <= ring, and 2 segments are needed")
        self.boot = boot
        self.fault = ""
        """A word when flash cannot be used: then only RAM keeps."""
        self.lies = 0
        """Marks that were not believed."""
        self._ring = Ring(ring)
        self._gather, self._hold_s = gather, hold_s
        self._pace = pace or Pace(per_minute=600, window=500, patience_s=300)
        self._segments, self._flash, self._capacity, self._feed = None, flash, segments, feed
        self._look_again = None
        self._wall0 = None
        self._wall_is_news = False
        self._sent = self._firsts_sent = self._top = 0
        self._firsts_at = (None, 0)
        self._were_firsts = False
        self._mark = self._believed = 0
        """The gateway's mark for this boot, and how much had been told when it was last looked at."""
        self._look()
        self.last_seq = self._segments.last_seq(self._boot)
        """The highest seq of this boot; the next record has a higher one."""
        self.safe_seq = self.last_seq
        """Up to here this boot's records survive a power cut."""
        self._found_seq = self.last_seq

    def _look(self):
        self._segments = Segments(self._flash, self._capacity)
        self._looked = False
        try:
            self._segments.load(self._boot, self._feed)
            self._looked = True
        except OSError:
            self.fault = "flash error"

    # --- what is kept ---

    def keep(self, record, first=False):
        """Keep (seq, up, channel, value, quality); `first`: an event, told before everything else at replay.

        Raises ValueError for what is no record, and for a seq that is not higher than the last. When RAM is full (flash
        is, or cannot be written now), the oldest in RAM goes and is counted.
        """
        records.check(record)
        if record[0] <= self.last_seq:
            raise ValueError("seq must grow: %d came after %d" % (record[0], self.last_seq))
        if len(self._ring) == self._ring.capacity:
            self._ring.pop()
            self._segments.lost(1)
        self._ring.push(record, first)
        self.last_seq = record[0]

    def in_ram(self):
        """What only RAM holds, as bytes: a deep sleep takes it along."""
        return self._ring.slots()

    def resume(self, seq, wall0, dropped, slots):
        """This boot goes on after a deep sleep: its highest seq, its `wall0` or None, and what was `in_ram`."""
        self._ring.load(slots)
        self.last_seq = self._found_seq = max(self.last_seq, seq)
        self._wall0 = wall0
        self._wall_is_news = wall0 is not None and self._segments.wall0(self._boot) is None
        self._segments.dropped = max(self._segments.dropped, dropped)

    def set_wall(self, wall0):
        """The wall clock is known: epoch second (UTC) at which this boot's uptime was 0; None: it is not.

        What cannot be one (a clock that stands before 1970 + uptime) is none.
        """
        if wall0 is not None and not 0 < wall0 <= 0xFFFFFFFF:
            wall0 = None
        self._wall_is_news = self._wall_is_news or (self._wall0 is None and wall0 is not None)
        self._wall0 = wall0

    def queued(self):
        """Records that wait for the gateway's mark, of all boots."""
        waiting = len(self._ring)
        for place in range(len(self._segments.table)):
            waiting += self._segments.unmarked(place)
        return waiting

    def dropped(self):
        """Records given up for want of room or because flash was damaged, in the life of this store."""
        return self._segments.dropped

    def settle(self, up_s, sagging=False, everything=False):
        """Delete what is forgotten, write what waits; never raises. True if nothing due was left undone."""
        if sagging or (self._look_again is not None and up_s < self._look_again):
            return False
        self._look_again = None
        if self._mark and self._top > self._believed:
            self._believed = self._top
            self.forget({self.boot: self._mark})
        try:
            if not self._looked:
                self._reopen()
            if self._segments.untidy:
                self._segments.tidy()
            if len(self._ring) and (everything or self._due(up_s)):
                self._flush()
        except OSError as error:
            self.fault = "flash full" if error.errno == _ENOSPC else "flash error"
        except MemoryError:
            self.fault = "no memory"
        else:
            self.fault = ""
            return True
        self._look_again = up_s + _AGAIN_S
        return False

    def _due(self, up_s):
        return len(self._ring) >= self._gather or up_s - self._ring.at(0)[0][1] >= self._hold_s

    def _reopen(self):
        lost = self._segments.dropped
        self._look()
        self._segments.lost(lost)
        if not self._looked:
            raise OSError(_EIO)

    def _flush(self):
        """Write all of RAM: one append, two where a segment ends."""
        if self._wall_is_news:
            self._segments.close()  # the new header says when this boot began
        while len(self._ring):
            handed = self._ring.place_after(self._sent)
            try:
                written = self._segments.append(self._ring, handed)
            except OSError:
                written = 0
            if not written:
                self._segments.close()
                written = self._begin(handed)
            self.safe_seq = self._ring.at(written - 1)[0][0]
            self._ring.pop(written)

    def _begin(self, handed):
        """A new segment; on a full file system the oldest go for it."""
        while True:
            try:
                written = self._segments.begin(self._boot, self._wall0, self._ring, handed)
                self._wall_is_news = False
                return written
            except OSError as error:
                if error.errno != _ENOSPC or not self._segments.make_room():
                    raise

    # --- what is told ---

    def next_batch(self, limit, up_s=None):
        """The next of the past: (boot, wall0 or None, [records]), at most `limit`, of one boot, in order of seq.

        Records kept with `first` come early, and once more in their place; every other batch is in order, so that a
        contact that flaps does not keep all else from being told. With `up_s` (uptime in
        seconds) the rate is limited, and what nobody confirmed for long is told again. [] when there is nothing now.
        """
        if self._pace.stalled(up_s, self._head()):
            self.rewind()
        limit = self._pace.grant(limit, up_s)
        boot, batch = self._boot, []
        if limit:
            if not self._were_firsts:
                boot, batch = self._firsts(limit)
            self._were_firsts = bool(batch)
            if not batch:
                boot, batch = self._in_order(limit)
        known = self._segments.marked(boot)
        self._pace.told(len(batch), up_s, sum([one[0] > known for one in batch]))
        return records.boot_word(boot), self._dated(boot), batch

    def _head(self):
        """What the next mark should let go."""
        head = self._segments.head()
        if head is None and len(self._ring) and self._ring.at(0)[0][0] <= self._sent:
            head = 0, self._ring.at(0)[0][0]
        return head

    def _dated(self, boot):
        if boot == self._boot and self._wall0 is not None:
            return self._wall0
        return self._segments.wall0(boot)

    def _firsts(self, limit):
        looks = 0
        for place in range(len(self._segments.table)):
            if looks < _LOOKS and self._segments.firsts_wait(place):
                looks += 1
                number = self._segments.table.number(place)
                begin = self._firsts_at[1] if self._firsts_at[0] == number else 0
                batch, begin = self._segments.firsts(place, begin, limit)
                self._firsts_at = number, begin
                if batch:
                    return self._segments.table.boot(place), batch
        if looks or self._segments.to_tell() is None:
            return self._boot, []
        return self._boot, self._ring_firsts(limit)

    def _ring_firsts(self, limit):
        batch = []
        for place in range(self._ring.place_after(max(self._sent, self._firsts_sent)), len(self._ring)):
            record, first = self._ring.at(place)
            if first and len(batch) < limit:
                batch.append(record)
                self._firsts_sent = record[0]
        return batch

    def _in_order(self, limit):
        for _ in range(_LOOKS):
            place = self._segments.to_tell()
            if place is None:
                return self._boot, self._from_ring(limit)
            boot = self._segments.table.boot(place)
            batch = self._segments.hand(place, limit)
            if batch:
                if boot == self._boot:
                    self._top = max(self._top, batch[-1][0])
                return boot, batch
        return self._boot, []

    def _from_ring(self, limit):
        begin = self._ring.place_after(self._sent)
        batch = [self._ring.at(place)[0] for place in range(begin, min(begin + limit, len(self._ring)))]
        if batch:
            self._sent = batch[-1][0]
            self._top = max(self._top, self._sent)
        return batch

    def newest(self, after, limit):
        """The newest records of RAM above that seq, at most `limit`, none missing between them: told live."""
        begin = max(self._ring.place_after(after), len(self._ring) - limit)
        return [self._ring.at(place)[0] for place in range(begin, len(self._ring))]

    def oldest(self, boot):
        """The lowest seq of that boot that is still here, None if none is: what lies below is confirmed or lost.

        None as well while flash cannot be read: what lies there is not lost.
        """
        if not self._looked:
            return None
        number = records.boot_number(boot)
        seq = self._segments.oldest(number)
        if seq is None and number == self._boot and len(self._ring):
            seq = self._ring.at(0)[0][0]
        return seq

    def sent(self, first, last):
        """The broker has confirmed new records `first` to `last`: they need not be told again as history.

        Counts only if nothing older of this boot waits; else they are told again in their order, and the gateway knows
        them already.
        """
        begin = self._ring.place_after(self._sent)
        gap = begin < len(self._ring) and self._ring.at(begin)[0][0] < first
        if gap or not self._sent < last <= self.last_seq or self._segments.to_tell(self._boot) is not None:
            return
        self._sent = last
        self._top = max(self._top, last)

    def rewind(self):
        """Tell again what is not confirmed: the connection is new, or nobody answers."""
        self._segments.rewind()
        self._sent = self._firsts_sent = 0
        self._firsts_at = (None, 0)
        self._pace.anew()

    def forget(self, boots):
        """The gateway's mark, {boot: seq}: let go of what it has. Writes nothing; `settle` deletes later.

        Not believed, and counted in `lies`: what is no boot or number, and a seq of this boot that no record has had.
        What of this boot has not been told in its order yet is let go only when it has; of earlier boots, only what was
        handed out since the start. Boots that are not here are no news.
        """
        for boot, seq in boots.items():
            number = records.boot_number(boot)
            if number is None or not isinstance(seq, int) or seq < 0:
                self.lies += 1
                continue
            count = 0
            if number == self._boot:
                if seq > self.last_seq:
                    self.lies += 1
                    continue
                self._mark = max(self._mark, seq)
                count = self._ring.place_after(min(seq, self._top))
                self._ring.pop(count)
            told = seq if number != self._boot else min(seq, max(self._top, self._found_seq))
            if self._segments.mark(number, told, self._top) or count:
                self._pace.answered()
