"""Wakes people from the centre: hears what is committed, judges, keeps, sends, and tells the sites what is taken over.

State and queue change in one transaction. When the store refuses, nothing has happened: it is judged anew when it is
well, for the judgement is pure and the records wait in order.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial

from contract import topics
from contract.messages import encode
from contract.waking import Cause, Event, Matter, Message, Now, Pace, State, Told, WakingTaken, taken
from contract.waking import Kind as MessageKind
from contract.waking_step import look, take
from contract.waking_words import message, title
from dashboard.core.notify import causes, overdue, people, queue, several
from dashboard.core.notify.people import Woken
from dashboard.core.notify.queue import Due
from dashboard.core.sites import Site
from dashboard.io import notify
from dashboard.io.desk import Desk
from dashboard.io.store.database import Database, StoreTrouble
from dashboard.io.store.notifications import Kept, Made, Notifications

log = logging.getLogger(__name__)

TICK_S = 0.5
MOST_CAUSES = 5000
"""Of one matter: more than there are sites, so that a message never names too few."""
AT_ONCE = 5
"""So many events are judged before others have their turn: a storm over a thousand sites holds up no page."""
TAKEN_FOR_MS, TAKEN_EVERY_MS = 15 * 60_000, 5 * 60_000
"""So long a site relies on the centre without hearing more, and so often it hears more."""
BEAT_S = 300
SILENCE = "silence"


class Waking:
    """The one task that wakes people. Other rooms hold up causes of their own with `hold`."""

    def __init__(self, desk: Desk, database: Database, pace: Pace | None = None) -> None:
        self._desk = desk
        self.store = Notifications(database)
        self._pace = pace or Pace(most_causes=MOST_CAUSES)
        self._sender = notify.Sender()
        self._lock = asyncio.Lock()
        self.state = State()
        self._seen = 0
        self._people: list[Woken] = []
        self._held: dict[str, tuple[tuple[Cause, bool], ...]] = {}
        self._of: dict[str, set[str]] = {}
        self._home = ""
        self._sent: dict[str, tuple[tuple[str, ...], str, int]] = {}
        self._beat_ms: int | None = None
        self._tries: set[asyncio.Task[None]] = set()
        self.beat_well_ms: int | None = None
        """When a watcher outside last heard that the dashboard lives, as uptime; None: not in this run."""
        self.trouble = ""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> "Waking":
        """Work, until `stop`; only at the centre: a site wakes its own by the gateway."""
        if self._desk.settings.view.mode == "centre":
            self._desk.waking = self
            self._task = asyncio.create_task(self.run(), name="waking")
        return self

    async def stop(self) -> None:
        """What is under way is noted as such, and sent again at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, *self._tries, return_exceptions=True)

    def hold(self, source: str, now: Iterable[tuple[Cause, bool]]) -> None:
        """All causes of one source that hold now, each with: has somebody acknowledged it? What is left out is over.

        For what the centre itself sees: an overdue site, for example. Ids begin with the source.
        """
        self._held[source] = tuple(now)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                self._seen, self.state = await asyncio.to_thread(self.store.load)
                break
            except StoreTrouble as fault:
                await self._wait_out(fault)
        while True:
            try:
                await self._round()
                self.trouble = ""
            except StoreTrouble as fault:
                await self._wait_out(fault)
            except Exception as fault:  # whatever it is, it must not end the one task that wakes people
                if not self.trouble:
                    log.exception("notification stumbled and goes on")
                self.trouble = type(fault).__name__
            await asyncio.sleep(max(0.1, min(TICK_S, self._desk.clock.real_seconds(TICK_S * 2))))

    async def _wait_out(self, fault: StoreTrouble) -> None:
        if not self.trouble:
            log.error("%s; nobody is woken from here until it is well again", fault)
        self.trouble = str(fault)
        await asyncio.sleep(2.0)

    async def _round(self) -> None:
        self._people = await asyncio.to_thread(self.store.people)
        told = await asyncio.to_thread(self.store.settings)
        self._home = told.get("home", "")
        await self._hear()
        await self._look()
        await self._send()
        self._tell_sites()
        self._beat(told.get("beat", ""))

    # --- judging ---

    def _now(self) -> Now:
        read = self._desk.clock.read()
        minute = None
        if read.wall_ms is not None:
            here = datetime.fromtimestamp(read.wall_ms / 1000, UTC).astimezone(self._desk.zone)
            minute = here.hour * 60 + here.minute
        return Now(boot=read.boot, up_ms=read.up_ms, wall_ms=read.wall_ms, minute=minute)

    async def _hear(self) -> None:
        """Records of alarms, each once: the state and how far was looked are kept together, many in one write."""
        while True:
            seen, heard = await asyncio.to_thread(self.store.fresh, self._seen)
            if heard:
                await self._step(heard, seen=seen)
            self._seen = max(self._seen, seen)
            if not heard:
                return

    async def _look(self) -> None:
        """What is not told by records but seen: sites that are not heard, and what other rooms hold up."""
        sites = {site.id: site for site in self._desk.settings.site}
        losses = [loss for held in self._desk.losses.values() for loss in held]
        self._held[SILENCE] = causes.silences(losses, sites)
        if self._desk.work.seen:
            self.hold(overdue.OVERDUE, self._overdue(sites))
        known = {cause.id for matter in self.state.matters for cause in matter.causes}
        events: list[Event] = []
        for source, now in self._held.items():
            before = {name for name in known if _source(name) == source}
            events += causes.held_up(before, now, self.state)
        await self._step(events)

    def _overdue(self, sites: dict[str, Site]) -> tuple[tuple[Cause, bool], ...]:
        work = self._desk.work
        held = tuple(work.holdings.values())
        return overdue.causes(held, work.incidents, sites, work.seen, self._desk.now(), work.boot)

    async def _step(self, came: Sequence[Event | causes.Heard], seen: int | None = None) -> None:
        """What came, and time; what follows is kept before anything of it is sent."""
        async with self._lock:
            state, now = self.state, self._now()
            for count, one in enumerate(came):
                for event in self._events(one, state) if isinstance(one, causes.Heard) else (one,):
                    state = take(state, event, self._pace, now)
                if count % AT_ONCE == AT_ONCE - 1:
                    await asyncio.sleep(0)
            state, made = self._looked(state, now)
            if state is not self.state or seen is not None:
                await asyncio.to_thread(self.store.keep, seen or self._seen, state, made, now.wall_ms)
                self._become(state)
                self._seen = max(self._seen, seen or 0)

    def _events(self, heard: causes.Heard, state: State) -> tuple[Event, ...]:
        return causes.events(heard, self._desk.settings.find(heard.site), state, self._desk.clock.wall_ms())

    def _looked(self, state: State, now: Now) -> tuple[State, list[Made]]:
        state, messages = look(state, people.persons(self._people), self._pace, now)
        return state, [one for told in messages if (one := self._worded(told)) is not None]

    def _become(self, state: State) -> None:
        """The pages of those who see a matter that has moved hear of it."""
        before = {one.number: one for one in self.state.matters}
        moved = [one for one in state.matters if before.pop(one.number, None) is not one]
        self.state = state
        self._tell_pages((*moved, *before.values()))

    def _tell_pages(self, matters: Iterable[Matter]) -> None:
        sites = sorted({cause.site for matter in matters for cause in matter.causes})
        for site in {one.split("-", 1)[0]: one for one in sites}.values():  # whoever sees this page sees one of them
            self._desk.hub.tell(site, calm=True)

    def _worded(self, told: Message) -> Made | None:
        who = next((one for one in self._people if str(one.number) == told.person), None)
        if who is None:
            return None
        matter = several.led(told.matter, self._desk.work.incidents)
        body = message(matter, told.kind, who.language, self._desk.zone, self._home)
        return Made(message=told, who=who.name, title=title(told.matter, told.kind, who.language), body=body)

    # --- sending ---

    async def _send(self) -> None:
        now = self._now()
        for due in await asyncio.to_thread(self.store.due, now.boot, now.up_ms):
            if due.tries and queue.again_s(due.kind, due.tries) is None:
                await self._note(due, "unknown")  # interrupted at its last try: not sent for ever
            elif self._sender.free(due.channel) and await asyncio.to_thread(self.store.begin, due.number):
                self._moved(due)
                task = asyncio.create_task(self._try(due), name="notify")
                self._tries.add(task)
                task.add_done_callback(self._tries.discard)
                await asyncio.sleep(0)

    async def _try(self, due: Due) -> None:
        why = await self._sender.try_(due.channel, partial(notify.send, due.address, due.title, due.body))
        while True:
            try:
                await self._note(due, why)
                return
            except StoreTrouble as fault:  # what went out is noted as soon as there is room for it
                self.trouble = str(fault)
                await asyncio.sleep(2.0)

    def _moved(self, due: Due) -> None:
        """The log on the pages has a new line."""
        matters = [one for one in self.state.matters if one.number == due.matter]
        self._tell_pages(matters)
        if not matters:
            self._desk.hub.tell("", calm=True)

    async def _note(self, due: Due, why: str) -> None:
        """What came of a try, and what the judgement makes of it, in one transaction."""
        now, wait_s = self._now(), queue.again_s(due.kind, due.tries + 1)
        result = "accepted" if not why else "failed" if wait_s is None else "waiting"
        again = (now.boot, now.up_ms + 1000 * (wait_s or 0))

        def judged(accepted: bool, none_left: bool) -> Kept | None:
            if not due.asks or not (accepted or none_left):
                return None
            told = Told(due.matter, due.round, due.person, MessageKind(due.kind), accepted=accepted)
            state, made = self._looked(take(self.state, told, self._pace, now), now)
            return Kept(self._seen, state, made, now.wall_ms)

        async with self._lock:
            kept = await asyncio.to_thread(self.store.end, due, result, why, again, now.wall_ms, judged)
            if kept is not None:
                self._become(kept.state)
        self._moved(due)

    # --- the sites ---

    def _tell_sites(self) -> None:
        """What is taken over, to each site: only what somebody here was really reached for."""
        now, ours = self._desk.now(), taken(self.state)
        for site in {*ours, *(name for name, sent in self._sent.items() if sent[0])} & self._desk.pictures.keys():
            names = tuple(one for one in ours.get(site, ()) if causes.woken(one) is not None)
            alarms = tuple(one for name in names if (one := causes.woken(name)) is not None)
            contact = self._desk.pictures[site].contact
            before = self._sent.get(site, ((), "", -TAKEN_EVERY_MS))
            if contact is None or (not names and not before[0]):
                continue
            same = before[:2] == (names, contact.boot)
            if same and (not names or now.mono_ms - before[2] < TAKEN_EVERY_MS):
                continue
            until = contact.up_ms + max(0, now.mono_ms - contact.mono_ms) + TAKEN_FOR_MS
            told = WakingTaken(site=site, boot=contact.boot, until_up_ms=until, alarms=alarms)
            self._desk.down_due[topics.waking(site)] = encode(told)
            self._sent[site] = (names, contact.boot, now.mono_ms)
            self._desk.wake.set()

    # --- the watcher is watched ---

    def _beat(self, address: str) -> None:
        """Tell a watcher outside that all is well here. Said only while it is: its silence is the alarm."""
        now_ms = self._desk.clock.up_ms()
        due = self._beat_ms is None or now_ms - self._beat_ms >= BEAT_S * 1000
        if not address or not due or not self.well or not self._sender.free("beat"):
            return
        self._beat_ms = now_ms
        task = asyncio.create_task(self._tell_watcher(address), name="beat")
        self._tries.add(task)
        task.add_done_callback(self._tries.discard)

    @property
    def beat_every_ms(self) -> int:
        """How often a watcher outside is told."""
        return BEAT_S * 1000

    @property
    def well(self) -> bool:
        """Does the dashboard do what it is there for?"""
        return self._desk.broker_up and not self._desk.trouble and not self.trouble

    async def _tell_watcher(self, address: str) -> None:
        if not await self._sender.try_("beat", partial(notify.ping, address)):
            self.beat_well_ms = self._desk.clock.up_ms()
            self._desk.hub.tell("", calm=True)


def _source(cause: str) -> str:
    """Which room holds a cause up; "" for what records tell."""
    parts = cause.split("/")
    if len(parts) == 5:
        return SILENCE if causes.woken(cause) is None else ""
    return parts[0]
