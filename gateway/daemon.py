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
from contract.messages import KioskStatus
from contract.past import PastWish
from contract.records import Again, NoteBody
from contract.words import Event
from doors.clock import Clock
from gateway.config import Plan
from gateway.config_device import Wired
from gateway.core import activity, announce, dating, pipeline
from gateway.core.announce import Message
from gateway.core.box import box, restarts
from gateway.core.down import content
from gateway.core.orders.exercise import forget_other_status
from gateway.core.pipeline import Batch, Happening, Numbered
from gateway.core.site import Change, Now, Site
from gateway.core.wire.plan import Block
from gateway.gathering import Gathering, Poll
from gateway.hearing import Hearing, Work
from gateway.io.box import BoxWatch
from gateway.io.dating import Dater
from gateway.io.device import Device
from gateway.io.documents import Documents
from gateway.io.housekeeping import housekeep
from gateway.io.keeping import Keeper
from gateway.io.leaving import Leaving
from gateway.io.marks import Marks
from gateway.io.modbus import Line, open_line
from gateway.io.mqtt import Pictures
from gateway.io.nodes import Nodes, NodeWork
from gateway.io.past import PastTeller
from gateway.io.polling import Poller
from gateway.io.pulse import Pulse, Unit
from gateway.io.record_road import Records
from gateway.io.shown import Shown
from gateway.io.store import Step, Store
from gateway.io.upstream import Upstream
from gateway.io.waking import Wakers

log = logging.getLogger(__name__)

TICK_S = 1.0
SHORTEST_TICK_S = 0.1
"""Real seconds, for demonstrations in which a product second is very short."""
HOUSEKEEPING_S = 600.0
SITE_AT_ONCE = 8
"""Messages under way to the site's own broker: what is urgent must not wait for the answers to others."""


class Gateway:
    """One site."""

    def __init__(self, plan: Plan, clock: Clock, store: Store, unit: Unit | None = None) -> None:
        self._plan = plan
        self._facts = plan.facts
        self._clock = clock
        self._store = store
        self._run = secrets.token_hex(8)
        self._pollers: list[Poller] = []
        self._site = pipeline.awakened(store.memory(), store.last_reading())
        self._documents = Documents(store, self._facts)
        self._keeper = Keeper(store, plan.settings.store.commit_every_s)
        self._shown = Shown(self._site, on_disk=store.answered_on_disk())
        self._marks = Marks(plan.facts.site, store, self._keeper, self._now)
        self._dater = Dater(store, self._keeper, clock)
        self._dater.noted(self._site.memory.clock)
        self._aside = store.lies_aside()
        self._troubles: set[str] = set()
        self._mended = 0
        self._told_ms: dict[str, int] = {}
        self._untold: set[str] = set()
        self._gathering = Gathering(clock, site=self._looked_at, now=self._now, judge=self._judge)
        self._unit = unit or Unit()
        self._pulse = Pulse(plan, clock, self._unit.notifier)
        self._foretold = self._site.ending.farewell
        self._hearing = self._ears()
        self._local = self._site_road()
        self._past = PastTeller(store, self._local, self._facts, self._now)
        self._upstream = Upstream(self._facts, self._told_site, self._now)
        self._centre = self._central_road()
        self._records: Records | None = None
        if self._centre is not None:
            self._records = Records(store, self._centre, self._facts, self._now, self._keeper.confirmed)
        self._hearing.records = self._records
        self._upstream.road = self._centre
        roads = [road for road in (self._local, self._centre) if road is not None]
        self.leaving = Leaving(plan, store, self._keeper, roads, now=self._now, site=self._looked_at)
        self._box = self._box_watch()

    def _box_watch(self) -> BoxWatch:
        return BoxWatch(
            self._plan, self._clock, self._keeper.unstored, now=self._now, site=self._local, centre=self._centre,
            take=self._gathering.take,
        )  # fmt: skip

    def _site_road(self) -> Pictures:
        site = self._facts.site
        return Pictures(
            self._plan.settings.site_broker,
            name="site",
            facts=self._facts,
            now=self._now,
            subscribe=(
                topics.local_orders(site),
                topics.receipt(site),
                topics.kiosk_status(site),
                topics.page_wish(site),
                topics.past_wish(site),
                *self._nodes.topics,
            ),
            on_message=self._hearing.from_site,
            everything=self._everything,
            at_once=SITE_AT_ONCE,
        )

    def _central_road(self) -> Pictures | None:
        settings = self._plan.settings.central_broker
        if settings is None:
            return None
        return Pictures(
            settings,
            name="central",
            facts=self._facts,
            now=self._now,
            subscribe=(topics.down_all(self._facts.site),),
            on_message=self._hearing.from_centre,
            everything=self._upstream.everything,
            on_up=self._centre_up,
        )

    def _centre_up(self) -> None:
        self._marks.linked()
        if self._records is not None:
            self._records.again()

    async def run(self) -> None:
        """Work until cancelled; then say good-bye."""
        lines: dict[Any, Line] = {}
        self._keeper.start(self._written)
        memory, dropped = forget_other_status(self._site.memory, self._facts.status)
        self._settle(msgspec.structs.replace(self._site, memory=memory), dropped, self._now())
        self._note(Event.GATEWAY_STARTED, f"version {self._facts.version}")
        self._tell_trouble()
        self._settle(self._site, restarts.told(self._unit.starts), self._now())
        try:
            async with asyncio.TaskGroup() as group:
                for wired in self._plan.wired:
                    line = lines.setdefault(wired.line, open_line(wired.line))
                    group.create_task(self._poller(wired, line).run(), name=f"poll {wired.table.name}")
                group.create_task(self._local.run(), name="site broker")
                group.create_task(self._past.run(), name="past")
                group.create_task(self._nodes.run(), name="nodes")
                if self._centre is not None and self._records is not None:
                    group.create_task(self._centre.run(), name="central broker")
                    group.create_task(self._records.run(), name="records")
                group.create_task(self._box.run(), name="box")
                group.create_task(self._gathering.run(), name="judge")
                group.create_task(self._tick(), name="tick")
                group.create_task(self._housekeeping(), name="housekeeping")
                group.create_task(self._dater.run(), name="dating")
                group.create_task(self._pulse.run(self._keeper, self._looked_at, self._centre), name="pulse")
                group.create_task(self.leaving.run(), name="last words")
                if self._facts.wake is not None:
                    wakers = Wakers(
                        self._plan.settings.wake, stored=self._told_site, now=self._now, take=self._gathering.take
                    )
                    group.create_task(wakers.run(), name="waking")
        except asyncio.CancelledError:
            self._gathering.flush()
            raise
        finally:
            for line in lines.values():
                await line.close()
            self._book_published()
            if self._keeper.close():
                self._store.close()

    def _looked_at(self, *, anew: bool = False) -> Site:
        if anew:
            self._box.look()
        return self._site

    # --- what comes in ---

    def _poller(self, wired: Wired, line: Line) -> Poller:
        table = wired.table
        cells = self._site.memory.refused_cells.get(table.name, ())
        if table.not_the_profiles:
            self._note(Event.DEVICE_ACCEPTED, f"{table.name}, {wired.profile.name}: {table.not_the_profiles}")
        refused = [Block(*cell) for cell in cells]
        device = Device(line, wired.unit, wired.profile, refused=refused, anyway=table.not_the_profiles)
        facts = next(one for one in self._facts.devices if one.name == table.name)
        poller = Poller(
            device, facts, self._clock, pipeline.origin_of(self._facts), self._gathering.take, self._pulse.polled
        )
        self._pollers.append(poller)
        return poller

    def _door_of_nodes(self) -> Nodes:
        work = NodeWork(
            site=lambda: self._site, now=self._now, take=self._gathering.take, flush=self._gathering.flush,
            commit=self._commit, settle=self._settle, road=lambda: self._local,
        )  # fmt: skip
        return Nodes(self._plan, self._store, self._keeper, work)

    def _ears(self) -> Hearing:
        self._nodes = self._door_of_nodes()
        work = Work(
            site=lambda: self._site, now=self._now, take=self._gathering.take, settle=self._settle, commit=self._commit,
            signs_of_life=self._sign_of_life, tell_visitors=self._tell_visitors, tell_receipts=self._tell_receipts,
            tell_everything=self._tell_everything, tell_page=self._tell_page,
            tell_past=self._tell_past, tell_lacking=self._tell_lacking, hear_node=self._nodes.hear,
        )  # fmt: skip
        return Hearing(self._plan, self._store, self._keeper, self._documents, self._marks, work)

    def _sign_of_life(self, status: KioskStatus) -> None:
        """Answered at once: a screen on another computer dates by it what it hears first."""
        self._box.hear(status)
        self._site = box.answered(self._site, status)
        told = msgspec.structs.replace(self._told_site(), screens=self._site.screens)
        self._local.tell([announce.public_picture(told, self._facts, self._now())])

    # --- think, keep, tell ---

    def _judge(self, what: Happening, now: Now, before: Sequence[Poll]) -> None:
        """One step, with the polls that have waited for it."""
        memory, polls = self._site.memory, [batch for _, batch in before]
        site, numbered = pipeline.step(self._site, what, self._facts, now, polls)
        for at, poll in before:
            self._keeper.keep(Step(at, poll), at.up_ms)
        self._commit(site, now, what if isinstance(what, Batch) else None, numbered)
        moving = activity.is_moving(self._site, now)
        for poller in self._pollers:
            poller.hurry(moving)
        for one in (what, *polls):
            if isinstance(one, Batch):
                self._tell_device(one.device, now, bool(numbered))
        if self._site.memory != memory and self._keeper.behind:
            self._tell_judgement(now)

    def _settle(self, site: Site, changes: list[Change], now: Now) -> None:
        """Changes that no batch brought."""
        site, numbered = pipeline.number(site, changes, now)
        if numbered or site.memory != self._site.memory:
            self._commit(site, now, None, numbered)

    def _note(self, kind: Event, detail: str) -> None:
        self._settle(self._site, [Change(kind, msgspec.to_builtins(NoteBody(detail=detail)))], self._now())

    def _commit(self, site: Site, now: Now, batch: Batch | None, numbered: Sequence[Numbered], **also: Any) -> None:
        """On its way to the disk; what was decided is told when it is there (`_written`)."""
        before, self._site = self._site, site
        if before.memory.clock is not site.memory.clock:
            self._dater.noted(site.memory.clock)
        memory = site.memory if site.memory != before.memory else None
        step = Step(now, batch, numbered, memory, **also)
        ticket = self._keeper.keep(step, now.up_ms)
        if step.decided:
            documents = list(step.documents)
            self._shown.decided(ticket, before, site, documents, behind=self._keeper.behind)
        self._watch_store()

    def _written(self) -> None:
        """More has reached the disk, or the disk has begun or ceased to refuse."""
        before, after, documents = self._shown.reached(self._keeper.kept)
        now = self._now()
        self._watch_store()
        self._nodes.written()
        if self._mended != self._keeper.repairs:
            self._mended = self._keeper.repairs
            self._tell_trouble()
        if after.memory != before.memory:
            self._tell_judgement(now)
        heard = (after.memory.receipts, after.memory.bulletins) != (before.memory.receipts, before.memory.bulletins)
        if heard or dating.moved(before.memory, after.memory):
            self._tell_visitors(now)
        self._local.tell(self._documents.public(documents, now))
        gone = content.pictures_gone(before.memory, after.memory)
        self._local.tell([(topics.public_content(self._facts.site, name), b"") for name in gone])
        if self._records is not None:
            self._records.wake()

    def _watch_store(self) -> None:
        trouble = self._keeper.behind or self._aside or self._store.stands_in_for is not None
        if trouble is not self._site.store_trouble:
            self._site = msgspec.structs.replace(self._site, store_trouble=trouble)
            if not trouble:
                self._hearing.take_documents()

    def _told_site(self) -> Site:
        return self._shown.of(self._site, behind=self._keeper.behind)

    def _tell_trouble(self) -> None:
        """A damaged file was put aside: say so once, and keep the alarm up until somebody has taken it away."""
        self._aside = self._store.lies_aside()
        told = self._store.untold_trouble()
        if told is not None and told not in self._troubles:
            self._troubles.add(told)
            log.error("%s", told)
            now = self._now()
            change = Change(Event.STORE_TROUBLE, msgspec.to_builtins(NoteBody(detail=told)))
            site, numbered = pipeline.number(self._site, [change], now)
            self._commit(site, now, None, numbered, trouble_told=True)

    # --- telling ---

    def _tell_device(self, name: str, now: Now, changed: bool) -> None:
        if not changed and now.up_ms - self._told_ms.get(name, -(10**12)) < self._facts.picture_every_s * 1000:
            self._untold.add(name)  # a sensor node may not say anything else for an hour
            return
        self._untold.discard(name)
        self._told_ms[name] = now.up_ms
        self._local.tell([announce.device(self._site.values.get(name, {}), name, self._facts, now)])

    def _tell_judgement(self, now: Now) -> None:
        self._told_ms["site"] = now.up_ms
        site = self._told_site()
        self._local.tell([announce.alarms(site, self._facts, now), announce.state(site, self._facts, now)])
        self._upstream.look(judged=True)
        self._local.tell([announce.public_picture(site, self._facts, now), announce.answers(site, self._facts, now)])

    def _tell_visitors(self, now: Now) -> None:
        self._local.tell(announce.for_visitors(self._told_site(), self._facts, now))

    def _tell_receipts(self) -> None:
        self._local.tell([announce.receipt_mark(self._told_site(), self._facts)])

    def _tell_everything(self) -> None:
        """Somebody has asked for all of it."""
        self._upstream.again()
        self._local.tell(self._everything())

    def _tell_lacking(self, again: Again) -> None:
        self._upstream.lacking(again)

    def _tell_past(self, wish: PastWish) -> None:
        self._past.ask(wish)

    def _tell_page(self, now: Now) -> None:
        """What the owner's page needs from the centre."""
        if self._centre is not None and self._site.page is not None:
            self._centre.tell([announce.page(self._site.page, self._facts, now)])

    def _everything(self) -> list[Message]:
        now = self._now()
        site = self._told_site()
        staff = announce.for_staff(site, self._facts, now)
        staff.append(announce.answers(site, self._facts, now))
        visitors = announce.for_visitors(site, self._facts, now)
        return staff + visitors + self._documents.messages(now) + self._nodes.messages()

    async def _tick(self) -> None:
        beat_ms = -(10**12)
        while True:
            now = self._now()
            if (road := self._centre) is not None:
                self._site = msgspec.structs.replace(self._site, centre_heard=road.heard, contested=road.link.contested)
            if now.up_ms - self._told_ms.get("site", -(10**12)) >= self._facts.picture_every_s * 1000:
                self._tell_judgement(now)
            else:
                self._upstream.look()
            for name in sorted(self._untold):
                self._tell_device(name, now, False)
            self._pulse.ticked()
            near = self._site.ending.farewell
            if near != self._foretold or now.up_ms - beat_ms >= self._facts.heartbeat_s * 1000:
                beat_ms, self._foretold = now.up_ms, near
                self._local.tell([announce.status(self._facts, now, farewell=near)])
                self._book_published()
            await asyncio.sleep(max(SHORTEST_TICK_S, self._clock.real_seconds(TICK_S)))

    def _book_published(self) -> None:
        """How many messages the brokers took, once a heartbeat: a figure, not worth a write for each."""
        roads = [road for road in (self._local, self._centre) if road is not None]
        self._keeper.add_published(sum(road.published for road in roads))
        for road in roads:
            road.published = 0

    async def _housekeeping(self) -> None:
        """Keep the store within its bounds."""
        while True:
            await asyncio.sleep(max(SHORTEST_TICK_S, self._clock.real_seconds(HOUSEKEEPING_S)))
            table = self._plan.settings.store
            await housekeep(self._store, self._keeper, table, self._now(), self._tell_trouble)

    def _now(self) -> Now:
        read = self._clock.read()
        return Now(run=self._run, boot=read.boot, up_ms=read.up_ms, wall_ms=read.wall_ms, clock=read.quality)
