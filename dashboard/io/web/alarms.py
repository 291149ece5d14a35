"""The alarms of all sites, and the history of one."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Response, get
from litestar.params import Parameter

from dashboard.core.access.people import Access
from dashboard.core.hearing import link_alarm
from dashboard.core.reader import Reader
from dashboard.core.site import events
from dashboard.core.site.alarm_names import alarm_do, alarm_name
from dashboard.core.site.events import EventRow
from dashboard.core.sites import Site
from dashboard.core.work.alarm_page import STAGES, Choice
from dashboard.io.desk import Desk
from dashboard.io.web import work_views
from dashboard.io.web.asking import Asked, desk_of, pages_of, reader_of, site_of
from dashboard.io.web.guard import LIVE

READ = {"access": Access.READ}
Priority = Annotated[int, Parameter(ge=0, le=3)]
Part = Annotated[int, Parameter(ge=1, le=99_999)]
Word = Annotated[str, Parameter(max_length=80)]


@get("/alarms", media_type=MediaType.HTML, opt=READ)
async def alarms_page(
    request: Asked,
    lang: str | None = None,
    stage: Word = "",
    priority: Priority = 0,
    place: Word = "",
    page: Part = 1,
) -> str:
    """All alarms of all sites, chosen by `stage` (open, acked, aside), `priority`, `place` (a site's id), in parts
    (`page`)."""
    reader, choice = reader_of(request, lang), _choice(stage, priority, place, page)
    return pages_of(request).plain("alarms_page.html", reader, **work_views.alarms(desk_of(request), choice, reader))


@get("/alarms/panels", opt=LIVE)
async def alarms_panels(
    request: Asked,
    lang: str | None = None,
    stage: Word = "",
    priority: Priority = 0,
    place: Word = "",
    page: Part = 1,
) -> dict[str, str]:
    """The list of the same choice, drawn anew."""
    reader, choice = reader_of(request, lang), _choice(stage, priority, place, page)
    context = work_views.alarms(desk_of(request), choice, reader)
    return {"all_alarms": pages_of(request).plain("panels/all_alarms.html", reader, **context)}


@get("/api/alarms", opt=LIVE)
async def alarms_json(
    request: Asked,
    lang: str | None = None,
    stage: Word = "",
    priority: Priority = 0,
    place: Word = "",
    page: Part = 1,
) -> Response[bytes]:
    """The same list for programs."""
    context = work_views.alarms(desk_of(request), _choice(stage, priority, place, page), reader_of(request, lang))
    return Response(msgspec.json.encode(context["page"]), media_type=MediaType.JSON)


@get("/sites/{site:str}/alarm-history", media_type=MediaType.HTML, opt=READ)
async def alarm_page(request: Asked, site: str, key: Word, device: Word = "site", lang: str | None = None) -> str:
    """How one alarm of a site has gone, as its records tell."""
    place, reader = site_of(request, site), reader_of(request, lang, site)
    rows = await _history(desk_of(request), place, key, device, reader)
    name, do = alarm_name(key, reader.language), alarm_do(key, reader.language)
    now = work_views.alarm_now(desk_of(request), place, key, device, reader)
    told = {"site": place, "name": name, "do": do, "rows": rows, "key": key, "device": device, "now": now}
    return pages_of(request).plain("alarm_history.html", reader, **told)


@get("/api/sites/{site:str}/alarm-history", opt=LIVE)
async def alarm_json(
    request: Asked, site: str, key: Word, device: Word = "site", lang: str | None = None
) -> Response[bytes]:
    """The same for programs."""
    rows = await _history(desk_of(request), site_of(request, site), key, device, reader_of(request, lang, site))
    return Response(msgspec.json.encode(rows), media_type=MediaType.JSON)


async def _history(desk: Desk, site: Site, key: str, device: str, reader: Reader) -> tuple[EventRow, ...]:
    if key == link_alarm.KEY:
        stored = link_alarm.lines(desk.losses[site.id])
    else:
        stored = await asyncio.to_thread(desk.work.book.alarm_history, site.id, key, device)
    return events.event_rows(stored, reader, desk.pictures[site.id])


def _choice(stage: str, priority: int, place: str, part: int) -> Choice:
    """A word that is none shows all: an address that was cut off still gives a page."""
    return Choice(stage=stage if stage in STAGES else "", priority=priority, site=place, page=part)


HANDLERS: tuple[Any, ...] = (alarms_page, alarms_panels, alarms_json, alarm_page, alarm_json)
