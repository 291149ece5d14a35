"""The page's own key and certificate, where the settings give it a public name: `page.key`, `page.csr`, `page.pem`
beside the store.

The key is made here, once, and never leaves. A certificate is one file for that key, laid down whole under its name: a
power cut leaves the one before, or none, and never a pair that does not fit.
"""

import logging
import os
import ssl
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from contract.content import PublicDocument
from contract.messages import decode
from contract.page import CERTIFICATE, PAGE_FILE, PAGE_KEY, PageDocument, PageWish
from contract.wire import Refused
from dashboard.config import Settings
from dashboard.core.sites import BadInput
from dashboard.io.knock import Knocked

log = logging.getLogger(__name__)

SECRET, OPEN = 0o600, 0o644
BESIDE = ".page-being-written."


class PageKey:
    """The files, and the encryption that the running page uses; raises OSError where no key can be kept.

    `ends_ms`: when the certificate in use ends, wall clock, ms UTC; None without one.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.key_file, self.file = folder / PAGE_KEY, folder / PAGE_FILE
        self._request_file = folder / "page.csr"
        self._trouble = ""
        self._chain = b""
        self.ends_ms: int | None = None
        self._request = self._made()
        self.tls = self._usable()

    @property
    def ends(self) -> str:
        """The end as a day, for the log."""
        return "?" if self.ends_ms is None else f"{datetime.fromtimestamp(self.ends_ms / 1000, tz=UTC):%Y-%m-%d}"

    def wish(self) -> PageWish:
        """What the gateway and the centre should know."""
        return PageWish(name=self.name, request=self._request, ends_ms=self.ends_ms, trouble=self._trouble)

    def take(self, payload: bytes, site: str) -> bool:
        """Lay down the certificate that the gateway has judged; True when the page uses another than before.

        Raises Refused, with one sentence; what is in use goes on as it was.
        """
        document = decode(payload, PublicDocument)
        if document.head.site != site or document.name != CERTIFICATE:
            raise Refused(f"{CERTIFICATE}: comes from {document.head.site!r} as {document.name!r}")
        try:
            chain = msgspec.convert(document.body, PageDocument).chain.encode()
        except msgspec.ValidationError as fault:
            raise Refused(f"{CERTIFICATE}: {fault}") from fault
        if self.tls is not None and chain == self._chain:
            return False
        try:
            self._lay(chain)
            self._trouble = ""
        except Refused as fault:
            self._trouble = str(fault)
            raise
        return True

    def _lay(self, chain: bytes) -> None:
        waiting = None
        try:
            waiting = _beside(self.file, chain, OPEN)
            tls, ends_ms = encrypted(waiting, self.key_file, self.name), _ends_ms(chain)
            waiting.replace(self.file)
            _settle(self.file.parent)
        except (ssl.SSLError, ValueError) as fault:
            raise Refused(f"{CERTIFICATE}: does not fit the key of this page; use the request that it sends") from fault
        except OSError as fault:
            raise Refused(f"{CERTIFICATE}: can not be laid down ({fault.strerror}); make room on the disk") from fault
        finally:
            if waiting is not None:
                waiting.unlink(missing_ok=True)
        self._chain, self.ends_ms = chain, ends_ms
        if self.tls is None:
            self.tls = tls
        else:  # new connections take it, those that are open go on
            self.tls.load_cert_chain(self.file, self.key_file)

    def _made(self) -> str:
        """The request for the key; both are made where they are not there, or are of no use."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        for left in self.file.parent.glob(f"{BESIDE}*"):
            left.unlink(missing_ok=True)  # the power went while it was written
        key = self._key()
        if key is None:
            key = ec.generate_private_key(ec.SECP256R1())
            pem = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            _beside(self.key_file, pem, SECRET).replace(self.key_file)
            _settle(self.key_file.parent)
        held = self._held(key)
        if held is None:
            names = x509.SubjectAlternativeName([x509.DNSName(self.name)])
            asked = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
            held = asked.add_extension(names, critical=False).sign(key, hashes.SHA256()).public_bytes(
                serialization.Encoding.PEM
            )  # fmt: skip
            _beside(self._request_file, held, OPEN).replace(self._request_file)
            _settle(self.key_file.parent)
        return held.decode()

    def _key(self) -> ec.EllipticCurvePrivateKey | None:
        try:
            found = serialization.load_pem_private_key(self.key_file.read_bytes(), password=None)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            found = None
        if isinstance(found, ec.EllipticCurvePrivateKey):
            return found
        log.error("%s holds no key that can be read; a new one is made, and a new certificate asked for", self.key_file)
        return None

    def _held(self, key: ec.EllipticCurvePrivateKey) -> bytes | None:
        """The request that is there, where it is of this key and name."""
        try:
            body = self._request_file.read_bytes()
            told = x509.load_pem_x509_csr(body)
            names = told.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            fits = told.public_key() == key.public_key() and [self.name] == names.get_values_for_type(x509.DNSName)
        except (OSError, ValueError, x509.ExtensionNotFound):
            return None
        return body if fits else None

    def _usable(self) -> ssl.SSLContext | None:
        """The certificate that lies there, if it is of any use: without it the page is served all the same."""
        if not self.file.exists():
            return None
        try:
            tls, chain = encrypted(self.file, self.key_file, self.name), self.file.read_bytes()
            self._chain, self.ends_ms = chain, _ends_ms(chain)
            return tls
        except (OSError, ssl.SSLError, ValueError) as fault:
            log.error("%s can not be used (%s); the page is served without encryption", self.file, fault)
            self._trouble = "the certificate in place does not fit the key; ask for a new one"
            return None


def page_key(settings: Settings, store: Path) -> PageKey | None:
    """The page's own key; None where the settings give it no public name, or where no disk takes one: then the page
    is served as it is."""
    name = settings.web.certificate_name
    try:
        return PageKey(store.parent, name) if name else None
    except OSError as fault:
        where = fault.filename or store.parent
        log.error("%s: the key of the page can not be kept (%s); make room and start anew", where, fault.strerror)
        return None


def encrypted(certificate: str | Path, key: str | Path, name: str = "") -> ssl.SSLContext:
    """How pages are encrypted with these; raises OSError, ssl.SSLError where they are of no use together.

    `name`: where those are sent who come without encryption.
    """
    context = Knocked(ssl.PROTOCOL_TLS_SERVER)
    context.name = name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key, password=lambda: "")
    return context


def given(certificate: str, key: str) -> ssl.SSLContext:
    """The same for files that the settings name; raises BadInput where they are of no use."""
    try:
        return encrypted(certificate, key)
    except (OSError, ssl.SSLError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and not isinstance(fault, ssl.SSLError) else fault.reason
        raise BadInput(
            f"[web] certificate_file, key_file: {certificate} and {key} can not be used ({reason}); "
            "lay a certificate and its key there, in PEM, the key without a password"
        ) from fault


def _ends_ms(chain: bytes) -> int:
    return int(x509.load_pem_x509_certificates(chain)[0].not_valid_after_utc.timestamp() * 1000)


def _beside(path: Path, body: bytes, mode: int) -> Path:
    """The bytes, whole and on the disk, beside the place where they belong."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=BESIDE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _settle(folder: Path) -> None:
    """Its names are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
