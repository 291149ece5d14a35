"""Entries of a list of alarms that a controller keeps as text (ComAp InteliLite: 27 registers to an entry).

The first register is reserved. The second has the level in its high byte (0 none, 1 yellow, 2 red, 3 a sensor failed)
and in its low byte bit 0: active, bit 1: confirmed. From the third on stands UTF-8 text, two letters to a register.
Source: ComAp InteliLite global guides (four agree).
"""

from collections.abc import Sequence

ACTIVE = 0x01


def active_level(record: Sequence[int]) -> int:
    """The level of an entry whose cause stands now; 0 for one that only waits to be confirmed, and for an empty one."""
    status = record[1]
    return status >> 8 if status & ACTIVE else 0


def text_of(record: Sequence[int]) -> Sequence[int]:
    """The registers of its text, up to the zero that ends it."""
    letters = b"".join(word.to_bytes(2, "big") for word in record[2:])
    ended = letters.partition(b"\0")[0]
    padded = ended + b"\0" * (len(ended) % 2)
    return [int.from_bytes(padded[at : at + 2], "big") for at in range(0, len(padded), 2)]
