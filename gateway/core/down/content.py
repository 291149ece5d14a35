"""Content documents: is what came what the manifest names, and may it be shown?"""

from hashlib import sha256
from typing import Any

import msgspec

from contract.content import MAX_DOCUMENT, ContactsDocument, DocumentRef, ServicesDocument
from contract.messages import MAX_MESSAGE, decode
from contract.topics import valid_level
from contract.wire import Refused
from contract.words import Event
from gateway.core.site import Change, Site, refuse

KINDS: dict[str, Any] = {"services": ServicesDocument, "contacts": ContactsDocument}
"""Documents whose form is known; others must be a JSON object."""
MAX_DEPTH = 20
HEAD_ROOM = 4096
"""Bytes of a message round the document."""


def wanted(site: Site, ref: DocumentRef) -> bool:
    """Does the manifest name something newer than what is held?"""
    version, digest = site.memory.documents.get(ref.name, (0, ""))
    return valid_level(ref.name) and ref.version > version and ref.sha256 != digest


def take(site: Site, ref: DocumentRef, body: bytes) -> tuple[Site, list[Change], bool]:
    """(site, what to tell, may it be published). A document that does not fit leaves the old one in its place."""
    try:
        check(ref, body)
    except Refused as fault:
        told = {"document": ref.name, "sha256": ref.sha256, "detail": str(fault)[:2000]}
        digest = sha256(f"{ref.name} {ref.version} {ref.sha256}".encode() + body).hexdigest()
        return *refuse(site, digest, Change(Event.CONTENT_REFUSED, told)), False
    documents = site.memory.documents | {ref.name: (ref.version, ref.sha256)}
    memory = msgspec.structs.replace(site.memory, documents=documents)
    told = {"document": ref.name, "sha256": ref.sha256, "detail": f"version {ref.version}"}
    return msgspec.structs.replace(site, memory=memory), [Change(Event.CONTENT_TAKEN, told)], True


def check(ref: DocumentRef, body: bytes) -> None:
    """Raises Refused unless the bytes are what the manifest says and of the form of their name."""
    if len(body) != ref.size or sha256(body).hexdigest() != ref.sha256:
        raise Refused(f"{ref.name}: the bytes are not those of the manifest")
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
