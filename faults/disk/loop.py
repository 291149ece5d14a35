"""A small file system of its own under a program's data, on a loop device; needs root."""

import asyncio
import contextlib
import os
from pathlib import Path

from faults.fault import CannotFault

SIZE_MB = 128
FILLER = ".filler"
LAZY = "lazy_itable_init=0,lazy_journal_init=0"
"""Else the kernel goes on making the file system for minutes, and is counted."""
CHUNK = 1024 * 1024


class LoopDisk:
    """`folder` lies on it while it is mounted. Any number may ask for it; the last one to leave takes it down."""

    def __init__(self, folder: Path, image: Path, size_mb: int = SIZE_MB) -> None:
        self._folder = folder
        self._image = image
        self._size_mb = size_mb
        self._users = 0
        self._filled = 0
        self.device = ""

    async def join(self) -> None:
        """Mount it over the folder, which is empty; raises CannotFault."""
        self._users += 1
        if self._users > 1:
            return
        if os.geteuid():
            raise CannotFault("a file system of its own needs root")
        self._image.parent.mkdir(parents=True, exist_ok=True)
        with self._image.open("wb") as file:
            file.truncate(self._size_mb * 1024 * 1024)
        await _run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", LAZY, str(self._image))
        await self._mount()

    async def _mount(self) -> None:
        await _run("mount", "-o", "loop,errors=remount-ro,noatime", str(self._image), str(self._folder))
        self.device = (await _run("findmnt", "-n", "-o", "SOURCE", "--target", str(self._folder))).strip()
        self._folder.chmod(0o700)

    async def leave(self) -> None:
        """Take it down when nobody needs it any more."""
        if self._users:
            self._users -= 1
            if not self._users and self.device:
                await _run("umount", str(self._folder))
                self._image.unlink(missing_ok=True)
                self.device = ""

    async def renew(self) -> None:
        """Unmount, check and mount again, as a new start of the box does; nobody may have it open."""
        await _run("umount", str(self._folder))
        # a namespace made meanwhile may still hold the broken one, and would hand it to us again: so a copy it is
        old, self._image = self._image, self._image.with_name(f"{self._image.name}-again")
        await _run("cp", "--sparse=always", str(old), str(self._image))
        old.unlink()
        await _run("e2fsck", "-p", str(self._image), good=(0, 1))
        await self._mount()

    def fill(self) -> int:
        """Until nothing more goes in; returns the bytes."""
        filler = self._folder / FILLER
        filler.mkdir(mode=0o700, exist_ok=True)
        before = self._filled
        for size in (CHUNK, 4096):
            with contextlib.suppress(OSError), (filler / str(size)).open("ab", buffering=0) as file:
                while True:
                    os.posix_fallocate(file.fileno(), file.tell(), size)
                    file.seek(size, os.SEEK_CUR)
                    self._filled += size
        return self._filled - before

    def empty(self) -> None:
        """Make room again."""
        for one in (self._folder / FILLER).glob("*"):
            one.unlink()
        self._filled = 0

    def break_it(self) -> None:
        """The kernel finds a fault in it and lets nobody write any more."""
        Path(f"/sys/fs/ext4/{Path(self.device).name}/trigger_fs_error").write_text("played\n", "ascii")

    def sectors_written(self) -> int:
        """Of 512 bytes, as the block layer counts them: files, journal and names together."""
        return int(Path(f"/sys/block/{Path(self.device).name}/stat").read_text("ascii").split()[6])


async def _run(*command: str, good: tuple[int, ...] = (0,)) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )  # fmt: skip
    out, why = await process.communicate()
    if process.returncode not in good:
        lines = why.decode("utf-8", "replace").strip().splitlines()
        raise CannotFault(f"{command[0]} refused: {lines[0] if lines else process.returncode}")
    return out.decode("utf-8", "replace")
