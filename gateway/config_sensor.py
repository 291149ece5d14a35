"""What no option of a node's sensor says alone: is it wired, does it fit its converter, its tank, its neighbours?"""

from typing import Any

from firmware.node.core import analog, battery, loop
from firmware.node.core.calibration import Calibration
from firmware.node.core.options import OURS, Options
from firmware.node.core.sender import Sender
from firmware.node.core.tank import Tank
from firmware.node.core.temperature import crc8

FUEL = ("ultrasonic", "ultrasonic_uart", "loop", "resistive")
THERMOMETERS = ("ds18b20", "played")
PARTS = {
    "mains.present_l1": "mains",
    "mains.present_l2": "mains",
    "mains.present_l3": "mains",
    "engine.crank_voltage_min": "battery",
    "engine.crank_time": "battery",
    "charger.failed": "battery",
}
"""What a `part` can be, and of which sensor."""
SPANS = ("span_mm", "span_water_mm", "span_pa")
LIMITS = {"esp32": analog.ESP32_UV["11"], "pico-w": analog.PICO_UV}
BLIND_MM = 250


class Sensors:
    """The sensors of one node; `board`: its name, or "" while nobody knows; `told`: signal → what the node is told."""

    def __init__(self, board: str, told: dict[str, dict[str, Any]]) -> None:
        self._board = board
        self._told = told
        self._options = Options(board, told)

    def fault(self, signal: str, unit: str) -> str:
        """What is wrong with one channel, in one sentence; "" when it can be measured."""
        told = self._told[signal]
        try:
            self._options.check(signal, unit, told)
            if "calibration" in told:
                Calibration([list(pair) for pair in told["calibration"]])
            if "tank" in told:
                Tank(told["tank"])
            return self._wired(told) or self._named(signal, told) or self._fuel(signal, told) or self._fits(told)
        except ValueError as fault:
            return str(fault)

    def _wired(self, told: dict[str, Any]) -> str:
        """A converter of the board, or an ADS1115 with its two wires."""
        kind = told["sensor"]
        if kind == "ds18b20":
            try:
                whole = crc8(bytes.fromhex(told["rom"])) == 0
            except ValueError:
                whole = False
            if not whole:
                return (
                    f"rom: {told['rom']} is mistyped, for its last two digits do not fit the rest; scan the wire anew"
                )
            self._options.claim(f"the thermometer {told['rom'].lower()}")
        if kind not in ("loop", "supervised", "resistive"):
            return ""
        ours, other = ("pin", "input") if "pin" in told else ("input", "pin")
        if ours not in told or other in told:
            return "one of pin (of the board) and input (of an ADS1115) must be named"
        strange = [name for name in ("sda", "scl", "address", f"supply_{other}") if name in told and ours == "pin"]
        strange += [f"supply_{other}"] if ours == "input" and f"supply_{other}" in told else []
        missing = [name for name in ("sda", "scl") if ours == "input" and name not in told]
        missing += [f"supply_{ours}"] if kind != "loop" and f"supply_{ours}" not in told else []
        if strange:
            return f"{strange[0]} does not go with {ours}: one converter measures all of a sensor"
        if missing:
            return f"{missing[0]} is missing"
        if ours == "input":
            for name, shared in (("input", ""), ("supply_input", "supply")):
                if name in told:
                    self._options.claim(f"input {told[name]} of the ADS1115 {told.get('address', 0x48):#x}", shared)
        return ""

    def _named(self, signal: str, told: dict[str, Any]) -> str:
        """Other channels that it names must be what it takes them for."""
        for name, kinds in (("air", THERMOMETERS), ("fuel", THERMOMETERS), ("mains", ("mains", "played"))):
            if name in told and self._told[told[name]]["sensor"] not in kinds:
                return f"{name}: {told[name]} is measured by none of {', '.join(kinds)}"
        if told["sensor"] != "part":
            return ""
        whole = self._told[told["of"]]
        if PARTS.get(signal) != whole["sensor"]:
            return f"of: {signal} is no part of {told['of']}"
        if whole["sensor"] == "mains" and int(signal[-1]) > len(whole["pins"]):
            return f"of: {told['of']} watches {len(whole['pins'])} phases"
        return ""

    def _fuel(self, signal: str, told: dict[str, Any]) -> str:
        if told["sensor"] not in FUEL:
            return ""
        if (signal == "fuel.litres") != ("tank" in told):
            return "tank: fuel.litres needs one, and fuel.level has none"
        if (signal == "fuel.level") != ("height_mm" in told):
            return "height_mm: fuel.level needs it, and fuel.litres has a tank instead"
        return ""

    def _fits(self, told: dict[str, Any]) -> str:
        kind = told["sensor"]
        limits = analog.ADS1115_UV if "input" in told else LIMITS.get(self._board, (0, 5_000_000))
        if kind == "battery":
            battery.check_divider(told["upper_ohm"], told["lower_ohm"], told["nominal_mv"], limits)
        elif kind == "resistive":
            Sender([[one[0], 1000 * one[1]] for one in told["points"]])
        elif kind == "loop":
            loop.check_shunt(told["shunt_mohm"], limits)
            if len([name for name in SPANS if name in told]) != 1:
                return f"one of {', '.join(SPANS)} must say what 4 and 20 mA mean"
            if "span_mm" not in told and "density" not in told:
                return "density is missing: kg/m³ of the fuel at 15 °C"
        elif kind in ("ultrasonic", "ultrasonic_uart"):
            if told["sensor_mm"] <= told.get("blind_mm", BLIND_MM):
                return f"sensor_mm must lie above the blind zone of {told.get('blind_mm', BLIND_MM)} mm"
            if kind == "ultrasonic_uart" and ("air" in told) == bool(told.get("compensated")):
                return "air must name a thermometer, unless the module knows the temperature itself (compensated = 1)"
        return ""


def ours(options: dict[str, Any]) -> list[str]:
    """Options that are none: they stand beside them."""
    return sorted(set(options) & set(OURS))
