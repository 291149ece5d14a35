"""The way in and out: signing in, the code, a link that makes an account, one's own account."""

import asyncio
import re
from typing import Any

from litestar import MediaType, Response, get, post
from litestar.response import Redirect

from contract.phrases import LANGUAGES
from dashboard.core.access import passwords
from dashboard.core.access.addresses import is_loopback
from dashboard.core.access.people import NEEDS_CODE, Access
from dashboard.core.reader import Reader
from dashboard.io.access import codes
from dashboard.io.access.links import Invited
from dashboard.io.access.sessions import CODE
from dashboard.io.access.sign_in import Let, NotIn
from dashboard.io.web import asking
from dashboard.io.web.asking import Asked, came_from, desk_of, door_of, known, pages_of, reader_of
from dashboard.io.web.guard import HEADERS, body_of

WAY_IN = {"access": Access.OPEN, "for_accounts": True}
OWN = {"access": Access.SIGNED_IN, "for_accounts": True}
ONWARD = re.compile(r"/(?:sites/[a-z0-9-]{1,64}(?:/enter)?|account|accounts|tokens|log|messages|reports)?", re.ASCII)
"""Where somebody may be sent after signing in: pages of ours, nothing that a link made up."""
TOO_MANY, WRONG = 429, 400
Lang = str | None


# --- signing in ---


def to_sign_in(request: Asked, reader: Reader) -> Response[Any]:
    """Nobody is signed in: to the form, or, where something was sent, a page that says what became of it."""
    if request.method != "GET":
        page = pages_of(request).plain("signed_out.html", reader)
        return Response(page, status_code=401, media_type=MediaType.HTML, headers=HEADERS)
    path = request.url.path
    onward = f"&next={path}" if ONWARD.fullmatch(path) and path != "/" else ""
    return Redirect(f"/sign-in?lang={reader.language}{onward}", status_code=303, headers=HEADERS)


@get("/sign-in", media_type=MediaType.HTML, opt=WAY_IN)
async def sign_in_page(request: Asked, lang: Lang = None) -> Response[Any]:
    """Name and password; `next` says where to afterwards."""
    onward = request.query_params.get("next", "/")
    if known(request).signed_in:
        return Redirect(_safe(onward), status_code=303)
    return await _sign_in_form(request, lang, _safe(onward))


@post("/sign-in", media_type=MediaType.HTML, opt=WAY_IN)
async def sign_in(request: Asked) -> Response[Any]:
    """The first step."""
    told = await _told(request)
    onward, lang = _safe(told.get("next", "/")), told.get("lang")
    try:
        let = await door_of(request).password(told.get("name", ""), told.get("password", ""), came_from(request))
    except NotIn as fault:
        return await _sign_in_form(request, lang, onward, fault, told.get("name", ""))
    if let.stage == CODE:
        response: Response[Any] = Redirect(f"/sign-in/code?lang={_language(lang)}&next={onward}", status_code=303)
        asking.put_cookie(request, response, asking.SESSION, let.token)
        return response
    return _in(request, let, onward, lang)


@get("/sign-in/code", media_type=MediaType.HTML, opt=WAY_IN)
async def code_page(request: Asked, lang: Lang = None) -> Response[Any]:
    """The code of the minute."""
    onward = request.query_params.get("next", "/")
    if known(request).signed_in:
        return Redirect(_safe(onward), status_code=303)
    return _code_form(request, lang, _safe(onward))


@post("/sign-in/code", media_type=MediaType.HTML, opt=WAY_IN)
async def code(request: Asked) -> Response[Any]:
    """The second step."""
    told = await _told(request)
    onward, lang = _safe(told.get("next", "/")), told.get("lang")
    try:
        let = await door_of(request).code(asking.token_of(request), told.get("code", ""), came_from(request))
    except NotIn as fault:
        if fault.key == "wrong_too_late":
            return await _sign_in_form(request, lang, onward, fault)
        return _code_form(request, lang, onward, fault)
    return _in(request, let, onward, lang)


async def _sign_in_form(
    request: Asked, lang: Lang, onward: str, fault: NotIn | None = None, name: str = ""
) -> Response[Any]:
    reader, web = reader_of(request, lang), desk_of(request).settings.web
    nobody = not await asyncio.to_thread(door_of(request).accounts.count)
    plain = not web.encrypted and not is_loopback(came_from(request).address)
    return _page(request, "sign_in.html", reader, fault, onward=onward, name=name[:100], plain=plain, nobody=nobody)


def _code_form(request: Asked, lang: Lang, onward: str, fault: NotIn | None = None) -> Response[Any]:
    return _page(request, "code.html", reader_of(request, lang), fault, onward=onward)


# --- by a link ---


@get("/link/{token:str}", media_type=MediaType.HTML, opt=WAY_IN)
async def link_page(request: Asked, token: str, lang: Lang = None) -> Response[Any]:
    """A button, and nothing looked up: mail and chat programs fetch a link before anybody has seen it."""
    return _page(request, "link.html", reader_of(request, lang), None, token=token[:100])


@post("/link", media_type=MediaType.HTML, opt=WAY_IN)
async def open_link(request: Asked) -> Response[Any]:
    """A link is used up by opening it; the page that follows has nothing secret in its address."""
    told, door = await _told(request), door_of(request)
    ticket = await asyncio.to_thread(door.links.open, told.get("token", "")[:100], door.now())
    response: Response[Any] = Redirect(f"/welcome?lang={_language(told.get('lang'))}", status_code=303)
    if ticket is not None:
        asking.put_cookie(request, response, asking.TICKET, ticket, for_s=asking.TICKET_S)
    return response


@get("/welcome", media_type=MediaType.HTML, opt=WAY_IN)
async def welcome_page(request: Asked, lang: Lang = None) -> Response[Any]:
    """Choose a password, and set up the app."""
    return await _welcome_form(request, lang)


@post("/welcome", media_type=MediaType.HTML, opt=WAY_IN)
async def welcome(request: Asked) -> Response[Any]:
    """Make the account; whoever did is signed in."""
    told = await _told(request)
    lang, ticket = told.get("lang"), request.cookies.get(asking.cookie_name(request, asking.TICKET), "")[:100]
    try:
        let, recovery = await door_of(request).accept(
            ticket, told.get("name", ""), told.get("password", ""), told.get("code", ""), came_from(request)
        )
    except NotIn as fault:
        return await _welcome_form(request, lang, fault, told.get("name", ""))
    if recovery:
        response = _page(request, "recovery.html", _reader_let(request, lang, let), None, recovery=recovery)
    else:
        response = Redirect(f"/?lang={_language(lang)}", status_code=303)
    _keep(request, response, let)
    asking.drop_cookie(request, response, asking.TICKET)
    return response


async def _welcome_form(request: Asked, lang: Lang, fault: NotIn | None = None, name: str = "") -> Response[Any]:
    reader, door = reader_of(request, lang), door_of(request)
    ticket = request.cookies.get(asking.cookie_name(request, asking.TICKET), "")[:100]
    invited = await asyncio.to_thread(door.links.held, ticket, door.now())
    if invited is None:
        return _page(request, "link_dead.html", reader, None, status=410)
    app = _app(request, invited, name) if invited.role in NEEDS_CODE else None
    clock = door.now().wall_ms is not None
    return _page(
        request, "welcome.html", reader, fault, invited=invited, app=app, clock=clock, name=invited.name or name[:100],
        shortest=passwords.SHORTEST,
    )  # fmt: skip


def _app(request: Asked, invited: Invited, name: str) -> dict[str, str]:
    place = desk_of(request).settings.site[0].place if desk_of(request).settings.view.mode == "site" else ""
    address = codes.address(invited.totp, passwords.spoken(invited.name or name or "sotpunkt"), place)
    key = " ".join(invited.totp[at : at + 4] for at in range(0, len(invited.totp), 4))
    return {"address": address, "picture": codes.picture(address), "key": key}


# --- one's own account ---


@post("/sign-out", media_type=MediaType.HTML, opt=OWN)
async def sign_out(request: Asked) -> Response[Any]:
    """Here, or, with `everywhere`, on all devices."""
    told, visitor, door = await _told(request), known(request), door_of(request)
    if told.get("everywhere"):
        await door.leave_everywhere(visitor.session, visitor.person, came_from(request).address)
    else:
        await door.leave(visitor.session, visitor.person, came_from(request).address)
    desk_of(request).hub.tell("")
    response: Response[Any] = Redirect(f"/sign-in?lang={_language(told.get('lang'))}", status_code=303)
    asking.drop_cookie(request, response, asking.SESSION)
    return response


@get("/account", media_type=MediaType.HTML, opt=OWN)
async def account_page(request: Asked, lang: Lang = None) -> Response[Any]:
    """Who one is, one's password, one's devices."""
    return await _account_form(request, reader_of(request, lang))


@post("/account/password", media_type=MediaType.HTML, opt=OWN)
async def change_password(request: Asked) -> Response[Any]:
    """A new password; all other devices are signed out."""
    told, door, person = await _told(request), door_of(request), known(request).person
    lang = told.get("lang")
    account = await asyncio.to_thread(door.accounts.numbered, person.account)
    try:
        if account is None:
            raise NotIn("wrong_too_late")
        let = await door.change_password(account, told.get("old", ""), told.get("password", ""), came_from(request))
    except NotIn as fault:
        return await _account_form(request, reader_of(request, lang), fault)
    desk_of(request).hub.tell("")
    response = await _account_form(request, _reader_let(request, lang, let), done="password_changed")
    _keep(request, response, let)
    return response


@post("/account/recovery", media_type=MediaType.HTML, opt=OWN)
async def renew_recovery(request: Asked) -> Response[Any]:
    """New recovery codes, shown once, for whoever knows the password too."""
    told, door, person = await _told(request), door_of(request), known(request).person
    reader = reader_of(request, told.get("lang"))
    account = await asyncio.to_thread(door.accounts.numbered, person.account)
    try:
        if account is None or account.role not in NEEDS_CODE:
            raise NotIn("wrong_too_late")
        made = await door.new_recovery(account, told.get("old", ""), came_from(request))
    except NotIn as fault:
        return await _account_form(request, reader, fault, at="recovery")
    return _page(request, "recovery.html", reader, None, recovery=made)


async def _account_form(
    request: Asked, reader: Reader, fault: NotIn | None = None, done: str = "", at: str = "password"
) -> Response[Any]:
    """`at`: the form at which the fault stands."""
    door, person = door_of(request), reader.person
    sessions = await asyncio.to_thread(door.sessions.count, person.account)
    left = await asyncio.to_thread(door.accounts.recovery_left, person.account)
    return _page(
        request, "account.html", reader, fault, sessions=sessions, left=left, with_code=person.role in NEEDS_CODE,
        done=done, at=at, shortest=passwords.SHORTEST,
    )  # fmt: skip


# --- what they share ---


def _page(
    request: Asked, template: str, reader: Reader, fault: NotIn | None, status: int = 200, **context: Any
) -> Response[Any]:
    """A page with its form; `fault` stands at its field. A stranger gets the cookie that the token belongs to."""
    said = reader.t(fault.key, **fault.parts) if fault else ""
    if fault is not None:
        status = TOO_MANY if fault.wait_s else WRONG
    wrong = {fault.field or "form": said} if fault else {}
    page = pages_of(request).plain(template, reader, wrong=wrong, **context)
    response: Response[Any] = Response(page, status_code=status, media_type=MediaType.HTML)
    if fault is not None and fault.wait_s:
        response.headers["Retry-After"] = str(fault.wait_s)
    before = known(request).before
    if before:
        asking.put_cookie(request, response, asking.BEFORE, before)
    return response


def _in(request: Asked, let: Let, onward: str, lang: Lang) -> Response[Any]:
    response: Response[Any] = Redirect(f"{onward}?lang={_language(lang)}", status_code=303)
    _keep(request, response, let)
    return response


def _keep(request: Asked, response: Response[Any], let: Let) -> None:
    """A new session, and a device that is known from now on."""
    asking.put_cookie(request, response, asking.SESSION, let.token, for_s=asking.DEVICE_S)
    asking.put_cookie(request, response, asking.DEVICE, let.mark, for_s=asking.DEVICE_S)
    asking.drop_cookie(request, response, asking.BEFORE)


def _reader_let(request: Asked, lang: Lang, let: Let) -> Reader:
    """The reader of a page that is drawn in the same moment as somebody comes in."""
    return desk_of(request).reader(lang, let.person, acts=False, token=let.page_token)


async def _told(request: Asked) -> dict[str, str]:
    body = await body_of(request)
    return {str(key): str(text) for key, text in body.items()} if isinstance(body, dict) else {}


def _safe(onward: str) -> str:
    return onward if ONWARD.fullmatch(onward) else "/"


def _language(lang: Lang) -> str:
    return lang if lang in LANGUAGES else LANGUAGES[0]


HANDLERS = (
    sign_in_page, sign_in, code_page, code, link_page, open_link, welcome_page, welcome, sign_out, account_page,
    change_password, renew_recovery,
)  # fmt: skip
