"""How records lie in flash: segments of a header (32 bytes) and 30 to 250 records of 16, each with its own checksum.

A record is (seq, up, channel, value, quality): `seq` counts from 1 in each boot, `up` is uptime in seconds when it was
measured, `value` a whole number of 32 bits or None, `quality` says why. In flash, little end first:

    record   u16 seq above the header's base, u32 up, i32 value, u8 channel, u8 quality and flags, u32 CRC-32
    header   "SOT1", u32 number, u32 boot, u32 wall0 (0: unknown), u32 base, u32 dropped, u32 oldest, u32 CRC-32

A record's checksum begins with that of its header, so one that strayed into another segment is not believed. 250
records are 4 032 bytes: one block of flash, so that an append costs one erase.
"""

import binascii
import struct

MOST = 250
"""Records in a segment."""
SIZE = 16
HEADER_SIZE = 32
FARTHEST = 0xFFFF
"""A record lies at most so far above its segment's base."""
LAST_NUMBER = 0x3FFFFFFF
"""Of segments: one a minute for two thousand years."""
BOOT_LETTERS = 8
_MAGIC = b"SOT1"
_HEAD = "<4sIIIIII"
_BODY = "<HIiBB"
_BODY_SIZE = 12
_MISSING = 0x80
_FIRST = 0x40
_QUALITY = 0x3F


def boot_number(word):
    """Eight small hexadecimal letters as a number, None for anything else."""
    if not isinstance(word, str) or len(word) != BOOT_LETTERS:
        return None
    for letter in word:
        if letter not in "0123456789abcdef":
            return None
    return int(word, 16)


def boot_word(number):
    """The boot as the wire spells it."""
    return "%08x" % number


def check(record):
    """Raise ValueError, in one sentence, for what does not fit into a record."""
    seq, up, channel, value, quality = record
    for name, number, least, most in (
        ("seq", seq, 1, 0x7FFFFFFF),
        ("up", up, 0, 0xFFFFFFFF),
        ("channel", channel, 0, 0xFF),
        ("value", 0 if value is None else value, -0x80000000, 0x7FFFFFFF),
        ("quality", quality, 0, _QUALITY),
    ):
        if not isinstance(number, int) or not least <= number <= most:
            raise ValueError("%s of a record must be a whole number of %d to %d, not %r" % (name, least, most, number))


def flags_of(record, first):
    """Quality, whether the value is missing, and whether it shall come first at replay: in one byte."""
    return record[4] | (_MISSING if record[3] is None else 0) | (_FIRST if first else 0)


def from_flags(seq, up, channel, value, flags):
    """(record, shall it come first?)"""
    return (seq, up, channel, None if flags & _MISSING else value, flags & _QUALITY), bool(flags & _FIRST)


def pack(record, first, base, header_crc):
    """One record as it lies in a segment."""
    seq, up, channel, value, _ = record
    body = struct.pack(_BODY, seq - base, up, 0 if value is None else value, channel, flags_of(record, first))
    return body + struct.pack("<I", binascii.crc32(body, header_crc))


def unpack(data, offset, base, header_crc):
    """(record, shall it come first?) at `offset`, or None: cut off or damaged."""
    body = data[offset : offset + _BODY_SIZE]
    told = data[offset + _BODY_SIZE : offset + SIZE]
    if len(told) != SIZE - _BODY_SIZE or struct.unpack("<I", told)[0] != binascii.crc32(body, header_crc):
        return None
    above, up, value, channel, flags = struct.unpack(_BODY, body)
    return from_flags(base + above, up, channel, value, flags)


def pack_header(number, boot, wall0, base, dropped, oldest):
    """`boot` and `wall0` as numbers (0: unknown); `dropped`: given up so far; `oldest`: segment that stays with it."""
    head = struct.pack(_HEAD, _MAGIC, number, boot, wall0, base, dropped, oldest)
    return head + struct.pack("<I", binascii.crc32(head))


def unpack_header(data, number):
    """(boot, wall0, base, dropped, oldest, crc) of the segment with that number, or None: not to be believed."""
    head = data[: HEADER_SIZE - 4]
    told = data[HEADER_SIZE - 4 : HEADER_SIZE]
    if len(told) != 4 or struct.unpack("<I", told)[0] != binascii.crc32(head):
        return None
    magic, its_number, boot, wall0, base, dropped, oldest = struct.unpack(_HEAD, head)
    if magic != _MAGIC or its_number != number or number > LAST_NUMBER or oldest > number:
        return None
    return boot, wall0, base, dropped, oldest, binascii.crc32(head)
