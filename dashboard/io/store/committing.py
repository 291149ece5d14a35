"""One batch into the store, in the transaction of whoever asks: records once each, samples, answers, the mark."""

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from contract.records import Record, RecordBatch
from contract.words import Event
from dashboard.core.hearing.intake import SAMPLES, points, span, written
from dashboard.core.hearing.marks import advance, dated_ms, holes
from dashboard.core.hearing.salvage import Odd
from dashboard.io.store import boots
from dashboard.io.store.aside import aside_spans, put_aside
from dashboard.io.store.counters import raise_counter

# many rows at once, past SQLAlchemy's parameters by name: they cost more than SQLite itself, and a hundred sites come
# back with their history together
_KEEP = """insert into records (site, run, stream, seq, first, kind, wall_ms, up_ms, status, simulated,
    historical, body) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing"""
_SAMPLE = "insert into samples (site, signal, wall_ms, device, run, value) values (?, ?, ?, ?, ?, ?)"
_OF_RUN = "site = :site and run = :run and stream = :stream"
# made once: to read a statement anew for each message costs more than SQLite takes to run it
_MARKED = text(f"select mark from marks where {_OF_RUN}")  # noqa: S608
_HELD = text(f"select seq from records where {_OF_RUN} and seq between :low and :high")  # noqa: S608
_OF_STRETCH = text(f"select first, seq from records where {_OF_RUN} and seq >= :first and first <= :last")  # noqa: S608
_BEYOND = text(f"select first, seq from records where {_OF_RUN} and seq > :held order by first")  # noqa: S608
_MARK = text(
    """insert into marks values (:site, :run, :stream, :mark, :touched) on conflict (site, run, stream)
    do update set mark = excluded.mark, touched = excluded.touched"""
)
_ANSWERED = text(
    """update orders set answer = :answer, detail = :detail, refusal = :refusal
    where id = :id and site = :site and answer is null"""
)
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """One message as it arrived: its records, and what of it could not be read. `received_ms`: wall clock, or None."""

    batch: RecordBatch | None
    received_ms: int | None
    odd: tuple[Odd, ...] = ()
    of: str = ""

    @property
    def site(self) -> str:
        """Who sent it."""
        return self.batch.head.site if self.batch is not None else self.of


def begins(taken: Taken) -> tuple[str, str, int] | None:
    """Run, stream and first number of a message; None when it has no numbers."""
    numbered = [(one.run, one.stream, one.first) for one in taken.odd if one.run and one.stream and one.first]
    if taken.batch is not None:
        first = span(taken.batch.records[0])[0]
        numbered.append((taken.batch.run, taken.batch.stream.value, first))
    return min(numbered, key=lambda one: one[2]) if numbered else None


def marked(connection: Connection, site: str, run: str, stream: str) -> int:
    """How far nothing is missing."""
    return int(connection.execute(_MARKED, {"site": site, "run": run, "stream": stream}).scalar() or 0)


def commit_one(connection: Connection, taken: Taken) -> int:
    """Keep what is new of a message; how much that was."""
    batch, fresh = taken.batch, 0
    runs: set[tuple[str, str]] = set()
    if taken.odd:
        fresh += put_aside(connection, taken.site, taken.odd, taken.received_ms)
        runs |= {(one.run, one.stream) for one in taken.odd if one.run and one.stream}
    if batch is not None:
        fresh += _keep(connection, batch, taken.received_ms)
        runs.add((batch.run, batch.stream.value))
    for run, stream in runs:
        _move_mark(connection, taken.site, run, stream)
    return fresh


def _keep(connection: Connection, batch: RecordBatch, received_ms: int | None) -> int:
    """Keep records, each once; how many are new."""
    new = _new(connection, batch)
    if not new:
        return 0
    new = boots.dated(connection, batch, new)
    rows: list[Row] = []
    values: list[Row] = []
    for record in new:
        wall_ms = dated_ms(record.at, batch.head, received_ms)
        rows.append(_row(batch, record, wall_ms))
        if record.kind in SAMPLES:
            values += sample_rows(batch.head.site, batch.run, record, wall_ms)
        elif record.kind in (Event.ORDER_DONE, Event.ORDER_REFUSED):
            _answer(connection, batch.head.site, record)
    for statement, many in ((_KEEP, rows), (_SAMPLE, values)):
        if many:
            connection.exec_driver_sql(statement, many)
    for record in new:
        boots.learn(connection, batch, record)
    return len(new)


def _new(connection: Connection, batch: RecordBatch) -> list[Record]:
    """The records that are not there yet; of two with one number the first."""
    told = {record.seq: record for record in reversed(batch.records)}
    held = connection.execute(
        _HELD,
        {"site": batch.head.site, "run": batch.run, "stream": batch.stream.value, "low": min(told), "high": max(told)},
    )
    gaps = {seq: record for seq, record in told.items() if span(record)[0] < seq}
    for (seq,) in held:
        told.pop(seq, None)
    new = [record for record in batch.records if told.get(record.seq) is record and record.seq not in gaps]
    for gap in gaps.values():
        new += _of_gap(connection, batch, gap)
    return sorted(new, key=lambda record: record.seq)


def _of_gap(connection: Connection, batch: RecordBatch, gap: Record) -> list[Record]:
    """A gap over what is missing here, and not over what is not: a store that has lost single records holds others of
    the stretch, the last one perhaps, and is told one gap over all of it."""
    first, last = span(gap)
    of = {"site": batch.head.site, "run": batch.run, "stream": batch.stream.value}
    rows = connection.execute(_OF_STRETCH, {**of, "first": first, "last": last})
    spans = [(int(begin), int(end)) for begin, end in rows]
    spans += aside_spans(connection, *of.values(), first - 1)
    return [
        msgspec.structs.replace(gap, seq=end, body={**gap.body, "first": begin, "last": end})
        for begin, end in holes(first, last, spans)
    ]


def _row(batch: RecordBatch, record: Record, wall_ms: int | None) -> Row:
    return (
        batch.head.site, batch.run, batch.stream.value, record.seq, span(record)[0], record.kind, wall_ms,
        record.at.up_ms, record.status.value, record.simulated, batch.historical, written(record),
    )  # fmt: skip


def sample_rows(site: str, run: str, record: Record, wall_ms: int | None) -> list[Row]:
    """What a sample gives to the curves, as rows."""
    return [(site, key, at_ms, device, run, value) for key, at_ms, device, value in points(record, wall_ms)]


def _answer(connection: Connection, site: str, record: Record) -> None:
    """The site has answered an order: it leaves the document of what waits."""
    done = connection.execute(
        _ANSWERED,
        {"answer": record.kind, "detail": str(record.body.get("detail", ""))[:2000], "site": site,
         "refusal": written(record), "id": str(record.body.get("order", ""))},
    )  # fmt: skip
    if done.rowcount:
        raise_counter(connection, f"orders:{site}")


def _move_mark(connection: Connection, site: str, run: str, stream: str) -> None:
    """As far as nothing is missing now, and no further."""
    at = {"site": site, "run": run, "stream": stream}
    held = marked(connection, site, run, stream)
    rows = connection.execute(_BEYOND, {**at, "held": held})
    spans = [(int(first), int(last)) for first, last in rows]
    if odd := aside_spans(connection, site, run, stream, held):
        spans = sorted(spans + odd)
    mark = advance(held, spans)
    connection.execute(_MARK, {**at, "mark": mark, "touched": raise_counter(connection, "touched")})
