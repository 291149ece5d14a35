"""A start, caught at 100 to 200 samples a second: how far the battery sank, and for how long."""

BELOW_MV = 11_500
"""Per 12 V: from here on every sample counts."""
DIP_MV = 500
"""An announced start that does not pull the voltage down by so much was none."""
OVER_MS = 300
"""So long back above the limit: the starter has let go."""
LONGEST_MS = 60_000
"""A battery that stays so low is flat; it is not being cranked."""
ANNOUNCED_MS = 15_000


class Crank:
    """Feed it every sample while `fast` is true and each low one; `rests` takes the others. `count`: blocks of 12 V."""

    def __init__(self, count: int) -> None:
        self._limit_mv = BELOW_MV * count
        self._dip_mv = DIP_MV * count
        self._announced_ms: int | None = None
        self._rest_mv = 0
        self._flat = False
        self._first_ms: int | None = None
        self._last_ms = 0
        self._lowest_mv: int | None = None
        self._three: list[int] = []

    def fast(self, now_ms: int) -> bool:
        """Shall the next sample come within 5 to 10 ms?"""
        return self._first_ms is not None or self._waiting(now_ms)

    def announce(self, now_ms: int) -> None:
        """A start is coming (a relay was seen, the mains have gone): look closely from now on."""
        self._announced_ms = now_ms

    def rests(self, mv: int) -> None:
        """An averaged reading between starts: what a dip is measured from."""
        self._rest_mv = mv
        self._flat = self._flat and mv < self._limit_mv

    def feed(self, now_ms: int, mv: int) -> "tuple[int, int] | None":
        """One sample; (lowest mV, duration in ms) when a start is over, else None.

        The lowest is that of the middle of three samples in a row: one spark is no voltage.
        """
        low = mv < self._limit_mv or (self._waiting(now_ms) and 0 < mv < self._rest_mv - self._dip_mv)
        if self._flat:
            self._flat = low
            return None
        if self._first_ms is None:
            if not low:
                self._rest_mv = mv
                return None
            self._first_ms = now_ms
        self._three = self._three[-2:] + [mv]
        if len(self._three) == 3:
            middle = sorted(self._three)[1]
            self._lowest_mv = middle if self._lowest_mv is None else min(self._lowest_mv, middle)
        if low:
            self._last_ms = now_ms
            if now_ms - self._first_ms > LONGEST_MS:
                self._flat = True
                self._clear()
            return None
        return self._ended() if now_ms - self._last_ms >= OVER_MS else None

    def _waiting(self, now_ms: int) -> bool:
        return self._announced_ms is not None and now_ms - self._announced_ms <= ANNOUNCED_MS

    def _ended(self) -> "tuple[int, int] | None":
        lowest, length = self._lowest_mv, self._last_ms - (self._first_ms or 0)
        self._clear()
        self._announced_ms = None
        # a single low sample is a disturbance; a starter turns for longer than two of them
        if lowest is None or length == 0 or lowest >= self._rest_mv - self._dip_mv:
            return None
        return lowest, length

    def _clear(self) -> None:
        self._first_ms = self._lowest_mv = None
        self._three = []
