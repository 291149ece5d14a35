"""A door, lid or float switch in a loop with two resistors, which tells a cut wire."""

from node.core import quality
from node.core.contact import Steady, supervised


class Supervised:
    """What `door.Contact` tells, over two resistors: `voltage` and `supply` are `Analog`."""

    def __init__(self, voltage, supply, closed_is=0, on_ms=50, off_ms=50):
        self._voltage = voltage
        self._supply = supply
        self._closed_is = closed_is
        self._steady = Steady(on_ms, off_ms)

    def start(self):
        """Of both converters."""
        self._voltage.start()
        self._supply.start()

    def read(self, now_ms):
        """(1, 0 or None, quality); cut and shorted are a fault, not an open door."""
        supply_uv, found = self._supply.read(now_ms)
        if supply_uv is None:
            return None, found
        uv, found = self._voltage.read(now_ms)
        if found in (quality.OVER_RANGE, quality.UNDER_RANGE):
            is_open, found = None, quality.SENSOR_FAULT
        elif uv is None:
            is_open = None
        else:
            is_open, found = supervised(uv, supply_uv)
        told = self._steady.feed(now_ms, None if is_open is None else self._closed_is ^ is_open)
        return told if is_open is not None else (None, found)
