"""The records of all sites: kept once each, and counted without holes."""

import json
import logging
import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from contract.records import MARKED_RUNS, Mark
from contract.words import Event, Stream
from dashboard.core.hearing.salvage import refused
from dashboard.core.site.events import Stored
from dashboard.io.store.aside import aside_counts
from dashboard.io.store.committing import Taken, begins, commit_one, marked
from dashboard.io.store.counters import raise_counter
from dashboard.io.store.database import Database, StoreTrouble
from dashboard.io.store.history import History

__all__ = ["Records", "Taken", "raise_counter"]

log = logging.getLogger(__name__)

AHEAD_S = 120.0
"""Real seconds that a stream waits for what is missing in it; a site begins anew within seconds of a mark."""
MAX_AHEAD = 10_000

_MARKS = text(
    """select run, stream, mark from marks where site = :site and run in (select run from marks
    where site = :site group by run order by max(touched) desc limit :runs)"""
)
_COLUMNS = "number, run, stream, seq, kind, wall_ms, up_ms, status, simulated, historical, body"


class Records:
    """Records, marks and the samples made from them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.history = History(database)
        """What lies behind: questions about the past of a site."""
        self._ahead: dict[tuple[str, str, str], float] = {}
        """Streams that came with a hole, and since when (monotonic, s)."""

    def commit(self, taken: list[Taken]) -> dict[str, int]:
        """Keep messages in one transaction; what is new of each site. Raises StoreTrouble.

        One that the store can not take though it is well otherwise is put aside, so that it stops no other.
        """
        try:
            return self._commit(taken)
        except Exception as fault:
            if isinstance(fault, StoreTrouble) and not self.takes_anything():
                raise
        fresh: dict[str, int] = {}
        for one in taken:
            try:
                told = self._commit([one])
            except Exception as fault:
                if isinstance(fault, StoreTrouble) and not self.takes_anything():
                    raise
                log.error("%s: a message could not be kept and is put aside: %s", one.site, fault)
                told = self._commit(
                    [Taken(None, one.received_ms, (*one.odd, *refused(one.batch, str(fault))), one.site)]
                )
            fresh = {site: fresh.get(site, 0) + told.get(site, 0) for site in {*fresh, *told}}
        return fresh

    def _commit(self, taken: list[Taken]) -> dict[str, int]:
        fresh: dict[str, int] = {}
        with self._database.writing() as connection:
            for one in taken:
                kept = 0 if self._waits(connection, one) else commit_one(connection, one)
                fresh[one.site] = fresh.get(one.site, 0) + kept
        return fresh

    def _waits(self, connection: Connection, one: Taken) -> bool:
        """Is something missing before it? Then it is not kept, the mark is told again, and its site begins there.

        Order holds within a stream. But what the site itself has forgotten will never come: it is not waited for long.
        """
        began = begins(one)
        if began is None:
            return False
        run, stream, first = began
        key = (one.site, run, stream)
        if first <= marked(connection, one.site, run, stream) + 1:
            self._ahead.pop(key, None)
            return False
        now_s = time.monotonic()
        if len(self._ahead) >= MAX_AHEAD:
            self._ahead.pop(next(iter(self._ahead)))
        return now_s - self._ahead.setdefault(key, now_s) < AHEAD_S

    def takes_anything(self) -> bool:
        """Can the store write at all?"""
        try:
            with self._database.writing() as connection:
                raise_counter(connection, "touched")
        except StoreTrouble:
            return False
        return True

    def mark(self, site: str, wall_ms: int | None) -> Mark:
        """What may be forgotten at the site."""
        return self.marks((site,), wall_ms)[0]

    def marks(self, sites: Iterable[str], wall_ms: int | None) -> list[Mark]:
        """The same of several, in one view."""
        with self._database.reading() as connection:
            return [_mark(connection, site, wall_ms) for site in sites]

    def listed(self, site: str, stream: Stream, *, after: int = 0, limit: int = 1000) -> list[Stored]:
        """Records of a stream in the order in which they were committed."""
        return self._select("site = :site and stream = :stream and number > :after order by number limit :limit",
                            site=site, stream=stream.value, after=after, limit=limit)  # fmt: skip

    def newest(self, site: str, stream: Stream, limit: int) -> list[Stored]:
        """The records of a stream, the newest first; one of an unknown time stands after what was kept before it."""
        return self._select(
            """site = :site and stream = :stream order by coalesce(wall_ms, (select held.wall_ms from records as held
            where held.site = :site and held.stream = :stream and held.number < records.number
            and held.wall_ms is not null order by held.number desc limit 1), 0) desc, number desc limit :limit""",
            site=site, stream=stream.value, limit=limit,
        )  # fmt: skip

    def last_of(self, site: str, run: str, kinds: tuple[Event, Event]) -> Stored | None:
        """The newest event of either kind that a run told. Raises StoreTrouble."""
        found = self._select(
            """site = :site and stream = 'event' and kind in (:one, :other) and run = :run
            order by seq desc limit 1""",
            site=site, run=run, one=kinds[0].value, other=kinds[1].value,
        )  # fmt: skip
        return next(iter(found), None)

    def _select(self, where: str, **values: Any) -> list[Stored]:
        with self._database.reading() as connection:
            rows = connection.execute(text(f"select {_COLUMNS} from records where {where}"), values)  # noqa: S608
            return [
                Stored(**{**row, "simulated": bool(row["simulated"]), "historical": bool(row["historical"]),
                          "body": json.loads(row["body"])})
                for row in rows.mappings()
            ]  # fmt: skip

    def counts(self) -> dict[str, int]:
        """Committed records by stream; a thinned range counts as its one gap record."""
        with self._database.reading() as connection:
            rows = connection.execute(text("select stream, count(*) from records group by stream")).all()
        return {stream.value: 0 for stream in Stream} | {row[0]: row[1] for row in rows}

    def aside(self) -> dict[str, int]:
        """How many records or messages that nobody could read lie aside, by site."""
        with self._database.reading() as connection:
            return aside_counts(connection)


def _mark(connection: Connection, site: str, wall_ms: int | None) -> Mark:
    marks: dict[str, dict[Stream, int]] = {}
    for run, stream, mark in connection.execute(_MARKS, {"site": site, "runs": MARKED_RUNS}):
        marks.setdefault(run, {})[Stream(stream)] = mark
    return Mark(site=site, wall_ms=wall_ms or 0, marks=marks)
