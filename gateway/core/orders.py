"""What people decide: acknowledge, report, activate, declare, notice. Each order is answered once, by one record."""

import msgspec

from contract.messages import Ack, Moment, NoticeNow, ServiceNow
from contract.orders import AckAlarm, Activation, Command, Declaration, Notice, Order, Report
from contract.words import Event
from gateway.core import alarms
from gateway.core.site import MAX_DONE_ORDERS, Change, Memory, Now, Site, Witnessed

MAX_REPORTS = 50
MAX_NOTICES = 20
MAX_SERVICES = 50
MAX_ACKS = 20
EARLIER = "earlier"
"""Stands as boot of a moment before this one: how long ago it was, only wall clocks can tell."""


def apply(site: Site, order: Order, now: Now) -> tuple[Site, list[Change]]:
    """The site after an order, and what must be told. An order that was answered before changes nothing."""
    if order.id in site.memory.done_orders:
        return site, []
    site = _remember(site, done_orders=(*site.memory.done_orders, order.id)[-MAX_DONE_ORDERS:])
    what = order.what
    if isinstance(what, AckAlarm):
        return _acknowledge(site, order, what)
    if isinstance(what, Report):
        return _report(site, order, what, now)
    if isinstance(what, Activation):
        note = f"{'active' if what.active else 'not active'}: {what.reason}"
        return _done(_remember(site, active=what.active), order, Event.ACTIVATION_CHANGED, note)
    if isinstance(what, Declaration):
        return _declare(site, order, what, now)
    if isinstance(what, Notice):
        return _notice(site, order, what, now)
    return _command(site, order, what, now)


def _acknowledge(site: Site, order: Order, what: AckAlarm) -> tuple[Site, list[Change]]:
    for alarm in site.memory.alarms:
        same = (alarm.key, alarm.device, alarm.raised_run, alarm.raised_seq)
        if same == (what.key, what.device, what.raised_run, what.raised_seq):
            if len(alarm.acks) >= MAX_ACKS:
                return site, [_answer(Event.ORDER_REFUSED, order, f"acknowledged {MAX_ACKS} times already")]
            ack = Ack(id=order.id, who=order.who, role=order.role, wall_ms=order.entered_ms, comment=what.comment)
            site, change = alarms.acknowledge(site, alarm, ack)
            return site, [change, _answer(Event.ORDER_DONE, order)]
    return site, [_answer(Event.ORDER_REFUSED, order, "the alarm is no longer in the list")]


def _report(site: Site, order: Order, what: Report, now: Now) -> tuple[Site, list[Change]]:
    seen = _observed(order, what, now)
    told = Witnessed(report=what, who=order.who, through=order.through, at=seen)
    site = _remember(site, reports=(*site.memory.reports, told)[-MAX_REPORTS:])
    for service, declared in what.services.items():
        if _has_room(site, service):
            site = _with_service(site, ServiceNow(service=service, declared=declared, until_ms=None, declared_at=seen))
    body = {"report": msgspec.to_builtins(what), "who": order.who, "role": order.role, "through": order.through}
    return site, [Change(Event.REPORT_ENTERED, body), _answer(Event.ORDER_DONE, order)]


def _observed(order: Order, what: Report, now: Now) -> Moment:
    """When it was seen, by the site's clocks. Without a wall clock only the delay before it was entered is known."""
    late_ms = max(0, order.entered_ms - what.observed_ms)
    if now.wall_ms is not None:
        late_ms = max(late_ms, now.wall_ms - what.observed_ms)
    wall_ms = None if now.wall_ms is None else max(0, now.wall_ms - late_ms)
    if late_ms > now.up_ms:
        return Moment(boot=EARLIER, up_ms=0, wall_ms=wall_ms, clock=now.clock)
    return Moment(boot=now.boot, up_ms=now.up_ms - late_ms, wall_ms=wall_ms, clock=now.clock)


def _declare(site: Site, order: Order, what: Declaration, now: Now) -> tuple[Site, list[Change]]:
    if not _has_room(site, what.service):
        return site, [_answer(Event.ORDER_REFUSED, order, f"there are {MAX_SERVICES} services already")]
    said = ServiceNow(service=what.service, declared=what.declared, until_ms=what.until_ms, declared_at=now.moment())
    detail = f"{what.service}: {what.declared.value}"
    return _done(_with_service(site, said), order, Event.SERVICE_DECLARED, detail)


def _has_room(site: Site, service: str) -> bool:
    known = [one.service for one in site.memory.services]
    return service in known or len(known) < MAX_SERVICES


def _with_service(site: Site, said: ServiceNow) -> Site:
    others = [service for service in site.memory.services if service.service != said.service]
    return _remember(site, services=(*others, said))


def _notice(site: Site, order: Order, what: Notice, now: Now) -> tuple[Site, list[Change]]:
    others = tuple(notice for notice in site.memory.notices if notice.id != what.notice and not _over(notice, now))
    if what.withdrawn:
        return _done(_remember(site, notices=others), order, Event.NOTICE_CHANGED, f"{what.notice}: withdrawn")
    if len(others) >= MAX_NOTICES:
        return site, [_answer(Event.ORDER_REFUSED, order, f"there are {MAX_NOTICES} notices already; withdraw one")]
    new = NoticeNow(id=what.notice, sv=what.sv, en=what.en, since=now.moment(), until_ms=what.until_ms)
    return _done(_remember(site, notices=(*others, new)), order, Event.NOTICE_CHANGED, f"{what.notice}: {what.sv}")


def _over(notice: NoticeNow, now: Now) -> bool:
    return notice.until_ms is not None and now.wall_ms is not None and now.wall_ms >= notice.until_ms


def _command(site: Site, order: Order, what: Command, now: Now) -> tuple[Site, list[Change]]:
    """`rebirth` has no effect on the site: the daemon publishes everything anew when it sees the order."""
    if now.wall_ms is not None and now.wall_ms > what.expires_ms:
        return site, [_answer(Event.ORDER_REFUSED, order, "the command came too late")]
    return site, [_answer(Event.ORDER_DONE, order, what.command)]


def _done(site: Site, order: Order, kind: Event, detail: str) -> tuple[Site, list[Change]]:
    return site, [Change(kind, {"detail": detail[:2000], "who": order.who}), _answer(Event.ORDER_DONE, order)]


def _answer(kind: Event, order: Order, detail: str = "") -> Change:
    tag = str(order.what.__struct_config__.tag)
    return Change(kind, {"order": order.id, "kind": tag, "detail": detail})


def _remember(site: Site, **parts: object) -> Site:
    memory: Memory = msgspec.structs.replace(site.memory, **parts)
    return msgspec.structs.replace(site, memory=memory)
