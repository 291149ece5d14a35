"""A whole tank node on the real interpreter, as a Pico W: radio, pins, converter and wires are played, no more.

Stands in for what a board has in its ROM, as small as it can be, for it lies in the heap that is measured. The argument
is the folder that is the board's file system.
"""

import sys
import time

SCRATCHPAD = b"\x50\x01\x4b\x46\x7f\xff\x0c\x10\xe8"
"""A thermometer at 21.0 °C."""
ECHO_US = 3_500
"""Some 60 cm of air."""
BATTERY_UV = 1_145_000
"""12.6 V through 100 and 10 kΩ."""


class Played:
    """Module, pin, converter, wire, radio and watchdog in one: whatever a board's modules are asked for."""

    platform = "rp2"
    IN = OUT = PULL_UP = IRQ_FALLING = IRQ_RISING = STA_IF = WDT_RESET = 1

    def __init__(self, *what, **more):
        pass

    def value(self, level=None):
        """A pin that reads low."""
        return 0

    def read_u16(self):
        """A converter."""
        return BATTERY_UV * 65535 // 3_300_000

    def readinto(self, buffer):
        """A wire."""
        buffer[:] = SCRATCHPAD

    def time_pulse_us(self, pin, level, timeout_us):
        """An echo, never quite the same."""
        return ECHO_US + time.ticks_us() % 8

    def reset(self):
        """Somebody is on the wire; and all else that is answered by a yes."""
        return 1

    def status(self, what=None):
        """dBm."""
        return -61

    def nothing(self, *what, **more):
        """Whatever needs no answer."""
        return 0

    irq = feed = config = connect = active = select_rom = writebyte = nothing
    isconnected = reset_cause = reset

    def __getattr__(self, name):
        if name == "mem_backup":
            raise AttributeError(name)
        if name in ("Pin", "ADC", "WDT", "WLAN", "OneWire"):
            return Played
        return getattr(REAL, name)


REAL = sys


def stand_in():
    """In the places of a board's modules."""
    for name in ("sys", "machine", "network", "onewire"):
        sys.modules[name] = Played()


def main(folder):
    """One life of the node."""
    stand_in()
    from node import app

    app.main(folder, "a", 0)
