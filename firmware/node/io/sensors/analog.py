"""A voltage (µV): many readings of one converter input, within what it can read straight."""

from node.core import analog, quality
from node.core.filters import median

READINGS = 32


class Analog:
    """`source.read_uv()` gives one reading: an ESP32's or Pico's input as the board wraps it, or an ADS1115's.

    `limits`: (lowest, highest) µV that can be believed, of `node.core.analog`.
    """

    def __init__(self, source, limits, readings=READINGS):
        self._source = source
        self._limits = limits
        self._readings = readings

    def start(self):
        """A converter needs no beginning; an ADS1115 has one of its own."""
        if hasattr(self._source, "start"):
            self._source.start()

    def read(self, now_ms):
        """(µV or None, quality) in the middle of some readings: the radio disturbs single ones."""
        try:
            found = median([self._source.read_uv() for _ in range(self._readings)])
        except OSError:
            return None, quality.COMM_ERROR
        judged = analog.judged(found, self._limits)
        return (found, judged) if judged == quality.GOOD else (None, judged)

    def glance(self):
        """One reading (µV) as it is."""
        return self._source.read_uv()
