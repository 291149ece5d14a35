"""The gateway on an ext4 of its own: the last block is taken, and the kernel makes it read-only."""

import asyncio
import os
from pathlib import Path

import pytest

from faults.disk import wear
from faults.disk.card import put_back
from faults.disk.loop import LoopDisk
from faults.disk.small import SmallSite
from faults.disk.wear import Worn, measure
from faults.fault import CannotFault

PACE = "[pace]\nheartbeat_s = 20\npicture_every_s = 0.2\nsample_every_s = 1\nsample_active_every_s = 1\n"
WITHIN_S = 60.0


def mounted(folder: Path) -> bool:
    """Is anything in it?"""
    return str(folder) in Path("/proc/mounts").read_text("ascii")


async def answered(site: SmallSite, number: int) -> bool:
    """Is the order of that number answered by a record in time?"""
    site.order(number)
    for _ in range(int(WITHIN_S / 0.05)):
        if any(f'"o-{number}"'.encode() in body for body in site.heard.values()):
            return True
        await asyncio.sleep(0.05)
    return False


async def refused(site: SmallSite, number: int) -> bool:
    """Is the order not answered, while the set is read all the same?"""
    polls = site.count("up/device/genset")
    site.order(number)
    await asyncio.sleep(1.5)
    for _ in range(int(WITHIN_S / 0.05)):
        if site.count("up/device/genset") > polls:
            break
        await asyncio.sleep(0.05)
    quiet = not any(f'"o-{number}"'.encode() in body for body in site.heard.values())
    return quiet and site.count("up/device/genset") > polls and site.runs


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own needs root")
async def test_a_full_and_a_broken_file_system_lose_nothing(tmp_path: Path) -> None:
    """Orders wait while nothing can be written, the set is read on, and all are answered: with room, or a new start."""
    site = SmallSite(tmp_path, marks=False, more=f"commit_every_s = 1\n{PACE}", poll_every_s=0.5)
    disk = LoopDisk(site.data, tmp_path / "card.img", size_mb=32)
    await disk.join()
    try:
        await site.open()
        await site.start({})
        first = await answered(site, 1)
        disk.fill()
        full = [await refused(site, number) for number in (2, 3)]
        disk.empty()
        after = [await answered(site, number) for number in (2, 3)]
        disk.break_it()
        broken = await refused(site, 4)
        await site.kill()
        await disk.renew()
        await site.start({})
        again = [await answered(site, number) for number in (4, 5)]
    finally:
        await site.close()
        await disk.leave()

    assert (True, [True, True], [True, True], True, [True, True]) == (first, full, after, broken, again)


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own needs root")
async def test_what_a_power_cut_has_left_outlives_a_file_system_that_fails_next(tmp_path: Path) -> None:
    """What the card kept is on the card: the next fault is not charged with what the last one took back."""
    folder = tmp_path / "data"
    folder.mkdir()
    disk = LoopDisk(folder, tmp_path / "card.img", size_mb=32)
    await disk.join()
    try:
        put_back(folder, {"gateway.db": b"x" * 200_000})
        disk.break_it()
        await disk.renew()
        held = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    finally:
        await disk.leave()

    assert {"gateway.db": b"x" * 200_000} == held


async def test_without_root_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence; nothing is mounted."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(CannotFault, match="a file system of its own needs root"):
        await LoopDisk(tmp_path, tmp_path / "card.img").join()


@pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own needs root")
async def test_wear_is_counted_in_sectors_of_the_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway at work writes some kilobytes per commit; a day of that is a figure, and nothing stays mounted."""
    monkeypatch.setattr("faults.disk.wear.AT_LEAST_S", 1.0)
    monkeypatch.setattr("faults.disk.wear.SETTLE_S", 0.5)
    until = asyncio.Event()
    counted = wear._counted

    async def begins(folder: Path, device: LoopDisk) -> int:
        asyncio.get_running_loop().call_later(4.0, until.set)  # however long the site took to stand
        return await counted(folder, device)

    monkeypatch.setattr("faults.disk.wear._counted", begins)
    worn: Worn = await measure(tmp_path, until)

    assert worn.sectors > 50
    assert 20 < worn.sd_mb_per_day < 5000
    assert not mounted(tmp_path)
