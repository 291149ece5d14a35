"""What a year of one site costs: how long its curves and its timeline take, how many bytes they are, how large it is.

The site is calm for most of the year (samples each hour, all of them twice a day) and off the mains for twelve days
(each minute). Asked as the page asks: all charts of a year, as bytes.
"""

import math
import time
import zoneinfo
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from contract.freshness import Now
from contract.messages import Head, Value
from contract.records import Record, RecordBatch
from contract.wire import Moment
from contract.words import ClockQuality, Origin, Status, Stream
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site.charts import wanted
from dashboard.core.site.periods import Period
from dashboard.core.site.quarters import DAY_MS
from dashboard.io import site_past
from dashboard.io.store.database import Database
from dashboard.io.store.records import Records, Taken
from dashboard.io.store.thinning import Thinning

SITE, HOUR_MS, MINUTE_MS = "bench-site", 3_600_000, 60_000
DAYS, AWAY_DAYS, RAW_DAYS = 365, 12, 35
OTHERS = 84
"""Signals that no chart shows; a controller has a hundred."""
TURNS = 5
END_MS = 20_000 * DAY_MS


def measure() -> Iterator[dict[str, Any]]:
    """One line as it came, one after it was summed up: points that were read, ms, bytes, MB of the store."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite"
        database = Database(path)
        records = Records(database)
        points = _year(records)
        now = Now(mono_ms=0, wall_ms=END_MS, clock=ClockQuality.SYNCED)
        reader = Reader(language="sv", zone=zoneinfo.ZoneInfo("Europe/Stockholm"), now=now)
        yield {"kept": "as it came", "points": points, **_asked(records, reader), "mb_a_year": _mb(database, path)}
        _thin(database)
        yield {
            "kept": f"{RAW_DAYS} days as it came", "points": points, **_asked(records, reader),
            "mb_a_year": _mb(database, path),
        }  # fmt: skip
        database.close()


def _asked(records: Records, reader: Reader) -> dict[str, Any]:
    """The page's own question for a year, as bytes; the middle of some turns."""
    picture, spent, size = SitePicture(site=SITE), [], 0
    for _ in range(TURNS):
        began = time.perf_counter()
        drawn = site_past.charts_of(records.history, picture, Period.YEAR, reader)
        size = len(msgspec.json.encode(drawn))
        spent.append(time.perf_counter() - began)
    began = time.perf_counter()
    site_past.timeline_of(records.history, picture, Period.YEAR, reader)
    timeline_ms = (time.perf_counter() - began) * 1000
    return {"ms": round(sorted(spent)[TURNS // 2] * 1000), "kb": round(size / 1000, 1),
            "timeline_ms": round(timeline_ms)}  # fmt: skip


def _year(records: Records) -> int:
    """A year of samples and of events; how many points the charts have of it."""
    charted, points = len(wanted()), 0
    seqs = {Stream.SAMPLE: 0, Stream.EVENT: 0}
    for day in range(DAYS):
        away = day % (DAYS // AWAY_DAYS) == 5
        kept = []
        for minute in range(0, 24 * 60, 1 if away else 60):
            at = END_MS - (DAYS - day) * DAY_MS + minute * MINUTE_MS
            whole = minute % (15 if away else 12 * 60) == 0
            kept.append(_sample(seqs, at, whole=whole))
            points += charted
        _commit(records, Stream.SAMPLE, kept)
        if away:
            begin = END_MS - (DAYS - day) * DAY_MS
            told = (("mains_lost", "dead", "on_mains"), ("on_reserve", "on_reserve", "dead"),
                    ("back_on_mains", "on_mains", "on_reserve"))  # fmt: skip
            _commit(records, Stream.EVENT, [
                _record(seqs, Stream.EVENT, kind, begin + number * HOUR_MS,
                        {"power": power, "was": was, "source": "genset"})
                for number, (kind, power, was) in enumerate(told)
            ])  # fmt: skip
    return points


def _sample(seqs: dict[Stream, int], at: int, *, whole: bool) -> Record:
    """Everything that charts show moves; the rest comes with whole samples."""
    names = [*wanted(), *(f"meter.other_{number}" for number in range(OTHERS if whole else 6))]
    values = {
        name: msgspec.to_builtins(
            Value(value=round(100 * math.sin(at / 9e6 + place), 1), origin=Origin.MEASURED, up_ms=at)
        )
        for place, name in enumerate(names)
    }
    return _record(seqs, Stream.SAMPLE, "sample", at, {"device": "genset", "whole": whole, "values": values})


def _record(seqs: dict[Stream, int], stream: Stream, kind: str, at: int, body: dict[str, Any]) -> Record:
    seqs[stream] += 1
    moment = Moment(boot="bench", up_ms=at, wall_ms=at, clock=ClockQuality.SYNCED)
    return Record(seq=seqs[stream], kind=kind, at=moment, status=Status.ACTUAL, simulated=False, body=body)


def _commit(records: Records, stream: Stream, kept: list[Record]) -> None:
    for begin in range(0, len(kept), 300):
        some = tuple(kept[begin : begin + 300])
        last = some[-1].at
        head = Head(site=SITE, run="bench", boot="bench", up_ms=last.up_ms, wall_ms=last.wall_ms, clock=last.clock,
                    status=Status.ACTUAL)  # fmt: skip
        records.commit(
            [Taken(RecordBatch(head=head, run="bench", stream=stream, historical=False, records=some), None)]
        )


def _thin(database: Database) -> None:
    """As the running program does it, without its pauses."""
    thinning, before = Thinning(database), END_MS - RAW_DAYS * DAY_MS
    for step in (thinning.sum_up, thinning.forget_records, thinning.forget_history):
        while step(SITE, before):
            pass


def _mb(database: Database, path: Path) -> float:
    """What the store holds, without what it has given free."""
    with database.reading() as connection:
        pages, free, size = (
            connection.exec_driver_sql(f"pragma {name}").scalar_one()
            for name in ("page_count", "freelist_count", "page_size")
        )
    return round((pages - free) * size / 1e6, 1) if path.exists() else 0.0
