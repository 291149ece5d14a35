"""Is this the certificate that the site's own page asked for? The private key lies with the page; its request tells.

The chain is read, and each certificate must be signed by the next. Whether phones trust the last one nobody can ask
here: the centre did not ask its authority for nothing.
"""

from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from contract.content import MAX_DOCUMENT, DocumentRef
from contract.messages import decode
from contract.page import CERTIFICATE, PageDocument, PageWish
from contract.wire import Refused
from contract.words import Audience, ClockQuality
from gateway.core.site import Now

MAX_CHAIN = 6
AHEAD_MS = 24 * 3_600_000
"""So far the clock of the site may be behind that of the authority."""


def check_wish(wish: PageWish) -> None:
    """Raises Refused unless the request can be read, is whole, and asks for the name that it says."""
    _request(wish)


def check(ref: DocumentRef, body: bytes, wish: PageWish, now: Now) -> None:
    """Raises Refused, with one sentence, unless the page that asked with `wish` can use the document."""
    if ref.audience is not Audience.STAFF:
        raise Refused(f"{CERTIFICATE}: is not for visitors; send it with `sotpunkt-dashboard certificate deliver`")
    told = decode(body, PageDocument, limit=MAX_DOCUMENT)
    chain = _chain(told.chain)
    own = chain[0]
    if told.name != wish.name or wish.name not in _names(own):
        raise Refused(f"{CERTIFICATE}: is not for {wish.name}; ask for one for that name")
    if _public(own) != _public(_request(wish)):
        raise Refused(f"{CERTIFICATE}: was not made for the key of this page; use the request that it sends now")
    _dates(own, ref, wish, now)
    for below, above in pairwise(chain):
        _signed(below, above)


def ends_ms(own: x509.Certificate) -> int:
    """When it ends, wall clock, ms UTC."""
    return int(own.not_valid_after_utc.timestamp() * 1000)


def _dates(own: x509.Certificate, ref: DocumentRef, wish: PageWish, now: Now) -> None:
    if ref.version != max(1, int(own.not_valid_before_utc.timestamp())):
        raise Refused(f"{CERTIFICATE}: version {ref.version} is not the moment from which it counts; deliver it anew")
    if wish.ends_ms is not None and ends_ms(own) < wish.ends_ms:
        raise Refused(f"{CERTIFICATE}: ends {_day(own)}, before the one in place; ask for a new one")
    if now.wall_ms is None or now.clock is ClockQuality.UNSYNCED:
        return  # nobody here can tell; a later end than that in place makes nothing worse
    if ends_ms(own) <= now.wall_ms:
        raise Refused(f"{CERTIFICATE}: is over since {_day(own)}; ask for a new one")
    if ref.version * 1000 > now.wall_ms + AHEAD_MS:
        raise Refused(f"{CERTIFICATE}: counts from {own.not_valid_before_utc:%Y-%m-%d}, which is still to come")


def _chain(pem: str) -> list[x509.Certificate]:
    try:
        chain = x509.load_pem_x509_certificates(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise Refused(f"{CERTIFICATE}: holds no certificate that can be read; send the PEM file as it came") from fault
    if len(chain) > MAX_CHAIN:
        raise Refused(f"{CERTIFICATE}: a chain of {len(chain)}, at most {MAX_CHAIN} are taken")
    return chain


def _signed(below: x509.Certificate, above: x509.Certificate) -> None:
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as fault:
        raise Refused(f"{CERTIFICATE}: is no chain; send the page's own first, then its issuer") from fault


def _request(wish: PageWish) -> x509.CertificateSigningRequest:
    try:
        told = x509.load_pem_x509_csr(wish.request.encode())
        whole = told.is_signature_valid
    except (ValueError, UnsupportedAlgorithm, InvalidSignature) as fault:
        raise Refused("the page's request for a certificate can not be read") from fault
    if not whole or wish.name not in _names(told):
        raise Refused("the page's request for a certificate is not signed by its key, or is for another name")
    return told


def _names(one: x509.Certificate | x509.CertificateSigningRequest) -> list[str]:
    try:
        found = one.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return []
    return found.get_values_for_type(x509.DNSName)


def _public(one: x509.Certificate | x509.CertificateSigningRequest) -> object:
    try:
        return one.public_key()
    except (ValueError, UnsupportedAlgorithm) as fault:
        raise Refused(f"{CERTIFICATE}: holds a key of a kind that is not known here") from fault


def _day(own: x509.Certificate) -> str:
    return f"{own.not_valid_after_utc:%Y-%m-%d}"
