"""The run's own eyes and fists at the brokers: one that hears all records on the wire, one that writes rubbish."""

import random

from contract import topics
from contract.messages import decode
from contract.records import RecordBatch
from contract.wire import Refused
from doors.broker import BrokerSettings, Link, LinkDown
from faults.io.journal import Journal

OVERSIZE = 900_000
"""Below what Mosquitto takes, far above what any program may."""
TOO_LARGE_FOR_A_PACKET = 1_200_000


class Listener:
    """Hears every batch at the central broker, directly: what was on the wire was committed."""

    def __init__(self, door: dict[str, str], site: str, journal: Journal) -> None:
        self._site = site
        self._journal = journal
        self.heard = 0
        """Records, each time they came."""
        self._distinct: set[tuple[str, str, int]] = set()
        self._link = Link(
            BrokerSettings(**door, reconnect_max_s=0.5, answer_within_s=5.0),
            name="judge",
            client_id=f"judge-{random.getrandbits(48):x}",
            subscribe=(topics.record(site, "+"),),
            on_message=self._hear,
            on_up=_nothing,
        )

    async def run(self) -> None:
        """Until cancelled."""
        await self._link.run()

    @property
    def again(self) -> int:
        """Records that came more than once, each further time."""
        return self.heard - len(self._distinct)

    def _hear(self, _topic: str, payload: bytes, _retained: bool) -> None:
        try:
            batch = decode(payload, RecordBatch)
        except Refused:
            return
        if batch.head.site != self._site:
            return
        for record in batch.records:
            self.heard += 1
            self._distinct.add((batch.run, batch.stream.value, record.seq))
            self._journal.heard(batch.run, batch.stream.value, record.seq)


class Vandal:
    """Writes rubbish of every kind to every topic that anybody listens to."""

    def __init__(self, door: dict[str, str], name: str, roads: tuple[str, ...], chance: random.Random) -> None:
        self._roads = roads
        self._chance = chance
        self.thrown = 0
        self._link = Link(
            BrokerSettings(**door, reconnect_max_s=0.5, answer_within_s=3.0),
            name=f"vandal at the {name}",
            client_id=f"vandal-{name}-{chance.getrandbits(32):x}",
            on_message=lambda *_: None,
            on_up=_nothing,
        )

    async def run(self) -> None:
        """Stay connected until cancelled."""
        await self._link.run()

    async def throw(self) -> None:
        """One piece of rubbish on one road; harmless when the broker is away."""
        topic = self._chance.choice(self._roads)
        try:
            # not retained: what was retained before must still be there for the next who connects
            await self._link.publish(topic, self._rubbish(topic), qos=self._chance.choice((0, 1)))
            self.thrown += 1
        except LinkDown:
            return

    def _rubbish(self, topic: str) -> bytes:
        chance = self._chance
        site = topic.split("/")[2]
        pieces = (
            lambda: chance.randbytes(chance.randint(1, 400)),
            lambda: b"\x00" * 10,
            lambda: b"{" * 20_000,
            lambda: b"[" * 20_000 + b"]" * 20_000,
            lambda: b'{"site": "' + b"x" * 100_000 + b'"}',
            lambda: b"x" * OVERSIZE,
            lambda: b" " * OVERSIZE,
            lambda: b"\xff\xfe" + "ogiltigt".encode("utf-16"),
            lambda: b"null",
            lambda: b"1e999",
            lambda: b'{"head": {"site": "%s"}, "records": []}' % site.encode(),
            lambda: b'{"site": "%s", "wall_ms": -1, "marks": {"x": {"event": 9007199254740993}}}' % site.encode(),
            lambda: b'{"site": "other-place", "wall_ms": 0, "marks": {}}',
            lambda: b'{"revision": 1, "orders": "all"}',
            lambda: b'{"key": "a", "signed": "AAAA", "signature": "AAAA"}',
            lambda: b"\x1f\x8b\x08\x00" + chance.randbytes(200),
            lambda: b"x\x9c" + chance.randbytes(200),
        )
        return chance.choice(pieces)()


def roads_of(site: str, broker: str) -> tuple[str, ...]:
    """Every topic that somebody at that broker listens to; a test compares them with all there are."""
    up = (
        *(topic(site) for topic in (topics.status, topics.birth, topics.state, topics.alarms, topics.page)),
        *(topics.device(site, name) for name in ("genset", "rubbish")),
        *(topics.record(site, stream) for stream in ("event", "receipt", "sample", "rubbish")),
    )
    if broker == "central":
        down = (topics.mark, topics.orders, topics.waking, topics.again, topics.content)
        return (
            *up, *(topic(site) for topic in down), topics.bulletin(site, "rubbish"), topics.blob(site, "0" * 40),
        )  # fmt: skip
    at_the_site = (
        topics.local_orders, topics.answers, topics.receipt, topics.receipt_mark, topics.kiosk_status,
        topics.public_picture, topics.page_wish, topics.page_certificate, topics.past_wish, topics.past, topics.food,
    )  # fmt: skip
    named = (
        topics.public_bulletin, topics.public_content, topics.node_birth, topics.node_status, topics.node_report,
        topics.node_wish, topics.node_config, topics.node_mark, topics.node_time, topics.node_update, topics.node_piece,
    )  # fmt: skip
    return (*up, *(topic(site) for topic in at_the_site), *(topic(site, "rubbish") for topic in named),
            topics.public_content(site, "contacts"))  # fmt: skip


async def _nothing() -> None:
    return
