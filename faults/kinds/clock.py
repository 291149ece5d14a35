"""Faults of time: the clock of 1970, a jump, two days without a line to the centre."""

import asyncio
import math
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from contract.words import ClockQuality
from doors.clock import moment_s, spec_of
from faults.core.settings import LIFE, Pace, fast, ordinary
from faults.fault import CannotFault, Fault, NoParameters
from faults.house import House
from faults.io.files import forget_faketime

FAKETIME = "*/faketime/libfaketimeMT.so.1"
"""Under /usr/lib; the one for programs with threads."""
EPOCH_S = 600.0
"""Ten minutes after the beginning of 1970: a box without a battery that has just booted."""
FASTEST = 6000.0
"""Times as fast as in life: 48 hours in half a minute. The programs still have to work in between."""
REBORN = ("plant", "gateway", "dashboard", "owner-page", "kiosk-keeper", "kiosk-screen", "kiosk-view")


class Clock1970(Fault):
    """The gateway's machine boots without a battery: 1970, unsynced, and no certificate is valid yet."""

    name = "clock-1970"
    tells = "the gateway's machine boots in 1970 (faketime, unsynced clock); at the end it boots with the right time"
    Parameters = NoParameters
    _since_s: float | None = None

    async def prepare(self, house: House) -> None:  # noqa: ARG002 - as every fault
        """Is the library there?"""
        self._library()

    def _library(self) -> str:
        found = sorted(str(path) for path in Path("/usr/lib").glob(FAKETIME))
        if not found:
            raise CannotFault("libfaketime is not installed; on Debian: apt install faketime")
        return found[0]

    async def begin(self, house: House) -> None:
        """Another boot, in 1970."""
        self._since_s = moment_s()
        await house.hold("gateway", self, kill=True)
        house.boots += 1
        loop = asyncio.get_running_loop()
        rate, boot, began_s = house.clock.rate, f"faults-{house.boots}", loop.time()

        def spec() -> str:
            """Each start of the process is at EPOCH_S again for faketime; the machine's uptime goes on."""
            up_ms = 5000 + int(1000 * rate * (loop.time() - began_s))
            return f"rate={rate},real_s={EPOCH_S},wall_ms=0,up_ms={up_ms},boot={boot},quality={ClockQuality.UNSYNCED}"

        faked = {"LD_PRELOAD": self._library(), "FAKETIME": "@1970-01-01 00:10:00",
                 "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1", "TZ": "UTC"}  # fmt: skip
        house.other_clock.wear(self, spec, faked)
        await house.release("gateway", self)

    async def end(self, house: House) -> None:
        """The next boot knows the time: uptime begins anew, so the boot is a third one."""
        await house.hold("gateway", self, kill=True)
        house.other_clock.drop(self)
        await house.release("gateway", self)

    async def clear(self, house: House) -> None:  # noqa: ARG002 - as every fault
        """Nothing of the library stays in memory."""
        if self._since_s is not None:
            forget_faketime(self._since_s)


class By(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far; below 0 is backwards."""

    by_s: Annotated[float, Meta(ge=-400 * 86_400, le=400 * 86_400)] = -3600.0


class ClockJump(Fault):
    """The gateway's wall clock is off; its uptime goes on."""

    name = "clock-jump"
    tells = "the gateway is started again with a wall clock that is off by `by_s`; the boot and its uptime go on"
    Parameters = By

    async def begin(self, house: House) -> None:
        """Another wall clock."""
        await house.hold("gateway", self, kill=True)
        wall_ms = max(0, int((house.clock.wall_ms() or 0) + 1000 * self.asked.by_s))
        spec = spec_of(house.clock.rate, wall_ms, house.clock.up_ms(), house.clock.boot)
        house.other_clock.wear(self, lambda: spec, {})
        await house.release("gateway", self)

    async def end(self, house: House) -> None:
        """The right one."""
        await house.hold("gateway", self, kill=True)
        house.other_clock.drop(self)
        await house.release("gateway", self)


class Long(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the outage is, in hours of the site's own time; `for_s` is how long it takes here."""

    hours: Annotated[float, Meta(ge=1, le=240)] = 48.0


async def _reborn(house: House, holder: object, pace: Callable[[], Pace]) -> None:
    """Everything that knows a clock begins anew at that pace."""
    for program in REBORN:
        if program in house.programs:
            await house.hold(program, holder, kill=program != "plant")
    house.set_clock(pace())
    house.write_settings()
    for program in REBORN:
        if program in house.programs:
            await house.release(program, holder)


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many times as fast as in life."""

    rate: Annotated[float, Meta(ge=1, le=12)] = 6.0


class DefaultPace(Fault):
    """The house runs with the product's own paces; freshness is judged by them. Other faults go on."""

    name = "default-pace"
    tells = "everything starts anew with the product's default paces (heartbeat 300 s), `rate` times as fast as in life"
    Parameters = Rate
    _begun = False

    async def begin(self, house: House) -> None:
        """Slow words."""
        if house.pace is not LIFE:
            raise CannotFault("the house has another pace already")
        self._begun = True
        await _reborn(house, self, lambda: ordinary(self.asked.rate))

    async def end(self, house: House) -> None:
        """Talkative again."""
        if self._begun:
            self._begun = False
            await _reborn(house, self, lambda: LIFE)


class LongOutage(Fault):
    """Days without a line to the centre, in fast time; at the end all come back in ordinary time, with the backlog."""

    name = "long-outage"
    tells = (
        "`hours` without the central broker, played in `for_s` on a fast clock; then back-fill while live data goes on"
    )
    costs_samples = True
    Parameters = Long
    _begun = False

    @classmethod
    def wrong(cls, asked: Any, for_s: float) -> str | None:
        """Can so much be lived in so little?"""
        at_least_s = math.ceil(3600 * asked.hours / FASTEST)
        if for_s >= at_least_s:
            return None
        return f"for_s: {asked.hours:g} hours need at least {at_least_s} s"

    async def begin(self, house: House) -> None:
        """The centre is gone, and everybody's clock runs fast."""
        if house.pace is not LIFE:
            raise CannotFault("the house has another pace already")
        self._begun = True
        await house.hold("central-broker", self, kill=True)
        await _reborn(house, self, lambda: fast(self.asked.hours, self.for_s))

    async def end(self, house: House) -> None:
        """Ordinary time, and the centre is back."""
        if not self._begun:
            return
        self._begun = False
        await _reborn(house, self, lambda: LIFE)
        house.backlog = house.journal.waiting()
        house.back.set()
        await house.release("central-broker", self)


FAULTS = (Clock1970, ClockJump, DefaultPace, LongOutage)
