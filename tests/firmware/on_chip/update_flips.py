"""Every byte of signature, manifest and files is changed: nothing of it may ever start. Run by MicroPython.

`update_flips.py FOLDER`: FOLDER holds v1, v2 and `firmware.pub`, and takes a board's files. The last line begins with
RESULT and is JSON.
"""

import json
import os
import sys

import loader
import main
import update_board as board
from node.core import ecdsa, update
from node.io.slots import Slots


def everything(release):
    """The files of a program and their list, with their sizes."""
    return [("files.txt", len(board.whole_file(f"{release.folder}/files.txt")))] + release.files


def changed(data, index):
    """The same bytes but for one bit of one of them."""
    other = bytearray(data)
    other[index] ^= 1 << index % 8
    return bytes(other)


def signed_bytes(release, key):
    """How many changed manifests and signatures were refused, of how many."""
    here = update.Here(1, "unix", board.SYSTEM, None, None, "", "", 0)
    refused = 0
    for index in range(len(release.signature)):
        refused += turned_away(release.manifest, changed(release.signature, index), key, here)
    for index in range(len(release.manifest)):
        refused += turned_away(changed(release.manifest, index), release.signature, key, here)
    assert update.judged(release.manifest, release.signature, [key], here)[0] == ""
    return refused, len(release.signature) + len(release.manifest)


def turned_away(manifest, signature, key, here):
    """Was it refused, with a word?"""
    word, told = update.judged(manifest, signature, [key], here)
    return bool(word) and told is None


def fetched(root, release):
    """Slots of a board with all of the new program, not yet turned."""
    slots = Slots(root, "a", "unix", board.SYSTEM)
    assert slots.offer(release.manifest, release.signature, board.FULL) == ""
    while not slots.whole:
        assert slots.take(release.piece(*slots.wish())) == ""
    return slots


def on_the_way(root, release):
    """Pieces with one changed byte; the file must be asked for anew, and never be whole."""
    tried = 0
    for path, size in everything(release):
        for index in range(size):
            os.remove(f"{root}/b/{path}")
            slots = Slots(root, "a", "unix", board.SYSTEM)
            assert slots.offer(release.manifest, release.signature, board.FULL) == ""
            for _ in range(-(-size // 1024)):
                digest, offset, length = slots.wish()
                piece = release.piece(digest, offset, length)
                hit = offset <= index < offset + length
                assert slots.take(changed(piece, 24 + index - offset) if hit else piece) == ""
            assert not slots.whole
            assert slots.wish() == (digest, 0, min(size, 1024))
            while not slots.whole:
                assert slots.take(release.piece(*slots.wish())) == ""
            tried += 1
    return tried


def on_the_flash(root, release):
    """Bytes that change after they were written: before the pointer is turned, and after."""
    tried = 0
    for path, size in everything(release):
        body = board.whole_file(f"{release.folder}/{path}")
        for index in range(3, size, 8):
            slots = fetched(root, release)
            write(f"{root}/b/{path}", changed(body, index))
            assert slots.turn(board.FULL, []) == "hash"
            assert not slots.whole
            if index % 16 == 3:
                assert board.fetch(slots, release) == ""
                write(f"{root}/b/{path}", changed(body, index))
                assert main.decide(root).slot == "a"
                os.remove(f"{root}/start/pointer")
                main.keep(root, "pointer", loader.Pointer().text())
            tried += 1
    return tried


def write(path, body):
    """A whole file."""
    with open(path, "wb") as file:
        file.write(body)


def play(folder):
    """All of it; figures."""
    root, old, new = f"{folder}/files", board.Release(f"{folder}/v1"), board.Release(f"{folder}/v2")
    os.mkdir(root)
    board.install(old, f"{folder}/firmware.pub", root)
    main.keep(root, "pointer", loader.Pointer().text())
    key = update.keys_of(board.whole_file(f"{folder}/firmware.pub").decode())[0]
    refused, asked = signed_bytes(new, key)
    ecdsa.verify = board.remembered
    fetched(root, new)
    return {"refused": refused, "asked": asked, "pieces": on_the_way(root, new), "flash": on_the_flash(root, new)}


if __name__ == "__main__":
    print("RESULT", json.dumps(play(sys.argv[1])))
