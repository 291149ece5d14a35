"""Files with keys in them: written whole or not at all, never over another without being told, for one reader only."""

import contextlib
import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doors.secrets import secret_fault
from keys.core.faults import BadUse, KeysError

MAX_BYTES = 1024 * 1024
SECRET, OPEN = 0o600, 0o644
UNCHANGED = "nothing was changed"
NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


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


class Sheet(NamedTuple):
    """A file that is to be written. Without `replace` it must not be there yet."""

    path: Path
    body: bytes
    mode: int
    replace: bool = False


def write(path: Path, body: bytes, mode: int, *, replace: bool = False, else_so: str = UNCHANGED) -> None:
    """One file, as `write_all` writes many."""
    write_all([Sheet(path, body, mode, replace)], else_so=else_so)


def write_all(sheets: Sequence[Sheet], *, else_so: str = UNCHANGED) -> None:
    """All files, whole and on the disk, or none; raises BadUse when one is there and may not be replaced.

    Each lies complete beside its place before the first gets its name: a folder that is not there, a full disk and
    missing rights are found while nothing is changed yet. They get their names in the order given. Whatever the
    umask, the mode is `mode`; root's files get the owner of their folder: the program that reads them. `else_so` is
    the rest of the sentence when it could not be done.
    """
    waiting: list[str] = []
    named: list[str] = []
    at = Path()
    try:
        for at, body, mode, replace in sheets:
            if not replace and (at.exists() or at.is_symlink()):
                raise FileExistsError
            waiting.append(_laid_beside(at, body, mode))
        for (at, _, _, replace), temporary in zip(sheets, waiting, strict=True):
            _name(temporary, at, replace=replace)
            named.append(str(at))
    except FileExistsError as fault:
        raise BadUse(f"{at} is there already and was not touched{_done(named)}") from fault
    except OSError as fault:
        rest = _done(named) or f"; {else_so}"
        raise KeysError(f"{at} cannot be written: {fault.strerror}{rest}") from fault
    finally:
        for temporary in waiting:
            with contextlib.suppress(OSError):
                Path(temporary).unlink(missing_ok=True)


def _laid_beside(path: Path, body: bytes, mode: int) -> str:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            _restrict(file.fileno(), mode)
            _give(file.fileno(), path.parent)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            Path(temporary).unlink(missing_ok=True)
        raise
    return temporary


def _restrict(descriptor: int, mode: int) -> None:
    """A memory stick knows no modes: what everybody may read can be laid there, a secret cannot."""
    try:
        os.fchmod(descriptor, mode)
    except PermissionError:
        if mode != OPEN:
            raise


def _name(temporary: str, path: Path, *, replace: bool) -> None:
    if replace:
        Path(temporary).replace(path)
    else:
        try:
            os.link(temporary, path)  # fails where a file is, in one step
        except OSError as fault:
            if fault.errno not in NO_LINKS or path.exists():
                raise
            Path(temporary).rename(path)  # a memory stick knows no links
    sync(path.parent)


def _done(named: list[str]) -> str:
    return f"; written already: {', '.join(named)}; mend it and give the same command again" if named else ""


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
