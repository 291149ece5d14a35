"""Does the charger of the start battery do its work? Only mains that are there can prove that it does not."""

from . import quality
from .battery import blocks

HOUR_MS = 3_600_000
CHARGED_MV = 13_000
CHARGED_AGAIN_MV = 13_200
"""Per block of 12 V."""


class Charge:
    """Mains for an hour without the voltage of a charge: it has failed."""

    def __init__(self, nominal_mv: int) -> None:
        self._count = blocks(nominal_mv)
        self._low_ms: int | None = None
        self._told: tuple[int | None, int] = (None, quality.NOT_YET_READ)

    def feed(self, now_ms: int, mv: "int | None", mains: "int | None") -> "tuple[int | None, int]":
        """(1 failed · 0 charges · None not known, quality) after one averaged reading; `mains`: 1, 0 or None."""
        self._told = self._judged(now_ms, mv, mains)
        return self._told

    def _judged(self, now_ms: int, mv: "int | None", mains: "int | None") -> "tuple[int | None, int]":
        if mv is None or mains != 1:
            self._low_ms = None
            return None, quality.NOT_YET_READ
        failed = self._told[0] == 1
        if mv >= (CHARGED_AGAIN_MV if failed else CHARGED_MV) * self._count:
            self._low_ms = None
            return 0, quality.GOOD
        if self._low_ms is None:
            self._low_ms = now_ms
        if failed or now_ms - self._low_ms >= HOUR_MS:
            return 1, quality.GOOD
        return self._told
