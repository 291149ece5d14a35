"""What people enter: reports, declarations of services, local notices, requests to the program itself."""

import msgspec

from contract.judgement import Reported
from contract.messages import NoticeNow, ServiceNow
from contract.orders import Command, Declaration, NeedSaid, Notice, Order, Report
from contract.wire import Moment
from contract.words import Event, NeedKind
from gateway.core.facts import Facts
from gateway.core.moments import before, believed_ms
from gateway.core.orders import needs
from gateway.core.orders.handling import Done, Refusal, entered_at, note, observed
from gateway.core.remembered import Witnessed
from gateway.core.site import Change, Now, Site, remember

MAX_REPORTS = 50
MAX_NOTICES = 20
MAX_SERVICES = 50
MOST_TEXT = 300
"""Letters of a need (`NeedSaid`)."""
OWN_PAGE = "owner-page"
LONGEST_NOTICE_H = 24
"""Of a notice from the site's own page: nobody there is sure to come back and take it away."""
LATE_MS = 600_000
"""What the clocks of page and gateway may differ."""


def report(site: Site, order: Order, what: Report, facts: Facts, now: Now) -> Done:
    """A person is a witness, also of what is open and of the fuel station's own tank."""
    seen = observed(order, what.observed_ms, now)
    who = what.witness(order.who)
    told = Witnessed(report=what, who=who, through=order.through, at=seen)
    site = remember(site, reports=(*site.memory.reports, told)[-MAX_REPORTS:])
    for service, declared in what.services.items():
        if _has_room(site, service):
            said = ServiceNow(service=service, declared=declared, until_ms=None, declared_at=seen)
            site = _with_service(site, said, now)
    station = site.memory.station
    if what.station_litres is not None and (station is None or not before(seen, station.at, now)):
        site = remember(site, station=Reported(value=what.station_litres, who=who, at=seen))
    site, needed = _needed(site, order, what, facts, now)
    body = {"report": msgspec.to_builtins(what), "who": order.who, "role": order.role, "through": order.through}
    return site, [*needed, Change(Event.REPORT_ENTERED, body)]


def _needed(site: Site, order: Order, what: Report, facts: Facts, now: Now) -> Done:
    """What a report says is needed is a need like any other; where no more fit, it still stands in the report."""
    text = " ".join(what.needs.split())
    if not text:
        return site, []
    try:
        seen_by = msgspec.structs.replace(order, who=what.witness(order.who))
        return needs.say(site, seen_by, NeedSaid(need=order.id, what=NeedKind.OTHER, text=text[:MOST_TEXT]), facts, now)
    except Refusal:
        return site, []


def declare(site: Site, order: Order, what: Declaration, _facts: Facts, now: Now) -> Done:
    """A person says that a service is open or not. It is as old as its entering: a cut link makes nothing newer."""
    if not _has_room(site, what.service):
        raise Refusal("services_full", most=MAX_SERVICES)
    when = entered_at(order, now)
    said = ServiceNow(service=what.service, declared=what.declared, until_ms=what.until_ms, declared_at=when)
    detail = f"{what.service}: {what.declared.value}"
    params = {"service": what.service, "declared": what.declared.value}
    params |= {} if what.until_ms is None else {"until": str(what.until_ms)}
    told = note(Event.SERVICE_DECLARED, detail, order, "service_declared", **params)
    return _with_service(site, said, now), [told]


def _has_room(site: Site, service: str) -> bool:
    known = [one.service for one in site.memory.services]
    return service in known or len(known) < MAX_SERVICES


def _with_service(site: Site, said: ServiceNow, now: Now) -> Site:
    """What was said last holds: a report that was long on its way does not undo a newer word."""
    held = next((one for one in site.memory.services if one.service == said.service), None)
    if held is not None and _older(said.declared_at, held.declared_at, now):
        return site
    others = [service for service in site.memory.services if service.service != said.service]
    return remember(site, services=(*others, said))


def _older(one: Moment | None, other: Moment | None, now: Now) -> bool:
    return one is not None and other is not None and before(one, other, now) is True


def notice(site: Site, order: Order, what: Notice, _facts: Facts, now: Now) -> Done:
    """A local notice is put up, changed or taken away."""
    others = tuple(one for one in site.memory.notices if one.id != what.notice)
    if len(others) >= MAX_NOTICES:  # only then: a clock that is years ahead for an hour must throw nothing away
        others = tuple(one for one in others if not over(one, now))
    if what.withdrawn:
        was = next((one for one in site.memory.notices if one.id == what.notice), None)
        params = {"text": was.sv, "text_en": was.en} if was is not None else {}
        told = note(Event.NOTICE_CHANGED, f"{what.notice}: withdrawn", order, "notice_away", **params)
        return remember(site, notices=others), [told]
    if order.through == OWN_PAGE and now.wall_ms is not None and _too_long(what.until_ms, now.wall_ms):
        raise Refusal("notice_long", hours=LONGEST_NOTICE_H)
    if len(others) >= MAX_NOTICES:
        raise Refusal("notices_full", most=MAX_NOTICES)
    new = NoticeNow(id=what.notice, sv=what.sv, en=what.en, since=now.moment(), until_ms=what.until_ms)
    detail = f"{what.notice}: {what.sv}"
    told = note(Event.NOTICE_CHANGED, detail, order, "notice_up", text=what.sv, text_en=what.en)
    return remember(site, notices=(*others, new)), [told]


def _too_long(until_ms: int | None, wall_ms: int) -> bool:
    return until_ms is None or until_ms > wall_ms + LONGEST_NOTICE_H * 3_600_000 + LATE_MS


def over(one: NoticeNow, now: Now) -> bool:
    """Has the notice's time run out, by a clock that can be believed?"""
    here = believed_ms(now)
    return one.until_ms is not None and here is not None and here >= one.until_ms


def command(site: Site, _order: Order, what: Command, _facts: Facts, now: Now) -> Done:
    """`rebirth` has no effect on the site: the daemon publishes everything anew when it sees the order."""
    if now.wall_ms is not None and now.wall_ms > what.expires_ms:
        raise Refusal("command_late")
    return site, []
