"""The record road: numbered facts to the centre, again and again until its mark covers them.

Two lanes. What was decided (events, receipts) goes at once. History (samples) follows when nothing decided waits, one
batch at a time, so that an event never stands behind more than one of them; it begins at a moment of its own after a
new link, and its batches shrink on a link that takes long for them.
"""

import asyncio
import logging
import random
from collections.abc import Callable

from contract import topics
from contract.messages import MAX_MESSAGE, encode
from contract.packing import pack
from contract.records import MAX_RECORDS, Record, RecordBatch
from contract.words import Event, Stream
from doors.broker import LinkDown
from gateway.core import announce
from gateway.core.facts import Facts
from gateway.core.site import Now
from gateway.io.mqtt import Pictures
from gateway.io.outbox import too_large
from gateway.io.store import STREAMS, Store, StoreFault

log = logging.getLogger(__name__)

DECIDED = (Stream.EVENT, Stream.RECEIPT)
HISTORY = (Stream.SAMPLE,)
HISTORICAL_MS = 120_000
"""A record this old when it is sent must not notify anybody."""
RESEND_S = 30.0
"""Real seconds after which a stream that has made no progress is sent again; each time after a longer while."""
LONGEST_ROUNDS = 32
MOST_UNDER_WAY = 20 * MAX_RECORDS
"""Records of a stream sent and not confirmed: the centre's marks set the pace, and one that is deaf costs no more. It
begins with one batch and doubles with each mark that brings news: where a thousand sites come back together most of
what they send at once finds no room, and is paid for all the same."""
AGAIN_S = 5.0
"""Real seconds at least between two sendings that a mark without news sets off."""
SLOW_S, QUICK_S = 8.0, 2.0
"""A batch that took longer to be answered is followed by one of half the size, a quicker one by a larger."""
FEWEST = 10
LARGE = 16 * 1024
"""Bytes from which packing takes long enough to be done beside everything else."""
LOOK_S = 0.5
"""Real seconds until history asks again whether its moment has come."""


class Records:
    """The outbox on its way to the centre. Sending does not empty it: only the mark does."""

    def __init__(
        self,
        store: Store,
        pictures: Pictures,
        facts: Facts,
        now: Callable[[], Now],
        confirmed: Callable[[str, Stream], int] = lambda _run, _stream: 0,
    ) -> None:
        self._confirmed = confirmed
        self._store = store
        self._pictures = pictures
        pictures.on_lost = self._from_the_start  # a new link is there a moment before it is greeted: nothing overtakes
        self._facts = facts
        self._now = now
        self._sent: dict[Stream, int] = {}
        """Place up to which a stream has been sent on this link."""
        self._most = dict.fromkeys(STREAMS, MAX_RECORDS)
        """Records in the next batch."""
        self._under_way: dict[Stream, int] = {}
        """Records of a stream that may be under way now."""
        self._oldest: dict[Stream, int | None] = {}
        self._rounds: dict[Stream, int] = {}
        """Looks at a stream since it last made progress."""
        self._wakes = (asyncio.Event(), asyncio.Event())
        self._nothing_decided = asyncio.Event()
        self._history_s = 0.0
        """When history may begin on this link, by the loop's clock."""
        self._told = ""
        self._again_s = -AGAIN_S
        self._check: asyncio.TimerHandle | None = None

    def wake(self) -> None:
        """There is something new to send."""
        for one in self._wakes:
            one.set()

    def again(self) -> None:
        """The link is new: whatever has no mark is sent again."""
        spread_s = random.uniform(0, self._pictures.link.spread_s)  # noqa: S311 - not a secret
        self._history_s = asyncio.get_running_loop().time() + spread_s
        self._from_the_start()
        self.wake()

    def begin_anew(self) -> None:
        """What was sent on this link counts no more."""
        self._from_the_start()
        self.wake()

    def answered(self, gone: int) -> None:
        """A mark came and let `gone` records go. One that brings nothing new tells that the centre is there again.

        Its broker may have come back before it, and have taken records for which nobody was listening; or something is
        missing at the centre before what it got.
        """
        loop = asyncio.get_running_loop()
        if gone:
            self._under_way = {one: min(MOST_UNDER_WAY, 2 * self._may_send(one)) for one in STREAMS}
        if not gone and loop.time() - self._again_s >= AGAIN_S:
            self._again_s = loop.time()
            self._from_the_start()
        if self._check is None:
            self._check = loop.call_later(AGAIN_S, self._check_progress, self._heads())
        self.wake()

    def _heads(self) -> dict[Stream, int | None]:
        try:
            return {stream: self._store.oldest(stream) for stream in STREAMS}
        except StoreFault as fault:
            self._complain(str(fault))
            return {}

    def _check_progress(self, before: dict[Stream, int | None]) -> None:
        """The centre is there, and a stream has not moved: it begins anew."""
        self._check = None
        now = self._heads()
        for stream in STREAMS:
            stuck = now.get(stream) is not None and now.get(stream) == before.get(stream)
            if stuck and not self._settled(stream):
                self._begin(stream)
        self.wake()

    def _may_send(self, stream: Stream) -> int:
        return self._under_way.get(stream, MAX_RECORDS)

    def _begin(self, stream: Stream) -> None:
        """What of a stream has no mark is sent again, with little at first."""
        self._sent.pop(stream, None)
        self._under_way.pop(stream, None)

    def _settled(self, stream: Stream) -> bool:
        """Is the oldest record at the centre, and only its forgetting still on its way to the disk?"""
        try:
            oldest = self._store.waiting(stream, 0, 1)
        except StoreFault as fault:
            self._complain(str(fault))
            return False
        return bool(oldest) and oldest[0][2].seq <= self._confirmed(oldest[0][1], stream)

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._lane(DECIDED, self._wakes[0]), name="decided")
            group.create_task(self._lane(HISTORY, self._wakes[1]), name="history")

    async def _lane(self, streams: tuple[Stream, ...], wake: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        look_at = loop.time() + RESEND_S
        while True:
            try:
                async with asyncio.timeout_at(look_at):
                    await wake.wait()
            except TimeoutError:
                pass
            wake.clear()
            try:
                if loop.time() >= look_at:
                    look_at = loop.time() + RESEND_S
                    self._look(streams)
                await self._send_all(streams)
            except LinkDown as fault:
                log.info("records wait: %s", fault)
                self._from_the_start()
            except StoreFault as fault:
                self._complain(str(fault))
            if streams is DECIDED:
                self._nothing_decided.set()

    async def _send_all(self, streams: tuple[Stream, ...]) -> None:
        """Batch after batch, as long as the link is up and a stream may say something."""
        if streams is DECIDED:
            self._nothing_decided.clear()
            while self._pictures.link.up and await self._send_some(streams):
                pass
            return
        while self._pictures.link.up:
            await self._nothing_decided.wait()
            early_s = self._history_s - asyncio.get_running_loop().time()
            if early_s > 0:
                await asyncio.sleep(min(early_s, LOOK_S))
            elif not await self._send_some(streams):
                return

    def _from_the_start(self) -> None:
        """Whatever is on its way meanwhile is not counted as sent."""
        self._sent, self._under_way = {}, {}

    def _complain(self, sentence: str) -> None:
        if sentence != self._told:
            self._told = sentence
            log.error("records wait: %s", sentence)

    def _look(self, streams: tuple[Stream, ...]) -> None:
        """A stream whose oldest record is still the same may have been lost on the way: send it again."""
        for stream in streams:
            oldest = self._store.oldest(stream)
            if oldest is None or oldest != self._oldest.get(stream):
                self._oldest[stream], self._rounds[stream] = oldest, 0
                continue
            self._rounds[stream] += 1
            rounds = self._rounds[stream]
            if rounds & (rounds - 1) == 0 or rounds % LONGEST_ROUNDS == 0:
                self._begin(stream)

    def _on_its_way(self, stream: Stream, run: str, sent: int) -> int:
        """How many records are sent and not at the centre; the disk may be slow to forget those that are."""
        confirmed = self._confirmed(run, stream)
        forgotten = self._store.covered(run, stream, confirmed) if confirmed else 0
        return self._store.under_way(stream, sent) - forgotten

    async def _send_some(self, streams: tuple[Stream, ...]) -> bool:
        """One batch of the most urgent stream that has something to say."""
        for stream in streams:
            sent = self._sent.get(stream, 0)
            rows = self._store.waiting(stream, sent, self._most[stream])
            if not rows or self._on_its_way(stream, rows[0][1], sent) >= self._may_send(stream):
                continue
            link, payload, count = self._sent, b"", len(rows)
            while not payload:
                payload = self._batch(stream, rows[0][1], tuple(record for _, _, record in rows[:count]))
                count = count if payload else max(1, count // 2)
            await self._say(stream, payload)
            if link is self._sent and self._sent.get(stream, 0) == sent:  # nobody has begun anew meanwhile
                self._sent[stream] = rows[count - 1][0]
            return True
        return False

    async def _say(self, stream: Stream, payload: bytes) -> None:
        loop = asyncio.get_running_loop()
        took_s = SLOW_S
        try:
            packed = pack(payload) if len(payload) < LARGE else await asyncio.to_thread(pack, payload)
            began_s = loop.time()
            await self._pictures.say(topics.record(self._facts.site, stream.value), packed, retain=False)
            took_s = loop.time() - began_s
        finally:
            if took_s >= SLOW_S:
                self._most[stream] = max(FEWEST, self._most[stream] // 2)
            elif took_s <= QUICK_S:
                self._most[stream] = min(MAX_RECORDS, self._most[stream] * 2)

    def _batch(self, stream: Stream, run: str, records: tuple[Record, ...]) -> bytes:
        """The records as one message; empty when they are too many for one.

        One that is too large alone can never be sent: a gap goes in its place, so that it does not stop its stream.
        """
        now = self._now()
        late = run != now.run or now.up_ms - records[0].at.up_ms > HISTORICAL_MS
        head = announce.head(self._facts, now)
        payload = encode(RecordBatch(head=head, run=run, stream=stream, historical=late, records=records))
        if len(payload) <= MAX_MESSAGE:
            return payload
        if len(records) > 1:
            return b""
        one, why = records[0], f"a record of {len(payload)} bytes is too large to be sent"
        log.error("%s %d of run %s: %s; a gap is sent in its place", stream.value, one.seq, run, why)
        gap = Record(
            seq=one.seq, kind=Event.GAP, at=one.at, status=one.status, simulated=one.simulated,
            body=too_large(one.seq, why),
        )  # fmt: skip
        return encode(RecordBatch(head=head, run=run, stream=stream, historical=late, records=(gap,)))
