"""All alarms of an incident acknowledged in one press: one order each, and what came of every one of them.

The whole press is one transaction: a store that takes nothing leaves nothing half done.
"""

import asyncio
from typing import Any

from contract.messages import Ack
from dashboard.core.forms.fields import BadOrder
from dashboard.core.hearing import link_alarm
from dashboard.core.reader import Reader
from dashboard.core.sending import orders
from dashboard.core.work import asking, mass_ack
from dashboard.core.work.incidents import Incident
from dashboard.core.work.mass_ack import Named
from dashboard.core.work.ownership import Act, Fact
from dashboard.io.desk import Desk
from dashboard.io.store.acking import AckWanted
from dashboard.io.web import work_views
from dashboard.io.web.asking import Asked, desk_of
from dashboard.io.web.work_facts import blank_fact, logged
from dashboard.io.work import subject_of_incident

AT_ONCE = 25
"""Sites that are read anew before somebody else gets a turn."""


async def ack_all(request: Asked, found: Incident, told: dict[str, Any], reader: Reader) -> Fact:
    """Acknowledge what the page showed, one order for each alarm; what failed is kept with why. Raises BadOrder."""
    desk = desk_of(request)
    who, key = asking.who(told, reader), asking.key(told, reader)
    comment = asking.words(told, "text", asking.MOST_TEXT, reader)
    named = mass_ack.named(asking.words(told, "alarms", 60_000, reader))
    if not named:
        raise BadOrder(reader.t("work_ack_none"), "alarms")
    wanted = [_wanted(desk, one, found, who, mass_ack.order_key(key, one), comment, reader) for one in named]
    blank = blank_fact(request, subject_of_incident(found.id), who, Act.ACK_ALL, comment)
    kept = await asyncio.to_thread(desk.work.book.acked, key, blank, wanted, logged(request, found.sites))
    await _reload(desk, {one.site for one in kept.tried if one.order})
    return kept


def _wanted(
    desk: Desk, one: Named, found: Incident, who: str, key: str, comment: str, reader: Reader
) -> AckWanted:  # fmt: skip
    """What is to be kept of one alarm, or why nothing is. Nothing that is wrong with one stops the others."""
    site, alarm = one.site[:80], one.key[:80]
    if one.site not in found.sites or desk.settings.find(one.site) is None or not reader.person.acts(one.site):
        return AckWanted(site=site, alarm=alarm, fault="denied")
    held = {(x.key, x.device, x.raised_run, x.raised_seq) for x in work_views.alarms_of(desk, one.site)}
    if (one.key, one.device, one.run, one.seq) not in held:
        return AckWanted(site=site, alarm=alarm, fault="gone")
    role, what = reader.person.role.value, one.order(comment)
    if one.key == link_alarm.KEY:
        ack = Ack(id=key, who=who, role=role, wall_ms=reader.now.wall_ms or 0, comment=comment)
        return AckWanted(site=site, alarm=alarm, ack=ack, number=one.seq)
    head = desk.pictures[site].head
    order = orders.order(
        orders.Asked(who=who, idempotency_key=key, what=what), order_id=f"o-{key[2:26]}", role=role,
        through="dashboard", entered_ms=desk.clock.wall_ms(), status=head.status if head else None,
    )  # fmt: skip
    return AckWanted(site=site, alarm=alarm, key=key, order=order)


async def _reload(desk: Desk, sites: set[str]) -> None:
    """Orders and silences of these sites as the store has them now; also of a press that is told again."""
    for number, site in enumerate(sorted(sites & desk.pictures.keys())):
        desk.reload_orders(site)
        await desk.reload_losses(site)
        if number % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)
