"""The start battery through a divider: slowly most of the time, closely while somebody starts the engine."""

from micropython import const
from node.core import battery, quality
from node.core.crank import BELOW_MV, Crank

_FAST_MS = const(6)
"""100 to 160 samples a second, with what lies between."""
_WATCH_MS = const(20)


class BatteryVoltage:
    """Voltage (mV). `voltage`: an `Analog` over the lower resistor of the divider; `nominal_mv` 12000 or 24000.

    `glance` watches for a start in between, one reading at a time; `starts` counts them, `crank` is (lowest mV, ms) of
    the last. `mains`: the input of the mains, or None: when they go, a start is near.
    """

    def __init__(self, voltage, upper_ohm, lower_ohm, nominal_mv, mains=None):
        self._voltage = voltage
        self._ohm = (upper_ohm, lower_ohm)
        self.nominal_mv = nominal_mv
        self._count = battery.blocks(nominal_mv)
        self._low_uv = 1000 * BELOW_MV * self._count * lower_ohm // (upper_ohm + lower_ohm)
        self._crank = Crank(self._count)
        self._mains = mains
        self._mains_were = None
        self.crank = None
        self.starts = 0

    def start(self):
        """Of the converter."""
        self._voltage.start()

    def glance(self, now_ms):
        """ms until the next glance: some 6 while the engine is being started, else 20."""
        uv = self._voltage.glance()
        if uv >= self._low_uv and not self._crank.fast(now_ms):
            return _WATCH_MS  # nothing is reckoned here: large numbers would fill the heap fifty times a second
        ended = self._crank.feed(now_ms, battery.voltage_mv(uv, self._ohm[0], self._ohm[1]))
        if ended:
            self.crank = ended
            self.starts += 1
        return _FAST_MS if self._crank.fast(now_ms) else _WATCH_MS

    def read(self, now_ms):
        """(mV or None, quality)."""
        mains = self._mains.last[0] if self._mains else None
        if mains == 0 and self._mains_were:
            self._crank.announce(now_ms)
        self._mains_were = mains
        uv, found = self._voltage.read(now_ms)
        if uv is None:
            return None, found
        mv, found = battery.judged(battery.voltage_mv(uv, self._ohm[0], self._ohm[1]), self._count)
        if mv is None:
            return None, found
        if not self._crank.fast(now_ms):
            self._crank.rests(mv)
        return mv, quality.GOOD
