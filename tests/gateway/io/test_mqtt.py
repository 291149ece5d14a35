"""The two roads at a real broker: what is lost on the way is sent again, what is new never overtakes what is old."""

import asyncio
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path

import aiomqtt
import pytest

from contract import topics
from contract.messages import MAX_MESSAGE, decode
from contract.packing import unpack
from contract.records import MAX_RECORDS, RecordBatch
from contract.words import ClockQuality, Connection, Status, Stream
from doors.broker import BrokerSettings
from gateway.core.facts import Facts
from gateway.core.pipeline import Numbered
from gateway.core.site import Now
from gateway.io import mqtt, record_road
from gateway.io.mqtt import Pictures
from gateway.io.record_road import Records
from gateway.io.store import Store
from tests.ports import free_port

from .conftest import event, moment, sample

SITE = "test-kall"
FACTS = Facts(
    site=SITE, place="Kall", connection=Connection.AUTOMATIC, status=Status.ACTUAL, simulated=False, version="1",
    devices=(), controller=None, activate_within_s=1,
    heartbeat_s=60, picture_every_s=10, sample_every_s=10, sample_active_every_s=10, rules={},
)  # fmt: skip


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    """A Mosquitto on a free port."""
    number = free_port()
    config = tmp_path / "mosquitto.conf"
    config.write_text(f"listener {number} 127.0.0.1\nallow_anonymous true\npersistence false\n", "utf-8")
    quiet = subprocess.DEVNULL
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    process = await asyncio.create_subprocess_exec(program, "-c", str(config), stdout=quiet, stderr=quiet)
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", number)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.02)
    yield number
    process.kill()
    await process.wait()


class Centre:
    """Hears the records; says nothing unless the test does."""

    def __init__(self, port: int) -> None:
        self.batches: list[RecordBatch] = []
        self.sizes: list[int] = []
        self.ready = asyncio.Event()
        self._stir = asyncio.Event()
        self._port = port

    async def run(self) -> None:
        """Listen."""
        async with aiomqtt.Client("127.0.0.1", self._port) as client:
            await client.subscribe(topics.record(SITE, "+"), qos=1)
            self.ready.set()
            async for message in client.messages:
                payload = bytes(message.payload)  # type: ignore[arg-type]
                self.sizes.append(len(unpack(payload, 2 * MAX_MESSAGE)))
                self.batches.append(decode(payload, RecordBatch))
                self._stir.set()

    def seqs(self, stream: Stream) -> list[int]:
        """All numbers heard of a stream, in order, with those that came again."""
        return [record.seq for batch in self.batches if batch.stream is stream for record in batch.records]

    async def until(self, happens: Callable[[], bool]) -> None:
        """Wait until so much was heard."""
        async with asyncio.timeout(30):
            while not happens():
                self._stir.clear()
                await self._stir.wait()


class Road:
    """The record road of one site, running."""

    def __init__(self, store: Store, port: int) -> None:
        self.centre = Centre(port)
        self.pictures = Pictures(
            BrokerSettings(url=f"mqtt://127.0.0.1:{port}"),
            name="central",
            facts=FACTS,
            now=self.now,
            subscribe=(),
            on_message=lambda *_: None,
            everything=list,
            on_up=self._again,
        )
        self.confirmed = 0
        self.records = Records(store, self.pictures, FACTS, self.now, lambda _run, _stream: self.confirmed)

    def _again(self) -> None:
        self.records.again()

    def now(self) -> Now:
        """Ten seconds after the start."""
        return Now(run="run-1", boot="boot-1", up_ms=10_000, wall_ms=10_000, clock=ClockQuality.SYNCED)


@pytest.fixture
async def road(store: Store, port: int) -> AsyncIterator[Road]:
    """A running road with a listening centre."""
    one = Road(store, port)
    listening = asyncio.create_task(one.centre.run())
    await asyncio.wait_for(one.centre.ready.wait(), 30)
    working = [asyncio.create_task(one.pictures.run()), asyncio.create_task(one.records.run())]
    yield one
    for task in (*working, listening):
        task.cancel()
    await asyncio.gather(*working, listening, return_exceptions=True)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A road that looks every fifth of a second whether a stream makes progress."""
    monkeypatch.setattr(record_road, "RESEND_S", 0.2)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A road that looks after a mark without progress only when the test is long over."""
    monkeypatch.setattr(record_road, "AGAIN_S", 60.0)


async def test_a_deaf_centre_gets_everything_again_though_new_records_keep_coming(
    impatient: None, store: Store, road: Road
) -> None:
    """The link never breaks and there is always something new to send: what has no mark still comes again."""
    road.records.wake()
    number = 0
    async with asyncio.timeout(30):
        while road.centre.seqs(Stream.EVENT).count(1) < 2:
            number += 1
            store.keep(moment(number), numbered=[event(number)])
            road.records.wake()
            await asyncio.sleep(0.02)
    heard = road.centre.seqs(Stream.EVENT)
    begins = [at for at, seq in enumerate(heard) if seq == 1]  # more than two where the machine stood still

    assert 0 == begins[0]
    for begin, end in pairwise([*begins, len(heard)]):
        assert list(range(1, end - begin + 1)) == heard[begin:end]


@pytest.mark.parametrize(("stream", "one"), [(Stream.EVENT, event), (Stream.SAMPLE, sample)])
async def test_what_is_new_when_the_link_comes_back_does_not_overtake_what_waits(
    stream: Stream, one: Callable[[int], Numbered], store: Store, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link is there a moment before it is greeted; here it is never greeted, and all without a mark comes first."""
    store.keep(moment(1), numbered=[one(1), one(2)])
    road.records.wake()
    await road.centre.until(lambda: road.centre.seqs(stream)[-1:] == [2])
    back, client = asyncio.Event(), road.pictures.link._client
    monkeypatch.setattr(road.pictures, "_on_up", back.set)
    assert client is not None
    client._client.socket().shutdown(socket.SHUT_RDWR)
    await asyncio.wait_for(back.wait(), 30)
    store.keep(moment(2), numbered=[one(3)])
    road.records.wake()
    heard = len(road.centre.seqs(stream))
    await road.centre.until(lambda: road.centre.seqs(stream)[-1:] == [3])

    assert [1, 2, 3] == road.centre.seqs(stream)[heard:]


async def test_a_mark_without_news_tells_that_the_centre_is_there_again(
    unhurried: None, store: Store, road: Road
) -> None:
    """What a broker took while nobody listened is sent again at the mark of the centre that came back, once."""
    store.keep(moment(1), numbered=[event(1)])
    road.records.wake()
    await road.centre.until(lambda: road.centre.seqs(Stream.EVENT) == [1])
    road.records.answered(0)
    await road.centre.until(lambda: road.centre.seqs(Stream.EVENT) == [1, 1])
    road.records.answered(0)
    store.keep(moment(2), numbered=[event(2)])
    road.records.wake()
    await road.centre.until(lambda: 2 in road.centre.seqs(Stream.EVENT))

    assert [1, 1, 2] == road.centre.seqs(Stream.EVENT)


@pytest.mark.parametrize(("confirmed", "heard"), [(1, [1, 2]), (0, [1, 1, 2])])
async def test_what_the_centre_holds_is_not_sent_again_while_its_forgetting_waits_for_the_disk(
    confirmed: int, heard: list[int], store: Store, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark is known at once, and the row is taken away with the next write; without a mark it is sent again."""
    monkeypatch.setattr(record_road, "AGAIN_S", 0.3)
    store.keep(moment(1), numbered=[event(1)])
    road.records.wake()
    await road.centre.until(lambda: road.centre.seqs(Stream.EVENT) == [1])
    road.confirmed = confirmed
    road.records.answered(1)
    await asyncio.sleep(0.8)
    store.keep(moment(2), numbered=[event(2)])
    road.records.wake()
    await road.centre.until(lambda: 2 in road.centre.seqs(Stream.EVENT))

    assert heard == road.centre.seqs(Stream.EVENT)


async def test_what_comes_after_everything_was_confirmed_is_sent_at_once(store: Store, road: Road) -> None:
    """An emptied outbox does not make the sender believe that new records were sent already."""
    for number in range(1, 6):
        store.keep(moment(number), numbered=[event(number)])
        road.records.wake()
        await road.centre.until(lambda upto=number: road.centre.seqs(Stream.EVENT)[-1:] == [upto])
        store.confirm("run-1", Stream.EVENT, number)

    assert [1, 2, 3, 4, 5] == road.centre.seqs(Stream.EVENT)


async def test_a_centre_that_says_nothing_gets_only_so_much(
    unhurried: None, store: Store, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One batch at first, twice as much after each mark with news, up to a bound; events do not wait for samples; what
    has to be sent again begins with one batch again."""
    monkeypatch.setattr(record_road, "MOST_UNDER_WAY", 2 * MAX_RECORDS)
    store.keep(moment(1), numbered=[sample(seq) for seq in range(1, 2001)])
    road.records.wake()
    held = []
    for number, (confirmed, heard) in enumerate([(0, 300), (300, 900), (900, 1500)], 1):
        if confirmed:
            road.records.answered(store.confirm("run-1", Stream.SAMPLE, confirmed))
        await road.centre.until(lambda heard=heard: len(road.centre.seqs(Stream.SAMPLE)) >= heard)
        store.keep(moment(2), numbered=[event(number)])
        road.records.wake()
        await road.centre.until(lambda number=number: number in road.centre.seqs(Stream.EVENT))
        held.append(len(road.centre.seqs(Stream.SAMPLE)))
        store.confirm("run-1", Stream.EVENT, number)
    road.records.begin_anew()
    store.keep(moment(3), numbered=[event(4)])
    await road.centre.until(lambda: len(road.centre.seqs(Stream.SAMPLE)) > 1500)
    road.records.wake()
    await road.centre.until(lambda: 4 in road.centre.seqs(Stream.EVENT))

    assert [300, 900, 1500] == held
    assert [*range(1, 1501), *range(901, 1201)] == road.centre.seqs(Stream.SAMPLE)


async def test_no_batch_is_larger_than_a_message_may_be(store: Store, road: Road) -> None:
    """A hundred whole samples of a large controller travel in several batches, each taken by its reader."""
    missing = {"value": None, "origin": "measured", "up_ms": 1, "quality": "sensor_fault", "reason": "code 0xFFFC"}
    body = {"device": "genset", "whole": True, "values": {f"some.long_name_{place}": missing for place in range(150)}}
    store.keep(moment(1), numbered=[Numbered(Stream.SAMPLE, seq, "sample", body) for seq in range(1, 101)])
    road.records.wake()
    await road.centre.until(lambda: len(road.centre.seqs(Stream.SAMPLE)) >= 100)

    assert list(range(1, 101)) == road.centre.seqs(Stream.SAMPLE)
    assert max(road.centre.sizes) < MAX_MESSAGE


async def test_nothing_is_said_after_the_goodbye(store: Store, road: Road) -> None:
    """A heartbeat that waits does not make a site that has gone look alive."""
    store.keep(moment(1), numbered=[event(1)])
    road.records.wake()
    await road.centre.until(lambda: bool(road.centre.batches))
    road.pictures.tell([(topics.state(SITE), b"waits")])
    await road.pictures.farewell(topics.status(SITE), b"gone")
    published = road.pictures.published
    road.pictures.tell([(topics.status(SITE), b"alive")])
    await asyncio.sleep(0)
    await asyncio.sleep(0.05)

    assert published == road.pictures.published


OWN_S = 77.0
"""Seconds that nobody else sleeps; they are over when the test says so."""


async def _until(happens: Callable[[], bool]) -> None:
    for _ in range(3000):
        if happens():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it does not happen")


async def test_pictures_wait_for_their_moment_where_many_share_the_broker(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the site is there is told at once, the rest of the picture later, and what is new meanwhile at once too."""
    monkeypatch.setattr(mqtt.random, "uniform", lambda low, high: OWN_S if high > 10 else low)
    status, state, alarms = topics.status(SITE), topics.state(SITE), topics.alarms(SITE)
    heard, moment_of_its_own, sleep = list[str](), asyncio.Event(), asyncio.sleep

    async def slept(seconds: float) -> None:
        await (moment_of_its_own.wait() if seconds == OWN_S else sleep(seconds))

    monkeypatch.setattr(asyncio, "sleep", slept)
    pictures = Pictures(
        BrokerSettings(url=f"mqtt://127.0.0.1:{port}", shared_by=8000),
        name="central", facts=FACTS, now=lambda: moment(1), subscribe=(topics.up_all(SITE),),
        on_message=lambda topic, _payload, _retained: heard.append(topic),
        everything=lambda: [(state, b"old"), (status, b"here")],
    )  # fmt: skip
    running = asyncio.create_task(pictures.run())
    await _until(lambda: bool(heard))
    pictures.tell([(alarms, b"new")])
    await _until(lambda: len(heard) >= 2)
    early = list(heard)
    moment_of_its_own.set()
    await _until(lambda: len(heard) >= 4)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert [status, alarms] == early
    assert sorted([status, state]) == sorted(heard[2:4])
