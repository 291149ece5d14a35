"""A counter of pulses (a flow meter, a door counter, an energy meter's S0): only forward, and no faster than it can."""

from . import quality

WRAP = 1 << 30
"""An interrupt counts in small whole numbers and begins at 0 after this."""


class Pulses:
    """Counts on from `kept`, what retained memory held over a restart; without it from 0, and the boot id tells so.

    `most_hz`: more than that is a disturbance. It is not counted, and the value is a word until the input is calm.
    """

    def __init__(self, kept: int = 0, most_hz: int = 50) -> None:
        if kept < 0 or not 0 < most_hz <= 1000:
            raise ValueError("pulse: kept must not be negative, most_hz must be 1 to 1000")
        self._count = kept
        self._most_hz = most_hz
        self._last_ms: int | None = None
        self._last = 0

    def feed(self, now_ms: int, counted: int) -> "tuple[int | None, int]":
        """(count or None, quality). `counted`: by the interrupt since its start, which may have wrapped."""
        new = (counted - self._last) % WRAP
        lasted = None if self._last_ms is None else now_ms - self._last_ms
        self._last, self._last_ms = counted % WRAP, now_ms
        # one more than the rate allows: two pulses can lie on both sides of a look
        if lasted is not None and 1000 * (new - 1) > self._most_hz * lasted:
            return None, quality.IMPLAUSIBLE
        self._count += new
        return self._count, quality.GOOD
