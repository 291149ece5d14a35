"""Content documents: checked before they leave, named by what is in them."""

import difflib
import hashlib
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]  # its stub forgets ParserError

from contract.content import DOCUMENTS, MAX_DOCUMENT, DocumentRef, Manifest
from contract.pictures import MOST_PICTURES, is_picture, name_of
from contract.topics import valid_level
from contract.words import Audience
from dashboard.core.sites import BadInput

HOURS = ("hours", "staffed", "unstaffed", "runs", "answers")
"""Fields that hold OSM opening hours, in every document."""
UNJUDGED = re.compile(r"sunrise|sunset|dawn|dusk|\bSH\b")
MOST_FAULTS = 5


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
        if name in DOCUMENTS:
            found = msgspec.json.decode(data, type=DOCUMENTS[name])
            faults = list(islice(_faults(msgspec.json.decode(data), found, ""), MOST_FAULTS))
            if faults:
                raise BadInput("\n".join(f"{source}: {fault}" for fault in faults))
    except (msgspec.ValidationError, TypeError, ValueError) as fault:
        raise BadInput(f"{source}: {fault}") from fault
    if len(data) > MAX_DOCUMENT:
        raise BadInput(f"{source}: {len(data)} bytes, at most {MAX_DOCUMENT} travel")
    digest = hashlib.sha256(data).hexdigest()
    return DocumentRef(name=name, version=version, sha256=digest, size=len(data), audience=Audience.PUBLIC), data


def _faults(written: Any, found: Any, where: str) -> Iterator[str]:
    """Names that no program knows, and opening hours that nobody could judge; with the place of each."""
    if isinstance(found, tuple | list):
        for number, (one, other) in enumerate(zip(written, found, strict=False)):
            yield from _faults(one, other, f"{where}[{number}]")
    elif isinstance(found, msgspec.Struct):
        for key, value in written.items():
            place = f"{where}.{key}".lstrip(".")
            if key not in found.__struct_fields__:
                near = difflib.get_close_matches(key, found.__struct_fields__, 1)
                yield f"{place}: is not known" + (f"; did you mean {near[0]}?" if near else "")
            elif key in HOURS and isinstance(value, str) and value and (fault := hours_fault(value)):
                yield f"{place}: {fault}"
            else:
                yield from _faults(value, getattr(found, key), place)


def hours_fault(text: str) -> str:
    """Why this cannot be shown as opening hours; "" when it can."""
    if match := UNJUDGED.search(text):
        return f"{match[0]} cannot be judged at the site; write the times and days"
    try:
        OpeningHours(text, country="SE")
    except (ParserError, ValueError, SyntaxError, TypeError, OverflowError):
        return f"{text!r} is not opening hours; write them like Mo-Fr 09:00-18:00; Sa 10:00-14:00; PH off"
    return ""


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


def picture_ref(data: bytes) -> DocumentRef:
    """A picture in the manifest: its name says its bytes, so there is only ever one version."""
    digest = hashlib.sha256(data).hexdigest()
    return DocumentRef(name=name_of(digest), version=1, sha256=digest, size=len(data), audience=Audience.PUBLIC)


def illustrated(was: Manifest | None, new: Manifest, named: set[str], brought: tuple[DocumentRef, ...]) -> Manifest:
    """The manifest with the pictures that its documents name, and no others; raises BadInput.

    `was`: before the change. `brought`: pictures that come with it.
    """
    papers = tuple(one for one in new.documents if not is_picture(one.name))
    known = {one.sha256: one for one in (*new.documents, *brought) if is_picture(one.name)}
    if missing := sorted(named - known.keys()):
        raise BadInput(f"picture {missing[0][:8]}… is not here; name the file in its place")
    if len(named) > MOST_PICTURES:
        raise BadInput(
            f"the documents of this site name {len(named)} pictures, at most {MOST_PICTURES} are sent; take some out"
        )
    documents = tuple(sorted((*papers, *(known[digest] for digest in named)), key=lambda one: one.name))
    if documents == new.documents:
        return new
    revision = was.revision + 1 if was is not None else 1
    return Manifest(revision=revision, documents=documents)
