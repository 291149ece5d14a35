"""The life of a bulletin on the screen: alert begins, update replaces, cancel ends, expiry ends under a known clock."""

from dataclasses import dataclass
from typing import Literal

from contract.bulletins import PublicBulletin
from contract.freshness import Now
from contract.words import ClockQuality

Why = Literal["cancelled", "expired", "replaced", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Sorted:
    """Bulletins by what is to be done with them; each newest first."""

    active: tuple[PublicBulletin, ...] = ()
    ended: tuple[tuple[PublicBulletin, Why], ...] = ()


def sort(bulletins: tuple[PublicBulletin, ...], site: str, now: Now) -> Sorted:
    """Which bulletins hold now, and why the others do not."""
    active, ended = [], []
    for held in sorted(bulletins, key=lambda held: held.bulletin.serial, reverse=True):
        why = _why_not(held, bulletins, site, now)
        if why:
            ended.append((held, why))
        else:
            active.append(held)
    return Sorted(tuple(active), tuple(ended))


def unsure(held: PublicBulletin, now: Now) -> bool:
    """Has it an end, and nobody knows what time it is? Then it is neither in force nor over."""
    return held.bulletin.expires_ms is not None and _believed_ms(now) is None


def _believed_ms(now: Now) -> int | None:
    return None if now.clock is ClockQuality.UNSYNCED else now.wall_ms


def _over_there(held: PublicBulletin) -> bool:
    """Had its time run out by the clock of the box, when that passed it on?"""
    head, expires = held.head, held.bulletin.expires_ms
    known = head.wall_ms is not None and head.clock is not ClockQuality.UNSYNCED
    return known and expires is not None and expires <= (head.wall_ms or 0)


def _why_not(held: PublicBulletin, bulletins: tuple[PublicBulletin, ...], site: str, now: Now) -> Why | None:
    bulletin = held.bulletin
    if site not in bulletin.sites:
        return "elsewhere"
    if bulletin.msg_type == "cancel":
        return "cancelled"
    for other in bulletins:
        successor = other.bulletin
        # an exercise may not end what is real
        if successor.serial <= bulletin.serial or successor.status is not bulletin.status:
            continue
        if successor.incident == bulletin.incident or bulletin.id in successor.references:
            return "cancelled" if successor.msg_type == "cancel" else "replaced"
    here = _believed_ms(now)
    if here is not None and bulletin.expires_ms is not None and bulletin.expires_ms <= here:
        return "expired"
    if held.ended:
        return "expired" if _over_there(held) else "cancelled"
    return None
