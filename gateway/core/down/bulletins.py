"""May this bulletin reach a screen? Signature, key, site, serial and life cycle, judged here and nowhere else.

Replay is judged by the issuer's serial number, never by time: the clock of a site may be wrong.
"""

from collections.abc import Collection, Mapping
from hashlib import sha256
from types import MappingProxyType

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contract.bulletins import MAX_SIGNED, Bulletin, SignedBulletin
from contract.messages import decode
from contract.topics import valid_level
from contract.wire import Refused
from contract.words import ClockQuality, Event
from gateway.core.down.floors import forget, newest_serial
from gateway.core.remembered import Held, Memory
from gateway.core.site import Change, Now, Site, refuse

NO_ENDS: Mapping[str, int] = MappingProxyType({})
MAX_HELD = 100
LANGUAGE_MUST = "sv"


class Unfit(Refused):
    """May not reach a screen; `reason` and `params` as in `contract/refusals.toml`."""

    def __init__(self, reason: str, why: str, **params: str) -> None:
        super().__init__(why)
        self.reason = reason
        self.params = params


def take(
    site: Site, site_id: str, payload: bytes, keys: dict[str, bytes], now: Now, ends: Mapping[str, int] = NO_ENDS
) -> tuple[Site, list[Change], Held | None]:
    """A bulletin from the centre: (site, what to tell, the bulletin to publish locally or None).

    `ends`: until when (wall clock in ms) a key that was replaced is still believed for anything new.
    """
    if not payload:
        return site, [], None  # an empty payload ends nothing
    try:
        bulletin, digest = verify(payload, keys)
        _fits(bulletin, site_id)
    except Refused as fault:
        if not isinstance(fault, Unfit):
            fault = Unfit("bulletin_unreadable", str(fault))
        return *refuse(site, sha256(payload).hexdigest(), _refused("unreadable", 0, fault)), None
    same = next((held for held in site.memory.bulletins if held.bulletin.id == bulletin.id), None)
    if same is not None:
        if same.digest == digest:
            return site, [], None
        again = Unfit("bulletin_id_again", "the same id came with other content", bulletin=bulletin.id)
        told = _refused(bulletin.id, bulletin.serial, again)
        return *refuse(site, digest, told), None
    key_id = decode(payload, SignedBulletin, limit=2 * MAX_SIGNED).key_id
    newest = newest_serial(site.memory, bulletin.incident, key_id)
    if bulletin.serial <= newest:
        why = f"older than serial {newest} of its incident"
        old = Unfit("bulletin_replayed", why, bulletin=bulletin.id, serial=str(bulletin.serial), newest=str(newest))
        return *refuse(site, digest, _refused(bulletin.id, bulletin.serial, old)), None
    if _lapsed(key_id, ends, now):
        why = f"signed with key {key_id!r}, which has been replaced"
        lapsed = Unfit("bulletin_key_replaced", why, bulletin=bulletin.id, key=key_id)
        return *refuse(site, digest, _refused(bulletin.id, bulletin.serial, lapsed)), None
    ended = bulletin.msg_type == "cancel"
    held = Held(bulletin=bulletin, digest=digest, received=now.moment(), ended=ended, key_id=key_id)
    others = tuple(_ended(one, bulletin) for one in site.memory.bulletins)
    memory = _with_room(site.memory, (*others, held), now)
    change = Change(Event.BULLETIN_TAKEN, {"bulletin": bulletin.id, "serial": bulletin.serial, "detail": ""})
    return msgspec.structs.replace(site, memory=memory), [change], held


def verify(payload: bytes, keys: dict[str, bytes]) -> tuple[Bulletin, str]:
    """The bulletin and the digest of its signed bytes; raises Refused."""
    signed = decode(payload, SignedBulletin, limit=2 * MAX_SIGNED)
    public = keys.get(signed.key_id)
    if public is None:
        why = f"signed with key {signed.key_id!r}, which this site does not know"
        raise Unfit("bulletin_key_unknown", why, key=signed.key_id)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signed.signature, signed.signed)
    except InvalidSignature as fault:
        raise Unfit("bulletin_signature", "the signature does not fit", key=signed.key_id) from fault
    return decode(signed.signed, Bulletin, limit=MAX_SIGNED), sha256(signed.signed).hexdigest()


def over(held: Held, now: Now) -> bool:
    """Has it ended? By cancel or update, or by its own expiry under a clock that can be believed."""
    if held.ended:
        return True
    expires = held.bulletin.expires_ms
    if expires is None or now.wall_ms is None or now.clock is ClockQuality.UNSYNCED:
        return False
    return now.wall_ms >= expires


def disowned(held: Held, keys: Collection[str]) -> bool:
    """Has its key been taken out of the settings since? Then somebody may have copied that key, and it must not stand.

    It stays in the memory: when the key comes back (it was a mistake in the settings) so does what it signed.
    """
    return bool(held.key_id) and held.key_id not in keys


def _fits(bulletin: Bulletin, site_id: str) -> None:
    if site_id not in bulletin.sites:
        raise Unfit("bulletin_not_here", f"{bulletin.id} is not for this site", bulletin=bulletin.id)
    if not valid_level(bulletin.id):
        raise Unfit("bulletin_id", "the id must be of a-z, 0-9 and hyphen, at most 48 long")
    if LANGUAGE_MUST not in bulletin.texts:
        raise Unfit("bulletin_no_swedish", f"{bulletin.id} has no Swedish text", bulletin=bulletin.id)


def _same_incident(held: Held, bulletin: Bulletin) -> bool:
    return held.bulletin.incident == bulletin.incident


def _ended(held: Held, new: Bulletin) -> Held:
    """An update or a cancel ends what it references, and all of its incident."""
    if new.msg_type == "alert":
        return held
    if held.bulletin.id in new.references or _same_incident(held, new):
        return msgspec.structs.replace(held, ended=True)
    return held


def _with_room(memory: Memory, bulletins: tuple[Held, ...], now: Now) -> Memory:
    """At most MAX_HELD: what has ended goes before what still speaks, the oldest first. None of it can come again."""
    if len(bulletins) > MAX_HELD:
        gone = next((place for place, held in enumerate(bulletins[:-1]) if over(held, now)), 0)
        memory = forget(memory, (bulletins[gone],))
        bulletins = bulletins[:gone] + bulletins[gone + 1 :]
    return msgspec.structs.replace(memory, bulletins=bulletins)


def _lapsed(key_id: str, ends: Mapping[str, int], now: Now) -> bool:
    """Was the key replaced, and is its last day over? Nobody can tell without knowing what day it is."""
    end = ends.get(key_id)
    return end is not None and now.wall_ms is not None and now.clock is not ClockQuality.UNSYNCED and now.wall_ms > end


def _refused(bulletin: str, serial: int, why: Unfit) -> Change:
    params = {name: told[:200] for name, told in why.params.items()}
    body = {"bulletin": bulletin, "serial": serial, "detail": str(why)[:2000], "reason": why.reason, "params": params}
    return Change(Event.BULLETIN_REFUSED, body)
