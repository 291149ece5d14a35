"""The addresses of the dashboard, all joined: pages for people stand here, the rest in the rooms beside it."""

import asyncio
import contextlib
import logging
from importlib.resources import files
from pathlib import Path
from typing import Any

from litestar import Litestar, MediaType, Response, get
from litestar.config.compression import CompressionConfig
from litestar.exceptions import HTTPException
from litestar.response import ServerSentEvent
from litestar.static_files import create_static_files_router

from dashboard.core.access.people import Access
from dashboard.core.site.periods import Period
from dashboard.io.access.sign_in import SignIn
from dashboard.io.desk import Desk
from dashboard.io.store.database import StoreTrouble
from dashboard.io.web import (
    accounts,
    data,
    faults,
    food,
    messages,
    notify,
    openapi,
    ordering,
    owner,
    passes,
    reports,
    sign_in,
    tiles,
    tokens,
)
from dashboard.io.web import alarms as alarms_room
from dashboard.io.web import overview as overview_room
from dashboard.io.web import work as work_room
from dashboard.io.web.asking import Asked, desk_of, known, pages_of, reader_of, sign_in_of, site_of
from dashboard.io.web.gathered import Gatherings
from dashboard.io.web.guard import HEADERS, LIVE, PUBLIC, admit
from dashboard.io.web.overview_rows import Rows
from dashboard.io.web.pages import Pages

log = logging.getLogger(__name__)

STATIC = Path(str(files("dashboard").joinpath("static")))
UPLOT = files("youplot").joinpath("vendor")
CURVES = {"uplot.iife.min.js": "text/javascript", "uplot.min.css": "text/css"}
MAX_BODY = 64 * 1024
ROOMS = (
    data, ordering, sign_in, accounts, overview_room, owner, food, passes, notify, messages, reports, work_room,
    alarms_room, tokens, openapi, tiles,
)  # fmt: skip
"""Modules with addresses of their own, each a tuple HANDLERS."""


def build(desk: Desk, pages: Pages, port: int, door: SignIn | None = None) -> Litestar:
    """The web program on a port. Where the settings ask people to sign in, `door` must be there."""
    if desk.settings.sign_in.required and door is None:
        raise ValueError("the settings ask people to sign in, and nobody could")

    async def add_headers(response: Response[Any]) -> Response[Any]:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    app = Litestar(
        route_handlers=[
            overview, site_page, panels, events, uplot,
            *(handler for room in ROOMS for handler in room.HANDLERS),
            create_static_files_router(path="/static", directories=[STATIC], opt=PUBLIC),
        ],
        guards=[admit],
        after_request=add_headers,
        exception_handlers=faults.FAULTS,
        request_max_body_size=MAX_BODY,
        compression_config=CompressionConfig(backend="gzip", gzip_compress_level=5, exclude=["^/events", "^/tiles"]),
        openapi_config=openapi.config(),
        logging_config=None,
    )  # fmt: skip
    app.state.desk, app.state.pages, app.state.port = desk, pages, port
    app.state.rows, app.state.gatherings = Rows(desk), Gatherings(desk.hub, desk.clock.up_ms)
    app.state.sign_in = door if desk.settings.sign_in.required else None
    return app


# --- pages ---


@get("/", media_type=MediaType.HTML, opt={"access": Access.READ})
async def overview(request: Asked, lang: str | None = None) -> str:
    """All sites; at the site itself its one card."""
    desk = desk_of(request)
    if desk.settings.view.mode == "site" and known(request).person.sees(desk.settings.site[0].id):
        return await owner.page(request, lang)
    return await overview_room.page(request, lang)


@get("/sites/{site:str}", media_type=MediaType.HTML, opt={"access": Access.READ})
async def site_page(request: Asked, site: str, lang: str | None = None, period: Period = Period.DAY) -> str:
    """One site in full; `period`: how far back."""
    return await pages_of(request).site(site_of(request, site), reader_of(request, lang, site), period)


@get("/sites/{site:str}/panels", opt=LIVE)
async def panels(request: Asked, site: str, lang: str | None = None, period: Period = Period.DAY) -> dict[str, str]:
    """The changing parts of a site's page."""
    return await pages_of(request).panels(site_of(request, site), reader_of(request, lang, site), period)


@get("/events", opt=LIVE)
async def events(request: Asked) -> ServerSentEvent:
    """Which sites change, as it happens."""
    hub, visitor, door = desk_of(request).hub, known(request), sign_in_of(request)
    bearer = visitor.bearer
    if hub.full(visitor.person):
        raise HTTPException(status_code=503, detail="too many pages listen already; close one")

    async def still() -> bool:
        if door is None:
            return True
        with contextlib.suppress(StoreTrouble):
            if bearer:
                token = await asyncio.to_thread(door.tokens.find, bearer, door.now())
                return token is not None and token.person == visitor.person
            found = await asyncio.to_thread(door.session, visitor.session, touch=False)
            return found is not None and found.account.person == visitor.person
        return True  # a store that does not answer at this moment sends nobody away

    return ServerSentEvent(hub.stream(visitor.person, still))


@get("/uplot/{name:str}", opt=PUBLIC)
async def uplot(name: str) -> Response[bytes]:
    """The curve library, from its installed package."""
    if name not in CURVES:
        raise HTTPException(status_code=404, detail="there is no such file")
    return Response(UPLOT.joinpath(name).read_bytes(), media_type=CURVES[name])
