"""From the gateway's configuration to inputs that can be looked at: all of it fits, or none is taken.

Loaded when a configuration comes, after `checking.py` was unloaded, and unloaded again.
"""

from node.core.telling import Told
from node.inputs import Input

_FUEL = (10, 11)
_FASTEST_MS = 10
_LOOK_MS = {"mains": 150, "contact": 50, "supervised": 100, "played": 100, "ds18b20": 2_000, "pulse": 1_000}
_SLOWEST_LOOK_MS = 2_000
_EVERY_S = 300
_REFERENCES = ("of", "air", "fuel", "mains")


def fitted(config, rows, board):
    """The inputs of a configuration (of `wire.config`) that was checked; ValueError in one sentence for a fault."""
    told = config["channels"]
    drivers, inputs = board.drivers(), {}
    # those that name another channel after those that are named
    for _, text in sorted([(_depth(told[text]), text) for text in told]):
        try:
            _make(text, rows.pop(text), told.pop(text), config, drivers, inputs)  # each leaves its room to the next
        except (ValueError, TypeError, KeyError, AttributeError, OSError) as fault:
            words = "%s is missing" % fault.args[0] if isinstance(fault, KeyError) else str(fault)
            raise ValueError("channel %s: %s" % (text[:8], words or type(fault).__name__)) from None
    return list(inputs.values())


def _depth(told):
    """0: names no other channel; a battery names the mains, and a part the battery."""
    if told["sensor"] == "part":
        return 2
    return 1 if [name for name in _REFERENCES if name in told] else 0


def _make(text, row, told, config, drivers, inputs):
    kind, signal = told["sensor"], row[1]
    every_s, limit = config["rates"].get(text, _EVERY_S), config["limits"].get(text)
    if kind == "part":
        from node.io.sensors.part import part

        driver = part(signal, inputs[told["of"]], inputs.get(told.get("mains", "mains.present")))
    else:
        driver = drivers.make(kind, told, inputs)
    if row[0] in _FUEL and kind != "played":
        driver = _fuel(driver, told, 1000 * every_s)
    calibration = None
    if told.get("calibration") or drivers.uncalibrated(told):
        from node.core.calibration import Calibration

        calibration = Calibration(told.get("calibration"))
    look_ms = max(_FASTEST_MS, min(told.get("look_ms", _LOOK_MS.get(kind, _SLOWEST_LOOK_MS)), 1000 * every_s))
    inputs[signal] = Input(row, driver, look_ms, Told(1000 * every_s, limit, row[2] == "flag"), calibration)


def _fuel(driver, told, every_ms):
    from node.core.gauge import Gauge
    from node.core.tank import Tank
    from node.fuel import Fuel

    tank = Tank(told["tank"]) if told.get("tank") else None
    return Fuel(driver, Gauge(tank, told.get("height_mm", 0), getattr(driver, "half_step_um", 0)), every_ms)
