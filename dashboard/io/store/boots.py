"""When the boots of the sites were: records of a boot that did not know its time are dated as soon as somebody does.

A site says once for each boot what its wall clock less its uptime is (`clock_known`, `clock_stepped`). What was kept of
the boot before that gets its time, or a better one; what comes late is dated on its way in. Nobody is notified of it.
"""

import json
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from contract.dating import STEP_MS, BootTime, date_body
from contract.messages import Value
from contract.records import ClockBody, Record, RecordBatch
from contract.words import ClockQuality, Event, Stream
from dashboard.core.hearing.intake import finite

TELLS = (Event.CLOCK_KNOWN, Event.CLOCK_STEPPED)
ROWS_AT_ONCE = 1000
_ROWS = text(
    """select number, run, stream, kind, wall_ms, up_ms, body from records
    where site = :site and run = :run and stream = :stream and seq > :seq order by seq limit :most"""
)
_BOOT_OF_RUN = text(
    """select runs.boot, offset_ms, quality, up_ms from runs left join boots
    on boots.site = runs.site and boots.boot = runs.boot where runs.site = :site and runs.run = :run"""
)
Row = dict[str, Any]


def dated(connection: Connection, batch: RecordBatch, records: list[Record]) -> list[Record]:
    """Records on their way into the store, dated by what is known of their boot."""
    boot = next((record.at.boot for record in records if record.kind != Event.GAP), None)
    if boot is None:
        return records
    at = {"site": batch.head.site, "run": batch.run, "boot": boot}
    held = connection.execute(_BOOT_OF_RUN, at).first()
    if held is None:
        connection.execute(text("insert into runs values (:site, :run, :boot)"), at)
        held = connection.execute(
            text("select boot, offset_ms, quality, up_ms from boots where site = :site and boot = :boot"), at
        ).first()
    if held is None or held[1] is None:
        return records
    known = BootTime(boot=held[0], offset_ms=held[1], quality=ClockQuality(held[2]))
    return [_dated(record, known, held[3]) for record in records]


def _dated(record: Record, known: BootTime, told_ms: int) -> Record:
    """After the site told of its time (uptime `told_ms`) its own dates are as good."""
    at = record.at
    if at.boot != known.boot or record.kind == Event.GAP or known.right(at.up_ms, at.wall_ms, at.clock):
        return record
    if at.up_ms > told_ms and at.wall_ms is not None and at.clock is not ClockQuality.UNSYNCED:
        return record
    return msgspec.structs.replace(record, at=known.moment(at.up_ms), body=date_body(record.body, known))


def learn(connection: Connection, batch: RecordBatch, record: Record) -> int:
    """A site tells what time a boot of it was: how many records got another date."""
    if record.kind not in TELLS:
        return 0
    try:
        body = msgspec.convert(record.body, ClockBody)
    except msgspec.ValidationError:
        return 0
    site = batch.head.site
    newer = connection.execute(
        text(
            """insert into boots values (:site, :boot, :offset_ms, :quality, :up_ms) on conflict (site, boot) do update
            set offset_ms = excluded.offset_ms, quality = excluded.quality, up_ms = excluded.up_ms
            where excluded.up_ms >= boots.up_ms"""
        ),
        {"site": site, "boot": body.boot, "offset_ms": body.offset_ms, "quality": body.quality.value,
         "up_ms": record.at.up_ms},
    )  # fmt: skip
    if not newer.rowcount:
        return 0
    known = BootTime(boot=body.boot, offset_ms=body.offset_ms, quality=body.quality)
    runs = connection.execute(
        text("select run from runs where site = :site and boot = :boot"), {"site": site, "boot": body.boot}
    ).scalars()
    return sum(
        _date_stream(connection, site, run, stream, known, record.at.up_ms) for run in list(runs) for stream in Stream
    )


def _date_stream(connection: Connection, site: str, run: str, stream: Stream, known: BootTime, told_ms: int) -> int:
    """All of a run's stream up to when the site told; later records have their dates from the same clock."""
    last, count = 0, 0
    asked = text("select seq from records where number = :number")
    while rows := connection.execute(
        _ROWS, {"site": site, "run": run, "stream": stream.value, "seq": last, "most": ROWS_AT_ONCE}
    ).all():
        last = connection.execute(asked, {"number": rows[-1][0]}).scalar_one()
        wrong = [row._asdict() for row in rows if row.kind != Event.GAP and row.up_ms <= told_ms]
        wrong = [row for row in wrong if row["wall_ms"] is None or _off(row, known)]
        for row in wrong:
            _date_row(connection, site, row, known)
        count += len(wrong)
    return count


def _off(row: Row, known: BootTime) -> bool:
    return abs(row["wall_ms"] - known.wall_of(row["up_ms"])) > STEP_MS or '"unsynced"' in row["body"]


def _date_row(connection: Connection, site: str, row: Row, known: BootTime) -> None:
    body, wall_ms = json.loads(row["body"]), known.wall_of(row["up_ms"])
    dated_body = date_body(body, known)
    of = {"site": site, "run": row["run"]}
    if row["kind"] == "sample":
        _move_samples(connection, of, body, _offset(row), wall_ms - row["up_ms"])
    elif row["kind"] == "remembered":
        _move_samples(connection, of, body, _offset(body.get("at")), _offset(dated_body.get("at")))
    connection.execute(
        text("update records set wall_ms = :wall_ms, body = :body where number = :number"),
        {"wall_ms": wall_ms, "body": msgspec.json.encode(dated_body).decode(), "number": row["number"]},
    )


def _offset(at: Any) -> int | None:
    """Wall clock less uptime of a row or of a moment in a body; None where it has no time."""
    wall_ms, up_ms = (at.get("wall_ms"), at.get("up_ms")) if isinstance(at, dict) else (None, None)
    return wall_ms - up_ms if isinstance(wall_ms, int) and isinstance(up_ms, int) else None


def _move_samples(connection: Connection, of: Row, body: dict[str, Any], was_ms: int | None, is_ms: int | None) -> None:
    """The points of the curves that were made of a record, at their new place. Wall clock less uptime, before, now."""
    if was_ms == is_ms:
        return
    device = str(body.get("device", ""))
    try:
        values = msgspec.convert(body.get("values"), dict[str, Value])
    except msgspec.ValidationError:
        return
    points = [(key, value) for key, value in values.items() if not isinstance(value.value, str)]
    if was_ms is not None:
        for key, value in points:
            connection.execute(
                text(
                    """delete from samples where site = :site and signal = :signal and wall_ms = :wall_ms
                    and run = :run"""
                ),
                {**of, "signal": key, "wall_ms": was_ms + value.up_ms},
            )
    for key, value in points if is_ms is not None else ():
        connection.execute(
            text(
                "insert into samples (site, signal, wall_ms, device, run, value) "
                "values (:site, :signal, :wall_ms, :device, :run, :value)"
            ),
            {**of, "signal": key, "wall_ms": is_ms + value.up_ms, "device": device, "value": finite(value)},
        )  # fmt: skip
