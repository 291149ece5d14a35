"""The key that signs programs for sensor nodes, and the folders that it signs.

firmware.key stays with whoever answers for the programs; firmware.pub (one line, 128 hex digits) goes onto every
node; signed.json remembers the last version, so that no number is given to two programs.
"""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from contract.firmware import LISTED, MANIFEST, SIGNATURE
from keys.core import firmware
from keys.core.faults import BadUse
from keys.io import files
from keys.io.files import Sheet

KEY, PUBLIC, LAST = "firmware.key", "firmware.pub", "signed.json"


class Last(msgspec.Struct, frozen=True):
    """The newest program of a key: its version and the SHA-256 of its manifest."""

    version: int
    sha256: str


def new(folder: Path) -> str:
    """Make the key of a folder; its public half in hex. Raises BadUse."""
    files.make_folder(folder)
    with files.alone(folder):
        key = ec.generate_private_key(ec.SECP256R1())
        public = firmware.public_hex(key.public_key())
        files.write_all(
            [
                Sheet(folder / KEY, files.key_pem(key), files.SECRET),
                Sheet(folder / PUBLIC, f"{public}\n".encode(), files.OPEN, replace=True),
            ]
        )
    return public


def held(folder: Path) -> ec.EllipticCurvePrivateKey:
    """The private key of a folder; raises BadUse."""
    if not (folder / KEY).exists():
        raise BadUse(f"{folder}: holds no key of programs; make one with `sotpunkt-keys firmware new`")
    key = files.ec_key(folder / KEY)
    if not isinstance(key.curve, ec.SECP256R1):
        raise BadUse(f"{folder / KEY}: is no key of programs (P-256)")
    return key


def sign(program: Path, folder: Path, boards: Mapping[str, tuple[int, int]], version: int | None) -> int:
    """Write list, manifest and signature into the folder of a program; its version. Raises BadUse."""
    key = held(folder)
    bodies = _bodies(program)
    with files.alone(folder):
        last = _last(folder)
        number = version or last.version + 1
        told = firmware.told(number, boards, bodies)
        digest = hashlib.sha256(told.manifest).hexdigest()
        if number <= last.version and digest != last.sha256:
            raise BadUse(
                f"--version {number}: this key has signed version {last.version}, and nodes take only newer ones; "
                f"leave --version out for {last.version + 1}"
            )
        signature = base64.b64encode(firmware.signature(key, told.manifest)) + b"\n"
        files.write_all(
            [
                # first: a number that may have left the house is never given again
                Sheet(folder / LAST, msgspec.json.encode(Last(number, digest)) + b"\n", files.OPEN, replace=True),
                Sheet(program / LISTED, told.listed, files.OPEN, replace=True),
                Sheet(program / MANIFEST, told.manifest, files.OPEN, replace=True),
                Sheet(program / SIGNATURE, signature, files.OPEN, replace=True),
            ]
        )
    return number


def _last(folder: Path) -> Last:
    path = folder / LAST
    if not path.exists():
        return Last(0, "")
    try:
        return msgspec.json.decode(files.read(path, "the last version"), type=Last)
    except msgspec.DecodeError as fault:
        raise BadUse(f"{path}: is damaged: {fault}; take it from a copy") from fault


def _bodies(program: Path) -> dict[str, bytes]:
    """Every file of a program by its path; raises BadUse for what is no plain file."""
    if not program.is_dir():
        raise BadUse(f"{program}: is no folder; give the folder of a program")
    found = {}
    for path in sorted(program.rglob("*")):
        name = path.relative_to(program).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise BadUse(f"{path}: is a link or no file; take it out of the folder")
        if path.is_file() and name not in (MANIFEST, SIGNATURE, LISTED) and "__pycache__" not in path.parts:
            found[name] = files.read(path, "a file of a program")
    return found
