"""The level below an ultrasonic sensor: what an echo means in air of that temperature."""

from node.core import echo, level, quality

BLIND_MM = 250
FARTHEST_MM = 4_000


class EchoLevel:
    """Level (µm). `told`: sensor_mm (its height above the bottom), blind_mm, farthest_mm; `air`: a thermometer's input.

    None as `air`: the module reckons with a temperature of its own.
    """

    def __init__(self, sensor, told, air):
        self._sensor = sensor
        self._sensor_mm = told["sensor_mm"]
        self._blind_mm = told.get("blind_mm", BLIND_MM)
        self._farthest_mm = told.get("farthest_mm", FARTHEST_MM)
        self._air = air

    def start(self):
        """Of the sensor."""
        self._sensor.start()

    def read(self, now_ms):
        """(µm or None, quality)."""
        echo_us, found = self._sensor.read(now_ms)
        if echo_us is None:
            return None, found
        air = self._air.last if self._air else (echo.ASSUMED_C, quality.GOOD)
        gap_um, found = echo.gap(echo_us, air, self._blind_mm, self._farthest_mm)
        return (None, found) if gap_um is None else (level.from_gap(gap_um, self._sensor_mm), found)
