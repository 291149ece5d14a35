"""Certificates of the settings, their keys, and the modes of secrets; nothing of a key is kept or told."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from doctor.core.certificates import CertificateLook, SecretLook
from doctor.core.finding import Why
from doctor.io import whys
from doors.broker import BrokerSettings
from doors.secrets import secret_fault

MAX_BYTES = 1024 * 1024


def look(brokers: tuple[BrokerSettings, ...]) -> tuple[CertificateLook, ...]:
    """Each certificate file once."""
    found: dict[str, CertificateLook] = {}
    for one in brokers:
        if one.certificate_file:
            found.setdefault(one.certificate_file, own(one.certificate_file, one.key_file))
        if one.ca_file:
            found.setdefault(one.ca_file, _certificate(one.ca_file, own=False)[0])
    return tuple(found.values())


def secrets(paths: tuple[str, ...]) -> tuple[SecretLook, ...]:
    """Who else can read them?"""
    return tuple(SecretLook(path, whys.secret(path, secret_fault(path)), _seen(path)) for path in paths)


def open_stores(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Those that others of this machine can read: file and folder let them."""
    return tuple(path for path in paths if path and _readable(Path(path)))


def _readable(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & 0o004 and path.parent.stat().st_mode & 0o001)
    except OSError:
        return False


def _seen(path: str) -> bool:
    try:
        return Path(path).is_file()
    except OSError:
        return False


def own(path: str, key: str) -> CertificateLook:
    """A certificate, and whether the key is its own."""
    told, certificate = _certificate(path, own=True)
    if certificate is None:
        return told
    try:
        body = Path(key).read_bytes()[:MAX_BYTES]
        public = serialization.load_pem_private_key(body, None).public_key()
    except OSError:
        return told  # only the gateway's account and root can read it
    except (ValueError, TypeError):
        return CertificateLook(path=path, own=True, since=told.since, until=told.until, key_fits=False)
    fits = public == certificate.public_key()
    return CertificateLook(path=path, own=True, since=told.since, until=told.until, key_fits=fits)


def _certificate(path: str, *, own: bool) -> tuple[CertificateLook, x509.Certificate | None]:
    try:
        with Path(path).open("rb") as file:
            body = file.read(MAX_BYTES)
        certificate = x509.load_pem_x509_certificates(body)[0]
    except OSError as fault:
        return CertificateLook(path=path, own=own, why_not=whys.system(fault)), None
    except ValueError:
        return CertificateLook(path=path, own=own, why_not=Why("no_pem")), None
    told = CertificateLook(
        path=path, own=own, since=certificate.not_valid_before_utc, until=certificate.not_valid_after_utc
    )
    return told, certificate
