"""Doors, lids, float switches: a contact that bounces, and a loop that tells a cut wire from an open door."""

from . import quality
from .rounding import divided


class Steady:
    """What a contact says once it has said so for a while. `on_ms` before a 1 counts, `off_ms` before a 0.

    Until it has been steady once it says nothing (`not_yet_read`): a node that starts reports no event.
    """

    def __init__(self, on_ms: int, off_ms: int) -> None:
        if not (0 <= on_ms <= 60_000 and 0 <= off_ms <= 60_000):
            raise ValueError("contact: the two delays must be 0 to 60000 ms, not %r and %r" % (on_ms, off_ms))
        self._delay_ms = (off_ms, on_ms)
        self._seen: int | None = None
        self._since_ms = 0
        self._told: int | None = None

    def feed(self, now_ms: int, value: "int | None") -> "tuple[int | None, int]":
        """(1, 0 or None, quality) after one look; a look without a value begins the wait anew."""
        if value != self._seen:
            self._seen, self._since_ms = value, now_ms
        if value is None:
            self._told = None
        elif now_ms - self._since_ms >= self._delay_ms[value]:
            self._told = value
        return (self._told, quality.GOOD) if self._told is not None else (None, quality.NOT_YET_READ)

    def touched(self, now_ms: int) -> None:
        """An interrupt saw an edge between two looks: it was not steady."""
        self._since_ms = now_ms


def supervised(uv: int, supply_uv: int) -> "tuple[int | None, int]":
    """(1 open · 0 closed · None, quality) of a loop with two equal resistors and an equal pull-up.

    One resistor lies in series with the contact, one across it: closed reads 1/2 of the supply, open 2/3, a cut wire
    all of it, a short nothing. Between the bands is a fault as well.
    """
    if supply_uv <= 0:
        return None, quality.BAD_DATA
    share = divided(1000 * uv, supply_uv)
    if 430 <= share <= 570:
        return 0, quality.GOOD
    if 600 <= share <= 740:
        return 1, quality.GOOD
    return None, quality.SENSOR_FAULT
