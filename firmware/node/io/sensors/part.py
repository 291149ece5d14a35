"""A channel that is a part of another one's sensor: a phase of the mains, the start of an engine, its charger."""

from node.core import quality


class Phase:
    """One of the phases of a mains input (1, 0)."""

    def __init__(self, whole, number):
        self._whole = whole
        self._number = number

    def start(self):
        """With the whole."""

    def read(self, now_ms):
        """(1, 0 or None, quality) as the last look at the whole saw it."""
        phases = self._whole.driver.phases
        return phases[self._number] if phases else (None, quality.NOT_YET_READ)


class Crank:
    """The lowest voltage (mV) or the length (ms) of the last start; `place` 0 or 1. Told at once, then in its turn."""

    def __init__(self, whole, place):
        self._whole = whole
        self._place = place
        self._seen = 0
        self.urgent = False

    def start(self):
        """With the whole."""

    def read(self, now_ms):
        """(mV or ms or None, quality); `not_yet_read` until a start was seen."""
        battery = self._whole.driver
        self.urgent = battery.starts != self._seen
        self._seen = battery.starts
        return (battery.crank[self._place], quality.GOOD) if battery.crank else (None, quality.NOT_YET_READ)


def part(signal, whole, mains):
    """The driver of a channel that is a part of the input `whole`."""
    if signal == "charger.failed":
        from node.io.sensors.charger import Charger

        return Charger(whole, mains)
    if signal.startswith("engine."):
        return Crank(whole, 1 if signal == "engine.crank_time" else 0)
    return Phase(whole, int(signal[-1]) - 1)
