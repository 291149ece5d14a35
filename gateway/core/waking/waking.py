"""The site's own waking: alarms that are worth it become messages to its people, unless the centre has taken them over.

The judgement is that of the centre too (`contract/waking_step.py`). The site waits a little longer before it begins, so
that the centre can say that it has reached somebody (`WakingTaken`). When that runs out, the site goes on by itself.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from contract.alarms import catalogue
from contract.messages import Alarm
from contract.records import CalledBody
from contract.waking import (
    Acked,
    Cause,
    Cleared,
    Event,
    Kind,
    Message,
    Pace,
    Person,
    Raised,
    State,
    Taken,
    Tick,
    Told,
    Unsent,
    WakingTaken,
    calling,
)
from contract.waking import Now as WakingNow
from contract.waking_step import step
from contract.waking_words import message
from contract.words import AlarmState, Status
from contract.words import Event as Happened
from gateway.core.facts import Facts, WakeFacts
from gateway.core.site import Change, Now, Site, remember
from gateway.core.waking.waking_memory import Sms, Waking

LONGEST_TAKEN_MS = 20 * 60_000
"""Whatever the centre says: longer than this the site does not rely on having heard it once."""
AGAIN_MS = (10_000, 30_000, 60_000)
"""After a message did not get through, it waits so long for its next try."""
MAX_WAITING = 50
GROUP, LAMP = "site", "lamp"
"""Where only a lamp is to shine, it is asked as a person would be."""
GONE = (AlarmState.NORMAL, AlarmState.RETURNED_UNACKED)
LAID_ASIDE = (AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE)


class Trying(msgspec.Struct, frozen=True):
    """A message is about to be sent: noted before it is."""

    id: str


class Sent(msgspec.Struct, frozen=True):
    """What came of a try: taken by the network, or why not."""

    id: str
    why: Unsent | None = None


def watch(site: Site, facts: Facts, now: Now, told: Sequence[Change] = ()) -> tuple[Site, list[Change]]:
    """One step of waking: what alarms have become in this step, and time."""
    if facts.wake is None:
        return site, []
    waking = site.memory.waking
    for event in (*_news(waking.state, site, facts, told), Tick()):
        waking = _stepped(waking, event, facts.wake, now)
    return _kept(site, waking), []


def heard(site: Site, what: WakingTaken | Trying | Sent, facts: Facts, now: Now) -> tuple[Site, list[Change]]:
    """The centre has woken somebody, or a message of ours has moved; what came of a message is told."""
    if facts.wake is None:
        return site, []
    waking = site.memory.waking
    if isinstance(what, WakingTaken):
        return _kept(site, _stepped(waking, _taken(what, facts, now), facts.wake, now)), []
    sms = next((one for one in waking.waiting if one.id == what.id), None)
    if sms is None:
        return site, []
    if isinstance(what, Trying) and sms.tries <= len(AGAIN_MS):
        return _kept(site, _with(waking, msgspec.structs.replace(sms, under_way=True, tries=sms.tries + 1))), []
    why = Unsent.NO_ANSWER if isinstance(what, Trying) else what.why
    if why is not None and sms.tries <= len(AGAIN_MS):
        due_ms = now.up_ms + AGAIN_MS[sms.tries - 1]
        again = msgspec.structs.replace(sms, under_way=False, boot=now.boot, due_ms=due_ms)
        return _kept(site, _with(waking, again)), []
    others = tuple(one for one in waking.waiting if one.id != sms.id)
    told = Told(sms.matter, sms.round, sms.person, Kind(sms.kind), why is None)
    waking = msgspec.structs.replace(waking, waiting=others)
    return _kept(site, _stepped(waking, told, facts.wake, now)), [_called(sms, why)]


def _called(sms: Sms, why: Unsent | None) -> Change:
    """What the centre hears of it: whom the site called, and whether the network took it."""
    told = CalledBody(person=sms.person, kind=Kind(sms.kind), about=sms.about, tries=sms.tries, why=why)
    return Change(Happened.SITE_CALLED, msgspec.to_builtins(told))


def due(waking: Waking, now: Now) -> tuple[Sms, ...]:
    """What is to be tried now, or was under way when the program ended; what waits since another boot has waited."""
    return tuple(one for one in waking.waiting if one.under_way or one.boot != now.boot or one.due_ms <= now.up_ms)


def lit(waking: Waking) -> bool:
    """Does the lamp shine? While somebody is being called and nobody has acknowledged."""
    return calling(waking.state)


def _kept(site: Site, waking: Waking) -> Site:
    return site if waking is site.memory.waking else remember(site, waking=waking)


def _with(waking: Waking, sms: Sms) -> Waking:
    return msgspec.structs.replace(
        waking, waiting=tuple(sms if one.id == sms.id else one for one in waking.waiting)
    )  # fmt: skip


def _stepped(waking: Waking, event: Event, wake: WakeFacts, now: Now) -> Waking:
    zone, minute = ZoneInfo(wake.timezone), None
    if now.wall_ms is not None:
        here = datetime.fromtimestamp(now.wall_ms / 1000, UTC).astimezone(zone)
        minute = here.hour * 60 + here.minute
    at = WakingNow(boot=now.boot, up_ms=now.up_ms, wall_ms=now.wall_ms, minute=minute)
    people = tuple(Person(id=one.name, quiet=one.quiet, wants=_wants(one.exercises)) for one in wake.people)
    people = people or (Person(id=LAMP, wants=_wants(True)),)
    pace = Pace(wait_ms=int(wake.centre_within_s * 1000) if wake.centre else 0)
    state, messages = step(waking.state, event, people, pace, at)
    if state is waking.state:
        return waking
    phones = {one.name: one.phone for one in wake.people}
    new = tuple(_sms(one, phones[one.person], zone, now) for one in messages if one.person in phones)
    waiting = tuple(one for one in waking.waiting if _wanted(one, state))
    return Waking(state=state, waiting=(*waiting, *new)[-MAX_WAITING:])


def _wants(exercises: bool) -> tuple[Status, ...]:
    return (Status.ACTUAL, Status.EXERCISE, Status.TEST) if exercises else (Status.ACTUAL,)


def _wanted(sms: Sms, state: State) -> bool:
    """A call that has not gone out yet is dropped when it is over or acknowledged."""
    if sms.under_way or sms.kind in (Kind.OVER, Kind.UPDATE):
        return True
    matter = next((one for one in state.matters if one.number == sms.matter), None)
    return matter is not None and matter.ended_ms is None and matter.acked_ms is None


def _sms(one: Message, phone: str, zone: ZoneInfo, now: Now) -> Sms:
    return Sms(
        id=one.id, matter=one.matter.number, round=one.matter.round, person=one.person, kind=one.kind.value,
        about=one.matter.worst.id.partition("/")[0],
        phone=phone, text=message(one.matter, one.kind, "sv", zone), boot=now.boot, due_ms=now.up_ms,
    )  # fmt: skip


def _news(state: State, site: Site, facts: Facts, told: Sequence[Change]) -> list[Event]:
    """What alarms of this step are worth waking for, and what has become of those that somebody was woken for."""
    raising = (Happened.ALARM_RAISED, Happened.ALARM_UNSHELVED)
    found: list[Event] = [
        Raised(_cause(msgspec.convert(change.body["alarm"], Alarm), facts))
        for change in told
        if change.kind in raising and change.body.get("notify")
    ]
    alarms = {_id(alarm): alarm for alarm in (*site.memory.closed_alarms, *site.memory.alarms)}
    for matter in state.matters:
        if matter.ended_ms is None:
            for cause in matter.causes:
                found += _moved(cause, alarms.get(cause.id), facts, acked=matter.acked_ms is not None)
    return found


def _moved(cause: Cause, alarm: Alarm | None, facts: Facts, *, acked: bool) -> list[Event]:
    """How an alarm that is known here has moved since; one that nobody knows any more is over."""
    gone = alarm is None or alarm.state in (*GONE, *LAID_ASIDE)
    seen = alarm is not None and (alarm.state in (AlarmState.ACKED, *LAID_ASIDE) or (gone and bool(alarm.acks)))
    found: list[Event] = []
    if seen and not acked:
        found.append(Acked(cause.id))
    if gone and cause.holds:
        found.append(Cleared(cause.id))
    if alarm is not None and not gone and not cause.holds:
        found.append(Raised(_cause(alarm, facts)))
    return found


def _taken(told: WakingTaken, facts: Facts, now: Now) -> Taken:
    """For how long the centre wakes in our place: by our own uptime, never for long, never of another boot."""
    for_ms = min(LONGEST_TAKEN_MS, told.until_up_ms - now.up_ms)
    if told.site != facts.site or told.boot != now.boot or for_ms <= 0:
        return Taken((), 0)
    return Taken(tuple(f"{one.key}/{one.device}/{one.raised_run}/{one.raised_seq}" for one in told.alarms), for_ms)


def _id(alarm: Alarm) -> str:
    return f"{alarm.key}/{alarm.device}/{alarm.raised_run}/{alarm.raised_seq}"


def _cause(alarm: Alarm, facts: Facts) -> Cause:
    kind = catalogue().get(alarm.key)
    raised = alarm.again or alarm.raised
    return Cause(
        id=_id(alarm), group=GROUP, site=facts.site, place=facts.place,
        sv=kind.sv if kind is not None else alarm.key, en=kind.en if kind is not None else alarm.key,
        priority=alarm.priority, status=Status.TEST if facts.simulated else facts.status, since_ms=raised.wall_ms,
    )  # fmt: skip
