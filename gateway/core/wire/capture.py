"""A capture: the raw words of a device as a register image, without what says whose device it is.

Only words that a signal of the profile names are copied; all between them is filled with zeros, as nobody knows what
stands there. Serial numbers and names become something that is plainly none. The form is that of the simulator's
register images, so that it can serve a capture.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from gateway.core.wire.plan import Block
from gateway.profiles.schema import Profile, Row

PRIVATE = ("serial", "name")
"""Last part of the names of signals that say whose device it is."""
NUMBER = 12345678
LETTERS = "CAPTURED"
PER_LINE = 16
Cells = dict[tuple[int, int], int]
"""(function, address) → word"""


class Capture(msgspec.Struct, frozen=True):
    """Words to keep, addresses to fill, signals that were replaced, and texts that a person should look through."""

    cells: Cells
    holes: tuple[tuple[int, int], ...]
    replaced: tuple[str, ...]
    texts: tuple[str, ...]


def captured(profile: Profile, answers: Mapping[Block, Sequence[int]]) -> Capture:
    """What may be handed on of everything that was answered."""
    heard: Cells = {
        (block.function, block.start + place): word
        for block, words in answers.items()
        for place, word in enumerate(words)
    }
    named = {cell for row in profile.rows for cell in _cells(row)} | _signposts(profile, answers)
    kept = {cell: heard[cell] for cell in sorted(heard) if cell in named}
    replaced: dict[str, None] = {}
    for row in profile.rows:
        if row.key.rsplit(".", 1)[-1] in PRIVATE and all(cell in kept for cell in _cells(row)):
            put = _instead(row, [kept[cell] for cell in _cells(row)])
            if put is not None:
                kept |= dict(zip(_cells(row), put, strict=True))
                replaced[row.key] = None
    texts = [row.key for row in profile.rows if row.type in ("text", "record") and row.key not in replaced]
    found = tuple(key for key in dict.fromkeys(texts) if any(cell in kept for cell in _cells(profile.row(key))))
    return Capture(kept, tuple(cell for cell in sorted(heard) if cell not in kept), tuple(replaced), found)


def as_toml(capture: Capture, profile: Profile, unit: int, note: str) -> str:
    """The file: a register image, with a head for people."""
    title = f"{profile.head.title}: {note}" if note else profile.head.title
    lines = [
        f"# Captured by profile {profile.name}. Words that no signal of it names read as zero here.",
        f"# Replaced, because it says whose device it is: {', '.join(capture.replaced) or 'nothing'}.",
        "",
        f"title = {json.dumps(title, ensure_ascii=False)}",
        f"unit = {unit}",
    ]
    for function, start, words in _runs(capture.cells):
        lines += ["", "[[words]]", f"function = {function}", f"at = {start}", 'hex = """']
        lines += [" ".join(f"{word:04X}" for word in part) for part in _parts(words)]
        lines.append('"""')
    for function, start, words in _runs(dict.fromkeys(capture.holes, 0)):
        last = start + len(words) - 1
        lines += ["", "[[fill]]", f"function = {function}", f"first = {start}", f"last = {last}", 'word = "0000"']
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> list[tuple[int, int]]:
    """The addresses of a row, and that of the register beside it."""
    own = [(row.function, at) for at in range(row.at, row.end)]
    return own if row.beside is None else [*own, (row.function, row.beside)]


def _signposts(profile: Profile, answers: Mapping[Block, Sequence[int]]) -> set[tuple[int, int]]:
    """Of a device that says itself where its models stand: the words that say so, which hold nothing else."""
    if not profile.head.discover:
        return set()
    planned = {cell for row in profile.rows for cell in _cells(row)}
    found: set[tuple[int, int]] = set()
    for block in answers:
        cells = {(block.function, at) for at in range(block.start, block.end)}
        found |= cells if not cells & planned else set()
    return found


def _instead(row: Row, words: Sequence[int]) -> list[int] | None:
    """Words that decode to something that is plainly no serial number or name; None where there is none to hide."""
    if row.type == "text":
        if not any(words):
            return None
        raw = LETTERS.encode()[: 2 * len(words)].ljust(2 * len(words), b"\0")
        return [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
    number = 0
    for word in words if row.big else reversed(words):
        number = number << 16 | word
    if number in row.absent:
        return None
    bits = 16 * len(words)
    found = [NUMBER % (1 << bits) >> shift & 0xFFFF for shift in range(bits - 16, -1, -16)]
    return found if row.big else found[::-1]


def _runs(cells: Cells) -> Iterable[tuple[int, int, list[int]]]:
    """(function, first address, words) of what stands without a gap."""
    start: tuple[int, int] | None = None
    words: list[int] = []
    for (function, at), word in sorted(cells.items()):
        if start is not None and (function, at) == (start[0], start[1] + len(words)):
            words.append(word)
            continue
        if start is not None:
            yield (*start, words)
        start, words = (function, at), [word]
    if start is not None:
        yield (*start, words)


def _parts(words: Sequence[int]) -> Iterable[Sequence[int]]:
    return (words[at : at + PER_LINE] for at in range(0, len(words), PER_LINE))
