"""The records of all sites: kept once each, and counted without holes."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from contract.records import Mark, Record, RecordBatch
from contract.words import Event, Stream
from dashboard.core.events import Stored
from dashboard.core.intake import finite, samples, span, written
from dashboard.core.marks import advance, dated_ms
from dashboard.core.series import Sample
from dashboard.io.database import Database

MARKED_RUNS = 100
"""Runs in one mark: those heard of last; an older one comes back by itself when its records do."""

_KEEP = text(
    """insert or ignore into records (site, run, stream, seq, first, kind, wall_ms, up_ms, status, simulated,
    historical, body) values (:site, :run, :stream, :seq, :first, :kind, :wall_ms, :up_ms, :status, :simulated,
    :historical, :body)"""
)
_COLUMNS = "number, run, stream, seq, kind, wall_ms, up_ms, status, simulated, historical, body"


@dataclass(frozen=True, slots=True)
class Taken:
    """One batch as it arrived; `received_ms`: wall clock then, or None."""

    batch: RecordBatch
    received_ms: int | None


class Records:
    """Records, marks and the samples made from them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def commit(self, taken: list[Taken]) -> dict[str, int]:
        """Keep batches in one transaction; the number of new records by site. Raises StoreTrouble."""
        fresh: dict[str, int] = {}
        with self._database.writing() as connection:
            for one in taken:
                site = one.batch.head.site
                fresh[site] = fresh.get(site, 0) + sum(_keep(connection, one, record) for record in one.batch.records)
                _move_mark(connection, one.batch)
        return fresh

    def mark(self, site: str, wall_ms: int | None) -> Mark:
        """What may be forgotten at the site."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    """select run, stream, mark from marks where site = :site and run in (select run from marks
                    where site = :site group by run order by max(touched) desc limit :runs)"""
                ),
                {"site": site, "runs": MARKED_RUNS},
            )
            marks: dict[str, dict[Stream, int]] = {}
            for run, stream, mark in rows:
                marks.setdefault(run, {})[Stream(stream)] = mark
        return Mark(site=site, wall_ms=wall_ms or 0, marks=marks)

    def listed(self, site: str, stream: Stream, *, after: int = 0, limit: int = 1000) -> list[Stored]:
        """Records of a stream in the order in which they were committed."""
        return self._select("site = :site and stream = :stream and number > :after order by number limit :limit",
                            site=site, stream=stream.value, after=after, limit=limit)  # fmt: skip

    def newest(self, site: str, stream: Stream, limit: int) -> list[Stored]:
        """The records of a stream, the newest first."""
        return self._select(
            """site = :site and stream = :stream order by coalesce(wall_ms, 0) desc, number desc limit :limit""",
            site=site, stream=stream.value, limit=limit,
        )  # fmt: skip

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
            rows = connection.execute(text("select stream, count(*) from records group by stream")).tuples().all()
        return {stream.value: 0 for stream in Stream} | dict(rows)

    def last_sample_ms(self, site: str, signal: str) -> int | None:
        """When a signal's newest sample was made."""
        with self._database.reading() as connection:
            asked = text("select max(wall_ms) from samples where site = :site and signal = :signal")
            found = connection.execute(asked, {"site": site, "signal": signal}).scalar()
        return None if found is None else int(found)

    def samples(self, site: str, signal: str, since_ms: int) -> tuple[list[Sample], list[int]]:
        """A signal's samples, and all moments at which their devices said anything."""
        asked = {"site": site, "signal": signal, "since": since_ms}
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    "select wall_ms, run, value from samples where site = :site and signal = :signal "
                    "and wall_ms >= :since order by wall_ms"
                ),
                asked,
            ).all()
            heard = connection.execute(
                text(
                    """select wall_ms from heard where site = :site and wall_ms >= :since and device in
                    (select distinct device from samples where site = :site and signal = :signal)"""
                ),
                asked,
            ).all()
        return [Sample(*row) for row in rows], [row[0] for row in heard]


def _keep(connection: Connection, taken: Taken, record: Record) -> int:
    """Keep one record, once; 1 if it is new."""
    batch = taken.batch
    wall_ms = dated_ms(record.at, batch.head, taken.received_ms)
    row = {
        "site": batch.head.site, "run": batch.run, "stream": batch.stream.value, "seq": record.seq,
        "first": span(record)[0], "kind": record.kind, "wall_ms": wall_ms, "up_ms": record.at.up_ms,
        "status": record.status.value, "simulated": record.simulated, "historical": batch.historical,
        "body": written(record),
    }  # fmt: skip
    if not connection.execute(_KEEP, row).rowcount:
        return 0
    if wall_ms is not None:
        _keep_samples(connection, row, record)
    if record.kind in (Event.ORDER_DONE, Event.ORDER_REFUSED):
        _answer(connection, batch.head.site, record)
    return 1


def _keep_samples(connection: Connection, row: dict[str, Any], record: Record) -> None:
    body = samples(record)
    if body is None:
        return
    at = {"site": row["site"], "device": body.device}
    connection.execute(
        text("insert or ignore into heard values (:site, :device, :wall_ms)"), {**at, "wall_ms": row["wall_ms"]}
    )
    values = [
        {**at, "signal": key, "run": row["run"], "wall_ms": row["wall_ms"] - (record.at.up_ms - value.up_ms),
         "value": finite(value)}
        for key, value in body.values.items()
        if not isinstance(value.value, str)
    ]  # fmt: skip
    if values:
        connection.execute(
            text(
                "insert into samples (site, signal, wall_ms, device, run, value) "
                "values (:site, :signal, :wall_ms, :device, :run, :value)"
            ),
            values,
        )


def _answer(connection: Connection, site: str, record: Record) -> None:
    """The site has answered an order: it leaves the document of what waits."""
    done = connection.execute(
        text(
            "update orders set answer = :answer, detail = :detail, refusal = :refusal "
            "where id = :id and site = :site and answer is null"
        ),
        {"answer": record.kind, "detail": str(record.body.get("detail", ""))[:2000], "site": site,
         "refusal": written(record), "id": str(record.body.get("order", ""))},
    )  # fmt: skip
    if done.rowcount:
        raise_counter(connection, f"orders:{site}")


def raise_counter(connection: Connection, name: str) -> int:
    """One more; the new value."""
    asked = text(
        "insert into counters values (:name, 1) on conflict (name) do update set value = value + 1 returning value"
    )
    return int(connection.execute(asked, {"name": name}).scalar_one())


def _move_mark(connection: Connection, batch: RecordBatch) -> None:
    """As far as nothing is missing now, and no further."""
    at = {"site": batch.head.site, "run": batch.run, "stream": batch.stream.value}
    where = "site = :site and run = :run and stream = :stream"
    held = connection.execute(text(f"select mark from marks where {where}"), at).scalar() or 0  # noqa: S608
    rows = connection.execute(
        text(f"select first, seq from records where {where} and seq > :held order by first"),  # noqa: S608
        {**at, "held": held},
    )
    mark = advance(held, ((first, last) for first, last in rows))
    connection.execute(
        text("insert or replace into marks values (:site, :run, :stream, :mark, :touched)"),
        {**at, "mark": mark, "touched": raise_counter(connection, "touched")},
    )
