"""From the options of a channel to its driver, on a board with pins. Loaded while a configuration is fitted, no longer.

What a channel is told was checked by `core/options.py`. Only files of sensors that are named are loaded.
"""

import binascii

import machine
from node.core import analog
from node.io.sensors.analog import Analog

_I2C_HZ = 100_000
_I2C_US = 10_000
"""So long a chip may hold the clock."""


class Wiring:
    """One configuration. `board` gives `converter(pin)` and `limits()`; `needs_points`: its converter lies unmeasured.

    `uncalibrated(told)`: is a channel's value worth nothing before somebody has measured two points of it?
    """

    def __init__(self, board):
        self._board = board
        self._shared = {}

    def make(self, kind, told, others):
        """The driver of a sensor, ready to start; `others`: signal → `Input`, of those that it names."""
        return getattr(self, kind)(told, others)

    def uncalibrated(self, told):
        """Of a board's own inputs a ratio needs no calibration, a voltage may."""
        return self._board.needs_points and told["sensor"] in ("battery", "loop") and "pin" in told

    def contact(self, told, others):
        """A door, lid or float switch; one that opens ends a deep sleep where its pin can."""
        from node.io.sensors.door import Contact

        pin = self._board.wakes[told["pin"]] = self._input(told["pin"])
        return Contact(pin, told.get("closed_is", 0), told.get("on_ms", 50), told.get("off_ms", 50))

    def supervised(self, told, others):
        """A loop with two resistors."""
        from node.io.sensors.supervised import Supervised

        delays = told.get("on_ms", 50), told.get("off_ms", 50)
        return Supervised(self._voltage(told), self._voltage(told, "supply_"), told.get("closed_is", 0), *delays)

    def mains(self, told, others):
        """One to three optocouplers; `wake_pin` goes high when the mains are lost, and ends a deep sleep."""
        from node.io.sensors.mains import Mains

        if "wake_pin" in told:
            self._board.wakes[told["wake_pin"]] = machine.Pin(told["wake_pin"], machine.Pin.IN)
        pins = [self._input(number) for number in told["pins"]]
        return Mains(pins, told.get("loss_ms", 500), told.get("back_ms", 30_000), told.get("per_period", 2))

    def ds18b20(self, told, others):
        """A thermometer; several may share a wire."""
        from node.io.sensors.ds18b20 import Ds18b20
        from onewire import OneWire

        wire = self._once("wire", told["pin"], lambda: OneWire(machine.Pin(told["pin"])))
        return Ds18b20(wire, binascii.unhexlify(told["rom"]))

    def battery(self, told, others):
        """A divider; `mains`: when those go, a start is near."""
        from node.io.sensors.battery import BatteryVoltage

        ohm = told["upper_ohm"], told["lower_ohm"]
        return BatteryVoltage(self._voltage(told), *ohm, told["nominal_mv"], others.get(told.get("mains")))

    def pulse(self, told, others):
        """A meter's pulses, from 0 at each start."""
        from node.io.sensors.pulse import Pulse

        return Pulse(self._input(told["pin"]), 0, told.get("most_hz", 50), told.get("width_ms", 5))

    def ultrasonic(self, told, others):
        """Trigger and echo."""
        from node.io.sensors.echo_level import EchoLevel
        from node.io.sensors.ultrasonic import Ultrasonic

        trigger = machine.Pin(told["trigger"], machine.Pin.OUT, value=0)
        sensor = Ultrasonic(trigger, machine.Pin(told["echo"], machine.Pin.IN))
        return EchoLevel(sensor, told, others[told["air"]])

    def ultrasonic_uart(self, told, others):
        """A module that tells millimetres."""
        from node.io.sensors.echo_level import EchoLevel
        from node.io.sensors.ultrasonic_uart import UltrasonicUart

        uart = machine.UART(1, 9600, tx=machine.Pin(told["tx"]), rx=machine.Pin(told["rx"]), timeout=0)
        return EchoLevel(UltrasonicUart(uart, told.get("ask")), told, others.get(told.get("air")))

    def loop(self, told, others):
        """4 to 20 mA over a shunt."""
        from node.io.sensors.loop_adc import LoopAdc, LoopLevel

        limits = analog.ADS1115_UV if "input" in told else self._board.limits()
        current = LoopAdc(self._voltage(told), told["shunt_mohm"], limits)
        return LoopLevel(current, told, others.get(told.get("fuel")))

    def resistive(self, told, others):
        """A float sender, or a chain of reeds (`steps`)."""
        from node.core.sender import Sender
        from node.io.sensors.resistive import Resistive, SenderLevel

        known = Sender([[point[0], 1000 * point[1]] for point in told["points"]], bool(told.get("steps")))
        resistance = Resistive(self._voltage(told), self._voltage(told, "supply_"), told["series_mohm"])
        return SenderLevel(resistance, known)

    def _voltage(self, told, which=""):
        """One input: of the board, or of an ADS1115, of which a conversion lasts 5 ms."""
        if "input" not in told:
            return Analog(self._board.converter(told[which + "pin"]), self._board.limits())
        from node.io.sensors.ads1115 import Ads1115

        i2c = self._once("i2c", told["sda"], lambda: self._i2c(told))
        return Analog(Ads1115(i2c, told[which + "input"], told.get("address", 0x48)), analog.ADS1115_UV, 1)

    def _i2c(self, told):
        pins = machine.Pin(told["scl"]), machine.Pin(told["sda"])
        return machine.SoftI2C(*pins, freq=_I2C_HZ, timeout=_I2C_US)

    def _once(self, kind, pin, make):
        if (kind, pin) not in self._shared:
            self._shared[kind, pin] = make()
        return self._shared[kind, pin]

    def _input(self, number):
        return machine.Pin(number, machine.Pin.IN, machine.Pin.PULL_UP)
