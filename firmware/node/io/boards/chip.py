"""What ESP32 and Pico W have in common: Wi-Fi, watchdog, what makes the drivers."""

import asyncio
import binascii
import os
import sys

import machine
import network

_WATCHDOG_MS = 8_000


class Chip:
    """A board with pins. `settings`: {"wifi": [name, key], …} of `start/node.json`."""

    name = "chip"
    needs_points = False
    sleeps = False
    early_ms = 0

    def __init__(self, root, settings):
        self.system = sys.implementation.version[:2]
        self._settings = settings
        self._wlan = network.WLAN(network.STA_IF)
        self.wakes = {}
        """Pins that shall end a deep sleep, by number."""
        self._watchdog = machine.WDT(timeout=_WATCHDOG_MS)

    def boot_id(self):
        """8 hex digits, drawn anew."""
        return binascii.hexlify(os.urandom(4)).decode()

    def rssi(self):
        """dBm, or None while there is no Wi-Fi."""
        try:
            return self._wlan.status("rssi") if self._wlan.isconnected() else None
        except (OSError, ValueError):
            return None

    def feed(self):
        """The watchdog."""
        self._watchdog.feed()

    def starving(self, name):
        """Nothing to do: the watchdog bites."""

    def radio(self):
        """Is it on?"""
        return self._wlan.active()

    async def carrier(self):
        """Wi-Fi up; the link's deadline ends this, and the next attempt begins from the start."""
        if self._wlan.isconnected():
            return
        self._wlan.active(False)
        await asyncio.sleep_ms(1_000)  # an ESP32 that saw its access point restart hangs in a state without the pause
        self._wlan.active(True)
        self.tune(self._wlan)
        self._wlan.connect(*self._settings["wifi"])
        while not self._wlan.isconnected():
            await asyncio.sleep_ms(100)

    def tune(self, wlan):
        """What the radio of this board needs."""

    def drivers(self):
        """What makes the drivers of one configuration; it needs memory only meanwhile."""
        from node.io.boards.wiring import Wiring

        self.wakes = {}
        return Wiring(self)
