"""The addresses of the dashboard: pages for people, JSON for programs, orders in."""

import asyncio
import contextlib
import logging
import secrets
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Litestar, MediaType, Response, get, post
from litestar.exceptions import HTTPException
from litestar.params import Parameter
from litestar.response import Redirect, ServerSentEvent
from litestar.static_files import create_static_files_router

from contract.messages import Ack
from contract.orders import MAX_ORDERS, AckAlarm, Order, SetClock
from contract.phrases import LANGUAGES
from contract.words import Stream
from dashboard.core.access.addresses import shortened
from dashboard.core.access.people import Access, Role
from dashboard.core.forms.entry import Tried
from dashboard.core.forms.fields import BadOrder
from dashboard.core.hearing import link_alarm
from dashboard.core.reader import Reader
from dashboard.core.sending import orders
from dashboard.core.site import series
from dashboard.io.access.sign_in import SignIn
from dashboard.io.desk import Desk
from dashboard.io.store.database import StoreTrouble
from dashboard.io.web import accounts as http_accounts
from dashboard.io.web import sign_in as http_sign_in
from dashboard.io.web.asking import Asked, came_from, desk_of, known, pages_of, reader_of, sign_in_of, site_of
from dashboard.io.web.guard import HEADERS, MOST_FIELDS, admit, is_form
from dashboard.io.web.pages import Pages

log = logging.getLogger(__name__)

STATIC = Path(str(files("dashboard").joinpath("static")))
UPLOT = files("youplot").joinpath("vendor")
CURVES = {"uplot.iife.min.js": "text/javascript", "uplot.min.css": "text/css"}
MAX_BODY = 64 * 1024
MAX_SIGNALS = 10
HOUR_MS = 3_600_000
PUBLIC = {"access": Access.OPEN, "public": True}
"""Files that are the same for everybody; nobody looks who asks."""
LIVE = {"access": Access.READ, "quiet": True}
"""What an open page fetches by itself: no sign that somebody is there."""

Count = Annotated[int, Parameter(ge=0, le=2**53)]
Limit = Annotated[int, Parameter(ge=1, le=10_000)]
Hours = Annotated[float, Parameter(gt=0, le=24 * 400)]


def build(desk: Desk, pages: Pages, port: int, sign_in: SignIn | None = None) -> Litestar:
    """The web program on a port. Where the settings ask people to sign in, `sign_in` must be there."""
    if desk.settings.sign_in.required and sign_in is None:
        raise ValueError("the settings ask people to sign in, and nobody could")

    async def add_headers(response: Response[Any]) -> Response[Any]:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    app = Litestar(
        route_handlers=[
            overview, site_page, enter_page, cards, panels, events, counts, site_events, history, site_json, health,
            order, uplot, *http_sign_in.HANDLERS, *http_accounts.HANDLERS,
            create_static_files_router(path="/static", directories=[STATIC], opt=PUBLIC),
        ],
        guards=[admit],
        after_request=add_headers,
        exception_handlers={
            HTTPException: _http_fault, StoreTrouble: _store_fault, BadOrder: _bad_order, Exception: _own_fault,
        },
        request_max_body_size=MAX_BODY,
        openapi_config=None,
        logging_config=None,
    )  # fmt: skip
    app.state.desk, app.state.pages, app.state.port = desk, pages, port
    app.state.sign_in = sign_in if desk.settings.sign_in.required else None
    return app


# --- pages ---


@get("/", media_type=MediaType.HTML, opt={"access": Access.READ})
async def overview(request: Asked, lang: str | None = None) -> str:
    """All sites; at the site itself its one card."""
    desk = desk_of(request)
    if desk.settings.view.mode == "site" and known(request).person.sees(desk.settings.site[0].id):
        here = desk.settings.site[0]
        return await pages_of(request).site(here, reader_of(request, lang, here.id))
    return pages_of(request).overview(reader_of(request, lang))


@get("/sites/{site:str}", media_type=MediaType.HTML, opt={"access": Access.READ})
async def site_page(request: Asked, site: str, lang: str | None = None) -> str:
    """One site in full."""
    return await pages_of(request).site(site_of(request, site), reader_of(request, lang, site))


@get("/cards", opt=LIVE)
async def cards(request: Asked, lang: str | None = None) -> dict[str, str]:
    """The changing parts of the overview."""
    return pages_of(request).cards(reader_of(request, lang))


@get("/sites/{site:str}/panels", opt=LIVE)
async def panels(request: Asked, site: str, lang: str | None = None) -> dict[str, str]:
    """The changing parts of a site's page."""
    return await pages_of(request).panels(site_of(request, site), reader_of(request, lang, site))


@get("/events", opt=LIVE)
async def events(request: Asked) -> ServerSentEvent:
    """Which sites change, as it happens."""
    hub, visitor, sign_in = desk_of(request).hub, known(request), sign_in_of(request)
    if hub.full(visitor.person):
        raise HTTPException(status_code=503, detail="too many pages listen already; close one")

    async def still() -> bool:
        if sign_in is None:
            return True
        with contextlib.suppress(StoreTrouble):
            found = await asyncio.to_thread(sign_in.session, visitor.session, touch=False)
            return found is not None and found.account.person == visitor.person
        return True  # a store that does not answer at this moment sends nobody away

    return ServerSentEvent(hub.stream(visitor.person, still))


@get("/uplot/{name:str}", opt=PUBLIC)
async def uplot(name: str) -> Response[bytes]:
    """The curve library, from its installed package."""
    if name not in CURVES:
        raise HTTPException(status_code=404, detail="there is no such file")
    return Response(UPLOT.joinpath(name).read_bytes(), media_type=CURVES[name])


# --- for programs ---


@get("/healthz", opt={"access": Access.OPEN})
async def health(request: Asked) -> dict[str, Any]:
    """Is the program well?"""
    desk = desk_of(request)
    if sign_in_of(request) is not None and not known(request).signed_in:
        return {"ok": not desk.trouble}
    return {"ok": not desk.trouble, "broker": desk.broker_up, "store": desk.trouble or "ok"}


@get("/api/counts", opt={"access": Access.READ_ALL, "quiet": True})
async def counts(request: Asked) -> dict[str, Any]:
    """What was folded, committed and refused."""
    desk = desk_of(request)
    return {
        "folded": desk.folded,
        "records": await asyncio.to_thread(desk.records.counts),
        "aside": await asyncio.to_thread(desk.records.aside),
        "refused": {site: held.count for site, held in desk.refused.items()},
        "unregistered": dict(desk.strangers),
        "broker": desk.broker_up,
    }


@get("/api/sites/{site:str}", opt=LIVE)
async def site_json(request: Asked, site: str, lang: str | None = None) -> Response[bytes]:
    """The card of a site as JSON."""
    desk = desk_of(request)
    card = desk.card(site_of(request, site), reader_of(request, lang, site))
    return Response(msgspec.json.encode(card), media_type=MediaType.JSON)


@get("/api/sites/{site:str}/events", opt=LIVE)
async def site_events(
    request: Asked, site: str, after: Count = 0, limit: Limit = 1000, stream: Stream = Stream.EVENT
) -> list[dict[str, Any]]:
    """Records of a stream in committed order; `number` of the last one is the next `after`."""
    name = site_of(request, site).id
    rows = await asyncio.to_thread(desk_of(request).records.listed, name, stream, after=after, limit=limit)
    keys = ("number", "run", "seq", "kind", "wall_ms", "up_ms", "body")
    return [{key: getattr(row, key) for key in keys} for row in rows]


@get("/api/sites/{site:str}/history", opt=LIVE)
async def history(
    request: Asked, site: str, signals: str = "fuel.level,generator.power", hours: Hours = 24.0
) -> dict[str, Any]:
    """Curves by signal: [seconds UTC, value or null], null where a gap begins; the newest sample sets the end."""
    name, desk = site_of(request, site).id, desk_of(request)
    wanted = [key for key in signals.split(",") if key][:MAX_SIGNALS]
    found = {}
    for key in wanted:
        end = await asyncio.to_thread(desk.records.last_sample_ms, name, key)
        since = 0 if end is None else end - int(hours * HOUR_MS)
        samples, heard = await asyncio.to_thread(desk.records.samples, name, key, since)
        found[key] = series.curve(samples, heard)
    return {"signals": found, "now": (desk.clock.wall_ms() or 0) / 1000 or None}


# --- orders ---


@get("/sites/{site:str}/enter", media_type=MediaType.HTML, opt={"access": Access.ACT})
async def enter_page(request: Asked, site: str, lang: str | None = None) -> str:
    """Everything that can be entered about a site."""
    return await pages_of(request).enter(site_of(request, site), reader_of(request, lang, site))


@post("/sites/{site:str}/{address:path}", status_code=202, opt={"access": Access.ACT})
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
        page = await pages_of(request).not_taken(place, reader_of(request, language, place.id), _tried(body, fault))
        return Response(page, status_code=400, media_type=MediaType.HTML)
    desk.reload_orders(place.id)
    return _sent(form, place.id, body, language, kept.id, "orders")


async def _keep(request: Asked, site: str, asked: orders.Asked, reader: Reader) -> Order:
    """Keep the order, and with it the line of the log."""
    desk, sign_in, person = desk_of(request), sign_in_of(request), known(request).person
    made, note = _order(desk, site, asked, reader), None
    if sign_in is not None:
        note = sign_in.audit.row(
            sign_in.now(), f"order: {made.what.__struct_config__.tag}", who=person.name, role=person.role.value,
            site=site, address=shortened(came_from(request).address),
        )  # fmt: skip
    full = reader.t("wrong_full", n=MAX_ORDERS)
    return await asyncio.to_thread(desk.shelf.add_order, site, asked.idempotency_key, made, full, note)


def _sent(
    is_form: bool, site: str, body: dict[str, Any], language: str | None, order_id: str, panel: str
) -> Response[Any]:
    """Back to the page it came from, or what a program must know."""
    if is_form:
        page = "/enter" if body.get("page") == "enter" else ""
        chosen = f"?lang={language}" if language in LANGUAGES else ""
        return Redirect(f"/sites/{site}{page}{chosen}#panel-{panel}", status_code=303)
    return Response({"id": order_id, "state": "waiting"}, status_code=202)


async def _seen(request: Asked, site: str, asked: orders.Asked, reader: Reader) -> None:
    """Acknowledge here what was raised here; raises BadOrder."""
    desk, sign_in, person = desk_of(request), sign_in_of(request), known(request).person
    what = asked.what
    if not isinstance(what, AckAlarm):
        raise BadOrder(reader.t("wrong_here"))
    ack = Ack(
        id=asked.idempotency_key, who=asked.who, role=person.role.value, wall_ms=reader.now.wall_ms or 0,
        comment=what.comment,
    )  # fmt: skip
    if not await desk.acknowledge_loss(site, what, ack):
        raise BadOrder(reader.t("wrong_gone"))
    if sign_in is not None:
        await sign_in.note("order", person, came_from(request).address, "ack", site=site)


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


# --- faults ---


def _http_fault(request: Asked, fault: HTTPException) -> Response[Any]:
    """One sentence: as a page for people, as JSON for programs."""
    language, told = request.query_params.get("lang"), fault.extra if isinstance(fault.extra, dict) else {}
    reader, key = reader_of(request, language), str(told.get("key", ""))
    # whoever is in sees "/": they get there although it is a form that was sent
    if "text/html" in request.headers.get("accept", ""):
        if fault.status_code == 401:
            return http_sign_in.to_sign_in(request, reader)
        if fault.status_code in (403, 404, 413):
            page = pages_of(request).fault(reader, fault.status_code, key, fault.detail)
            return Response(page, status_code=fault.status_code, media_type=MediaType.HTML, headers=HEADERS)
    if fault.status_code == 401:
        return _sentence(401, reader.t("signed_out_why") if request.method != "GET" else reader.t("signed_out"))
    if key:
        words = reader.t("denied_why", role=reader.t(f"role_{reader.person.role.value}")) if key == "denied" else ""
        return _sentence(fault.status_code, words or reader.t(key))
    return _sentence(fault.status_code, fault.detail)


def _store_fault(request: Asked, fault: StoreTrouble) -> Response[Any]:
    desk_of(request).trouble = str(fault)
    if "text/html" in request.headers.get("accept", ""):
        reader = reader_of(request, request.query_params.get("lang"))
        page = pages_of(request).fault(reader, 503, "store_trouble", reader.t("store_trouble", why=str(fault)))
        return Response(page, status_code=503, media_type=MediaType.HTML, headers=HEADERS)
    return _sentence(503, str(fault))


def _own_fault(request: Asked, fault: Exception) -> Response[Any]:
    """A fault of ours: the log has where, the answer says nothing of it."""
    log.error("%s %s: %r", request.method, request.url.path[:100], fault, exc_info=fault)
    return _sentence(500, "this server has made a mistake; nothing is known to be saved")


def _bad_order(_: Asked, fault: BadOrder) -> Response[Any]:
    return _sentence(400, str(fault), fault.field)


def _sentence(status: int, reason: str, field: str = "") -> Response[Any]:
    said = {"error": reason, "field": field} if field else {"error": reason}
    return Response(said, status_code=status, media_type=MediaType.JSON, headers=HEADERS)
