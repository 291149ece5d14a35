"""The site's own page, for a phone outdoors: the sentence, the steps, the buttons; the sheet for the notice board."""

import asyncio
from typing import Any

from litestar import MediaType, Response, get
from litestar.exceptions import HTTPException

from dashboard.core.access.addresses import is_loopback
from dashboard.core.access.people import Access
from dashboard.core.forms.entry import Tried
from dashboard.core.owner import food
from dashboard.core.owner.acts import acts
from dashboard.core.owner.history import SHOWN, history
from dashboard.core.owner.lock import lock_line
from dashboard.core.owner.sentence import facts_of, sentence
from dashboard.core.owner.sheet import sheet
from dashboard.core.owner.steps import steps
from dashboard.core.reader import Reader
from dashboard.core.sending import orders
from dashboard.core.sending.orders import Answered
from dashboard.core.sites import Site
from dashboard.io.desk import Desk
from dashboard.io.store.database import StoreTrouble
from dashboard.io.web.asking import Asked, came_from, desk_of, pages_of, reader_of, sign_in_of
from dashboard.io.web.guard import LIVE
from dashboard.io.web.lock import ends_ms

PANELS = ("now", "steps", "food", "later", "nodes", "waiting", "history")
"""Parts of the page that are fetched again when the site changes; forms that somebody fills in are none of them."""
SHOWN_ANSWERS = 3
KEPT_H = 24
"""How long a phone may show the last state without contact, with its age."""


@get("/owner/panels", opt=LIVE)
async def panels(request: Asked, lang: str | None = None) -> dict[str, str]:
    """The changing parts of the page."""
    site, pages = here(request), pages_of(request)
    reader = reader_of(request, lang, site.id)
    context = await _context(request, site, reader)
    drawn = {f"owner-{name}": pages.plain(f"panels/owner_{name}.html", reader, **context) for name in PANELS}
    return {"notices": pages.plain("panels/notices.html", reader), **drawn}


@get("/print", media_type=MediaType.HTML, opt={"access": Access.READ})
async def print_now(request: Asked, lang: str | None = None) -> str:
    """“Läget nu” on one sheet: what a visitor may know, and nothing else."""
    site, desk = here(request), desk_of(request)
    reader = reader_of(request, lang, site.id)
    frames = desk.card(site, reader).frames
    return pages_of(request).plain("print_now.html", reader, sheet=sheet(desk.board, site.place, frames, reader))


@get("/api/owner", opt=LIVE)
async def owner_json(request: Asked, lang: str | None = None) -> dict[str, Any]:
    """The sentence and the steps for programs."""
    site, desk = here(request), desk_of(request)
    reader = reader_of(request, lang, site.id)
    card = desk.card(site, reader)
    said = sentence(card, reader, listening=desk.broker_up)
    todo = steps(card, facts_of(card, listening=desk.broker_up).heard, reader)
    return {
        "role": said.role, "words": said.words, "fuel": said.fuel, "point": said.point, "frames": list(card.frames),
        "steps": [{"words": one.words, "do": one.do, "role": one.role} for one in todo.shown], "more": todo.more,
    }  # fmt: skip


def here(request: Asked) -> Site:
    """The one site of a program that runs at a site; 404 where there are many."""
    settings = desk_of(request).settings
    if settings.view.mode != "site":
        raise HTTPException(status_code=404, detail="there is nothing here")
    return settings.site[0]


async def page(request: Asked, lang: str | None) -> str:
    """The page as it is now."""
    return await _drawn(request, lang, None)


async def not_taken(request: Asked, lang: str | None, tried: Tried) -> Response[Any]:
    """The page again, with the form that was not taken open and its sentence at its field."""
    return Response(await _drawn(request, lang, tried), status_code=400, media_type=MediaType.HTML)


async def _drawn(request: Asked, lang: str | None, tried: Tried | None) -> str:
    site, desk = here(request), desk_of(request)
    reader = reader_of(request, lang, site.id)
    context = await _context(request, site, reader, tried)
    web = desk.settings.web
    lock = lock_line(
        encrypted=web.encrypted, loopback=is_loopback(came_from(request).address),
        ends_ms=ends_ms(web.certificate_file), reader=reader,
    )  # fmt: skip
    notices = desk.board.notices(reader.now)
    drawn = acts(context["card"], notices, reader, tried)
    return pages_of(request).plain("owner.html", reader, **context, acts=drawn, lock=lock, keep_h=KEPT_H, tried=tried)


async def _context(request: Asked, site: Site, reader: Reader, tried: Tried | None = None) -> dict[str, Any]:
    desk = desk_of(request)
    card = desk.card(site, reader)
    said = sentence(card, reader, listening=desk.broker_up)
    if desk.asked is not None:
        await desk.asked.freshen()
    noted, noted_ms = (None, None) if desk.asked is None else (desk.asked.events, desk.asked.events_ms)
    answered, seal = await asyncio.to_thread(_stored, desk, sign_in_of(request), site.id)
    return {
        "card": card,
        "watched": () if desk.food is None else food.places_now(desk.food.log, desk.pictures[site.id], reader),
        "said": said,
        "todo": steps(card, facts_of(card, listening=desk.broker_up).heard, reader, tried),
        "orders": orders.sent(desk.pending[site.id], answered[:SHOWN_ANSWERS], reader),
        "history": history(noted, desk.board.picture, desk.pictures[site.id], answered, reader),
        "box_ago": None if noted_ms is None else reader.now.mono_ms - noted_ms,
        "drawn": reader.when(reader.now.wall_ms),
        "seal": seal,
        "has_accounts": sign_in_of(request) is not None,
    }


def _stored(desk: Desk, door: Any, site: str) -> tuple[tuple[Answered, ...], Any]:
    """The last answers and how the sealed code stands; nothing when the store does not answer, as the page says."""
    try:
        return tuple(desk.shelf.lately(site, SHOWN)), None if door is None else door.sealed.now(site)
    except StoreTrouble as fault:
        desk.trouble = str(fault)
        return (), None


HANDLERS = (panels, print_now, owner_json)
