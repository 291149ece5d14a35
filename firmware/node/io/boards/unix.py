"""The Linux interpreter as a board: no pins; its sensors are played from a list or a file. For tests, and to try out.

Every board has: `name`, `system` (major, minor), `carrier` (coroutine function or None), `boot_id()`, `reset_cause()`,
`rssi()`, `sagging()`, `feed()`, `starving(name)` and `drivers()`. For sleep: `sleeps` (can it?),
`sleep(seconds)`, `clock_ms()` that goes on meanwhile, `early_ms` from the reset to this program, `radio()` (is it on?);
`remember(bytes)` and `recall()`, which empties it: memory that outlives a sleep and a reset, not a loss of power.
"""

import binascii
import os
import sys

from node.core import quality
from node.io import kept


class Played:
    """Sensor `played`: `values` in turn, then from the start again; or a JSON `file`, read anew at every look.

    A value is a whole number, or a word of `quality.WORDS` for a fault.
    """

    def __init__(self, options):
        self._values = options.get("values")
        self._file = options.get("file")
        self._at = 0
        if not self._file and not self._values:
            raise ValueError("played: values or a file are needed")

    def start(self):
        """Nothing to do."""

    def read(self, now_ms):
        """(value or None, quality)."""
        if self._file:
            told = kept.read_json(self._file).get("value", "not_yet_read")
        else:
            told = self._values[self._at % len(self._values)]
            self._at += 1
        if isinstance(told, str):
            return None, quality.WORDS.index(told)
        return told, quality.GOOD


class Unix:
    """A process that plays a node. Its settings may say `battery_mv` and `rssi`; a starving watchdog ends it with 3."""

    name = "unix"
    carrier = None
    sleeps = True
    early_ms = 0

    def __init__(self, root, settings):
        self.system = sys.implementation.version[:2]
        self._settings = settings
        self._start = root + "/start/"

    def boot_id(self):
        """8 hex digits, drawn anew."""
        return binascii.hexlify(os.urandom(4)).decode()

    def reset_cause(self):
        """Of this start."""
        return self._settings.get("reset", "power")

    def rssi(self):
        """dBm, or None."""
        return self._settings.get("rssi")

    def sagging(self):
        """Is the supply too low to write flash?"""
        return False

    def feed(self):
        """There is no watchdog to feed."""

    def starving(self, name):
        """What a watchdog does to a board."""
        sys.stderr.write("no progress: %s\n" % name)
        sys.exit(3)

    def sleep(self, seconds):
        """Deep sleep: the process ends; who starts it anew is the clock that wakes it."""
        sys.exit(0)

    def radio(self):
        """On or off."""
        return True

    def clock_ms(self):
        """Played: a test moves it."""
        return kept.read_json(self._start + "clock").get("ms", 0)

    def remember(self, told):
        """False when it does not fit, or the settings do not say `retained`: then it has no such memory."""
        return bool(self._settings.get("retained")) and len(told) <= 2048 and kept.write(self._start + "retained", told)

    def recall(self):
        """What was remembered, once."""
        told = kept.read(self._start + "retained") or b""
        self.remember(b"")
        return told

    def drivers(self):
        """What makes the drivers of a configuration: this board itself."""
        return self

    def make(self, kind, told, others):
        """The driver of a sensor, ready to start; ValueError with one sentence when this board cannot have it."""
        if kind == "played":
            return Played(told)
        raise ValueError("%s: this board has no such sensor" % kind)

    def uncalibrated(self, told):
        """What is played needs no calibration."""
        return False
