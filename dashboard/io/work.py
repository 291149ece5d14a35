"""What the running program holds of the work: incidents, and who has what. One for all pages."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from contract.freshness import Now
from dashboard.core.access.people import Person
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.sites import Site
from dashboard.core.work import ownership
from dashboard.core.work.holding_words import HoldingRow, fact_rows, holding_row
from dashboard.core.work.incident_words import IncidentRow, incident_row
from dashboard.core.work.incidents import Incident, folded
from dashboard.core.work.ownership import Fact, Holding, Wanted
from dashboard.core.work.seen import Seen, seen
from dashboard.io.store.database import Database, StoreTrouble
from dashboard.io.store.work import Note, WorkBook

log = logging.getLogger(__name__)


def subject_of_site(site: str) -> str:
    """A site as something that somebody has."""
    return f"{ownership.SITE}:{site}"


def subject_of_incident(name: str) -> str:
    """An incident as something that somebody has."""
    return f"{ownership.INCIDENT}:{name}"


def may_have(person: Person, sites: Iterable[str], *, several: bool) -> bool:
    """May this person have it? One site whoever acts for it; an incident whoever looks after any of its sites."""
    return (person.coordinates or not several) and any(person.acts(site) for site in sites)


class Work:
    """Incidents that are open, as the store has them, and who has what. Made at the start; raises StoreTrouble."""

    def __init__(self, database: Database, now: Now, boot: str) -> None:
        self.book = WorkBook(database)
        self.boot = boot
        self.incidents: tuple[Incident, ...] = self.book.open_incidents(now, boot)
        self.holdings: dict[str, Holding] = self.book.holdings()
        self.seen: dict[str, Seen] = {}
        self._listening_ms: int | None = None

    # --- incidents ---

    async def look(
        self, sites: Iterable[Site], pictures: Mapping[str, SitePicture], now: Now, *, listening: bool
    ) -> set[str]:
        """Look at all sites once; those whose incidents are others now. Raises StoreTrouble, and then nothing changed.

        `listening`: our own link to the broker is up. While it is not, nothing can be said of any site.
        """
        self._listening_ms = (self._listening_ms or now.mono_ms) if listening else None
        listened = None if self._listening_ms is None else now.mono_ms - self._listening_ms
        self.seen = {site.id: seen(site, pictures[site.id], now, listened) for site in sites}
        if listened is None:
            return set()
        found = folded(self.incidents, tuple(self.seen.values()), now.mono_ms)
        held = {one.id: one for one in self.incidents}
        changed = [one for one in found if held.get(one.id) != one]
        if not changed:
            return set()
        await asyncio.to_thread(self.book.keep_incidents, changed, now, self.boot)
        for one in changed:
            if one.id not in held or one.over:
                log.info("incident %s (%s): %s", one.id, one.kind, "over" if one.over else ", ".join(one.sites))
        self.incidents = tuple(one for one in found if not one.over)
        return {site for one in changed for site in one.sites}

    def incident(self, name: str, now: Now) -> Incident | None:
        """One by its id; one that is over comes from the store. Raises StoreTrouble."""
        return next((one for one in self.incidents if one.id == name), None) or self.book.incident(name, now, self.boot)

    # --- who has what ---

    def held(self, subject: str) -> Holding:
        """Who has it."""
        return self.holdings.get(subject) or Holding(subject=subject)

    def site_row(self, site: str, reader: Reader) -> HoldingRow:
        """Who has a site."""
        return holding_row(self.held(subject_of_site(site)), reader, self.boot)

    async def panel(self, subject: str, sites: Iterable[str], reader: Reader) -> dict[str, Any]:
        """What the panel of ownership shows: who has it, what was done, to whom it can be given.

        `sites`: those that it is about. A store that does not answer leaves the lists empty; the page says so above.
        """
        facts, people = await asyncio.to_thread(self._stored, subject)
        about, several = tuple(sites), subject.startswith(ownership.INCIDENT)
        given = [one.name for one in people if may_have(one, about, several=several) and one.name != reader.person.name]
        return {
            "holding": holding_row(self.held(subject), reader, self.boot), "facts": fact_rows(facts, reader, self.boot),
            "people": given, "acts": may_have(reader.person, about, several=several),
        }  # fmt: skip

    async def site_panel(self, site: str, reader: Reader) -> dict[str, Any]:
        """The same of one site."""
        panel = await self.panel(subject_of_site(site), (site,), reader)
        return {**panel, "address": f"/holdings/sites/{site}"}

    def _stored(self, subject: str) -> tuple[list[Fact], list[Person]]:
        try:
            return self.book.facts(subject), self.book.people()
        except StoreTrouble as fault:
            log.warning("%s", fault)
            return [], []

    async def did(self, key: str, wanted: Wanted, blank: Fact, note: Note | None) -> tuple[Fact, Holding]:
        """Keep what somebody does; what it became, and who has it now. Raises StoreTrouble."""
        fact, held = await asyncio.to_thread(self.book.did, key, wanted, blank, note)
        self._know(held)
        return fact, held

    async def handed(self, key: str, all_of: list[tuple[Wanted, Fact]], fact: Fact, note: Note | None) -> list[Fact]:
        """Give all of it in one go. Raises StoreTrouble."""
        kept = await asyncio.to_thread(self.book.handed, key, all_of, fact, note)
        for held in (await asyncio.to_thread(self.book.holdings)).values():
            self._know(held)
        return kept

    def _know(self, held: Holding) -> None:
        """Two at once may come back in another order than they were kept."""
        if held.revision >= self.held(held.subject).revision:
            self.holdings[held.subject] = held

    def overdue(self, reader: Reader) -> frozenset[str]:
        """The sites whose promised next time has passed."""
        late = [one for one in self.holdings.values() if (one.left_ms(reader.now, self.boot) or 0) < 0 and one.held]
        prefix = subject_of_site("")
        return frozenset(one.subject.removeprefix(prefix) for one in late if one.subject.startswith(prefix))

    def incident_row(self, one: Incident, sites: Mapping[str, Site], reader: Reader) -> IncidentRow:
        """An incident for a reader."""
        held = holding_row(self.held(subject_of_incident(one.id)), reader, self.boot)
        return incident_row(one, sites, self.seen, held, reader)

    def rows(self, sites: Iterable[Site], reader: Reader) -> list[IncidentRow]:
        """The open incidents that the reader may see: overdue first, then those that nobody has, then the newest."""
        by_id = {site.id: site for site in sites}
        rows = [self.incident_row(one, by_id, reader) for one in self.incidents]
        return sorted((row for row in rows if row.sites), key=lambda row: (row.holding.rank, -row.since_ms, row.id))
