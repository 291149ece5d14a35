"""Content documents on their way in: the manifest says what, blobs bring the bytes, in any order."""

from contract.content import MAX_DOCUMENT, Manifest
from contract.messages import decode
from contract.words import Audience
from gateway.core import announce
from gateway.core.announce import Message
from gateway.core.down import content
from gateway.core.facts import Facts
from gateway.core.site import Change, Now, Site
from gateway.io.store import Store

MAX_LOOSE = 20
DIGEST_LEVEL = 40
"""Hex digits of the digest that stand in the topic."""

Taken = tuple[Site, list[Change], list[Message]]


class Documents:
    """Matches manifest and blobs, stores what fits."""

    def __init__(self, store: Store, facts: Facts) -> None:
        self._store = store
        self._facts = facts
        self._manifest = Manifest(revision=0, documents=())
        self._loose: dict[str, bytes] = {}

    def manifest(self, site: Site, payload: bytes, now: Now) -> Taken:
        """A manifest came."""
        new = decode(payload, Manifest)
        if new.revision >= self._manifest.revision:
            self._manifest = new
        return self._match(site, now)

    def blob(self, site: Site, digest: str, payload: bytes, now: Now) -> Taken:
        """Bytes came; kept until a manifest asks for them, the oldest go first."""
        if len(payload) <= MAX_DOCUMENT:
            self._loose[digest] = payload
        while len(self._loose) > MAX_LOOSE:
            del self._loose[next(iter(self._loose))]
        return self._match(site, now)

    def messages(self, now: Now) -> list[Message]:
        """All public documents held, for the kiosk."""
        held = self._store.documents()
        return [
            announce.public_document(ref, body, self._facts, now)
            for ref, body in held
            if ref.audience is Audience.PUBLIC
        ]

    def _match(self, site: Site, now: Now) -> Taken:
        changes: list[Change] = []
        messages: list[Message] = []
        used: set[str] = set()
        for ref in self._manifest.documents:
            body = self._loose.get(ref.sha256[:DIGEST_LEVEL])
            if body is None or not content.wanted(site, ref):
                continue
            site, told, fits = content.take(site, ref, body)
            changes += told
            used.add(ref.sha256[:DIGEST_LEVEL])
            if fits:
                self._store.put_document(ref, body)
                if ref.audience is Audience.PUBLIC:
                    messages.append(announce.public_document(ref, body, self._facts, now))
        # not before all are stored: what a full disk refused is tried again
        self._loose = {digest: body for digest, body in self._loose.items() if digest not in used}
        return site, changes, messages
