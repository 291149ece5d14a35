"""The door to a lamp or a buzzer: an LED as the kernel shows it (`/sys/class/leds`), which any pin of the box can be.

It holds its state when this program ends; that is why it is put out at every start and stop.
"""

import logging
from pathlib import Path

log = logging.getLogger(__name__)

LEDS = Path("/sys/class/leds")


class Lamp:
    """One output. `name` as under /sys/class/leds; "" for none."""

    def __init__(self, name: str, leds: Path = LEDS) -> None:
        self._file = leds / name / "brightness" if name else None
        self._shines: bool | None = None
        self._complained = False

    def shine(self, on: bool) -> None:
        """On or off; says once when it can not be done, and tries again at each change and each call until it can."""
        if self._file is None or self._shines is on:
            return
        try:
            self._file.write_text("1\n" if on else "0\n", "ascii")
        except OSError as fault:
            if not self._complained:
                log.warning("[wake] lamp: %s: %s; check the name and who may write it", self._file, fault.strerror)
            self._complained = True
            return
        self._shines, self._complained = on, False
