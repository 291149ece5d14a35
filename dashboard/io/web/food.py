"""The log for the food control at the site's own page: on the screen, on paper, as a table."""

import asyncio
from typing import Annotated, Any

from litestar import MediaType, Response, get
from litestar.params import Parameter

from contract.food import FoodDay
from dashboard.core.access.people import Access
from dashboard.core.numbers import stamp
from dashboard.core.owner import food
from dashboard.core.reader import Reader
from dashboard.core.sites import Site
from dashboard.io.desk import Desk
from dashboard.io.store.database import StoreTrouble
from dashboard.io.web.asking import Asked, desk_of, pages_of, reader_of
from dashboard.io.web.data import CSV
from dashboard.io.web.guard import LIVE
from dashboard.io.web.owner import here
from dashboard.io.web.spreadsheet import written

MonthKey = Annotated[str | None, Parameter(pattern="^20[0-9]{2}-(0[1-9]|1[0-2])$")]


@get("/food", media_type=MediaType.HTML, opt={"access": Access.READ})
async def page(request: Asked, lang: str | None = None, month: MonthKey = None) -> str:
    """The places now, and the days of a month; `month`: 2026-11, otherwise the one of today."""
    site, desk = here(request), desk_of(request)
    reader = reader_of(request, lang, site.id)
    log = None if desk.food is None else desk.food.log
    chosen = month or food.month_now(log, reader)
    known, days, trouble = await asyncio.to_thread(_held, desk, chosen)
    choices = food.months(known, chosen, reader)
    context = _now(desk, site, reader) | {
        "found": food.by_place(days, log, chosen, reader), "month": chosen, "months": choices, "trouble": trouble,
        "told": log is not None, "words": next((one.words for one in choices if one.chosen), ""),
        "drawn": reader.t("time_unknown") if (now := reader.now.wall_ms) is None else stamp(now, reader.zone)[:16],
    }  # fmt: skip
    return pages_of(request).plain("food.html", reader, **context)


@get("/food/panels", opt=LIVE)
async def panels(request: Asked, lang: str | None = None) -> dict[str, str]:
    """The changing part of the page: the places now."""
    site, pages = here(request), pages_of(request)
    reader = reader_of(request, lang, site.id)
    drawn = pages.plain("panels/places.html", reader, **_now(desk_of(request), site, reader))
    return {"notices": pages.plain("panels/notices.html", reader), "places": drawn}


@get("/food.csv", opt={"access": Access.READ})
async def table(request: Asked, lang: str | None = None, month: MonthKey = None) -> Response[str]:
    """The days of a month as a spreadsheet reads them."""
    site, desk = here(request), desk_of(request)
    reader = reader_of(request, lang, site.id)
    chosen = month or food.month_now(None if desk.food is None else desk.food.log, reader)
    days = await asyncio.to_thread(lambda: () if desk.food is None else desk.food.of_month(chosen))
    names = {"content-disposition": f'attachment; filename="{site.id}-{chosen or "food"}.csv"'}
    return Response(written(food.table(days, reader), reader.language), media_type=CSV, headers=names)


def _now(desk: Desk, site: Site, reader: Reader) -> dict[str, Any]:
    log = None if desk.food is None else desk.food.log
    return {"card": desk.card(site, reader), "watched": food.places_now(log, desk.pictures[site.id], reader)}


def _held(desk: Desk, month: str) -> tuple[list[str], tuple[FoodDay, ...], bool]:
    """Months, the days of one, and could older ones not be read? Then those that the box tells stand alone."""
    book = desk.food
    if book is None:
        return [], (), False
    try:
        return book.months(), book.of_month(month), False
    except StoreTrouble:
        return [], tuple(one for one in (book.log.days if book.log else ()) if one.day.startswith(month or "-")), True


HANDLERS = (page, panels, table)
"""The log for the food control, at the site itself."""
