"""The door of the sensor nodes: hears them, keeps what is new, tells each what it may forget, its settings, the time.

A mark is read from the disk itself before it is told, so it can never run ahead of what a power cut would leave.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from contract import topics
from contract.messages import decode, encode
from contract.nodes import (
    MAX_NODE_MESSAGE,
    NodeBirth,
    NodeMark,
    NodePiece,
    NodeReport,
    NodeStatus,
    NodeTime,
    NodeWish,
)
from contract.wire import Refused
from contract.words import Quality
from doors.broker import LinkDown
from gateway.config import Plan
from gateway.config_node import config_of
from gateway.core.allowance import Allowance
from gateway.core.announce import Message
from gateway.core.nodes import health, records, remembered, strangers, updates
from gateway.core.nodes import node as nodes
from gateway.core.nodes.boots import NodeKept
from gateway.core.nodes.node import Node
from gateway.core.pipeline import Batch, Earlier, Numbered, number_remembered, origin_of
from gateway.core.site import Change, Now, Site
from gateway.io.food import FoodBook
from gateway.io.keeping import Keeper
from gateway.io.mqtt import Pictures
from gateway.io.offers import Offers
from gateway.io.store import Store, StoreFault

log = logging.getLogger(__name__)

LOOK_S = 1.0
"""Real seconds between two looks at who is silent."""
SAID_AGAIN_MS = 60_000
"""So often a silent node is told to be silent, so that nobody takes the word for an old one."""
SILENT = "nothing was heard of the node for longer than it may be silent"
NOT_YET = "the node has not reported since the box started"
MOST_COMPLAINTS = 20
"""Of one node in a run: what it says itself must not keep the log from telling of others."""
RECORDS_AT_ONCE, A_RECORD_MS = 20_000, 50
"""Of one node: what it held for weeks comes at a tenth of that; whoever says more wears out the card."""
TO_CENTRE_AT_ONCE, TO_CENTRE_MS = 2000, 10_000
"""Records of the past of one node for the centre, which costs by the byte; what is more lies in the store here."""
MOST_ANSWERS = 8
"""That wait to be told; what is asked for beyond that is asked for again."""
PIECE_EVERY_S = 0.01
"""Real seconds between two pieces of programs, whoever asks: one wish of each node waits, the newest."""


class NodeWork(msgspec.Struct, frozen=True, kw_only=True):
    """What the gateway lends this door."""

    site: Callable[[], Site]
    now: Callable[[], Now]
    take: Callable[[Batch], None]
    flush: Callable[[], None]
    commit: Callable[..., None]
    settle: Callable[[Site, list[Change], Now], None]
    road: Callable[[], Pictures]


class Nodes:
    """All sensor nodes of a site."""

    def __init__(self, plan: Plan, store: Store, keeper: Keeper, work: NodeWork) -> None:
        self._site_name = plan.facts.site
        self._facts = plan.facts
        self._origin = origin_of(plan.facts)
        self._store = store
        self._keeper = keeper
        self._work = work
        self._behind = False
        begins_ms = work.now().up_ms
        self._nodes = {
            one.name: Node(facts=one, began_ms=begins_ms, kept=self._kept(one.name)) for one in plan.facts.nodes
        }
        self._marks = {name: one.kept.marks() for name, one in self._nodes.items()}
        """As they lie on the disk."""
        self._dirty: set[str] = set()
        self._silent_ms: dict[str, int] = {}
        self._configs = {one.name: encode(config_of(one)) for one in plan.settings.node}
        self._food = FoodBook(store, plan.facts, plan.settings.wake.timezone)
        self._offers = Offers(
            Path(plan.settings.store.path), Path(plan.settings.nodes.firmware_keys), tuple(self._nodes)
        )
        self._reports: dict[str, Allowance] = {}
        self._wishes: dict[str, Allowance] = {}
        self._others: dict[str, Allowance] = {}
        self._records: dict[str, Allowance] = {}
        self._to_centre: dict[str, Allowance] = {}
        self._last: dict[str, dict[str, remembered.Last]] = {}
        """By node and signal what the centre was told of the past last."""
        self._boards: dict[str, str] = {}
        """Of strangers, by what lay at the broker when this program came."""
        self._complained: dict[str, set[str]] = {}
        self._answers: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(MOST_ANSWERS)
        self._wanted: dict[str, NodeWish] = {}
        self._asked = asyncio.Event()

    @property
    def topics(self) -> tuple[str, ...]:
        """What is to be heard, also of nodes that nobody has named."""
        told = (topics.node_birth, topics.node_status, topics.node_report, topics.node_wish)
        return tuple(str(one(self._site_name, "+")) for one in told)  # type: ignore[no-untyped-call]

    def hear(self, name: str, what: str, payload: bytes, *, retained: bool) -> None:
        """One message of a node; raises Refused."""
        now = self._work.now()
        if not self._allowance(name, what).take(now.up_ms):
            raise Refused("it says more than can be taken; it is heard again when it says less")
        if name not in self._nodes:
            self._stranger(name, what, payload, now, retained=retained)
        elif what == "report":
            self._report(name, decode(payload, NodeReport, MAX_NODE_MESSAGE), now, retained=retained)
        elif what == "birth":
            birth = decode(payload, NodeBirth, MAX_NODE_MESSAGE)
            self._nodes[name] = nodes.born(self._nodes[name], birth, now, retained=retained)
            self._health(name, now, retained=retained)
            if birth.version == self._offers.version(name):
                self._complain(
                    f"{name} runs {birth.version}", "node %s runs version %d", name, birth.version, level=logging.INFO
                )
        elif what == "status":
            status = decode(payload, NodeStatus, MAX_NODE_MESSAGE)
            self._nodes[name] = nodes.told(self._nodes[name], status, now, retained=retained)
            self._health(name, now, retained=retained or not status.online)
            if status.refused and not retained:
                self._complain(f"{name}: {status.refused}", "node %s does not work as told: %s", name, status.refused)
            self._tell_update(name, status)
        elif what == "wish" and not retained:
            self._wish(name, decode(payload, NodeWish, MAX_NODE_MESSAGE), now)

    def messages(self) -> list[Message]:
        """What stands at the broker for the nodes: configuration and mark of each."""
        site = self._site_name
        told = [(topics.node_config(site, name), body) for name, body in self._configs.items()]
        marks = [self._mark(name) for name in self._nodes]
        return told + marks + self._updates() + self._food.messages(self._work.now())

    def written(self) -> None:
        """More is on the disk, or the disk has begun or ceased to refuse: tell the nodes what they may forget."""
        behind = self._refuses()
        if self._behind and not behind:  # what waited may have been given up for want of room: the disk says what is
            for name in self._nodes:
                self._nodes[name] = msgspec.structs.replace(self._nodes[name], kept=self._kept(name))
            self._dirty.update(self._nodes)
        self._behind = behind
        for name in sorted(self._dirty if not behind else ()):
            kept = self._kept(name)
            if kept.marks() != self._marks[name]:
                self._marks[name] = kept.marks()
                self._work.road().tell([self._mark(name)])
            if kept == self._nodes[name].kept:
                self._dirty.discard(name)

    async def run(self) -> None:
        """Until cancelled: say who is silent, answer wishes."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            group.create_task(self._answer())
            group.create_task(self._tell_pieces())

    # --- what they say ---

    def _report(self, name: str, report: NodeReport, now: Now, *, retained: bool) -> None:
        if retained:
            raise Refused("a report that was retained is of nobody knows when; a node must not retain it")
        if not self._records.setdefault(name, Allowance(RECORDS_AT_ONCE, A_RECORD_MS)).take(
            now.up_ms, len(report.records)
        ):
            raise Refused("it tells more records than can be kept; what waits is taken bit by bit")
        before = self._nodes[name].kept
        node, taken = records.take(self._nodes[name], report, now, self._origin, to_disk=not self._refuses())
        self._nodes[name] = node
        if node.doubled(now):
            self._complain(f"{name} doubled", "node %s: two boards report under this name, neither is believed", name)
        if node.strange:
            self._complain(f"{name} strange", "node %s tells channels that its settings do not have", name)
        noted: tuple[tuple[str, bytes], ...] = ()
        if taken.moved:
            noted = (
                (_note(name), msgspec.json.encode(node.kept)),
                *self._food.take(name, taken.values, taken.earlier, now),
            )
        batch = Batch(device=name, values=taken.values, earlier=taken.earlier, noted=noted)
        for one in node.kept.boots:  # also of another boot than the one that speaks
            if one.lost > before.of(one.boot).lost:
                self._complain(f"{name} {one.boot}", "node %s has lost records of one start, %d so far", name, one.lost)
        if taken.moved:
            self._dirty.add(name)
        if batch.values:
            self._silent_ms.pop(name, None)
            self._work.take(batch)
        elif taken.moved:
            self._work.flush()  # what was received before lies on the disk before
            site, told = self._for_centre(name, taken.earlier, now) if report.history else (self._work.site(), [])
            self._work.commit(site, now, batch, told)

    def _for_centre(self, name: str, earlier: Sequence[Earlier], now: Now) -> tuple[Site, list[Numbered]]:
        """What it remembers goes to the centre as well, hour by hour, in one transaction with what is kept here."""
        site, told = self._work.site(), []
        last, bodies = remembered.remembered(name, self._last.get(name, {}), earlier, self._facts, now)
        room = self._to_centre.setdefault(name, Allowance(TO_CENTRE_AT_ONCE, TO_CENTRE_MS))
        if bodies and not room.take(now.up_ms, len(bodies)):
            self._complain(f"{name} much", "node %s tells more of the past than goes to the centre; it is kept", name)
            return site, []
        self._last[name] = last
        for body in bodies:
            site, one = number_remembered(site, body)
            told.append(one)
        return site, told

    def _health(self, name: str, now: Now, *, retained: bool) -> None:
        """How it is itself, when it has just told it; nothing of two boards under one name."""
        node = self._nodes[name]
        if not retained and not node.doubled(now):
            self._silent_ms.pop(name, None)
            self._work.take(Batch(device=name, values=health.health(node, now, self._origin)))

    def _stranger(self, name: str, what: str, payload: bytes, now: Now, *, retained: bool) -> None:
        board = decode(payload, NodeBirth, MAX_NODE_MESSAGE).board if what == "birth" else ""
        if retained:  # of an earlier day perhaps
            if board and len(self._boards) < strangers.MOST_STRANGERS:
                self._boards[name] = board
            return
        board = printable(board or self._boards.get(name, ""))
        site, changes = strangers.met(self._work.site(), name, board, now)
        self._work.commit(site, now, None, [])
        self._work.settle(site, changes, now)
        if changes:
            log.warning("an unknown sensor node reports: %s %s; nothing of it is taken", name, board)

    def _wish(self, name: str, wish: NodeWish, now: Now) -> None:
        if wish.want == "time":
            if now.wall_ms is not None:
                clock = records.CLOCKS.index(now.clock)
                answer = NodeTime(wall=now.wall_ms // 1000, clock=clock, number=wish.number)
                self._say(topics.node_time(self._site_name, name), encode(answer))
            return
        self._wanted[name] = wish
        self._asked.set()

    def _tell_update(self, name: str, status: NodeStatus) -> None:
        if status.update:
            version = self._offers.version(name)
            self._complain(
                f"{name} {version} {status.update}", "node %s, program %s: it %s", name,
                "that was offered before" if version is None else f"version {version}", updates.sentence(status.update),
                level=logging.INFO if status.update in updates.WAITS else logging.WARNING,
            )  # fmt: skip

    def _allowance(self, name: str, what: str) -> Allowance:
        if what == "report":
            return self._reports.setdefault(name, Allowance(120, 200))
        if what == "wish":
            return self._wishes.setdefault(name, Allowance(200, 10))
        return self._others.setdefault(name, Allowance(20, 3000))

    # --- what they are told ---

    def _say(self, topic: str, payload: bytes) -> None:
        if not self._answers.full():
            self._answers.put_nowait((topic, payload))

    async def _tell_pieces(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            while self._wanted:
                name = next(iter(self._wanted))
                wish = self._wanted.pop(name)
                if body := self._offers.piece(name, wish):
                    piece = NodePiece(digest=wish.digest or "", offset=wish.offset, body=body)
                    with suppress(LinkDown):  # asked for again
                        await self._work.road().say(
                            topics.node_piece(self._site_name, name), piece.packed(), retain=False
                        )
                await asyncio.sleep(PIECE_EVERY_S)

    async def _answer(self) -> None:
        while True:
            topic, payload = await self._answers.get()
            try:
                await self._work.road().say(topic, payload, retain=False)
            except LinkDown:
                log.debug("a node's wish could not be answered: the broker is away")

    def _updates(self) -> list[Message]:
        return [(topics.node_update(self._site_name, name), self._offers.message(name)) for name in self._nodes]

    def _mark(self, name: str) -> Message:
        return topics.node_mark(self._site_name, name), encode(NodeMark(boots=self._marks[name]))

    async def _watch(self) -> None:
        for name, node in self._nodes.items():
            self._missing(name, node, Quality.NOT_YET_READ, NOT_YET)
        while True:
            await asyncio.sleep(LOOK_S)
            now = self._work.now()
            self._work.road().tell(self._food.due(now))
            if self._offers.look():
                self._work.road().tell(self._updates())
            for name, node in self._nodes.items():
                if not node.silent(now):
                    self._silent_ms.pop(name, None)
                elif now.up_ms - self._silent_ms.get(name, -SAID_AGAIN_MS) >= SAID_AGAIN_MS:
                    self._silent_ms[name] = now.up_ms
                    self._missing(name, node, Quality.COMM_ERROR, SILENT)

    def _missing(self, name: str, node: Node, quality: Quality, reason: str) -> None:
        values = records.all_missing(node, quality, reason, self._work.now(), self._origin)
        self._work.take(Batch(device=name, values=values))

    # --- the disk ---

    def _refuses(self) -> bool:
        return self._keeper.behind or self._store.stands_in_for is not None

    def _kept(self, name: str) -> NodeKept:
        """As it lies on the disk. What cannot be read there is nothing: the node sends again what it still has."""
        try:
            body = self._store.noted(_note(name))
            return msgspec.json.decode(body, type=NodeKept) if body else NodeKept()
        except (StoreFault, msgspec.DecodeError) as fault:
            log.warning("what is held of node %s cannot be read (%s)", name, fault)
            return NodeKept()

    def _complain(self, of: str, sentence: str, *told: object, level: int = logging.WARNING) -> None:
        """`of` begins with the name of the node."""
        said = self._complained.setdefault(of.split()[0].rstrip(":"), set())
        if of not in said and len(said) < MOST_COMPLAINTS:
            said.add(of)
            log.log(level, sentence, *(printable(one) if isinstance(one, str) else one for one in told))


def printable(text: str) -> str:
    """What a board says, in one line, whatever it says."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _note(name: str) -> str:
    """Under which lies what is on the disk of a node's records."""
    return f"node {name}"
