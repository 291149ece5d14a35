"""Reports of people for any site, typed in at the centre: a radio line here, plain words on the site's own form."""

import asyncio
import secrets
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Response, get, post
from litestar.params import Parameter
from litestar.response import Redirect

from contract.orders import MAX_ORDERS
from contract.radio import SiteFacts
from contract.words import Status
from dashboard.core.access.addresses import shortened
from dashboard.core.access.people import Access
from dashboard.core.forms.fields import BadOrder
from dashboard.core.forms.form import LONGEST_RELAY
from dashboard.core.reader import Reader
from dashboard.core.sending import orders
from dashboard.core.site import radio_line
from dashboard.core.sites import Site
from dashboard.io.web.asking import Asked, came_from, desk_of, known, pages_of, reader_of, sign_in_of
from dashboard.io.web.guard import body_of, is_form

MOST = 60
"""Sites of the list; of more a part of the name is asked."""
ENTERS = {"access": Access.COORDINATE}


@get("/reports", media_type=MediaType.HTML, opt=ENTERS)
async def reports_page(
    request: Asked, lang: str | None = None, saved: str = "", q: Annotated[str, Parameter(max_length=60)] = ""
) -> Response[Any]:  # fmt: skip
    """Where a line is typed in. `saved`: the site of the one before; `q`: part of the name of a site."""
    return _page(request, reader_of(request, lang), {}, saved=saved, words=q)


@post("/reports", media_type=MediaType.HTML, opt=ENTERS)
async def report(request: Asked) -> Response[Any]:
    """Read a line, or keep what it says as a report; the same idempotency key twice is one."""
    told, form = await body_of(request), is_form(request)
    values = {str(key): str(text)[:200] for key, text in told.items()} if isinstance(told, dict) else {}
    reader = reader_of(request, values.get("lang"))
    try:
        facts, found = radio_line.typed(values.get("line", ""), _acted_for(request, reader), reader)
        if values.get("step") != "keep":
            return _page(request, reader, values, facts=facts, found=found)
        order_id, site = await _keep(request, values, facts, found, reader)
    except BadOrder as fault:
        if not form:
            raise
        return _page(request, reader, values, {fault.field or "line": str(fault)})
    if form:
        return Redirect(f"/reports?lang={reader.language}&saved={site}", status_code=303)
    return Response({"id": order_id, "site": site, "state": "waiting"}, status_code=202, media_type=MediaType.JSON)


def _acted_for(request: Asked, reader: Reader) -> tuple[Site, ...]:
    return tuple(site for site in desk_of(request).settings.site if reader.person.acts(site.id))


async def _keep(
    request: Asked, values: dict[str, str], facts: SiteFacts, found: tuple[Site, ...], reader: Reader
) -> tuple[str, str]:
    """Keep it as an order that waits for its site; (its id, the site). Raises BadOrder, StoreTrouble."""
    desk, door = desk_of(request), sign_in_of(request)
    site = next((one.id for one in found if len(found) == 1 or one.id == values.get("site")), None)
    if site is None:
        raise BadOrder(reader.t("wrong_missing"), "site")
    if not 8 <= len(values.get("idempotency_key", "")) <= 80:
        raise BadOrder(reader.t("message_no_form"))
    head = desk.pictures[site].head
    if head is not None and head.status is not facts.status:
        line, shown = (reader.phrase("status", one) for one in (facts.status, head.status))
        raise BadOrder(reader.t("radio_wrong_status", line=line, site=shown), "line")
    relay = values.get("relay", "").strip()[:LONGEST_RELAY]
    if not relay:
        raise BadOrder(reader.t("wrong_missing"), "relay")
    person = known(request).person
    what = msgspec.structs.replace(radio_line.report_of(facts, reader), told_by=relay if person.name else "")
    asked = orders.Asked(who=person.name or relay, idempotency_key=values["idempotency_key"], what=what)
    made = orders.order(
        asked, order_id=f"o-{secrets.token_hex(12)}", role=person.role.value, through="radio",
        entered_ms=desk.clock.wall_ms(), status=facts.status,
    )  # fmt: skip
    note = None if door is None else door.audit.row(
        door.now(), "order: report by radio", who=person.name, role=person.role.value, site=site,
        address=shortened(came_from(request).address),
    )  # fmt: skip
    full = reader.t("wrong_full", n=MAX_ORDERS)
    kept = await asyncio.to_thread(desk.shelf.add_order, site, asked.idempotency_key, made, full, note)
    desk.reload_orders(site)
    return kept.id, site


def _page(
    request: Asked, reader: Reader, values: dict[str, str], wrong: dict[str, str] | None = None, *, saved: str = "",
    words: str = "", facts: SiteFacts | None = None, found: tuple[Site, ...] = (),
) -> Response[Any]:  # fmt: skip
    if wrong and "line" not in wrong:
        facts, found = radio_line.typed(values.get("line", ""), _acted_for(request, reader), reader)
    places = {site.id: site.place for site in _acted_for(request, reader)}
    meant = words.strip().casefold()
    named = [(id_, place) for id_, place in places.items() if meant in place.casefold() or meant in id_]
    real = facts is None or facts.status is Status.ACTUAL
    page = pages_of(request).plain(
        "reports.html", reader, values=values, wrong=wrong or {}, found=found,
        saved=saved if saved in places else "", own_sites=places, words=words, listed=named[:MOST],
        more=max(0, len(named) - MOST),
        means=radio_line.meaning(facts, reader) if facts else (),
        frame="" if real or facts is None else reader.phrase("status", facts.status),
    )  # fmt: skip
    return Response(page, status_code=400 if wrong else 200, media_type=MediaType.HTML)


HANDLERS = (reports_page, report)
