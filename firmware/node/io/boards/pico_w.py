"""Raspberry Pi Pico W and Pico 2 W: a node on 12 V or mains; it cannot sleep in earnest."""

import time

import machine
from node.core import analog
from node.io.boards.chip import Chip

_FULL_UV = 3_300_000
_NO_POWER_SAVING = 0xA11140


class Converter:
    """One ADC input (26 to 28), 12 bits against the 3.3 V rail."""

    def __init__(self, pin):
        self._adc = machine.ADC(pin)

    def read_uv(self):
        """µV."""
        return self._adc.read_u16() * _FULL_UV // 65535


class PicoW(Chip):
    """Its watchdog takes 8.3 s at most and cannot be stopped."""

    name = "pico-w"
    needs_points = True
    """Its converter is some 30 mV off, and nobody has measured how much."""

    def reset_cause(self):
        """Watchdog or power: a restart by the program reads as watchdog here, too."""
        return "watchdog" if machine.reset_cause() == machine.WDT_RESET else "power"

    def tune(self, wlan):
        """With power saving links go dead after minutes of silence."""
        wlan.config(pm=_NO_POWER_SAVING)

    def sagging(self):
        """Nothing on the board measures it."""
        return False

    def sleep(self, seconds):
        """Only a rest, with the radio off: what this chip calls deep sleep saves little, and often hangs."""
        for _ in range(seconds):
            self.feed()
            time.sleep_ms(1_000)

    def remember(self, told):
        """28 bytes that outlive a watchdog reset, from MicroPython 1.29; False when it does not fit."""
        try:
            memory = machine.mem_backup()
            memory[: len(told) + 1] = bytes((len(told),)) + told
        except (AttributeError, ValueError):
            return False
        return True

    def recall(self):
        """What was remembered, once."""
        try:
            memory = machine.mem_backup()
            told = bytes(memory[1 : memory[0] + 1])
            memory[0] = 0
        except AttributeError:
            return b""
        return told

    def converter(self, pin):
        """A source of µV."""
        return Converter(pin)

    def limits(self):
        """µV between which the converter is straight."""
        return analog.PICO_UV
