"""Ultrasound by a module that reckons by itself and tells millimetres over a serial line (JSN-SR04T, AJ-SR04M).

Four bytes: 255, high, low, sum of these three. It asks for nothing and stands nobody still.
"""

from node.core import echo, quality

HEAD = 0xFF
SILENT_MS = 1_500
"""So long without a whole answer: the module is gone."""


class UltrasonicUart:
    """Time of one echo (µs), reckoned back. `uart`: 9600 baud; `ask`: the byte that makes it measure, None: it does so
    by itself."""

    def __init__(self, uart, ask=None):
        self._uart = uart
        self._ask = None if ask is None else bytes((ask,))
        self._heard_ms = None

    def start(self):
        """What came before is of no time."""
        self._uart.read()

    def read(self, now_ms):
        """(µs or None, quality); `not_yet_read` while nothing whole has come."""
        if self._heard_ms is None:
            self._heard_ms = now_ms
        told = self._uart.read() or b""
        if self._ask:
            self._uart.write(self._ask)
        at = len(told) - 4
        while at >= 0:  # the newest that is whole
            if told[at] == HEAD and (told[at] + told[at + 1] + told[at + 2]) & 0xFF == told[at + 3]:
                self._heard_ms = now_ms
                return echo.time_us(told[at + 1] << 8 | told[at + 2]), quality.GOOD
            at -= 1
        return None, quality.COMM_ERROR if now_ms - self._heard_ms > SILENT_MS else quality.NOT_YET_READ
