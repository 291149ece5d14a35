"""The certificate for a site's own page, before it is sent: is it the one that the page asked for?

The gateway judges once more, and more (`gateway/core/down/page_certificate.py`); here a mistake is told at once.
"""

import hashlib

import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from contract.content import DocumentRef
from contract.page import CERTIFICATE, WARN_DAYS, PageDocument, PageWish
from contract.words import Audience
from dashboard.core.sites import BadInput

DAY_MS = 86_400_000


def document(pem: bytes, wish: PageWish, wall_ms: int | None, source: str) -> tuple[DocumentRef, bytes, int]:
    """(reference, bytes, when it ends in ms UTC) of a chain for the page that asked with `wish`. Raises BadInput."""
    try:
        own = x509.load_pem_x509_certificates(pem)[0]
        names = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        asked = x509.load_pem_x509_csr(wish.request.encode())
        fits = own.public_key() == asked.public_key()
    except (ValueError, UnsupportedAlgorithm, x509.ExtensionNotFound) as fault:
        raise BadInput(f"{source}: holds no certificate of a page; give the PEM file (fullchain) as it came") from fault
    if not fits:
        raise BadInput(f"{source}: was not made for the request of this page; print it anew and have that signed")
    if wish.name not in names.get_values_for_type(x509.DNSName):
        raise BadInput(f"{source}: is not for {wish.name}; ask for one for that name")
    ends_ms = int(own.not_valid_after_utc.timestamp() * 1000)
    if wall_ms is not None and ends_ms <= wall_ms:
        raise BadInput(f"{source}: is over since {own.not_valid_after_utc:%Y-%m-%d}; ask for a new one")
    if wish.ends_ms is not None and ends_ms < wish.ends_ms:
        raise BadInput(f"{source}: ends before the one that is in place; ask for a new one")
    try:
        body = msgspec.json.encode(PageDocument(name=wish.name, chain=pem.decode("ascii")))
        msgspec.json.decode(body, type=PageDocument)
    except ValueError as fault:
        raise BadInput(f"{source}: can not travel as it is ({fault}); give PEM alone") from fault
    reference = DocumentRef(
        name=CERTIFICATE, version=max(1, int(own.not_valid_before_utc.timestamp())), size=len(body),
        sha256=hashlib.sha256(body).hexdigest(), audience=Audience.STAFF,
    )  # fmt: skip
    return reference, body, ends_ms


def days_left(wish: PageWish, wall_ms: int | None) -> int | None:
    """Whole days until the end; below 0 when it is over, None without certificate or clock."""
    return None if wish.ends_ms is None or wall_ms is None else (wish.ends_ms - wall_ms) // DAY_MS


def delivered_ends_ms(body: bytes, wish: PageWish) -> int | None:
    """When a document that was sent ends, ms UTC; None where the page could not use it, as after a new key."""
    try:
        told = msgspec.json.decode(body, type=PageDocument)
        own = x509.load_pem_x509_certificates(told.chain.encode())[0]
        fits = own.public_key() == x509.load_pem_x509_csr(wish.request.encode()).public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return int(own.not_valid_after_utc.timestamp() * 1000) if fits and told.name == wish.name else None


def is_due(wish: PageWish, wall_ms: int | None, delivered_ms: int | None = None) -> bool | None:
    """Must one be made now? None where nobody knows the time; a page that has none needs one at any time.

    `delivered_ms`: when what was sent last ends. While a site is away it lies ready, and another each day would use up
    what the authority gives in a week.
    """
    ends = max((one for one in (wish.ends_ms, delivered_ms) if one is not None), default=None)
    if ends is None:
        return True
    return None if wall_ms is None else (ends - wall_ms) // DAY_MS <= WARN_DAYS
