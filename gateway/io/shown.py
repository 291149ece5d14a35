"""What may be told: only what is on the disk, and what is now while the disk refuses.

An acknowledgement that was shown and is gone after a power cut would be a promise broken. But a card that fails must
not silence the site: then the newest picture is told, and with it that the store is in trouble.
"""

from collections import deque

import msgspec

from contract.content import DocumentRef
from contract.records import AnswerBody
from gateway.core.site import Site

Documents = list[tuple[DocumentRef, bytes]]


class Shown:
    """Sites whose decisions are on their way to the disk, by the keeper's tickets."""

    def __init__(self, site: Site, *, on_disk: tuple[AnswerBody, ...] | None = None) -> None:
        """`on_disk`: the answers that will surely last, where the store itself is no disk (`substitute.py`)."""
        self._answered = on_disk
        self._stored = site
        self._coming: deque[tuple[int, Site, Documents]] = deque()

    def decided(self, ticket: int, before: Site, after: Site, documents: Documents, *, behind: bool) -> None:
        """A step was given to the keeper; `before` is the site as it was until then."""
        if not self._coming:
            self._stored = before
        if behind and self._coming and not documents and not self._coming[-1][2]:
            self._coming.pop()  # while the disk refuses only the last of them matters
        self._coming.append((ticket, after, documents))

    def reached(self, kept: int) -> tuple[Site, Site, Documents]:
        """The disk holds all up to this ticket: (site as stored until now, as stored now, documents that it holds)."""
        before, documents = self._stored, []
        while self._coming and self._coming[0][0] <= kept:
            _, self._stored, new = self._coming.popleft()
            documents += new
        return before, self._stored, documents

    def of(self, site: Site, *, behind: bool) -> Site:
        """What may be told while this is the site.

        Receipts and orders are answered only when stored, whatever happens: whoever gave them lets go of them then. A
        bulletin is shown all the same, for it stands at the centre and comes again.
        """
        if self._coming and behind:
            kept = self._stored.memory
            memory = msgspec.structs.replace(site.memory, receipts=kept.receipts, answered=kept.answered)
            site = msgspec.structs.replace(site, memory=memory)
        elif self._coming:
            site = self._stored
        if self._answered is None:
            return site
        return msgspec.structs.replace(site, memory=msgspec.structs.replace(site.memory, answered=self._answered))
