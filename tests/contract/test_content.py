"""Content: a manifest of documents, and the documents themselves."""

import json
from typing import Any

import pytest

from contract.content import (
    MAX_DOCUMENT,
    ContactsDocument,
    DocumentRef,
    Manifest,
    PublicDocument,
    Service,
    ServicesDocument,
)
from contract.messages import MAX_MESSAGE, Head, decode, encode
from contract.wire import Refused
from contract.words import Audience

DIGEST = "0123456789abcdef" * 4
REF = DocumentRef(name="services", version=3, sha256=DIGEST, size=10, audience=Audience.PUBLIC)


def test_manifest_comes_back_as_it_went() -> None:
    """All documents with version, digest, size and audience."""
    manifest = Manifest(revision=2, documents=(REF,))

    assert manifest == decode(encode(manifest), Manifest)
    assert Manifest(revision=0, documents=()) == decode(b'{"revision":0,"documents":[]}', Manifest)


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": DIGEST[:-1]},
        {"sha256": DIGEST + "0"},
        {"sha256": DIGEST.upper()},
        {"sha256": DIGEST[:-1] + "\n"},
        {"sha256": DIGEST + "\n"},
        {"sha256": "../" + DIGEST[3:]},
        {"version": 0},
        {"size": -1},
        {"size": MAX_DOCUMENT + 1},
        {"audience": "everybody"},
        {"name": ""},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_document_that_is_none_is_refused(changes: dict[str, Any]) -> None:
    """A digest is 64 lower-case hex digits and nothing more; a document has a version, a size, an audience."""
    tree = {"revision": 1, "documents": [json.loads(encode(REF)) | changes]}

    with pytest.raises(Refused, match=r"^Manifest: "):
        decode(json.dumps(tree).encode(), Manifest)


@pytest.mark.parametrize(("count", "taken"), [(100, True), (101, False)])
def test_manifest_has_a_size(count: int, taken: bool) -> None:
    """At most a hundred documents."""
    data = encode(Manifest(revision=1, documents=(REF,) * count))

    if taken:
        assert count == len(decode(data, Manifest).documents)
    else:
        with pytest.raises(Refused, match="documents"):
            decode(data, Manifest)


def test_largest_document_still_travels() -> None:
    """A document as large as allowed, with a head around it, is below the limit of a message."""
    assert MAX_DOCUMENT * 3 / 2 < MAX_MESSAGE


def test_services_have_both_languages() -> None:
    """A service without words in one language is refused, for a visitor would see an empty line."""
    fuel = Service(key="fuel", icon="fuel", sv="Drivmedel", en="Fuel")
    document = ServicesDocument(services=(fuel,))

    assert document == decode(encode(document), ServicesDocument)
    for changes in ({"sv": ""}, {"en": ""}, {"key": ""}):
        with pytest.raises(Refused, match="services"):
            decode(json.dumps({"services": [json.loads(encode(fuel)) | changes]}).encode(), ServicesDocument)
    with pytest.raises(Refused, match="services"):
        decode(encode(ServicesDocument(services=(fuel,) * 31)), ServicesDocument)


def test_contacts_name_the_radio_first() -> None:
    """When nothing else works there is the radio: a document without its frequency is refused."""
    contacts = ContactsDocument(
        p4_mhz="100,4", rows_sv=("112 vid fara för liv",), rows_en=("112 when life is in danger",)
    )

    assert contacts == decode(encode(contacts), ContactsDocument)
    with pytest.raises(Refused, match="p4_mhz"):
        decode(b'{"rows_sv":[],"rows_en":[]}', ContactsDocument)


def test_public_document_carries_any_body(head: Head) -> None:
    """The kiosk gets the verified document as a table; a list or text is refused."""
    shown = PublicDocument(head=head, name="services", version=3, sha256=DIGEST, body={"services": []})
    tree = json.loads(encode(shown))

    assert shown == decode(encode(shown), PublicDocument)
    for body in ([], "text", None):
        with pytest.raises(Refused, match="body"):
            decode(json.dumps(tree | {"body": body}).encode(), PublicDocument)
