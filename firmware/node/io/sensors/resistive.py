"""A float sender or chain of reeds: a resistor below a known one, both measured against their supply; its level."""

from node.core import quality, sender


class Resistive:
    """Resistance (mΩ) of the sender. `over_sender`, `supply`: `Analog` each; `series_mohm`: the known one.

    The two may lie behind equal dividers: only their ratio counts.
    """

    def __init__(self, over_sender, supply, series_mohm):
        self._over = over_sender
        self._supply = supply
        self._series_mohm = series_mohm

    def start(self):
        """Of both converters."""
        self._over.start()
        self._supply.start()

    def read(self, now_ms):
        """(mΩ or None, quality). A voltage at an end of the converter is an open or a shorted wire."""
        supply_uv, found = self._supply.read(now_ms)
        if supply_uv is None:
            return None, found
        uv, found = self._over.read(now_ms)
        if found in (quality.OVER_RANGE, quality.UNDER_RANGE):
            return None, quality.SENSOR_FAULT
        if uv is None:
            return None, found
        return sender.resistance(uv, supply_uv, self._series_mohm)


class SenderLevel:
    """Level (µm) over a `Resistive`; `known`: the `sender.Sender` that knows its points."""

    def __init__(self, resistance, known):
        self._resistance = resistance
        self._known = known
        self.half_step_um = known.half_step_um

    def start(self):
        """Of the resistance."""
        self._resistance.start()

    def read(self, now_ms):
        """(µm or None, quality)."""
        mohm, found = self._resistance.read(now_ms)
        return (None, found) if mohm is None else self._known.level(mohm)
