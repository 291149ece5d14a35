"""History to a real centre: the dashboard as a process, real Mosquitto; nothing lost, nothing live delayed by it."""

import asyncio
import contextlib
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract.records import MAX_RECORDS
from contract.words import Status, Stream
from gateway.core.pipeline import Numbered
from gateway.io import record_road
from gateway.io.store import Store

from .far_end import DAYS_2_MS, Broker, Centre, Road, event, fill, happens, moment, sample


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """The central broker, not yet started."""
    one = Broker(tmp_path)
    yield one
    one.kill()


@pytest.fixture
def centre(tmp_path: Path, broker: Broker) -> Iterator[Centre]:
    """The centre, not yet started."""
    one = Centre(tmp_path, broker.port)
    yield one
    one.kill()


async def test_live_events_pass_two_days_of_history(
    store: Store, broker: Broker, centre: Centre, record_property: Any
) -> None:
    """48 h with a sample every eight seconds come back flat out; each event of meanwhile is at the centre before."""
    count = DAYS_2_MS // 8000
    last_kept = count - record_road.MOST_UNDER_WAY - 2 * MAX_RECORDS  # what is under way already cannot be passed
    fill(store, count, 8000)
    broker.start()
    centre.start()
    kept_s: list[float] = []
    async with Road(store, broker.port, up_ms=DAYS_2_MS) as road:
        began_s = time.monotonic()
        while road.marks.get(Stream.SAMPLE, 0) < last_kept:
            kept_s.append(time.monotonic())
            road.keep(event(len(kept_s)))
            await asyncio.sleep(0.02)
            assert time.monotonic() - began_s < 90
        await road.until(Stream.SAMPLE, count)
        spent_s = time.monotonic() - began_s
        await road.until(Stream.EVENT, len(kept_s))
        delays = sorted(road.marked_s[Stream.EVENT, seq] - at for seq, at in enumerate(kept_s, 1))

    last = centre.rows("select max(number) from records where stream = 'sample'")[0][0]
    placed = [row[0] for row in centre.rows("select number from records where stream = 'event' order by seq")]
    order = [row[0] for row in centre.rows("select seq from records where stream = 'sample' order by number")]
    record_property("records_per_s", round(count / spent_s))
    record_property("live_delay_ms", [round(1000 * delays[len(delays) // 2]), round(1000 * delays[-1])])

    assert list(range(1, count + 1)) == order
    assert len(kept_s) == len(placed) >= 5
    assert max(placed) < last


async def test_history_waits_its_turn_and_events_do_not(
    store: Store, broker: Broker, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where thousands share the broker, history begins at a moment of its own; what was decided goes at once."""
    monkeypatch.setattr(record_road.random, "uniform", lambda low, high: 3600.0 if high > 1 else low)
    monkeypatch.setattr(record_road, "LOOK_S", 0.05)
    fill(store, 600, 4000)
    broker.start()
    centre.start()
    async with Road(store, broker.port, up_ms=DAYS_2_MS, shared_by=8000) as road:
        await happens(lambda: road.pictures.link.up)
        road.keep(event(1))
        await road.until(Stream.EVENT, 1)
        before = road.marks.get(Stream.SAMPLE, 0)
        road.records._history_s = asyncio.get_running_loop().time()  # its moment has come
        await road.until(Stream.SAMPLE, 600)

    assert 0 == before


async def test_broker_that_acknowledges_and_forgets_loses_nothing(
    store: Store, broker: Broker, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken by a broker while no centre listened, and gone with its memory: all of it comes again, in order."""
    monkeypatch.setattr(record_road, "RESEND_S", 0.5)
    broker.start()
    async with Road(store, broker.port) as road:
        for seq in range(1, 51):
            road.keep(event(seq), sample(seq, seq))
        await happens(lambda: road.pictures.published >= 2)
        broker.kill()
        broker.start()
        centre.start()
        await road.until(Stream.EVENT, 50)
        await road.until(Stream.SAMPLE, 50)
        for seq in range(51, 101):
            road.keep(event(seq))
            if seq == 75:
                broker.kill()
                broker.start()
        await road.until(Stream.EVENT, 100)

    seqs = "select seq from records where stream = ? order by number"
    assert list(range(1, 101)) == [row[0] for row in centre.rows(seqs, "event")]
    assert list(range(1, 51)) == [row[0] for row in centre.rows(seqs, "sample")]
    assert (None, None) == (store.oldest(Stream.EVENT), store.oldest(Stream.SAMPLE))


async def test_broker_that_freezes_is_left_and_loses_nothing(store: Store, broker: Broker, centre: Centre) -> None:
    """SIGSTOP in the middle of the records: the link ends by the answer that does not come, and all comes after it."""
    broker.start()
    centre.start()
    async with Road(store, broker.port, answer_within_s=0.5, keepalive_s=1200) as road:
        for seq in range(1, 31):
            road.keep(event(seq), sample(seq, seq))
            if seq == 10:
                await road.until(Stream.EVENT, 10)
                broker.signal(signal.SIGSTOP)
            if seq == 20:
                await happens(lambda: not road.pictures.link.up)
                broker.signal(signal.SIGCONT)
        await road.until(Stream.EVENT, 30)
        await road.until(Stream.SAMPLE, 30)

    for stream in ("event", "sample"):
        seqs = centre.rows("select seq from records where stream = ? order by number", stream)
        assert list(range(1, 31)) == [row[0] for row in seqs]


async def test_two_boxes_of_one_name_lose_no_record(
    store: Store, tmp_path: Path, broker: Broker, centre: Centre, caplog: pytest.LogCaptureFixture
) -> None:
    """A copied card: each is thrown out when the other comes, and all records of both are at the centre."""
    broker.start()
    centre.start()
    other = Store(tmp_path / "copy" / "gateway.db", Status.ACTUAL, simulated=False)
    try:
        async with Road(store, broker.port, "run-a") as one, Road(other, broker.port, "run-b") as two:
            seq = 0
            async with asyncio.timeout(100):
                while not (one.pictures.link.contested or two.pictures.link.contested):
                    seq += 1
                    one.keep(event(seq), sample(seq, seq))
                    two.keep(event(seq), sample(seq, seq))
                    await asyncio.sleep(0.05)
                for road in (one, two):
                    await road.until(Stream.EVENT, seq)
                    await road.until(Stream.SAMPLE, seq)
    finally:
        other.close()

    rows = centre.rows("select run, stream, seq from records order by number")
    for run in ("run-a", "run-b"):
        for stream in ("event", "sample"):
            assert list(range(1, seq + 1)) == [number for had, of, number in rows if (had, of) == (run, stream)]
    assert "is there another box with our name test-kall-gateway-central" in caplog.text


@pytest.mark.parametrize("stream", [Stream.EVENT, Stream.SAMPLE])
async def test_record_that_is_too_large_becomes_a_gap_and_stays_in_the_store(
    store: Store, broker: Broker, centre: Centre, stream: Stream
) -> None:
    """Its stream goes on, the gap says what it was, and its body lies where a person can find it."""
    kind = "clock_set" if stream is Stream.EVENT else "sample"
    whole = {"detail": "x" * 300_000}
    broker.start()
    centre.start()
    async with Road(store, broker.port) as road:
        road.keep(Numbered(stream, 1, kind, {"detail": "small"}), Numbered(stream, 2, kind, whole))
        road.keep(Numbered(stream, 3, kind, {"detail": "small"}))
        await road.until(stream, 3)

    told = centre.rows("select seq, kind, body from records order by number")
    assert [(1, kind), (2, "gap"), (3, kind)] == [row[:2] for row in told]
    assert "is too large to be sent; it lies in the store of the site" in told[1][2]
    ask = "SELECT body FROM events WHERE seq = 2" if stream is Stream.EVENT else "SELECT body FROM kept"
    with contextlib.closing(sqlite3.connect(store.path)) as db:
        assert any(b"x" * 300_000 in body for (body,) in db.execute(ask))


async def test_large_row_of_an_older_program_does_not_stop_its_stream(
    store: Store, broker: Broker, centre: Centre
) -> None:
    """A body that was kept before there was a limit is replaced on its way."""
    store.keep(moment(1), numbered=[event(1), event(2), event(3)])
    store._db.execute("UPDATE outbox SET body = ? WHERE seq = 2", (b'{"detail":"%s"}' % (b"x" * 300_000),))
    store._db.commit()
    broker.start()
    centre.start()
    async with Road(store, broker.port) as road:
        await road.until(Stream.EVENT, 3)

    assert ["clock_set", "gap", "clock_set"] == [row[0] for row in centre.rows("select kind from records order by seq")]


async def test_batches_shrink_on_a_slow_way_and_grow_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that takes long halves the next batch, down to a few; quick answers double it up to the most."""
    road = Road(store, 1)
    loop = asyncio.get_running_loop()
    clock = {"s": 0.0, "takes": 0.0}

    async def say(*_: object, **__: object) -> None:
        clock["s"] += clock["takes"]

    monkeypatch.setattr(road.pictures, "say", say)
    monkeypatch.setattr(loop, "time", lambda: clock["s"])
    sizes = []
    for takes in [10.0] * 6 + [5.0] + [0.1] * 6:
        clock["takes"] = takes
        await road.records._say(Stream.SAMPLE, b"{}")
        sizes.append(road.records._most[Stream.SAMPLE])

    assert [150, 75, 37, 18, 10, 10, 10, 20, 40, 80, 160, 300, 300] == sizes
