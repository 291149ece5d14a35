"""Content as versioned documents: a manifest names them, the bytes travel by their SHA-256."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from contract import everyday
from contract.everyday import Hours, Link, Texts, UnstaffedNeed
from contract.messages import Head
from contract.wire import Name, Text, Wire
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


class Service(Wire, omit_defaults=True):
    """One service in the document `services`: what a point offers, in words. Declared state comes separately.

    `staffed` and `unstaffed` are OSM opening hours; a way in while nobody is there needs all of `unstaffed_needs`.
    `names` and `texts` are by language (`texts`: what the service's own people want to say). `hours_sv`/`hours_en`: the
    hours as words, shown as they stand, for what has no `staffed`.
    """

    key: Name
    icon: Name
    sv: Name
    en: Name
    hours_sv: str = ""
    hours_en: str = ""
    names: dict[str, Name] = {}
    texts: Texts | None = None
    staffed: Hours = ""
    unstaffed: Hours = ""
    unstaffed_needs: tuple[UnstaffedNeed, ...] = ()
    phone: str = ""
    link: Link = ""


class ServicesDocument(Wire):
    """The document `services`."""

    services: Annotated[tuple[Service, ...], Meta(max_length=30)]


class ContactsDocument(Wire):
    """The document `contacts`: numbers a visitor needs when nothing else works."""

    p4_mhz: Name
    rows_sv: tuple[Name, ...]
    rows_en: tuple[Name, ...]
    phone_down: dict[str, tuple[Text, ...]] = {}
    """What to do when no phone works, by language: staffed radio, a landline, the nearest place with people."""


DOCUMENTS: dict[str, type[msgspec.Struct]] = {
    "services": ServicesDocument,
    "contacts": ContactsDocument,
    "here": everyday.HereDocument,
    "businesses": everyday.BusinessesDocument,
    "rooms": everyday.RoomsDocument,
    "events": everyday.EventsDocument,
    "information": everyday.InformationDocument,
    "transport": everyday.TransportDocument,
    "timetable": everyday.TimetableDocument,
    "outage-hours": everyday.OutageHoursDocument,
    "nearest": everyday.NearestDocument,
}
"""Every document whose form this version knows, by name; others travel, and are not shown."""
