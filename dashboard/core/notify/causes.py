"""What wakes: alarms that a site says are worth it, sites that are not heard, and what other rooms hold up as due.

History that comes late wakes nobody, and what is not for real is never told as if it were.
"""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from contract.messages import Alarm
from contract.records import AlarmBody
from contract.waking import Acked, Cause, Cleared, Event, Raised, State, WokenAlarm
from contract.words import AlarmState, Status
from contract.words import Event as Kind
from dashboard.core.hearing import link_alarm
from dashboard.core.hearing.link_alarm import LinkLoss
from dashboard.core.site.alarm_names import alarm_name
from dashboard.core.sites import Site

ALARMS = tuple(kind.value for kind in Kind if kind.value.startswith("alarm_"))
"""Kinds of records that say how an alarm stands."""
LATE_MS = 24 * 3_600_000
"""A record that old is history, whatever it says of itself. Not less: a clock that is hours off must not keep anybody
asleep."""
MAINS = ("mains-lost", "mains-unstable", "no-power-at-site")
"""What a storm does to many sites at once."""
LAID_ASIDE = (AlarmState.SHELVED, AlarmState.OUT_OF_SERVICE, AlarmState.SUPPRESSED)


class Heard(Struct, frozen=True, kw_only=True):
    """A record of an alarm, in the order in which it was committed."""

    number: int
    site: str
    kind: str
    wall_ms: int | None
    status: str
    simulated: bool
    historical: bool
    body: bytes


def events(heard: Heard, site: Site | None, state: State, now_ms: int | None) -> tuple[Event, ...]:
    """What a record means for those who are woken. One that nobody can read means nothing here: it lies kept."""
    try:
        body = msgspec.json.decode(heard.body, type=AlarmBody)
    except (msgspec.DecodeError, ValueError):
        return ()
    alarm, name = body.alarm, cause_id(heard.site, body.alarm)
    known = any(cause.id == name for matter in state.matters for cause in matter.causes)
    told: list[Event] = []
    laid_aside = alarm.state in LAID_ASIDE
    if site is not None and alarm.state is AlarmState.UNACKED and (known or _wakes(heard, body, now_ms)):
        told.append(Raised(_cause(heard, site, alarm)))
    if known and (laid_aside or alarm.state in (AlarmState.ACKED, AlarmState.NORMAL)) and (alarm.acks or laid_aside):
        told.append(Acked(name))
    if known and (laid_aside or alarm.state in (AlarmState.NORMAL, AlarmState.RETURNED_UNACKED)):
        told.append(Cleared(name))
    return tuple(told)


def _wakes(heard: Heard, body: AlarmBody, now_ms: int | None) -> bool:
    late = heard.wall_ms is not None and now_ms is not None and now_ms - heard.wall_ms > LATE_MS
    return body.notify and not heard.historical and not late


def _cause(heard: Heard, site: Site, alarm: Alarm) -> Cause:
    status = Status.TEST if heard.simulated else Status(heard.status)
    raised = alarm.again or alarm.raised
    return Cause(
        id=cause_id(site.id, alarm),
        group=group(site, alarm.key),
        site=site.id,
        place=site.place,
        sv=alarm_name(alarm.key, "sv"),
        en=alarm_name(alarm.key, "en"),
        priority=alarm.priority,
        status=status,
        since_ms=raised.wall_ms,
        link=f"/sites/{site.id}#panel-alarms",
    )


def group(site: Site, key: str) -> str:
    """What wakes together: a region that loses its mains, sites of one operator that fall silent, else one site."""
    municipality = site.id.split("-", 1)[0]
    if key in MAINS:
        return f"mains/{municipality}/{site.region}"
    if key == link_alarm.KEY:
        return f"silence/{municipality}/{site.operator}"
    return f"site/{site.id}"


def cause_id(site: str, alarm: Alarm) -> str:
    """The name of an alarm of a site as a cause."""
    return f"{site}/{alarm.key}/{alarm.device}/{alarm.raised_run}/{alarm.raised_seq}"


def woken(cause: str) -> WokenAlarm | None:
    """The alarm of a site that a cause is; None for what is not raised at a site."""
    parts = cause.split("/")
    if len(parts) != 5 or not parts[4].isdigit() or parts[3] == link_alarm.HERE:
        return None
    return WokenAlarm(key=parts[1], device=parts[2], raised_run=parts[3], raised_seq=int(parts[4]))


def silences(losses: Iterable[LinkLoss], sites: dict[str, Site]) -> tuple[tuple[Cause, bool], ...]:
    """Sites that are not heard now, each with: has somebody acknowledged it?"""
    found = []
    for loss in losses:
        site = sites.get(loss.site)
        if site is not None and not loss.back:
            alarm = link_alarm.alarm(loss)
            cause = Cause(
                id=cause_id(site.id, alarm), group=group(site, alarm.key), site=site.id, place=site.place,
                sv=alarm_name(alarm.key, "sv"), en=alarm_name(alarm.key, "en"), priority=loss.priority,
                since_ms=loss.lost_ms, link=f"/sites/{site.id}#panel-alarms",
            )  # fmt: skip
            found.append((cause, bool(loss.acks)))
    return tuple(found)


def held_up(before: Iterable[str], now: Iterable[tuple[Cause, bool]], state: State) -> tuple[Event, ...]:
    """What a look at all causes of one source means: new ones, acknowledged ones, and those that are no more.

    `before`: what the state knows of that source.
    """
    told: list[Event] = []
    holding = {cause.id for matter in state.matters for cause in matter.causes if cause.holds}
    acked = {cause.id for matter in state.matters if matter.acked_ms is not None for cause in matter.causes}
    here = dict[str, bool]()
    for cause, seen in now:
        here[cause.id] = seen
        if cause.id not in holding and not seen:
            told.append(Raised(cause))
        elif seen and cause.id in holding and cause.id not in acked:
            told.append(Acked(cause.id))
    told += [Cleared(name) for name in before if name not in here and name in holding]
    return tuple(told)
