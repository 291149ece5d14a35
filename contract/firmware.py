"""A signed program of sensor nodes as it lies in a folder: the files beside it, and what a node would refuse.

Whoever signs and whoever hands it on reads it by these rules; a node by its own copy of them
(`firmware/node/core/update.py`), and tests hold the two equal.
"""

import hashlib
import re
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from contract.wire import Refused

MANIFEST, SIGNATURE, LISTED = "manifest.json", "manifest.sig", "files.txt"
"""What is signed · 64 bytes in base64 · the list of files that the manifest vouches for."""
MANIFEST_MAX, LIST_MAX, FILES_MAX, FILE_MAX, PATH_MAX, LEVELS_MAX = 1024, 16384, 128, 98304, 56, 5
VERSION_MAX = 999_999_999
PATH = re.compile(r"([a-z0-9_]+/)*[a-z0-9_]+\.(py|mpy)", re.ASCII)
NOT_AT_THE_TOP = ("main", "loader", "boot")
ENTRIES = ("node/app.py", "node/app.mpy")
_ROW = re.compile(r"([0-9a-f]{64}) ([0-9]{1,5}) ([a-z0-9_/.]+)", re.ASCII)
Part = Annotated[int, Meta(ge=0, le=999)]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`min_board`: board → (major, minor) of the oldest MicroPython; so many `files` with so many `bytes`.

    `list`: size and SHA-256 in hex of the list of files, so that what is signed fits one small message.
    """

    v: Annotated[int, Meta(ge=1, le=1)] = 1
    version: Annotated[int, Meta(ge=1, le=VERSION_MAX)]
    min_board: Annotated[dict[str, tuple[Part, Part]], Meta(min_length=1)]
    files: Annotated[int, Meta(ge=1, le=FILES_MAX)]
    bytes: Annotated[int, Meta(ge=0, le=FILES_MAX * FILE_MAX)]
    list: tuple[Annotated[int, Meta(ge=1, le=LIST_MAX)], Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]]


class Row(NamedTuple):
    """One file of a program: below its folder, bytes, SHA-256 in hex."""

    path: str
    size: int
    sha256: str


def opened(body: bytes) -> Manifest:
    """The manifest of some bytes; raises Refused."""
    if len(body) > MANIFEST_MAX:
        raise Refused(f"{MANIFEST}: {len(body)} bytes are more than {MANIFEST_MAX}")
    try:
        return msgspec.json.decode(body, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise Refused(f"{MANIFEST}: {fault}") from fault


def rows(listed: bytes) -> list[Row]:
    """The files of a list; raises Refused where a node would not take it."""
    found, last = [], ""
    for line in listed.decode("ascii", "replace").split("\n")[:-1]:
        told = _ROW.fullmatch(line)
        row = Row(told[3], int(told[2]), told[1]) if told else None
        if row is None or row.size > FILE_MAX or not path_fits(row.path) or module(row.path) <= last:
            raise Refused(f"{LISTED}: {line[:80]!r} cannot stand there")
        last = module(row.path)
        found.append(row)
    if not listed.endswith(b"\n") or len(found) > FILES_MAX or not any(row.path in ENTRIES for row in found):
        raise Refused(f"{LISTED}: is no list of a program's files")
    return found


def digest(body: bytes) -> str:
    """The name of a manifest or a file on the wire: the first 40 hex digits of its SHA-256."""
    return hashlib.sha256(body).hexdigest()[:40]


def module(path: str) -> str:
    """What a path is imported as."""
    return path.rpartition(".")[0]


def path_fits(path: str) -> bool:
    """Can this be a module below a slot, and nowhere else?"""
    fits = PATH.fullmatch(path) and len(path) <= PATH_MAX and path.count("/") < LEVELS_MAX
    return bool(fits) and module(path) not in NOT_AT_THE_TOP
