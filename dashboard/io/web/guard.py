"""Who is answered: only pages of this very server, and only people who may. A name that was bent to this address, a
form on another page, an address that nobody has opened to anybody: refused.
"""

import asyncio
import contextlib
import ipaddress
import re
import socket
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler

from dashboard.config import Web
from dashboard.core.access.addresses import shortened
from dashboard.core.access.people import Access
from dashboard.io.store.database import StoreTrouble
from dashboard.io.web.arriving import bearer_of, program_of
from dashboard.io.web.asking import NO_SITE, Visitor, came_from, sign_in_of, visitor_of

OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""'unsafe-inline' is for styles only: the curve library writes its own."""
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 1100
"""A message may name a thousand sites, each a field; the size of a body is bounded beside it."""
READING = ("GET", "HEAD")
PUBLIC = {"access": Access.OPEN, "public": True}
"""Files that are the same for everybody; nobody looks who asks."""
LIVE = {"access": Access.READ, "quiet": True}
"""What an open page fetches by itself: no sign that somebody is there."""


def refused(method: str, headers: Mapping[str, str], port: int, web: Web | None = None) -> str | None:
    """Why a request is not answered, or None. `web`: what the settings say of names and encryption."""
    web = web or Web()
    host = headers.get("host", "").lower()
    if not _own(host, port, web):
        return f"this server does not answer to the name {host[:80]!r}"
    if method in READING:
        return None
    origin = headers.get("origin")
    if origin is not None:
        parts, scheme = urlsplit(origin), "https" if web.encrypted else "http"
        same = parts.scheme == scheme and (parts.netloc == host or (web.loopback and _own(parts.netloc, port, web)))
        return None if same else "the request came from another page"
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return "the request came from another page"
    return None


def _own(host: str, port: int, web: Web) -> bool:
    """A loopback server is called by its loopback names; any other also by its addresses, which no stranger's name
    server can give away, and by the names it was given."""
    match = re.fullmatch(r"(\[[0-9a-f:.]+\]|[^\[\]:]+)(?::(\d{1,5}))?", host)
    if match is None:
        return False
    name, told = match[1], int(match[2] or (443 if web.encrypted else 80))
    if name in {one.lower() for one in web.names}:
        return True
    if told != port:
        return False
    return name in OWN_NAMES or (not web.loopback and (_is_address(name.strip("[]")) or name in _machine()))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _machine() -> tuple[str, str]:
    """What this machine calls itself, also as neighbours find it (mDNS)."""
    name = socket.gethostname().lower()
    return name, f"{name}.local"


async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Before every handler: is it our page, who asks, and may they? What says nothing of access is shut."""
    request = cast("Request[Any, Any, Any]", connection)  # nothing but HTTP is served here
    state = request.app.state
    reason = refused(request.method, request.headers, state.port, state.desk.settings.web)
    if reason is not None:
        raise HTTPException(status_code=403, detail=reason)
    access = handler.opt.get("access")
    if "\0" in request.scope["path"]:  # no file and no site is called that
        raise HTTPException(status_code=404, detail="there is nothing here")
    if not isinstance(access, Access):
        raise HTTPException(status_code=404, detail="there is nothing here")
    if sign_in_of(request) is None:
        if handler.opt.get("for_accounts"):
            raise HTTPException(status_code=404, detail="nobody signs in here")
        site = request.path_params.get("site")
        request.state.visitor = Visitor(person=state.desk.anybody(), site=site)
        return
    if not handler.opt.get("public"):
        await _admit_person(request, access, quiet=bool(handler.opt.get("quiet")))


async def _admit_person(request: Request[Any, Any, Any], access: Access, *, quiet: bool) -> None:
    bearer = bearer_of(request)
    found = await program_of(request, bearer) if bearer else await visitor_of(request, touch=not quiet)
    visitor = request.state.visitor = found
    if access is not Access.OPEN:
        if not visitor.signed_in:
            raise HTTPException(status_code=401, detail="sign in first")
        await _may(request, access, visitor)
    # a program's token is sent by no browser by itself, so that no foreign page can make use of it
    if request.method not in READING and not bearer and not await _carries_token(request, visitor):
        raise HTTPException(status_code=403, detail="wrong_page", extra={"key": "wrong_page"})


async def _may(request: Request[Any, Any, Any], access: Access, visitor: Visitor) -> None:
    """Raises 403; 404 at a site that is not theirs, in the same words as for one that does not exist: nobody learns by
    asking which sites there are."""
    site = request.path_params.get("site")
    there = site is None or request.app.state.desk.settings.find(site) is not None
    if site is not None and not (there and visitor.person.sees(site)):
        await _denied(request, visitor)
        raise HTTPException(status_code=404, detail=NO_SITE)
    if not visitor.person.may(access, site):
        await _denied(request, visitor)
        raise HTTPException(status_code=403, detail="denied", extra={"key": "denied"})


async def _denied(request: Request[Any, Any, Any], visitor: Visitor) -> None:
    sign_in = sign_in_of(request)
    if sign_in is not None:
        what = f"denied: {request.method} {request.url.path}"[:150]
        site = str(request.path_params.get("site") or "")[:60]
        address = shortened(came_from(request).address)
        with contextlib.suppress(StoreTrouble):
            now = sign_in.now()
            await asyncio.to_thread(sign_in.audit.denied, now, what, visitor.person, address, site)


async def _carries_token(request: Request[Any, Any, Any], visitor: Visitor) -> bool:
    """The token of the page in the form, in the JSON or in a header: another server's page cannot know it."""
    told = request.headers.get("x-page-token", "")
    if not told:
        body = await body_of(request)
        told = body.get("page_token", "") if isinstance(body, dict) else ""
    return visitor.right_token(str(told))


def is_form(request: Request[Any, Any, Any]) -> bool:
    """Was it sent by a form, without a script?"""
    return request.headers.get("content-type", "").startswith(FORM)


async def body_of(request: Request[Any, Any, Any]) -> Any:
    """What was sent, None when it is neither a form nor JSON."""
    data = await request.body()
    try:
        if is_form(request):
            return dict(parse_qsl(data.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
