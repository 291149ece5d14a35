"""What a press becomes: who and when, its line in the log, and the page for what was filled in wrong."""

import secrets
from collections.abc import Awaitable
from typing import Any

from litestar import MediaType, Response
from sqlalchemy import Connection

from dashboard.core.access.addresses import shortened
from dashboard.core.forms.fields import BadOrder
from dashboard.core.work.ownership import Act, Fact
from dashboard.io.store.work import Note
from dashboard.io.web.asking import Asked, came_from, desk_of, known, pages_of, reader_of, sign_in_of
from dashboard.io.web.guard import is_form


async def refused_as_page(request: Asked, doing: Awaitable[Response[Any]], back: str) -> Response[Any]:
    """What was filled in wrong: a sentence on a page for people without a script, as JSON for all others."""
    try:
        return await doing
    except BadOrder as fault:
        if not is_form(request):
            raise
        reader = reader_of(request, request.query_params.get("lang"))
        page = pages_of(request).plain("work_said.html", reader, sentence=str(fault), back=back)
        return Response(page, status_code=400, media_type=MediaType.HTML)


def blank_fact(request: Asked, subject: str, who: str, act: Act = Act.NOTE, text: str = "", to: str = "") -> Fact:
    """Who and when, by this computer's clocks; what it was may still be to be said."""
    read = desk_of(request).clock.read()
    return Fact(
        id=f"w-{secrets.token_hex(12)}", subject=subject, act=act, who=who, role=known(request).person.role.value,
        boot=read.boot, up_ms=read.up_ms, wall_ms=read.wall_ms, clock=read.quality, text=text, to=to,
    )  # fmt: skip


def logged(request: Asked, sites: tuple[str, ...]) -> Note | None:
    """Writes the line of the log in the transaction of what it tells of."""
    sign_in, person = sign_in_of(request), known(request).person
    if sign_in is None:
        return None
    now, address = sign_in.now(), shortened(came_from(request).address)

    def write(connection: Connection, fact: Fact) -> None:
        late = fact.act is Act.LATE
        about = fact.to if fact.act is Act.HAND_OVER else "" if len(sites) == 1 else fact.subject.partition(":")[2]
        did = f"work_{fact.meant if late else fact.act.value}" + (f": {about}" if about else "")
        sign_in.audit.row(
            now, did, who=fact.who, role=person.role.value, site=sites[0] if len(sites) == 1 else "", address=address,
            result="late" if late else "ok",
        )(connection)  # fmt: skip

    return write
