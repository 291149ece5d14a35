"""All alarms of an incident acknowledged in one press: one order each, and what came of every one of them."""

import asyncio
from typing import Any

import msgspec

from contract.messages import Ack
from contract.orders import MAX_ORDERS, Order
from dashboard.core.forms.fields import BadOrder
from dashboard.core.hearing import link_alarm
from dashboard.core.reader import Reader
from dashboard.core.sending import orders
from dashboard.core.work import asking, mass_ack
from dashboard.core.work.incidents import Incident
from dashboard.core.work.mass_ack import Named
from dashboard.core.work.ownership import AckTried, Act, Fact
from dashboard.io.desk import Desk
from dashboard.io.store.database import StoreTrouble
from dashboard.io.web import work_views
from dashboard.io.web.asking import Asked, desk_of
from dashboard.io.web.work_facts import blank_fact, logged
from dashboard.io.work import subject_of_incident


async def ack_all(request: Asked, found: Incident, told: dict[str, Any], reader: Reader) -> Fact:
    """Acknowledge what the page showed, one order for each alarm; what failed is kept with why. Raises BadOrder."""
    desk = desk_of(request)
    who, key = asking.who(told, reader), asking.key(told, reader)
    comment = asking.words(told, "text", asking.MOST_TEXT, reader)
    subject = subject_of_incident(found.id)
    before = await asyncio.to_thread(desk.work.book.by_key, subject, key)
    if before is not None:
        return before
    named = mass_ack.named(asking.words(told, "alarms", 60_000, reader))
    if not named:
        raise BadOrder(reader.t("work_ack_none"), "alarms")
    tried = [await _ack_one(request, one, found, who, key, comment, reader) for one in named]
    fact = msgspec.structs.replace(blank_fact(request, subject, who, Act.ACK_ALL), text=comment, tried=tuple(tried))
    kept = await asyncio.to_thread(desk.work.book.keep, key, fact, logged(request, found.sites))
    for site in {one.site for one in named if one.site in desk.pictures}:
        desk.hub.tell(site)
    return kept


async def _ack_one(
    request: Asked, one: Named, found: Incident, who: str, press: str, comment: str, reader: Reader
) -> AckTried:
    """One alarm of many: its order, or why there is none. Nothing that fails here stops the others."""
    desk, alarm = desk_of(request), one.key[:80]
    if one.site not in found.sites or desk.settings.find(one.site) is None or not reader.person.acts(one.site):
        return AckTried(site=one.site[:80], alarm=alarm, fault="denied")
    held = {(x.key, x.device, x.raised_run, x.raised_seq) for x in work_views.alarms_of(desk, one.site)}
    if (one.key, one.device, one.run, one.seq) not in held:
        return AckTried(site=one.site, alarm=alarm, fault="gone")
    key = mass_ack.order_key(press, one)
    try:
        order = await _sent(desk, one, who, key, comment, reader)
    except BadOrder:
        return AckTried(site=one.site, alarm=alarm, fault="full")
    except StoreTrouble:
        return AckTried(site=one.site, alarm=alarm, fault="store")
    return AckTried(site=one.site, alarm=alarm, order=order, fault="" if order else "gone")


async def _sent(desk: Desk, one: Named, who: str, key: str, comment: str, reader: Reader) -> str:
    """The id of the order; "here" for an alarm that is acknowledged at the centre, "" when that is gone."""
    what = one.order(comment)
    if one.key == link_alarm.KEY:
        ack = Ack(id=key, who=who, role=reader.person.role.value, wall_ms=reader.now.wall_ms or 0, comment=comment)
        return "here" if await desk.acknowledge_loss(one.site, what, ack) else ""
    head = desk.pictures[one.site].head
    made: Order = orders.order(
        orders.Asked(who=who, idempotency_key=key, what=what), order_id=f"o-{key[2:26]}",
        role=reader.person.role.value, through="dashboard", entered_ms=desk.clock.wall_ms(),
        status=head.status if head else None,
    )  # fmt: skip
    full = reader.t("wrong_full", n=MAX_ORDERS)
    kept = await asyncio.to_thread(desk.shelf.add_order, one.site, key, made, full)
    desk.reload_orders(one.site)
    return kept.id
