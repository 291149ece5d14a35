"""How fast the past is told: a limited rate, so many at a time without an answer, and again when none comes."""


class Pace:
    """`per_minute` records; at most `window` without a mark; after `patience_s` without a step all are told again."""

    def __init__(self, per_minute, window, patience_s):
        self._per_minute = per_minute
        self._window = window
        self._patience_s = patience_s
        self._burst = max(per_minute // 6, 1)
        self._sixtieths = self._burst * 60
        self._up_s = None
        self._waiting = 0
        self._head = self._since = None

    def grant(self, limit, up_s):
        """How many of `limit` records may be told now; without a time only the window counts."""
        if up_s is not None:
            passed = 0 if self._up_s is None else min(max(up_s - self._up_s, 0), 60)
            self._up_s = up_s
            self._sixtieths = min(self._sixtieths + passed * self._per_minute, self._burst * 60)
            limit = min(limit, self._sixtieths // 60)
        return max(min(limit, self._window - self._waiting), 0)

    def told(self, count, up_s, waiting):
        """So many were handed out now, and a mark for so many of them is still to come."""
        self._waiting += waiting
        if up_s is not None:
            self._sixtieths -= count * 60

    def answered(self):
        """A mark let something go."""
        self._waiting = 0

    def anew(self):
        """All is told again from here on: as if nothing had been told."""
        self._waiting = 0
        self._head = None

    def stalled(self, up_s, head):
        """Is `head`, the oldest that was told and is not confirmed (None: there is none), the same for too long?

        The head alone counts: the newest values may be confirmed every minute while an old report got lost.
        """
        if up_s is None:
            return False
        if head is None or head != self._head:
            self._head, self._since = head, up_s
        return head is not None and up_s - self._since >= self._patience_s
