"""Content documents: checked before they leave, named by what is in them."""

import hashlib
from typing import Any

import msgspec

from contract.content import MAX_DOCUMENT, ContactsDocument, DocumentRef, Manifest, ServicesDocument
from contract.topics import valid_level
from contract.words import Audience
from dashboard.core.sites import BadInput

KNOWN: dict[str, type[msgspec.Struct]] = {"services": ServicesDocument, "contacts": ContactsDocument}
"""Documents whose form the contract knows."""


def document(name: str, body: Any, version: int, source: str) -> tuple[DocumentRef, bytes]:
    """One document as reference and bytes; raises BadInput."""
    if not valid_level(name):
        raise BadInput(f"{name!r} is not a name of a-z, 0-9 and -")
    if version < 1:
        raise BadInput(f"--version: {version} is below 1")
    if not isinstance(body, dict):
        raise BadInput(f"{source}: a document is a table (TOML) or an object (JSON)")
    try:
        data = msgspec.json.encode(body)
        if name in KNOWN:
            msgspec.json.decode(data, type=KNOWN[name])
    except (msgspec.ValidationError, TypeError, ValueError) as fault:
        raise BadInput(f"{source}: {fault}") from fault
    if len(data) > MAX_DOCUMENT:
        raise BadInput(f"{source}: {len(data)} bytes, at most {MAX_DOCUMENT} travel")
    digest = hashlib.sha256(data).hexdigest()
    return DocumentRef(name=name, version=version, sha256=digest, size=len(data), audience=Audience.PUBLIC), data


def manifest(held: Manifest | None, changed: DocumentRef) -> Manifest:
    """The manifest after one document changed; all others stay. Raises BadInput when it would go back."""
    others = tuple(one for one in held.documents if one.name != changed.name) if held else ()
    old = next((one for one in held.documents if one.name == changed.name), None) if held else None
    if held is not None and old == changed:
        return held
    if old is not None and changed.version <= old.version:
        raise BadInput(f"--version: {changed.name} is at version {old.version} already; give a higher one")
    documents = tuple(sorted((*others, changed), key=lambda one: one.name))
    return Manifest(revision=held.revision + 1 if held else 1, documents=documents)
