"""Another system comes with a token: who it is. No cookie, no page token; a wrong one costs time."""

import asyncio
import contextlib
from typing import Any

from litestar import Request
from litestar.exceptions import HTTPException

from dashboard.core.access.addresses import shortened
from dashboard.io.access.sign_in import NotIn
from dashboard.io.store.database import StoreTrouble
from dashboard.io.web.asking import Visitor, came_from, door_of

SCHEME = "bearer"
ASKS = {"WWW-Authenticate": "Bearer"}


def bearer_of(request: Request[Any, Any, Any]) -> str:
    """The token that was sent, "" when none. What a proxy before us adds of its own schemes is not for us."""
    scheme, _, told = request.headers.get("authorization", "").strip().partition(" ")
    return (told.strip() or "-") if scheme.lower() == SCHEME else ""


async def program_of(request: Request[Any, Any, Any], bearer: str) -> Visitor:
    """Whose token it is; raises HTTPException 401, or 429 while its address has to wait."""
    door, address = door_of(request), came_from(request).address
    found = await asyncio.to_thread(door.tokens.find, bearer, door.now())
    if found is not None:  # a right one is let in whatever others at that address got wrong
        return Visitor(person=found.person, bearer=bearer, site=request.path_params.get("site"))
    try:
        door.begin_try_from(address, "token")
    except NotIn as fault:
        told = {"Retry-After": str(fault.wait_s)}
        raise HTTPException(status_code=429, detail="wait", headers=told, extra={"key": "token_wait"}) from fault
    with contextlib.suppress(StoreTrouble):
        await asyncio.to_thread(door.audit.failed, door.now(), "token", "", shortened(address), "wrong_token")
    raise HTTPException(status_code=401, detail="wrong token", headers=ASKS, extra={"key": "token_wrong"})
