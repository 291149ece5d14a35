"""The slot that is not in use: takes a new program piece by piece, checks it whole, and turns the pointer to it.

`manifest.new` in the idle slot holds what was accepted; it becomes `manifest.json`, which makes a slot count, when
the list and every file on it are there and are what was signed. A cut at any point leaves either the old program or
both. The list is read row by row: memory is short.
"""

import binascii
import hashlib
import json
import os
from collections import namedtuple

import loader

PIECE = 1024
HEAD = 24
"""Bytes before the data of a piece: 20 of the digest, 4 of the offset."""
SPARE_BLOCKS = 8
"""Flash that an update leaves to the records."""
FOLDER_BLOCKS = 16
FAULTS = 3
"""So many times a file may come wrong."""

Supply = namedtuple("Supply", "battery_mv least_mv")
"""What feeds the board and what an update needs, in mV: see `update.Here`."""


class Slots:
    """Both slots below `root` ("" on a board), seen by the program that runs in `slot`.

    `board`: its name; `system`: (major, minor) of its MicroPython.
    """

    def __init__(self, root, slot, board, system):
        self._root, self._board, self._system = root, board, system
        kept = loader.pointer(_text(f"{root}/start/pointer"))
        # the loader could not write down what it decided: then this program must not be taken for the idle one
        self._adrift = kept is None or kept.slot != slot
        self._pointer = loader.Pointer(0, slot) if self._adrift else kept
        self.version = _version(_bytes(f"{root}/{self.slot}/manifest.json"))
        self._idle = f"{root}/{loader.other(self.slot)}"
        self._job, self._row, self._have, self._next, self._faults = None, None, 0, 0, 0

    @property
    def slot(self):
        """The slot that runs."""
        return self._pointer.slot

    @property
    def trial(self):
        """1 while the running program must prove itself."""
        return self._pointer.trial

    @property
    def good(self):
        """Channels that gave values before the update; for `core.trial.Trial`."""
        return self._pointer.good

    @property
    def floor(self):
        """The highest version ever confirmed here: nothing that is not above it comes in."""
        kept = _text(f"{self._root}/start/floor") or ""
        return max(int(kept) if kept.isdigit() else 0, self.version)

    def offer(self, body, signature, supply):
        """A manifest came: a word of `update.WORDS`, or "" when its pieces are wanted from now on."""
        try:
            return self._offered(body, signature, supply)
        except MemoryError:
            self._job = None
            return "memory"

    def _offered(self, body, signature, supply):
        from node.core import update

        if self._job and self._job.digest == update.digest(body):
            return update.battery_word(supply.battery_mv, supply.least_mv)
        if self._adrift:
            return "flash"
        running = _bytes(f"{self._root}/{self.slot}/manifest.json")
        here = update.Here(
            self.floor, self._board, self._system, supply.battery_mv, supply.least_mv,
            update.digest(running) if running else "", self._pointer.failed, self.trial,
        )  # fmt: skip
        word, told = update.judged(body, signature, self._keys(), here)
        if word:
            return word
        self._job = None
        try:
            if _bytes(f"{self._idle}/manifest.json") == body:
                os.rename(f"{self._idle}/manifest.json", f"{self._idle}/manifest.new")
            if _bytes(f"{self._idle}/manifest.new") != body:
                if self._needed(told) > self._free():
                    return "space"
                self._begin(body)
            self._job, self._next, self._faults = told, 0, 0
            return self._seek()
        except OSError as fault:
            return self._give_up(fault)

    def wish(self):
        """(first 40 hex of a file's SHA-256, offset, size) of the next piece, or None when nothing is wanted."""
        if not self._job or not self._row:
            return None
        _, size, sha = self._row
        return binascii.hexlify(sha[:20]).decode(), self._have, min(PIECE, size - self._have)

    @property
    def whole(self):
        """Every piece of a program has come: `turn` is next."""
        return self._job is not None and self._row is None

    def take(self, piece):
        """A piece came; "" when it was written or is not the one that is wanted, else a word: it is given up."""
        wanted = self.wish()
        if wanted is None or not 0 < len(piece) - HEAD <= wanted[2]:
            return ""
        path, size, sha = self._row
        if bytes(piece[:20]) != sha[:20] or int.from_bytes(piece[20:HEAD], "big") != wanted[1]:
            return ""
        try:
            if not self._have:
                self._folders(path)
            with open(f"{self._idle}/{path}", "ab") as file:
                file.write(memoryview(piece)[HEAD:])
            self._have += len(piece) - HEAD
            if self._have < size:
                return ""
            return self._seek() if self._sound(self._row) else self._wrong(path)
        except OSError as fault:
            return self._give_up(fault)

    def turn(self, supply, good):
        """Check all and turn the pointer; "" means: restart now. `good`: ids of the channels that give values.

        "hash" while `wish` asks again: a file had gone wrong on the flash and is fetched once more.
        """
        from node.core import update

        word = update.battery_word(supply.battery_mv, supply.least_mv)
        if word or not self.whole:
            return word or "manifest"
        try:
            if wrong := self._first_wrong():
                self._next = 0
                self._wrong(wrong)
                return "hash"
            os.rename(f"{self._idle}/manifest.new", f"{self._idle}/manifest.json")
            was = self._pointer
            self._keep("pointer", loader.Pointer(was.turn + 1, loader.other(was.slot), 1, was.failed, good).text())
        except OSError as fault:
            return self._give_up(fault)
        self._job = None
        return ""

    def confirm(self):
        """The running program works: no return, nothing older comes in, no crash counts. "" or "flash"."""
        if self._adrift:
            return "flash"
        try:
            if self.trial:
                after = loader.confirmed(self._pointer)
                self._keep("pointer", after.text())
                self._pointer = after
            elif loader.counted(_text(f"{self._root}/start/count"), self._pointer.turn):
                self._keep("count", loader.count_text(self._pointer.turn, 0))
            floor = _text(f"{self._root}/start/floor") or ""
            if not floor.isdigit() or int(floor) < self.version:
                self._keep("floor", str(self.version))
        except OSError:
            return "flash"
        return ""

    def _begin(self, body):
        """Empty the idle slot; its manifest goes first, so that a slot that is not whole never looks it."""
        for name in ("manifest.json", "manifest.new"):
            _remove(f"{self._idle}/{name}")
        _empty(self._idle)
        _folder(self._idle)
        _put(f"{self._idle}/manifest.new", body)

    def _seek(self):
        """To the list, or the next of its files that is not there with its full size; "" or why it is given up."""
        if self._lacks(self._job.list):
            return ""
        from node.core import update

        with open(f"{self._idle}/{loader.LIST}", "rb") as rows:
            if not self._next:
                if not self._sound(self._job.list):
                    return self._wrong(loader.LIST)
                if not update.list_fits(rows):
                    self._job = None
                    return "manifest"
            rows.seek(self._next)
            while line := rows.readline():
                if self._lacks(update.row_of(line)):
                    return ""
                self._next = rows.tell()
        self._row = None
        return ""

    def _lacks(self, row):
        """Is more of this file wanted? Then it is the one that is asked for. One of size 0 is made here."""
        path, size, _ = row
        have = _size(f"{self._idle}/{path}")
        if have is not None and have > size:
            _remove(f"{self._idle}/{path}")
            have = None
        if have is None and not size:
            self._folders(path)
            _put(f"{self._idle}/{path}", b"")
            have = 0
        self._row, self._have = row, have or 0
        return have != size

    def _folders(self, path):
        place = self._idle
        for level in path.split("/")[:-1]:
            place = f"{place}/{level}"
            _folder(place)

    def _first_wrong(self):
        """A path that is not what was signed, looked for from the list to its last file; None when all is well."""
        if not self._sound(self._job.list):
            return loader.LIST
        from node.core import update

        with open(f"{self._idle}/{loader.LIST}", "rb") as rows:
            while line := rows.readline():
                row = update.row_of(line)
                if not self._sound(row):
                    return row[0]
        return None

    def _sound(self, row):
        path, size, sha = row
        if _size(f"{self._idle}/{path}") != size:
            return False
        seen, piece = hashlib.sha256(), bytearray(512)
        view = memoryview(piece)
        with open(f"{self._idle}/{path}", "rb") as file:
            while count := file.readinto(piece):
                seen.update(view[:count])
        return seen.digest() == sha

    def _wrong(self, path):
        """A file is not what was signed: away with it, it is asked for anew; too often, and the update is given up."""
        _remove(f"{self._idle}/{path}")
        self._faults += 1
        if self._faults >= FAULTS:
            self._job = None
            return "hash"
        return self._seek()

    def _give_up(self, fault):
        """The flash did not take it. What was written makes room again; what cannot be removed hurts nobody."""
        self._job = None
        try:
            for name in ("manifest.json", "manifest.new"):
                _remove(f"{self._idle}/{name}")
            _empty(self._idle)
        except OSError:
            pass
        return "space" if fault.errno == 28 else "flash"

    def _keys(self):
        from node.core import update

        return update.keys_of(_text(f"{self._root}/start/firmware.pub") or "")

    def _needed(self, told):
        """Bytes of flash, on the safe side: every file begins a block."""
        block = os.statvfs(self._root or "/")[0]
        return (told.total // block + told.files + FOLDER_BLOCKS + SPARE_BLOCKS) * block

    def _free(self):
        """Bytes that will be free once the idle slot is empty."""
        told = os.statvfs(self._root or "/")
        return told[0] * (told[3] + _blocks(self._idle, told[0]))

    def _keep(self, name, text):
        _folder(f"{self._root}/start")
        _put(f"{self._root}/start/{name}", text.encode())


def _put(path, body):
    """Whole or not at all: renaming is one step on littlefs."""
    with open(f"{path}.new", "wb") as file:
        file.write(body)
    os.rename(f"{path}.new", path)


def _bytes(path):
    try:
        with open(path, "rb") as file:
            # never more than there is: room is taken for all that is asked
            return file.read(min(os.stat(path)[6], loader.MANIFEST_MAX))
    except OSError:
        return None


def _text(path):
    try:
        return _bytes(path).decode()
    except (AttributeError, ValueError):
        return None


def _version(manifest):
    try:
        return json.loads(manifest)["version"] if manifest else 0
    except (ValueError, KeyError, TypeError):
        return 0


def _size(path):
    try:
        return os.stat(path)[6]
    except OSError:
        return None


def _remove(path):
    try:
        os.remove(path)
    except OSError as fault:
        if fault.errno != 2:
            raise


def _folder(path):
    try:
        os.mkdir(path)
    except OSError as fault:
        if fault.errno != 17:
            raise


def _inside(path):
    """[(name, is a folder)] of a folder, nothing when it is not there."""
    try:
        return [(row[0], row[1] == 0x4000) for row in os.ilistdir(path)]
    except OSError:
        return []


def _empty(path):
    for name, folder in _inside(path):
        if folder:
            _empty(f"{path}/{name}")
            os.rmdir(f"{path}/{name}")
        else:
            os.remove(f"{path}/{name}")


def _blocks(path, block):
    """Blocks that a folder gives back when it is emptied; small files lie in the folder and give none."""
    found = 0
    for name, folder in _inside(path):
        there = f"{path}/{name}"
        found += 2 + _blocks(there, block) if folder else -(-(_size(there) or 0) // block)
    return found
