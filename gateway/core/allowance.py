"""How many of a kind may come: so many at once, then one every so often. What is more waits, or is not told.

Whoever may write to a broker could otherwise fill the card, and the bill, with what must never be thinned.
"""


class Allowance:
    """Kept for one kind. `most`: at once; `every_ms`: after which uptime there is room for one more."""

    def __init__(self, most: int, every_ms: int) -> None:
        self._most = most
        self._every_ms = every_ms
        self._left = most
        self._since_ms: int | None = None

    def take(self, up_ms: int, count: int = 1) -> bool:
        """Is there room for so many together? It is taken then."""
        if self._since_ms is None or self._left >= self._most:
            self._since_ms = up_ms
        more = max(0, up_ms - self._since_ms) // self._every_ms
        self._left = min(self._most, self._left + more)
        self._since_ms += more * self._every_ms
        if self._left < count:
            return False
        self._left -= count
        return True
