"""The time of day of a board that has none: asked of the gateway, believed only when the answer came quickly."""

ANSWER_MS = 2_000
"""A later answer may have waited anywhere on its way."""
MOST_NUMBER = 0x3FFFFFFF
"""Of a wish: what of its moment a chip holds without a place in its memory."""
AGAIN_S = 3_600
ANXIOUS_S = 60
"""So often it is asked while there is no good time."""
HOLDOVER_S = 86_400
"""So long after the last good answer the board's own crystal (20 ppm: 2 s a day) still counts as synchronised."""
UNSYNCED, HOLDOVER, SYNCED = 0, 1, 2


class Wall:
    """Epoch seconds at uptime 0 (`wall0`, None: not known) and how far they can be believed. `now_ms` is uptime."""

    def __init__(self):
        self.wall0 = None
        self._clock = UNSYNCED
        self._wished_ms = None
        self._good_ms = None
        self._ask_ms = 0

    def resume(self, now_ms, wall0):
        """After a deep sleep, whose clock goes wrong by a minute an hour: asked again at once, believed a little."""
        if wall0:
            self.wall0, self._clock, self._good_ms = wall0, HOLDOVER, now_ms

    def due(self, now_ms):
        """Is it time to ask?"""
        return now_ms >= self._ask_ms

    def wished(self, now_ms):
        """The wish leaves now, with the number that is answered: its moment."""
        self._wished_ms = now_ms
        self._ask_ms = now_ms + 1000 * (AGAIN_S if self.quality(now_ms) == SYNCED else ANXIOUS_S)

    def answered(self, now_ms, wall, clock, number):
        """The gateway's time came; True when it is taken. Once for the last wish, in time, and never a worse one."""
        asked = self._wished_ms
        if asked is None or number != asked & MOST_NUMBER:
            return False
        self._wished_ms = None
        if now_ms - asked > ANSWER_MS or clock == UNSYNCED or clock < self.quality(now_ms):
            return False
        self.wall0 = wall - now_ms // 1000
        self._clock, self._good_ms = clock, now_ms
        self._ask_ms = now_ms + 1000 * (AGAIN_S if clock == SYNCED else ANXIOUS_S)
        return True

    def quality(self, now_ms):
        """0 unsynced, 1 holdover, 2 synced."""
        if self._good_ms is None:
            return UNSYNCED
        return min(self._clock, SYNCED if now_ms - self._good_ms <= 1000 * HOLDOVER_S else HOLDOVER)

    def told(self, now_ms):
        """(quality, epoch second or None) as a report says it."""
        return self.quality(now_ms), None if self.wall0 is None else self.wall0 + now_ms // 1000
