"""What the gateway writes to its card in a day: sectors of a loop device, as the kernel's block layer counts them.

`python -m faults.disk wear --commit 10 --seconds 120 [--active]`: a gateway with its default settings, two devices and
a centre that marks, on an ext4 of its own. Time runs faster there; every sync and every checkpoint comes as often as in
a day of life, so what is counted holds for the day: files, journal of the file system and names together.
"""

import asyncio
import contextlib
import os
import time
from pathlib import Path

import msgspec

from doors.clock import spec_of
from faults.disk.loop import LoopDisk
from faults.disk.small import SmallSite
from faults.fault import CannotFault, House

SECTOR = 512
DAY_S = 86_400.0
RATE = 20.0
"""Product seconds in a real one: the plant's serial line still answers every poll."""
SETTLE_S = 5.0
"""Real seconds after the first word of the gateway: what only a start writes is not counted."""
DRAWN_EVERY_S = 2.0
AT_LEAST_S = 15.0
"""Real seconds; from less nothing can be said of a day."""
BEGIN_MS, BEGIN_UP_MS = 1_764_000_000_000, 600_000
OUTAGE = 'title = "outage"\nlength_s = 200000\nplant = "automatic"\n[[step]]\nat_s = 30\ndo = "mains_fails"\n'


class Worn(msgspec.Struct, frozen=True):
    """A measurement; megabytes are 10⁶ bytes."""

    sd_mb_per_day: float
    product_s: float
    sectors: int


async def measure(
    folder: Path, until: asyncio.Event, *, commit_every_s: float | None = None, active: bool = False, rate: float = RATE
) -> Worn:
    """Count until the event is set; `folder` is empty. None: the default interval. Raises CannotFault."""
    more = "" if commit_every_s is None else f"commit_every_s = {commit_every_s}\n"
    clock = spec_of(rate, BEGIN_MS, BEGIN_UP_MS, "boot-of-the-wear")
    site = SmallSite(folder, more=more, clock=clock, scenario=OUTAGE if active else "")
    disk = LoopDisk(site.data, folder / "card.img")
    try:
        await disk.join()
        await site.open()
        await site.start({})
        for _ in range(400):
            if site.count("up/status"):
                break
            await asyncio.sleep(0.05)
        site.kiosk_draws()
        await asyncio.sleep(SETTLE_S)
        began_s, sectors = time.monotonic(), await _counted(site.data, disk)
        await _draw(site, until)
        await site.stop()  # the journal goes into the file, as it does every ten minutes
        gone_s, sectors = time.monotonic() - began_s, await _counted(site.data, disk) - sectors
    finally:
        await site.close()
        await disk.leave()
    if gone_s < AT_LEAST_S:
        raise CannotFault(f"{gone_s:.0f} s are too short to say what a day writes")
    return Worn(round(sectors * SECTOR / 1e6 / (gone_s * rate) * DAY_S, 1), round(gone_s * rate), sectors)


async def _draw(site: SmallSite, until: asyncio.Event) -> None:
    """A kiosk that is well, for as long as it lasts."""
    while not until.is_set():
        site.kiosk_draws()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAWN_EVERY_S):
                await until.wait()


async def _counted(folder: Path, disk: LoopDisk) -> int:
    """All that was given to the file system has reached the device."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        await asyncio.to_thread(os.fsync, handle)
    finally:
        os.close(handle)
    process = await asyncio.create_subprocess_exec("sync", "-f", str(folder))
    await process.wait()
    return disk.sectors_written()


class Wear:
    """The witness of the card: a gateway of its own with default settings, beside the house, as long as a run lasts."""

    def __init__(self) -> None:
        self._until = asyncio.Event()
        self._task: asyncio.Task[Worn] | None = None

    async def prepare(self, house: House) -> None:
        """Begin to count; without root nothing is measured."""
        if os.geteuid():
            house.say("sd_mb_per_day is not measured: a file system of its own needs root")
            return
        folder = house.folder / "disk" / "wear"
        folder.mkdir(parents=True)
        self._task = asyncio.create_task(measure(folder, self._until), name="wear")

    async def figures(self, house: House) -> dict[str, float | None]:
        """Megabytes (10⁶) a day, of an idle site with default settings."""
        if self._task is None:
            return {"sd_mb_per_day": None}
        self._until.set()
        try:
            return {"sd_mb_per_day": (await self._task).sd_mb_per_day}
        except CannotFault as fault:
            house.say(f"sd_mb_per_day is not measured: {fault}")
            return {"sd_mb_per_day": None}

    async def clear(self, house: House) -> None:  # noqa: ARG002 - as every witness
        """Also when nobody asked for figures."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError, CannotFault):
                await self._task
