"""Content documents: is what came what the manifest names, and may it be shown?"""

from collections.abc import Set as AbstractSet
from hashlib import sha256
from typing import Any

import msgspec

from contract.content import MAX_DOCUMENT, ContactsDocument, DocumentRef, ServicesDocument
from contract.messages import MAX_MESSAGE, decode
from contract.page import CERTIFICATE, PageDocument
from contract.pictures import is_picture, look, name_of
from contract.topics import valid_level
from contract.wire import Refused
from contract.words import Event
from gateway.core.down import page_certificate
from gateway.core.remembered import Memory
from gateway.core.site import Change, Now, Site, refuse

KINDS: dict[str, Any] = {"services": ServicesDocument, "contacts": ContactsDocument, CERTIFICATE: PageDocument}
"""Documents whose form is known; others must be a JSON object."""
MAX_DEPTH = 20
HEAD_ROOM = 4096
"""Bytes of a message round the document."""


def wanted(site: Site, ref: DocumentRef) -> bool:
    """Does the manifest name something newer than what is held?"""
    version, digest = site.memory.documents.get(ref.name, (0, ""))
    return valid_level(ref.name) and ref.version > version and ref.sha256 != digest


def can_judge(site: Site, ref: DocumentRef) -> bool:
    """Is there what it must be compared with? A certificate waits for the page to say which one it needs."""
    return ref.name != CERTIFICATE or site.page is not None


def take(site: Site, ref: DocumentRef, body: bytes, now: Now | None = None) -> tuple[Site, list[Change], bool]:
    """(site, what to tell, may it be published). A document that does not fit leaves the old one in its place."""
    try:
        check(ref, body)
        if ref.name == CERTIFICATE and site.page is not None and now is not None:
            page_certificate.check(ref, body, site.page, now)
    except Refused as fault:
        told = {"document": ref.name, "sha256": ref.sha256, "detail": str(fault)[:2000]}
        digest = sha256(f"{ref.name} {ref.version} {ref.sha256}".encode() + body).hexdigest()
        return *refuse(site, digest, Change(Event.CONTENT_REFUSED, told)), False
    documents = site.memory.documents | {ref.name: (ref.version, ref.sha256)}
    memory = msgspec.structs.replace(site.memory, documents=documents)
    told = {"document": ref.name, "sha256": ref.sha256, "detail": f"version {ref.version}"}
    return msgspec.structs.replace(site, memory=memory), [Change(Event.CONTENT_TAKEN, told)], True


def without_pictures(site: Site, named: AbstractSet[str]) -> Site:
    """A picture that the manifest does not name any more is let go: nobody wants it shown, and there is little room."""
    gone = {name for name in site.memory.documents if is_picture(name)} - named
    if not gone:
        return site
    documents = {name: one for name, one in site.memory.documents.items() if name not in gone}
    return msgspec.structs.replace(site, memory=msgspec.structs.replace(site.memory, documents=documents))


def pictures_gone(before: Memory, after: Memory) -> tuple[str, ...]:
    """Pictures that were held and are not now, by name."""
    return tuple(name for name in before.documents if is_picture(name) and name not in after.documents)


def check(ref: DocumentRef, body: bytes) -> None:
    """Raises Refused unless the bytes are what the manifest says and of the form of their name."""
    if len(body) != ref.size or sha256(body).hexdigest() != ref.sha256:
        raise Refused(f"{ref.name}: the bytes are not those of the manifest")
    if is_picture(ref.name):
        look(body)
        if ref.name != name_of(ref.sha256):
            raise Refused(f"{ref.name}: is not the name of these bytes")
        return
    # also what a known form does not name travels on to the kiosk, so the whole of it must be sound
    whole = decode(body, dict[str, Any], limit=MAX_DOCUMENT)
    if _too_deep(whole) or len(msgspec.json.encode(whole)) > MAX_MESSAGE - HEAD_ROOM:
        raise Refused(f"{ref.name}: is nested too deeply, or too large once written out")
    decode(body, KINDS.get(ref.name, dict[str, Any]), limit=MAX_DOCUMENT)


def _too_deep(tree: Any) -> bool:
    """Level by level, for a recursive look would itself fall in."""
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for node in level
            if isinstance(node, (dict, list))
            for inner in (node.values() if isinstance(node, dict) else node)
        ]
    return bool(level)
