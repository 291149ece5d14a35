"""A limit that is worth a report at once: passed for a while, and not left by a flicker."""


class Limit:
    """`low`, `high`: outside is passed (None: no such end). `hold_ms`: for so long; `back`: so far inside it ends."""

    def __init__(self, low: "int | None", high: "int | None", hold_ms: int = 0, back: int = 0) -> None:
        if low is not None and high is not None and low >= high:
            raise ValueError("limit: low (%r) must be below high (%r)" % (low, high))
        self._low = low
        self._high = high
        self._hold_ms = hold_ms
        self._back = back
        self._since_ms: int | None = None
        self.passed = False

    def feed(self, now_ms: int, value: "int | None") -> bool:
        """Has it just been passed, or just come to an end? No value, no verdict: it stays as it was."""
        if value is None:
            return False
        slack = self._back if self.passed else 0
        outside = (self._low is not None and value < self._low + slack) or (
            self._high is not None and value > self._high - slack
        )
        if self.passed:
            if not outside:
                self.passed, self._since_ms = False, None
                return True
            return False
        if not outside:
            self._since_ms = None
            return False
        if self._since_ms is None:
            self._since_ms = now_ms
        self.passed = now_ms - self._since_ms >= self._hold_ms
        return self.passed
