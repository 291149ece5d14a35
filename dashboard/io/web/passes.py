"""Cards with a picture and a PIN, made for a person on this site; the sealed code, which opens the page to anyone."""

import asyncio
from typing import Any

from litestar import MediaType, Response, get, post
from litestar.response import Redirect

from contract.phrases import LANGUAGES
from dashboard.core.access.people import Access
from dashboard.core.reader import Reader
from dashboard.io.access import codes
from dashboard.io.access.passing import DAYS, ROLES, Made, Passing
from dashboard.io.access.sign_in import NotIn
from dashboard.io.web import asking
from dashboard.io.web.asking import Asked, came_from, desk_of, door_of, known, pages_of, reader_of, site_of
from dashboard.io.web.guard import body_of
from dashboard.io.web.owner import here

WAY_IN = {"access": Access.OPEN, "for_accounts": True}
GIVES = {"access": Access.ACT, "for_accounts": True}
Lang = str | None


def passing(request: Asked) -> Passing:
    """Passes and the sealed code of this site."""
    marked = desk_of(request).reader(None).t("glass_marked", name="{name}")
    return Passing(door_of(request), here(request).id, marked)


# --- cards ---


@get("/sites/{site:str}/passes", media_type=MediaType.HTML, opt=GIVES)
async def passes_page(request: Asked, site: str, lang: Lang = None) -> Response[Any]:
    """Who has a card, and the form for a new one."""
    return await _passes(request, site, lang)


@post("/sites/{site:str}/passes", media_type=MediaType.HTML, opt=GIVES)
async def give(request: Asked, site: str) -> Response[Any]:
    """Make a card; it is shown once."""
    told, by, came = await _told(request), known(request).person, came_from(request)
    try:
        made = await passing(request).give(by, came, told.get("name", ""), told.get("role", ""), told.get("days", ""))
    except NotIn as fault:
        return await _passes(request, site, told.get("lang"), fault, told)
    return await _passes(request, site, told.get("lang"), made=made)


@post("/sites/{site:str}/passes/{number:int}", media_type=MediaType.HTML, opt=GIVES)
async def end(request: Asked, site: str, number: int) -> Response[Any]:
    """End a card: whoever is in by it is out within seconds."""
    told, by = await _told(request), known(request).person
    try:
        await passing(request).take_back(by, came_from(request), min(number, 2**53))
    except NotIn as fault:
        return await _passes(request, site, told.get("lang"), fault)
    desk_of(request).hub.tell("")
    return await _passes(request, site, told.get("lang"))


@get("/pass/{token:str}", media_type=MediaType.HTML, opt=WAY_IN)
async def pass_page(request: Asked, token: str, lang: Lang = None) -> Response[Any]:
    """A button, and nothing looked up: cameras fetch a link before anybody has seen it."""
    return _page(request, "owner_pass.html", reader_of(request, lang), None, token=token[:100])


@post("/pass", media_type=MediaType.HTML, opt=WAY_IN)
async def scan(request: Asked) -> Response[Any]:
    """Use the picture of a card up; whoever did is signed in."""
    told = await _told(request)
    try:
        let = await passing(request).scan(told.get("token", ""), came_from(request))
    except NotIn as fault:
        return _page(request, "owner_pass.html", reader_of(request, told.get("lang")), fault, token="")
    return _in(request, let, told.get("lang"))


# --- the sealed code ---


@get("/sealed", media_type=MediaType.HTML, opt=WAY_IN)
async def glass_page(request: Asked, lang: Lang = None) -> Response[Any]:
    """A name and the code."""
    here(request)
    return _page(request, "owner_sealed.html", reader_of(request, lang), None, name="")


@post("/sealed", media_type=MediaType.HTML, opt=WAY_IN)
async def break_glass(request: Asked) -> Response[Any]:
    """Open the page with the sealed code: an owner's rights for a day, and an alarm at the centre."""
    told, desk = await _told(request), desk_of(request)
    name = told.get("name", "")
    try:
        let = await passing(request).break_glass(name, told.get("code", ""), came_from(request))
    except NotIn as fault:
        return _page(request, "owner_sealed.html", reader_of(request, told.get("lang")), fault, name=name[:100])
    desk.reload_orders(here(request).id)
    return _in(request, let, told.get("lang"))


# --- what they share ---


def _in(request: Asked, let: Any, lang: Lang) -> Response[Any]:
    """In, with a session of its own and a device that is known from now on."""
    response: Response[Any] = Redirect(f"/?lang={lang if lang in LANGUAGES else LANGUAGES[0]}", status_code=303)
    asking.put_cookie(request, response, asking.SESSION, let.token, for_s=asking.DEVICE_S)
    asking.put_cookie(request, response, asking.DEVICE, let.mark, for_s=asking.DEVICE_S)
    asking.drop_cookie(request, response, asking.BEFORE)
    return response


def _page(request: Asked, template: str, reader: Reader, fault: NotIn | None, **context: Any) -> Response[Any]:
    said = reader.t(fault.key, **fault.parts) if fault else ""
    wrong = {fault.field or "form": said} if fault else {}
    status = 200 if fault is None else 429 if fault.wait_s else 400
    page = pages_of(request).plain(template, reader, wrong=wrong, **context)
    response: Response[Any] = Response(page, status_code=status, media_type=MediaType.HTML)
    if fault is not None and fault.wait_s:
        response.headers["Retry-After"] = str(fault.wait_s)
    if before := known(request).before:
        asking.put_cookie(request, response, asking.BEFORE, before)
    return response


async def _passes(
    request: Asked, site: str, lang: Lang, fault: NotIn | None = None, told: dict[str, str] | None = None,
    made: Made | None = None,
) -> Response[Any]:  # fmt: skip
    place, reader = site_of(request, site), reader_of(request, lang, site)
    rows = await passing(request).given()
    gives = await passing(request).gives(known(request).person)
    seal = await asyncio.to_thread(door_of(request).sealed.now, place.id)
    given = await asyncio.to_thread(door_of(request).leaving.given)
    card = None if made is None else _card(request, made)
    return _page(
        request, "owner_passes.html", reader, fault, place=place, rows=rows, told=told or {}, made=made, card=card,
        roles=ROLES, days=DAYS, seal=seal, given=given, gives=gives,
    )  # fmt: skip


def _card(request: Asked, made: Made) -> dict[str, str]:
    """What stands on the card: addresses under the name by which this page was reached."""
    scheme = "https" if desk_of(request).settings.web.encrypted else "http"
    root = f"{scheme}://{request.headers['host']}"
    pin = f"{made.pin[:4]} {made.pin[4:]}"
    return {"address": root, "picture": codes.picture(f"{root}/pass/{made.token}"), "pin": pin}


async def _told(request: Asked) -> dict[str, str]:
    body = await body_of(request)
    return {str(key): str(text) for key, text in body.items()} if isinstance(body, dict) else {}


HANDLERS = (passes_page, give, end, pass_page, scan, glass_page, break_glass)
