"""A judged world: a whole node on the interpreter of the boards, a real Mosquitto, the road between, and a gateway.

The node's clock is played (`on_chip/judged_player.py`). What is kept, known already or confirmed is decided by the
gateway's own `gateway.core.nodes.records`. The plays themselves are in `bench/node_player.py`.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec

from contract import topics
from contract.messages import encode
from contract.nodes import NodeConfig, NodeMark, NodeReport, NodeStatus, NodeTime, NodeWish
from contract.words import ClockQuality, Origin
from firmware.compiling import compile_file
from gateway.core.facts import NodeFacts
from gateway.core.nodes import records
from gateway.core.nodes.node import Node
from gateway.core.site import Now
from tests.firmware.nodes_played import BOUND_S, MICROPYTHON, ROOT, NodeBroker, Played, released, short_name
from tests.ports import free_port

SITE, NODE, OTHER = "are-kall", "n1", "gateway"
ON_CHIP = ROOT / "tests" / "firmware" / "on_chip"
PLAYER = "judged_player"
BEGIN = f"import gc\ngc.collect()\nfree = gc.mem_free()\nimport {PLAYER}\n{PLAYER}.main('.', free)"
RATE = 60
WATCHED = ("Backlog", "settle", "boot", "safe_seq", "dropped", "fault")
"""Of the program: what the player looks at."""
COMMIT_S = 0.1
"""The gateway's disk takes what came, and then the mark is told."""
WALL_S = 1_800_000_000
PATIENT = {"measure": 3_600_000, "talk": 3_600_000, "link": 3_600_000, "store": 3_600_000, "update": 3_600_000}
"""Ms of played time: no long step and no slow desk makes the watchdog bite."""
LINK = {"answer_ms": 60_000, "keepalive_s": 60, "first_pause_ms": 1_000, "longest_pause_ms": 30_000}
"""An answer has one real second at `RATE`; the waiting times of a chip have ten."""
REPORTING = {"30": 1000, "31": 1100, "32": 1300, "50": 1700}
"""Channel → milliseconds between two looks; each is reported once a second at most."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it. `lost`: records that were acknowledged and are nowhere, but for those that were `given_up`."""

    reports: int
    records: int
    repeated: int
    twice: int
    """Records that the gateway kept more than once."""
    lost: int
    lives: int
    connections: int
    given_up: int
    """For want of room, as the gateway sees it by the oldest that the node still has."""
    dropped: int
    """The same as the node itself counted it."""
    most_a_minute: int
    """Records of the past that were told in one minute of the node's time."""
    live_first: bool
    """Was the first report of each connection of the present?"""
    heap: int
    """The least that was free, as the node told it, and what its player takes."""


class Road:
    """The way between node and broker: open, closed, or slow."""

    def __init__(self, to: int) -> None:
        self.port, self.to = free_port(), to
        self.open, self.bytes_per_s = True, 0
        self.connections = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def begin(self) -> None:
        """It can be walked."""
        self._server = await asyncio.start_server(self._walk, "127.0.0.1", self.port)

    async def end(self) -> None:
        """Nobody comes any more."""
        assert self._server is not None
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """All who are under way fall."""
        for writer in self._writers:
            writer.transport.abort()

    async def _walk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        try:
            if self.open:
                self.connections += 1
                there, back = await asyncio.open_connection("127.0.0.1", self.to)
                ends.append(back)
                self._writers.update(ends)
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._pump(reader, back))
                    group.create_task(self._pump(there, writer))
        except* OSError:
            pass
        finally:
            for one in ends:
                one.transport.abort()
                self._writers.discard(one)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(64 if self.bytes_per_s else 65_536):
            if self.bytes_per_s:
                await asyncio.sleep(len(data) / self.bytes_per_s)
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError


class Judge:
    """The gateway's thinking on what the node says, and a disk that never breaks."""

    def __init__(self) -> None:
        channels = {int(one): ("room.temperature", 100, "temperature") for one in REPORTING}
        self.node = Node(facts=NodeFacts(name=NODE, silent_after_s=3600, channels=channels), began_ms=0)
        self.rows: dict[str, dict[int, tuple[Any, ...]]] = {}
        self.reports = self.twice = 0
        self.told: list[tuple[str, int, int, int]] = []
        """(boot, uptime, whether of the past, how many records) of each report."""
        self.status: NodeStatus | None = None
        self.heap: list[int] = []
        self.away = False
        self.confirms = True
        self._begun_s = time.monotonic()
        self._marks: dict[str, int] = {}

    def _now(self) -> Now:
        up_ms = int(1000 * (time.monotonic() - self._begun_s))
        return Now(run="r", boot="b", up_ms=up_ms, wall_ms=WALL_S * 1000 + up_ms, clock=ClockQuality.SYNCED)

    async def run(self, port: int, config: NodeConfig) -> None:
        """Until cancelled: listen, and come back whenever the broker is."""
        while True:
            try:
                if not self.away:
                    async with aiomqtt.Client("127.0.0.1", port, username=OTHER, password=f"secret-{OTHER}") as client:
                        await self._serve(client, config)
            except* (aiomqtt.MqttError, TimeoutError):
                pass
            await asyncio.sleep(0.05)

    async def _serve(self, client: aiomqtt.Client, config: NodeConfig) -> None:
        for topic in (topics.node_status, topics.node_report, topics.node_wish):
            await client.subscribe(topic(SITE, NODE), qos=1)  # type: ignore[no-untyped-call]
        await client.publish(topics.node_config(SITE, NODE), encode(config), qos=1, retain=True)
        self._marks = {}
        async with asyncio.timeout(None) as leaving, asyncio.TaskGroup() as group:
            telling = group.create_task(self._tell(client, leaving))
            async for message in client.messages:
                await self._hear(client, str(message.topic).rsplit("/", 1)[1], bytes(message.payload))
            telling.cancel()

    async def _tell(self, client: aiomqtt.Client, leaving: asyncio.Timeout) -> None:
        while True:
            await asyncio.sleep(COMMIT_S)
            if self.away:
                leaving.reschedule(0)
            marks = self.node.kept.marks()
            if marks != self._marks and self.confirms:
                await client.publish(topics.node_mark(SITE, NODE), encode(NodeMark(boots=marks)), qos=1, retain=True)
                self._marks = marks

    async def _hear(self, client: aiomqtt.Client, kind: str, payload: bytes) -> None:
        if kind == "wish" and (wish := msgspec.json.decode(payload, type=NodeWish)).want == "time":
            told = NodeTime(wall=WALL_S, clock=2, number=wish.number)
            await client.publish(topics.node_time(SITE, NODE), encode(told))
        elif kind == "status":
            self.status = msgspec.json.decode(payload, type=NodeStatus)
            self.heap += [self.status.heap] if self.status.online and self.status.heap else []
        elif kind == "report":
            self._take(msgspec.json.decode(payload, type=NodeReport))

    def _take(self, report: NodeReport) -> None:
        known, repeated = self.rows.setdefault(report.boot, {}), self.node.repeated
        self.node, _ = records.take(self.node, report, self._now(), Origin.SIMULATED)
        kept = self.node.kept.of(report.boot)
        rows = [one for one in report.records if kept.has(one[0])]  # too many holes: what is not kept comes again
        new = sum(one[0] not in known for one in rows)
        self.twice += len(report.records) - (self.node.repeated - repeated) - new
        for one in rows:
            assert one == known.setdefault(one[0], one), f"{one} was {known[one[0]]} before"
        self.reports += 1
        self.told.append((report.boot, report.up, report.history, len(report.records)))

    def missing(self, boot: str, last: int) -> list[int]:
        """Numbers up to that one which never came."""
        known = self.rows.get(boot, {})
        return [seq for seq in range(1, last + 1) if seq not in known]

    def most_a_minute(self, boot: str) -> int:
        """Records of the past of that boot that were told in one minute of its time."""
        past = [(up, count) for one, up, history, count in self.told if one == boot and history]
        return max((sum(n for up, n in past if begin <= up < begin + 60) for begin, _ in past[::20]), default=0)

    def marked(self, boot: str) -> int:
        """Up to where that boot is confirmed."""
        return self.node.kept.of(boot).mark


class World:
    """Broker, road, gateway, and a node with its flash in a folder."""

    def __init__(self, folder: Path, *, step_ms: int = 1_000) -> None:
        self.folder, self.step_ms = folder, step_ms
        self.broker = NodeBroker(folder, NODE, OTHER)
        self.road = Road(self.broker.psk_port)
        self.judge = Judge()
        self.node: Played | None = None
        self.safe: dict[str, int] = {}
        """Boot → number up to which its records lay in flash."""
        self.boot = self.said = ""
        self.dropped = self.player = 0
        self.live_first = True
        self.lives = self._darknesses = 0
        self._reading: asyncio.Task[None] | None = None
        self.judging: asyncio.Task[None] | None = None

    async def power(self, how: dict[str, Any] | None = None, **settings: Any) -> None:
        """Switch the node on; `how`: for the player, beyond the clock."""
        start = self.folder / "start"
        start.mkdir(exist_ok=True)
        link = self.broker.secured(NODE) | LINK | {"port": self.road.port, "first_id": 65_000}
        told = {"site": SITE, "node": NODE, "link": link, "silence_ms": PATIENT, "starve_ms": 3_600_000} | settings
        (start / "node.json").write_text(json.dumps(told), "utf-8")
        how = {"rate": RATE, "step_ms": self.step_ms} | (how or {})
        self.node = await self._started(how)
        self.lives += 1
        self._reading = asyncio.create_task(self._read(self.node))

    async def _started(self, how: dict[str, Any]) -> Played:
        for name in (PLAYER, "judged_flash", "store_flash"):  # compiled, for a source takes memory that the node needs
            compile_file(ON_CHIP / f"{name}.py", self.folder / "player" / f"{name}.mpy", name)
        how = how | {"names": {one: short_name(one) for one in WATCHED}}
        (self.folder / "how.json").write_text(json.dumps(how), "utf-8")  # an argument holds 255 letters
        if not (self.folder / "a").exists():
            (self.folder / "a").symlink_to(released())  # as on a board: long paths would cost memory
        process = await asyncio.create_subprocess_exec(
            *(str(MICROPYTHON), "-X", "heapsize=64wK", "-c", BEGIN),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=self.folder,
            env=os.environ | {"MICROPYPATH": "a:player:.frozen"},
        )
        return Played(process)

    async def _read(self, node: Played) -> None:
        assert node.process.stdout is not None
        while line := await node.process.stdout.readline():
            try:
                told = json.loads(line)
            except ValueError:  # its last words
                self.said += line.decode()
                continue
            self.player = told.get("player", self.player)
            if "boot" in told:
                self.boot, self.dropped = told["boot"], told["dropped"]
                self.safe[self.boot] = told["safe"]

    async def cut_power(self) -> None:
        """The node is gone between two instructions, and what it had sent and nobody had taken as well."""
        assert self.node is not None
        await self.node.stop()
        self.road.cut()
        assert self._reading is not None
        await self._reading
        (self.folder / "air.json").unlink(missing_ok=True)

    async def dies(self, operation: int) -> None:
        """A life on littlefs, which ends within that erase or program, every second time half done."""
        how = {"flash": str(self.folder / "flash"), "settings": str(self.folder / "start" / "node.json"), "segments": 4}
        if not (self.folder / "flash").exists():
            await self.power(how)
            assert self.node is not None
            assert 0 == await asyncio.wait_for(self.node.process.wait(), BOUND_S)
        await self.power(how | {"kept": 1, "left": operation, "torn": operation % 2 > 0})
        assert self.node is not None
        if operation > 0:
            await asyncio.wait_for(self.node.process.wait(), BOUND_S)
            await self.cut_power()

    def darken(self, seconds: int) -> None:
        """The Wi-Fi is gone for so long of the node's time."""
        self._darknesses += 1
        new = self.folder / "air.new"
        new.write_text(json.dumps({"id": self._darknesses, "off_s": seconds}), "utf-8")
        new.replace(self.folder / "air.json")
        self.road.cut()

    def verdict(self) -> Verdict:
        """What became of it until now."""
        judge = self.judge
        return Verdict(
            reports=judge.reports,
            records=sum(len(one) for one in judge.rows.values()),
            repeated=judge.node.repeated,
            twice=judge.twice,
            lost=len(self.unsafe()) - sum(one.lost for one in judge.node.kept.boots),
            lives=self.lives,
            connections=self.road.connections,
            given_up=sum(one.lost for one in judge.node.kept.boots),
            dropped=self.dropped,
            most_a_minute=judge.most_a_minute(self.boot),
            live_first=self.live_first,
            heap=min(judge.heap, default=0) + self.player,
        )

    async def until(self, wanted: Callable[[], Any], what: str, within_s: float = BOUND_S) -> None:
        """It comes to pass while the node lives."""
        end = time.monotonic() + within_s
        while not wanted():
            assert self.node is not None
            assert self.judging is not None
            if self.judging.done():
                self.judging.result()
            assert self.node.process.returncode is None, self.said + await self.node.said()
            assert time.monotonic() < end, f"never {what}; {self.judge.reports} reports, {self.judge.status}"
            await asyncio.sleep(0.02)

    async def reports(self, count: int) -> None:
        """So many more reports have come."""
        until = self.judge.reports + count
        await self.until(lambda: self.judge.reports >= until, f"{count} more reports", BOUND_S + count / 5)

    async def all_told(self) -> Verdict:
        """When the gateway has all that the node has measured until now, but for what was given up: how it stands."""
        last = max(self.judge.rows.get(self.boot, {0: ()}))
        await self.until(lambda: self.judge.marked(self.boot) > last and not self.verdict().lost, "all told", 600.0)
        return self.verdict()  # a moment later there is more in flash than has come

    def unsafe(self) -> list[tuple[str, int]]:
        """What lay in flash or was confirmed, and has not come: (boot, number)."""
        found = []
        for boot, safe in self.safe.items():
            kept = self.judge.node.kept.of(boot)
            found += [(boot, seq) for seq in self.judge.missing(boot, max(safe, kept.mark))]
        return found


@asynccontextmanager
async def world(folder: Path, config: NodeConfig, *, step_ms: int = 1_000) -> AsyncIterator[World]:
    """All is up but the node, which `power` switches on; at the end all is gone."""
    made = World(folder, step_ms=step_ms)
    await made.broker.start()
    await made.road.begin()
    made.judging = asyncio.create_task(made.judge.run(made.broker.port, config))
    try:
        yield made
    finally:
        made.judging.cancel()
        if made.node is not None:
            await made.cut_power()
        await made.road.end()
        await made.broker.kill()


def measuring(revision: int, rate_s: int) -> NodeConfig:
    """Numbers that never repeat at once, in their turn."""
    channels: dict[str, dict[str, Any]] = {
        one: {"sensor": "played", "values": [2150, 2151, 2152], "look_ms": look_ms}
        for one, look_ms in REPORTING.items()
    }
    return NodeConfig(revision=revision, channels=channels, rates=dict.fromkeys(channels, rate_s))
