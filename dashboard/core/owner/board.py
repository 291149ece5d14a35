"""What visitors may know, as the site's own broker says it: for the sheet on the notice board, and the notices there.

Only the site's own page hears it; everything else there is for staff.
"""

from dataclasses import dataclass, replace

import msgspec

from contract import topics
from contract.content import ContactsDocument, PublicDocument
from contract.freshness import LOST_HEARTBEATS, Contact, Now, heard, silence_ms
from contract.messages import NoticeNow, PublicPicture, decode
from contract.wire import Refused
from dashboard.core.hearing.intake import Simulated
from dashboard.core.hearing.picture import newer
from dashboard.core.sites import Site

CONTACTS = "contacts"


@dataclass(frozen=True, slots=True)
class Board:
    """The public side of one site. `contact`: None until something was heard live."""

    picture: PublicPicture | None = None
    contacts: ContactsDocument | None = None
    contact: Contact | None = None

    def holds(self, now: Now) -> bool:
        """Does it speak for the site as it is now?"""
        silence = silence_ms(self.contact, now)
        if self.picture is None or silence is None:
            return False
        return silence <= LOST_HEARTBEATS * self.picture.heartbeat_s * 1000

    def notices(self, now: Now) -> tuple[NoticeNow, ...]:
        """The local notices that have not run out under a known clock."""
        told = self.picture.notices if self.picture else ()
        return tuple(one for one in told if one.until_ms is None or now.wall_ms is None or now.wall_ms < one.until_ms)


def is_public(topic: str, site: str) -> bool:
    """Is it a message that this module reads?"""
    return topic in (topics.public_picture(site), topics.public_content(site, CONTACTS))


def told(board: Board, topic: str, payload: bytes, site: Site, mono_ms: int | None, own_boot: str = "") -> Board:
    """The board after one message; raises Refused. `mono_ms` None: retained, which proves no contact."""
    if topic == topics.public_content(site.id, CONTACTS):
        return replace(board, contacts=_contacts(payload) if payload else None)
    if not payload:
        return board
    picture = decode(payload, PublicPicture)
    if picture.head.site != site.id:
        raise Refused(f"{topic} says it comes from {picture.head.site!r}")
    if picture.head.simulated and site.in_service:
        raise Simulated(f"{site.id} is in service and takes no simulated PublicPicture")
    if board.picture is not None and not newer(picture.head, board.picture.head):
        return board
    contact = board.contact if mono_ms is None else heard(board.contact, picture.head, mono_ms, own_boot)
    return replace(board, picture=picture, contact=contact)


def _contacts(payload: bytes) -> ContactsDocument:
    document = decode(payload, PublicDocument)
    try:
        return msgspec.convert(document.body, ContactsDocument)
    except msgspec.ValidationError as fault:
        raise Refused(f"contacts: {fault}") from fault
