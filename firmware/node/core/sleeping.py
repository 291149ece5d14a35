"""Into a deep sleep and out of it: how long it may be, and what must not be lost. Loaded for just that.

Everything is whole numbers: ms, µA.
"""

import struct

SHORTEST_S = 10
_HEAD = "<IQIIIIIIQIB"
_ROW = "<BBi"


def sleep_s(period_s, awake_ms, radio_ms, budget):
    """As short as the battery allows after a wake that cost so much, never longer than one report period.

    `budget` (see `python -m hw.nodes`): allowed_ua, the mean that the battery can give for as long as is wished;
    awake_ua, radio_ua, asleep_ua, what this board takes. None: no budget, a whole period.
    """
    need_s = period_s
    if budget and budget["allowed_ua"] > budget["asleep_ua"]:
        spent = radio_ms * budget["radio_ua"] + (awake_ms - radio_ms) * budget["awake_ua"]
        over = max(spent - budget["allowed_ua"] * awake_ms, 0)
        need_s = -(-over // (1000 * (budget["allowed_ua"] - budget["asleep_ua"])))
    return min(max(need_s, SHORTEST_S), period_s)


class Carried:
    """What a sleep must not lose; times in ms. `duty`: (awake, radio, asleep) so far.

    `rows`: [(channel, quality, value)] of flags, `slots`: of the RAM ring.
    """

    def __init__(self, boot, up, seq, wall0, dropped, duty, clock, planned_s, rows, slots):
        self.boot, self.up, self.seq, self.wall0, self.dropped = boot, up, seq, wall0, dropped
        self.duty, self.clock, self.planned_s, self.rows, self.slots = duty, clock, planned_s, rows, slots

    def packed(self):
        """As bytes for the retained memory."""
        head = struct.pack(
            _HEAD, self.boot, self.up, self.seq, self.wall0 or 0, self.dropped, self.duty[0], self.duty[1],
            self.duty[2], self.clock, self.planned_s, len(self.rows),
        )  # fmt: skip
        for row in self.rows:
            head += struct.pack(_ROW, *row)
        return head + self.slots


def carried(body):
    """What `packed` made; ValueError when it is none, after a change of the program for instance."""
    size, row = struct.calcsize(_HEAD), struct.calcsize(_ROW)
    if len(body) < size:
        raise ValueError("nothing carried")
    boot, up, seq, wall0, dropped, awake, radio, asleep, clock, planned_s, count = struct.unpack_from(_HEAD, body)
    rows = [struct.unpack_from(_ROW, body, size + place * row) for place in range(count)]
    slots = body[size + count * row :]
    duty = (awake, radio, asleep)
    return Carried(boot, up, seq, wall0 or None, dropped, duty, clock, planned_s, rows, slots)


def woken(body, clock_ms):
    """What the sleep before handed over, its length reckoned in; None when that cannot be read.

    A clock that says what cannot be is not believed: then the sleep was as long as planned.
    """
    try:
        found = carried(body)
    except ValueError:
        return None
    slept_ms = clock_ms - found.clock
    if not 0 <= slept_ms <= 1_100 * found.planned_s + 5_000:
        slept_ms = 1_000 * found.planned_s
    found.up += slept_ms
    found.duty = found.duty[0], found.duty[1], found.duty[2] + slept_ms
    return found
