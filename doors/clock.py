"""The one clock door of all programs: wall time with its quality, uptime, boot id and sleep.

The wall clock is believed while the kernel says that something disciplines it. What was known once in a boot is kept
as the wall clock less the uptime: it outlives the loss of the time servers and any step of the system's clock that
nobody vouches for (`docs/clocks.md`).

A demonstration may run faster than life: `Clock.parse` takes a spec such as
`rate=20,real_s=1764000000.0,wall_ms=1764000000000,up_ms=600000,boot=demo-1,quality=synced`, which says what the
product's clocks showed at one real moment, so that several processes share one time. Outside demo and tests the
caller passes `allowed=False` and any spec is refused. A spec may name spans in which it runs
slower (`clock_gentle.py`).
"""

import asyncio
import ctypes
import math
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from contract.dating import CEILING_MS, FLOOR_MS, plausible
from contract.messages import Head
from contract.words import ClockQuality
from doors.clock_gentle import Gentle, gone_s, lasting_s, rate_at, read, told
from doors.clock_rtc import rtc_holds

HOLDS_MS = 90 * 24 * 3_600_000
"""A time that nobody has confirmed for so long is not known any more: a crystal at 50 ppm is 6.5 minutes off."""
_ASK_RTC_MS = 60_000

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
    gentle: tuple[Gentle, ...] = ()

    def gone_ms(self) -> float:
        return 1000 * gone_s(self.real_s, time.time(), self.rate, self.gentle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the clocks show at one moment; `wall_ms` is None when the time is not known."""

    boot: str
    up_ms: int
    wall_ms: int | None
    quality: ClockQuality


@dataclass(frozen=True, slots=True)
class _Known:
    """Wall clock less uptime in this boot, and the uptime at which that was last known."""

    offset_ms: int
    at_ms: int


class Clock:
    """Wall time, uptime and sleep of one process."""

    newest_ms: int = 0
    """The newest wall time that this program has ever seen: a battery clock that shows less has stood still."""

    def __init__(self, warp: _Warp | None = None) -> None:
        self._warp = warp
        self._boot = warp.boot if warp else ""
        self._known: _Known | None = None
        self._asked_ms: int | None = None
        if warp is not None and warp.quality is ClockQuality.HOLDOVER:
            self._known = _Known(warp.wall_ms - warp.up_ms, warp.up_ms)

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
        """Product seconds per real second, now."""
        return rate_at(time.time(), self._warp.rate, self._warp.gentle) if self._warp else 1.0

    @property
    def boot(self) -> str:
        """Id of this boot of the operating system."""
        if not self._boot:
            self._boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return self._boot

    def up_ms(self) -> int:
        """Milliseconds since the operating system booted; monotonic, also through suspend."""
        if self._warp:
            return int(self._warp.up_ms + self._warp.gone_ms())
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    def wall_ms(self) -> int | None:
        """Milliseconds since 1970-01-01 UTC, or None when the clock is not known."""
        return self.read().wall_ms

    def quality(self) -> ClockQuality:
        """How far the wall clock can be believed."""
        return self.read().quality

    def read(self) -> Reading:
        """All clocks at one moment."""
        wall_ms, up_ms = self._disciplined(), self.up_ms()
        if wall_ms is not None:
            self._known = _Known(wall_ms - up_ms, up_ms)
            return Reading(boot=self.boot, up_ms=up_ms, wall_ms=wall_ms, quality=ClockQuality.SYNCED)
        if self._known is None:
            self._ask_rtc(up_ms)
        if self._known is None or up_ms - self._known.at_ms > HOLDS_MS:
            return Reading(boot=self.boot, up_ms=up_ms, wall_ms=None, quality=ClockQuality.UNSYNCED)
        wall_ms = max(0, up_ms + self._known.offset_ms)
        return Reading(boot=self.boot, up_ms=up_ms, wall_ms=wall_ms, quality=ClockQuality.HOLDOVER)

    def follow(self, boot: str, offset_ms: int, at_ms: int) -> None:
        """Somebody knew the time in this boot: wall clock less uptime, and the uptime at which it was known.

        Of another boot it says nothing, for nobody knows how long the power was away.
        """
        if boot == self.boot:
            self._known = _Known(offset_ms, min(at_ms, self.up_ms()))

    def hear(self, head: Head) -> None:
        """A program of this computer, in this boot, says what time it is: whoever knows nothing better follows it.

        A broker repeats its retained words in any order: what was said before the newest that is known counts no more.
        """
        if head.boot != self.boot or (self._known is not None and head.up_ms < self._known.at_ms):
            return
        if head.wall_ms is not None and head.clock is not ClockQuality.UNSYNCED:
            self.follow(head.boot, head.wall_ms - head.up_ms, head.up_ms)
        else:
            self._known = None

    def _disciplined(self) -> int | None:
        """The wall clock that something keeps right, or None."""
        if self._warp:
            synced = self._warp.quality is ClockQuality.SYNCED
            return int(self._warp.wall_ms + self._warp.gone_ms()) if synced else None
        if not _kernel_synced():  # asked first: a clock that is stepped and vouched for in between was wrong before
            return None
        wall_ms = time.time_ns() // 1_000_000
        return wall_ms if FLOOR_MS <= wall_ms < CEILING_MS else None

    def _ask_rtc(self, up_ms: int) -> None:
        """Now and then, while nobody knows the time: has a clock with a battery set the system's at boot?"""
        if self._warp is not None or (self._asked_ms is not None and up_ms - self._asked_ms < _ASK_RTC_MS):
            return
        self._asked_ms = up_ms
        wall_ms = time.time_ns() // 1_000_000
        if plausible(wall_ms, self.newest_ms) and rtc_holds(wall_ms):
            self._known = _Known(wall_ms - up_ms, up_ms)

    def real_seconds(self, seconds: float) -> float:
        """Product seconds that begin now, as real seconds."""
        if self._warp is None:
            return seconds
        return lasting_s(time.time(), seconds, self._warp.rate, self._warp.gentle)

    async def sleep(self, seconds: float) -> None:
        """Sleep for product seconds."""
        await asyncio.sleep(max(0.0, self.real_seconds(seconds)))


def moment_s() -> float:
    """This real moment, as the parts `real_s` and `gentle` of a spec count."""
    return time.time()


def spec_of(
    rate: float,
    wall_ms: int,
    up_ms: int,
    boot: str,
    quality: ClockQuality = ClockQuality.SYNCED,
    gentle: tuple[Gentle, ...] = (),
) -> str:
    """A spec that starts now, for the processes of a demonstration."""
    real = f"{time.time():.3f}"
    spec = f"rate={rate},real_s={real},wall_ms={wall_ms},up_ms={up_ms},boot={boot},quality={quality.value}"
    return f"{spec},gentle={told(gentle)}" if gentle else spec


def _parse(spec: str) -> _Warp:
    warp = _Warp(rate=1.0, real_s=time.time(), wall_ms=0, up_ms=0, boot="demo", quality=ClockQuality.SYNCED)
    takes: dict[str, Callable[[str], Any]] = {
        "rate": float, "real_s": float, "wall_ms": int, "up_ms": int, "boot": str, "quality": ClockQuality,
        "gentle": read,
    }  # fmt: skip
    kinds: dict[object, str] = {
        float: "a number", int: "a whole number", ClockQuality: f"one of {', '.join(ClockQuality)}",
        read: "spans FROM:UNTIL:RATE that follow each other",
    }  # fmt: skip
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


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _kernel_synced() -> bool:
    """Ask adjtimex(2) without changing anything: NTP clients clear STA_UNSYNC while they hold the clock."""
    buffer = ctypes.create_string_buffer(512)
    if _libc().adjtimex(buffer) < 0:
        return False
    status = struct.unpack_from(_TIMEX_HEAD, buffer)[5]
    return not status & _STA_UNSYNC
