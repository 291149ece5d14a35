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
from gateway.core.facts import Facts
from gateway.core.site import Now
from gateway.io.store import STREAMS, Store, StoreFault

log = logging.getLogger(__name__)

HISTORICAL_MS = 120_000
"""A record this old when it is sent must not notify anybody."""
RESEND_S = 30.0
"""Real seconds after which a stream that has made no progress is sent again; each time after a longer while."""
LONGEST_ROUNDS = 32
MOST_UNDER_WAY = 10 * MAX_RECORDS
"""Records of a stream sent and not confirmed: a centre that is deaf does not cost the whole backlog each time."""

AGAIN_S = 5.0
"""Real seconds at least between two sendings that a mark without news sets off."""


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
        self._leaving = False
        self.published = 0
        self.link = Link(
            settings,
            name=name,
            client_id=f"{facts.site}-gateway-{name}",  # one broker may stand for both, and knows a client by its id
            subscribe=subscribe,
            will=lambda: announce.status(facts, now(), online=False),
            on_message=on_message,
            on_up=self._greet,
        )

    def tell(self, messages: list[Message]) -> None:
        """Show this, as soon as the broker is there."""
        if not self._leaving:
            self._waiting.update(messages)
            self._wake.set()

    async def say(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """One message now; raises LinkDown."""
        await self.link.publish(topic, payload, retain=retain)
        self.published += 1

    async def farewell(self, topic: str, payload: bytes) -> None:
        """Say that we are gone, and nothing after it; raises LinkDown."""
        self._leaving = True
        self._waiting.clear()
        if self.link.up:
            await self.say(topic, payload, retain=True)

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
        """Place up to which a stream has been sent on this link."""
        self._oldest: dict[Stream, int | None] = {}
        self._rounds: dict[Stream, int] = {}
        """Looks at a stream since it last made progress."""
        self._wake = asyncio.Event()
        self._told = ""
        self._again_s = -AGAIN_S

    def wake(self) -> None:
        """There is something new to send."""
        self._wake.set()

    def again(self) -> None:
        """The link is new: whatever has no mark is sent again."""
        self._sent.clear()
        self._wake.set()

    def answered(self, gone: int) -> None:
        """A mark came and let `gone` records go. One that brings nothing new tells that the centre is there again.

        Its broker may have come back before it, and have taken records for which nobody was listening.
        """
        now_s = asyncio.get_running_loop().time()
        if not gone and now_s - self._again_s >= AGAIN_S:
            self._again_s = now_s
            self._sent.clear()
        self._wake.set()

    async def run(self) -> None:
        """Serve until cancelled."""
        loop = asyncio.get_running_loop()
        look_at = loop.time() + RESEND_S
        while True:
            try:
                async with asyncio.timeout_at(look_at):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                if loop.time() >= look_at:
                    look_at = loop.time() + RESEND_S
                    self._look()
                while self._pictures.link.up and await self._send_some():
                    pass
            except LinkDown as fault:
                log.info("records wait: %s", fault)
                self._sent.clear()
            except StoreFault as fault:
                if str(fault) != self._told:
                    self._told = str(fault)
                    log.error("records wait: %s", fault)

    def _look(self) -> None:
        """A stream whose oldest record is still the same may have been lost on the way: send it again."""
        for stream in STREAMS:
            oldest = self._store.oldest(stream)
            if oldest is None or oldest != self._oldest.get(stream):
                self._oldest[stream], self._rounds[stream] = oldest, 0
                continue
            self._rounds[stream] += 1
            rounds = self._rounds[stream]
            if rounds & (rounds - 1) == 0 or rounds % LONGEST_ROUNDS == 0:
                self._sent.pop(stream, None)

    async def _send_some(self) -> bool:
        """One batch of the most urgent stream that has something to say."""
        for stream in STREAMS:
            sent = self._sent.get(stream, 0)
            rows = self._store.waiting(stream, sent, MAX_RECORDS)
            if not rows or self._store.under_way(stream, sent) >= MOST_UNDER_WAY:
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
