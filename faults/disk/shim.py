"""The shim for a program: made once per folder, put into its environment, and told what is to go wrong now."""

import ctypes
import mmap
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from faults.disk.card import WAYS, Card, Way, put_back
from faults.fault import CannotFault

SOURCE = Path(__file__).with_name("shim.c")


class Control(ctypes.LittleEndianStructure):
    """As in shim.c."""

    _fields_ = [
        (name, ctypes.c_int32)
        for name in ("sync_ms", "write_errno", "sync_errno", "break_write", "break_sync", "writes", "syncs", "spare")
    ]


class Cut(NamedTuple):
    """What the card kept of how many bytes whose fate was open, and files that somebody else had written to."""

    way: Way
    unsynced: int
    strangers: tuple[str, ...]


class Shim:
    """The disk under `folder` for one program. `room`: where library, book and control file lie."""

    def __init__(self, folder: Path, room: Path) -> None:
        room.mkdir(parents=True, exist_ok=True)
        self.folder = folder.resolve()
        self._room = room
        self._library = room / "shim.so"
        if not self._library.exists():
            _compile(self._library)
        with (room / "control").open("w+b") as file:
            file.truncate(ctypes.sizeof(Control))
            self._map = mmap.mmap(file.fileno(), ctypes.sizeof(Control))
        self.control = Control.from_buffer(self._map)
        """What is to go wrong now; see shim.c."""
        self._card: Card
        self.fresh()

    @property
    def environment(self) -> dict[str, str]:
        """For the program; a library that is preloaded already goes first."""
        return {
            "LD_PRELOAD": str(self._library),
            "DISK_FOLDER": str(self.folder),
            "DISK_BOOK": str(self._room / "book"),
            "DISK_CONTROL": str(self._room / "control"),
        }

    def fresh(self) -> None:
        """All that lies in the folder now is on the card; the book begins anew. Only while the program is down."""
        (self._room / "book").unlink(missing_ok=True)
        self._card = Card(self.folder)

    def cut(self, chance: random.Random, way: Way | None = None) -> "Cut":
        """The power was cut when the program died. Only while the program is down."""
        keeps: Way = way if way is not None else chance.choice(WAYS)
        book = self._room / "book"
        if book.exists():
            self._card.play(book)
        strangers = tuple(self._card.strangers(self.folder))
        unsynced = self._card.unsynced()
        put_back(self.folder, self._card.after_cut(keeps, chance))
        self.fresh()
        return Cut(keeps, unsynced, strangers)


def _compile(library: Path) -> None:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise CannotFault("no C compiler, which the disk's shim needs; install gcc")
    new = library.with_name(f"{library.name}.{os.getpid()}")
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(new), str(SOURCE), "-lpthread"]
    made = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if made.returncode:
        raise CannotFault(f"the disk's shim cannot be compiled here ({made.stderr.strip().splitlines()[-1:]})")
    new.rename(library)
