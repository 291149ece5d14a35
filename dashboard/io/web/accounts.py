"""Looking after accounts, and the log: for administrators."""

import asyncio
from dataclasses import dataclass
from typing import Any

from litestar import MediaType, Response, get, post
from litestar.params import Parameter

from dashboard.core.access.people import OF_PEOPLE, Access, Role, municipalities, scope_fault
from dashboard.core.reader import Reader
from dashboard.core.texts.pages import TEXTS
from dashboard.io.access import codes
from dashboard.io.access.audit import Line
from dashboard.io.access.leaving import Did
from dashboard.io.access.sign_in import NotIn
from dashboard.io.web.asking import Asked, came_from, desk_of, door_of, known, pages_of, reader_of
from dashboard.io.web.guard import body_of

MANAGED = {"access": Access.ACCOUNTS, "for_accounts": True}
SHOWN_LINES = 100
Lang = str | None


@dataclass(frozen=True, slots=True)
class Made:
    """A link that was just made: shown once."""

    name: str
    address: str
    picture: str


@get("/accounts", media_type=MediaType.HTML, opt=MANAGED)
async def accounts_page(request: Asked, lang: Lang = None) -> Response[Any]:
    """All accounts, and the form that invites."""
    return await _accounts(request, lang)


@post("/accounts", media_type=MediaType.HTML, opt=MANAGED)
async def invite(request: Asked) -> Response[Any]:
    """Invite somebody; the link is shown once."""
    told, door, by = await _told(request), door_of(request), known(request).person
    lang = told.get("lang")
    try:
        role, scope = _chosen(request, told)
        token = await door.invite(by, came_from(request).address, told.get("name", ""), role, scope)
    except NotIn as fault:
        return await _accounts(request, lang, fault, told)
    return await _accounts(request, lang, made=_made(request, told.get("name", ""), token))


@post("/accounts/{number:int}", media_type=MediaType.HTML, opt=MANAGED)
async def change(request: Asked, number: int) -> Response[Any]:
    """`did`: lock, unlock, remove or renew."""
    told, door, by = await _told(request), door_of(request), known(request).person
    lang, did, address = told.get("lang"), told.get("did", ""), came_from(request).address
    try:
        account = await asyncio.to_thread(door.accounts.numbered, min(number, 2**53))
        if account is not None and did == "renew":
            made = _made(request, account.name, await door.renew(by, address, account))
            return await _accounts(request, lang, made=made)
        if account is None or did not in tuple(Did):
            raise NotIn("wrong_no_account")
        if account.number == by.account:
            raise NotIn("wrong_yourself")
        await door.change(by, address, account, Did(did))
    except NotIn as fault:
        return await _accounts(request, lang, fault)
    desk_of(request).hub.tell("")
    return await _accounts(request, lang)


@post("/accounts/links", media_type=MediaType.HTML, opt=MANAGED)
async def withdraw(request: Asked) -> Response[Any]:
    """Take back a link, opened or not."""
    told, by = await _told(request), known(request).person
    try:
        await door_of(request).withdraw(by, came_from(request).address, told.get("link", ""))
    except NotIn as fault:
        return await _accounts(request, told.get("lang"), fault)
    return await _accounts(request, told.get("lang"))


@get("/log", media_type=MediaType.HTML, opt=MANAGED)
async def log_page(request: Asked, lang: Lang = None, before: int | None = Parameter(default=None, ge=1)) -> str:
    """What people have done, newest first."""
    reader = reader_of(request, lang)
    found = await asyncio.to_thread(door_of(request).audit.newest, SHOWN_LINES, min(before or 2**53, 2**53))
    lines = [_worded(one, reader) for one in found]
    older = found[-1].number if len(found) == SHOWN_LINES else None
    return pages_of(request).plain("log.html", reader, lines=lines, older=older)


def _worded(line: Line, reader: Reader) -> dict[str, str]:
    """A line of the log in the reader's words."""
    did, _, about = line.did.partition(": ")
    if did == "order":
        about = _words(reader, f"order_{about}", about)
    role = reader.t(f"role_{line.role}") if line.role in tuple(Role) else line.role
    return {
        "when": reader.when(line.wall_ms), "who": line.who or reader.t("unknown_name"), "role": role,
        "did": f"{_words(reader, f'did_{did}', did)} {about}".strip(), "site": line.site, "address": line.address,
        "result": _words(reader, f"result_{line.result}", line.result), "ok": "yes" if line.result == "ok" else "",
    }  # fmt: skip


def _words(reader: Reader, key: str, plain: str) -> str:
    """What the log has no words for stands as it was written: no line may hide all others."""
    return reader.t(key) if key in TEXTS else plain


def _chosen(request: Asked, told: dict[str, str]) -> tuple[Role, str]:
    """Role and scope as they were chosen; raises NotIn. At a site there is only the one, and nobody is asked."""
    try:
        role = Role(told.get("role", ""))
    except ValueError as fault:
        raise NotIn("wrong_choice", "role") from fault
    if role not in OF_PEOPLE:
        raise NotIn("wrong_choice", "role")
    settings = desk_of(request).settings
    sites, scope = tuple(one.id for one in settings.site), told.get("scope", "")
    if role is Role.ADMINISTRATOR:
        scope = ""
    elif settings.view.mode == "site":
        scope = municipalities(sites)[0] if role is Role.COORDINATOR else sites[0]
    if key := scope_fault(role, scope, sites):
        raise NotIn(key, "scope")
    return role, scope


def _made(request: Asked, name: str, token: str) -> Made:
    """The link under the name by which the administrator reached this page."""
    scheme = "https" if desk_of(request).settings.web.encrypted else "http"
    address = f"{scheme}://{request.headers['host']}/link/{token}"
    return Made(name, address, codes.picture(address))


async def _accounts(
    request: Asked, lang: Lang, fault: NotIn | None = None, told: dict[str, str] | None = None, made: Made | None = None
) -> Response[Any]:
    reader, settings = reader_of(request, lang), desk_of(request).settings
    door = door_of(request)
    rows, given = await asyncio.to_thread(lambda: (door.accounts.all(), door.leaving.given()))
    waiting = await asyncio.to_thread(door.links.waiting, door.now())
    wrong = {fault.field or "form": reader.t(fault.key, **fault.parts)} if fault else {}
    ids = tuple(site.id for site in settings.site)
    scopes = [("", reader.t("scope_all"))]
    scopes += [(one, reader.t("scope_municipality", scope=one)) for one in municipalities(ids)]
    scopes += [(site.id, site.place) for site in settings.site]
    page = pages_of(request).plain(
        "accounts.html", reader, rows=rows, wrong=wrong, told=told or {}, made=made, scopes=dict(scopes),
        waiting=waiting, given=given, roles=OF_PEOPLE, one_site=settings.view.mode == "site",
    )  # fmt: skip
    return Response(page, status_code=400 if fault else 200, media_type=MediaType.HTML)


async def _told(request: Asked) -> dict[str, str]:
    body = await body_of(request)
    return {str(key): str(text) for key, text in body.items()} if isinstance(body, dict) else {}


HANDLERS = (accounts_page, invite, change, withdraw, log_page)
