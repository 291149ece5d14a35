"""A board that is played: littlefs below /f, the real loader, the real slots; programs that do as they are told.

A program of a test calls `program(root, slot, trial, version)`; what it does then is `act`. Each `live` is one
power-up; an exception that is no `Exception` is what ends a life from outside: a watchdog, or the tester.
"""

import binascii
import gc
import hashlib
import json
import os
import sys

import loader
import main
import vfs
from node.core import ecdsa, update
from node.io.slots import Slots, Supply
from update_flash import PROG, Flash

ROOT = "/f"
BLOCKS = 80
FULL = Supply(12600, 11800)
SYSTEM = (1, 29)


class Watchdog(BaseException):
    """The chip resets a program that hangs."""


class Enough(BaseException):
    """The tester has seen what he wanted."""


class Release:
    """A signed program in a folder of the host; beside it `pieces`, all files of all releases by their digest."""

    def __init__(self, folder):
        self.folder = folder
        self.manifest = whole_file(f"{folder}/manifest.json")
        self.signature = binascii.a2b_base64(whole_file(f"{folder}/manifest.sig"))
        self.version = json.loads(self.manifest)["version"]

    @property
    def files(self):
        """Rows of path and size."""
        rows = [row.split(" ") for row in whole_file(f"{self.folder}/files.txt").decode().split("\n") if row]
        return [(path, int(size)) for _, size, path in rows]

    def piece(self, digest, offset, size):
        """As it comes from the gateway."""
        with open(f"{self.folder}/../pieces/{digest}", "rb") as file:
            file.seek(offset)
            data = file.read(size)
        return bytes.fromhex(digest) + offset.to_bytes(4, "big") + data


def whole_file(path):
    """All bytes of a file."""
    with open(path, "rb") as file:
        return file.read()


_verify, _known = ecdsa.verify, {}


def remembered(public, message, signature):
    """The real check, but each only once: thousands of lives ask the same."""
    asked = hashlib.sha256(public + signature + message).digest()
    if asked not in _known:
        _known[asked] = _verify(public, message, signature)
    return _known[asked]


def forget_programs():
    """Empty the memory of a board, as a reset does."""
    for name in [name for name in sys.modules if name == "node" or name.startswith("node.")]:
        del sys.modules[name]


package = sys.modules["node"]
parts = {name: module for name, module in sys.modules.items() if name.startswith("node.")}
act, device = None, None
started, starts, damaged = [], [], []


def program(root, slot, trial, version):
    """Called by every program of the tests, from its slot."""
    started.append((slot, trial, version))
    sys.modules.update(parts)  # a program of the tests has none of its own
    act(Slots(root, slot, "unix", SYSTEM), version)


def start(root, slot, trial, real=main.start):
    """As the loader's own; written down."""
    starts.append(slot)
    real(root, slot, trial)


main.start = start


def live(root=ROOT):
    """One power-up; True when the tester has seen enough."""
    forget_programs()
    sys.path[:] = [".frozen"]  # a board holds nothing but its slots
    try:
        main.boot(root)
    except (Watchdog, SystemExit):
        pass
    except Enough:
        return True
    finally:
        forget_programs()
        sys.modules.update(parts, node=package)
        gc.collect()
    return False


def fetch(slots, release, supply=FULL):
    """Download all that is wanted and turn the pointer; the last word."""
    word = slots.offer(release.manifest, release.signature, supply)
    while not word and not slots.whole:
        word = slots.take(release.piece(*slots.wish()))
    return word or slots.turn(supply, [1, 2])


def same(root, slot, release):
    """Does a slot hold exactly this program?"""
    return main.look(root, slot, True) == (release.version, update.digest(release.manifest), True)


def mounted(path, blocks=BLOCKS, log=None, fresh=False):
    """A board's flash on the file of the host, mounted."""
    gc.collect()
    device = Flash(path, blocks, log)
    if fresh:
        vfs.VfsLfs2.mkfs(device, progsize=PROG)
    vfs.mount(vfs.VfsLfs2(device, progsize=PROG, lookahead=32, mtime=False), ROOT)
    return device


def unmounted(device):
    """The file of the host is left alone again."""
    vfs.umount(ROOT)
    device.close()


def install(release, key, root=ROOT, slot="a"):
    """As the cable does: the first program, and the key."""
    for path in [row[0] for row in release.files] + ["manifest.json", "files.txt"]:
        folder = f"{root}/{slot}"
        for level in [""] + path.split("/")[:-1]:
            folder = f"{folder}/{level}" if level else folder
            try:
                os.mkdir(folder)
            except OSError:
                pass
        with open(f"{root}/{slot}/{path}", "wb") as file:
            file.write(whole_file(f"{release.folder}/{path}"))
    try:
        os.mkdir(f"{root}/start")
    except OSError:
        pass
    with open(f"{root}/start/firmware.pub", "wb") as file:
        file.write(whole_file(key))


def pointer(root=ROOT):
    """As it stands on the flash."""
    return loader.pointer(main.read(root, "pointer"))
