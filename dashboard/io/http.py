"""The addresses of the dashboard: pages for people, JSON for programs, orders in."""

import asyncio
import secrets
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.params import Parameter
from litestar.response import Redirect, ServerSentEvent
from litestar.static_files import create_static_files_router

from contract.messages import Ack
from contract.orders import MAX_ORDERS, AckAlarm, SetClock
from contract.phrases import LANGUAGES
from contract.words import Stream
from dashboard.core import link_alarm, orders, series
from dashboard.core.entry import Tried
from dashboard.core.fields import BadOrder
from dashboard.core.orders import Asked
from dashboard.core.reader import Reader
from dashboard.core.sites import Site
from dashboard.io.database import StoreTrouble
from dashboard.io.desk import Desk
from dashboard.io.guard import HEADERS, refused
from dashboard.io.pages import Pages

STATIC = Path(str(files("dashboard").joinpath("static")))
UPLOT = files("youplot").joinpath("vendor")
CURVES = {"uplot.iife.min.js": "text/javascript", "uplot.min.css": "text/css"}
MAX_BODY = 64 * 1024
MAX_SIGNALS = 10
HOUR_MS = 3_600_000

Count = Annotated[int, Parameter(ge=0, le=2**53)]
Limit = Annotated[int, Parameter(ge=1, le=10_000)]
Hours = Annotated[float, Parameter(gt=0, le=24 * 400)]


def build(desk: Desk, pages: Pages, port: int) -> Litestar:
    """The web program on a port."""

    async def guard(request: Request[Any, Any, Any]) -> Response[Any] | None:
        reason = refused(request.method, request.headers, port)
        return None if reason is None else _sentence(403, reason)

    async def add_headers(response: Response[Any]) -> Response[Any]:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    app = Litestar(
        route_handlers=[
            overview, site_page, enter_page, cards, panels, events, counts, site_events, history, site_json, health,
            order, uplot,
            create_static_files_router(path="/static", directories=[STATIC]),
        ],
        before_request=guard,
        after_request=add_headers,
        exception_handlers={HTTPException: _http_fault, StoreTrouble: _store_fault, BadOrder: _bad_order},
        request_max_body_size=MAX_BODY,
        openapi_config=None,
        logging_config=None,
    )  # fmt: skip
    app.state.desk = desk
    app.state.pages = pages
    return app


def _desk(request: Request[Any, Any, Any]) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _pages(request: Request[Any, Any, Any]) -> Pages:
    pages: Pages = request.app.state.pages
    return pages


def _site(request: Request[Any, Any, Any], name: str) -> Site:
    site = _desk(request).settings.find(name)
    if site is None:
        raise HTTPException(status_code=404, detail="there is no such site here")
    return site


# --- pages ---


@get("/", media_type=MediaType.HTML)
async def overview(request: Request[Any, Any, Any], lang: str | None = None) -> str:
    """All sites; at the site itself its one card."""
    desk = _desk(request)
    if desk.settings.view.mode == "site":
        return await _pages(request).site(desk.settings.site[0], lang)
    return _pages(request).overview(lang)


@get("/sites/{site:str}", media_type=MediaType.HTML)
async def site_page(request: Request[Any, Any, Any], site: str, lang: str | None = None) -> str:
    """One site in full."""
    return await _pages(request).site(_site(request, site), lang)


@get("/cards")
async def cards(request: Request[Any, Any, Any], lang: str | None = None) -> dict[str, str]:
    """The changing parts of the overview."""
    return _pages(request).cards(lang)


@get("/sites/{site:str}/panels")
async def panels(request: Request[Any, Any, Any], site: str, lang: str | None = None) -> dict[str, str]:
    """The changing parts of a site's page."""
    return await _pages(request).panels(_site(request, site), lang)


@get("/events")
async def events(request: Request[Any, Any, Any]) -> ServerSentEvent:
    """Which sites change, as it happens."""
    hub = _desk(request).hub
    if hub.full:
        raise HTTPException(status_code=503, detail="too many pages listen already; close one")
    return ServerSentEvent(hub.stream())


@get("/uplot/{name:str}")
async def uplot(name: str) -> Response[bytes]:
    """The curve library, from its installed package."""
    if name not in CURVES:
        raise HTTPException(status_code=404, detail="there is no such file")
    return Response(UPLOT.joinpath(name).read_bytes(), media_type=CURVES[name])


# --- for programs ---


@get("/healthz")
async def health(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """Is the program well?"""
    desk = _desk(request)
    return {"ok": not desk.trouble, "broker": desk.broker_up, "store": desk.trouble or "ok"}


@get("/api/counts")
async def counts(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """What was folded, committed and refused."""
    desk = _desk(request)
    return {
        "folded": desk.folded,
        "records": await asyncio.to_thread(desk.records.counts),
        "aside": await asyncio.to_thread(desk.records.aside),
        "refused": {site: held.count for site, held in desk.refused.items()},
        "unregistered": dict(desk.strangers),
        "broker": desk.broker_up,
    }


@get("/api/sites/{site:str}")
async def site_json(request: Request[Any, Any, Any], site: str, lang: str | None = None) -> Response[bytes]:
    """The card of a site as JSON."""
    desk = _desk(request)
    card = desk.card(_site(request, site), desk.reader(lang))
    return Response(msgspec.json.encode(card), media_type=MediaType.JSON)


@get("/api/sites/{site:str}/events")
async def site_events(
    request: Request[Any, Any, Any], site: str, after: Count = 0, limit: Limit = 1000, stream: Stream = Stream.EVENT
) -> list[dict[str, Any]]:
    """Records of a stream in committed order; `number` of the last one is the next `after`."""
    name = _site(request, site).id
    rows = await asyncio.to_thread(_desk(request).records.listed, name, stream, after=after, limit=limit)
    keys = ("number", "run", "seq", "kind", "wall_ms", "up_ms", "body")
    return [{key: getattr(row, key) for key in keys} for row in rows]


@get("/api/sites/{site:str}/history")
async def history(
    request: Request[Any, Any, Any], site: str, signals: str = "fuel.level,generator.power", hours: Hours = 24.0
) -> dict[str, Any]:
    """Curves by signal: [seconds UTC, value or null], null where a gap begins; the newest sample sets the end."""
    name, desk = _site(request, site).id, _desk(request)
    wanted = [key for key in signals.split(",") if key][:MAX_SIGNALS]
    found = {}
    for key in wanted:
        end = await asyncio.to_thread(desk.records.last_sample_ms, name, key)
        since = 0 if end is None else end - int(hours * HOUR_MS)
        samples, heard = await asyncio.to_thread(desk.records.samples, name, key, since)
        found[key] = series.curve(samples, heard)
    return {"signals": found, "now": (desk.clock.wall_ms() or 0) / 1000 or None}


# --- orders ---


@get("/sites/{site:str}/enter", media_type=MediaType.HTML)
async def enter_page(request: Request[Any, Any, Any], site: str, lang: str | None = None) -> str:
    """Everything that can be entered about a site."""
    return await _pages(request).enter(_site(request, site), lang)


@post("/sites/{site:str}/{address:path}", status_code=202)
async def order(request: Request[Any, Any, Any], site: str, address: str) -> Response[Any]:
    """Take an order; the same idempotency key twice is one order."""
    place, desk = _site(request, site), _desk(request)
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    body = _body(await request.body(), is_form)
    language = body.get("lang") if isinstance(body, dict) else None
    try:
        reader = desk.reader(language)
        asked = orders.asked(address.strip("/"), body, reader)
        if getattr(asked.what, "key", "") == link_alarm.KEY:
            await _seen(desk, place.id, asked, reader)
            return _sent(is_form, place.id, body, language, link_alarm.KEY, "alarms")
        full = reader.t("wrong_full", n=MAX_ORDERS)
        kept = await asyncio.to_thread(
            desk.shelf.add_order, place.id, asked.idempotency_key, _order(desk, place.id, asked, reader), full
        )
    except BadOrder as fault:
        if not is_form:
            raise
        page = await _pages(request).not_taken(place, language, _tried(body, fault))
        return Response(page, status_code=400, media_type=MediaType.HTML)
    desk.reload_orders(place.id)
    return _sent(is_form, place.id, body, language, kept.id, "orders")


def _sent(
    is_form: bool, site: str, body: dict[str, Any], language: str | None, order_id: str, panel: str
) -> Response[Any]:
    """Back to the page it came from, or what a program must know."""
    if is_form:
        page = "/enter" if body.get("page") == "enter" else ""
        chosen = f"?lang={language}" if language in LANGUAGES else ""
        return Redirect(f"/sites/{site}{page}{chosen}#panel-{panel}", status_code=303)
    return Response({"id": order_id, "state": "waiting"}, status_code=202)


async def _seen(desk: Desk, site: str, asked: Asked, reader: Reader) -> None:
    """Acknowledge here what was raised here; raises BadOrder."""
    what = asked.what
    if not isinstance(what, AckAlarm):
        raise BadOrder(reader.t("wrong_here"))
    ack = Ack(
        id=asked.idempotency_key, who=asked.who, role="coordinator", wall_ms=reader.now.wall_ms or 0,
        comment=what.comment,
    )  # fmt: skip
    if not await desk.acknowledge_loss(site, what, ack):
        raise BadOrder(reader.t("wrong_gone"))


def _tried(body: dict[str, str], fault: BadOrder) -> Tried:
    """What to draw again, so that nobody writes anything twice."""
    return Tried(form=body.get("form", ""), values=body, field=fault.field, sentence=str(fault))


def _order(desk: Desk, site: str, asked: Asked, reader: Reader) -> orders.Order:
    head = desk.pictures[site].head
    if isinstance(asked.what, SetClock):
        asked = msgspec.structs.replace(asked, what=desk.offered(site, asked.what, reader))
    at_site = desk.settings.view.mode == "site"
    return orders.order(
        asked,
        order_id=f"o-{secrets.token_hex(12)}",
        role="owner" if at_site else "coordinator",
        through="owner-page" if at_site else "dashboard",
        entered_ms=desk.clock.wall_ms(),
        status=head.status if head else None,
    )


def _body(data: bytes, is_form: bool) -> Any:
    try:
        if is_form:
            return dict(parse_qsl(data.decode("utf-8"), max_num_fields=50))
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError) as fault:
        raise BadOrder(f"an order is JSON: {fault}") from fault


# --- faults ---


def _http_fault(request: Request[Any, Any, Any], fault: HTTPException) -> Response[Any]:
    """One sentence: as a page for people, as JSON for programs."""
    if fault.status_code == 404 and "text/html" in request.headers.get("accept", ""):
        page = _pages(request).missing(request.query_params.get("lang"))
        return Response(page, status_code=404, media_type=MediaType.HTML, headers=HEADERS)
    return _sentence(fault.status_code, fault.detail)


def _store_fault(_: Request[Any, Any, Any], fault: StoreTrouble) -> Response[Any]:
    return _sentence(503, str(fault))


def _bad_order(_: Request[Any, Any, Any], fault: BadOrder) -> Response[Any]:
    return _sentence(400, str(fault), fault.field)


def _sentence(status: int, reason: str, field: str = "") -> Response[Any]:
    said = {"error": reason, "field": field} if field else {"error": reason}
    return Response(said, status_code=status, media_type=MediaType.JSON, headers=HEADERS)
