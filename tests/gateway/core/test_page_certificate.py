"""A certificate for the site's own page is taken when it is the one that was asked for, and better than the last."""

import datetime as dt
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from contract.content import DocumentRef
from contract.page import CERTIFICATE, PageDocument, PageWish
from contract.wire import Refused
from contract.words import Audience, ClockQuality
from gateway.core.down import content, page_certificate
from gateway.core.remembered import Memory
from gateway.core.site import Site

from .conftest import WALL_MS, at

NAME = "kall.sot.example.se"
KEY, OTHER = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
NOW = dt.datetime.fromtimestamp(WALL_MS / 1000, dt.UTC).replace(microsecond=0)
DAY = dt.timedelta(days=1)
SOON = int((NOW + 10 * DAY).timestamp() * 1000)


def wish(key: ec.EllipticCurvePrivateKey = KEY, asked: str = NAME, **parts: Any) -> PageWish:
    """What the page says."""
    names = x509.SubjectAlternativeName([x509.DNSName(asked)])
    built = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).add_extension(names, critical=False)
    pem = built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    return PageWish(**({"name": NAME, "request": pem, "ends_ms": SOON} | parts))


def pem(*, key: Any = KEY, name: str = NAME, begins: int = -2, ends: int = 88) -> str:
    """A certificate; days from now."""
    built = x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(x509.Name([]))
    built = built.public_key(key.public_key()).serial_number(7)
    built = built.not_valid_before(NOW + begins * DAY).not_valid_after(NOW + ends * DAY)
    built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
    return built.sign(OTHER, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def sent(chain: str, begins: int = -2, **parts: Any) -> tuple[DocumentRef, bytes]:
    """As it comes down."""
    body = msgspec.json.encode(PageDocument(name=NAME, chain=chain))
    told = {"name": CERTIFICATE, "version": int((NOW + begins * DAY).timestamp()), "size": len(body),
            "sha256": sha256(body).hexdigest(), "audience": Audience.STAFF}  # fmt: skip
    return DocumentRef(**(told | parts)), body


def test_the_one_that_was_asked_for_is_taken() -> None:
    """With or without one in place, also where nobody knows the time."""
    site = Site(memory=Memory(), page=wish())
    ref, body = sent(pem())
    taken = content.take(site, ref, body, at(1))
    first = content.take(Site(memory=Memory(), page=wish(ends_ms=None)), ref, body, at(1, clock=ClockQuality.UNSYNCED))

    assert (True, True) == (taken[2], first[2])
    assert {CERTIFICATE: (ref.version, ref.sha256)} == taken[0].memory.documents


def test_it_waits_until_the_page_has_said_what_it_needs() -> None:
    """Nothing is judged, and nothing refused, before that."""
    ref, _ = sent(pem())

    assert (False, True) == (
        content.can_judge(Site(memory=Memory()), ref),
        content.can_judge(Site(memory=Memory(), page=wish()), ref),
    )


@pytest.mark.parametrize(
    ("chain", "parts", "sentence"),
    [
        (pem(key=OTHER), {}, "was not made for the key"),
        (pem(name="other.example.se"), {}, f"is not for {NAME}"),
        (pem(ends=5), {}, "before the one in place"),
        (pem(begins=-90, ends=-1), {"begins": -90, "ends_ms": None}, "is over since"),
        (pem(begins=3), {"begins": 3}, "still to come"),
        (pem(), {"begins": -1}, "deliver it anew"),
        (pem() + pem(), {}, "is no chain"),
        (pem() * 7, {}, "a chain of 7"),
        ("nothing", {}, "can be read"),
        (pem()[:300], {}, "can be read"),
        (pem(), {"audience": Audience.PUBLIC}, "is not for visitors"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(chain: str, parts: dict[str, Any], sentence: str) -> None:
    """And the one in place stays: nothing is remembered but that it was refused."""
    ends_ms = parts.pop("ends_ms", SOON)
    ref, body = sent(chain, **parts)
    site = Site(memory=Memory(), page=wish(ends_ms=ends_ms))
    after, told, fits = content.take(site, ref, body, at(1))

    assert not fits
    assert {} == after.memory.documents
    assert ["content_refused"] == [change.kind.value for change in told]
    assert sentence in told[0].body["detail"]
    assert [] == content.take(after, ref, body, at(2))[1]


@pytest.mark.parametrize("request_of", ["", "garbage", wish(asked="other.example.se").request])
def test_wish_whose_request_is_none_is_refused(request_of: str) -> None:
    """It goes no further than the gateway."""
    with pytest.raises(Refused, match="request for a certificate"):
        page_certificate.check_wish(wish(request=request_of))
