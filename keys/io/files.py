"""Files with keys in them: written whole or not at all, never over another without being told, for one reader only."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doors.secrets import secret_fault
from keys.core.faults import BadUse, KeysError

MAX_BYTES = 1024 * 1024
SECRET, OPEN = 0o600, 0o644


def read(path: Path, what: str) -> bytes:
    """A file; raises BadUse that says `what` it should have been."""
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except OSError as fault:
        raise BadUse(f"{path}: {what} cannot be read: {fault.strerror}; check the path") from fault
    if len(body) > MAX_BYTES:
        raise BadUse(f"{path}: is larger than {MAX_BYTES} bytes and cannot be {what}")
    return body


def read_secret(path: Path, what: str) -> bytes:
    """A file that nobody else may read; raises BadUse."""
    if fault := secret_fault(path):
        raise BadUse(fault)
    return read(path, what)


def write(path: Path, body: bytes, mode: int, *, replace: bool = False) -> None:
    """The whole file under its name, on the disk, or nothing; raises BadUse when it is there and may not be replaced.

    Whatever the umask, the mode is `mode`. Root's files get the owner of their folder: the program that reads them.
    """
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            os.fchmod(file.fileno(), mode)
            _give(file.fileno(), path.parent)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(temporary).replace(path)
        else:
            os.link(temporary, path)  # fails where a file is, in one step
        sync(path.parent)
    except FileExistsError as fault:
        raise BadUse(f"{path} is there already and was not touched") from fault
    except OSError as fault:
        raise KeysError(f"{path} cannot be written: {fault.strerror}; nothing was changed") from fault
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink(missing_ok=True)


def make_folder(path: Path, mode: int = 0o700) -> None:
    """A folder; one that is there keeps its mode and owner. Raises BadUse."""
    try:
        if not path.is_dir():
            path.mkdir(mode=mode, parents=True)
            path.chmod(mode)
            descriptor = os.open(path, os.O_RDONLY)
            try:
                _give(descriptor, path.parent)
            finally:
                os.close(descriptor)
    except OSError as fault:
        raise BadUse(f"{path}: is no folder that can be written: {fault.strerror}") from fault


def sync(folder: Path) -> None:
    """The folder's names are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else changes the folder meanwhile; raises BadUse when somebody does."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as fault:
        raise BadUse(f"{folder}: {fault.strerror}; check the path") from fault
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            raise BadUse(f"{folder}: another `sotpunkt-keys` works there; wait for it") from fault
        yield
    finally:
        os.close(descriptor)


def key_pem(key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey, passphrase: bytes | None = None) -> bytes:
    """A private key as PEM, encrypted where there is a passphrase."""
    locked = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)


def certificate(body: bytes, source: str) -> x509.Certificate:
    """The first certificate of a PEM text; raises BadUse."""
    return certificates(body, source)[0]


def certificates(body: bytes, source: str) -> list[x509.Certificate]:
    """All certificates of a PEM text; raises BadUse."""
    try:
        return x509.load_pem_x509_certificates(body)
    except ValueError as fault:
        raise BadUse(f"{source}: holds no certificate that can be read") from fault


def ec_key(path: Path, passphrase: bytes | None = None) -> ec.EllipticCurvePrivateKey:
    """A private key for certificates; raises BadUse."""
    body = read_secret(path, "a private key")
    try:
        key = serialization.load_pem_private_key(body, password=passphrase)
    except (ValueError, TypeError) as fault:
        wrong = "the passphrase does not open it" if passphrase else "is no private key that can be read"
        raise BadUse(f"{path}: {wrong}; nothing was changed") from fault
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadUse(f"{path}: is not a key made by `sotpunkt-keys`")
    return key


def _give(descriptor: int, folder: Path) -> None:
    """Root makes keys for others: the owner of the folder must be able to read them."""
    if os.geteuid() == 0:
        told = folder.stat()
        os.fchown(descriptor, told.st_uid, told.st_gid)
