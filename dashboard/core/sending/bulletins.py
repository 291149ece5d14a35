"""Bulletins: from a file a person wrote to the bytes that are signed, and what the screens answered."""

import base64
import contextlib
import hashlib
from datetime import datetime
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from contract.bulletins import MAX_SIGNED, Asleep, Bulletin, Receipt, SignedBulletin
from contract.messages import encode
from contract.topics import valid_level
from contract.words import Status
from dashboard.core.reader import Reader
from dashboard.core.site.events import Stored
from dashboard.core.sites import BadInput

TIMES = {"sent": "sent_ms", "expires": "expires_ms"}
OWN = "municipality"
FEED_NAMES = {"vma": "VMA", "smhi": "SMHI", "krisinformation": "Krisinformation"}
SHOWN_OF_FEEDS = 10
WHY_NOT = ("cancelled", "all_clear", "expired", "left", "replaced", "elsewhere", *Asleep)
"""Words of a receipt of what was never drawn, or not yet."""


class ReceiptRow(Struct, frozen=True, kw_only=True):
    """What one screen said of a bulletin."""

    screen: str
    shown: bool
    words: str


class BulletinRow(Struct, frozen=True, kw_only=True):
    """One bulletin in the page's list."""

    id: str
    kind: str
    headline: str
    instruction: str
    sender: str
    sent: str
    expires: str
    frame: str
    receipts: tuple[ReceiptRow, ...]


def written(tree: dict[str, Any], source: str, *, serial: int, now_ms: int | None) -> Bulletin:
    """The bulletin of a TOML file; `serial` and `sent` are filled in when the file leaves them out. Raises BadInput."""
    fields = {name: value for name, value in tree.items() if name not in TIMES}
    for name, wire in TIMES.items():
        fields[wire] = _time(tree.get(name), name, source)
    fields["sent_ms"] = now_ms if fields["sent_ms"] is None else fields["sent_ms"]
    fields.setdefault("serial", serial)
    fields.setdefault("incident", fields.get("id"))
    unknown = sorted(set(fields) - {field.name for field in msgspec.structs.fields(Bulletin)})
    if unknown:
        raise BadInput(f"{source}: {unknown[0]}: unknown; take it away")
    if fields["sent_ms"] is None:
        example = "2026-01-31T14:00:00+01:00"
        raise BadInput(f"{source}: sent: is missing and the clock here is not known; write sent = {example}")
    try:
        bulletin = msgspec.convert(fields, Bulletin)
    except msgspec.ValidationError as fault:
        raise BadInput(f"{source}: {fault}") from fault
    _check(bulletin, source)
    return bulletin


def _time(value: object, name: str, source: str) -> int | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise BadInput(f"{source}: {name}: write a time with its offset, for example 2026-01-31T14:00:00+01:00")
    return int(value.timestamp() * 1000)


def _check(bulletin: Bulletin, source: str) -> None:
    """What the types can not see."""
    faults = []
    if "sv" not in bulletin.texts:
        faults.append("texts.sv: is missing; Swedish must be there")
    if not valid_level(bulletin.id):
        faults.append(f"id: {bulletin.id!r} is not a name of a-z, 0-9 and -, at most 48 long")
    if bulletin.expires_ms is not None and bulletin.expires_ms <= bulletin.sent_ms:
        faults.append("expires: is not after sent")
    if bulletin.msg_type != "alert" and not bulletin.references:
        faults.append(f"references: {bulletin.msg_type} must name the bulletin that it replaces or ends")
    if faults:
        raise BadInput(f"{source}: {faults[0]}")


def sign(bulletin: Bulletin, key: Ed25519PrivateKey) -> SignedBulletin:
    """The bulletin as it travels."""
    signed = encode(bulletin)
    if len(signed) > MAX_SIGNED:
        raise BadInput(f"the bulletin is {len(signed)} bytes, at most {MAX_SIGNED} travel; shorten its texts")
    return SignedBulletin(key_id=key_id(key.public_key()), signed=signed, signature=key.sign(signed))


def key_id(public: Ed25519PublicKey) -> str:
    """The name of a key: the first 16 hex digits of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:16]


def public_text(public: Ed25519PublicKey) -> str:
    """A public key as it stands in a gateway's settings: base64 of its 32 bytes."""
    return base64.b64encode(public.public_bytes_raw()).decode("ascii")


def bulletin_rows(signed: list[SignedBulletin], receipts: list[Stored], reader: Reader) -> tuple[BulletinRow, ...]:
    """The list, newest first, with what came back from the screens."""
    answers = _receipts(receipts)
    bulletins = [msgspec.json.decode(one.signed, type=Bulletin) for one in signed]
    return tuple(_row(one, answers.get((one.id, one.serial), []), reader) for one in bulletins)


def feed_rows(receipts: list[Stored], reader: Reader) -> tuple[ReceiptRow, ...]:
    """What the screens showed of other senders' messages (VMA, SMHI, Krisinformation), newest first."""
    foreign: dict[tuple[str, str, str, int], Receipt] = {}
    for one in _read(receipts):
        # a kiosk that has lost its cache tells everything again, under new numbers
        key = one.screen, one.source, one.bulletin, one.serial
        if one.source != OWN and (key not in foreign or foreign[key].first_frame is None):
            foreign[key] = one
    return tuple(_of_feed(one, reader) for one in [*foreign.values()][:SHOWN_OF_FEEDS])


def _of_feed(one: Receipt, reader: Reader) -> ReceiptRow:
    whose = reader.t("feed_message", source=FEED_NAMES.get(one.source, one.source), id=one.bulletin)
    if one.status is not Status.ACTUAL:
        whose = f"{reader.phrase('status', one.status)}: {whose}"
    if one.first_frame is None:
        words = reader.t("feed_not_shown_on", what=whose, screen=one.screen, why=why_not(one, reader))
    else:
        words = reader.t("feed_shown_on", what=whose, screen=one.screen, when=reader.moment(one.first_frame, None))
    return ReceiptRow(screen=one.screen, shown=one.first_frame is not None, words=words)


def why_not(one: Receipt, reader: Reader) -> str:
    """Why a message was not drawn; a word that nobody here knows is told as it is."""
    if not one.why_not:
        return reader.t("unknown")
    return reader.t(f"why_not_{one.why_not}") if one.why_not in WHY_NOT else one.why_not


def _read(stored: list[Stored]) -> list[Receipt]:
    """Receipts; what can not be read is left out."""
    found = []
    for record in stored:
        with contextlib.suppress(msgspec.ValidationError):
            found.append(msgspec.convert(record.body, Receipt))
    return found


def _receipts(stored: list[Stored]) -> dict[tuple[str, int], list[Receipt]]:
    """Receipts of the municipality's own by (id, serial): another sender's, or an earlier edition's, prove nothing."""
    found: dict[tuple[str, int], list[Receipt]] = {}
    for receipt in _read(stored):
        if receipt.source == OWN:
            found.setdefault((receipt.bulletin, receipt.serial), []).append(receipt)
    return found


def _row(bulletin: Bulletin, receipts: list[Receipt], reader: Reader) -> BulletinRow:
    words = bulletin.texts.get(reader.language) or bulletin.texts["sv"]
    expires = bulletin.expires_ms
    return BulletinRow(
        id=bulletin.id,
        kind=reader.t(f"bulletin_{bulletin.msg_type}"),
        headline=words.headline,
        instruction=words.instruction,
        sender=bulletin.sender_name,
        sent=reader.when(bulletin.sent_ms),
        expires=reader.t("expires", when=reader.when(expires)) if expires is not None else "",
        frame="" if bulletin.status is Status.ACTUAL else reader.phrase("status", bulletin.status),
        receipts=tuple(_receipt(one, bulletin, reader) for one in first_frames(receipts)),
    )


def first_frames(receipts: list[Receipt]) -> list[Receipt]:
    """One per screen: the first that was really shown, else the last reason why not."""
    best: dict[str, Receipt] = {}
    for one in receipts:
        held = best.get(one.screen)
        if held is None or held.first_frame is None:
            best[one.screen] = one
    return [best[screen] for screen in sorted(best)]


def _receipt(one: Receipt, bulletin: Bulletin, reader: Reader) -> ReceiptRow:
    """Never more than the frame proves: of a bulletin that takes no screen the banner with its headline."""
    if one.asleep:
        words = reader.t("receipt_screen_asleep", screen=one.screen, why=why_not(one, reader))
    elif one.first_frame is None:
        words = reader.t("not_shown_on", screen=one.screen, why=why_not(one, reader))
    else:
        banner = bulletin.status is Status.TEST or bulletin.severity in ("minor", "unknown")
        words = reader.t(
            "headline_shown_on" if banner else "shown_on", screen=one.screen, when=reader.moment(one.first_frame, None)
        )
    return ReceiptRow(screen=one.screen, shown=one.first_frame is not None, words=words)
