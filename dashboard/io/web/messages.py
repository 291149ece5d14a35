"""Messages to the screens: the list, one message with its receipts, and the way from a form to a signed bulletin.

What is written travels in the page from step to step (write, look, confirm), so that nothing is lost when something is
wrong, and no half-written message lies in the store.
"""

import asyncio
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import MediaType, Response, get, post
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from contract import topics
from contract.bulletins import MAX_SIGNED, Bulletin, SignedBulletin
from contract.messages import encode
from contract.phrases import LANGUAGES
from dashboard.core.access.addresses import shortened
from dashboard.core.access.people import Access
from dashboard.core.forms import entry
from dashboard.core.forms.entry import Tried
from dashboard.core.forms.fields import BadOrder
from dashboard.core.reader import Reader
from dashboard.core.sending import composing, doubts, preview, typed_clock
from dashboard.core.sending.composing import Base, Draft
from dashboard.core.sites import Site
from dashboard.io.access.sign_in import NotIn
from dashboard.io.desk import Desk
from dashboard.io.store.published import Moved
from dashboard.io.web import message_rows
from dashboard.io.web.asking import Asked, came_from, desk_of, known, pages_of, reader_of, sign_in_of
from dashboard.io.web.guard import LIVE, MOST_FIELDS, is_form

READ = {"access": Access.READ}
PUBLISH = {"access": Access.COORDINATE}
Lang = str | None
LONGEST = 4000
"""Characters that are kept of one field, also of one that is too long for the message."""
STEPS = ("look", "edit", "send")


@dataclass(frozen=True, slots=True)
class Written:
    """What a form sent: its fields, and the sites of which there may be many."""

    values: dict[str, str]
    sites: tuple[str, ...] = ()
    wrong: dict[str, str] = field(default_factory=dict)
    """Sentences by field."""


# --- reading ---


@get("/messages", media_type=MediaType.HTML, opt=READ)
async def messages_page(request: Asked, lang: Lang = None) -> str:
    """What is in force, with how far it has come at each site."""
    reader = reader_of(request, lang)
    return pages_of(request).plain("messages.html", reader, shown=await _shown(desk_of(request), reader))


@get("/messages/panels", opt=LIVE)
async def messages_panels(request: Asked, lang: Lang = None) -> dict[str, str]:
    """The changing part of the list."""
    reader, pages = reader_of(request, lang), pages_of(request)
    shown = await _shown(desk_of(request), reader)
    return {
        "notices": pages.plain("panels/notices.html", reader),
        "messages": pages.plain("panels/messages.html", reader, shown=shown),
    }


@get("/messages/{message:str}", media_type=MediaType.HTML, opt=READ)
async def message_page(request: Asked, message: str, lang: Lang = None, sent: str = "") -> str:
    """One message: receipts by site, what came before, what can be done. `sent`: the draft that it was made of."""
    reader = reader_of(request, lang)
    chain = await _chain(request, message, reader)
    return pages_of(request).plain("message.html", reader, chain=chain, message=message, sent=sent[:80])


@get("/messages/{message:str}/panels", opt=LIVE)
async def message_panels(request: Asked, message: str, lang: Lang = None) -> dict[str, str]:
    """The changing part of one message."""
    reader, pages = reader_of(request, lang), pages_of(request)
    chain = await _chain(request, message, reader)
    return {
        "notices": pages.plain("panels/notices.html", reader),
        "message": pages.plain("panels/message.html", reader, chain=chain, message=message),
    }


@get("/api/messages", opt=LIVE)
async def messages_json(request: Asked, lang: Lang = None) -> Response[bytes]:
    """The list for programs."""
    shown = await _shown(desk_of(request), reader_of(request, lang))
    return Response(msgspec.json.encode({"now": shown.now, "before": shown.before}), media_type=MediaType.JSON)


@get("/api/messages/{message:str}", opt=LIVE)
async def message_json(request: Asked, message: str, lang: Lang = None) -> Response[bytes]:
    """One message and what came before it, the newest first."""
    chain = await _chain(request, message, reader_of(request, lang))
    return Response(msgspec.json.encode(chain), media_type=MediaType.JSON)


async def _shown(desk: Desk, reader: Reader) -> message_rows.Shown:
    return await asyncio.to_thread(message_rows.all_rows, desk, message_rows.heard(desk, reader), reader)


async def _chain(request: Asked, message: str, reader: Reader) -> Any:
    desk = desk_of(request)
    known_now = message_rows.heard(desk, reader)
    chain = await asyncio.to_thread(message_rows.chain_rows, desk, message[:80], known_now, reader)
    if not chain:
        raise HTTPException(status_code=404, detail="there is no such message here")
    return chain


# --- writing ---


@get("/messages/new", media_type=MediaType.HTML, opt=PUBLISH)
async def new_page(request: Asked, lang: Lang = None, of: str = "", kind: str = "update") -> Response[Any]:
    """The form, empty or with what an update begins from."""
    reader = reader_of(request, lang)
    base = await _base(request, {"of": of, "type": kind}, reader)
    values = {} if base is None else composing.chosen_before(base, "cancel" if kind == "cancel" else "update", reader)
    values.setdefault("sender", desk_of(request).settings.bulletins.sender_name)
    return _form(request, Written(values), reader, base)


@post("/messages/new", media_type=MediaType.HTML, opt=PUBLISH)
async def new(request: Asked) -> Response[Any]:
    """One step: look at it, change it again, or send it."""
    written, form = await _written(request), is_form(request)
    reader, step = reader_of(request, written.values.get("lang")), written.values.get("step", "look")
    base = None
    try:
        written, reader = _timed(request, written, reader)
        base = await _base(request, written.values, reader)
        if step == "edit":
            return _form(request, Written(composing.unsettled(written.values, reader), written.sites), reader, base)
        draft = composing.read(written.values, written.sites, _allowed(request, reader), reader, base)
        _fits(draft, reader)
        if step != "send":
            return _confirm(request, written, draft, reader)
        name = await _send(request, written, draft, reader)
    except BadOrder as fault:
        return _refused(request, written, fault, reader, base, form=form)
    except NotIn as fault:
        return _not_proven(request, written, draft, fault, reader, form=form)
    if not form:
        return Response({"id": name, "state": "sent"}, status_code=202, media_type=MediaType.JSON)
    of = written.values.get("of") or "new"
    return Redirect(f"/messages/{name}?lang={reader.language}&sent={of}", status_code=303)


@post("/messages/look", opt=PUBLISH, status_code=200)
async def look(request: Asked) -> dict[str, str]:
    """What the screens would show of what stands in the form now; raises BadOrder while it is not whole."""
    written = await _written(request)
    written, reader = _timed(request, written, reader_of(request, written.values.get("lang")))
    base = await _base(request, written.values, reader)
    draft = composing.read(written.values, written.sites, _allowed(request, reader), reader, base)
    return {"preview": pages_of(request).plain("message_preview.html", reader, **_looks(draft, reader))}


async def _written(request: Asked) -> Written:
    """A form, or the same as JSON with `sites` as a list; raises BadOrder."""
    data = await request.body()
    try:
        if is_form(request):
            told = parse_qsl(data.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        else:
            body = msgspec.json.decode(data, type=dict[str, str | list[str]])
            told = [(key, one) for key, many in body.items() for one in ([many] if isinstance(many, str) else many)]
    except (msgspec.MsgspecError, ValueError, RecursionError) as fault:
        raise BadOrder(f"a message is a form, or JSON: {fault}") from fault
    sites = tuple(dict.fromkeys(site for key, text in told if key == "sites" for site in text.split()))
    values = {key[:40]: text[:LONGEST].replace("\r\n", "\n") for key, text in told if key != "sites"}
    return Written(values, sites)


def _timed(request: Asked, written: Written, reader: Reader) -> tuple[Written, Reader]:
    """Where the server knows no time, the reader with the time that was typed; raises BadOrder."""
    if reader.now.wall_ms is not None:
        return written, reader
    found = typed_clock.timed(written.values, reader, desk_of(request).clock.boot)
    return replace(written, values=found.values), found.reader


async def _base(request: Asked, values: dict[str, str], reader: Reader) -> Base | None:
    """What an update or an end is of; raises BadOrder where it is not the newest, or not the reader's."""
    name = values.get("of", "")
    if not name:
        return None
    desk = desk_of(request)
    kept = await asyncio.to_thread(message_rows.newest_of, desk, name[:80])
    if kept is None or not any(reader.person.sees(site) for site in kept.bulletin.sites):
        raise BadOrder(reader.t("message_no_form"))
    if kept.bulletin.id != name and kept.bulletin.id != _name(request, values):
        raise BadOrder(reader.t("message_gone_on"))
    if not all(reader.person.acts(site) for site in kept.bulletin.sites):
        raise BadOrder(reader.t("message_not_all"))
    if kept.bulletin.id != name:
        kept = await asyncio.to_thread(desk.published.kept, name) or kept  # sent a moment ago, and asked for again
    base = composing.of_bulletin(kept.bulletin)
    return msgspec.structs.replace(base, kind=kept.kind or base.kind, gravity=kept.gravity or base.gravity)


def _allowed(request: Asked, reader: Reader) -> tuple[Site, ...]:
    return tuple(site for site in desk_of(request).settings.site if reader.person.acts(site.id))


def _fits(draft: Draft, reader: Reader) -> None:
    """Before a code is spent on it; raises BadOrder."""
    if len(encode(_bulletin(draft, reader, "m" * 48, 2**53))) > MAX_SIGNED:
        raise BadOrder(reader.t("message_too_long"), "description_sv")


def _bulletin(draft: Draft, reader: Reader, name: str, serial: int) -> Bulletin:
    return composing.bulletin(draft, name=name, serial=serial, sent_ms=reader.now.wall_ms or 0)


# --- sending ---


def _name(request: Asked, values: dict[str, str]) -> str:
    """The bulletin's id: the same key of the same person is the same bulletin, also after a new start."""
    key = values.get("idempotency_key", "")
    return f"m-{sha256(f'{known(request).person.account}:{key}'.encode()).hexdigest()[:16]}"


async def _send(request: Asked, written: Written, draft: Draft, reader: Reader) -> str:
    """Prove who it is, sign, keep, and have it sent; the bulletin's id. Raises BadOrder, NotIn, StoreTrouble."""
    desk, door = desk_of(request), sign_in_of(request)
    if desk.settings.view.mode != "centre":
        raise BadOrder(reader.t("messages_here"))
    signer = desk.signer
    if signer is None:
        raise BadOrder(reader.t("messages_no_key"))
    if not 8 <= len(written.values.get("idempotency_key", "")) <= 80:
        raise BadOrder(reader.t("message_no_form"))
    name = _name(request, written.values)
    if await asyncio.to_thread(_already, desk, name, draft, reader):
        return name
    if door is not None:
        account = await asyncio.to_thread(door.accounts.numbered, known(request).person.account)
        if account is None:
            raise NotIn("wrong_too_late")
        await door.prove_code(account, written.values.get("code", ""), came_from(request))

    def make(serial: int) -> SignedBulletin:
        return signer.sign(_bulletin(draft, reader, name, serial))

    typed = desk.clock.wall_ms() is None
    told = {"who": reader.person.name, "kind": draft.kind, "gravity": draft.gravity}
    told |= {"clock": "typed"} if typed else {}
    note = None if door is None else door.audit.row(
        door.now(), f"message {draft.msg_type}: {name}{' (time typed in)' if typed else ''}", who=reader.person.name,
        role=reader.person.role.value, site=" ".join(draft.sites)[:200], address=shortened(came_from(request).address),
    )  # fmt: skip
    try:
        signed = await asyncio.to_thread(
            desk.published.issue, name, signer.key_id, make, of=draft.of, told=told, note=note
        )  # fmt: skip
    except Moved as fault:
        raise BadOrder(reader.t("message_gone_on")) from fault
    for site in draft.sites:
        desk.down_due[topics.bulletin(site, name)] = encode(signed)
        desk.hub.tell(site)
    desk.wake.set()
    return name


def _already(desk: Desk, name: str, draft: Draft, reader: Reader) -> bool:
    """Was this very message issued before? The same key with another text is no new message. Raises BadOrder."""
    kept = desk.published.kept(name)
    if kept is None:
        return False
    held = kept.bulletin
    again = composing.bulletin(draft, name=name, serial=held.serial, sent_ms=held.sent_ms)
    if again != held:
        raise BadOrder(reader.t("message_sent_already"))
    return True


# --- pages ---


def _form(request: Asked, written: Written, reader: Reader, base: Base | None, status: int = 200) -> Response[Any]:
    """The form with what was written. `wrong`: sentences by field, "form" for the whole."""
    msg_type: composing.MsgType = "alert"
    if base is not None:
        msg_type = "cancel" if written.values.get("type") == "cancel" else "update"
    tried = None
    if written.wrong:
        at, said = next(iter(written.wrong.items()))
        tried = Tried(form="message", values=written.values, field=at, sentence=said)
    form, values = composing.FORMS[msg_type], written.values
    if desk_of(request).clock.wall_ms() is None:
        form = msgspec.structs.replace(form, fields=(typed_clock.CLOCK, *form.fields))
        values = {"clock": typed_clock.shown(reader)} | values
    drawn = entry.drawn_form(form, reader, tried, values)
    page = pages_of(request).plain(
        "message_new.html", reader, drawn=drawn, values=written.values, chosen=set(written.sites), base=base,
        wrong=written.wrong, msg_type=msg_type, regions=_regions(_allowed(request, reader)),
        names=", ".join(site.place for site in _allowed(request, reader) if base and site.id in base.bulletin.sites),
    )  # fmt: skip
    return Response(page, status_code=status, media_type=MediaType.HTML)


def _regions(sites: tuple[Site, ...]) -> dict[str, list[Site]]:
    found: dict[str, list[Site]] = {}
    for site in sites:
        found.setdefault(composing.region_of(site), []).append(site)
    return found


def _looks(draft: Draft, reader: Reader) -> dict[str, Any]:
    """What the preview shows."""
    one = _bulletin(draft, reader, "preview", 0)
    return {
        "draft": draft,
        "previews": preview.previews(one, reader),
        "doubts": doubts.doubts(draft, reader),
        "cap": one,
    }


def _confirm(
    request: Asked, written: Written, draft: Draft, reader: Reader, status: int = 200
) -> Response[Any]:  # fmt: skip
    """All of it once more, in one sentence, and the code."""
    values = composing.settled(written.values, draft)
    hidden = {key: text for key, text in values.items() if key not in ("step", "code", "page_token", "lang", "form")}
    page = pages_of(request).plain(
        "message_confirm.html", reader, hidden=hidden, sites=" ".join(draft.sites), wrong=written.wrong,
        sentence=doubts.sentence(draft, desk_of(request).settings.site, reader),
        typed=reader.when(reader.now.wall_ms) if desk_of(request).clock.wall_ms() is None else "",
        **_looks(draft, reader),
        with_code=sign_in_of(request) is not None, can_sign=desk_of(request).signer is not None,
    )  # fmt: skip
    return Response(page, status_code=status, media_type=MediaType.HTML)


def _refused(
    request: Asked, written: Written, fault: BadOrder, reader: Reader, base: Base | None, *, form: bool
) -> Response[Any]:
    """The form again with all that was written, its sentence at its field."""
    if not form:
        raise fault
    values = composing.unsettled(written.values, reader)
    return _form(
        request, Written(values, written.sites, {fault.field or "form": str(fault)}), reader, base, status=400
    )  # fmt: skip


def _not_proven(
    request: Asked, written: Written, draft: Draft, fault: NotIn, reader: Reader, *, form: bool
) -> Response[Any]:
    """The page that confirms again: the code was wrong, or it is too soon for another try."""
    said, status = reader.t(fault.key, **fault.parts), 429 if fault.wait_s else 400
    if not form:
        return Response({"error": said, "field": "code"}, status_code=status, media_type=MediaType.JSON)
    response = _confirm(request, Written(written.values, written.sites, {"code": said}), draft, reader, status)
    if fault.wait_s:
        response.headers["Retry-After"] = str(fault.wait_s)
    return response


def _language(lang: Lang) -> str:
    return lang if lang in LANGUAGES else LANGUAGES[0]


HANDLERS = (
    messages_page, messages_panels, message_page, message_panels, messages_json, message_json, new_page, new, look,
)  # fmt: skip
