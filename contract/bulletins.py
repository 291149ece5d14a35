"""Bulletins to the screens (CAP 1.2 as JSON) and the receipts that come back.

Life cycle: `alert` begins an incident, `update` replaces what it references, `cancel` ends it, `expires_ms` ends it
under a known clock. `serial` counts the issuer's messages and rises by at least one each time: it, not the clock,
judges replay. An empty payload ends nothing.
"""

from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta

from contract.messages import Head
from contract.wire import Count, Moment, Ms, Name, Text, Wire
from contract.words import Status

MAX_SIGNED = 32 * 1024
"""Bytes of the signed part."""


class Words(Wire):
    """One language's text."""

    headline: Annotated[str, Meta(min_length=1, max_length=160)]
    description: Text = ""
    instruction: Text = ""


class Bulletin(Wire):
    """What is signed. Times in ms UTC; `texts` by language tag, `sv` must be there."""

    id: Name
    serial: Count
    incident: Name
    msg_type: Literal["alert", "update", "cancel"]
    status: Status
    sent_ms: Ms
    expires_ms: Ms | None
    sender_name: Name
    category: Name
    urgency: Literal["immediate", "expected", "future", "past", "unknown"]
    severity: Literal["extreme", "severe", "moderate", "minor", "unknown"]
    certainty: Literal["observed", "likely", "possible", "unlikely", "unknown"]
    sites: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=1000)]
    texts: dict[Name, Words]
    references: tuple[Name, ...] = ()


class SignedBulletin(Wire):
    """As it travels: the very bytes that were signed (base64 in JSON) and an Ed25519 signature over them."""

    key_id: Name
    signed: Annotated[bytes, Meta(max_length=MAX_SIGNED)]
    signature: Annotated[bytes, Meta(max_length=64)]


class PublicBulletin(Wire):
    """A bulletin the gateway has verified and stored; what the kiosk reads. `ended` once cancelled or replaced."""

    head: Head
    bulletin: Bulletin
    received: Moment
    ended: bool = False


MessageId = Annotated[str, Meta(min_length=1, max_length=200)]
"""The id that a sender gave its message; feeds have longer ones than the municipality."""


class Asleep(StrEnum):
    """`why_not` of a message that would stand on the panel, were it not dark to save power: not yet, and not never.

    Told once, of the municipality's messages alone, and only of such as wake no screen (tests, ends, updates that
    change nothing there). The receipt of the first frame follows when somebody wakes the panel.
    """

    CLOSED = "asleep_closed"
    LAST_HOUR = "asleep_last_hour"
    SAVING = "asleep_saving"
    """To save power, and nobody knows whether the point is open."""


def is_asleep(first_frame: Moment | None, why_not: str) -> bool:
    """Is this one of `Asleep`? True also of reasons that a newer screen has."""
    return first_frame is None and why_not.startswith("asleep_")


class Receipt(Wire):
    """What became of one message on one screen: the first frame that showed it, or why not, or why not yet.

    Identity is (kiosk_run, number); numbers run without gaps from 1 per kiosk run. The message is (`source`,
    `bulletin`, `serial`): `source` is "municipality" for its own signed bulletins, else the feed that it came by
    ("vma", "smhi", "krisinformation"), with the sender's id and revision.
    """

    kiosk_run: Name
    number: Annotated[int, Meta(ge=1)]
    screen: Name
    bulletin: MessageId
    serial: Count
    status: Status
    first_frame: Moment | None
    why_not: Text = ""
    source: Name = "municipality"

    @property
    def asleep(self) -> bool:
        """Not yet: the panel is dark, and shows it when it is woken."""
        return is_asleep(self.first_frame, self.why_not)


class ReceiptMark(Wire):
    """Highest receipt number stored by the gateway, per kiosk run."""

    marks: dict[str, Count]
