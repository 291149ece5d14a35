"""Certificates of one run: an authority, a server, one for each account; and those that have expired or are foreign."""

import ipaddress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from demo.io.brokers import keep_secret

LASTS = timedelta(days=400)


class Authority:
    """One authority whose certificates lie in a folder as `<name>.pem` and `<name>.key`."""

    def __init__(self, folder: Path, name: str, now: datetime) -> None:
        self._folder = folder
        self._now = now
        folder.mkdir(exist_ok=True, mode=0o700)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.file = folder / f"{name}.pem"
        root = self._builder(self._name, self._key.public_key(), now + LASTS * 2, now)
        root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self._write(self.file, root)

    def issue(self, account: str, file: str, *, addresses: tuple[str, ...] = (), expired: bool = False) -> Path:
        """A certificate for an account, with its key beside it; `addresses` makes it one of a server."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, account)])
        until = self._now - timedelta(days=1) if expired else self._now + LASTS
        made = self._builder(subject, key.public_key(), until, self._now - timedelta(days=2))
        if addresses:
            names = [x509.IPAddress(ipaddress.ip_address(one)) for one in addresses]
            made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), *names]), critical=False)
        path = self._folder / f"{file}.pem"
        self._write(path, made)
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        keep_secret(path.with_suffix(".key"), text.decode("ascii"))
        return path

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, until: datetime, since: datetime
    ) -> x509.CertificateBuilder:
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key)
        made = made.serial_number(x509.random_serial_number()).not_valid_before(since - timedelta(hours=1))
        return made.not_valid_after(until)

    def _write(self, path: Path, made: x509.CertificateBuilder) -> None:
        keep_secret(
            path, made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode("ascii")
        )
