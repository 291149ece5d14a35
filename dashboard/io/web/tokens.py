"""Tokens of other systems: made, listed and revoked by administrators."""

import asyncio
from typing import Any

from litestar import MediaType, Response, get, post

from dashboard.core.access import passwords
from dashboard.core.access.lapse import DAY_MS
from dashboard.core.access.people import Access, Person, Role, municipalities, scope_fault
from dashboard.io.access.accounts import NotPossible
from dashboard.io.access.sign_in import Came, NotIn
from dashboard.io.web.asking import Asked, came_from, desk_of, door_of, known, pages_of, reader_of
from dashboard.io.web.guard import body_of

MANAGED = {"access": Access.ACCOUNTS, "for_accounts": True}
DAYS = (7, 30, 90, 365, 400)
RIGHTS = ("read", "orders")
Lang = str | None
Told = dict[str, str]


@get("/tokens", media_type=MediaType.HTML, opt=MANAGED)
async def tokens_page(request: Asked, lang: Lang = None) -> Response[Any]:
    """All tokens, and the form for a new one."""
    return await _page(request, lang)


@post("/tokens", media_type=MediaType.HTML, status_code=200, opt=MANAGED)
async def make(request: Asked) -> Response[Any]:
    """Make one, with the code of the minute; it is shown once."""
    told, by, came = await _told(request), known(request).person, came_from(request)
    try:
        token = await _make(request, told, by, came)
    except NotIn as fault:
        return await _page(request, told.get("lang"), fault, told)
    return await _page(request, told.get("lang"), made=(passwords.spoken(told.get("name", "")), token))


@post("/tokens/{number:int}", media_type=MediaType.HTML, status_code=200, opt=MANAGED)
async def revoke(request: Asked, number: int) -> Response[Any]:
    """Take one back: the next request with it is refused, and streams that it listens to end."""
    told, door, by = await _told(request), door_of(request), known(request).person
    line = door.line(by, came_from(request).address)
    try:
        there = await asyncio.to_thread(
            door.tokens.revoke, min(number, 2**53), lambda name: line(f"token_revoked: {name}")
        )  # fmt: skip
        if not there:
            raise NotIn("wrong_no_token")
    except (NotIn, NotPossible) as fault:
        return await _page(request, told.get("lang"), NotIn(fault.key))
    desk_of(request).hub.tell("")
    return await _page(request, told.get("lang"))


async def _make(request: Asked, told: Told, by: Person, came: Came) -> str:
    """The token; raises NotIn, StoreTrouble. What was chosen is looked at before a code is spent on it."""
    door, name = door_of(request), told.get("name", "")
    if key := passwords.name_fault(name):
        raise NotIn(key, "name")
    scope = _scope(request, told.get("scope", ""))
    if told.get("rights") not in RIGHTS:
        raise NotIn("wrong_choice", "rights")
    if told.get("days") not in [str(one) for one in DAYS]:
        raise NotIn("wrong_choice", "days")
    account = await asyncio.to_thread(door.accounts.numbered, by.account)
    if account is None:
        raise NotIn("wrong_too_late")
    await door.prove_code(account, told.get("code", ""), came)
    said, rights = passwords.spoken(name), told["rights"]
    note = door.line(by, came.address, scope)(f"token_made_{rights}: {said}")
    try:
        return await asyncio.to_thread(
            door.tokens.make, door.now(), name=said, scope=scope, orders=rights == "orders", issuer=by.name,
            lasts_ms=int(told["days"]) * DAY_MS, note=note,
        )  # fmt: skip
    except NotPossible as fault:
        raise NotIn(fault.key, "name") from fault


def _scope(request: Asked, told: str) -> str:
    """At a site there is only the one; raises NotIn."""
    settings = desk_of(request).settings
    sites = tuple(one.id for one in settings.site)
    scope = sites[0] if settings.view.mode == "site" else told
    if scope_fault(Role.PROGRAM, scope, sites):
        raise NotIn("wrong_choice", "scope")
    return scope


async def _page(
    request: Asked, lang: Lang, fault: NotIn | None = None, told: Told | None = None,
    made: tuple[str, str] | None = None,
) -> Response[Any]:  # fmt: skip
    reader, door, settings = reader_of(request, lang), door_of(request), desk_of(request).settings
    rows = await asyncio.to_thread(door.tokens.all, door.now())
    ids = tuple(site.id for site in settings.site)
    scopes = {"": reader.t("scope_all")}
    scopes |= {one: reader.t("scope_municipality", scope=one) for one in municipalities(ids)}
    scopes |= {site.id: site.place for site in settings.site}
    page = pages_of(request).plain(
        "tokens.html", reader, rows=rows, told=told or {}, made=made, scopes=scopes, days=DAYS,
        wrong={fault.field or "form": reader.t(fault.key, **fault.parts)} if fault else {}, rights=RIGHTS,
        one_site=settings.view.mode == "site",
    )  # fmt: skip
    status = 200 if fault is None else 429 if fault.wait_s else 400
    response: Response[Any] = Response(page, status_code=status, media_type=MediaType.HTML)
    if fault is not None and fault.wait_s:
        response.headers["Retry-After"] = str(fault.wait_s)
    return response


async def _told(request: Asked) -> Told:
    body = await body_of(request)
    return {str(key): str(text) for key, text in body.items()} if isinstance(body, dict) else {}


HANDLERS = (tokens_page, make, revoke)
