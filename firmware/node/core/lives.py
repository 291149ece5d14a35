"""Which life of the board is this? What it left in retained memory tells brown-out, clean end, rest and sleep apart.

A mark is one letter, a count of short lives in a row, what belongs to it, and a CRC-32. The board clears its memory
when it hands a mark out: none counts twice.
"""

import binascii

ALIVE, ENDED, RESTED, ASLEEP = b"A", b"E", b"R", b"S"
"""It ran · it ended on purpose · it waited after many short lives · it sleeps and goes on."""
REST_S = (0, 0, 0, 60, 600, 3600)
"""After so many short lives in a row it waits before it begins: a battery that cannot hold it gets time."""


def mark(letter, count, body=b""):
    """The bytes for the retained memory."""
    told = letter + bytes((min(count, 255),)) + body
    return told + binascii.crc32(told).to_bytes(4, "little")


def taken(memory):
    """(letter, count, body) of a mark, (b"", 0, b"") for anything else."""
    told = bytes(memory[:-4])
    if len(told) < 2 or binascii.crc32(told).to_bytes(4, "little") != bytes(memory[-4:]):
        return b"", 0, b""
    return told[:1], told[1], told[2:]


def began(letter, count, body, cause):
    """(short lives in a row, the word for why this one began, seconds to wait first); `cause` is the chip's own word.

    A chip that says "power" though its memory held was not without power for long: a brown-out.
    """
    if letter == ASLEEP:
        return 0, "sleep", 0
    if letter == ENDED:
        return 0, "soft", 0
    if letter == RESTED:
        return count, body.decode(), 0
    if letter != ALIVE:
        return 0, cause, 0
    count += 1
    return count, "brownout" if cause == "power" else cause, REST_S[min(count, len(REST_S) - 1)]
