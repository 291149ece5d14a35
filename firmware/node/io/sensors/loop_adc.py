"""A 4–20 mA transmitter over a shunt: its current, and the level that it means."""

from node.core import level, loop, quality


class LoopAdc:
    """Current of the loop (µA). `voltage`: an `Analog` over the shunt, straight within `limits` (µV)."""

    def __init__(self, voltage, shunt_mohm, limits):
        loop.check_shunt(shunt_mohm, limits)
        self._voltage = voltage
        self._shunt_mohm = shunt_mohm

    def start(self):
        """Of the converter."""
        self._voltage.start()

    def read(self, now_ms):
        """(µA or None, quality): outside what the converter sees the loop is broken or shorted, whatever else it is."""
        uv, found = self._voltage.read(now_ms)
        if found in (quality.OVER_RANGE, quality.UNDER_RANGE):
            return None, quality.SENSOR_FAULT
        if uv is None:
            return None, found
        current = loop.current_ua(uv, self._shunt_mohm)
        found = loop.judged(current)
        return (current, found) if found == quality.GOOD else (None, found)


class LoopLevel:
    """Level (µm) over a `LoopAdc`. `told`: one of span_mm (of the fuel), span_water_mm, span_pa: at 4 and at 20 mA.

    For the last two density (kg/m³ at 15 °C); `fuel`: the input of its thermometer, or None: 15 °C is taken.
    """

    def __init__(self, current, told, fuel):
        self._current = current
        for name in ("span_mm", "span_water_mm", "span_pa"):
            if name in told:
                self._kind = name
                self._span = told[name]
        self._density = told.get("density", 0)
        self._above_mm = told.get("above_bottom_mm", 0)
        self._fuel = fuel

    def start(self):
        """Of the loop."""
        self._current.start()

    def read(self, now_ms):
        """(µm or None, quality). A thermometer that fails costs a hundredth, and no level."""
        current, found = self._current.read(now_ms)
        if current is None:
            return None, found
        # of millimetres a thousandth is kept
        times = 1 if self._kind == "span_pa" else 1000
        value, found = loop.scaled(current, times * self._span[0], times * self._span[1])
        if value is None:
            return None, found
        if self._kind == "span_mm":
            return value + 1000 * self._above_mm, found
        centi_c = self._fuel.last[0] if self._fuel else None
        turned = level.from_pressure if self._kind == "span_pa" else level.from_water
        return turned(value, self._density, centi_c, self._above_mm), found
