"""Was the system's clock set from a clock with a battery, and has that clock run through?

A computer without one starts with the time of its last shutdown (fake-hwclock, systemd): believable to look at, and
wrong by as long as the power was away. So the kernel must say that it took the time from the real-time clock at boot
(`hctosys`), that clock must still show what the system shows (a dead one shows 1970 while systemd has moved the system
on), and it must not say itself that its power failed.
"""

import fcntl
import os
import struct
from pathlib import Path

CLOCKS = Path("/sys/class/rtc")
DEVICES = Path("/dev")
AGREES_MS = 60_000
"""Two crystals at 50 ppm are that far apart after a fortnight."""
_RTC_VL_READ = 0x80047013
_LOST_POWER = 0x01 | 0x04
"""RTC_VL_DATA_INVALID, RTC_VL_BACKUP_EMPTY (linux/rtc.h)."""


def rtc_holds(wall_ms: int, clocks: Path = CLOCKS, devices: Path = DEVICES) -> bool:
    """Does the system's clock, which shows `wall_ms` now, come from a real-time clock that ran through?"""
    for rtc in sorted(clocks.glob("rtc*")):
        if _said(rtc / "hctosys") != "1":
            continue
        since = _said(rtc / "since_epoch")
        agrees = since.isdecimal() and abs(int(since) * 1000 - wall_ms) <= AGREES_MS
        return agrees and not _lost_power(devices / rtc.name)
    return False


def _said(file: Path) -> str:
    """One word of sysfs; a clock that cannot be read says nothing."""
    try:
        return file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _lost_power(device: Path) -> bool:
    """The chip's own flag, where it has one and we may ask; most say it by not giving a time at all."""
    try:
        handle = os.open(device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        answer = fcntl.ioctl(handle, _RTC_VL_READ, bytes(4))
    except OSError:
        return False
    finally:
        os.close(handle)
    return bool(struct.unpack("@I", answer)[0] & _LOST_POWER)
