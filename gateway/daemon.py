"""The gateway at work: the only file that knows all the others.

For every batch: think, keep with what must be told, tell. Nothing here judges a value.
"""

import asyncio
import logging
import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from contract import topics
from contract.bulletins import Receipt
from contract.messages import KioskStatus, Refused, Value, decode
from contract.orders import Command, Orders
from contract.records import Mark, NoteBody
from contract.words import Event, Quality
from doors.clock import Clock
from gateway.config import Plan
from gateway.core import announce, pipeline
from gateway.core.announce import Message
from gateway.core.down import bulletins
from gateway.core.orders import needs
from gateway.core.orders.exercise import forget_other_status
from gateway.core.pipeline import Batch, Happening, Numbered, Tick
from gateway.core.site import Change, Now, Site
from gateway.io.box import BoxWatch
from gateway.io.device import Device
from gateway.io.documents import Documents
from gateway.io.keeping import Keeper
from gateway.io.modbus import Line, open_line
from gateway.io.mqtt import Pictures, Records
from gateway.io.store import Step, Store, StoreFault
from gateway.io.thinning import Limits

log = logging.getLogger(__name__)

TICK_S = 1.0
SHORTEST_TICK_S = 0.1
"""Real seconds, for demonstrations in which a product second is very short."""
HOUSEKEEPING_S = 600.0
BETWEEN_STEPS_S = 0.02
"""Real seconds between two steps of the housekeeping, in which everything else goes on."""


class Gateway:
    """One site."""

    def __init__(self, plan: Plan, clock: Clock, store: Store) -> None:
        self._plan = plan
        self._facts = plan.facts
        self._clock = clock
        self._store = store
        self._run = secrets.token_hex(8)
        self._site = pipeline.awakened(store.memory(), store.last_reading())
        self._documents = Documents(store, self._facts)
        self._keeper = Keeper(store, plan.settings.store.commit_every_s)
        self._aside = store.lies_aside()
        self._told_ms: dict[str, int] = {}
        self._complained: set[str] = set()
        self._local = Pictures(
            plan.settings.site_broker,
            name="site",
            facts=self._facts,
            now=self._now,
            subscribe=tuple(
                topic(self._facts.site) for topic in (topics.local_orders, topics.receipt, topics.kiosk_status)
            ),
            on_message=self._from_site,
            everything=self._everything,
        )
        self._centre: Pictures | None = None
        self._records: Records | None = None
        if plan.settings.central_broker is not None:
            self._centre = Pictures(
                plan.settings.central_broker,
                name="central",
                facts=self._facts,
                now=self._now,
                subscribe=(topics.down_all(self._facts.site),),
                on_message=self._from_centre,
                everything=lambda: announce.for_staff(self._site, self._facts, self._now()),
                on_up=lambda: self._records.again() if self._records else None,
            )
            self._records = Records(store, self._centre, self._facts, self._now)
        self._box = BoxWatch(plan, clock, now=self._now, site=self._local, centre=self._centre, take=self._take)

    async def run(self) -> None:
        """Work until cancelled; then say good-bye."""
        lines: dict[Any, Line] = {}
        memory, dropped = forget_other_status(self._site.memory, self._facts.status)
        self._settle(msgspec.structs.replace(self._site, memory=memory), dropped, self._now())
        self._note(Event.GATEWAY_STARTED, f"version {self._facts.version}")
        self._tell_trouble()
        try:
            async with asyncio.TaskGroup() as group:
                for wired in self._plan.wired:
                    line = lines.setdefault(wired.line, open_line(wired.line))
                    device = Device(line, wired.unit, wired.profile)
                    group.create_task(self._poll(device, wired.table.name), name=f"poll {wired.table.name}")
                group.create_task(self._local.run(), name="site broker")
                if self._centre is not None and self._records is not None:
                    group.create_task(self._centre.run(), name="central broker")
                    group.create_task(self._records.run(), name="records")
                group.create_task(self._box.run(), name="box")
                group.create_task(self._tick(), name="tick")
                group.create_task(self._housekeeping(), name="housekeeping")
        finally:
            for line in lines.values():
                await line.close()
            self._keeper.write()
            self._book_published()
            self._store.close()

    async def farewell(self) -> None:
        """Say that we are gone, for a clean goodbye suppresses the last will."""
        topic, payload = announce.status(self._facts, self._now(), online=False)
        for pictures in (self._local, self._centre):
            if pictures is not None:
                try:
                    await pictures.farewell(topic, payload)
                except ConnectionError as fault:
                    log.info("no goodbye: %s", fault)

    # --- what comes in ---

    async def _poll(self, device: Device, name: str) -> None:
        """One device at its own pace; a slow or silent one delays nobody else."""
        facts = next(one for one in self._facts.devices if one.name == name)
        origin = pipeline.origin_of(self._facts)
        due_ms = slow_ms = self._clock.up_ms()
        while True:
            values: dict[str, Value] = await device.values("fast", self._clock.up_ms, origin)
            silent = bool(values) and all(value.quality is Quality.COMM_ERROR for value in values.values())
            if self._clock.up_ms() >= slow_ms and not silent:
                values |= await device.values("slow", self._clock.up_ms, origin)
                slow_ms = self._clock.up_ms() + int(facts.slow_every_s * 1000)
            self._take(Batch(device=name, values=values))
            due_ms = max(due_ms + int(facts.poll_every_s * 1000), self._clock.up_ms())
            await self._clock.sleep((due_ms - self._clock.up_ms()) / 1000)

    def _from_site(self, topic: str, payload: bytes, retained: bool) -> None:
        if not (retained and topic == topics.kiosk_status(self._facts.site)):  # an old sign of life proves nothing
            self._hear(topic, payload, "site")

    def _from_centre(self, topic: str, payload: bytes, _retained: bool) -> None:
        self._hear(topic, payload, "centre")

    def _hear(self, topic: str, payload: bytes, who: str) -> None:
        """A message from outside is hostile until it is understood; a bad one costs one sentence in the log."""
        levels = topics.parts(topic)
        try:
            if levels is not None and payload:
                self._understand(topic, levels, payload)
        except Refused as fault:
            if topic not in self._complained and len(self._complained) < 1000:
                self._complained.add(topic)
                log.warning("%s broker, %s: refused, %s", who, topic, fault)
        except StoreFault as fault:
            log.error("%s", fault)

    def _understand(self, topic: str, levels: tuple[str, ...], payload: bytes) -> None:
        site = self._facts.site
        if topic in (topics.orders(site), topics.local_orders(site)):
            self._obey(decode(payload, Orders))
        elif topic == topics.receipt(site):
            self._receive(decode(payload, Receipt))
        elif topic == topics.kiosk_status(site):
            self._box.hear(decode(payload, KioskStatus))
        elif topic == topics.mark(site):
            self._forget(decode(payload, Mark))
        elif topic == topics.content(site):
            self._tell_documents(*self._documents.manifest(self._site, payload, self._now()))
        elif levels[1:3] == ("down", "blob") and len(levels) == 4:
            self._tell_documents(*self._documents.blob(self._site, levels[3], payload, self._now()))
        elif levels[1:3] == ("down", "bulletin"):
            now = self._now()
            new, changes, held = bulletins.take(self._site, site, payload, self._plan.keys, now)
            self._settle(new, changes, now)
            if held is not None:
                self._local.tell(announce.for_visitors(self._site, self._facts, now))

    def _obey(self, orders: Orders) -> None:
        for order in orders.orders:
            if order.id not in self._site.memory.done_orders:
                self._take(order)
                if isinstance(order.what, Command):
                    self._tell_staff(announce.for_staff(self._site, self._facts, self._now()))
                    self._local.tell(self._everything())

    def _receive(self, receipt: Receipt) -> None:
        """A receipt is stored once and in order; the kiosk repeats it until the mark says so."""
        if self._keeper.behind:
            return  # the disk refuses: what is not stored gets no mark
        marks = self._site.memory.receipts
        if receipt.number == marks.get(receipt.kiosk_run, 0) + 1:
            now = self._now()
            memory = msgspec.structs.replace(
                self._site.memory, receipts=_newest(marks, receipt.kiosk_run, receipt.number)
            )
            site = msgspec.structs.replace(self._site, memory=memory)
            site, one = pipeline.number_receipt(site, msgspec.to_builtins(receipt))
            self._commit(site, now, None, [one])
        if not self._keeper.behind:
            self._local.tell([announce.receipt_mark(self._site, self._facts)])

    def _forget(self, mark: Mark) -> None:
        if mark.site != self._facts.site:
            raise Refused(f"the mark is for {mark.site}")
        mine = mark.marks.get(self._run, {})
        for stream, seq in mine.items():
            if seq > self._site.seqs.get(stream, 0):
                raise Refused(f"the mark confirms {stream.value} {seq}, which has not been yet")
        gone, site = 0, self._site
        for run, streams in mark.marks.items():
            for stream, seq in streams.items():
                gone += self._store.confirm(run, stream, seq)
                site = needs.received(site, run, stream, seq)
        if site.memory != self._site.memory:
            now = self._now()
            self._settle(site, [], now)
            self._tell_judgement(now)
        if self._records is not None:
            self._records.answered(gone)

    def _tell_documents(self, site: Site, changes: list[Change], messages: list[Message]) -> None:
        self._settle(site, changes, self._now())
        self._local.tell(messages)

    # --- think, keep, tell ---

    def _take(self, what: Happening) -> None:
        now = self._now()
        before = self._site.memory
        site, numbered = pipeline.step(self._site, what, self._facts, now)
        self._commit(site, now, what if isinstance(what, Batch) else None, numbered)
        if isinstance(what, Batch):
            self._tell_device(what.device, now, bool(numbered))
        if self._site.memory != before:
            self._tell_judgement(now)

    def _settle(self, site: Site, changes: list[Change], now: Now) -> None:
        """Changes that no batch brought."""
        site, numbered = pipeline.number(site, changes, now)
        if numbered or site.memory != self._site.memory:
            self._commit(site, now, None, numbered)

    def _note(self, kind: Event, detail: str) -> None:
        self._settle(self._site, [Change(kind, msgspec.to_builtins(NoteBody(detail=detail)))], self._now())

    def _commit(self, site: Site, now: Now, batch: Batch | None, numbered: Sequence[Numbered]) -> None:
        memory = site.memory if site.memory != self._site.memory else None
        self._site = site
        self._keeper.keep(Step(now, batch, numbered, memory), now.up_ms)
        trouble = self._keeper.behind or self._aside
        if trouble is not self._site.store_trouble:
            self._site = msgspec.structs.replace(self._site, store_trouble=trouble)
        if self._records is not None and numbered:
            self._records.wake()

    def _tell_trouble(self) -> None:
        """A damaged file was put aside: say so once, and keep the alarm up until somebody has taken it away."""
        self._aside = self._store.lies_aside()
        told = self._store.untold_trouble()
        if told is not None:
            log.error("%s", told)
            self._note(Event.STORE_TROUBLE, told)
            if not self._keeper.behind:
                self._store.trouble_told()

    # --- telling ---

    def _tell_device(self, name: str, now: Now, changed: bool) -> None:
        if not changed and now.up_ms - self._told_ms.get(name, -(10**12)) < self._facts.picture_every_s * 1000:
            return
        self._told_ms[name] = now.up_ms
        self._tell_staff([announce.device(self._site, name, self._facts, now)])

    def _tell_judgement(self, now: Now) -> None:
        self._told_ms["site"] = now.up_ms
        self._tell_staff([announce.alarms(self._site, self._facts, now), announce.state(self._site, self._facts, now)])
        self._local.tell([announce.public_picture(self._site, self._facts, now)])

    def _tell_staff(self, messages: list[Message]) -> None:
        self._local.tell(messages)
        if self._centre is not None:
            self._centre.tell(messages)

    def _everything(self) -> list[Message]:
        now = self._now()
        staff = announce.for_staff(self._site, self._facts, now)
        return staff + announce.for_visitors(self._site, self._facts, now) + self._documents.messages(now)

    async def _tick(self) -> None:
        beat_ms = -(10**12)
        while True:
            now = self._now()
            if self._centre is not None and self._centre.link.up:
                self._site = msgspec.structs.replace(self._site, centre_heard=now.moment())
            self._take(Tick())
            if now.up_ms - self._told_ms.get("site", -(10**12)) >= self._facts.picture_every_s * 1000:
                self._tell_judgement(now)
            if now.up_ms - beat_ms >= self._facts.heartbeat_s * 1000:
                beat_ms = now.up_ms
                self._tell_staff([announce.status(self._facts, now)])
                self._book_published()
            await asyncio.sleep(max(SHORTEST_TICK_S, self._clock.real_seconds(TICK_S)))

    def _book_published(self) -> None:
        """How many messages the brokers took, once a heartbeat: a figure, not worth a write for each."""
        roads = [road for road in (self._local, self._centre) if road is not None]
        count = sum(road.published for road in roads)
        try:
            self._store.add_published(count)
        except StoreFault as fault:
            log.error("%s", fault)
            return
        for road in roads:
            road.published = 0

    async def _housekeeping(self) -> None:
        """Keep the store within its bounds."""
        while True:
            await asyncio.sleep(max(SHORTEST_TICK_S, self._clock.real_seconds(HOUSEKEEPING_S)))
            now = self._now()
            try:
                self._store.thin(self._plan.settings.store.max_waiting_records, now)
                self._tell_trouble()
                await asyncio.to_thread(self._store.checkpoint)
                for _ in self._store.upkeep(now, Limits.of(self._plan.settings.store)):
                    await asyncio.sleep(BETWEEN_STEPS_S)
                await asyncio.to_thread(self._store.checkpoint)
            except StoreFault as fault:
                log.error("%s", fault)

    def _now(self) -> Now:
        clock = self._clock
        return Now(run=self._run, boot=clock.boot, up_ms=clock.up_ms(), wall_ms=clock.wall_ms(), clock=clock.quality())


def _newest(marks: dict[str, int], run: str, number: int, keep: int = 20) -> dict[str, int]:
    """The mark of a kiosk run moves to the end; only the runs heard of last can still repeat a receipt."""
    others = [(other, mark) for other, mark in marks.items() if other != run]
    return dict([*others, (run, number)][-keep:])
