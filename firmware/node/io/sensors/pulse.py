"""Pulses of a meter on one pin."""

import time

from node.core.pulse import WRAP, Pulses


class Pulse:
    """Count. `kept`: what retained memory held over a restart; `width_ms`: shorter ones are a bounce."""

    def __init__(self, pin, kept=0, most_hz=50, width_ms=5):
        self._pin = pin
        self._width_ms = width_ms
        self._pulses = Pulses(kept, most_hz)
        self._count = 0
        self._last = time.ticks_ms()

    def start(self):
        """Begin to count."""
        self._pin.irq(handler=self._edge, trigger=self._pin.IRQ_FALLING)

    def stop(self):
        """The pin may belong to another."""
        self._pin.irq(handler=None)

    def _edge(self, pin):
        now = time.ticks_ms()
        if time.ticks_diff(now, self._last) >= self._width_ms:
            self._count = (self._count + 1) % WRAP
        self._last = now

    def read(self, now_ms):
        """(count or None, quality)."""
        return self._pulses.feed(now_ms, self._count)
