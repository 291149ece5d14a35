"""A picture for the pages that have one: painted here, number by number, so that no file of others is needed."""

import struct
import zlib
from hashlib import sha256

WIDTH, HEIGHT = 960, 640


def scene() -> bytes:
    """A fell in the evening, as a PNG within the limits of the contract."""
    rows = b"".join(b"\x00" + bytes(_colour(x, y) for x in range(WIDTH)) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    palette = bytes(part for colour in PALETTE for part in colour)
    parts = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


PALETTE = (
    *((40 + 3 * n, 60 + 4 * n, 110 + 4 * n) for n in range(32)),
    (235, 240, 245), (70, 84, 104), (38, 52, 48), (150, 40, 32), (250, 215, 120), (28, 26, 30),
)  # fmt: skip
SNOW, ROCK, WOOD, WALL, LIGHT, ROOF = range(32, 38)


def _colour(x: int, y: int) -> int:
    """Index into the palette: sky, a fell with snow on it, woods, a house with its windows lit."""
    if 560 <= x < 760 and 430 <= y < 560:
        window = 470 <= y < 510 and (x - 560) % 65 in range(20, 45)
        return LIGHT if window else WALL
    if 370 <= y < 430 and abs(x - 660) < (y - 360) * 2:
        return ROOF
    if y > 540 + (x * 7 % 23):
        return SNOW
    if y > 460 + (x * 13 % 41):
        return WOOD
    top = min(160 + abs(x - 330) * 2 // 3, 250 + abs(x - 720) // 2)
    if y > top:
        return SNOW if y < top + 60 + (x * 5 % 31) else ROCK
    return y * 31 // HEIGHT


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


SCENE = scene()
DIGEST = sha256(SCENE).hexdigest()
TOLD = {
    "sv": "Bygdegården med tända fönster framför ett snöklätt fjäll.",
    "en": "The village hall with lit windows before a fell with snow.",
}
