"""The drivers on pins, converters and buses that are played. Under MicroPython only: they sleep and count ticks."""

import machine
from machine import Pin
from node.core import quality
from node.core.analog import ADS1115_UV, ESP32_UV
from node.core.temperature import crc8
from node.io.sensors.ads1115 import Ads1115
from node.io.sensors.analog import Analog
from node.io.sensors.battery import BatteryVoltage
from node.io.sensors.door import Contact
from node.io.sensors.ds18b20 import Ds18b20
from node.io.sensors.loop_adc import LoopAdc
from node.io.sensors.mains import Mains
from node.io.sensors.pulse import Pulse
from node.io.sensors.resistive import Resistive
from node.io.sensors.supervised import Supervised
from node.io.sensors.ultrasonic import Ultrasonic
from node.io.sensors.ultrasonic_uart import UltrasonicUart

GOOD = quality.GOOD
UNKNOWN = (None, quality.NOT_YET_READ)
LIMITS = ESP32_UV["11"]


class Source:
    """A converter input."""

    def __init__(self, uv):
        self.uv = uv

    def read_uv(self):
        """The voltage, or no answer."""
        if self.uv is None:
            raise OSError(110)
        return self.uv


class Wire:
    """A one-wire bus with one sensor, its scratchpad, and whether anybody answers."""

    def __init__(self, scratchpad):
        self.scratchpad, self.there, self.commands = scratchpad, True, []

    def reset(self):
        """Does anybody answer?"""
        return self.there

    def select_rom(self, rom):
        """Speak to one."""
        self.rom = rom

    def writebyte(self, byte):
        """A command."""
        self.commands.append(byte)

    def readinto(self, buffer):
        """Its scratchpad."""
        buffer[:] = self.scratchpad


class Chip:
    """An ADS1115's registers; `busy`: so many looks until a conversion ends."""

    def __init__(self, counts, busy=1):
        self.counts, self.busy, self.config = counts, busy, b""

    def writeto_mem(self, address, register, data):
        """Begin a conversion."""
        assert (0x48, 1) == (address, register)
        self.config, self.left = bytes(data), self.busy

    def readfrom_mem_into(self, address, register, buffer):
        """Result, or configuration with the mark of its end."""
        if register == 0:
            buffer[0], buffer[1] = self.counts >> 8 & 0xFF, self.counts & 0xFF
            return
        self.left -= 1
        buffer[0], buffer[1] = self.config[0] & 0x7F | (0x80 if self.left <= 0 else 0), self.config[1]


def _rom(family=0x28):
    body = bytes((family, 1, 2, 3, 4, 5, 6))
    return body + bytes((crc8(body),))


def _scratchpad(raw, mark=0x10):
    body = bytes((raw & 0xFF, raw >> 8, 0x4B, 0x46, 0x7F, 0xFF, mark, 0x10))
    return body + bytes((crc8(body),))


def test_ultrasonic_pings_and_rests():
    """A pulse on the trigger, the echo's time, and no second ping within 60 ms."""
    trigger, echo = Pin(), Pin(0)
    sensor = Ultrasonic(trigger, echo)
    sensor.start()
    machine.echo_us[:] = [5831, -1, -2]

    assert (5831, GOOD) == sensor.read(1_000)
    assert [0, 1, 0] == trigger.written
    assert UNKNOWN == sensor.read(1_059)
    assert (-1, GOOD) == sensor.read(1_060)
    assert (-2, GOOD) == sensor.read(2_000)
    echo.level = 1
    assert (None, quality.SENSOR_FAULT) == sensor.read(3_000)


def test_thermometer_is_asked_and_fetched_later():
    """The first read begins, nothing waits, the value comes with a read 750 ms later."""
    wire = Wire(_scratchpad(0x0191))
    sensor = Ds18b20(wire, _rom())
    sensor.start()

    assert [UNKNOWN, UNKNOWN, (2506, GOOD)] == [sensor.read(at) for at in (0, 749, 750)]
    assert [0x44, 0xBE, 0x44] == wire.commands
    assert _rom() == wire.rom


def test_thermometer_that_fails_is_a_word():
    """Nobody there, a short, 85 °C after a brown-out, another chip: and well again after it."""
    wire = Wire(_scratchpad(0x0191))
    sensor = Ds18b20(wire, _rom())
    sensor.read(0)
    wire.scratchpad = bytes(9)
    assert (None, quality.SENSOR_FAULT) == sensor.read(1_000)
    wire.scratchpad = _scratchpad(0x0550, 0x0C)
    assert (None, quality.BAD_DATA) == sensor.read(2_000)
    wire.there = False
    assert (None, quality.COMM_ERROR) == sensor.read(3_000)
    wire.there, wire.scratchpad = True, _scratchpad(0x0191)
    assert UNKNOWN == sensor.read(4_000)
    assert (2506, GOOD) == sensor.read(5_000)
    assert (None, quality.WRONG_DEVICE) == Ds18b20(wire, _rom(0x10)).read(0)
    try:
        Ds18b20(wire, bytes((0x28, 1, 2, 3, 4, 5, 6, 7)))
    except ValueError as why:
        assert "check" in str(why)
    else:
        raise AssertionError


def test_loop_over_a_converter():
    """12 mA over 100 Ω; beyond what the converter sees the wire is broken or shorted; no answer is a word."""
    source = Source(1_200_000)
    sensor = LoopAdc(Analog(source, LIMITS), 100_000, LIMITS)
    sensor.start()

    assert (12_000, GOOD) == sensor.read(0)
    expected = ((0, quality.SENSOR_FAULT), (350_000, quality.SENSOR_FAULT), (370_000, quality.UNDER_RANGE),
                (2_060_000, quality.OVER_RANGE), (2_500_000, quality.SENSOR_FAULT),
                (None, quality.COMM_ERROR))  # fmt: skip
    for uv, word in expected:
        source.uv = uv
        assert (None, word) == sensor.read(0), uv


def test_external_converter():
    """125 µV a count, its own input, an end of the conversion; silence or another input is no value."""
    chip = Chip(9_600)
    voltage = Analog(Ads1115(chip, 2), ADS1115_UV, 1)
    voltage.start()

    assert (1_200_000, GOOD) == voltage.read(0)
    assert b"\xe3\xa3" == chip.config
    chip.counts = 0xFFFF
    assert (None, quality.UNDER_RANGE) == voltage.read(0)
    chip.counts = 0x7FFF
    assert (None, quality.OVER_RANGE) == voltage.read(0)
    chip.busy = 100
    assert (None, quality.COMM_ERROR) == voltage.read(0)


def test_resistive_sender_follows_its_supply():
    """The same resistance at a sagging supply; open, short and silence are words."""
    over, supply = Source(1_000_000), Source(2_000_000)
    sensor = Resistive(Analog(over, LIMITS), Analog(supply, LIMITS), 100_000)
    sensor.start()

    assert (100_000, GOOD) == sensor.read(0)
    over.uv, supply.uv = 900_000, 1_800_000
    assert (100_000, GOOD) == sensor.read(0)
    for uv in (1_799_000, 2_500_000, 0):
        over.uv = uv
        assert (None, quality.SENSOR_FAULT) == sensor.read(0)
    supply.uv = None
    assert (None, quality.COMM_ERROR) == sensor.read(0)


def test_battery_catches_a_start_between_its_looks():
    """Glances every 20 ms until one is low, then every 6; the lowest and the length, once; the looks go on beside."""
    source = Source(1_643_478)
    sensor = BatteryVoltage(Analog(source, LIMITS), 100_000, 15_000, 12_000)
    sensor.start()
    assert (12_600, GOOD) == sensor.read(0)
    assert 20 == sensor.glance(0)
    at, source.uv, seen = 1_000, 1_200_000, 0
    while at < 2_000:
        at, seen = at + sensor.glance(at), seen + 1
    assert (9_200, GOOD) == sensor.read(2_000)
    source.uv = 1_643_478
    while at < 3_000:
        at += sensor.glance(at)

    assert 100 <= seen <= 200
    assert ((9_200, 996), 1) == (sensor.crank, sensor.starts)
    assert 20 == sensor.glance(at)
    source.uv = 2_449_999
    assert (None, quality.OVER_RANGE) == sensor.read(4_000)


def test_module_that_tells_millimetres():
    """The newest whole answer counts, as the time of its echo; garbage and silence are words, a zero is no echo."""

    class Uart:
        heard, asked = b"", []

        def read(self):
            found, self.heard = self.heard, b""
            return found or None

        def write(self, body):
            self.asked.append(body)

    uart = Uart()
    sensor = UltrasonicUart(uart, 0x55)
    sensor.start()
    assert UNKNOWN == sensor.read(0)
    uart.heard = b"\x07\xff\x03\xe8\xea" + b"\xff\x03\xe9\xeb\xff"
    assert (5833, GOOD) == sensor.read(300)
    uart.heard = b"\xff\x00\x00\xff"
    assert (-1, GOOD) == sensor.read(600)
    uart.heard = b"\xff\x03\xe8\xeb"
    assert UNKNOWN == sensor.read(900)
    assert (None, quality.COMM_ERROR) == sensor.read(2_200)
    assert [b"U"] * 5 == uart.asked


def test_mains_count_in_the_interrupt():
    """Edges of two phases; one that is silent makes the whole a word."""
    pins = [Pin(), Pin()]
    sensor = Mains(pins)
    sensor.start()
    assert UNKNOWN == sensor.read(0)
    for at in range(100, 5_100, 100):
        for _ in range(10):
            pins[0].handler(pins[0])
        told = sensor.read(at)

    assert (None, quality.IMPLAUSIBLE) == told
    assert [(1, GOOD), (0, GOOD)] == sensor.phases


def test_door_and_loop():
    """Nothing before it was steady; a contact of either sense; a cut loop is a fault and not open."""
    pin = Pin(1)
    door = Contact(pin)
    door.start()
    assert [UNKNOWN, (1, GOOD)] == [door.read(0), door.read(60)]
    pin.level = 0
    pin.handler(pin)
    assert [(1, GOOD), (0, GOOD)] == [door.read(100), door.read(160)]
    switch = Contact(Pin(0), closed_is=1)
    assert [UNKNOWN, (1, GOOD)] == [switch.read(0), switch.read(60)]
    source = Source(1_200_000)
    loop = Supervised(Analog(source, LIMITS), Analog(Source(2_400_000), LIMITS))
    loop.start()
    assert [UNKNOWN, (0, GOOD)] == [loop.read(0), loop.read(60)]
    source.uv = 2_400_000
    assert (None, quality.SENSOR_FAULT) == loop.read(100)
    source.uv = 1_600_000
    assert [UNKNOWN, (1, GOOD)] == [loop.read(200), loop.read(260)]


def test_pulses_shorter_than_the_contact_can_are_bounces():
    """Two edges at once are one pulse."""
    pin = Pin()
    sensor = Pulse(pin, kept=7, width_ms=0)
    sensor.start()
    sensor.read(0)
    for _ in range(3):
        pin.handler(pin)
    assert (10, GOOD) == sensor.read(1_000)
    bouncing = Pulse(pin, width_ms=1_000)
    bouncing.start()
    bouncing.read(0)
    for _ in range(50):
        pin.handler(pin)
    assert (0, GOOD) == bouncing.read(1_000)
