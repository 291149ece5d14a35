"""One channel of the node while it runs: its driver, when it is looked at, what it said last."""

from node.core import quality


class Input:
    """`row`: of `core/channels.py`; `told`: when it is reported; `calibration`: of `core/calibration.py`, or None.

    A driver that has `urgent` says after each read whether that is worth a report at once; one that has `next_ms`, when
    it wants to be read again; one that has `glance(now_ms)` wants to be glanced at in between, every so many ms.
    """

    def __init__(self, row, driver, look_ms, told, calibration=None):
        self.row = row
        self.driver = driver
        self.look_ms = look_ms
        self.told = told
        self.last = (None, quality.NOT_YET_READ)
        self.due_ms = 0
        self._calibration = calibration

    def look(self, now_ms):
        """(value or None, quality) now; a driver that fails is a word, whatever it did."""
        self.due_ms = now_ms + self.look_ms
        try:
            value, found = self.driver.read(now_ms)
            if value is not None and self._calibration:
                value, found = self._calibration.corrected(value)
            self.last = value, found
            self.due_ms = now_ms + getattr(self.driver, "next_ms", self.look_ms)
        except Exception:  # a sensor that breaks must not take the others along
            self.last = (None, quality.SENSOR_FAULT)
        return self.last

    def glance(self, now_ms):
        """How many ms until the next glance: none is wanted, or it failed, and the next look says so."""
        if not hasattr(self.driver, "glance"):
            return 1_000
        try:
            return self.driver.glance(now_ms)
        except Exception:
            return 1_000

    def stop(self):
        """Another configuration: its pins may belong to others from now on."""
        if hasattr(self.driver, "stop"):
            self.driver.stop()
