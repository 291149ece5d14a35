"""The disk's faults: power cut, slow, failing, full, read-only."""

import asyncio
import errno
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import msgspec

from faults.disk.card import WAYS
from faults.disk.loop import LoopDisk
from faults.disk.shim import Shim
from faults.fault import CannotFault, Fault, House

IN_FLIGHT_MS = 400
"""So slow is the disk just before a cut, that something is under way when it comes."""
Who = Literal["gateway", "dashboard", "kiosk"]
PROCESS: dict[str, str] = {"gateway": "gateway", "dashboard": "dashboard", "kiosk": "kiosk-keeper"}


class Disks:
    """Shims and file systems of one house, shared by its faults."""

    _of: ClassVar[dict[Path, "Disks"]] = {}

    def __init__(self, house: House) -> None:
        self._house = house
        self._room = house.folder / "disk"
        self._shims: dict[str, Shim] = {}
        self._loops: dict[str, LoopDisk] = {}

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

    def fresh(self, program: str) -> None:
        """The files have other inodes now."""
        if program in self._shims:
            self._shims[program].fresh()


class CutParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`keeps`: what the card keeps of what was not synced."""

    program: Who = "gateway"
    keeps: Literal["chance", "nothing", "beginning", "sectors", "pages", "all"] = "chance"


class PowerCut(Fault):
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
        process = PROCESS[self.asked.program]
        control = Disks.of(house).shim(self.asked.program).control
        usual, control.sync_ms = control.sync_ms, max(control.sync_ms, IN_FLIGHT_MS)
        await asyncio.sleep(house.random.uniform(0, 2 * IN_FLIGHT_MS / 1000))
        await house.hold(process, self, kill=True)
        control.sync_ms = usual
        if self.asked.program == "gateway":
            await asyncio.to_thread(house.forget_memory)
        try:
            way = next((one for one in WAYS if one == self.asked.keeps), None)
            shim = Disks.of(house).shim(self.asked.program)
            cut = await asyncio.to_thread(shim.cut, house.random, way)
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


class DiskSlow(Fault):
    """Every sync takes its time."""

    name = "disk-slow"
    tells = "every sync of the disk takes two seconds"
    Parameters = SlowParameters

    async def prepare(self, house: House) -> None:
        """The shim waits in each sync."""
        await asyncio.to_thread(Disks.of(house).shim, self.asked.program)

    async def begin(self, house: House) -> None:
        """From now on."""
        Disks.of(house).shim(self.asked.program).control.sync_ms = int(self.asked.seconds * 1000)

    async def end(self, house: House) -> None:
        """Quick again."""
        Disks.of(house).shim(self.asked.program).control.sync_ms = 0


class ErrorParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`what` fails; `nth` 0: all of them while it lasts, else the nth one once."""

    program: Who = "gateway"
    what: Literal["write", "sync"] = "write"
    nth: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0


class DiskError(Fault):
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
        self._set(house, 0, 0)

    def _set(self, house: House, fault: int, nth: int) -> None:
        control = Disks.of(house).shim(self.asked.program).control
        if self.asked.what == "write":
            control.write_errno, control.break_write = (0 if nth else fault), nth
        else:
            control.sync_errno, control.break_sync = (0 if nth else fault), nth


class WhoParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose disk."""

    program: Who = "gateway"


class DiskRefuses(Fault):
    """As `disk-full`, where there is no root: the shim plays the full disk."""

    name = "disk-refuses"
    tells = "every write is refused as on a full disk, by the shim (needs no root)"
    Parameters = WhoParameters

    async def prepare(self, house: House) -> None:
        """The shim refuses."""
        await asyncio.to_thread(Disks.of(house).shim, self.asked.program)

    async def begin(self, house: House) -> None:
        """Full."""
        Disks.of(house).shim(self.asked.program).control.write_errno = errno.ENOSPC

    async def end(self, house: House) -> None:
        """Room again."""
        Disks.of(house).shim(self.asked.program).control.write_errno = 0


class OwnDisk(Fault):
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
        filled = await asyncio.to_thread(Disks.of(house).loop(self.asked.program).fill)
        house.say(f"{self.asked.program}: {filled} bytes written beside its data, the disk is full")

    async def end(self, house: House) -> None:
        """Make room."""
        await asyncio.to_thread(Disks.of(house).loop(self.asked.program).empty)


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
            await disks.loop(self.asked.program).renew()
            disks.fresh(self.asked.program)
        finally:
            await house.release(process, self)


FAULTS: tuple[type[Fault], ...] = (PowerCut, DiskSlow, DiskError, DiskRefuses, DiskFull, DiskReadOnly)
