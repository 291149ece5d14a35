"""The panel's backlight: /sys/class/backlight, where the kernel has one.

DSI panels have one, and so do HDMI monitors whose DDC/CI the kernel's `ddcci` driver speaks. With KMSDRM the screen
program holds the display itself, so nothing else may blank it (no `vcgencmd`, no `xset`, no CEC). Where there is no
backlight the screen draws a dark veil instead: that saves no power on an LCD, but it is what can be done.
"""

import contextlib
from pathlib import Path

SYS = Path("/sys/class/backlight")
ON, OFF = 0, 4
"""FB_BLANK_UNBLANK and FB_BLANK_POWERDOWN of <linux/fb.h>, for `bl_power`."""


class Backlight:
    """One backlight, or none: `works` is False then, and setting it does nothing. Nothing here raises.

    `full`: the level that 100 per cent stand for, in per cent of what the panel can do.
    """

    def __init__(self, folder: Path = SYS, full: int = 100) -> None:
        self._device, self._max = _found(folder)
        self._full = full
        self._set: int | None = None
        self.fault = ""
        """What the kernel said when it last refused; for the log."""

    @property
    def works(self) -> bool:
        """Is there a backlight that takes what it is told?"""
        return self._device is not None and not self.fault

    def set(self, percent: int) -> None:
        """Shine with `percent` of full; 0 turns it off. What is set already is not written again."""
        if percent == self._set or self._device is None:
            return
        level = round(self._max * self._full * percent / 10_000)
        try:
            if percent > 0:
                _write(self._device / "brightness", max(1, level))
            self._power(self._device, percent > 0)
        except OSError as fault:
            self.fault, self._set = f"{self._device.name}: {fault.strerror or fault}", None
            return
        self.fault, self._set = "", percent

    @staticmethod
    def _power(device: Path, on: bool) -> None:
        """Off by its own switch; a panel without one is turned down to 0."""
        switch = device / "bl_power"
        if switch.exists():
            _write(switch, ON if on else OFF)
        elif not on:
            _write(device / "brightness", 0)

    def restore(self) -> None:
        """As bright as at the start: a panel must not stay dark behind a program that is gone."""
        self._set = None
        self.set(100)


def _found(folder: Path) -> tuple[Path | None, int]:
    """The first backlight by name that says how bright it can be."""
    with contextlib.suppress(OSError):
        for device in sorted(folder.iterdir()):
            with contextlib.suppress(OSError, ValueError):
                most = int((device / "max_brightness").read_text("ascii"))
                if most > 0 and (device / "brightness").exists():
                    return device, most
    return None, 0


def _write(file: Path, number: int) -> None:
    # opened for writing only and never made anew: these are the kernel's files
    with file.open("r+", encoding="ascii") as one:
        one.write(f"{number}\n")
