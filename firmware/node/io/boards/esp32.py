"""ESP32, the first of its family: a C3 or S3 has other pins, and converters that are straight elsewhere."""

import time

import esp32
import machine
from node.core import analog
from node.io.boards.chip import Chip

_CAUSES = {1: "power", 3: "watchdog", 4: "sleep", 5: "soft"}
"""By number; a brown-out reads as power-on, and only what memory still holds tells them apart (`core/lives.py`)."""
_WAKES = (0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39)
"""Pins that can end a deep sleep of an ESP32; a C3 or S3 is woken by its timer alone."""


class Esp32(Chip):
    """The chip for places without a supply: it sleeps with 10 µA, its board with more."""

    name = "esp32"
    sleeps = True

    def __init__(self, root, settings):
        self.early_ms = time.ticks_ms()  # which counts from the reset
        super().__init__(root, settings)

    def reset_cause(self):
        """Of this start."""
        return _CAUSES.get(machine.reset_cause(), "unknown")

    def sagging(self):
        """The brown-out detector resets before anything could be asked."""
        return False

    def sleep(self, seconds):
        """Deep sleep: only what was remembered is kept. A waking pin that is low now ends it by going high."""
        self._wlan.active(False)
        low = [self.wakes[number] for number in self.wakes if number in _WAKES and not self.wakes[number].value()]
        try:
            esp32.wake_on_ext1(low, esp32.WAKEUP_ANY_HIGH)
        except (AttributeError, ValueError):
            pass
        machine.deepsleep(seconds * 1000)

    def clock_ms(self):
        """Goes on over a deep sleep, 1 to 2 % wrong."""
        return time.time_ns() // 1_000_000

    def remember(self, told):
        """2 048 bytes that outlive everything but a loss of power; False when it does not fit."""
        try:
            machine.RTC().memory(told)
        except ValueError:
            return False
        return True

    def recall(self):
        """What was remembered, once."""
        told = machine.RTC().memory()
        machine.RTC().memory(b"")
        return told

    def converter(self, pin):
        """A source of µV, corrected by the chip's own calibration."""
        return machine.ADC(machine.Pin(pin), atten=machine.ADC.ATTN_11DB)

    def limits(self):
        """µV between which the converter is straight."""
        return analog.ESP32_UV["11"]
