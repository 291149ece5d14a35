"""A card after a power cut: what the shim wrote down → files as the cut might have left them.

What a completed sync covers is there for certain. Of everything after it the card may keep nothing, all, a part from
the beginning, or single sectors in any order; a name is made, changed or removed for certain when its folder was
synced. A sync that failed leaves what it should have covered lost for good, though the program still reads it (Linux
calls such pages clean).
"""

import os
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

HEAD = struct.Struct("<IIQqq")
SECTOR, PAGE = 512, 4096
Way = Literal["nothing", "beginning", "sectors", "pages", "all"]
WAYS: tuple[Way, ...] = ("nothing", "beginning", "sectors", "pages", "all")
NOT_KEPT = "-shm"
"""SQLite's index of its journal is mapped into memory and made anew after a cut."""


class Write(msgspec.Struct):
    """Bytes at a place, or a new length (`data` None)."""

    at: int
    data: bytes | None
    lost: bool = False


class File(msgspec.Struct):
    """One file: what the card holds for certain, and what has been done since, in order."""

    held: bytearray
    since: list[Write] = []
    syncs: dict[int, int] = {}
    """Number of a sync under way → how much of `since` it covers."""


class Name(msgspec.Struct):
    """A change of the folder: `file` gets a name, loses one, or both."""

    gone: str | None
    new: str | None
    file: int


class Card:
    """One folder, as the card has it."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[int, File] = {}
        self._names: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        self._changes: list[Name] = []
        self._syncs: dict[int, int] = {}
        self._inodes: dict[int, int] = {}
        for path in sorted(folder.iterdir()):
            if path.is_file():
                number = self._new(path.stat().st_ino, path.read_bytes())
                self._names[path.name] = self._seen[path.name] = number

    def _new(self, inode: int, held: bytes = b"") -> int:
        number = len(self._files) + 1
        self._files[number] = File(bytearray(held), [], {})
        self._inodes[inode] = number
        return number

    def play(self, book: Path) -> None:
        """All that the shim wrote down; the last entry may be cut off by the kill."""
        for kind, inode, at, data in _entries(book):
            if kind == "C":
                number = self._new(inode)
                self._seen[data.decode()] = number
                self._changes.append(Name(None, data.decode(), number))
            elif kind in "RU":
                self._rename(*data.decode().split("\0")) if kind == "R" else self._remove(data.decode())
            elif inode == 0:
                self._folder_synced(kind, at)
            elif inode in self._inodes:
                _write(self._files[self._inodes[inode]], kind, at, data)

    def _rename(self, was: str, to: str) -> None:
        number = self._seen.pop(was, None)
        if number is not None:
            self._seen[to] = number
            self._changes.append(Name(was, to, number))

    def _remove(self, name: str) -> None:
        number = self._seen.pop(name, None)
        if number is not None:
            self._changes.append(Name(name, None, number))

    def _folder_synced(self, kind: str, sync: int) -> None:
        if kind == "S":
            self._syncs[sync] = len(self._changes)
        elif (covers := self._syncs.pop(sync, 0)) and kind == "D":
            _renamed(self._names, self._changes[:covers])
            del self._changes[:covers]
            self._syncs = {one: max(0, left - covers) for one, left in self._syncs.items()}

    def unsynced(self) -> int:
        """Bytes whose fate is open."""
        return sum(len(one.data or b"") for file in self._files.values() for one in file.since)

    def strangers(self, folder: Path) -> list[str]:
        """Files that hold what is not in the book: of those nothing can be said, so they are kept whole.

        Somebody wrote there without the shim; or the kill came between a write and its entry, once in some fifty.
        """
        found = []
        for path in sorted(folder.iterdir()):
            if path.is_file() and not path.name.endswith(NOT_KEPT):
                body = path.read_bytes()
                number = self._seen.get(path.name)
                if number is None or body != _survives(self._files[number], "seen", random.Random(0)):  # noqa: S311
                    found.append(path.name)
                    self._files[len(self._files) + 1] = File(bytearray(body), [], {})
                    self._names[path.name] = self._seen[path.name] = len(self._files)
                    self._changes = [one for one in self._changes if path.name not in (one.gone, one.new)]
        return found

    def after_cut(self, way: Way, chance: random.Random) -> dict[str, bytes]:
        """The files by name, as a cut now might leave them."""
        names = dict(self._names)
        keeps = {"nothing": 0, "all": len(self._changes)}.get(way, chance.randint(0, len(self._changes)))
        _renamed(names, self._changes[:keeps])
        return {
            name: _survives(self._files[number], way, chance)
            for name, number in names.items()
            if not name.endswith(NOT_KEPT)
        }


def put_back(folder: Path, files: dict[str, bytes]) -> None:
    """The folder as it comes up after the cut, and on the device: a disk that fails next takes nothing of it back."""
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
    for name, body in files.items():
        with (folder / name).open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _entries(book: Path) -> Iterator[tuple[str, int, int, bytes]]:
    with book.open("rb") as file:
        while len(head := file.read(HEAD.size)) == HEAD.size:
            kind, size, inode, at, _ = HEAD.unpack(head)
            data = file.read(size)
            if len(data) < size:
                return
            yield chr(kind), inode, at, data


def _renamed(names: dict[str, int], changes: list[Name]) -> None:
    for one in changes:
        if one.gone is not None:
            names.pop(one.gone, None)
        if one.new is not None:
            names[one.new] = one.file


def _write(file: File, kind: str, at: int, data: bytes) -> None:
    if kind == "W":
        file.since.append(Write(at, data))
    elif kind == "T":
        file.since.append(Write(at, None))
    elif kind == "S":
        file.syncs[at] = len(file.since)
    elif kind in "DL":
        covers = file.syncs.pop(at, 0)
        if kind == "L":
            for one in file.since[:covers]:
                one.lost = True
            return
        for one in file.since[:covers]:
            if not one.lost:
                _apply(file.held, one)
        del file.since[:covers]
        file.syncs = {one: max(0, left - covers) for one, left in file.syncs.items()}


def _apply(held: bytearray, one: Write) -> None:
    if one.data is None:
        del held[one.at :]
        held.extend(bytes(one.at - len(held)))
    else:
        held.extend(bytes(max(0, one.at - len(held))))
        held[one.at : one.at + len(one.data)] = one.data


def _survives(file: File, way: Way | Literal["seen"], chance: random.Random) -> bytes:
    held = bytearray(file.held)
    since = [one for one in file.since if not one.lost or way == "seen"]
    if way == "nothing":
        return bytes(held)
    if way == "beginning":
        since = since[: chance.randint(0, len(since))]
        if since and since[-1].data:
            since[-1] = Write(since[-1].at, since[-1].data[: chance.randint(0, len(since[-1].data))])
    elif way in ("sectors", "pages"):
        since = _scattered(since, SECTOR if way == "sectors" else PAGE, chance)
    for one in since:
        _apply(held, one)
    return bytes(held)


def _scattered(since: list[Write], size: int, chance: random.Random) -> list[Write]:
    """Single pieces survive, whichever the card had written by then; a later one perhaps before an earlier one.

    An earlier version of a piece is never written after a newer one. A shortening of the file is in the journal of the
    file system, where what came later cannot be there without it.
    """
    odds = chance.choice((0.1, 0.5, 0.9))
    pieces: list[Write] = []
    for one in since:
        if one.data is None:
            if chance.random() < odds:
                pieces.append(one)
            continue
        at = one.at
        while at < one.at + len(one.data):
            end = min((at // size + 1) * size, one.at + len(one.data))
            if chance.random() < odds:
                pieces.append(Write(at, one.data[at - one.at : end - one.at]))
            at = end
    return pieces
