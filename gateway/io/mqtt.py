"""The two roads out: pictures to a broker, newest wins; records to the centre until its mark covers them."""

import asyncio
import logging
from collections.abc import Callable

from contract import topics
from contract.messages import encode
from contract.records import MAX_RECORDS, RecordBatch
from contract.words import Stream
from doors.broker import BrokerSettings, Handler, Link, LinkDown
from gateway.core import announce
from gateway.core.announce import Message
from gateway.core.site import Facts, Now
from gateway.io.store import STREAMS, Store

log = logging.getLogger(__name__)

HISTORICAL_MS = 120_000
"""A record this old when it is sent must not notify anybody."""
RESEND_S = 30.0
"""Real seconds without a mark after which unconfirmed records are sent again."""


class Pictures:
    """What one broker should show: retained topics, of which only the newest waits."""

    def __init__(
        self,
        settings: BrokerSettings,
        *,
        name: str,
        facts: Facts,
        now: Callable[[], Now],
        subscribe: tuple[str, ...],
        on_message: Handler,
        everything: Callable[[], list[Message]],
        on_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._everything = everything
        self._on_up = on_up
        self._waiting: dict[str, bytes] = {}
        self._wake = asyncio.Event()
        self.published = 0
        self.link = Link(
            settings,
            name=name,
            client_id=f"{facts.site}-gateway",
            subscribe=subscribe,
            will=lambda: announce.status(facts, now(), online=False),
            on_message=on_message,
            on_up=self._greet,
        )

    def tell(self, messages: list[Message]) -> None:
        """Show this, as soon as the broker is there."""
        self._waiting.update(messages)
        self._wake.set()

    async def say(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """One message now; raises LinkDown."""
        await self.link.publish(topic, payload, retain=retain)
        self.published += 1

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.link.run())
            group.create_task(self._drain())

    async def _greet(self) -> None:
        """No session is trusted: after every connect the whole picture is told anew."""
        self.tell(self._everything())
        self._on_up()

    async def _drain(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting and self.link.up:
                topic, payload = next(iter(self._waiting.items()))
                try:
                    await self.say(topic, payload, retain=True)
                except LinkDown:
                    await asyncio.sleep(0.2)
                    continue
                if self._waiting.get(topic) is payload:
                    del self._waiting[topic]


class Records:
    """The outbox on its way to the centre. Sending does not empty it: only the mark does."""

    def __init__(self, store: Store, pictures: Pictures, facts: Facts, now: Callable[[], Now]) -> None:
        self._store = store
        self._pictures = pictures
        self._facts = facts
        self._now = now
        self._sent: dict[Stream, int] = {}
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """There is something new to send."""
        self._wake.set()

    def again(self) -> None:
        """The link is new: whatever has no mark is sent again."""
        self._sent.clear()
        self._wake.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            try:
                async with asyncio.timeout(RESEND_S):
                    await self._wake.wait()
            except TimeoutError:
                self._sent.clear()
            self._wake.clear()
            try:
                while self._pictures.link.up and await self._send_some():
                    pass
            except LinkDown as fault:
                log.info("records wait: %s", fault)
                self._sent.clear()

    async def _send_some(self) -> bool:
        """One batch of the most urgent stream that has something to say."""
        for stream in STREAMS:
            rows = self._store.waiting(stream, self._sent.get(stream, 0), MAX_RECORDS)
            if not rows:
                continue
            now = self._now()
            run, records = rows[0][1], tuple(record for _, _, record in rows)
            late = run != now.run or now.up_ms - records[0].at.up_ms > HISTORICAL_MS
            batch = RecordBatch(
                head=announce.head(self._facts, now), run=run, stream=stream, historical=late, records=records
            )
            await self._pictures.say(topics.record(self._facts.site, stream.value), encode(batch), retain=False)
            self._sent[stream] = rows[-1][0]
            return True
        return False
