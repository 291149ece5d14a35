"""Pictures: how they travel, and what may be one. Judged from its bytes alone, before anything decodes it.

A picture is a document of its own, named by its SHA-256; a post names it by the same digest. Only the pixels travel:
PNG without interlace, or baseline JPEG, without any text, place or date of a camera. `look` refuses everything else, so
that what a decoder is given is never larger than it says.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from contract.wire import Refused, Wire

MAX_PICTURE = 128 * 1024
"""Bytes; as of every document."""
MAX_SIDE = 1280
"""Pixels."""
MOST_PICTURES = 12
"""Of a site. All of them come again each time that it finds its broker, maybe over a paid line."""
PREFIX = "picture-"
DIGEST = re.compile(r"[0-9a-f]{64}")
_DIGEST_LEVEL = 40
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_JPEG_TABLES = {0xC4, 0xDB, 0xDD, 0xE0}
"""Huffman tables, quantisation, restart interval, JFIF's own header."""
_MOST_SCANS = 4
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


class PictureBody(Wire):
    """What a picture's PublicDocument holds: the bytes, in JSON as base64."""

    data: bytes


class Size(NamedTuple):
    """Pixels."""

    width: int
    height: int


def name_of(digest: str) -> str:
    """The document's name of a picture with this SHA-256."""
    return PREFIX + digest[:_DIGEST_LEVEL]


def is_picture(name: str) -> bool:
    """Is this the name of a picture?"""
    return re.fullmatch(PREFIX + rf"[0-9a-f]{{{_DIGEST_LEVEL}}}", name) is not None


def named(tree: Any) -> set[str]:
    """The digests that a document names as pictures, wherever they stand in it."""
    found, waiting = set(), [tree]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            picture = one.get("picture")
            if isinstance(picture, str) and DIGEST.fullmatch(picture):
                found.add(picture)
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found


def look(data: bytes) -> Size:
    """How large it is; raises Refused, with one sentence, for what may not be shown."""
    if len(data) > MAX_PICTURE:
        raise Refused(f"picture: {len(data)} bytes, at most {MAX_PICTURE} are taken")
    try:
        size = _png(data) if data.startswith(_PNG) else _jpeg(data)
    except (struct.error, IndexError) as fault:
        raise Refused("picture: it ends before its last byte") from fault
    if not (0 < size.width <= MAX_SIDE and 0 < size.height <= MAX_SIDE):
        raise Refused(f"picture: {size.width} x {size.height} pixels, at most {MAX_SIDE} a side are taken")
    return size


def _png(data: bytes) -> Size:
    kinds: list[bytes] = []
    for kind, body in _chunks(data):
        if kind not in _PNG_CHUNKS:
            raise Refused(f"picture: PNG with {kind!r}, which is no pixels; make it anew")
        if not kinds:
            width, height, depth, _, _, _, interlace = struct.unpack(">IIBBBBB", body)
            if kind != b"IHDR" or depth > 8 or interlace:
                raise Refused("picture: PNG that is interlaced or deeper than 8 bits; make it anew")
        elif kind == b"IHDR":
            raise Refused("picture: PNG with two beginnings")
        kinds.append(kind)
    if b"IDAT" not in kinds or kinds[-1] != b"IEND":
        raise Refused("picture: PNG without pixels or end")
    return Size(width, height)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + length]
        (told,) = struct.unpack_from(">I", data, at + 8 + length)
        if zlib.crc32(kind + body) != told:
            raise Refused("picture: PNG whose check sums do not fit; it is damaged")
        yield kind, body
        at += 12 + length


def _jpeg(data: bytes) -> Size:
    if data[:2] != b"\xff\xd8":
        raise Refused("picture: neither PNG nor JPEG")
    size, at, scans = None, 2, 0
    while data[at : at + 2] != b"\xff\xd9":
        marker, length = data[at + 1], struct.unpack_from(">H", data, at + 2)[0]
        if data[at] != 0xFF or length < 2:
            raise Refused("picture: JPEG that cannot be followed; it is damaged")
        if marker == 0xC0 and size is None:
            height, width = struct.unpack_from(">HH", data, at + 5)
            size = Size(width, height)
        elif marker == 0xDA and size is not None and scans < _MOST_SCANS:
            scans += 1
            end = _NEXT_MARKER.search(data, at + 2 + length)
            if end is None:
                raise Refused("picture: JPEG that ends before its last byte")
            at = end.start()
            continue
        elif marker not in _JPEG_TABLES:
            raise Refused(f"picture: JPEG with part {marker:02x}, which is not taken; make it anew")
        at += 2 + length
    if size is None or not scans or at + 2 != len(data):
        raise Refused("picture: JPEG without pixels, or with something behind its end")
    return size
