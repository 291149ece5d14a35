"""What people decide and enter: each order is answered once, by one record. What each kind does stands elsewhere."""

import msgspec

from contract.orders import (
    Absence,
    AckAlarm,
    Activation,
    Answer,
    BreakGlass,
    CallOut,
    Command,
    Confirmation,
    Declaration,
    DeclaredRun,
    Delivery,
    NeedMark,
    NeedSaid,
    Notice,
    Order,
    OutOfService,
    Report,
    RunNote,
    ServiceVisit,
    SetClock,
    Shelve,
    StepDone,
)
from contract.records import MAX_ANSWERS, AnswerBody
from contract.words import Event
from gateway.core.alarms import alarm_orders
from gateway.core.facts import Facts
from gateway.core.fuel import deliveries
from gateway.core.orders import activation, clock, entered, glass, needs
from gateway.core.orders.handling import Done, Handler, Refusal
from gateway.core.readiness import people
from gateway.core.remembered import MAX_DONE_ORDERS
from gateway.core.runs import run_orders
from gateway.core.site import Change, Now, Site, remember


def apply(site: Site, order: Order, facts: Facts, now: Now) -> Done:
    """The site after an order, and what must be told. An order that was answered before changes nothing."""
    if order.id in site.memory.done_orders:
        return site, []
    site = remember(site, done_orders=(*site.memory.done_orders, order.id)[-MAX_DONE_ORDERS:])
    try:
        if order.status is not None and order.status is not facts.status:
            raise Refusal("other_status", was=order.status.value, now=facts.status.value)
        handler = HANDLERS.get(type(order.what))
        if handler is None:
            raise Refusal("program_too_old")
        after, changes = handler(site, order, order.what, facts, now)
    except Refusal as fault:
        return _answered(site, [], order, fault)
    return _answered(after, changes, order)


def _answered(site: Site, changes: list[Change], order: Order, refusal: Refusal | None = None) -> Done:
    """The answer as a record for the centre, and kept for the site's own page."""
    detail, reason, params = ("", "", {}) if refusal is None else (str(refusal), refusal.key, refusal.params)
    tag = str(order.what.__struct_config__.tag)
    body = AnswerBody(order=order.id, kind=tag, detail=detail[:2000], reason=reason, params=params)
    site = remember(site, answered=(*site.memory.answered, body)[-MAX_ANSWERS:])
    kind = Event.ORDER_DONE if refusal is None else Event.ORDER_REFUSED
    return site, [*changes, Change(kind, msgspec.to_builtins(body))]


HANDLERS: dict[type, Handler] = {
    AckAlarm: alarm_orders.acknowledge,
    Shelve: alarm_orders.shelve,
    OutOfService: alarm_orders.out_of_service,
    ServiceVisit: alarm_orders.visit,
    Report: entered.report,
    Declaration: entered.declare,
    Notice: entered.notice,
    Command: entered.command,
    Activation: activation.activate,
    CallOut: activation.call_out,
    Answer: activation.answer,
    StepDone: activation.step_done,
    NeedSaid: needs.say,
    NeedMark: needs.mark,
    Confirmation: people.confirm,
    Absence: people.absent,
    DeclaredRun: run_orders.declare,
    RunNote: run_orders.annotate,
    Delivery: deliveries.delivered,
    SetClock: clock.set_clock,
    BreakGlass: glass.broken,
}
"""What each kind of order does: the site after it and what must be told, or a Refusal (`handling.py`)."""
