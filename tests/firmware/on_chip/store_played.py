"""The store on littlefs as a board has it. `micropython store_played.py PLAY FLASH_FILE …` prints one line of JSON.

`cuts PROG`: the power goes at every erase and every program of a run, clean and torn; all in this one process.
`wear GATHER SEGMENTS PROG RECORDS MOST`: counts erases for so many records that no gateway confirms.
`files`: what is no segment lies in the folder.
"""

import gc
import json
import os
import sys

from node.core import records
from node.core.backlog import Backlog
from node.core.pace import Pace
from node.core.wear import erases_per_1000
from node.io.flash import Flash
from store_flash import CountedFlash

A, B, C = "aaaaaaaa", "bbbbbbbb", "cccccccc"
FOLDER = "/f/store"
BLOCKS = 16
SEGMENTS = 4
CUT_MOST = 30


def record(seq):
    """The one with that number."""
    return (seq, 3 * seq, seq % 7, None if seq % 11 == 0 else seq * 1000 - 99_000, seq % 3)


def opened(boot, segments=SEGMENTS, gather=10):
    """The store of a boot, at a pace that holds nothing back."""
    pace = Pace(per_minute=60_000_000, window=1_000_000, patience_s=300)
    return Backlog(Flash(FOLDER), boot, ring=gather + 10, segments=segments, gather=gather, pace=pace)


def told(store):
    """All that is handed out, as {boot: [seq]}; raises for one that was never kept."""
    found = {}
    while True:
        boot, _, batch = store.next_batch(32)
        if not batch:
            return found
        for one in batch:
            seqs = found.setdefault(boot, [])
            if one != record(one[0]) or (seqs and one[0] <= seqs[-1]):
                raise ValueError("false: %s %s" % (boot, one))
            seqs.append(one[0])


class Life:
    """One run of a node: 40 records of an earlier boot, confirmed; then more than the flash can hold."""

    def __init__(self):
        self.safe, self.marked = {A: 0, B: 0}, {A: 0, B: 0}

    def boot(self, boot, kept, mark_at):
        """So many records, and a mark after one of them."""
        store = opened(boot)
        for seq in range(1, kept + 1):
            store.keep(record(seq))
            store.settle(seq, everything=seq == kept)
            self.safe[boot] = store.safe_seq
            if seq == mark_at:
                self.confirm(store)
        return store

    def confirm(self, store):
        """The gateway has all that it was told; it says so before the node deletes."""
        for boot, seqs in told(store).items():
            self.marked[boot] = seqs[-1]
        store.forget(self.marked)
        store.settle(10_000)

    def live(self):
        """An earlier boot, then one that fills the flash more than once."""
        self.boot(A, 25, 0)
        return self.boot(B, 200, 55)


def held(life, store):
    """Nothing acknowledged is missing without being counted; returns how many records were found."""
    found = told(store)
    missing = 0
    for boot in (A, B):
        seqs = set(found.get(boot, ()))
        for seq in range(life.marked[boot] + 1, life.safe[boot] + 1):
            missing += seq not in seqs
    if missing > store.dropped():
        raise ValueError(
            "%d missing, %d counted, marked %s, safe %s" % (missing, store.dropped(), life.marked, life.safe)
        )
    return sum([len(seqs) for seqs in found.values()])


def begun(path, prog):
    """A new flash."""
    device = CountedFlash(path, BLOCKS)
    device.mount(prog, fresh=True)
    device.done = 0
    return device


def cut(path, prog, after, torn):
    """The power goes; how many records are there afterwards?"""
    device = begun(path, prog)
    device.left, device.torn = after, torn
    life = Life()
    life.live()
    if device.left:
        raise ValueError("no cut at %d" % after)
    device.left = -1
    device.unmount()
    device.mount(prog)
    store = opened(C)
    found = held(life, store)
    for seq in range(1, 16):
        store.keep(record(seq))
    if not store.settle(1, everything=True) or store.safe_seq != 15:
        raise ValueError("not writable after a cut: " + store.fault)
    again = told(opened("dddddddd")).get(C)
    if again != list(range(1, 16)):
        raise ValueError("lost after a cut: %s" % again)
    device.unmount()
    return found


def cuts(path, prog):
    """With 32 the segments have blocks of their own, with 256 they lie in the folder itself."""
    records.MOST = CUT_MOST
    prog = int(prog)
    device = begun(path, prog)
    life = Life()
    live = held(life, life.live())
    device.unmount()
    found = [cut(path, prog, after, torn) for after in range(1, device.done + 1) for torn in (False, True)]
    return {"operations": device.done, "cuts": len(found), "least": min(found), "most": max(found), "live": live}


def wear(path, gather, segments, prog, kept, most):
    """Erases for so many records, after a first round that fills the store."""
    gather, segments, prog, kept, records.MOST = int(gather), int(segments), int(prog), int(kept), int(most)
    device = CountedFlash(path, 512)
    device.mount(prog, fresh=True)
    store = opened(A, segments, gather)
    first = segments * records.MOST
    for seq in range(1, first + kept + 1):
        if seq == first:
            device.erases = 0
        store.keep(record(seq))
        store.settle(3 * seq - 500)
    gc.collect()
    share = gc.mem_free() * 100 // (gc.mem_free() + gc.mem_alloc())
    told = {"erases": device.erases, "dropped": store.dropped(), "fault": store.fault, "free_percent": share}
    told["budget_per_1000"] = erases_per_1000(gather, most=records.MOST)
    return told


def files(path):
    """Junk among the segments."""
    device = begun(path, 256)
    Life().boot(A, 500, 0).settle(10_000, everything=True)
    with open(FOLDER + "/notes.txt", "w") as file:
        file.write("mine")
    os.mkdir(FOLDER + "/00000009.seg")
    for number in range(0x10, 0x18):
        with open("%s/%08x.seg" % (FOLDER, number), "wb") as file:
            file.write(b"junk" * 40)
    with open(FOLDER + "/00000001.seg", "r+b") as file:
        file.seek(records.HEADER_SIZE + 5 * records.SIZE)
        file.write(b"\x55")
    store = opened(B)
    found = told(store).get(A)
    settled = store.settle(1)
    names = sorted(os.listdir(FOLDER))
    device.unmount()
    return {"found": found, "settled": settled, "names": names, "dropped": store.dropped()}


gc.collect()
print(json.dumps({"cuts": cuts, "wear": wear, "files": files}[sys.argv[1]](*sys.argv[2:])))
