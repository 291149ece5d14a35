"""Orders to a site: from what a person filled in to an Order, and when a site's picture shows that it was taken."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from contract.messages import Alarms, Ms, Name, SiteState
from contract.orders import AckAlarm, Activation, Declaration, Notice, Order, Report, What
from dashboard.core.alarm_list import is_about
from dashboard.core.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.sites import DashboardError

KINDS: dict[str, type[What]] = {
    "alarms/ack": AckAlarm,
    "reports": Report,
    "activation": Activation,
    "declarations": Declaration,
    "notices": Notice,
}
"""The last part of the address -> what it orders."""

KIND_WORDS: dict[type[What], str] = {
    AckAlarm: "order_ack",
    Report: "order_report",
    Activation: "order_activation",
    Declaration: "order_declaration",
    Notice: "order_notice",
}
EXPIRES_MS = 24 * 3_600_000
Key = Annotated[str, Meta(min_length=8, max_length=80)]


class BadOrder(DashboardError):
    """What was sent is no order; the sentence says what is wrong with it."""


class Asked(Struct, frozen=True, kw_only=True):
    """One order as a page sends it. `idempotency_key`: the same key twice is one order."""

    who: Name
    idempotency_key: Key
    what: What


class Waiting(Struct, frozen=True, kw_only=True):
    """One order in the page's list."""

    id: str
    kind: str
    who: str
    entered: str
    state: str


def asked(address: str, body: Any) -> Asked:
    """What a person asked for; raises BadOrder."""
    kind = KINDS.get(address)
    if kind is None:
        raise BadOrder(f"there is no order {address!r}")
    if not isinstance(body, dict):
        raise BadOrder("an order is a JSON object")
    what = {name: value for name, value in body.items() if name not in ("who", "idempotency_key", "lang", "kind")}
    tag = kind.__struct_config__.tag
    try:
        return Asked(
            who=msgspec.convert(str(body.get("who", "")).strip(), Name),
            idempotency_key=msgspec.convert(body.get("idempotency_key"), Key),
            what=msgspec.convert({**what, "kind": tag}, kind, strict=False),
        )
    except msgspec.ValidationError as fault:
        raise BadOrder(f"{address}: {fault}") from fault


def order(asked_for: Asked, *, order_id: str, role: str, through: str, entered_ms: Ms | None) -> Order:
    """The order as it travels; `entered_ms` 0 when no clock could be believed."""
    entered = entered_ms or 0
    return Order(id=order_id, who=asked_for.who, role=role, entered_ms=entered, through=through, what=asked_for.what)


def shown_by(pending: Order, before: SitePicture, after: SitePicture) -> bool:
    """At the site's own page no records come: does the new picture show that the order was taken?"""
    if isinstance(pending.what, AckAlarm) and after.alarms is not None:
        return _acked(pending, before.alarms, after.alarms)
    if isinstance(pending.what, Activation) and after.state is not None and before.state is not after.state:
        return _activated(pending.what, after.state)
    return False


def _acked(pending: Order, before: Alarms | None, after: Alarms) -> bool:
    if any(ack.id == pending.id for alarm in after.alarms for ack in alarm.acks):
        return True
    was_there = before is not None and any(is_about(pending, alarm) for alarm in before.alarms)
    return was_there and not any(is_about(pending, alarm) for alarm in after.alarms)


def _activated(wanted: Activation, state: SiteState) -> bool:
    return state.active == wanted.active


def waiting(pending: tuple[Order, ...], reader: Reader) -> tuple[Waiting, ...]:
    """The list of what the site has not answered."""
    return tuple(
        Waiting(
            id=one.id,
            kind=reader.t(KIND_WORDS.get(type(one.what), "order_command")),
            who=one.who,
            entered=reader.when(one.entered_ms or None),
            state=reader.t("waiting"),
        )
        for one in pending
    )
