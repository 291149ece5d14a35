"""May this bulletin reach a screen? Signature, key, site, serial and life cycle, judged here and nowhere else.

Replay is judged by the issuer's serial number, never by time: the clock of a site may be wrong.
"""

from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contract.bulletins import MAX_SIGNED, Bulletin, SignedBulletin
from contract.messages import Refused, decode
from contract.topics import valid_level
from contract.words import ClockQuality, Event
from gateway.core.remembered import Held
from gateway.core.site import Change, Now, Site, refuse

MAX_HELD = 100
LANGUAGE_MUST = "sv"


def take(
    site: Site, site_id: str, payload: bytes, keys: dict[str, bytes], now: Now
) -> tuple[Site, list[Change], Held | None]:
    """A bulletin from the centre: (site, what to tell, the bulletin to publish locally or None)."""
    if not payload:
        return site, [], None  # an empty payload ends nothing
    try:
        bulletin, digest = verify(payload, keys)
        _fits(bulletin, site_id)
    except Refused as fault:
        return *refuse(site, sha256(payload).hexdigest(), _refused("unreadable", 0, str(fault))), None
    same = next((held for held in site.memory.bulletins if held.bulletin.id == bulletin.id), None)
    if same is not None:
        if same.digest == digest:
            return site, [], None
        told = _refused(bulletin.id, bulletin.serial, "the same id came with other content")
        return *refuse(site, digest, told), None
    newest = max((one.bulletin.serial for one in site.memory.bulletins if _same_incident(one, bulletin)), default=-1)
    if bulletin.serial <= newest:
        told = _refused(bulletin.id, bulletin.serial, f"older than serial {newest} of its incident")
        return *refuse(site, digest, told), None
    held = Held(bulletin=bulletin, digest=digest, received=now.moment(), ended=bulletin.msg_type == "cancel")
    others = tuple(_ended(one, bulletin) for one in site.memory.bulletins)
    memory = msgspec.structs.replace(site.memory, bulletins=_newest((*others, held), now))
    change = Change(Event.BULLETIN_TAKEN, {"bulletin": bulletin.id, "serial": bulletin.serial, "detail": ""})
    return msgspec.structs.replace(site, memory=memory), [change], held


def verify(payload: bytes, keys: dict[str, bytes]) -> tuple[Bulletin, str]:
    """The bulletin and the digest of its signed bytes; raises Refused."""
    signed = decode(payload, SignedBulletin, limit=2 * MAX_SIGNED)
    public = keys.get(signed.key_id)
    if public is None:
        raise Refused(f"signed with key {signed.key_id!r}, which this site does not know")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signed.signature, signed.signed)
    except InvalidSignature as fault:
        raise Refused("the signature does not fit") from fault
    return decode(signed.signed, Bulletin, limit=MAX_SIGNED), sha256(signed.signed).hexdigest()


def over(held: Held, now: Now) -> bool:
    """Has it ended? By cancel or update, or by its own expiry under a clock that can be believed."""
    if held.ended:
        return True
    expires = held.bulletin.expires_ms
    if expires is None or now.wall_ms is None or now.clock is ClockQuality.UNSYNCED:
        return False
    return now.wall_ms >= expires


def _fits(bulletin: Bulletin, site_id: str) -> None:
    if site_id not in bulletin.sites:
        raise Refused(f"{bulletin.id} is not for this site")
    if not valid_level(bulletin.id):
        raise Refused("the id must be of a-z, 0-9 and hyphen, at most 48 long")
    if LANGUAGE_MUST not in bulletin.texts:
        raise Refused(f"{bulletin.id} has no Swedish text")


def _same_incident(held: Held, bulletin: Bulletin) -> bool:
    return held.bulletin.incident == bulletin.incident


def _ended(held: Held, new: Bulletin) -> Held:
    """An update or a cancel ends what it references, and all of its incident."""
    if new.msg_type == "alert":
        return held
    if held.bulletin.id in new.references or _same_incident(held, new):
        return msgspec.structs.replace(held, ended=True)
    return held


def _newest(bulletins: tuple[Held, ...], now: Now) -> tuple[Held, ...]:
    """At most MAX_HELD: what has ended goes before what still speaks, the oldest first."""
    if len(bulletins) <= MAX_HELD:
        return bulletins
    gone = next((place for place, held in enumerate(bulletins[:-1]) if over(held, now)), 0)
    return bulletins[:gone] + bulletins[gone + 1 :]


def _refused(bulletin: str, serial: int, why: str) -> Change:
    return Change(Event.BULLETIN_REFUSED, {"bulletin": bulletin, "serial": serial, "detail": why[:2000]})
