"""Who asks, and for what: what every handler reads from a request."""

import asyncio
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException

from dashboard.core.access.people import Person
from dashboard.core.reader import Reader
from dashboard.core.sites import Site
from dashboard.io.access.sign_in import Came, SignIn
from dashboard.io.desk import Desk
from dashboard.io.web.pages import Pages

Asked = Request[Any, Any, Any]
SESSION, BEFORE, DEVICE, TICKET = "sotpunkt", "sotpunkt-before", "sotpunkt-device", "sotpunkt-ticket"
"""Cookies: who is signed in; a page before that; a device that has signed in before; who opened a link."""
DEVICE_S = 400 * 24 * 3600
TICKET_S = 3600
NO_SITE = "there is no such site here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whoever asks. `page_token`: what the forms of this page carry; "" where nobody signs in. `bearer`: what a program
    came with.
    """

    person: Person
    page_token: str = ""
    session: str = ""
    before: str = ""
    bearer: str = ""
    site: str | None = None

    @property
    def signed_in(self) -> bool:
        """Is it known who it is?"""
        return self.person.is_known

    def right_token(self, told: str) -> bool:
        """Is this what a page of ours carried?"""
        return bool(self.page_token) and hmac.compare_digest(told.encode("utf-8", "replace"), self.page_token.encode())


def desk_of(request: Asked) -> Desk:
    """What the program holds."""
    desk: Desk = request.app.state.desk
    return desk


def pages_of(request: Asked) -> Pages:
    """The templates."""
    pages: Pages = request.app.state.pages
    return pages


def sign_in_of(request: Asked) -> SignIn | None:
    """Signing in; None where nobody needs to."""
    sign_in: SignIn | None = request.app.state.sign_in
    return sign_in


def door_of(request: Asked) -> SignIn:
    """Signing in, at addresses that are there only where people do."""
    sign_in = sign_in_of(request)
    if sign_in is None:
        raise HTTPException(status_code=404, detail="nobody signs in here")
    return sign_in


def site_of(request: Asked, name: str) -> Site:
    """The site that an address names."""
    site = desk_of(request).settings.find(name)
    if site is None:
        raise HTTPException(status_code=404, detail=NO_SITE)
    return site


def known(request: Asked) -> Visitor:
    """Who asks, as the guard has found; a stranger where it was not asked."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if visitor is not None:
        return visitor
    if sign_in_of(request) is None:
        return Visitor(person=desk_of(request).anybody())
    return Visitor(person=STRANGER)


STRANGER = Person(scope="-")


def reader_of(request: Asked, language: str | None, site: str | None = None) -> Reader:
    """Whoever reads the page that is drawn. `site`: the one the page is about."""
    visitor = known(request)
    acts = site is not None and visitor.person.acts(site)
    return desk_of(request).reader(language, visitor.person, acts=acts, token=visitor.page_token)


def came_from(request: Asked) -> Came:
    """Address and known device."""
    address = request.client.host if request.client else ""
    return Came(address, request.cookies.get(cookie_name(request, DEVICE), "")[:200])


def cookie_name(request: Asked, name: str) -> str:
    """Over HTTPS a name that a page without encryption can not set for us."""
    return f"__Host-{name}" if desk_of(request).settings.web.encrypted else name


def token_of(request: Asked) -> str:
    """What the browser holds of a session, "" when nothing."""
    return request.cookies.get(cookie_name(request, SESSION), "")[:100]


async def visitor_of(request: Asked, *, touch: bool) -> Visitor:
    """Who is signed in, by the cookie; else a stranger, whose forms carry a token of their own."""
    sign_in, token = door_of(request), token_of(request)
    session = await asyncio.to_thread(sign_in.session, token, touch=touch) if token else None
    site = request.path_params.get("site")
    if session is not None:
        account = session.account
        return Visitor(person=account.person, page_token=account.page_token(), session=token, site=site)
    before = request.cookies.get(cookie_name(request, BEFORE), "")[:100] or secrets.token_urlsafe(24)
    return Visitor(person=STRANGER, page_token=before_token(before), before=before, site=site)


def before_token(before: str) -> str:
    """What a form carries before anybody is signed in: bound to the cookie of the same browser."""
    return hmac.new(before.encode("utf-8", "replace"), b"before", "sha256").hexdigest()[:40]


def put_cookie(request: Asked, response: Response[Any], name: str, content: str, *, for_s: int | None = None) -> None:
    """Only for this server, only for pages of its own, never for scripts; with HTTPS only over it."""
    response.set_cookie(
        Cookie(
            key=cookie_name(request, name), value=content, path="/", httponly=True, samesite="strict", max_age=for_s,
            secure=desk_of(request).settings.web.encrypted,
        )
    )  # fmt: skip


def drop_cookie(request: Asked, response: Response[Any], name: str) -> None:
    """Forget it."""
    put_cookie(request, response, name, "", for_s=0)
