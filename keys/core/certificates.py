"""Certificates as objects: requests, the authority's own, those of sites and brokers, the list of those taken back.

ECDSA P-256 throughout: small handshakes, known to every board. Keys, serial numbers and the day are arguments.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from contract import access
from contract.certificates import not_after
from contract.topics import valid_level
from keys.core.faults import BadUse

Key = ec.EllipticCurvePrivateKey
AUTHORITY_YEARS = 20
SERVER_DAYS = 825
"""What most programs take at most of a server's certificate."""
FROM_YESTERDAY = timedelta(days=1)
"""A box whose clock is a little behind must not find its new certificate too young."""


def site_fault(site: str) -> str | None:
    """Why this cannot be the name of a site, or None."""
    if not valid_level(site):
        return f"{site!r} cannot be a site: write a-z, 0-9 and hyphen, at most 48 (are-kall)"
    if site in access.ACCOUNTS:
        return f"{site!r} is the name of an account of the brokers; a site needs another"
    return None


def request(site: str, key: Key) -> x509.CertificateSigningRequest:
    """What a box sends to the centre: its name and the public half of its key, signed with the private one."""
    return x509.CertificateSigningRequestBuilder().subject_name(_name(site)).sign(key, hashes.SHA256())


def read_request(text: bytes, source: str) -> tuple[str, x509.CertificateSigningRequest]:
    """(site, request) of a PEM text; raises BadUse."""
    try:
        told = x509.load_pem_x509_csr(text)
        whole = told.is_signature_valid
    except (ValueError, UnsupportedAlgorithm, InvalidSignature) as fault:
        raise BadUse(f"{source}: is no request made by `sotpunkt-keys request`; make one at the box") from fault
    if not whole:
        raise BadUse(f"{source}: the signature does not fit its key; make a new request at the box")
    site = common_name(told.subject)
    if fault := site_fault(site):
        raise BadUse(f"{source}: {fault}")
    public = told.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise BadUse(f"{source}: its key is not ECDSA P-256; make the request with `sotpunkt-keys request {site}`")
    return site, told


def authority(name: str, key: Key, serial: int, today: date) -> x509.Certificate:
    """The municipality's own authority: signs sites and its broker, and nothing below it may sign."""
    names = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    end = _midnight(today.replace(year=today.year + AUTHORITY_YEARS, day=min(today.day, 28)))
    builder = _builder(names, names, key.public_key(), serial, today, end)
    usage = _usage(digital_signature=False, key_cert_sign=True, crl_sign=True)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(usage, critical=True).sign(key, hashes.SHA256())


def site(
    asked: x509.CertificateSigningRequest, *, by: x509.Certificate, key: Key, serial: int, today: date, last: date
) -> x509.Certificate:
    """A site's certificate: it may knock, never pose as a broker. Runs 30 days beyond the agreed last day."""
    builder = _builder(
        _name(common_name(asked.subject)), by.subject, asked.public_key(), serial, today, not_after(last)
    )
    return _leaf(builder, by, ExtendedKeyUsageOID.CLIENT_AUTH).sign(key, hashes.SHA256())


def server(
    names: tuple[str, ...], public: ec.EllipticCurvePublicKey, *, by: x509.Certificate, key: Key, serial: int,
    today: date, days: int,
) -> x509.Certificate:  # fmt: skip
    """The broker's own certificate, for the names and addresses under which sites reach it."""
    end = _midnight(today + timedelta(days=days + 1)) - timedelta(seconds=1)
    builder = _builder(_name(names[0][:64]), by.subject, public, serial, today, end)
    builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(one) for one in names]), critical=False)
    return _leaf(builder, by, ExtendedKeyUsageOID.SERVER_AUTH).sign(key, hashes.SHA256())


def taken_back(
    serials: Iterable[tuple[int, datetime]], *, by: x509.Certificate, key: Key, number: int, now: datetime
) -> x509.CertificateRevocationList:
    """The revocation list. It runs as long as the authority: an outdated list would lock every site out at once."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(by.subject)
    builder = builder.last_update(now - FROM_YESTERDAY).next_update(by.not_valid_after_utc)
    builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    for serial, since in serials:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()
        )
    return builder.sign(key, hashes.SHA256())


def signed_by(one: x509.Certificate, by: x509.Certificate) -> bool:
    """Did this authority really sign it?"""
    try:
        one.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def common_name(name: x509.Name) -> str:
    """The CN, "" when there is none or more than one."""
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if len(found) == 1 and len(list(name)) == 1 else ""


def is_for(one: x509.Certificate, purpose: x509.ObjectIdentifier) -> bool:
    """Does its extended key usage name the purpose?"""
    try:
        return purpose in one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False


def fingerprint(one: x509.Certificate) -> str:
    """SHA-256 in groups of four, to be compared by eye or over the telephone."""
    text = one.fingerprint(hashes.SHA256()).hex()
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def _builder(
    subject: x509.Name, issuer: x509.Name, public: object, serial: int, today: date, end: datetime
) -> x509.CertificateBuilder:
    assert isinstance(public, ec.EllipticCurvePublicKey)  # noqa: S101 - read_request saw to it
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    builder = builder.serial_number(serial).not_valid_before(_midnight(today) - FROM_YESTERDAY).not_valid_after(end)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)


def _leaf(
    builder: x509.CertificateBuilder, by: x509.Certificate, purpose: x509.ObjectIdentifier
) -> x509.CertificateBuilder:
    above = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
        by.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    )
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(digital_signature=True, key_cert_sign=False, crl_sign=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return builder.add_extension(above, critical=False)


def _usage(*, digital_signature: bool, key_cert_sign: bool, crl_sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature, key_cert_sign=key_cert_sign, crl_sign=crl_sign, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
