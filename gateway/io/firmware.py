"""Programs offered to sensor nodes: a folder beside the store, which `nodes update` fills and the gateway reads.

`offers.json` says which node is offered which program, and is replaced by rename; each program lies in a folder called
by its digest and is never changed. Both sides believe nothing that the keys of the settings have not signed.
"""

import base64
import fcntl
import hashlib
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from contract import firmware
from contract.firmware import FILE_MAX, LIST_MAX, LISTED, MANIFEST, MANIFEST_MAX, SIGNATURE, Row
from contract.wire import Refused

FOLDER, OFFERS, LOCK, NEW = "firmware", "offers.json", ".lock", ".new"
SIGNATURE_SIZE = 64
KEYS_MAX = 64 * 1024
OFFERS_MAX = 64 * 1024
_DIGEST = re.compile(r"[0-9a-f]{40}")
Offered = dict[str, str]
"""Node → digest of the manifest that it is offered."""


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A program that somebody signed who is believed, read whole from `folder`."""

    folder: Path
    manifest: bytes
    signature: bytes
    version: int
    boards: tuple[str, ...]
    rows: tuple[Row, ...]
    """Its files, the list of them first."""

    @property
    def digest(self) -> str:
        """Its name."""
        return firmware.digest(self.manifest)

    def paths(self) -> dict[str, Row]:
        """Each file by what a node asks for: the first 40 hex digits of its SHA-256."""
        return {row.sha256[:40]: row for row in self.rows}


def keys_of(path: Path) -> list[ec.EllipticCurvePublicKey]:
    """The public keys of a file, 128 hex digits a line, as a node reads them; raises Refused when there are none."""
    found = []
    for line in _file(path.parent, path.name, KEYS_MAX).decode("ascii", "replace").split("\n"):
        with suppress(ValueError):
            raw = b"\4" + bytes.fromhex(line.strip())
            found.append(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw))
    if not found:
        raise Refused(f"{path}: holds no key of programs; put the line of firmware.pub there")
    return found


def read_program(folder: Path, keys: Sequence[ec.EllipticCurvePublicKey]) -> Program:
    """A signed folder, every byte of it looked at; raises Refused in one sentence."""
    body = _file(folder, MANIFEST, MANIFEST_MAX)
    try:
        signature = base64.b64decode(_file(folder, SIGNATURE, 2 * SIGNATURE_SIZE).strip(), validate=True)
    except ValueError:
        signature = b""
    if not any(_signed(key, body, signature) for key in keys):
        raise Refused(f"{folder}: is not signed by a key that the nodes of this site believe ([nodes] firmware_keys)")
    told = firmware.opened(body)
    listed = Row(LISTED, *told.list)
    rows = firmware.rows(_whole(folder, listed, LIST_MAX))
    if (len(rows), sum(row.size for row in rows)) != (told.files, told.bytes):
        raise Refused(f"{folder}: {MANIFEST} and {LISTED} do not tell of the same files; sign the folder anew")
    for row in rows:
        _whole(folder, row, FILE_MAX)
    return Program(
        folder=folder, manifest=body, signature=signature, version=told.version, boards=tuple(told.min_board),
        rows=(listed, *rows),
    )  # fmt: skip


def offer(store: Path, program: Program, nodes: Sequence[str]) -> None:
    """Offer it to these nodes from now on; others keep their offers. Raises OSError, Refused."""
    with _alone(store) as place:
        _keep(place, program)
        _tell(place, offered(place) | dict.fromkeys(nodes, program.digest))


def withdraw(store: Path, nodes: Sequence[str]) -> list[str]:
    """Offer these nodes nothing; who had an offer. Raises OSError, Refused."""
    with _alone(store) as place:
        was = offered(place)
        _tell(place, {name: digest for name, digest in was.items() if name not in nodes})
        return sorted(was.keys() & set(nodes))


def offered(place: Path) -> Offered:
    """What `offers.json` says; raises Refused when it cannot be read."""
    try:
        body = _file(place, OFFERS, OFFERS_MAX) if (place / OFFERS).exists() else b"{}"
        told = msgspec.json.decode(body, type=Offered)
    except msgspec.DecodeError as fault:
        raise Refused(f"{place / OFFERS}: is damaged ({fault}); remove it and offer anew") from fault
    return {name: digest for name, digest in told.items() if _is_digest(digest)}


def _keep(place: Path, program: Program) -> None:
    """A copy under its digest, whole before it has that name."""
    home, new = place / program.digest, place / (program.digest + NEW)
    shutil.rmtree(new, ignore_errors=True)
    try:
        for name in (MANIFEST, SIGNATURE, *(row.path for row in program.rows)):
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            _write(new / name, _file(program.folder, name, FILE_MAX))
        for path in (new, *new.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)  # the gateway's account reads what the technician's wrote
        shutil.rmtree(home, ignore_errors=True)
        new.rename(home)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _tell(place: Path, offers: Mapping[str, str]) -> None:
    new = place / (OFFERS + NEW)
    new.unlink(missing_ok=True)
    _write(new, msgspec.json.encode(dict(sorted(offers.items()))))
    new.chmod(0o644)
    new.replace(place / OFFERS)
    for path in place.iterdir():
        if _is_digest(path.name.removesuffix(NEW)) and path.name not in offers.values():
            shutil.rmtree(path, ignore_errors=True)
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone(store: Path) -> Iterator[Path]:
    """The folder of the offers, for one command at a time."""
    place = store.parent / FOLDER
    if place.is_symlink():
        raise Refused(f"{place}: is a link; remove it")
    place.mkdir(exist_ok=True)
    with suppress(PermissionError):
        place.chmod(0o755)
    with (place / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield place


def _write(path: Path, body: bytes) -> None:
    with path.open("xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _is_digest(text: str) -> bool:
    return _DIGEST.fullmatch(text) is not None


def _signed(key: ec.EllipticCurvePublicKey, body: bytes, signature: bytes) -> bool:
    if len(signature) != SIGNATURE_SIZE:
        return False
    half = SIGNATURE_SIZE // 2
    r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
    try:
        key.verify(encode_dss_signature(r, s), body, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _whole(folder: Path, row: Row, most: int) -> bytes:
    body = _file(folder, row.path, most)
    if len(body) != row.size or hashlib.sha256(body).hexdigest() != row.sha256:
        raise Refused(f"{folder / row.path}: is not what was signed; sign the folder anew, or take it from a copy")
    return body


def _file(folder: Path, name: str, most: int) -> bytes:
    """A plain file, no link and not too large; raises Refused."""
    path = folder / name
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Refused(f"{path}: is no file")
            body = file.read(most + 1)
    except OSError as fault:
        hint = "; is this a folder that `sotpunkt-keys firmware sign` has signed?" if name == MANIFEST else ""
        raise Refused(f"{path}: cannot be read: {fault.strerror}{hint}") from fault
    if len(body) > most:
        raise Refused(f"{path}: has more than {most} bytes")
    return body
