"""Messages made small for the paid way between site and centre: zlib where it pays, told by the first byte.

JSON begins with `{` (0x7b), zlib with 0x78: no header of our own, and a reader takes both. Both ends hold the same
`packing.txt`, in which what messages have in common stands once (a preset dictionary of RFC 1950): a heartbeat then
travels in a third of its bytes. That file is part of the wire and must never change; a better one gets a new name
beside it, and readers hold both.

The reader never makes more of a message than its limit allows, so a small message cannot unfold into a large one.
"""

import zlib
from functools import cache
from importlib.resources import files

from contract.wire import Refused

WORTH_PACKING = 60
"""Bytes. Below that there is nothing to save."""
_ZLIB = 0x78
_NAMES_DICTIONARY = 0x20
"""The bit of the second byte (FLG.FDICT) that says that the checksum of a dictionary follows."""
_LEVEL = 9


@cache
def common() -> bytes:
    """What messages have in common; what is met most often stands last. The site's store packs with it too."""
    return files("contract").joinpath("packing.txt").read_bytes()


def pack(message: bytes) -> bytes:
    """The message as it travels: packed if that is shorter, else as it is."""
    if len(message) < WORTH_PACKING:
        return message
    way = zlib.compressobj(_LEVEL, zdict=common())
    packed = way.compress(message) + way.flush()
    return packed if len(packed) < len(message) else message


def unpack(message: bytes, limit: int) -> bytes:
    """The message as it was said; Refused when it is torn, does not end, or would be larger than `limit` bytes."""
    if message[:1] != bytes((_ZLIB,)):
        return _at_most(message, limit)
    if len(message) > 1 and message[1] & _NAMES_DICTIONARY and message[2:6] != _name(common()):
        raise Refused("packed message: with a dictionary that this version does not have; bring it up to date")
    way = zlib.decompressobj(zdict=common())
    try:
        said = way.decompress(message, limit + 1)
    except zlib.error as fault:
        raise Refused(f"packed message: {fault}") from fault
    _at_most(said, limit)
    if not way.eof or way.unused_data:
        raise Refused(f"packed message: it ends {'too early' if not way.eof else 'before its last byte'}")
    return said


def _name(dictionary: bytes) -> bytes:
    """How zlib calls a dictionary."""
    return zlib.adler32(dictionary).to_bytes(4)


def _at_most(message: bytes, limit: int) -> bytes:
    if len(message) > limit:
        raise Refused(f"message: more than {limit} bytes, which is all that is taken")
    return message
