"""What the pages of the work show, gathered from desk and store."""

import asyncio
from dataclasses import replace
from typing import Any, NamedTuple

from contract.messages import Alarm
from contract.words import Event
from dashboard.core.forms import entry
from dashboard.core.hearing import link_alarm
from dashboard.core.overview.row import Row
from dashboard.core.reader import Reader
from dashboard.core.sending import orders
from dashboard.core.site import sitewords
from dashboard.core.site.card import Card
from dashboard.core.sites import Site
from dashboard.core.work import alarm_page, mass_ack
from dashboard.core.work import handover as shift
from dashboard.core.work.holding_words import fact_rows
from dashboard.core.work.incidents import Incident
from dashboard.core.work.ownership import INCIDENT, SITE, Act, Fact
from dashboard.io.desk import Desk
from dashboard.io.store.database import StoreTrouble
from dashboard.io.store.work import MOST_FACTS
from dashboard.io.work import subject_of_incident

CARDS_AT_ONCE = 25


def visible(desk: Desk, reader: Reader) -> list[Site]:
    """The sites that the reader may see."""
    return [site for site in desk.settings.site if reader.person.sees(site.id)]


async def sites_of(desk: Desk, subject: str) -> tuple[str, ...]:
    """The sites that a subject is about; none for one that nobody knows."""
    kind, _, name = subject.partition(":")
    if kind == SITE:
        return (name,)
    found = await asyncio.to_thread(desk.work.incident, name, desk.now()) if kind == INCIDENT else None
    return () if found is None else found.sites


# --- one incident ---


async def incident(desk: Desk, found: Incident, reader: Reader) -> dict[str, Any]:
    """Everything of an incident's page."""
    places = {site.id: site for site in visible(desk, reader)}
    row = desk.work.incident_row(found, places, reader)
    panel = await desk.work.panel(subject_of_incident(found.id), found.sites, reader)
    mine = [site for site in found.sites if site in places and reader.person.acts(site)]
    waiting = mass_ack.open_alarms({site: alarms_of(desk, site) for site in mine}, desk.pending)
    alarms = waiting[: mass_ack.MOST]
    acks = await asyncio.to_thread(_acks, desk, found, reader)
    return {
        "incident": row, "ownership": {**panel, "address": f"/incidents/{found.id}"},
        "named": " ".join(one.text for one in alarms), "open_alarms": len(alarms),
        "alarm_sites": len({one.site for one in alarms}), "later_alarms": len(waiting) - len(alarms), "acks": acks,
    }  # fmt: skip


def alarms_of(desk: Desk, site: str) -> tuple[Alarm, ...]:
    """All alarms of a site: its own, and those that are raised here."""
    told = desk.pictures[site].alarms
    own = tuple(link_alarm.alarm(loss) for loss in desk.losses[site] if not loss.over)
    return (*own, *(told.alarms if told is not None else ()))


def _acks(desk: Desk, found: Incident, reader: Reader) -> list[dict[str, Any]]:
    """The last presses, and what came of each alarm so far."""
    facts = [one for one in desk.work.book.facts(subject_of_incident(found.id)) if one.act is Act.ACK_ALL][:3]
    answers = desk.work.book.answers(tried.order for fact in facts for tried in fact.tried if tried.order)
    told = {name: None if one is None else _came_of(one, reader) for name, one in answers.items()}
    now = reader.now

    def place(site: str) -> str:
        known_site = desk.settings.find(site)
        return known_site.place if known_site is not None and reader.person.sees(site) else ""

    def silent(site: str) -> bool:
        return site in desk.pictures and not desk.pictures[site].in_contact(now)

    return [
        {
            "when": reader.when(fact.wall_ms), "who": fact.who,
            "rows": [row for row in mass_ack.tried_rows(fact.tried, told, place, silent, reader) if row.place],
        }
        for fact in facts
    ]  # fmt: skip


def _came_of(one: orders.Answered, reader: Reader) -> str:
    if one.answer == Event.ORDER_DONE:
        return one.answer
    return sitewords.refusal(one.refusal, reader.language) or reader.t("order_expired")


# --- the shift ---


async def handover(
    desk: Desk, reader: Reader, rows_now: list[Row], page: int = 1, *, whole: bool = False
) -> dict[str, Any]:  # fmt: skip
    """Everything of the hand-over page. `rows_now`: of the sites that the reader may see; only those that are drawn
    get a card. `whole`: all sites that have something to say, as for paper, and not one page of them.
    """
    sites = {site.id: site for site in visible(desk, reader)}
    held = {one: desk.work.site_row(one, reader) for one in sites}
    found = shift.chosen(rows_now, held)
    part = shift.part(found, page, whole=whole)
    needing = [one for one in found if one.needs][: shift.MOST]
    cards = await _cards(desk, [sites[name] for name in {one.id for one in (*part.rows, *needing)}], reader)
    incidents = desk.work.rows(desk.settings.site, reader)
    last, notes, people = await asyncio.to_thread(_written, desk, reader)
    mine = [one for one in (*(one.holding for one in incidents), *held.values()) if one.mine]
    places = {site.id: site.place for site in sites.values()}
    titles = {one.id: one.title for one in incidents}
    about = {fact.number: shift.title_of(fact.subject, places, titles) for fact in notes}
    needs = [(places[one.id], one.id, need) for one in needing for need in cards[one.id].needs if not need.solved]
    waiting = [site for site in sites.values() if desk.pending[site.id]]
    return {
        "incidents": incidents, "part": part, "whole": whole,
        "rows": [shift.site_row(cards[one.id], held[one.id], one.told, reader) for one in part.rows],
        "quiet": len(sites) - len(found), "due": _first(shift.due_rows(incidents, places, held)), "last": last,
        "notes": [(about[row.number], row) for row in fact_rows(notes, reader, desk.work.boot) if about[row.number]],
        "notes_cut": len(notes) >= MOST_FACTS, "waiting": _first(_waiting(desk, waiting, reader)),
        "mine": " ".join(f"{one.subject}={one.revision}" for one in mine), "mine_count": len(mine), "people": people,
        "acts": reader.person.coordinates, "clock_sure": desk.clock.quality().value == "synced",
        "needs": Shown(needs[: shift.MOST], sum(one.needs for one in found)),
    }  # fmt: skip


class Shown(NamedTuple):
    """The beginning of a list, and how long it is in all."""

    lines: list[Any]
    total: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return max(0, self.total - len(self.lines))


def _first(lines: list[Any]) -> Shown:
    return Shown(lines[: shift.MOST], len(lines))


async def _cards(desk: Desk, sites: list[Site], reader: Reader) -> dict[str, Card]:
    """Their cards, a few at a time: whoever else waits for the program is let in between."""
    cards = {}
    for number, site in enumerate(sites):
        cards[site.id] = desk.card(site, reader)
        if number % CARDS_AT_ONCE == CARDS_AT_ONCE - 1:
            await asyncio.sleep(0)
    return cards


def _written(desk: Desk, reader: Reader) -> tuple[Any, list[Fact], list[str]]:
    """The last hand-over that the reader may know of, what was done since, and whom one can hand over to."""
    person = reader.person
    try:
        book = desk.work.book
        shifts = [one for one in book.newest(Act.HAND_OVER) if _of_scope(one, reader)]
        facts = book.since(shifts[0].number if shifts else 0)
        people = [one.name for one in book.people() if one.coordinates and one.name != person.name]
    except StoreTrouble as fault:
        desk.trouble = str(fault)
        return {}, [], []
    last = shifts[0] if shifts else None
    told = {}
    if last is not None:
        told = {"who": last.who, "to": last.to, "when": reader.when(last.wall_ms), "text": last.text}
    return told, [one for one in facts if one.act is not Act.HAND_OVER], people


def _of_scope(fact: Fact, reader: Reader) -> bool:
    scope = fact.subject.partition(":")[2]
    return reader.person.sees_all or scope in ("", reader.person.scope)


def _waiting(desk: Desk, sites: list[Site], reader: Reader) -> list[shift.Waiting]:
    """Orders that no site has answered; of a site that is not heard it says so."""
    return [
        shift.Waiting(place=site.place, kind=row.kind, who=row.who, entered=row.entered,
                      silent=not desk.pictures[site.id].in_contact(reader.now))
        for site in sites
        for row in orders.sent(desk.pending[site.id], (), reader)
    ]  # fmt: skip


# --- alarms of all sites ---


def alarms(desk: Desk, choice: alarm_page.Choice, reader: Reader) -> dict[str, Any]:
    """Everything of the alarm page, of which one part is drawn."""
    sites = visible(desk, reader)
    held = [one for site in sites for one in alarm_page.of_site(site, desk.pictures[site.id], _own(desk, site))]

    def forms(one: alarm_page.PlacedAlarm) -> tuple[entry.FormView, ...]:
        return entry.alarm_forms(one.alarm, replace(reader, acts=one.acts))

    told = alarm_page.page(held, sites, desk.pictures, desk.pending, choice, reader)
    return {"page": told, "choice": choice, "forms_of": forms, "sites": sites}


def _own(desk: Desk, site: Site) -> tuple[Alarm, ...]:
    return tuple(link_alarm.alarm(loss) for loss in desk.losses[site.id] if not loss.over)


def alarm_now(desk: Desk, site: Site, key: str, device: str, reader: Reader) -> tuple[alarm_page.PlacedAlarm, ...]:
    """How one alarm of a site stands now, as far as the site was heard; nothing when it is not there."""
    held = [
        one
        for one in alarm_page.of_site(site, desk.pictures[site.id], _own(desk, site))
        if (one.alarm.key, one.alarm.device) == (key, device)
    ]
    return alarm_page.page(held, (site,), desk.pictures, desk.pending, alarm_page.Choice(), reader).rows
