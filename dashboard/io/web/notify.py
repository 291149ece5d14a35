"""The page of notification: who is woken, over which ways, a test, and what came of it. Addresses never come back."""

import asyncio
from typing import Any

import msgspec
from litestar import MediaType, Response, get, post
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from msgspec import Struct
from sqlalchemy import Connection

from contract.phrases import LANGUAGES, phrase
from dashboard.core.access.addresses import shortened
from dashboard.core.access.people import Access, Person, municipalities
from dashboard.core.notify import channels, entered
from dashboard.core.notify.entered import BadEntry
from dashboard.core.notify.own import own_rows
from dashboard.core.notify.people import Channel, Woken
from dashboard.core.notify.shown import matter_rows
from dashboard.core.reader import Reader
from dashboard.io import notify
from dashboard.io.store.notifications import Note
from dashboard.io.waking import Waking
from dashboard.io.web.asking import Asked, came_from, desk_of, known, pages_of, reader_of, sign_in_of
from dashboard.io.web.guard import body_of, is_form

HERE = "/notification"
OPT = {"access": Access.COORDINATE}
SHOWN = 100
Told = dict[str, str]


def _waking(request: Asked) -> Waking:
    """Who wakes people here; raises 404 at a site, which wakes its own by the gateway."""
    waking = desk_of(request).waking
    if not isinstance(waking, Waking):
        raise HTTPException(status_code=404, detail="people are woken from the centre's dashboard")
    return waking


@get(HERE, media_type=MediaType.HTML, opt=OPT)
async def page(request: Asked, lang: str | None = None) -> Response[Any]:
    """The page."""
    return await _page(request, lang)


@get(f"{HERE}/panels", opt=OPT | {"quiet": True})
async def panels(request: Asked, lang: str | None = None) -> dict[str, str]:
    """What moves on the page; the forms stay as they are, for somebody may be writing."""
    reader, pages = reader_of(request, lang), pages_of(request)
    told = await _moving(request, reader)
    return {
        "notices": pages.plain("panels/notices.html", reader),
        "notify_now": pages.plain("panels/notify_now.html", reader, **told),
        "notify_log": pages.plain("panels/notify_log.html", reader, **told),
    }


@get("/api/notification", opt=OPT)
async def data(request: Asked) -> dict[str, Any]:
    """The same for programs: who is woken and what was sent; of an address only its kind."""
    waking, by = _waking(request), known(request).person
    people = await asyncio.to_thread(_people, waking, by)
    log = await asyncio.to_thread(waking.store.log, SHOWN, _whose(people, by))
    return {
        "people": [
            {
                "number": one.number, "name": one.name, "scope": one.scope, "language": one.language,
                "quiet": [entered.clock(one.quiet_from), entered.clock(one.quiet_until)],
                "channels": [
                    {"number": way.number, "label": way.label, "address": channels.masked(way.address),
                     "exercises": way.exercises, "tests": way.tests}
                    for way in one.channels
                ],
            }
            for one in people
        ],
        "log": [
            {"number": one.number, "who": one.who, "label": one.label, "kind": one.kind, "status": one.status,
             "body": one.body, "made_ms": one.made_ms, "tried_ms": one.tried_ms, "state": one.state,
             "tries": one.tries, "why": one.why}
            for one in log
        ],
        "own": [
            {"site": one.site, "wall_ms": one.wall_ms, "status": one.status, "simulated": one.simulated,
             "told": msgspec.to_builtins(one.told)}
            for one in await asyncio.to_thread(waking.store.own_calls)
            if by.sees(one.site)
        ],
    }  # fmt: skip


@post(f"{HERE}/people", opt=OPT)
async def add_person(request: Asked) -> Response[Any]:
    """One more who is woken."""

    def act(waking: Waking, told: Told, by: Person, note: Note | None) -> None:
        waking.store.add_person(entered.key(told), entered.person(told, by, _scopes(request, by)), note)

    return await _done(request, "person", act)


@post(f"{HERE}/people/{{number:int}}", opt=OPT)
async def change_person(request: Asked, number: int) -> Response[Any]:
    """`did`: change, up or remove."""

    def act(waking: Waking, told: Told, by: Person, note: Note | None) -> None:
        one = _one(waking, by, number)
        if told.get("did") == "change":
            waking.store.change_person(one.number, entered.person(told, by, _scopes(request, by)), note)
        elif told.get("did") == "up":
            waking.store.move_person(one.number, note)
        elif told.get("did") == "remove":
            waking.store.remove_person(one.number, note)
        else:
            raise BadEntry("notify_wrong_gone", "form")

    return await _done(request, f"person {number}", act)


@post(f"{HERE}/people/{{number:int}}/channels", opt=OPT)
async def add_channel(request: Asked, number: int) -> Response[Any]:
    """A way to reach somebody."""

    def act(waking: Waking, told: Told, by: Person, note: Note | None) -> None:
        one, address = _one(waking, by, number), told.get("address", "").strip()
        label = entered.label(told)
        if key := notify.fault(address):
            raise BadEntry(key, "address")
        row = {"person": one.number, "label": label, "address": address,
               "exercises": bool(told.get("exercises")), "tests": bool(told.get("tests"))}  # fmt: skip
        waking.store.add_channel(entered.key(told), row, note)

    return await _done(request, f"channel of {number}", act)


@post(f"{HERE}/channels/{{number:int}}", opt=OPT)
async def change_channel(request: Asked, number: int) -> Response[Any]:
    """`did`: test or remove."""

    def act(waking: Waking, told: Told, by: Person, note: Note | None) -> None:
        whose, way = _way(waking, by, number)
        if told.get("did") == "remove":
            waking.store.remove_channel(way.number, note)
        elif told.get("did") == "test":
            body = phrase("waking", "try", whose.language).format(name="sotpunkt")
            now_ms = desk_of(request).clock.wall_ms()
            waking.store.try_channel(entered.key(told), way.number, body, now_ms, note)
        else:
            raise BadEntry("notify_wrong_gone", "form")

    return await _done(request, f"channel {number}", act)


@post(f"{HERE}/settings", opt={"access": Access.ACCOUNTS})
async def change_settings(request: Asked) -> Response[Any]:
    """The page's own address, and who hears that the dashboard lives."""

    def act(waking: Waking, told: Told, _: Person, note: Note | None) -> None:
        home, beat = entered.home(told.get("home", "")), told.get("beat", "").strip()
        if beat and beat != "-" and (channels.beat_fault(beat) or ("://" in beat and _odd(beat))):
            raise BadEntry("notify_wrong_address", "beat")
        waking.store.set("home", home, note)
        if beat:
            waking.store.set("beat", "" if beat == "-" else beat, note)

    return await _done(request, "settings", act)


def _odd(beat: str) -> bool:
    return not beat.startswith(("https://", "http://")) and bool(notify.fault(beat))


# --- how ---


async def _done(request: Asked, about: str, act: Any) -> Response[Any]:
    """Do it with a line of the log in the same transaction, then back to the page; or the page with its sentence."""
    waking, person = _waking(request), known(request).person
    body = await body_of(request)
    told = {str(key): str(text) for key, text in body.items()} if isinstance(body, dict) else {}
    try:
        await asyncio.to_thread(act, waking, told, person, _note(request, person, about))
    except BadEntry as fault:
        if not is_form(request):
            raise HTTPException(status_code=400, detail=_words(request, told, fault)) from fault
        told.pop("address", None)
        told.pop("beat", None)
        return await _page(request, told.get("lang"), fault, told)
    if not is_form(request):
        return Response({"state": "done"}, status_code=200)
    chosen = f"?lang={told['lang']}" if told.get("lang") in LANGUAGES else ""
    return Redirect(f"{HERE}{chosen}", status_code=303)


def _words(request: Asked, told: Told, fault: BadEntry) -> str:
    return reader_of(request, told.get("lang")).t(fault.key)


def _note(request: Asked, person: Person, about: str) -> Note | None:
    sign_in = sign_in_of(request)
    if sign_in is None:
        return None
    row = sign_in.audit.row(
        sign_in.now(), f"notification: {about}", who=person.name, role=person.role.value,
        address=shortened(came_from(request).address),
    )  # fmt: skip

    def note(connection: Connection) -> None:
        row(connection)

    return note


def _people(waking: Waking, by: Person) -> list[Woken]:
    return [one for one in waking.store.people() if entered.reaches(by, one.scope)]


def _whose(people: list[Woken], by: Person) -> list[int] | None:
    """Whose lines of the log the person sees; None: all."""
    return None if by.sees_all else [one.number for one in people]


def _one(waking: Waking, by: Person, number: int) -> Woken:
    found = next((one for one in _people(waking, by) if one.number == number), None)
    if found is None:
        raise BadEntry("notify_wrong_gone", "form")
    return found


def _way(waking: Waking, by: Person, number: int) -> tuple[Woken, Channel]:
    found = [(one, way) for one in _people(waking, by) for way in one.channels if way.number == number]
    if not found:
        raise BadEntry("notify_wrong_gone", "form")
    return found[0]


def _scopes(request: Asked, by: Person, lang: str | None = None) -> dict[str, str]:
    """Scope → its words, those that the person may choose."""
    reader, sites = reader_of(request, lang), desk_of(request).settings.site
    found = {"": reader.t("scope_all")}
    found |= {one: reader.t("scope_municipality", scope=one) for one in municipalities(tuple(s.id for s in sites))}
    found |= {site.id: site.place for site in sites}
    return {scope: words for scope, words in found.items() if entered.reaches(by, scope)}


async def _page(
    request: Asked, lang: str | None, fault: BadEntry | None = None, told: Told | None = None
) -> Response[Any]:
    reader, by = reader_of(request, lang), known(request).person
    moving = await _moving(request, reader)
    drawn = pages_of(request).plain(
        "notification.html", reader, **moving, told=told or {},
        wrong={fault.field: reader.t(fault.key)} if fault else {}, scopes=_scopes(request, by, lang),
        clock=entered.clock, scheme=lambda address: channels.SCHEMES.get(channels.scheme(address), "webhook"),
        masked=channels.masked, manages=by.manages or sign_in_of(request) is None, at=(told or {}).get("form", ""),
    )  # fmt: skip
    return Response(drawn, status_code=400 if fault else 200, media_type=MediaType.HTML)


async def _moving(request: Asked, reader: Reader) -> dict[str, Any]:
    """What changes by itself: what stands now, what was sent, from here and by the sites."""
    waking, by, desk = _waking(request), known(request).person, desk_of(request)
    everybody = await asyncio.to_thread(waking.store.people)
    people = [one for one in everybody if entered.reaches(by, one.scope)]
    log, settings, calls = await asyncio.gather(
        asyncio.to_thread(waking.store.log, SHOWN, _whose(people, by)),
        asyncio.to_thread(waking.store.settings),
        asyncio.to_thread(waking.store.own_calls),
    )
    return {
        "people": people, "log": log, "settings": settings,
        "matters": matter_rows(
            waking.state, everybody, reader, desk.work.incidents, calls, [one.number for one in people]
        ),
        "own": own_rows(calls, {site.id: site for site in desk.settings.site}, reader),
        "beat": _beat(waking, reader, settings), "trouble": bool(waking.trouble),
    }  # fmt: skip


class Beat(Struct, frozen=True):
    """The line about the sign of life. `age_ms`: since it was last heard, None where that is not said."""

    role: str
    words: str
    age_ms: int | None = None
    ago: str = ""


def _beat(waking: Waking, reader: Reader, settings: dict[str, str]) -> Beat:
    if not settings.get("beat"):
        return Beat("remark", reader.t("notify_beat_none"))
    if waking.beat_well_ms is None:
        return Beat("unknown", reader.t("notify_beat_waits"))
    age_ms = reader.now.mono_ms - waking.beat_well_ms
    role = "good" if age_ms < 3 * waking.beat_every_ms else "bad"
    return Beat(role, reader.t("notify_beat_well"), age_ms, reader.ago(age_ms))


HANDLERS = (page, panels, data, add_person, change_person, add_channel, change_channel, change_settings)
