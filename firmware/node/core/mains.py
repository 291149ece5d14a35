"""Is there mains? Edges of an optocoupler, counted: twice a period while there is voltage, none when there is not.

The driver counts edges in an interrupt and calls `feed` some ten times a second with what has come since.
"""

from . import quality
from .rounding import divided

LOSS_MS = (200, 1_000)
BACK_MS = (10_000, 60_000)
FIRST_MS = 2_000
"""So long a node looks before it says anything after its start."""
SILENT_MS = 40
"""Longer without an edge: at this moment there is no voltage."""
WINDOW_MS = 1_000
SLOWEST_HZ, FASTEST_HZ = 40, 70
"""Outside it no set and no grid runs: what comes in is a disturbance, or another signal."""


class Phase:
    """One input. `loss_ms`: gone so long is gone; `back_ms`: there without a gap for so long is back.

    `per_period`: edges of one direction in a period, 2 for two anti-parallel diodes. `was`: what was told before a
    restart (1, 0), when that is known: then `back_ms` holds over the restart, too. `hz`: frequency, 0: none.
    """

    def __init__(
        self, loss_ms: int = 500, back_ms: int = 30_000, per_period: int = 2, was: "int | None" = None
    ) -> None:
        if not LOSS_MS[0] <= loss_ms <= LOSS_MS[1] or not BACK_MS[0] <= back_ms <= BACK_MS[1]:
            raise ValueError("mains: loss_ms must be 200 to 1000, back_ms 10000 to 60000")
        if per_period not in (1, 2):
            raise ValueError("mains: per_period must be 1 (one diode) or 2, not %r" % (per_period,))
        self._loss_ms, self._back_ms, self._per_period = loss_ms, back_ms, per_period
        self._was = was
        self._told: int | None = None
        self._fault = quality.NOT_YET_READ
        self._last_ms: int | None = None
        self._edge_ms = self._live_ms = self._window_ms = 0
        self._window_edges = self._odd_windows = 0
        self.hz = 0

    def feed(self, now_ms: int, edges: int, since_ms: int) -> "tuple[int | None, int]":
        """(1 there · 0 gone · None not known, quality). `edges` since the last call, `since_ms`: age of the last."""
        if self._last_ms is None:  # what was counted before the first look has no time to go with it
            self._last_ms = self._edge_ms = self._live_ms = self._window_ms = now_ms
            return None, self._fault
        if edges:
            # fewer than the slowest mains give in that time: there was a gap that no look has seen
            if edges < (now_ms - self._last_ms) * SLOWEST_HZ * self._per_period // 1000 - 1:
                self._live_ms = now_ms
            self._edge_ms = now_ms - since_ms
        self._last_ms = now_ms
        self._window_edges += edges
        silent_ms = now_ms - self._edge_ms
        if silent_ms > SILENT_MS:
            self._live_ms = now_ms
        if silent_ms >= (self._loss_ms if self._told is not None else FIRST_MS):
            self._told, self._fault, self.hz = 0, quality.GOOD, 0
            self._window_ms, self._window_edges, self._odd_windows = now_ms, 0, 0
        elif now_ms - self._window_ms >= WINDOW_MS:
            self._close_window(now_ms)
        return (None, self._fault) if self._fault != quality.GOOD else (self._told, quality.GOOD)

    def _close_window(self, now_ms: int) -> None:
        """A second is over: was that mains?"""
        edges, self._window_edges = self._window_edges, 0
        self.hz = divided(1000 * edges, (now_ms - self._window_ms) * self._per_period)
        self._window_ms = now_ms
        if not SLOWEST_HZ <= self.hz <= FASTEST_HZ:
            # the second in which mains come or go is odd as well; two in a row are a disturbance
            self._odd_windows = self._odd_windows + 1 if edges else 0
            self._live_ms = now_ms
            if self._odd_windows > 1:
                self._fault = quality.IMPLAUSIBLE
            return
        self._odd_windows = 0
        before = self._told if self._told is not None else self._was
        waited = now_ms - self._live_ms >= (self._back_ms if before == 0 else FIRST_MS)
        if waited or (self._told == 1 and self._fault == quality.GOOD):
            self._told, self._fault = 1, quality.GOOD


def together(phases: "list[tuple[int | None, int]]") -> "tuple[int | None, int]":
    """(1 all there · 0 none there · None, quality) of all phases: a part of the mains is neither there nor gone."""
    for value, found in phases:
        if value is None:
            return None, found
    values = [value for value, _ in phases]
    if all(values):
        return 1, quality.GOOD
    return (None, quality.IMPLAUSIBLE) if any(values) else (0, quality.GOOD)
