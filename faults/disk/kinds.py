"""The disk's faults: power cut, slow, failing, full, read-only."""

import asyncio
import errno
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import msgspec

from faults.core.dial import Dial
from faults.disk.card import WAYS, Way
from faults.disk.loop import LoopDisk
from faults.disk.shim import Cut, Shim
from faults.fault import CannotFault, Fault, House

IN_FLIGHT_MS = 400
"""So slow is the disk just before a cut, that something is under way when it comes."""
Who = Literal["gateway", "dashboard", "kiosk", "owner-page"]
PROCESS: dict[str, str] = {
    "gateway": "gateway", "dashboard": "dashboard", "kiosk": "kiosk-keeper", "owner-page": "owner-page",
}  # fmt: skip


class Disks:
    """Shims and file systems of one house, shared by its faults."""

    _of: ClassVar[dict[Path, "Disks"]] = {}

    def __init__(self, house: House) -> None:
        self._house = house
        self._room = house.folder / "disk"
        self._shims: dict[str, Shim] = {}
        self._loops: dict[str, LoopDisk] = {}
        self._dials: dict[tuple[str, str], Dial] = {}
        self._full: dict[str, set[int]] = {}
        """By program: the faults that want its disk full."""
        self._locks: dict[str, asyncio.Lock] = {}

    @classmethod
    def of(cls, house: House) -> "Disks":
        """Those of this house; houses of the past are forgotten."""
        if house.folder not in cls._of:
            cls._of = {house.folder: cls(house)}
        return cls._of[house.folder]

    def shim(self, program: str) -> Shim:
        """The shim of a program: in its environment from its next start on."""
        if program not in self._shims:
            self._shims[program] = Shim(self._house.data(program), self._room / program)
            also = self._house.also.setdefault(PROCESS[program], {})
            given = self._shims[program].environment
            others = also.get("LD_PRELOAD")
            also.update(given | ({"LD_PRELOAD": f"{given['LD_PRELOAD']}:{others}"} if others else {}))
        return self._shims[program]

    def loop(self, program: str) -> LoopDisk:
        """The file system of its own of a program's data."""
        if program not in self._loops:
            self._loops[program] = LoopDisk(self._house.data(program), self._room / f"{program}.img")
        return self._loops[program]

    def turn(self, program: str, what: str, holder: object, value: int) -> None:
        """Let the shim do that (a field of its `Control`); 0: no more, unless another fault still wants it."""
        dial = self._dials.setdefault((program, what), Dial())
        if value:
            dial.turn(holder, value)
        else:
            dial.leave(holder)
        setattr(self.shim(program).control, what, int(dial.value))

    async def cut(self, program: str, way: Way | None) -> Cut:
        """Tear the files, one cut at a time; what fills a full disk makes way for as long as that takes."""
        async with self._lock(program):
            full = bool(self._full.get(program))
            if full:
                await asyncio.to_thread(self.loop(program).empty)
            try:
                return await asyncio.to_thread(self.shim(program).cut, self._house.random, way)
            finally:
                if full:
                    await asyncio.to_thread(self.loop(program).fill)

    async def fill(self, program: str, holder: object) -> int:
        """Until nothing more goes in, for this holder; returns the bytes."""
        async with self._lock(program):
            self._full.setdefault(program, set()).add(id(holder))
            return await asyncio.to_thread(self.loop(program).fill)

    async def empty(self, program: str, holder: object) -> None:
        """Room again, when nobody else wants it full."""
        async with self._lock(program):
            holders = self._full.setdefault(program, set())
            holders.discard(id(holder))
            if not holders:
                await asyncio.to_thread(self.loop(program).empty)

    async def renew(self, program: str) -> None:
        """The file system is mended and mounted anew: the files have other inodes now."""
        async with self._lock(program):
            await self.loop(program).renew()
            if program in self._shims:
                self._shims[program].fresh()

    def _lock(self, program: str) -> asyncio.Lock:
        return self._locks.setdefault(program, asyncio.Lock())


class CutParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`keeps`: what the card keeps of what was not synced."""

    program: Who = "gateway"
    keeps: Literal["chance", "nothing", "beginning", "sectors", "pages", "all"] = "chance"


class DiskFault(Fault):
    """After it a site may tell samples as a gap."""

    costs_samples = True


class PowerCut(DiskFault):
    """Kill, tear the files as a cut might, start again."""

    name = "power-cut"
    tells = "the power goes in the middle of a write: what was not synced is dropped, torn or out of order"
    lasts = False
    Parameters = CutParameters

    async def prepare(self, house: House) -> None:
        """The shim writes down what the program writes."""
        await asyncio.to_thread(Disks.of(house).shim, self.asked.program)

    async def begin(self, house: House) -> None:
        """Cut."""
        program, disks = self.asked.program, Disks.of(house)
        process = PROCESS[program]
        disks.turn(program, "sync_ms", self, IN_FLIGHT_MS)
        await asyncio.sleep(house.random.uniform(0, 2 * IN_FLIGHT_MS / 1000))
        await house.hold(process, self, kill=True)
        disks.turn(program, "sync_ms", self, 0)
        if program == "gateway":
            await asyncio.to_thread(house.forget_memory)
        try:
            cut = await disks.cut(program, next((one for one in WAYS if one == self.asked.keeps), None))
            house.say(f"{process}: power cut; of {cut.unsynced} bytes not yet synced the card keeps {cut.way}")
            if cut.strangers:
                house.say(f"kept whole, for it holds what is not in the book: {', '.join(cut.strangers)}")
        finally:
            await house.release(process, self)

    async def clear(self, house: House) -> None:
        """Also when it was never cut."""
        await house.release(PROCESS[self.asked.program], self)


class SlowParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`seconds` of each sync."""

    program: Who = "gateway"
    seconds: Annotated[float, msgspec.Meta(gt=0, le=60)] = 2.0


class DiskSlow(DiskFault):
    """Every sync takes its time."""

    name = "disk-slow"
    tells = "every sync of the disk takes two seconds"
    Parameters = SlowParameters

    async def prepare(self, house: House) -> None:
        """The shim waits in each sync."""
        await asyncio.to_thread(Disks.of(house).shim, self.asked.program)

    async def begin(self, house: House) -> None:
        """From now on."""
        Disks.of(house).turn(self.asked.program, "sync_ms", self, int(self.asked.seconds * 1000))

    async def end(self, house: House) -> None:
        """Quick again."""
        Disks.of(house).turn(self.asked.program, "sync_ms", self, 0)


class ErrorParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`what` fails; `nth` 0: all of them while it lasts, else the nth one once."""

    program: Who = "gateway"
    what: Literal["write", "sync"] = "write"
    nth: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0


class DiskError(DiskFault):
    """The card answers with an input/output error."""

    name = "disk-error"
    tells = "the card refuses writes, or says after a sync that they are lost"
    Parameters = ErrorParameters

    async def prepare(self, house: House) -> None:
        """The shim refuses."""
        await asyncio.to_thread(Disks.of(house).shim, self.asked.program)

    async def begin(self, house: House) -> None:
        """From now on, or once."""
        self._set(house, errno.EIO, self.asked.nth)

    async def end(self, house: House) -> None:
        """Well again."""
        self._set(house, 0, self.asked.nth)

    def _set(self, house: House, fault: int, nth: int) -> None:
        disks, what = Disks.of(house), self.asked.what
        if nth:
            setattr(disks.shim(self.asked.program).control, f"break_{what}", nth if fault else 0)
        else:
            disks.turn(self.asked.program, f"{what}_errno", self, fault)


class WhoParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose disk."""

    program: Who = "gateway"


class DiskRefuses(DiskFault):
    """As `disk-full`, where there is no root: the shim plays the full disk."""

    name = "disk-refuses"
    tells = "every write is refused as on a full disk, by the shim (needs no root)"
    Parameters = WhoParameters

    async def prepare(self, house: House) -> None:
        """The shim refuses."""
        await asyncio.to_thread(Disks.of(house).shim, self.asked.program)

    async def begin(self, house: House) -> None:
        """Full."""
        Disks.of(house).turn(self.asked.program, "write_errno", self, errno.ENOSPC)

    async def end(self, house: House) -> None:
        """Room again."""
        Disks.of(house).turn(self.asked.program, "write_errno", self, 0)


class OwnDisk(DiskFault):
    """A program's data lie on a file system of their own."""

    root = True
    Parameters = WhoParameters
    _joined = False

    async def prepare(self, house: House) -> None:
        """Mount it."""
        await Disks.of(house).loop(self.asked.program).join()
        self._joined = True

    async def clear(self, house: House) -> None:
        """Unmount it, when nobody else needs it."""
        if self._joined:
            self._joined = False
            await house.release(PROCESS[self.asked.program], self)
            await Disks.of(house).loop(self.asked.program).leave()


class DiskFull(OwnDisk):
    """No block is left."""

    name = "disk-full"
    tells = "the file system under the program's data is filled to the last block"

    async def begin(self, house: House) -> None:
        """Fill it."""
        filled = await Disks.of(house).fill(self.asked.program, self)
        house.say(f"{self.asked.program}: {filled} bytes written beside its data, the disk is full")

    async def end(self, house: House) -> None:
        """Make room."""
        await Disks.of(house).empty(self.asked.program, self)


class DiskReadOnly(OwnDisk):
    """The kernel finds a fault in the file system and lets nobody write; a new start mends it."""

    name = "disk-read-only"
    tells = "the kernel makes the file system read-only, as it does with a failing card; mended by a new start"

    async def begin(self, house: House) -> None:
        """The kernel does it by itself, to a file system that is in use."""
        try:
            Disks.of(house).loop(self.asked.program).break_it()
        except OSError as fault:
            raise CannotFault(f"this kernel cannot play a fault of a file system ({fault})") from fault

    async def end(self, house: House) -> None:
        """Somebody turns the box off and on."""
        process, disks = PROCESS[self.asked.program], Disks.of(house)
        await house.hold(process, self)
        try:
            await disks.renew(self.asked.program)
        finally:
            await house.release(process, self)


FAULTS: tuple[type[Fault], ...] = (PowerCut, DiskSlow, DiskError, DiskRefuses, DiskFull, DiskReadOnly)
