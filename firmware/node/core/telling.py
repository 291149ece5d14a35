"""When is a value worth a report: in its turn, or at once because it changed, a fault came or went, a limit passed."""

from . import quality
from .limit import Limit

NOT_NOW, IN_TURN, AT_ONCE = 0, 1, 2
PAUSE_MS = 1_000
"""Between two reports of one channel, however wildly its sensor behaves."""


class Told:
    """One channel. `every_ms`: its turn; `limit`: (least, most) or None; `flag`: every change of its value is news."""

    def __init__(self, every_ms, limit=None, flag=False):
        self._every_ms = every_ms
        self._limit = Limit(limit[0], limit[1]) if limit else None
        self._flag = flag
        self._last = None
        self._at_ms = None
        self._urgent = False

    def feed(self, now_ms, value, found, urgent=False):
        """What a look saw: NOT_NOW, IN_TURN or AT_ONCE. The first value after a start is no event.

        `urgent`: the sensor itself says that it is worth a report at once.
        """
        self._urgent = self._urgent or urgent
        passed = self._limit.feed(now_ms, value) if self._limit else False
        if self._at_ms is None:
            if self._flag and self._last and value not in (None, self._last[0]):
                return AT_ONCE  # it changed while nobody looked
            # until the first turn has passed, a sensor that has not yet seen anything is no news
            return IN_TURN if found != quality.NOT_YET_READ or now_ms >= self._every_ms else NOT_NOW
        since = now_ms - self._at_ms
        changed = found != self._last[1] or (self._flag and value != self._last[0])
        if (changed or passed or self._urgent) and found != quality.NOT_YET_READ and since >= PAUSE_MS:
            return AT_ONCE
        return IN_TURN if since >= self._every_ms else NOT_NOW

    def told(self, now_ms, value, found):
        """It is in a record now."""
        self._last, self._at_ms, self._urgent = (value, found), now_ms, False

    def period_s(self):
        """Seconds from turn to turn."""
        return self._every_ms // 1000

    def waits(self):
        """Will the next look be a report?"""
        return self._at_ms is None

    def known(self):
        """(quality, value) that was last told, None where there is no value."""
        return (self._last[1], self._last[0]) if self._last and self._last[0] is not None else None

    def resume(self, found, value):
        """That was told before a sleep; a change since then is news."""
        self._last = value, found

    def again(self):
        """Somebody listens anew: the next look is a report."""
        self._at_ms = None
