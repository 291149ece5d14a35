"""Content as versioned documents: a manifest names them, the bytes travel by their SHA-256."""

from typing import Annotated, Any

from msgspec import Meta

from contract.messages import Head
from contract.wire import Name, Wire
from contract.words import Audience

MAX_DOCUMENT = 128 * 1024

Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


class DocumentRef(Wire):
    """One document in the manifest."""

    name: Name
    version: Annotated[int, Meta(ge=1)]
    sha256: Digest
    size: Annotated[int, Meta(ge=0, le=MAX_DOCUMENT)]
    audience: Audience


class Manifest(Wire):
    """All documents of a site."""

    revision: Annotated[int, Meta(ge=0)]
    documents: Annotated[tuple[DocumentRef, ...], Meta(max_length=100)]


class PublicDocument(Wire):
    """A verified public document, for the kiosk."""

    head: Head
    name: Name
    version: int
    sha256: Digest
    body: dict[str, Any]


class Service(Wire):
    """One service in the document `services`: what a point offers, in words. Declared state comes separately."""

    key: Name
    icon: Name
    sv: Name
    en: Name
    hours_sv: str = ""
    hours_en: str = ""


class ServicesDocument(Wire):
    """The document `services`."""

    services: Annotated[tuple[Service, ...], Meta(max_length=30)]


class ContactsDocument(Wire):
    """The document `contacts`: numbers a visitor needs when nothing else works."""

    p4_mhz: Name
    rows_sv: tuple[Name, ...]
    rows_en: tuple[Name, ...]
