"""A register image: fixed raw words of one device, from a dump of a device that nobody here has seen.

Of coils (function 1) and discrete inputs (function 2) each word is one bit: 0000 or 0001.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from simulator.core.equipment import Part

Address = Annotated[int, Meta(ge=0, le=65535)]
Function = Annotated[int, Meta(ge=1, le=4)]
BITS = (1, 2)
Memory = dict[int, dict[int, int]]
"""Function code → address → raw word. An address that is not there does not exist on the device."""
CSV_COLUMNS = ["function", "at", "word"]


class Words(Part, kw_only=True):
    """Words from `at` on, in hexadecimal, four digits each: "015E 0052 7FFF"."""

    at: Address
    hex: str
    function: Function = 3


class Fill(Part, kw_only=True):
    """Every cell first…last that no words name reads as this word (hexadecimal)."""

    first: Address
    last: Address
    word: str
    function: Function = 3


class ImageFile(Part, kw_only=True):
    """An image as TOML: what it is, and its words."""

    title: str
    unit: Annotated[int, Meta(ge=1, le=247)] = 1
    words: tuple[Words, ...]
    fill: tuple[Fill, ...] = ()


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """An image ready to be served."""

    title: str
    unit: int
    memory: Memory


def from_toml(file: ImageFile) -> tuple[Image, list[str]]:
    """The image of a TOML file, and a sentence per fault."""
    memory: Memory = {}
    faults: list[str] = []
    for number, words in enumerate(file.words, 1):
        for place, text in enumerate(words.hex.split()):
            fault = _put(memory, words.function, words.at + place, text)
            if fault:
                faults.append(f"[words {number}] {fault}")
    for number, fill in enumerate(file.fill, 1):
        word = _hexadecimal(fill.word)
        if word is None or fill.first > fill.last:
            faults.append(f"[fill {number}] needs first <= last and a word of four hexadecimal digits")
            continue
        if fill.function in BITS and word > 1:
            faults.append(f"[fill {number}] a bit is 0000 or 0001")
            continue
        cells = memory.setdefault(fill.function, {})
        for address in range(fill.first, fill.last + 1):
            cells.setdefault(address, word)
    if not memory and not faults:
        faults.append("there are no words")
    return Image(title=file.title, unit=file.unit, memory=memory), faults


def from_csv(text: str, title: str, unit: int = 1) -> tuple[Image, list[str]]:
    """The image of a CSV file (columns function, at, word; word in hexadecimal), and a sentence per fault."""
    memory: Memory = {}
    head, *lines = text.splitlines() or [""]
    if _cells(head) != CSV_COLUMNS:
        return Image(title=title, unit=unit, memory=memory), [f"line 1 must be {','.join(CSV_COLUMNS)}"]
    faults = []
    for number, line in enumerate(lines, 2):
        fault = _csv_row(memory, _cells(line)) if line.strip() else None
        if fault:
            faults.append(f"line {number}: {fault}")
    if not memory and not faults:
        faults.append("there are no words")
    return Image(title=title, unit=unit, memory=memory), faults


def _cells(line: str) -> list[str]:
    """The cells hold only numbers, so a comma is always a border."""
    return [cell.strip() for cell in line.split(",")]


def _csv_row(memory: Memory, row: list[str]) -> str | None:
    if (
        len(row) != len(CSV_COLUMNS)
        or row[0] not in ("1", "2", "3", "4")
        or not row[1].isdecimal()
        or int(row[1]) > 65535
    ):
        return "must be function (1–4), address (0–65535), word (hexadecimal)"
    return _put(memory, int(row[0]), int(row[1]), row[2].removeprefix("0x"))


def _put(memory: Memory, function: int, address: int, text: str) -> str | None:
    word = _hexadecimal(text)
    if word is None:
        return f"{text!r} at {address} is not a word of four hexadecimal digits"
    if address > 65535:
        return f"address {address} is above 65535"
    if function in BITS and word > 1:
        return f"{text!r} at {address} is not a bit: 0000 or 0001"
    cells = memory.setdefault(function, {})
    if address in cells:
        return f"address {address} stands twice"
    cells[address] = word
    return None


def _hexadecimal(text: str) -> int | None:
    if len(text) != 4 or any(letter not in "0123456789abcdefABCDEF" for letter in text):
        return None
    return int(text, 16)
