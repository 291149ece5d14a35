"""Is the charger of the start battery well? Seen in the battery's voltage while there are mains."""

from node.core.charge import Charge


class Charger:
    """Does the charger fail (1), or charge (0)? `mains`: the input that knows whether it could, or None."""

    def __init__(self, whole, mains):
        self._whole = whole
        self._mains = mains
        self._charge = Charge(whole.driver.nominal_mv)

    def start(self):
        """With the whole."""

    def read(self, now_ms):
        """(1, 0 or None, quality)."""
        return self._charge.feed(now_ms, self._whole.last[0], self._mains.last[0] if self._mains else None)
