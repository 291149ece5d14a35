"""A silence that the site itself foretold: its battery was ending, or somebody stopped it. It is no fault.

Nothing becomes green by it: what was known last stays the last known, and power stays unknown. Only the words change,
and whether somebody is called.
"""

from typing import TypeGuard

from msgspec import structs

from contract.freshness import Now
from contract.messages import Farewell, SiteStatus
from contract.words import ClockQuality, Event, FarewellWhy
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site.events import Stored

PLANNED_MS = 3_600_000
"""Planned work that takes longer was not planned like that, and is a silence like any other."""
BATTERY_MS = 24 * 3_600_000
"""A box whose battery ended comes back with the power; after so long somebody should see why it has not."""
MOST_DIGITS = 15
LATE_MS = 3_600_000
"""A box that is heard so long after its foretold end has not died of it: its battery lied, or power is back."""


def soon(picture: SitePicture, reader: Reader) -> str:
    """While the site is heard: when it will fall silent; "" when nothing is foretold."""
    said = _said(picture)
    if said is None or picture.status is None or not picture.status.online or said.why is not FarewellWhy.BATTERY:
        return ""
    wall_ms = _until(said, picture, reader)
    return reader.t("silent_soon") if wall_ms is None else reader.t("silent_at", when=reader.when(wall_ms))


def gone(picture: SitePicture, reader: Reader) -> str:
    """When it is not heard: that it fell silent as it had said; "" when it had said nothing, or that is long ago."""
    said = _said(picture)
    if said is None or not foretold(picture, reader.now):
        return ""
    wall_ms = _went(said, picture, reader)
    when = reader.when(wall_ms)
    if said.why is FarewellWhy.PLANNED:
        return reader.t("stopped_as_planned") if wall_ms is None else reader.t("stopped_as_planned_at", when=when)
    return reader.t("silent_as_said") if wall_ms is None else reader.t("silent_as_said_at", when=when)


def foretold(picture: SitePicture, now: Now) -> bool:
    """Is a silence from now on the one that the site told of?"""
    said = _said(picture)
    if said is None:
        return False
    if said.why is FarewellWhy.BATTERY:
        return not _outlived(said, picture)
    age = _age_ms(picture, now)
    return age is not None and age <= PLANNED_MS


def excused(picture: SitePicture, now: Now, listened_ms: int = 0) -> bool:
    """Is it one that nobody need look into yet? Where no clock tells its age, it is as old as we listen in vain."""
    age = _age_ms(picture, now)
    return foretold(picture, now) and (listened_ms if age is None else age) <= BATTERY_MS


def as_noted(will: SiteStatus, noted: Stored) -> SiteStatus | None:
    """What a run said of its end before it died, by the event that told of it; None where it took that back."""
    params = noted.body.get("params")
    left = params.get("left") if isinstance(params, dict) else None
    until = params.get("until") if isinstance(params, dict) else None
    if noted.kind != Event.BOX_ENDING or not _is_count(left):
        return None
    said = Farewell(
        why=FarewellWhy.BATTERY,
        until_ms=int(until) if _is_count(until) else None,
        until_up_ms=noted.up_ms + int(left) * 1000,
    )
    clock = ClockQuality.UNSYNCED if noted.wall_ms is None else ClockQuality.HOLDOVER
    head = structs.replace(will.head, up_ms=noted.up_ms, wall_ms=noted.wall_ms, clock=clock)
    return structs.replace(will, head=head, online=True, farewell=said)


def _is_count(text: object) -> TypeGuard[str]:
    """Digits that fit into a time."""
    return isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS


def _age_ms(picture: SitePicture, now: Now) -> int | None:
    """How long ago the site said so, at least as far as anybody can tell."""
    ages = [picture.silence(now)]
    told_ms = picture.status.head.wall_ms if picture.status is not None else None
    if told_ms is not None and now.wall_ms is not None:
        ages.append(now.wall_ms - told_ms)
    return max((age for age in ages if age is not None), default=None)


def _said(picture: SitePicture) -> Farewell | None:
    """What the program that was heard last has foretold; what one before it said is over."""
    status, head = picture.status, picture.head
    if status is None or status.farewell is None or (head is not None and head.run != status.head.run):
        return None
    return status.farewell


def _outlived(said: Farewell, picture: SitePicture) -> bool:
    """Was the box heard long after the end that it foretold? On its uptime alone, which no clock can move."""
    status, contact = picture.status, picture.contact
    if said.until_up_ms is None or status is None or not status.online or contact is None:
        return False
    return contact.boot == status.head.boot and contact.up_ms - said.until_up_ms > LATE_MS


def _until(said: Farewell, picture: SitePicture, reader: Reader) -> int | None:
    """The clock time that the site names, else counted from when it said so."""
    if said.until_ms is not None or said.until_up_ms is None or picture.status is None:
        return said.until_ms
    head = picture.status.head
    wall_ms = reader.wall_of(head.moment(), picture.contact)
    return None if wall_ms is None else wall_ms + said.until_up_ms - head.up_ms


def _went(said: Farewell, picture: SitePicture, reader: Reader) -> int | None:
    """When it said good-bye, or was to fall silent if the end came before that."""
    if picture.status is not None and not picture.status.online:
        return reader.wall_of(picture.status.head.moment(), picture.contact)
    return _until(said, picture, reader)
