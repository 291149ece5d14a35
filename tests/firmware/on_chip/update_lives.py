"""Lives of a board with updates that are bad, or come at a bad time. Run by MicroPython.

`update_lives.py FOLDER PLAY [NAME]`: FOLDER holds the releases and `firmware.pub`, and takes the flash as a file. The
last line begins with RESULT and is JSON.
"""

import gc
import json
import os
import sys

import loader
import main
import update_board as board
import update_flash as flash
from node.core import ecdsa, update
from node.io.slots import Slots, Supply

SOME = b"x" * 250
"""A flash is filled from a small piece that is there before: the heap of a test is nobody's measure."""


class Told:
    """What the application does: take what is offered, prove itself when it is healthy."""

    def __init__(self, offered, healthy):
        self.offered, self.healthy, self.words = offered, healthy, []

    def __call__(self, slots, version):
        """One life of a program that came so far."""
        if version in self.healthy:
            slots.confirm()
        word = board.fetch(slots, self.offered) if self.offered else "running"
        self.words.append(word)
        if word:
            raise board.Enough


def lived(most=12):
    """The programs that were started until one of them had nothing more to do."""
    board.started.clear()
    for _ in range(most):
        if board.live():
            return list(board.started)
    raise AssertionError(f"no rest: {board.started}")


def dead(folder, name):
    """A new version that does not work: back to the old one, that stays, and the next good version comes in."""
    bad, good = board.Release(f"{folder}/{name}"), board.Release(f"{folder}/v99")
    board.act = told = Told(bad, (1, 99))
    board.starts.clear()
    seen = lived()
    starts = "".join(board.starts)
    assert (seen[0], seen[-1]) == (("a", 0, 1), ("a", 0, 1)), seen
    assert told.words[-1] == "failed", told.words
    pointer = board.pointer()
    assert (pointer.slot, pointer.trial, pointer.failed) == ("a", 0, update.digest(bad.manifest)), pointer.text()
    assert main.read(board.ROOT, "floor") == "1"
    told.offered = good
    after = lived()
    assert after == [("a", 0, 1), ("b", 1, 99)], after
    assert main.read(board.ROOT, "floor") == "99"
    crash = main.read(board.ROOT, "crash.txt") or ""
    return {"starts": starts, "crash": crash.strip().split("\n")[-1]}


def crashing_later(folder, _):
    """Confirmed, and then it crashes at every start: the version before is tried, and nothing old may be loaded."""
    later, first = board.Release(f"{folder}/v98"), board.Release(f"{folder}/v1")
    board.act = Told(later, (1, 98))
    assert lived() == [("a", 0, 1), ("b", 1, 98)]

    def crash(slots, version):
        if version == 98:
            raise ValueError("a new setting")
        raise board.Enough

    board.act = crash
    assert lived() == [("b", 0, 98)] * loader.CRASHES + [("a", 1, 1)]
    board.act = told = Told(later, (1,))
    assert lived() == [("a", 1, 1)]
    assert (told.words, main.read(board.ROOT, "floor"), board.pointer().trial) == (["old"], "98", 0)
    told.offered = first
    lived()
    return {"words": told.words}


def refused(folder, _):
    """Every reason to say no; what was refused for a passing one is taken when that has gone."""
    new = board.Release(f"{folder}/v99")
    main.decide(board.ROOT)
    body, signature, foreign = new.manifest, new.signature, board.Release(f"{folder}/foreign").signature

    def asked(body=body, signature=signature, supply=board.FULL, name="unix", system=(1, 29), slot="a"):
        gc.collect()
        return Slots("/f", slot, name, system).offer(body, signature, supply)

    words = {
        "nothing": asked(b""),
        "cut signature": asked(signature=signature[:63]),
        "foreign key": asked(signature=foreign),
        "same": asked(*offer_of(f"{folder}/v1")),
        "wrong board": asked(name="esp32"),
        "old system": asked(system=(1, 28)),
        "low battery": asked(supply=Supply(11799, 11800)),
        "battery not known": asked(supply=Supply(None, 11800)),
        "another slot than the pointer's": asked(slot="b"),
    }
    os.rename("/f/start/firmware.pub", "/f/start/away")
    words["no key"] = asked()
    os.rename("/f/start/away", "/f/start/firmware.pub")
    assert "b" not in os.listdir("/f")
    taken = Slots("/f", "a", "unix", (1, 29))
    assert taken.offer(body, signature, Supply(11800, 11800)) == ""
    while not taken.whole:
        taken.take(new.piece(*taken.wish()))
    words["battery fell meanwhile"] = taken.turn(Supply(11799, 11800), [])
    assert board.pointer().slot == "a"
    words["no battery at all"] = taken.turn(Supply(None, None), [])
    words["on trial"] = asked(*offer_of(f"{folder}/v100"), slot="b")
    return words


def offer_of(folder):
    """(manifest, signature) of a release."""
    release = board.Release(folder)
    return release.manifest, release.signature


def full(folder, _):
    """No room at the beginning, and none in the middle: said, cleared away, and taken when there is room."""
    new = board.Release(f"{folder}/v99")
    main.decide(board.ROOT)
    made = fill(12)
    slots = Slots("/f", "a", "unix", (1, 29))
    words = [slots.offer(new.manifest, new.signature, board.FULL)]
    emptied(made)
    words.append(slots.offer(new.manifest, new.signature, board.FULL))
    made = fill(0)
    word = ""
    while slots.wish():
        word = word or slots.take(new.piece(*slots.wish()))
    assert lived_on() == [("a", 0, 1)]
    emptied(made)
    words.append(word)
    words.append(board.fetch(Slots("/f", "a", "unix", (1, 29)), new))
    return {"words": words}


def fill(but):
    """Files that take all blocks but so many; their names."""
    made = []
    try:
        while os.statvfs("/f")[3] > but or not but:
            made.append(f"/f/full-{len(made)}")
            with open(made[-1], "wb") as file:
                while file.tell() < 4000:
                    file.write(SOME)
    except OSError:
        pass
    return made


def emptied(made):
    """Away with them."""
    for name in made:
        try:
            os.remove(name)
        except OSError:
            pass


def lived_on():
    """One start of a program that has nothing to do."""
    board.act = Told(None, ())
    return lived(1)


def resumed(folder, _):
    """Power goes after every piece: none is fetched twice."""
    new = board.Release(f"{folder}/v99")
    main.decide(board.ROOT)
    pieces = 0
    while True:
        slots = Slots("/f", "a", "unix", (1, 29))
        assert slots.offer(new.manifest, new.signature, board.FULL) == ""
        if slots.whole:
            break
        wish = slots.wish()
        piece = new.piece(*wish)
        lies = [piece[:24], piece + b"x", b"\0" * 20 + piece[20:], piece[:20] + b"\0\0\x04\x01" + piece[24:], b""]
        assert all(slots.take(lie) == "" and slots.wish() == wish for lie in lies)
        assert slots.take(piece) == ""
        assert slots.take(piece) == ""  # it came twice
        pieces += 1
    assert slots.turn(board.FULL, [3]) == ""
    assert (board.pointer().slot, board.pointer().good) == ("b", [3])
    return {"pieces": pieces, "least": sum(-(-size // 1024) for _, size in new.files) + 1}


def uncounted(folder, _):
    """A trial whose starts cannot be counted would have no end: the program before is started instead."""
    board.act = Told(board.Release(f"{folder}/v99"), ())
    board.live()
    board.device.left = 0
    board.act = told = Told(board.Release(f"{folder}/v100"), ())
    return {"started": lived(1), "words": told.words}


def scrawled(folder, _):
    """Whatever stands in the loader's own files, or is missing: a whole program is started."""
    board.act, tried = Told(None, ()), 0
    texts = ["", "{", "null", "[]", "7", '"a"', '{"v":1}', "\0" * 40]
    texts.append('{"turn":"x","slot":[],"trial":{},"failed":0,"good":9}')
    texts += [loader.Pointer(1, slot, trial).text() for slot in "abc" for trial in (0, 1, 2)]
    for text in texts:
        for count in ("", "1 99", "99 99", "x y", "1", "-1 -1", "\xff"):
            main.keep(board.ROOT, "pointer", text)
            main.keep(board.ROOT, "count", count)
            assert [row[0] for row in lived(1)] == ["a"], (text, count)
            tried += 1
    os.rename("/f/a/manifest.json", "/f/a/gone")  # nothing says what a whole program is: it is started all the same
    assert [row[0] for row in lived(3)] == ["a"]
    os.remove("/f/start/count")
    os.remove("/f/start/pointer")
    assert [row[0] for row in lived(3)] == ["a"]
    os.rename("/f/a", "/f/b")
    assert [row[0] for row in lived(6)] == ["b"]
    return {"tried": tried}


PLAYS = {"crashing_later": crashing_later, "refused": refused, "full": full, "resumed": resumed}
PLAYS.update({"scrawled": scrawled, "uncounted": uncounted})


def play(folder, name):
    """One play on a new flash."""
    path = f"{folder}/flash-{name}"
    flash.erased(path, board.BLOCKS)
    device = board.device = board.mounted(path, fresh=True)
    board.install(board.Release(f"{folder}/v1"), f"{folder}/firmware.pub")
    ecdsa.verify = board.remembered
    found = PLAYS.get(name, dead)(folder, name)
    board.unmounted(device)
    return found


if __name__ == "__main__":
    told = {}
    for asked in sys.argv[2:]:
        told[asked] = play(sys.argv[1], asked)
    print("RESULT", json.dumps(told))
