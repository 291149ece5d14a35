"""One update from the first version to the second, and every way in which the power can end it. Run by MicroPython.

`update_cuts.py FOLDER AGAIN`: FOLDER holds the releases v1, v2, v98 and `firmware.pub`, and takes the flash as a file.
Of every AGAIN-th cut the way back is cut as well. The last line begins with RESULT and is JSON.
"""

import json
import sys

import loader
import main
import update_board as board
import update_flash as flash
from node.core import ecdsa

SECOND = 5
"""Of the way back, every so many-th operation is cut."""


class Update:
    """A flash with the old program on it, in the idle slot one of long ago, and what the application does there."""

    def __init__(self, folder):
        self.old, self.new = board.Release(f"{folder}/v1"), board.Release(f"{folder}/v2")
        self.begin, self.now = f"{folder}/begin", f"{folder}/now"
        flash.erased(self.begin, board.BLOCKS)
        device = board.mounted(self.begin, fresh=True)
        board.install(self.old, f"{folder}/firmware.pub")
        board.install(board.Release(f"{folder}/v98"), f"{folder}/firmware.pub", slot="b")
        main.keep(board.ROOT, "pointer", loader.Pointer().text())
        board.unmounted(device)
        board.act, ecdsa.verify = self.act, board.remembered

    def act(self, slots, version):
        """Update, prove itself, rest. A program that is not whole must never come so far."""
        if not board.same(board.ROOT, slots.slot, self.new if version == self.new.version else self.old):
            board.damaged.append((slots.slot, version))
        if version == self.new.version:
            slots.confirm()
        word = board.fetch(slots, self.new)
        if word in ("running", "flash"):
            raise board.Enough

    def played(self, log=None):
        """Live on the flash as it is until the update is done and confirmed; was it?"""
        device = board.mounted(self.now, log=log)
        board.started.clear()
        board.starts.clear()
        board.damaged.clear()
        lives = 1
        while not board.live() and lives < 9:
            lives += 1
        pointer, floor = board.pointer(), main.read(board.ROOT, "floor")
        board.unmounted(device)
        over = (pointer.slot, pointer.trial, pointer.failed, floor) == ("b", 0, "", str(self.new.version))
        good = over and not board.damaged and lives < 9
        if not good:
            print("not whole:", pointer.text(), floor, board.started, board.damaged)
        return good

    def log(self, path):
        """Play it from `self.now` without a cut and write every operation down; was it done?"""
        with open(path, "wb") as file:
            return self.played(file)


def states(before, now, log, step):
    """Leave in `now` what each cut leaves: one before the operation, one in its middle."""
    for number, (place, data) in enumerate(flash.operations(log)):
        if number % step == 0:
            for part in (0, len(data) // 2):
                flash.copy(before, now)
                flash.apply(now, place, data[:part])
                yield number
        flash.apply(before, place, data)


def cuts(folder, again):
    """Every cut, clean and torn."""
    update = Update(folder)
    first, second, kept = f"{folder}/first", f"{folder}/second", f"{folder}/kept"
    flash.copy(update.begin, update.now)
    assert update.log(first)
    once, twice, bricked = 0, 0, 0
    for _ in states(update.begin, update.now, first, 1):
        once += 1
        if not again or once % again:
            bricked += not update.played()
            continue
        flash.copy(update.now, kept)
        bricked += not update.log(second)
        for _ in states(kept, update.now, second, SECOND):
            twice += 1
            bricked += not update.played()
    return {"power_cuts": once + twice, "cut_again": twice, "bricked": bricked}


def worn(folder):
    """The flash fails at some operation and takes nothing any more: each start still brings a whole program."""
    update = Update(folder)
    tried, alive = 0, False
    while not alive:
        flash.copy(update.begin, update.now)
        device = board.mounted(update.now)
        device.left = tried
        for _ in range(3):
            board.started.clear()
            board.live()
            assert board.started, f"nothing was started after {tried} operations"
        assert not board.damaged, board.damaged
        alive = device.left > 0
        board.unmounted(device)
        tried += 1
    return {"tried": tried}


if __name__ == "__main__":
    asked = int(sys.argv[2])
    print("RESULT", json.dumps(worn(sys.argv[1]) if asked < 0 else cuts(sys.argv[1], asked)))
