"""Content documents on their way in: the manifest says what, blobs bring the bytes, in any order.

Nothing is stored here: a document is written in one transaction with the word that it is held.
"""

from contract.content import MAX_DOCUMENT, DocumentRef, Manifest
from contract.messages import decode
from contract.page import CERTIFICATE
from contract.words import Audience
from gateway.core import announce
from gateway.core.announce import Message
from gateway.core.down import content
from gateway.core.facts import Facts
from gateway.core.site import Change, Now, Site
from gateway.io.store import Store

MAX_LOOSE = 40
"""Documents and pictures of a site that come before their manifest; 5 MB at most."""
DIGEST_LEVEL = 40
"""Hex digits of the digest that stand in the topic."""

Held = list[tuple[DocumentRef, bytes]]
Taken = tuple[Site, list[Change], Held]
"""The site, what to tell, and documents that may be published as soon as they are stored."""


class Documents:
    """Matches manifest and blobs."""

    def __init__(self, store: Store, facts: Facts) -> None:
        self._store = store
        self._facts = facts
        self._manifest = Manifest(revision=0, documents=())
        self._loose: dict[str, bytes] = {}

    def manifest(self, payload: bytes) -> None:
        """A manifest came; raises Refused."""
        new = decode(payload, Manifest)
        if new.revision >= self._manifest.revision:
            self._manifest = new

    def blob(self, digest: str, payload: bytes) -> None:
        """Bytes came; kept until a manifest asks for them, the oldest go first."""
        if len(payload) <= MAX_DOCUMENT:
            self._loose[digest] = payload
        while len(self._loose) > MAX_LOOSE:
            del self._loose[next(iter(self._loose))]

    def messages(self, now: Now) -> list[Message]:
        """All documents held, for those who may read them; raises StoreFault."""
        return self.public(self._store.documents(), now)

    def public(self, held: Held, now: Now) -> list[Message]:
        """Those of these documents that visitors may read, and the page's certificate for the page alone."""
        told = [
            announce.public_document(ref, body, self._facts, now)
            for ref, body in held
            if ref.audience is Audience.PUBLIC and ref.name != CERTIFICATE
        ]
        mine = [one for one in held if one[0].name == CERTIFICATE and one[0].audience is Audience.STAFF]
        return told + [announce.page_certificate(ref, body, self._facts, now) for ref, body in mine]

    def match(self, site: Site, now: Now) -> Taken:
        """What the manifest names, whose bytes are there and which is newer than what is held."""
        if self._manifest.revision:
            site = content.without_pictures(site, {ref.name for ref in self._manifest.documents})
        changes: list[Change] = []
        held: Held = []
        used: set[str] = set()
        for ref in self._manifest.documents:
            body = self._loose.get(ref.sha256[:DIGEST_LEVEL])
            if body is not None and site.memory.documents.get(ref.name) == (ref.version, ref.sha256):
                used.add(ref.sha256[:DIGEST_LEVEL])  # said again after a connect
                continue
            if body is None or not content.wanted(site, ref) or not content.can_judge(site, ref):
                continue
            site, told, fits = content.take(site, ref, body, now)
            changes += told
            used.add(ref.sha256[:DIGEST_LEVEL])
            if fits:
                held.append((ref, body))
        self._loose = {digest: body for digest, body in self._loose.items() if digest not in used}
        return site, changes, held
