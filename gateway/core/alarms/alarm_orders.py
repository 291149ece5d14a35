"""What people decide about alarms: seen, laid aside for a while, out of service, somebody works on the set."""

import msgspec

from contract.alarms import catalogue
from contract.messages import Ack, Alarm, Shelf
from contract.orders import AckAlarm, Order, OutOfService, ServiceVisit, Shelve
from contract.words import AlarmState, Event
from gateway.core.alarms.alarm_life import acknowledged, kept, listed, moved, shelved
from gateway.core.alarms.alarm_rules import SITE
from gateway.core.facts import Facts
from gateway.core.orders.handling import Done, Refusal, note
from gateway.core.remembered import Out
from gateway.core.site import Change, Now, Site, remember
from gateway.core.visits import Visit

MAX_ACKS = 20
SHELF_GRAVE_S = 2 * 3600
"""An alarm of priority 1 rests for at most two hours, any other for eight."""

CLOCKS_DIFFER_MS = 5 * 60 * 1000
"""So far the clock of whoever acknowledges may be behind."""


def acknowledge(site: Site, order: Order, what: AckAlarm, _facts: Facts, _now: Now) -> Done:
    """Append who has seen it, also when it has been closed since: two people at two places have both seen it."""
    wanted = (what.key, what.device, what.raised_run, what.raised_seq)
    found = next((one for one in (*site.memory.alarms, *site.memory.closed_alarms) if identity(one) == wanted), None)
    if found is None:
        raise Refusal("alarm_gone")
    if len(found.acks) >= MAX_ACKS:
        raise Refusal("alarm_acked_enough", most=MAX_ACKS)
    ack = Ack(id=order.id, who=order.who, role=order.role, wall_ms=order.entered_ms, comment=what.comment)
    alarm = acknowledged(found, ack)
    if _of_before(found, order):
        alarm = msgspec.structs.replace(found, acks=alarm.acks)
    if found.state is AlarmState.NORMAL:
        closed = tuple(alarm if one is found else one for one in site.memory.closed_alarms)
        return remember(site, closed_alarms=closed), [_told(Event.ALARM_ACKED, alarm)]
    return kept(site, listed(site) | {(alarm.key, alarm.device): alarm}), [_told(Event.ALARM_ACKED, alarm)]


def _of_before(alarm: Alarm, order: Order) -> bool:
    """Was it entered clearly before the alarm came back? Then somebody has seen what was, not what is."""
    again_ms = alarm.again.wall_ms if alarm.again is not None else None
    return again_ms is not None and 0 < order.entered_ms < again_ms - CLOCKS_DIFFER_MS


def identity(alarm: Alarm) -> tuple[str, str, str, int]:
    """What makes it this very alarm."""
    return alarm.key, alarm.device, alarm.raised_run, alarm.raised_seq


def shelve(site: Site, order: Order, what: Shelve, _facts: Facts, now: Now) -> Done:
    """Lay an alarm aside for a while, or take it back now."""
    alarm = listed(site).get((what.key, what.device))
    if alarm is None:
        raise Refusal("shelve_nothing")
    if alarm.state is AlarmState.OUT_OF_SERVICE:
        raise Refusal("shelve_out_of_service")
    if not what.comment.strip():
        raise Refusal("why_missing")
    if what.for_s == 0:
        return _unshelve(site, alarm, now)
    if alarm.priority == 1 and what.for_s > SHELF_GRAVE_S:
        raise Refusal("shelve_too_long")
    alarm = shelved(alarm, Shelf(who=order.who, at=now.moment(), for_s=what.for_s, comment=what.comment))
    return kept(site, listed(site) | {(alarm.key, alarm.device): alarm}), [_told(Event.ALARM_SHELVED, alarm)]


def _unshelve(site: Site, alarm: Alarm, now: Now) -> Done:
    if alarm.state is not AlarmState.SHELVED:
        raise Refusal("not_shelved")
    alarm = msgspec.structs.replace(moved(alarm, "free_holds" if alarm.holds else "free_gone"), woke=True)
    if not alarm.holds:
        alarm = msgspec.structs.replace(alarm, cleared=now.moment())
    return kept(site, listed(site) | {(alarm.key, alarm.device): alarm}), [_told(Event.ALARM_UNSHELVED, alarm)]


def out_of_service(site: Site, order: Order, what: OutOfService, facts: Facts, now: Now) -> Done:
    """Take an alarm out of service, or put it back. The alarms themselves tell of it, in the same step."""
    others = tuple(one for one in site.memory.out_of_service if (one.key, one.device) != (what.key, what.device))
    if not what.out:
        if len(others) == len(site.memory.out_of_service):
            raise Refusal("already_in_service")
        return remember(site, out_of_service=others), []
    if what.key not in catalogue():
        raise Refusal("alarm_unknown", alarm=what.key)
    if what.device != SITE and what.device not in [device.name for device in facts.devices]:
        raise Refusal("device_unknown", device=what.device, site=SITE)
    if not what.comment.strip():
        raise Refusal("why_missing")
    if len(others) < len(site.memory.out_of_service):
        raise Refusal("already_out_of_service")
    out = Out(key=what.key, device=what.device, who=order.who, at=now.moment(), comment=what.comment)
    return remember(site, out_of_service=(*others, out)), []


def visit(site: Site, order: Order, what: ServiceVisit, _facts: Facts, now: Now) -> Done:
    """Somebody begins to work on the set, or has ended."""
    if what.for_s == 0:
        if site.memory.visit is None:
            raise Refusal("visit_none")
        told = note(Event.ENTERED, f"service visit ended: {what.note}", order, "visit_over", said=what.note)
        return remember(site, visit=None), [told]
    here = Visit(who=order.who, at=now.moment(), for_s=what.for_s)
    hours = f"{what.for_s / 3600:.1f} h"
    detail = f"service visit for {hours}: {what.note}"
    told = note(Event.ENTERED, detail, order, "visit", seconds=str(what.for_s), said=what.note)
    return remember(site, visit=here), [told]


def _told(kind: Event, alarm: Alarm) -> Change:
    return Change(kind, {"alarm": msgspec.to_builtins(alarm), "notify": False})
