"""The signed manifest of a program for sensor nodes: what it says, and what a node would refuse.

The rules stand in `contract/firmware.py`.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from contract.firmware import (
    ENTRIES,
    FILE_MAX,
    FILES_MAX,
    LEVELS_MAX,
    LIST_MAX,
    MANIFEST_MAX,
    NOT_AT_THE_TOP,
    PATH,
    PATH_MAX,
    Manifest,
    module,
)
from keys.core.faults import BadUse

BOARDS_MAX = 20
BOARD = re.compile(r"([a-z0-9-]{1,20})=(\d{1,3})\.(\d{1,3})", re.ASCII)


class Told(NamedTuple):
    """What lies beside the files of a program: the signed bytes, and the list that they vouch for."""

    manifest: bytes
    listed: bytes


def told(version: int, boards: Mapping[str, tuple[int, int]], bodies: Mapping[str, bytes]) -> Told:
    """Manifest and list for files by their path; raises BadUse for what a node would refuse."""
    for path, body in bodies.items():
        if fault := _path_fault(path) or _size_fault(body):
            raise BadUse(f"{path}: {fault}")
    modules = [module(path) for path in bodies]
    if twice := sorted({one for one in modules if modules.count(one) > 1}):
        raise BadUse(f"{twice[0]}: is there as .py and as .mpy; leave one out")
    if not any(entry in bodies for entry in ENTRIES):
        raise BadUse("node/app.py or node/app.mpy is missing: is this the folder of a program?")
    if len(bodies) > FILES_MAX:
        raise BadUse(f"{len(bodies)} files are more than {FILES_MAX}, which a node takes")
    rows = (
        f"{hashlib.sha256(bodies[path]).hexdigest()} {len(bodies[path])} {path}\n"
        for path in sorted(bodies, key=module)
    )
    listed = "".join(rows).encode()
    if len(listed) > LIST_MAX:
        raise BadUse(f"the list of files has {len(listed)} bytes, a node takes {LIST_MAX}; use shorter paths")
    manifest = Manifest(
        version=version, min_board=dict(boards), files=len(bodies), bytes=sum(map(len, bodies.values())),
        list=(len(listed), hashlib.sha256(listed).hexdigest()),
    )  # fmt: skip
    body = msgspec.json.encode(manifest)
    if len(body) > MANIFEST_MAX or len(boards) > BOARDS_MAX:
        raise BadUse(f"--board: {len(boards)} boards are more than a node reads; sign them in two lots")
    return Told(body, listed)


def boards(texts: list[str]) -> dict[str, tuple[int, int]]:
    """Boards of texts like `esp32=1.29`; raises BadUse."""
    found = {}
    for text in texts:
        told = BOARD.fullmatch(text)
        if told is None:
            raise BadUse(f"--board {text}: write the board and the oldest MicroPython, like esp32=1.29")
        found[told[1]] = (int(told[2]), int(told[3]))
    return found


def public_hex(key: ec.EllipticCurvePublicKey) -> str:
    """The public half as a node holds it: x and y, 128 hex digits."""
    form = serialization.PublicFormat.UncompressedPoint
    return key.public_bytes(serialization.Encoding.X962, form)[1:].hex()


def signature(key: ec.EllipticCurvePrivateKey, body: bytes) -> bytes:
    """64 bytes: r and s, big-endian."""
    r, s = decode_dss_signature(key.sign(body, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _path_fault(path: str) -> str:
    if not PATH.fullmatch(path):
        return "only .py and .mpy belong there, named in a-z 0-9 _; take it out of the folder"
    if module(path) in NOT_AT_THE_TOP:
        return "has the name of a file of the board itself, which no update touches; take it out of the folder"
    if len(path) > PATH_MAX or path.count("/") >= LEVELS_MAX:
        return f"is deeper than {LEVELS_MAX} levels or longer than {PATH_MAX} letters"
    return ""


def _size_fault(body: bytes) -> str:
    return f"has {len(body)} bytes, a node takes {FILE_MAX}" if len(body) > FILE_MAX else ""
