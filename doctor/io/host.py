"""The box's own computer, as Linux shows it in its files. `root` is where the file system begins."""

import fcntl
import os
import struct
from pathlib import Path

from doctor.core.clock import ClockLook, Rtc
from doctor.core.disk import Space
from doctor.io import whys
from doors.clock import Clock

MAX_TEXT = 4096
FIRMWARE = "sys/devices/platform/soc*/soc*:firmware/get_throttled"
VOLTAGE_DRIVER = "rpi_volt"
_RTC_VL_READ = 0x80047013
_LOST_POWER = 0x01 | 0x04
"""RTC_VL_DATA_INVALID, RTC_VL_BACKUP_EMPTY (linux/rtc.h)."""


def clock(own: Clock, root: Path = Path("/")) -> ClockLook:
    """Quality of the time and all real-time clocks."""
    rtcs = tuple(_rtc(path, root) for path in _found(root, "sys/class/rtc/rtc*"))
    wall_ms = own.wall_ms()
    return ClockLook(quality=own.quality(), wall_s=None if wall_ms is None else wall_ms // 1000, rtcs=rtcs)


def _rtc(path: Path, root: Path) -> Rtc:
    since, at_boot = _text(path / "since_epoch"), _text(path / "hctosys")
    # the clock of a Pi 5 shows the voltage of its cell at its device, one level above
    volts = next((text for name in ("battery_voltage", "device/battery_voltage") if (text := _text(path / name))), None)
    return Rtc(
        name=path.name,
        since_epoch=int(since) if since is not None and since.isdecimal() else None,
        battery_uv=int(volts) if volts is not None and volts.isdecimal() else None,
        at_boot=at_boot == "1",
        power_failed=_power_failed(root / "dev" / path.name),
    )


def _power_failed(device: Path) -> bool:
    """The chip's flag, where it has one and we may ask."""
    try:
        handle = os.open(device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return bool(struct.unpack("I", fcntl.ioctl(handle, _RTC_VL_READ, bytes(4)))[0] & _LOST_POWER)
    except OSError:
        return False
    finally:
        os.close(handle)


def spaces(folders: tuple[str, ...]) -> tuple[Space, ...]:
    """The file systems of these folders, each once."""
    found: dict[int | str, Space] = {}
    for folder in folders:
        there = Path(folder)
        try:
            number: int | str = there.stat().st_dev
        except OSError:
            number = folder
        found.setdefault(number, _space(there))
    return tuple(found.values())


def _space(folder: Path) -> Space:
    try:
        told = os.statvfs(folder)
    except OSError as fault:
        return Space(path=str(folder), why_not=whys.system(fault))
    return Space(
        path=str(folder),
        free=told.f_bavail * told.f_frsize,
        usable=(told.f_blocks - told.f_bfree + told.f_bavail) * told.f_frsize,
        files_free=told.f_favail,
        files=told.f_files,
        read_only=bool(told.f_flag & os.ST_RDONLY),
    )


def card_wear(root: Path = Path("/")) -> tuple[str, ...]:
    """What cards and eMMC say of the life they have used."""
    return _texts(root, "sys/block/mmcblk*/device/life_time")


def watchdogs(root: Path = Path("/")) -> tuple[str, ...]:
    """Is each hardware watchdog fed (active) or not (inactive)? "": this kernel does not say."""
    return tuple(_text(path / "state") or "" for path in _found(root, "sys/class/watchdog/watchdog*"))


def supply(root: Path = Path("/")) -> tuple[str | None, str | None]:
    """The voltage driver's alarm and the firmware's word, None where they are not there."""
    for chip in _found(root, "sys/class/hwmon/hwmon*"):
        if _text(chip / "name") == VOLTAGE_DRIVER:
            alarms = [text for path in sorted(chip.glob("in*_lcrit_alarm")) if (text := _text(path)) is not None]
            if alarms:
                return max(alarms), None
    return None, next(iter(_texts(root, FIRMWARE)), None)


def _found(root: Path, pattern: str) -> list[Path]:
    try:
        return sorted(root.glob(pattern))
    except OSError:
        return []


def _texts(root: Path, pattern: str) -> tuple[str, ...]:
    return tuple(text for path in _found(root, pattern) if (text := _text(path)) is not None)


def _text(path: Path) -> str | None:
    """A short file, or None: not there, or its driver has no answer."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_TEXT).decode("utf-8", "replace").strip()
    except OSError:
        return None
