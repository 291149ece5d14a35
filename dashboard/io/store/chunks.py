"""How a summed-up day lies in the store: small, and never trusted when it comes back."""

import zlib
from collections.abc import Iterable

import msgspec

from dashboard.core.site.quarters import Quarter

MOST_BYTES = 64 * 1024


def packed(quarters: Iterable[Quarter]) -> bytes:
    """For the store."""
    return zlib.compress(msgspec.msgpack.encode(list(quarters)), 6)


def unpacked(body: bytes) -> list[Quarter]:
    """From the store; a day that has changed on the disk is empty, which is a gap and no wrong value."""
    try:
        plain = zlib.decompressobj().decompress(body, MOST_BYTES)
        return msgspec.msgpack.decode(plain, type=list[Quarter])
    except (zlib.error, msgspec.DecodeError):
        return []
