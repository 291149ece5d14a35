"""Addresses for programs, and for what a page draws by itself: JSON."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Response, get
from litestar.exceptions import HTTPException
from litestar.params import Parameter

from contract.records import OutageBody, RunBody
from contract.words import Event, Stream
from dashboard.core.access.people import Access
from dashboard.core.site import runs
from dashboard.core.site.periods import Period
from dashboard.io import site_past
from dashboard.io.web.asking import Asked, desk_of, known, reader_of, sign_in_of, site_of
from dashboard.io.web.guard import LIVE
from dashboard.io.web.spreadsheet import written

MAX_SIGNALS = 10
CSV = "text/csv"
MOST_ROWS = 10_000

Count = Annotated[int, Parameter(ge=0, le=2**53)]
Limit = Annotated[int, Parameter(ge=1, le=10_000)]
Hours = Annotated[float, Parameter(gt=0, le=24 * 400)]


@get("/healthz", opt={"access": Access.OPEN})
async def health(request: Asked) -> dict[str, Any]:
    """Is the program well?"""
    desk = desk_of(request)
    if sign_in_of(request) is not None and not known(request).signed_in:
        return {"ok": not desk.trouble}
    return {"ok": not desk.trouble, "broker": desk.broker_up, "store": desk.trouble or "ok"}


@get("/api/counts", opt={"access": Access.READ_ALL, "quiet": True})
async def counts(request: Asked) -> dict[str, Any]:
    """What was folded, committed and refused."""
    desk = desk_of(request)
    return {
        "folded": desk.folded,
        "records": await asyncio.to_thread(desk.records.counts),
        "aside": await asyncio.to_thread(desk.records.aside),
        "refused": {site: held.count for site, held in desk.refused.items()},
        "unregistered": dict(desk.strangers),
        "broker": desk.broker_up,
    }


@get("/api/sites/{site:str}", opt=LIVE)
async def site_json(request: Asked, site: str, lang: str | None = None) -> Response[bytes]:
    """The card of a site as JSON."""
    desk = desk_of(request)
    card = desk.card(site_of(request, site), reader_of(request, lang, site))
    return Response(msgspec.json.encode(card), media_type=MediaType.JSON)


@get("/api/sites/{site:str}/events", opt=LIVE)
async def site_events(
    request: Asked, site: str, after: Count = 0, limit: Limit = 1000, stream: Stream = Stream.EVENT
) -> list[dict[str, Any]]:
    """Records of a stream in committed order; `number` of the last one is the next `after`."""
    name = site_of(request, site).id
    rows = await asyncio.to_thread(desk_of(request).records.listed, name, stream, after=after, limit=limit)
    keys = ("number", "run", "seq", "kind", "wall_ms", "up_ms", "body")
    return [{key: getattr(row, key) for key in keys} for row in rows]


@get("/api/sites/{site:str}/history", opt=LIVE)
async def history(
    request: Asked, site: str, signals: str = "fuel.level,generator.power", hours: Hours = 24.0
) -> dict[str, Any]:
    """Curves by signal: [seconds UTC, value or null], null where a gap begins; the newest sample sets the end."""
    name, desk = site_of(request, site).id, desk_of(request)
    wanted = [key for key in signals.split(",") if key][:MAX_SIGNALS]
    reader = reader_of(request, None, site)
    found = await asyncio.to_thread(
        site_past.curves_of, desk.records.history, desk.pictures[name], wanted, hours, reader
    )
    return {"signals": found, "now": (desk.clock.wall_ms() or 0) / 1000 or None}


@get("/api/sites/{site:str}/curves", opt=LIVE)
async def curves(request: Asked, site: str, period: Period = Period.DAY, lang: str | None = None) -> Response[bytes]:
    """All charts of a site's page over a period: lowest and highest of each bucket; null where nothing is known."""
    desk, name = desk_of(request), site_of(request, site).id
    reader = reader_of(request, lang, site)
    try:
        drawn = await site_past.drawn(desk, desk.pictures[name], period, reader)
    except TimeoutError:
        raise HTTPException(reader.t("curves_failed_here"), status_code=503) from None
    return Response(msgspec.json.encode(drawn), media_type=MediaType.JSON)


@get("/api/sites/{site:str}/timeline", opt=LIVE)
async def timeline(request: Asked, site: str, period: Period = Period.DAY, lang: str | None = None) -> Response[bytes]:
    """How the site was fed over a period, in words; what nobody knows is a stretch of its own."""
    desk, name = desk_of(request), site_of(request, site).id
    reader = reader_of(request, lang, site)
    told = await asyncio.to_thread(site_past.timeline_of, desk.records.history, desk.pictures[name], period, reader)
    return Response(msgspec.json.encode(told), media_type=MediaType.JSON)


@get("/api/sites/{site:str}/runs", opt=LIVE)
async def site_runs(request: Asked, site: str, lang: str | None = None) -> Response[bytes]:
    """Runs of the set and outages, in words."""
    desk, name = desk_of(request), site_of(request, site).id
    reader = reader_of(request, lang, site)
    if desk.asked is not None:
        await desk.asked.freshen()
    told = await asyncio.to_thread(site_past.runs_of, desk, desk.pictures[name], reader)
    return Response(msgspec.json.encode(told), media_type=MediaType.JSON)


@get("/sites/{site:str}/runs.csv", opt={"access": Access.READ})
async def runs_csv(request: Asked, site: str, lang: str | None = None) -> Response[str]:
    """All runs of the set, for a spreadsheet."""
    return await _csv(request, site, lang, "runs")


@get("/sites/{site:str}/outages.csv", opt={"access": Access.READ})
async def outages_csv(request: Asked, site: str, lang: str | None = None) -> Response[str]:
    """All outages, for a spreadsheet."""
    return await _csv(request, site, lang, "outages")


async def _csv(request: Asked, site: str, lang: str | None, what: str) -> Response[str]:
    name, desk = site_of(request, site).id, desk_of(request)
    kind, body, drawn = {
        "runs": (Event.RUN_ENDED, RunBody, runs.runs_table),
        "outages": (Event.OUTAGE_ENDED, OutageBody, runs.outages_table),
    }[what]
    if desk.asked is not None:
        await desk.asked.freshen()
    stored = await asyncio.to_thread(site_past.of_kind, desk, name, kind, MOST_ROWS)
    reader = reader_of(request, lang, site)
    told = written(drawn(runs.read(stored, body), reader), reader.language)
    names = {"content-disposition": f'attachment; filename="{name}-{what}.csv"'}
    return Response(told, media_type=CSV, headers=names)


HANDLERS = (
    health, counts, site_json, site_events, history, curves, timeline, site_runs, runs_csv, outages_csv,
)  # fmt: skip
