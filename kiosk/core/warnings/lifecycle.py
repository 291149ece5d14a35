"""The one life cycle of all messages, whoever sent them: what stands now, what has ended, why and when.

After CAP 1.2: an Update replaces and a Cancel ends what it refers to, also through messages in between, whatever came
first; an older one never replaces a newer one; messages refer by identifier, and those of one incident are one matter
shown in its newest message. What its source lists no more has left, whatever its expiry says. A failed request says
nothing: everything stays. Nothing runs out before the time is known. Exercise, test and real never touch each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import msgspec

from contract.bulletins import PublicBulletin
from contract.wire import Moment
from contract.words import ClockQuality
from kiosk.core.asking.feed import Kept
from kiosk.core.warnings.checks import Check, Time, fresh_ms
from kiosk.core.warnings.place import Place, Reach, reach
from kiosk.feeds.alert import Alert, Area, MsgType, Source, Words

Why = Literal["cancelled", "all_clear", "expired", "left", "replaced", "elsewhere"]

ENDED_SHOWN_MS = 12 * 3_600_000
"""An ended message, or one that says that the danger is over, is told for so long."""
EVERY_S = {Source.VMA: 60.0, Source.SMHI: 300.0, Source.KRISINFORMATION: 600.0}
"""The usual interval of each: a check so lately before an expiry lets it run out without another check. Fixed, so that
what has run out does not come back when the feed is asked at another pace."""
INCIDENTS = (Source.VMA, Source.MUNICIPALITY)
"""Whose messages of one incident are one matter; the others edit in place, and SMHI's areas live each by itself."""
AHEAD_MS = 10 * 60_000
"""So far may the sender's clock be ahead of ours."""
RANK = {MsgType.ALERT: 0, MsgType.UPDATE: 1, MsgType.CANCEL: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as it is held. `told`: the gateway's own word that a bulletin has ended.

    `box`: boot of the box whose clock `first` is counted on, for the municipality's; "" is this computer.
    """

    alert: Alert
    first: Moment
    gone: Moment | None = None
    told: Why | None = None

    @property
    def rank(self) -> tuple[int, int, str]:
        """What is later: the municipality by its serial, which no clock can turn back, the others by when sent."""
        alert = self.alert
        order = alert.revision if alert.source is Source.MUNICIPALITY else alert.sent_ms
        return order, RANK[alert.msg_type], alert.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """How one message stands. `why` None: it stands; else why not, since when and by what message.

    `past`: its time has run out, but nobody could ask since whether it was prolonged. `sure`: False for what is from
    before a restart, without a clock and not checked since, and for what is past.
    """

    message: Message
    reach: Reach
    why: Why | None = None
    ended_ms: int | None = None
    ended: Moment | None = None
    by: Message | None = None
    past: bool = False
    sure: bool = True

    @property
    def alert(self) -> Alert:
        """The message itself."""
        return self.message.alert


def of_feed(kept: Kept) -> Message:
    """What a feed has said. It was not sent after it came: else nothing sent later could replace it or end it."""
    alert, came_ms = kept.alert, kept.first.wall_ms
    if came_ms is not None and kept.first.clock is not ClockQuality.UNSYNCED and alert.sent_ms > came_ms + AHEAD_MS:
        alert = msgspec.structs.replace(alert, sent_ms=came_ms)
    return Message(alert=alert, first=kept.first, gone=kept.gone)


def of_bulletin(held: PublicBulletin) -> Message:
    """The municipality's own, in the form of all the others."""
    one = held.bulletin
    alert = Alert(
        source=Source.MUNICIPALITY,
        id=one.id,
        revision=one.serial,
        msg_type=MsgType(one.msg_type),
        status=one.status,
        sent_ms=one.sent_ms,
        incidents=(one.incident,),
        references=one.references,
        expires_ms=one.expires_ms,
        severity=one.severity,
        category=one.category,
        sender=one.sender_name,
        area=Area(sites=one.sites),
        words={
            tag: Words(headline=text.headline, description=text.description, instruction=text.instruction)
            for tag, text in one.texts.items()
        },
    )
    told: Why | None = None
    if held.ended:
        told = "expired" if _over_there(held) else "cancelled"
    return Message(alert=alert, first=held.received, told=told)


def _over_there(held: PublicBulletin) -> bool:
    """Had its time run out by the clock of the box, when that passed it on?"""
    head, expires = held.head, held.bulletin.expires_ms
    known = head.wall_ms is not None and head.clock is not ClockQuality.UNSYNCED
    return known and expires is not None and expires <= (head.wall_ms or 0)


def lives(
    messages: Iterable[Message], place: Place, checks: Mapping[Source, Check], time: Time, box: str = ""
) -> tuple[Life, ...]:
    """How every message stands; `box`: the boot of the box that was heard live, "" when it was not."""
    groups: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        groups.setdefault((message.alert.source, message.alert.status), []).append(message)
    found: list[Life] = []
    for group in groups.values():
        reaches = [reach(message.alert, place) for message in group]
        newest = _successors(group, reaches)
        listed = {tip for one, tip in enumerate(newest) if tip is not None and _lags(group[one], group[tip])}
        for place_in, message in enumerate(group):
            check = checks.get(message.alert.source, Check(source=message.alert.source))
            tip = newest[place_in]
            by = None if tip is None else (group[tip], reaches[tip])
            still = replace(message, gone=None) if place_in in listed else message
            found.append(_life(still, reaches[place_in], by, check, time, box))
    return tuple(found)


def _lags(older: Message, newer: Message) -> bool:
    """Is a list that holds the older one and not the newer one only behind? Then the matter has not left.

    Not when the older one came first after the matter had left: what has ended comes back by newer words alone.
    """
    if older.gone is not None or newer.gone is None:
        return False
    first, gone = older.first, newer.gone
    if first.boot == gone.boot:
        return first.up_ms < gone.up_ms
    if first.wall_ms is None or gone.wall_ms is None or ClockQuality.UNSYNCED in (first.clock, gone.clock):
        return False
    return first.wall_ms < gone.wall_ms


def _successors(group: list[Message], reaches: list[Reach]) -> list[int | None]:
    """For each message the newest one that it was replaced by, through however many; None: it is the newest itself."""
    order = sorted(range(len(group)), key=lambda one: (group[one].rank, group[one].alert.revision))
    newest: list[int | None] = [None] * len(group)
    by_id: dict[str, list[int]] = {}
    by_incident: dict[str, list[int]] = {}
    for place_in in order:  # oldest first: whatever is met later is later
        alert = group[place_in].alert
        before = set(by_id.get(alert.id, ()))
        for name in alert.references:
            before.update(by_id.get(name, ()))
        # a further Alert of one incident for another place ends nothing here
        if alert.source in INCIDENTS and (
            alert.msg_type is not MsgType.ALERT or reaches[place_in] is not Reach.ELSEWHERE
        ):
            for incident in alert.incidents:
                before.update(by_incident.get(incident, ()))
        for older in before:
            newest[older] = place_in
        by_id.setdefault(alert.id, []).append(place_in)
        for incident in alert.incidents:
            by_incident.setdefault(incident, []).append(place_in)
    for place_in in reversed(order):  # the newest have no successor; walk towards the oldest
        tip = newest[place_in]
        if tip is not None and newest[tip] is not None:
            newest[place_in] = newest[tip]
    return newest


def _life(message: Message, at: Reach, by: tuple[Message, Reach] | None, check: Check, time: Time, box: str) -> Life:
    """One message: the first reason that ends it counts."""
    alert = message.alert
    if at is Reach.ELSEWHERE:
        return Life(message=message, reach=at, why="elsewhere", by=by[0] if by else None)
    if by is not None:
        return _replaced(message, at, *by)
    if alert.msg_type is MsgType.CANCEL:
        return Life(message=message, reach=at, why="cancelled", ended_ms=alert.sent_ms, by=message)
    if message.gone is not None:
        return _left(message, at, message.gone, time)
    here, expires = time.wall_ms, alert.expires_ms
    came = 0 if alert.source is Source.MUNICIPALITY else _certain(message.first)
    out = expires is not None and expires <= max(_sober_ms(check, time) or 0, _known_ms(check), came)
    if out and (alert.source is Source.MUNICIPALITY or _asked_about(check, expires or 0, time)):
        return Life(message=message, reach=at, why="expired", ended_ms=expires)
    if message.told is not None:
        ended_ms = expires if message.told == "expired" else None
        return Life(message=message, reach=at, why=message.told, ended_ms=ended_ms)
    if alert.all_clear and here is not None and here - alert.sent_ms > ENDED_SHOWN_MS:
        return Life(message=message, reach=at, why="all_clear", ended_ms=alert.sent_ms)
    return Life(message=message, reach=at, past=out, sure=not out and _sure(message, check, time, box))


def _replaced(message: Message, at: Reach, by: Message, there: Reach) -> Life:
    why: Why = "replaced"
    if by.alert.msg_type is MsgType.CANCEL:
        why = "cancelled"
    elif by.alert.all_clear:
        why = "all_clear"
    elif there is Reach.ELSEWHERE:
        why = "elsewhere"
    return Life(message=message, reach=at, why=why, ended_ms=by.alert.sent_ms, by=by)


def _left(message: Message, at: Reach, gone: Moment, time: Time) -> Life:
    """Its source lists it no more: because its time had run out, or for a reason that nobody tells."""
    expires, gone_ms = message.alert.expires_ms, time.wall_of(gone)
    if expires is not None and gone_ms is not None and expires <= gone_ms:
        return Life(message=message, reach=at, why="expired", ended_ms=expires)
    return Life(message=message, reach=at, why="left", ended_ms=gone_ms, ended=gone)


def _sober_ms(check: Check, time: Time) -> int | None:
    """The time by which something may run out: never more than what it was at the newest check and has passed since.

    A clock that jumps by years ends nothing; the next check fails with it, or shows that it is right.
    """
    here, checked = time.wall_ms, check.checked
    if here is None or checked is None or checked.wall_ms is None or check.source is Source.MUNICIPALITY:
        return here
    age = time.age_ms(checked) if time.here(checked) and checked.clock is not ClockQuality.UNSYNCED else None
    return here if age is None else min(here, checked.wall_ms + age)


def _known_ms(check: Check) -> int:
    """A time that has been for certain, also when nobody knows what time it is now: when the source was asked last."""
    return max(check.known_ms, 0 if check.checked is None else _certain(check.checked))


def _certain(moment: Moment) -> int:
    """Its wall time when that was certain, else 0."""
    return 0 if moment.clock is ClockQuality.UNSYNCED else moment.wall_ms or 0


def _asked_about(check: Check, expires: int, time: Time) -> bool:
    """Was the source asked so late that it would have told of a longer time?"""
    if check.checked is None:
        return False
    checked_ms = time.wall_of(check.checked)
    return checked_ms is not None and expires - checked_ms <= fresh_ms(EVERY_S[check.source])


def _sure(message: Message, check: Check, time: Time, box: str) -> bool:
    """Does anybody know that it is not from before the restart?"""
    if time.wall_ms is not None or check.in_boot or time.here(message.first):
        return True
    return message.alert.source is Source.MUNICIPALITY and bool(box) and message.first.boot == box
