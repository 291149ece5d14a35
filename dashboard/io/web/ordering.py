"""What people enter about a site: taken, kept, and on its way to the site."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import MediaType, Response, get, post
from litestar.response import Redirect
from sqlalchemy import Connection

from contract.messages import Ack
from contract.orders import MAX_ORDERS, AckAlarm, Order, SetClock
from contract.phrases import LANGUAGES
from dashboard.core.access.addresses import shortened
from dashboard.core.access.people import Access, Role
from dashboard.core.forms.entry import Tried
from dashboard.core.forms.fields import BadOrder
from dashboard.core.hearing import link_alarm
from dashboard.core.reader import Reader
from dashboard.core.sending import orders
from dashboard.io.desk import Desk
from dashboard.io.web import owner
from dashboard.io.web.asking import Asked, came_from, desk_of, known, pages_of, reader_of, sign_in_of, site_of
from dashboard.io.web.guard import MOST_FIELDS, is_form

OWN_PAGE = "owner"
"""What a form says of the page on which it stands: that one is gone back to."""


@get("/sites/{site:str}/enter", media_type=MediaType.HTML, opt={"access": Access.ACT})
async def enter_page(request: Asked, site: str, lang: str | None = None) -> str:
    """Everything that can be entered about a site."""
    return await pages_of(request).enter(site_of(request, site), reader_of(request, lang, site))


@post("/sites/{site:str}/{address:path}", status_code=202, opt={"access": Access.ORDER})
async def order(request: Asked, site: str, address: str) -> Response[Any]:
    """Take an order; the same idempotency key twice is one order."""
    place, desk, visitor = site_of(request, site), desk_of(request), known(request)
    form = is_form(request)
    body = _body(await request.body(), form)
    language = body.get("lang") if isinstance(body, dict) else None
    if isinstance(body, dict) and visitor.signed_in:
        body = body | {"who": visitor.person.name}  # whoever is signed in says it, whatever name was sent
    try:
        reader = reader_of(request, language, place.id)
        asked = orders.asked(address.strip("/"), body, reader)
        if getattr(asked.what, "key", "") == link_alarm.KEY:
            await _seen(request, place.id, asked, reader)
            return _sent(form, place.id, body, language, link_alarm.KEY, "alarms")
        kept = await _keep(request, place.id, asked, reader)
    except BadOrder as fault:
        if not form:
            raise
        if body.get("page") == OWN_PAGE and desk.settings.view.mode == "site":
            return await owner.not_taken(request, language, _tried(body, fault))
        page = await pages_of(request).not_taken(place, reader_of(request, language, place.id), _tried(body, fault))
        return Response(page, status_code=400, media_type=MediaType.HTML)
    desk.reload_orders(place.id)
    return _sent(form, place.id, body, language, kept.id, "orders")


async def _keep(request: Asked, site: str, asked: orders.Asked, reader: Reader) -> Order:
    """Keep the order, and with it the line of the log."""
    desk, made = desk_of(request), _order(desk_of(request), site, asked, reader)
    full, note = reader.t("wrong_full", n=MAX_ORDERS), _line(request, site, asked)
    return await asyncio.to_thread(desk.shelf.add_order, site, asked.idempotency_key, made, full, note)


def _line(request: Asked, site: str, asked: orders.Asked) -> Callable[[Connection], None] | None:
    """The line of the log, for the transaction of what it tells of; None where nobody signs in."""
    sign_in, person = sign_in_of(request), known(request).person
    if sign_in is None:
        return None
    return sign_in.audit.row(
        sign_in.now(), f"order: {asked.what.__struct_config__.tag}", who=person.name, role=person.role.value,
        site=site, address=shortened(came_from(request).address),
    )  # fmt: skip


def _sent(
    is_form: bool, site: str, body: dict[str, Any], language: str | None, order_id: str, panel: str
) -> Response[Any]:
    """Back to the page it came from, or what a program must know."""
    if is_form:
        page = "/enter" if body.get("page") == "enter" else ""
        chosen = f"?lang={language}" if language in LANGUAGES else ""
        if body.get("page") == "alarms":
            return Redirect(f"/alarms{chosen}", status_code=303)
        if body.get("page") == OWN_PAGE:
            return Redirect(f"/{chosen}#panel-{panel}", status_code=303)
        return Redirect(f"/sites/{site}{page}{chosen}#panel-{panel}", status_code=303)
    return Response({"id": order_id, "state": "waiting"}, status_code=202)


async def _seen(request: Asked, site: str, asked: orders.Asked, reader: Reader) -> None:
    """Acknowledge here what was raised here; raises BadOrder."""
    desk, person, what = desk_of(request), known(request).person, asked.what
    if not isinstance(what, AckAlarm):
        raise BadOrder(reader.t("wrong_here"))
    ack = Ack(
        id=asked.idempotency_key, who=asked.who, role=person.role.value, wall_ms=reader.now.wall_ms or 0,
        comment=what.comment,
    )  # fmt: skip
    if not await desk.acknowledge_loss(site, what, ack, _line(request, site, asked)):
        raise BadOrder(reader.t("wrong_gone"))


def _tried(body: dict[str, str], fault: BadOrder) -> Tried:
    """What to draw again, so that nobody writes anything twice."""
    return Tried(form=body.get("form", ""), values=body, field=fault.field, sentence=str(fault))


def _order(desk: Desk, site: str, asked: orders.Asked, reader: Reader) -> orders.Order:
    head = desk.pictures[site].head
    if isinstance(asked.what, SetClock):
        asked = msgspec.structs.replace(asked, what=desk.offered(site, asked.what, reader))
    at_site = desk.settings.view.mode == "site"
    return orders.order(
        asked,
        order_id=f"o-{secrets.token_hex(12)}",
        role=reader.person.role.value,
        through="owner-page" if at_site or reader.person.role is Role.OWNER else "dashboard",
        entered_ms=desk.clock.wall_ms(),
        status=head.status if head else None,
    )


def _body(data: bytes, is_form: bool) -> Any:
    try:
        if is_form:
            return dict(parse_qsl(data.decode("utf-8"), max_num_fields=MOST_FIELDS))
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError) as fault:
        raise BadOrder(f"an order is JSON: {fault}") from fault


HANDLERS = (enter_page, order)
