"""Which program starts: two slots, one pointer, a count of starts. It only thinks; `main.py` touches the flash.

A slot is a folder (`a`, `b`) with a program and its `manifest.json`. `start/pointer` says which one starts, and
whether it is on trial; `start/count` counts starts of a trial, or crashes of a program that was confirmed. No update
ever writes this file or `main.py`: what is written here must be right for the life of the board.
"""

import json

SLOTS = ("a", "b")
TRIAL_STARTS = 3
"""So many starts a new program has to prove itself; then the one before comes back."""
CRASHES = 5
"""So many crashes in a row of a confirmed program, and the one before is tried, if it lies there whole."""
MANIFEST_MAX = 1024
LIST = "files.txt"


class Pointer:
    """What starts: `turn` numbers the pointers, `failed` is the digest of a program that did not prove itself.

    `good` holds the channels that gave values before the update: a trial must bring the same ones.
    """

    def __init__(self, turn=0, slot="a", trial=0, failed="", good=()):
        self.turn, self.slot, self.trial, self.failed, self.good = turn, slot, trial, failed, list(good)

    def text(self):
        """As it stands on the flash."""
        return json.dumps(
            {
                "v": 1,
                "turn": self.turn,
                "slot": self.slot,
                "trial": self.trial,
                "failed": self.failed,
                "good": self.good,
            }
        )


def other(slot):
    """The slot beside it."""
    return SLOTS[1 - SLOTS.index(slot)]


def pointer(text):
    """The pointer of a text, or None when there is none that can be believed."""
    try:
        told = json.loads(text)
        found = Pointer(told["turn"], told["slot"], told["trial"], told["failed"], told["good"])
    except (TypeError, ValueError, KeyError):
        return None
    fits = found.slot in SLOTS and found.trial in (0, 1) and isinstance(found.failed, str)
    return found if fits and isinstance(found.turn, int) else None


def counted(text, turn):
    """Starts or crashes since the pointer with this number; a count of another pointer is none."""
    try:
        of, count = text.split(" ")
        return int(count) if int(of) == turn else 0
    except (AttributeError, ValueError):
        return 0


def count_text(turn, count):
    """As it stands on the flash."""
    return f"{turn} {count}"


def choose(was, count, look):
    """The pointer to start with.

    `was`: the pointer or None; `count`: see `counted`; `look(slot)`: (version, digest, whole) of what lies in a slot,
    None where nothing does. The answer is `was` itself when nothing has to be written.
    """
    if was is None:
        return _found(look)
    here = look(was.slot)
    whole = _whole(here)
    if whole and count < (TRIAL_STARTS if was.trial else CRASHES):
        return was
    there = look(other(was.slot))
    if not _whole(there):
        # nothing is as it should be: perhaps one of the two still runs
        return was if whole or count < 2 else Pointer(was.turn + 1, other(was.slot), 0, was.failed)
    if was.trial:
        return returned(was, look)
    if whole and there[1] == was.failed:
        return was
    # a damaged program is left for good; one that only crashes may be right again when its cause has gone
    return Pointer(was.turn + 1, other(was.slot), 1 if whole else 0, was.failed)


def returned(was, look):
    """The pointer after a trial that failed; `was` itself when the program before is no longer whole."""
    here, there = look(was.slot), look(other(was.slot))
    if not _whole(there):
        return was
    return Pointer(was.turn + 1, other(was.slot), 0, here[1] if here else was.failed)


def confirmed(was):
    """The pointer after a trial that held."""
    return Pointer(was.turn + 1, was.slot, 0, was.failed)


def _found(look):
    """The pointer is lost, or the board is new. Of two whole programs the newer one has to prove itself."""
    seen = {slot: look(slot) for slot in SLOTS}
    whole = [slot for slot in SLOTS if _whole(seen[slot])]
    if len(whole) == len(SLOTS):
        newer = SLOTS[0] if seen[SLOTS[0]][0] >= seen[SLOTS[1]][0] else SLOTS[1]
        return Pointer(1, newer, 1)
    return Pointer(1, whole[0] if whole else SLOTS[0])


def _whole(seen):
    return seen is not None and seen[2]
