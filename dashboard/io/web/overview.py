"""The overview and the refuelling list; their changing parts; and what lets them be opened without contact."""

from collections.abc import Callable, Hashable
from importlib.resources import files
from typing import Any
from zlib import crc32

import msgspec
from litestar import MediaType, Response, get
from msgspec import structs

from dashboard.core.access.lapse import HOUR_MS, LASTS
from dashboard.core.access.people import Access
from dashboard.core.overview import asked, drawing, ranking, refuelling, regions
from dashboard.core.overview.asked import SHOWS
from dashboard.core.overview.drawing import Sheet
from dashboard.core.overview.row import Row
from dashboard.core.reader import Reader
from dashboard.core.work.holding_words import HoldingRow
from dashboard.io.web import owner
from dashboard.io.web.asking import Asked, desk_of, known, pages_of, reader_of, site_of
from dashboard.io.web.gathered import MAP, Gathered, Gatherings
from dashboard.io.web.guard import LIVE, PUBLIC
from dashboard.io.web.overview_rows import Rows

WORKER = files("dashboard").joinpath("static", "worker.js").read_bytes()
KEPT_H = 24
"""For how long a page may be shown without contact where nobody signs in."""
MOST_REGIONS = 12
"""Regions with a sentence of their own; the rest is one number."""


def rows_of(request: Asked) -> Rows:
    """The rows of the running program."""
    rows: Rows = request.app.state.rows
    return rows


def gatherings_of(request: Asked) -> Gatherings:
    """What is shared by all who look at the overview."""
    gatherings: Gatherings = request.app.state.gatherings
    return gatherings


def keep_h(reader: Reader) -> int:
    """How long a browser may show a page again: no longer than this person's session lasts."""
    return LASTS[reader.person.role].longest_ms // HOUR_MS if reader.person.account else KEPT_H


async def page(request: Asked, lang: str | None) -> str:
    """The overview as a page, in full."""
    await rows_of(request).warm(reader_of(request, lang))
    reader, (whole, context) = reader_of(request, lang), _now(request, lang)
    drawn_map = _map(request, reader, whole, context)
    return pages_of(request).plain("overview.html", reader, **context, drawn_map=drawn_map)


def _map(request: Asked, reader: Reader, whole: Gathered, context: dict[str, Any]) -> str:
    """The map as it is drawn, once for all who see it."""
    return whole.once(MAP, lambda: pages_of(request).plain("panels/map.html", reader, **context))


def _way(request: Asked, lang: str | None) -> tuple[asked.Asked, Hashable, Callable[[], Gathered]]:
    """(what is asked for, whoever asks the same and may see the same, how it is gathered)."""
    view, reader = asked.read(request.query_params), reader_of(request, lang)
    whole = structs.replace(view, page=1)
    way = (reader.language, reader.person.role, reader.person.scope, whole)
    return view, way, lambda: _gathered(request, reader_of(request, lang), whole)


def _gathered(request: Asked, reader: Reader, view: asked.Asked) -> Gathered:
    """All sites, chosen, sorted and laid on the map, now."""
    rows = rows_of(request)
    everything = rows.of(reader)
    chosen = asked.chosen(everything, view)
    sheet = drawing.sheet(ranking.worst_first(chosen), rows.outline, rows.tiles.set if rows.tiles else None)
    if view.sort == "worst":
        chosen = ranking.overdue_risen(chosen, desk_of(request).work.overdue(reader))
    return Gathered(
        everything=everything, chosen=chosen, versions={one.id: rows.version(one, reader) for one in everything},
        summary=ranking.summary(everything, reader), regions=regions.regions(everything, reader),
        newest_at=ranking.newest_at(everything), sheet=sheet, drawn=_map_version(sheet, view),
        at_ms=reader.now.mono_ms,
    )  # fmt: skip


def _context(request: Asked, reader: Reader, view: asked.Asked, whole: Gathered, now_ms: int) -> dict[str, Any]:
    """What the templates of the overview show: one page of the list, all of the map, the sentences above.

    `now_ms`: from when ages are counted, on the server's own clock.
    """
    listed, number, pages = asked.page_of(whole.chosen, view)
    holders = _holders(request, listed, reader)
    return {
        "rows": listed, "view": view, "found": len(whole.chosen), "total": len(whole.everything), "page": number,
        "pages": pages, "shows": SHOWS, "holders": holders, "now": now_ms,
        "versions": {one.id: whole.versions[one.id] + _held(holders.get(one.id)) for one in listed},
        "summary": whole.summary, "regions": whole.regions[:MOST_REGIONS],
        "more_regions": max(0, len(whole.regions) - MOST_REGIONS), "keep_h": keep_h(reader),
        "newest_ms": None if whole.newest_at is None else max(0, now_ms - whole.newest_at),
        "sheet": whole.sheet,
        "incidents": _incidents(request, reader),
        "drawn": whole.drawn,
        "strangers": desk_of(request).strangers if reader.person.sees_all else {},
    }  # fmt: skip


def _now(request: Asked, lang: str | None) -> tuple[Gathered, dict[str, Any]]:
    """The same for a page that is opened, and what it was made of."""
    reader = reader_of(request, lang)
    view, way, make = _way(request, lang)
    whole = gatherings_of(request).now(way, make)
    return whole, _context(request, reader, view, whole, reader.now.mono_ms)


@get("/rows", opt=LIVE)
async def changed(request: Asked, lang: str | None = None, have: str = "", drawn: str = "") -> Response[bytes]:
    """What has changed of the overview since the browser drew it: the rows of the page by id, each that is new to it.

    `have`: `id.version` of the rows it has, with commas; `drawn`: the version of its map. `old_ms`: how long before the
    question all of it was gathered.
    """
    asked_ms, (view, way, make) = desk_of(request).now().mono_ms, _way(request, lang)
    await rows_of(request).warm(reader_of(request, lang))
    whole = await gatherings_of(request).soon(way, make)
    reader, pages, held = reader_of(request, lang), pages_of(request), set(have[:20_000].split(","))
    context = _context(request, reader, view, whole, whole.at_ms)
    versions = context["versions"]

    def drawn_once(panel: str, *of: Hashable, **more: Any) -> str:
        return whole.once((panel, *of), lambda: pages.plain(f"panels/{panel}.html", reader, **(context | more)))

    told: dict[str, Any] = {
        "old_ms": max(0.0, asked_ms - whole.at_ms) / desk_of(request).clock.rate,
        "order": [one.id for one in context["rows"]],
        "rows": {
            one.id: drawn_once("row", one.id, versions[one.id], row=one)
            for one in context["rows"] if f"{one.id}.{versions[one.id]}" not in held
        },
        "panels": {
            "notices": pages.plain("panels/notices.html", reader),
            "overview": drawn_once("overview", *context["incidents"].values()),
            "incidents": drawn_once("incidents", reader.person.name) if context["incidents"]["all"] else "",
        },
    }  # fmt: skip
    if whole.drawn != drawn:
        told["panels"]["map"] = _map(request, reader, whole, context)
    return Response(msgspec.json.encode(told), media_type=MediaType.JSON)


def _holders(request: Asked, listed: list[Row], reader: Reader) -> dict[str, HoldingRow]:
    """By site who has it, of the sites that somebody has."""
    work = getattr(desk_of(request), "work", None)
    found = {one.id: work.site_row(one.id, reader) for one in listed} if work else {}
    return {site: holding for site, holding in found.items() if holding.owner}


def _incidents(request: Asked, reader: Reader) -> dict[str, int]:
    """How many incidents are open, and how many of them nobody has."""
    desk = desk_of(request)
    work = getattr(desk, "work", None)
    rows = work.rows(desk.settings.site, reader) if work else []
    return {"all": len(rows), "free": sum(not one.holding.owner for one in rows)}


def _held(holding: HoldingRow | None) -> str:
    """What of a holding changes a row."""
    return "" if holding is None else f"{crc32(f'{holding.sentence} {holding.role} {holding.mine}'.encode()):08x}"


def _map_version(sheet: Sheet, view: asked.Asked) -> str:
    """Changes with every symbol of the map."""
    return f"{crc32(msgspec.msgpack.encode((sheet.pins, sheet.tiles, [one.id for one in sheet.unplaced], view))):08x}"


@get("/refuelling", media_type=MediaType.HTML, opt={"access": Access.READ})
async def refuelling_page(request: Asked, lang: str | None = None) -> str:
    """Who needs diesel first, to be printed."""
    return _refuelling(request, lang)


@get("/refuelling/panels", opt=LIVE)
async def refuelling_panels(request: Asked, lang: str | None = None) -> dict[str, str]:
    """The changing part of the refuelling list."""
    notices = pages_of(request).plain("panels/notices.html", reader_of(request, lang))
    return {"notices": notices, "stops": _refuelling(request, lang, "panels/stops.html")}


def _refuelling(request: Asked, lang: str | None, template: str = "refuelling.html") -> str:
    reader, everyone = reader_of(request, lang), request.query_params.get("all") == "1"
    region = request.query_params.get("region", "")[: asked.MOST_WORDS]
    rows = rows_of(request).with_sites(reader)
    there = [one for one in rows if not region or one[2].region == region]
    return pages_of(request).plain(
        template, reader, stops=refuelling.stops(there, reader, everyone=everyone), everyone=everyone,
        region=region, regions=sorted({one[2].region for one in rows}), keep_h=keep_h(reader),
        newest=reader.when(reader.now.wall_ms) if reader.now.wall_ms is not None else "",
        now=reader.now.mono_ms,
    )  # fmt: skip


@get("/api/refuelling", opt=LIVE)
async def refuelling_json(request: Asked, lang: str | None = None) -> Response[bytes]:
    """The refuelling list for programs."""
    reader, everyone = reader_of(request, lang), request.query_params.get("all") == "1"
    stops = refuelling.stops(rows_of(request).with_sites(reader), reader, everyone=everyone)
    return Response(msgspec.json.encode(stops), media_type=MediaType.JSON)


@get("/api/overview", opt=LIVE)
async def overview_json(request: Asked, lang: str | None = None) -> Response[bytes]:
    """The rows that the address asks for, one page of them, for programs."""
    _, context = _now(request, lang)
    keys = ("summary", "regions", "rows", "found", "total", "page", "pages")
    return Response(msgspec.json.encode({key: context[key] for key in keys}), media_type=MediaType.JSON)


# --- without contact ---


@get("/kept", media_type=MediaType.HTML, opt=LIVE)
async def kept(request: Asked, lang: str | None = None) -> str:
    """The first page once more, for the browser to keep: no sign that somebody is there. At a site the owner's."""
    if desk_of(request).settings.view.mode == "site" and known(request).person.sees(
        desk_of(request).settings.site[0].id
    ):
        return await owner.page(request, lang)
    return await page(request, lang)


@get("/refuelling/kept", media_type=MediaType.HTML, opt=LIVE)
async def refuelling_kept(request: Asked, lang: str | None = None) -> str:
    """The refuelling list once more, for the browser to keep."""
    return _refuelling(request, lang)


@get("/sites/{site:str}/kept", media_type=MediaType.HTML, opt=LIVE)
async def site_kept(request: Asked, site: str, lang: str | None = None) -> str:
    """A site's page once more, for the browser to keep."""
    return await pages_of(request).site(site_of(request, site), reader_of(request, lang, site))


@get("/worker.js", opt=PUBLIC)
async def worker() -> Response[bytes]:
    """The worker that shows the last state; served here, because it may only see what lies beside it or below."""
    return Response(WORKER, media_type="text/javascript")


@get("/manifest.webmanifest", opt=PUBLIC)
async def manifest(lang: str | None = None) -> Response[bytes]:
    """What a phone asks for to lay the page on its first screen."""
    language = "en" if lang == "en" else "sv"
    told: dict[str, Any] = {
        "name": "sotpunkt", "short_name": "sotpunkt", "lang": language, "id": "/", "start_url": f"/?lang={language}",
        "scope": "/", "display": "standalone", "background_color": "#101614", "theme_color": "#0b5a52",
        "icons": [{"src": "/static/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }  # fmt: skip
    return Response(msgspec.json.encode(told), media_type="application/manifest+json")


HANDLERS = (
    changed, refuelling_page, refuelling_panels, refuelling_json, overview_json, kept, refuelling_kept, site_kept,
    worker, manifest,
)  # fmt: skip
