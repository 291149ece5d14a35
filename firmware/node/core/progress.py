"""Is everybody still at work? The watchdog is fed only then."""


class Progress:
    """Tasks by name, each with the longest time (ms) that it may be silent."""

    def __init__(self, limits, now_ms):
        self._limits = limits
        self._last = dict.fromkeys(limits, now_ms)

    def made(self, name, now_ms):
        """That task has got on."""
        self._last[name] = now_ms

    def late(self, now_ms):
        """The name of a task that is overdue, or None."""
        for name, limit in self._limits.items():
            if now_ms - self._last[name] > limit:
                return name
        return None
