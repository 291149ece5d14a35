"""Orders to a site: from what a person filled in, or a program sent, to an Order; and the list of what was sent."""

import re
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from contract.orders import (
    Absence,
    AckAlarm,
    Activation,
    Answer,
    BreakGlass,
    CallOut,
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
    What,
)
from contract.records import AnswerBody
from contract.wire import Ms, Name
from contract.words import Event, Status
from dashboard.core.forms import machine as forms_machine
from dashboard.core.forms import own as forms_own
from dashboard.core.forms import people as forms_people
from dashboard.core.forms.fields import BadOrder, Field, read
from dashboard.core.forms.form import LONGEST_RELAY, Form
from dashboard.core.reader import Reader
from dashboard.core.sending import notices
from dashboard.core.site import sitewords
from dashboard.core.site.witness_words import entered_by

KINDS: dict[str, type[What]] = {
    "alarms/ack": AckAlarm,
    "alarms/shelve": Shelve,
    "alarms/service": OutOfService,
    "reports": Report,
    "activation": Activation,
    "declarations": Declaration,
    "notices": Notice,
    "calls": CallOut,
    "calls/answer": Answer,
    "calls/step": StepDone,
    "needs": NeedSaid,
    "needs/mark": NeedMark,
    "confirmations": Confirmation,
    "absences": Absence,
    "runs": DeclaredRun,
    "runs/note": RunNote,
    "deliveries": Delivery,
    "visits": ServiceVisit,
    "clock": SetClock,
}
"""The last part of the address -> what it orders."""

FORMS: dict[str, Form] = {
    one.id: one
    for room in (forms_people, forms_machine, forms_own)
    for one in vars(room).values()
    if isinstance(one, Form)
}
"""Every form by its id."""
EXPIRES_MS = 24 * 3_600_000
OUTLIVED = "order_outlived"
"""How a report is answered that newer ones have outlived; no site says it."""
MOST_REPORTS = 60
"""Reports of people that wait for one site."""
Key = Annotated[str, Meta(min_length=8, max_length=80)]
ENVELOPE = ("who", "idempotency_key", "lang", "kind", "form", "page", "page_token", "waited_ms", "relay")
"""What goes with a form and is no part of the order."""
NOT_YET = "-"
"""The boot of an offered time until `io/desk.py` has filled it in: nobody writes it."""
NOW = ("observed_ms", "delivered_ms", "from_ms")
"""Times that mean now when nobody wrote one."""


class Asked(Struct, frozen=True, kw_only=True):
    """One order as a page sends it. `idempotency_key`: the same key twice is one order."""

    who: Name
    idempotency_key: Key
    what: What


class Answered(Struct, frozen=True, kw_only=True):
    """An order that nobody waits for any more, how it was answered, and the site's words where it was refused."""

    order: Order
    answer: str
    refusal: AnswerBody


class Sent(Struct, frozen=True, kw_only=True):
    """One order in the page's list. `waits`: the site has not answered."""

    id: str
    kind: str
    who: str
    entered: str
    state: str
    role: str
    waits: bool


def asked(address: str, body: Any, reader: Reader) -> Asked:
    """What a person asked for; raises BadOrder."""
    kind = KINDS.get(address)
    if kind is None:
        raise BadOrder(f"there is no order {address!r}")
    if not isinstance(body, dict):
        raise BadOrder("an order is a JSON object")
    who = str(body.get("who", "")).strip()
    if not who:
        raise BadOrder(reader.t("wrong_missing"), "who")
    if len(who) > 80:
        raise BadOrder(reader.t("wrong_long", n=80), "who")
    told = {name: value for name, value in body.items() if name not in ENVELOPE}
    try:
        key = msgspec.convert(body.get("idempotency_key"), Key)
        told = _completed(kind, _written(address, body, told, reader), key, pressed(body, reader))
        told |= _relayed(kind, str(body.get("relay", "")).strip(), reader)
        tag = kind.__struct_config__.tag
        what = msgspec.convert({**told, "kind": tag}, kind, strict=False)
    except msgspec.ValidationError as fault:
        place = re.search(r"`\$\.(\w+)", str(fault))
        raise BadOrder(reader.t("wrong_body", why=f"{address}: {fault}"), place[1] if place else "") from fault
    return Asked(who=who, idempotency_key=key, what=_sound(what, reader))


def _relayed(kind: type[What], relay: str, reader: Reader) -> dict[str, str]:
    """Who has told of it: the one who saw it is a witness, the one who writes is not."""
    if len(relay) > LONGEST_RELAY:
        raise BadOrder(reader.t("wrong_long", n=LONGEST_RELAY), "relay")
    return {"told_by": relay} if relay and kind is Report else {}


def pressed(body: dict[str, Any], reader: Reader) -> Reader:
    """The reader when it was pressed: what waited for a network (`waited_ms`) meant its own now, and not ours."""
    now = reader.now
    if now.wall_ms is None:
        return reader
    return replace(reader, now=msgspec.structs.replace(now, wall_ms=now.wall_ms - waited_ms(body)))


def waited_ms(body: dict[str, Any]) -> int:
    """How long the press waited for a network; what nobody can mean is no wait."""
    waited = body.get("waited_ms")
    return waited if type(waited) is int and 0 <= waited <= EXPIRES_MS else 0


def fields_of(address: str, form: str = "") -> dict[str, Field]:
    """The fields of an address by name: those of one form, else of all forms that are sent there."""
    chosen = FORMS.get(form)
    if chosen is not None and chosen.address == address:
        return {field.name: field for field in chosen.fields}
    # a fixed field of one form may be a choice of another; what a program sends is held to neither
    fields: dict[str, Field] = {}
    for one in FORMS.values():
        if one.address == address:
            fields |= {field.name: msgspec.structs.replace(field, required=False, choices=()) for field in one.fields}
    return fields


def _written(address: str, body: dict[str, Any], told: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """Text as people write it becomes what the order takes; what was left empty is left out."""
    form = str(body.get("form", "")).partition(".")[0]
    fields = fields_of(address, form)
    for name, field in fields.items():
        if name not in told and form in FORMS and field.required:
            raise BadOrder(reader.t("wrong_missing"), name)
        if isinstance(told.get(name), str):
            told[name] = read(field, told[name], reader)
    return {name: value for name, value in told.items() if value is not None or name not in fields}


def _completed(kind: type[What], told: dict[str, Any], key: str, reader: Reader) -> dict[str, Any]:
    """What nobody needs to write: that it is now, and the name of a need, which is the key of its form."""
    names = kind.__struct_fields__
    for name in NOW:
        if name in names and name not in told:
            told[name] = reader.now.wall_ms or 0
    if kind is NeedSaid and not told.get("need"):
        told["need"] = f"n-{key}"[:80]
    if kind is Declaration:
        told.setdefault("until_ms", None)
    if kind is RunNote and "ran_by" in told:
        # "who" is whoever writes; who ran the set may be somebody else
        told["who"] = told.pop("ran_by")
    if kind is Notice:
        told = notices.completed(told, key, reader)
    if kind is SetClock:
        told |= {"boot": NOT_YET, "up_ms": 0}
    if kind in (Activation, CallOut):
        told.setdefault("reason", "")
    return told


def _sound(what: What, reader: Reader) -> What:
    """What no single field can see."""
    if isinstance(what, Absence) and what.until_ms < what.from_ms:
        raise BadOrder(reader.t("wrong_before"), "until_ms")
    if isinstance(what, RunNote) and not what.who and not what.comment:
        raise BadOrder(reader.t("wrong_empty"), "comment")
    if isinstance(what, Report) and what == Report(
        observed_ms=what.observed_ms, doubt_minutes=what.doubt_minutes, told_by=what.told_by
    ):
        raise BadOrder(reader.t("wrong_empty"))
    return what


def order(
    asked_for: Asked, *, order_id: str, role: str, through: str, entered_ms: Ms | None, status: Status | None
) -> Order:
    """The order as it travels; `entered_ms` 0 when no clock could be believed, `status` as the site showed itself."""
    return Order(
        id=order_id,
        who=asked_for.who,
        role=role,
        entered_ms=entered_ms or 0,
        through=through,
        what=asked_for.what,
        status=status,
    )


def same(one: Order, other: Order) -> bool:
    """Do they mean the same, so that one key may stand for both? Times may differ: "now" is another when it is sent
    again.
    """
    return (one.who, _meant(one)) == (other.who, _meant(other))


def _meant(one: Order) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(one.what)
    return {name: value for name, value in told.items() if not name.endswith("_ms")}


def expired(one: Order, now_ms: int) -> bool:
    """Has nobody answered within a day? That the sealed code was opened waits for ever: somebody must hear of it."""
    lasts = not isinstance(one.what, BreakGlass)
    return lasts and bool(one.entered_ms) and now_ms - one.entered_ms > EXPIRES_MS


def outlived(pending: tuple[Order, ...]) -> tuple[Order, ...]:
    """Reports that newer ones have outlived: a site that nobody hears for weeks, or that has no box, is still full of
    room for more. What was told stays in the store.
    """
    reports = [one for one in pending if isinstance(one.what, Report)]
    return tuple(reports[:-MOST_REPORTS])


def answer_of(one: Order, answer: str, detail: str, body: str) -> Answered:
    """From what is kept of an answer: `body` of its record as JSON; where that cannot be read, only the sentence."""
    try:
        refusal = msgspec.json.decode(body, type=AnswerBody)
    except (msgspec.DecodeError, ValueError):
        refusal = AnswerBody(order=one.id, kind=str(one.what.__struct_config__.tag), detail=detail)
    return Answered(order=one, answer=answer, refusal=refusal)


def sent(pending: tuple[Order, ...], answered: tuple[Answered, ...], reader: Reader) -> tuple[Sent, ...]:
    """What the site has not answered, then the last answers, newest first."""
    waiting = tuple(_sent(one, reader.t("waiting"), "unknown", reader) for one in reversed(pending))
    return (*waiting, *(_sent(one.order, *_came_of(one, reader), reader) for one in answered))


def _came_of(one: Answered, reader: Reader) -> tuple[str, str]:
    if one.answer == Event.ORDER_DONE:
        return reader.t("order_done"), "good"
    if one.answer == Event.ORDER_REFUSED:
        return reader.t("order_refused", why=sitewords.refusal(one.refusal, reader.language) or "?"), "bad"
    return reader.t("order_outlived" if one.answer == OUTLIVED else "order_expired"), "remark"


def _sent(one: Order, state: str, role: str, reader: Reader) -> Sent:
    return Sent(
        id=one.id,
        kind=reader.t(f"order_{one.what.__struct_config__.tag}"),
        who=entered_by(one, reader),
        entered=reader.when(one.entered_ms or None),
        state=state,
        role=role,
        waits=role == "unknown",
    )
