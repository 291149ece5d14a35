"""Who has what: taken, given, noted; incidents; the hand-over of the shift."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Response, get, post
from litestar.exceptions import HTTPException
from litestar.params import Parameter
from litestar.response import Redirect

from contract.phrases import LANGUAGES
from dashboard.core.access.people import Access
from dashboard.core.forms.fields import BadOrder
from dashboard.core.reader import Reader
from dashboard.core.work import asking
from dashboard.core.work.asking import Said
from dashboard.core.work.holding_words import holding_row, since
from dashboard.core.work.incidents import Incident
from dashboard.core.work.ownership import Act, Fact, Holding, Wanted
from dashboard.io.web import work_views
from dashboard.io.web.ack_all import ack_all
from dashboard.io.web.asking import Asked, desk_of, known, pages_of, reader_of, sign_in_of, site_of
from dashboard.io.web.guard import LIVE, body_of, is_form
from dashboard.io.web.overview import rows_of
from dashboard.io.web.work_facts import blank_fact, logged, refused_as_page
from dashboard.io.work import may_have, subject_of_incident, subject_of_site

READ = {"access": Access.READ}
COORDINATE = {"access": Access.COORDINATE}
Lang = str | None
Part = Annotated[int, Parameter(ge=1, le=99_999)]


@post("/holdings/sites/{site:str}/{act:str}", status_code=200, opt={"access": Access.ACT})
async def site_work(request: Asked, site: str, act: str) -> Response[Any]:
    """Take, give or end a site, or write a note about it."""
    place = site_of(request, site)
    return await _done(request, act, subject_of_site(place.id), (place.id,), f"/sites/{place.id}")


@post("/incidents/{incident:str}/{act:str}", status_code=200, opt=COORDINATE)
async def incident_work(request: Asked, incident: str, act: str) -> Response[Any]:
    """Take, give or end an incident, write a note about it, or acknowledge all its alarms (`ack`)."""
    found = await incident_of(request, incident)
    if not may_have(known(request).person, found.sites, several=True):
        raise HTTPException(status_code=403, detail="denied", extra={"key": "denied"})
    back = f"/incidents/{found.id}"
    if act == "ack":
        return await refused_as_page(request, _ack_all(request, found), back)
    return await _done(request, act, subject_of_incident(found.id), found.sites, back)


@get("/incidents/{incident:str}", media_type=MediaType.HTML, opt=READ)
async def incident_page(request: Asked, incident: str, lang: Lang = None) -> str:
    """One incident: its sites, who has it, its alarms, what was done."""
    found, reader = await incident_of(request, incident), reader_of(request, lang)
    context = await work_views.incident(desk_of(request), found, reader)
    return pages_of(request).plain("incident.html", reader, **context)


@get("/incidents/{incident:str}/panels", opt=LIVE)
async def incident_panels(request: Asked, incident: str, lang: Lang = None) -> dict[str, str]:
    """The parts of an incident's page that change."""
    found, reader = await incident_of(request, incident), reader_of(request, lang)
    context = await work_views.incident(desk_of(request), found, reader)
    names = ("incident_state", "ownership", "incident_alarms")
    return {name: pages_of(request).plain(f"panels/{name}.html", reader, **context) for name in names}


@get("/handover", media_type=MediaType.HTML, opt=READ)
async def handover_page(request: Asked, lang: Lang = None, page: Part = 1) -> str:
    """What the next shift must know; its sites in parts (`page`), or all of them (`all` = 1)."""
    reader, context = await _shift(request, lang, page)
    return pages_of(request).plain("handover.html", reader, **context)


@get("/handover/panels", opt=LIVE)
async def handover_panels(request: Asked, lang: Lang = None, page: Part = 1) -> dict[str, str]:
    """The part of the hand-over page that changes."""
    reader, context = await _shift(request, lang, page)
    return {"handover": pages_of(request).plain("panels/handover.html", reader, **context)}


async def _shift(request: Asked, lang: Lang, page: int) -> tuple[Reader, dict[str, Any]]:
    reader = _at_centre(request, reader_of(request, lang))
    rows, whole = rows_of(request), request.query_params.get("all") == "1"
    await rows.warm(reader)
    told = await work_views.handover(desk_of(request), reader, rows.of(reader), page, whole=whole)
    return reader, told


@post("/handover", status_code=200, opt=COORDINATE)
async def hand_over(request: Asked) -> Response[Any]:
    """Give all of one's own to somebody, and write it down."""
    return await refused_as_page(request, _hand_over(request), "/handover")


@get("/api/work", opt=LIVE)
async def work_json(request: Asked, lang: Lang = None) -> Response[bytes]:
    """Open incidents, and who has what, of what the reader may see."""
    desk, reader = desk_of(request), reader_of(request, lang)
    told = {
        "incidents": desk.work.rows(desk.settings.site, reader),
        "sites": {
            site.id: desk.work.site_row(site.id, reader)
            for site in desk.settings.site
            if reader.person.sees(site.id)
        },
    }  # fmt: skip
    return Response(msgspec.json.encode(told), media_type=MediaType.JSON)


# --- parts ---


async def incident_of(request: Asked, name: str) -> Incident:
    """The incident that an address names, if the reader may see any of its sites."""
    found = await asyncio.to_thread(desk_of(request).work.incident, name, desk_of(request).now())
    if found is None or not any(known(request).person.sees(site) for site in found.sites):
        raise HTTPException(status_code=404, detail="there is no such incident here")
    return found


def _at_centre(request: Asked, reader: Reader) -> Reader:
    if desk_of(request).settings.view.mode == "site":
        raise HTTPException(status_code=404, detail="shifts are handed over at the centre")
    return reader


async def _done(request: Asked, act: str, subject: str, sites: tuple[str, ...], back: str) -> Response[Any]:
    return await refused_as_page(request, _do(request, act, subject, sites, back), back)


async def _do(request: Asked, act: str, subject: str, sites: tuple[str, ...], back: str) -> Response[Any]:
    body = await body_of(request)
    reader = reader_of(request, body.get("lang") if isinstance(body, dict) else None)
    said = asking.asked(act, body, reader)
    if said.wanted.act is Act.GIVE:
        await _may_get(request, said.wanted.to, sites, several=subject.startswith("incident"), reader=reader)
    desk = desk_of(request)
    blank = blank_fact(request, subject, said.who)
    fact, held = await desk.work.did(said.key, said.wanted, blank, logged(request, sites))
    for site in sites:
        desk.hub.tell(site)
    return _answer(request, fact, held, reader, back)


def _answer(request: Asked, fact: Fact, held: Holding, reader: Reader, back: str) -> Response[Any]:
    """Saved; or somebody else was first, with one sentence that says who has it since when."""
    if fact.act is not Act.LATE:
        if is_form(request):
            return Redirect(f"{back}?lang={reader.language}#panel-ownership", status_code=303)
        return Response({"id": fact.id, "state": "saved", "revision": held.revision}, status_code=200)
    sentence = late_sentence(held, reader, fact.boot)
    if is_form(request):
        page = pages_of(request).plain("work_said.html", reader, sentence=sentence, back=back)
        return Response(page, status_code=409, media_type=MediaType.HTML)
    told = {"error": sentence, "state": "late", "owner": held.owner, "revision": held.revision}
    return Response(told, status_code=409, media_type=MediaType.JSON)


def late_sentence(held: Holding, reader: Reader, boot: str) -> str:
    """Who has it since when, for somebody who came second."""
    if held.held:
        return reader.t("work_somebody_has", who=held.owner, when=since(held, reader, boot))
    return reader.t("work_somebody_ended", sentence=holding_row(held, reader, boot).sentence)


async def _may_get(request: Asked, name: str, sites: tuple[str, ...], *, several: bool, reader: Reader) -> None:
    """Nothing is given to somebody who may not act, or who is nobody; raises BadOrder."""
    if sign_in_of(request) is None:
        return
    people = await asyncio.to_thread(desk_of(request).work.book.people)
    if not any(one.name == name and may_have(one, sites, several=several) for one in people):
        raise BadOrder(reader.t("work_unknown_person", name=name[:40]), "to")


async def _ack_all(request: Asked, found: Incident) -> Response[Any]:
    body = await body_of(request)
    told = body if isinstance(body, dict) else {}
    reader = reader_of(request, told.get("lang") if isinstance(told.get("lang"), str) else None)
    fact = await ack_all(request, found, told, reader)
    if is_form(request):
        return Redirect(f"/incidents/{found.id}?lang={reader.language}#panel-incident_alarms", status_code=303)
    tried = [msgspec.to_builtins(one) for one in fact.tried]
    return Response({"id": fact.id, "state": "saved", "tried": tried}, status_code=200)


async def _hand_over(request: Asked) -> Response[Any]:
    """`mine`: what the page showed, as `subject=revision`, so that what changed hands since is not given away."""
    body = await body_of(request)
    told: dict[str, Any] = body if isinstance(body, dict) else {}
    reader = _at_centre(request, reader_of(request, told.get("lang") if isinstance(told.get("lang"), str) else None))
    said = asking.asked("give", told, reader)
    mine = _mine(told, said, reader, desk_of(request).work.holdings)
    for subject in mine:
        sites = await work_views.sites_of(desk_of(request), subject)
        await _may_get(request, said.wanted.to, sites, several=subject.startswith("incident"), reader=reader)
    scope = known(request).person.scope
    whole = blank_fact(request, f"shift:{scope}", said.who, Act.HAND_OVER, said.wanted.text, said.wanted.to)
    given = [
        (Wanted(act=Act.GIVE, saw=saw, to=said.wanted.to), blank_fact(request, subject, said.who))
        for subject, saw in mine.items()
    ]
    kept = await desk_of(request).work.handed(said.key, given, whole, logged(request, ()))
    desk_of(request).hub.tell("")
    late = sum(one.act is Act.LATE for one in kept)
    if is_form(request):
        lang = reader.language if reader.language in LANGUAGES else "sv"
        return Redirect(f"/handover?lang={lang}", status_code=303)
    return Response({"id": kept[-1].id, "state": "saved", "given": len(kept) - 1 - late, "late": late})


def _mine(told: dict[str, Any], said: Said, reader: Reader, holdings: dict[str, Holding]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in asking.words(told, "mine", 16_000, reader).split():
        subject, _, saw = line.rpartition("=")
        if subject not in holdings:
            raise BadOrder(reader.t("wrong_body", why="mine"), "mine")
        found[subject] = asking.revision(saw, reader)
    if not found:
        raise BadOrder(reader.t("work_handover_none"), "to")
    return {subject: saw for subject, saw in found.items() if _was_mine(holdings[subject], saw, said.who)}


def _was_mine(held: Holding, saw: int, who: str) -> bool:
    """Nobody gives away what they do not have; what was taken from them meanwhile is tried, and told."""
    return held.owner == who or held.revision != saw


HANDLERS = (
    site_work, incident_work, incident_page, incident_panels, handover_page, handover_panels, hand_over, work_json,
)  # fmt: skip
