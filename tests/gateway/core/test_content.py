"""A document is published only when it is what the manifest names and sound to the last byte."""

from hashlib import sha256
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.content import DocumentRef, PublicDocument
from contract.messages import MAX_MESSAGE, decode
from contract.words import Audience
from gateway.core import announce
from gateway.core.down import content
from gateway.core.remembered import Memory
from gateway.core.site import Site

from .conftest import at, facts

SERVICE = {"key": "shop", "icon": "shop", "sv": "Butik", "en": "Shop"}
SERVICES = msgspec.json.encode({"services": [SERVICE]})


def named(body: bytes, name: str = "services", version: int = 1, **changes: Any) -> DocumentRef:
    """What the manifest would say of these bytes."""
    parts: dict[str, Any] = {
        "name": name, "version": version, "sha256": sha256(body).hexdigest(), "size": len(body),
        "audience": Audience.PUBLIC,
    }  # fmt: skip
    return DocumentRef(**(parts | changes))


def nested(depth: int) -> bytes:
    """Brackets in brackets."""
    return b'{"x":' + b"[" * depth + b"]" * depth + b"}"


def empty() -> Site:
    """A site without documents."""
    return Site(memory=Memory())


def test_a_document_that_fits_is_taken_and_told() -> None:
    """The kiosk gets the very content."""
    site, changes, fits = content.take(empty(), named(SERVICES), SERVICES)
    told = decode(announce.public_document(named(SERVICES), SERVICES, facts(), at(1))[1], PublicDocument)

    assert fits
    assert [("content_taken", "version 1")] == [(change.kind.value, change.body["detail"]) for change in changes]
    assert {"services": (1, sha256(SERVICES).hexdigest())} == site.memory.documents
    assert {"services": [SERVICE]} == told.body


@pytest.mark.parametrize(
    ("ref", "body"),
    [
        (named(SERVICES), SERVICES + b" "),
        (named(SERVICES), SERVICES.replace(b"B", b"b")),
        (named(SERVICES, size=3), SERVICES),
        (named(b'{"services": 1}'), b'{"services": 1}'),
        (named(b"{}"), b"{}"),
        (named(b"[]", "other"), b"[]"),
        (named(b"\xff", "other"), b"\xff"),
        # sound in the part that the form names, and not in the part that travels along
        (named(b'{"services":[],"x":1e999}'), b'{"services":[],"x":1e999}'),
        (named(b'{"services":[],"x":"\xff"}'), b'{"services":[],"x":"\xff"}'),
        (named(nested(60_000), "other"), nested(60_000)),
        (named(nested(30), "other"), nested(30)),
        # four letters on the way in, eighteen on the way out
        (named(b'{"x":[' + b"1e15," * 25_000 + b"1]}", "other"), b'{"x":[' + b"1e15," * 25_000 + b"1]}"),
    ],
    ids=range(12),
)
def test_what_does_not_fit_leaves_the_old_one_in_its_place(ref: DocumentRef, body: bytes) -> None:
    """Refused with a sentence, once; the version held before stays."""
    before, *_ = content.take(empty(), named(SERVICES), SERVICES)
    newer = msgspec.structs.replace(ref, version=2)
    after, changes, fits = content.take(before, newer, body)
    _, again, _ = content.take(after, newer, body)

    assert not fits
    assert ["content_refused"] == [change.kind.value for change in changes]
    assert [] == again
    assert before.memory.documents == after.memory.documents


@given(
    st.dictionaries(
        st.text(max_size=9), st.recursive(st.none() | st.integers() | st.text(max_size=9), st.lists, max_leaves=5)
    )
)
def test_what_is_taken_can_be_told(tree: dict[str, Any]) -> None:
    """Whatever passes the check travels as a message that its reader takes."""
    body = msgspec.json.encode(tree)
    _, _, fits = content.take(empty(), named(body, "other"), body)
    told = announce.public_document(named(body, "other"), body, facts(), at(1))[1] if fits else b""

    assert fits
    assert len(told) < MAX_MESSAGE
    assert tree == decode(told, PublicDocument).body


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        (named(SERVICES, version=2), False),
        (named(b"new", version=2), True),
        (named(b"new", version=1), False),
        (named(b"new", "contacts"), True),
        (named(b"new", "not/a level"), False),
    ],
)
def test_only_something_newer_is_wanted(ref: DocumentRef, expected: bool) -> None:
    """A higher version of other bytes, under a name that can stand in a topic."""
    site, *_ = content.take(empty(), named(SERVICES), SERVICES)

    assert expected is content.wanted(site, ref)
