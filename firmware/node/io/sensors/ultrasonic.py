"""Ultrasound with a trigger and an echo pin (HC-SR04, JSN-SR04T, AJ-SR04M in its pulse mode)."""

import time

from machine import time_pulse_us
from node.core import quality

TIMEOUT_US = 30_000
"""4 m and back; the scheduler stands still so long at most."""
PAUSE_MS = 60
"""A ping sooner than this would hear the echo of the last one."""


class Ultrasonic:
    """Time of one echo (µs). `trigger`, `echo`: pins; a 5 V module needs a divider before the echo pin."""

    def __init__(self, trigger, echo):
        self._trigger = trigger
        self._echo = echo
        self._last_ms = None

    def start(self):
        """Trigger low, so that the first ping begins with an edge."""
        self._trigger.value(0)

    def read(self, now_ms):
        """(µs, quality); what no echo means is for `node.core.echo`, so -1 and -2 are answers, too."""
        if self._last_ms is not None and now_ms - self._last_ms < PAUSE_MS:
            return None, quality.NOT_YET_READ
        self._last_ms = now_ms
        if self._echo.value():
            return None, quality.SENSOR_FAULT  # held high: shorted, or still busy with a ping that nobody sent
        self._trigger.value(1)
        time.sleep_us(15)
        self._trigger.value(0)
        return time_pulse_us(self._echo, 1, TIMEOUT_US), quality.GOOD
