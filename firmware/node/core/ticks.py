"""Deadlines and uptime on a millisecond counter that wraps: boards begin again at 2^30 ms, after 12.4 days.

All take the counter as an argument (`time.ticks_ms()` on a board). The Linux interpreter counts to 2^62, a multiple of
2^30, so the same arithmetic holds there. Two moments may lie at most `FARTHEST` apart (6.2 days).
"""

PERIOD = 1 << 30
FARTHEST = (PERIOD >> 1) - 1


def after(now, wait_ms):
    """The counter's value `wait_ms` from now; a longer wait than `FARTHEST` is refused, it would lie in the past."""
    if not 0 <= wait_ms <= FARTHEST:
        raise ValueError("cannot wait %s ms" % wait_ms)
    return (now + wait_ms) % PERIOD


def left(deadline, now):
    """Milliseconds until the deadline; zero or negative when it has come."""
    return (deadline - now + PERIOD // 2) % PERIOD - PERIOD // 2


class Uptime:
    """Milliseconds since the start, without wrap; must be asked at least every 6 days, and is: by every report."""

    def __init__(self, now, began=0):
        self._last = now % PERIOD
        self._ms = began

    def ms(self, now):
        """Milliseconds since the start; a counter that steps back (it must not) stands still here."""
        step = left(now, self._last)
        if step > 0:
            self._ms += step
            self._last = now % PERIOD
        return self._ms

    def seconds(self, now):
        """Whole seconds since the start."""
        return self.ms(now) // 1000
