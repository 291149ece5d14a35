"""The one clock door of all programs: wall time with its quality, uptime, boot id and sleep.

A demonstration may run faster than life: `Clock.parse` takes a spec such as
`rate=20,real_s=1764000000.0,wall_ms=1764000000000,up_ms=600000,boot=demo-1,quality=synced`, which says what the
product's clocks showed at one real moment, so that several processes share one time. Outside demo and tests the
caller passes `allowed=False` and any spec is refused.
"""

import asyncio
import ctypes
import math
import struct
import time
from dataclasses import dataclass, replace
from pathlib import Path

from contract.words import ClockQuality

_STA_UNSYNC = 0x40
_TIMEX_HEAD = "@Illlli"
_MAX_RATE = 100_000.0
_MAX_MS = 2**53
_MAX_BOOT = 80


class ClockFault(ValueError):
    """A clock spec that cannot be used; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Warp:
    """What the product's clocks showed at `real_s` and how fast they run."""

    rate: float
    real_s: float
    wall_ms: int
    up_ms: int
    boot: str
    quality: ClockQuality

    def gone_ms(self) -> float:
        return (time.time() - self.real_s) * 1000 * self.rate


class Clock:
    """Wall time, uptime and sleep of one process."""

    def __init__(self, warp: _Warp | None = None) -> None:
        self._warp = warp

    @classmethod
    def parse(cls, spec: str | None, *, allowed: bool) -> "Clock":
        """The real clock, or the one of a demonstration; raises ClockFault."""
        if not spec:
            return cls()
        if not allowed:
            raise ClockFault("--clock: only a site with `simulated = true` may run on another clock; take it away")
        return cls(_parse(spec))

    @property
    def rate(self) -> float:
        """Product seconds per real second."""
        return self._warp.rate if self._warp else 1.0

    @property
    def boot(self) -> str:
        """Id of this boot of the operating system."""
        if self._warp:
            return self._warp.boot
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()

    def up_ms(self) -> int:
        """Milliseconds since the operating system booted; monotonic, also through suspend."""
        if self._warp:
            return int(self._warp.up_ms + self._warp.gone_ms())
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    def wall_ms(self) -> int | None:
        """Milliseconds since 1970-01-01 UTC, or None when the clock is not known."""
        if self.quality() is ClockQuality.UNSYNCED:
            return None
        if self._warp:
            return int(self._warp.wall_ms + self._warp.gone_ms())
        return time.time_ns() // 1_000_000

    def quality(self) -> ClockQuality:
        """How far the wall clock can be believed; the kernel knows whether something disciplines it."""
        if self._warp:
            return self._warp.quality
        return ClockQuality.SYNCED if _kernel_synced() else ClockQuality.UNSYNCED

    def real_seconds(self, seconds: float) -> float:
        """Product seconds as real seconds."""
        return seconds / self.rate

    async def sleep(self, seconds: float) -> None:
        """Sleep for product seconds."""
        await asyncio.sleep(max(0.0, self.real_seconds(seconds)))


def spec_of(rate: float, wall_ms: int, up_ms: int, boot: str, quality: ClockQuality = ClockQuality.SYNCED) -> str:
    """A spec that starts now, for the processes of a demonstration."""
    real = f"{time.time():.3f}"
    return f"rate={rate},real_s={real},wall_ms={wall_ms},up_ms={up_ms},boot={boot},quality={quality.value}"


def _parse(spec: str) -> _Warp:
    warp = _Warp(rate=1.0, real_s=time.time(), wall_ms=0, up_ms=0, boot="demo", quality=ClockQuality.SYNCED)
    takes = {"rate": float, "real_s": float, "wall_ms": int, "up_ms": int, "boot": str, "quality": ClockQuality}
    kinds = {float: "a number", int: "a whole number", ClockQuality: f"one of {', '.join(ClockQuality)}"}
    for part in spec.split(","):
        name, _, text = part.partition("=")
        if name not in takes:
            raise ClockFault(f"--clock: unknown part {name!r}; known are {', '.join(takes)}")
        try:
            warp = replace(warp, **{name: takes[name](text)})
        except ValueError as fault:
            raise ClockFault(f"--clock: {name}={text!r} is not {kinds[takes[name]]}") from fault
    if not 0 < warp.rate <= _MAX_RATE:
        raise ClockFault(f"--clock: rate={warp.rate:g} is not between 0 and {_MAX_RATE:g}")
    if not math.isfinite(warp.real_s):
        raise ClockFault(f"--clock: real_s={warp.real_s:g} is no moment")
    for name, shown in (("wall_ms", warp.wall_ms), ("up_ms", warp.up_ms)):
        if not 0 <= shown <= _MAX_MS:
            raise ClockFault(f"--clock: {name}={shown} is not between 0 and {_MAX_MS}")
    if not 0 < len(warp.boot) <= _MAX_BOOT:
        raise ClockFault(f"--clock: boot={warp.boot!r} is not 1 to {_MAX_BOOT} letters")
    return warp


def _kernel_synced() -> bool:
    """Ask adjtimex(2) without changing anything: NTP clients clear STA_UNSYNC while they hold the clock."""
    buffer = ctypes.create_string_buffer(512)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.adjtimex(buffer) < 0:
        return False
    status = struct.unpack_from(_TIMEX_HEAD, buffer)[5]
    return not status & _STA_UNSYNC
