"""Does the box know the time, and would it still know it after a power cut without network?"""

import msgspec

from contract.words import ClockQuality
from doctor.core.finding import Finding, fault, ok, remark

APART_S = 120
"""A good crystal is that far off after a month without power."""
EMPTY_UV, WEAK_UV = 1_500_000, 2_500_000
"""Of the cell on a Pi 5 (nominal 3 V): below the first it is not there or empty, below the second it goes."""


class Rtc(msgspec.Struct, frozen=True, kw_only=True):
    """One real-time clock of the kernel; None: it does not say."""

    name: str
    since_epoch: int | None
    battery_uv: int | None = None
    at_boot: bool = False
    """Did the kernel take the time from it when it started?"""
    power_failed: bool = False
    """The chip's own word."""


class ClockLook(msgspec.Struct, frozen=True, kw_only=True):
    """`wall_s` is what the system's clock shows, None while it cannot be believed."""

    quality: ClockQuality
    wall_s: int | None
    rtcs: tuple[Rtc, ...] = ()


def judge(look: ClockLook) -> list[Finding]:
    """Quality of the time, and the clock with a battery that is required."""
    return [_time(look), _battery(look)]


def _time(look: ClockLook) -> Finding:
    match look.quality:
        case ClockQuality.SYNCED:
            return ok("clock", "synced")
        case ClockQuality.HOLDOVER:
            return remark("clock", "holdover")
        case _:
            return fault("clock", "unsynced")


def _battery(look: ClockLook) -> Finding:
    if not look.rtcs:
        return fault("rtc", "none")
    rtc = next((one for one in look.rtcs if one.at_boot), look.rtcs[0])
    if rtc.battery_uv is not None and rtc.battery_uv < EMPTY_UV:
        return fault("rtc", "empty", name=rtc.name, volts=f"{rtc.battery_uv / 1e6:.1f}")
    if rtc.since_epoch is None or rtc.power_failed:
        return fault("rtc", "lost", name=rtc.name)
    apart = abs(rtc.since_epoch - look.wall_s) if look.wall_s is not None else 0
    if look.quality is ClockQuality.SYNCED and apart > APART_S:
        return fault("rtc", "wrong", name=rtc.name, seconds=apart)
    if rtc.battery_uv is not None and rtc.battery_uv < WEAK_UV:
        return remark("rtc", "weak", name=rtc.name, volts=f"{rtc.battery_uv / 1e6:.1f}")
    if not rtc.at_boot:
        return remark("rtc", "unused", name=rtc.name)
    if rtc.battery_uv is None:
        return ok("rtc", "good", name=rtc.name)
    return ok("rtc", "charged", name=rtc.name, volts=f"{rtc.battery_uv / 1e6:.1f}")
