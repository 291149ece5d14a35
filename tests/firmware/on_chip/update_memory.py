"""A whole update while most of the heap is taken by others. Run by MicroPython: `update_memory.py FOLDER`."""

import gc
import json
import sys

import loader
import main
import update_board as board
from node.io.slots import Slots

FREE_SHARE = 33


def ballast():
    """Take memory in pieces of 256 bytes until a third is left, every second one given back: a heap that was used."""
    gc.collect()
    total = gc.mem_free() + gc.mem_alloc()
    held = []
    while gc.mem_free() * 100 > total * (FREE_SHARE - 8):
        held.append(bytearray(256))
    while gc.mem_free() * 100 < total * FREE_SHARE:
        held.pop(len(held) // 2)
        gc.collect()
    return held


def starved(root, release):
    """What is said to a program when there is no memory left at all."""
    slots, held = Slots(root, "b", "unix", board.SYSTEM), []
    try:
        while True:
            held = [held, bytearray(64)]
    except MemoryError:
        return slots.offer(release.manifest, release.signature, board.FULL)


def play(folder):
    """The last word of the update, and how much of the heap was free before it."""
    root = f"{folder}/board"
    new = board.Release(f"{folder}/v2")
    main.keep(root, "pointer", loader.Pointer().text())
    held = ballast()
    share = gc.mem_free() * 100 // (gc.mem_free() + gc.mem_alloc())
    word = board.fetch(Slots(root, "a", "unix", board.SYSTEM), new)
    held.clear()
    refused = starved(root, new)
    assert main.look(root, "b", True)[2]
    return {"word": word, "starved": refused, "free_share_before": share}


if __name__ == "__main__":
    print("RESULT", json.dumps(play(sys.argv[1])))
