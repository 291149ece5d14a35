"""Mains through one optocoupler per phase: an interrupt counts, a look thinks."""

import time

from node.core.mains import Phase, together

SMALL = (1 << 30) - 1
"""An interrupt may not make large numbers: they need memory."""


class _Edges:
    """Counts falling edges of a pin; the interrupt only adds, in small whole numbers."""

    def __init__(self, pin):
        self._pin = pin
        self._count = self._taken = 0
        self._last = time.ticks_ms()

    def start(self):
        self._pin.irq(handler=self._edge, trigger=self._pin.IRQ_FALLING)

    def stop(self):
        self._pin.irq(handler=None)

    def _edge(self, pin):
        self._count = (self._count + 1) & SMALL
        self._last = time.ticks_ms()

    def taken(self):
        """(edges since the last call, age of the last one in ms)."""
        # the count is never set back here: an edge between two steps of that would be lost
        count = self._count
        edges, self._taken = (count - self._taken) & SMALL, count
        return edges, max(0, time.ticks_diff(time.ticks_ms(), self._last))


class Mains:
    """Are the mains there (1, 0)? `pins`: one to three; `phases` then holds (value, quality) of each.

    The node must not be fed from the mains that it watches. Look 5 to 10 times a second.
    """

    def __init__(self, pins, loss_ms=500, back_ms=30_000, per_period=2, was=None):
        self._edges = [_Edges(pin) for pin in pins]
        self._phases = [Phase(loss_ms, back_ms, per_period, was) for _ in pins]
        self.phases = []

    def start(self):
        """Begin to count; the first seconds say nothing."""
        for one in self._edges:
            one.start()

    def stop(self):
        """The pins may belong to others."""
        for one in self._edges:
            one.stop()

    def read(self, now_ms):
        """(1, 0 or None, quality) of all phases together."""
        self.phases = []
        for edges, phase in zip(self._edges, self._phases):
            count, age_ms = edges.taken()
            self.phases.append(phase.feed(now_ms, count, age_ms))
        return together(self.phases)
