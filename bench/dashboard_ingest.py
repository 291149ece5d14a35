"""How fast a dashboard takes in what sites say: records over a real broker until they lie committed in its store, and
pictures until they are folded; and how it answers meanwhile, when a hundred sites come back with their history.

Beside it what SQLite alone does with the same rows: one process, no broker, nothing checked, nothing marked.
"""

import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from bench.dashboard_house import House, house, of_many, until
from bench.dashboard_sites import SiteVoice, Told
from contract.records import Mark, RecordBatch
from contract.words import Power, Stream
from dashboard.core.hearing.intake import written
from dashboard.io.store.committing import Taken
from dashboard.io.store.database import Database
from dashboard.io.store.records import Records

SITES = 100
EVENTS, SINGLE = 20, 1
"""Messages of one record that each site sends, as they come while it is on line."""
BATCHES, TOGETHER = 6, 60
"""Batches of history of each site and records in each: the storm after a long outage."""
UNDER_WAY = 400
"""Messages that the broker holds at a time: it keeps a thousand for a reader that is slower."""
PICTURES = 4000
ASK_S = 0.02


def measure() -> Iterator[dict[str, Any]]:
    """Live records, the storm, and pictures; each with its baseline."""
    with house(SITES) as one:
        yield {"what": "live", **_line(one, Stream.EVENT, EVENTS, SINGLE)}
        with answering(one, "/healthz") as loop, answering(one, "/") as page:
            storm = _line(one, Stream.SAMPLE, BATCHES, TOGETHER)
        yield {"what": "storm", **storm, "loop_lag": of_many(loop), "page": of_many(page), "rss_mb": one.rss}
        yield {"what": "pictures", **_pictures(one)}


def _line(one: House, stream: Stream, messages: int, together: int) -> dict[str, Any]:
    told = [voice.batch(stream, together) for _ in range(messages) for voice in one.voices.values()]
    spent = _until_marked(one, stream, told)
    bare = _bare(told)
    records = len(told) * together
    return {
        "store": "sqlite", "workers": 1, "messages_per_s": round(len(told) / spent),
        "records_per_s": round(records / spent), "records": records,
        "bare_sqlite_per_s": round(records / bare), "of_bare": round(bare / spent, 3),
        "store_alone_per_s": round(records / _store_alone(told)),
    }  # fmt: skip


def fill(one: House, records: int) -> int:
    """So many records in the store, of all sites; how many they became."""
    batches = -(-records // (len(one.voices) * TOGETHER)) or 1
    told = [voice.batch(Stream.SAMPLE, TOGETHER) for _ in range(batches) for voice in one.voices.values()]
    _until_marked(one, Stream.SAMPLE, told)
    return len(told) * TOGETHER


def _until_marked(one: House, stream: Stream, told: list[Told]) -> float:
    """Seconds until the store has confirmed every record to its site; what found no room is sent again, as a gateway
    does."""
    began = time.perf_counter()
    for begin in range(0, len(told), UNDER_WAY):
        some = told[begin : begin + UNDER_WAY]
        for topic, payload in some:
            one.publish(topic, payload, retain=False)
        last = {topic.split("/")[2]: msgspec.json.decode(payload, type=RecordBatch) for topic, payload in some}
        until(lambda last=last: all(_marked(one, site, stream) >= batch.records[-1].seq
                                    for site, batch in last.items()), "every record marked")  # fmt: skip
    return time.perf_counter() - began


def _marked(one: House, site: str, stream: Stream) -> int:
    payload = one.marks.get(site)
    if payload is None:
        return 0
    marks = msgspec.json.decode(payload, type=Mark).marks
    return marks.get(one.voices[site].run, {}).get(stream, 0)


def _bare(told: list[Told]) -> float:
    """Seconds of SQLite for the same rows, a transaction for as many messages as the program takes together."""
    batches = [msgspec.json.decode(payload, type=RecordBatch) for _, payload in told]
    rows = [
        [(batch.head.site, batch.run, batch.stream.value, record.seq, record.seq, record.kind, record.at.wall_ms,
          record.at.up_ms, record.status.value, 0, 0, written(record)) for record in batch.records]
        for batch in batches
    ]  # fmt: skip
    with _store() as database:
        began = time.perf_counter()
        for begin in range(0, len(rows), 50):
            with database.writing() as connection:
                connection.exec_driver_sql(
                    "insert into records (site, run, stream, seq, first, kind, wall_ms, up_ms, status, simulated, "
                    "historical, body) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [row for batch in rows[begin : begin + 50] for row in batch],
                )
        return time.perf_counter() - began


def _store_alone(told: list[Told]) -> float:
    """Seconds of our own store for the same messages, without a broker and without a program around it."""
    taken = [Taken(msgspec.json.decode(payload, type=RecordBatch), None) for _, payload in told]
    with _store() as database:
        records = Records(database)
        together = 50 if len(taken[0].batch.records if taken[0].batch else ()) == 1 else 8
        began = time.perf_counter()
        for begin in range(0, len(taken), together):
            records.commit(taken[begin : begin + together])
        return time.perf_counter() - began


@contextmanager
def _store() -> Iterator[Database]:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        database = Database(Path(folder) / "bare.sqlite")
        yield database
        database.close()


def _pictures(one: House) -> dict[str, Any]:
    """States of all sites in turn, as many as a region without mains gives."""
    voices: list[SiteVoice] = list(one.voices.values())
    spent = 0.0
    for begin in range(0, PICTURES, UNDER_WAY):
        some = [voices[at % len(voices)].tick().state(Power.ON_MAINS) for at in range(begin, begin + UNDER_WAY)]
        began = time.perf_counter()
        one.fold(some)
        spent += time.perf_counter() - began
    return {"pictures_per_s": round(PICTURES / spent), "pictures": PICTURES}


@contextmanager
def answering(one: House, path: str) -> Iterator[list[float]]:
    """Seconds of each answer to somebody who goes on asking meanwhile; of /healthz it is how late the loop is."""
    ended, spent = threading.Event(), list[float]()

    def ask() -> None:
        while not ended.wait(ASK_S):
            began = time.perf_counter()
            with urllib.request.urlopen(one.url + path, timeout=60) as answer:  # noqa: S310
                answer.read()
            spent.append(time.perf_counter() - began)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    try:
        yield spent
    finally:
        ended.set()
        asking.join(60)
