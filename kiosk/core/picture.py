"""What the keeper hears becomes what the cache holds: a message by its topic, judged and ordered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import msgspec

from contract import topics
from contract.bulletins import PublicBulletin, ReceiptMark
from contract.content import DOCUMENTS, ContactsDocument, PublicDocument, ServicesDocument
from contract.freshness import Contact
from contract.messages import Head, PublicEvent, PublicPicture, decode
from contract.wire import Refused
from contract.words import ClockQuality, Status
from kiosk.core.asking.feed import FeedState, Items, Kept

Public = PublicPicture | PublicBulletin | PublicDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as it was told first, with the status it was told under."""

    event: PublicEvent
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """All that the cache holds of a site, as the screen reads it. Empty: nothing was ever heard."""

    picture: PublicPicture | None = None
    contact: Contact | None = None
    events: tuple[Told, ...] = ()
    bulletins: tuple[PublicBulletin, ...] = ()
    services: ServicesDocument | None = None
    contacts: ContactsDocument | None = None
    documents: Mapping[str, msgspec.Struct] = field(default_factory=dict)
    """Every other document, by name."""
    alerts: tuple[Kept, ...] = ()
    """What the feeds have said, ended or not; the municipality's own are in `bulletins`."""
    feeds: tuple[FeedState, ...] = ()
    items: tuple[Items, ...] = ()
    """What everyday feeds said last (departures, road, news); how old each is stands in `feeds` under its name."""


def read(topic: str, payload: bytes, site: str, simulated: bool) -> Public | ReceiptMark:
    """One message of the site's public branch; raises Refused with one sentence."""
    levels = topics.parts(topic)
    if levels is None or levels[0] != site or levels[1:3] != ("local", "public"):
        raise Refused("a topic that is not in this site's public branch")
    kind = levels[3] if len(levels) > 3 else ""
    if kind == "receipt-mark" and len(levels) == 4:
        return decode(payload, ReceiptMark)
    message = _public(kind, levels, payload)
    if message.head.site != site:
        raise Refused(f"{kind}: says it is from another site, {message.head.site!r}")
    if message.head.simulated != simulated:
        what = "is simulated, this kiosk is not" if message.head.simulated else "is real, this kiosk is simulated"
        raise Refused(f"{kind}: {what}; the two never mix, see [site] simulated")
    return message


def _public(kind: str, levels: tuple[str, ...], payload: bytes) -> Public:
    if kind == "picture" and len(levels) == 4:
        return decode(payload, PublicPicture)
    if kind == "bulletin" and len(levels) == 5:
        bulletin = decode(payload, PublicBulletin)
        if "sv" not in bulletin.bulletin.texts:
            raise Refused(f"bulletin {bulletin.bulletin.id!r} has no Swedish text")
        return bulletin
    if kind == "content" and len(levels) == 5:
        document = decode(payload, PublicDocument)
        open_document(document)
        return document
    raise Refused(f"a public topic that this version does not know: {kind[:40]!r}")


def open_document(document: PublicDocument) -> msgspec.Struct | None:
    """The body of a document this version shows, None for one it does not know; raises Refused."""
    kind = DOCUMENTS.get(document.name)
    if kind is None:
        return None
    try:
        return msgspec.convert(document.body, kind)
    except msgspec.ValidationError as fault:
        raise Refused(f"document {document.name}: {fault}") from fault


def overtaken(new: Head, held: Head, retained: bool) -> bool:
    """Is `new` older than what is held? A broker that comes back may repeat yesterday's retained message."""
    if new.boot == held.boot:
        return new.up_ms < held.up_ms
    clocks = (new.clock, held.clock)
    if not retained or new.wall_ms is None or held.wall_ms is None or ClockQuality.UNSYNCED in clocks:
        return False
    return new.wall_ms < held.wall_ms


def said_after(message: Public, screen: str, own_boot: str, mono_ms: int) -> int | None:
    """Our own uptime before which this cannot have been said: that of the sign of life it answers; None: of none."""
    said = message.screens.get(screen) if isinstance(message, PublicPicture) else None
    return said.up_ms if said is not None and said.boot == own_boot and said.up_ms <= mono_ms else None


def same_facts(new: Public, held: Public) -> bool:
    """Do both say the same, apart from when it was sent, what it answers and when the centre was heard last?"""
    if type(new) is not type(held):
        return False
    head = msgspec.structs.replace(new.head, up_ms=held.head.up_ms, wall_ms=held.head.wall_ms)
    new = msgspec.structs.replace(new, head=head)
    if isinstance(new, PublicPicture) and isinstance(held, PublicPicture) and new.centre_heard and held.centre_heard:
        new = msgspec.structs.replace(new, centre_heard=held.centre_heard)
    if isinstance(new, PublicPicture) and isinstance(held, PublicPicture):
        new = msgspec.structs.replace(new, screens=held.screens)
    return new == held


def in_order(events: tuple[PublicEvent, ...]) -> list[PublicEvent]:
    """Events as they happened: runs in order of appearance, each run by its numbers, each number once."""
    falling = any(later.run == event.run and later.seq < event.seq for event, later in pairwise(events))
    runs: dict[str, dict[int, PublicEvent]] = {}
    for event in reversed(events) if falling else events:
        runs.setdefault(event.run, {}).setdefault(event.seq, event)
    return [run[seq] for run in runs.values() for seq in sorted(run)]
