"""The whole node on the real interpreter with a chip's heap, against a real Mosquitto; the test plays the gateway."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec
import pytest

from contract import topics
from contract.messages import encode
from contract.nodes import NodeBirth, NodeConfig, NodeMark, NodeReport, NodeStatus, NodeTime, NodeWish
from tests.firmware.nodes_played import BOUND_S, NodeBroker, Played, compiled, play, released

PLAYER = Path(__file__).with_name("on_chip") / "node_player.py"
SITE, NODE = "are-kall", "n1"
FLAGS = ("50", "51", "52", "53", "54")
FORMS = {"birth": NodeBirth, "status": NodeStatus, "report": NodeReport, "wish": NodeWish}


def flapping(revision: int) -> NodeConfig:
    """Five contacts that change all the time, and a thermometer with a fault now and then."""
    channels: dict[str, dict[str, Any]] = {name: {"sensor": "played", "values": [0, 1]} for name in FLAGS}
    channels["30"] = {"sensor": "played", "values": [2150, 2151, "comm_error"]}
    return NodeConfig(revision=revision, channels=channels, rates=dict.fromkeys(channels, 2))


class Gateway:
    """What the gateway hears from one node, decoded by the contract, and what it says to it."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self.heard: list[Any] = []

    async def say(self, topic: Callable[[str, str], str], message: Any, retain: bool = False) -> None:
        """One message to the node."""
        await self._client.publish(topic(SITE, NODE), encode(message), qos=1, retain=retain)

    async def until(self, wanted: Callable[[Any], bool]) -> Any:
        """The next message that is as wanted; wishes for the time are answered at once."""
        try:
            return await self._until(wanted)
        except TimeoutError as late:
            raise AssertionError(f"not heard; the last was {self.heard[-3:]}") from late

    async def _until(self, wanted: Callable[[Any], bool]) -> Any:
        async with asyncio.timeout(BOUND_S):
            async for message in self._client.messages:
                kind = message.topic.value.rsplit("/", 1)[1]
                told = msgspec.json.decode(message.payload, type=FORMS[kind])
                self.heard.append(told)
                if isinstance(told, NodeWish):
                    await self.say(topics.node_time, NodeTime(wall=1_800_000_000, clock=2, number=told.number))
                if wanted(told):
                    return told
        raise AssertionError("never")

    def numbers(self, boot: str) -> list[int]:
        """All record numbers of a boot that came, each once, in order."""
        reports = [one for one in self.heard if isinstance(one, NodeReport) and one.boot == boot]
        return sorted({record[0] for one in reports for record in one.records})

    def whole(self, boot: str, beyond: int) -> bool:
        """Is there one above that number, and none missing up to it? The present comes before the past."""
        numbers = self.numbers(boot)
        return bool(numbers) and numbers[-1] > beyond and numbers[-1] == len(numbers)

    async def marks(self, boot: str) -> int:
        """Everything of that boot is on the gateway's disk, as far as no number is missing."""
        numbers = self.numbers(boot)
        assert numbers == list(range(1, len(numbers) + 1)), "a gap"
        await self.say(topics.node_mark, NodeMark(boots={boot: numbers[-1]}), retain=True)
        return numbers[-1]


class House:
    """A broker, a node's file system, and the processes of both."""

    def __init__(self, folder: Path, broker: NodeBroker) -> None:
        self.folder, self.broker = folder, broker
        self.node: Played | None = None

    async def switch_on(self, heap: str = "64wK", **settings: Any) -> Played:
        """Start the node."""
        start = self.folder / "start"
        start.mkdir(exist_ok=True)
        if not (self.folder / "a").exists():
            (self.folder / "a").symlink_to(released())  # what a board gets, under a name as short as there
            (self.folder / "loader.mpy").symlink_to(compiled() / "loader.mpy")
        link = self.broker.secured(NODE)
        (start / "node.json").write_text(json.dumps({"site": SITE, "node": NODE, "link": link} | settings), "utf-8")
        self.node = await play(PLAYER, ".", board=self.folder, heap=heap, program="a:.")
        return self.node

    def gateway(self) -> aiomqtt.Client:
        """The gateway's way in."""
        return aiomqtt.Client("127.0.0.1", self.broker.port, username="gateway", password="secret-gateway")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A broker that runs, and a node that is off."""
    made = House(tmp_path, await NodeBroker(tmp_path, NODE, "gateway").start())
    yield made
    if made.node is not None:
        await made.node.stop()
    await made.broker.kill()


async def listening(client: aiomqtt.Client) -> Gateway:
    """Hears what the node writes."""
    for topic in (topics.node_birth, topics.node_status, topics.node_report, topics.node_wish):
        await client.subscribe(topic(SITE, NODE), qos=1)
    return Gateway(client)


async def test_node_loses_nothing(house: House) -> None:
    """Configured, timed, cut off, marked, killed and started anew, the node tells every record, and forgets by mark."""
    node = await house.switch_on(health_ms=300)
    async with house.gateway() as client:
        gateway = await listening(client)
        await gateway.say(topics.node_config, flapping(7), retain=True)
        birth = await gateway.until(lambda told: isinstance(told, NodeBirth) and len(told.channels) == 6)
        dated = await gateway.until(lambda told: isinstance(told, NodeReport) and told.clock == 2)
        await gateway.until(lambda _: gateway.whole(birth.boot, 8))
        last = await gateway.marks(birth.boot)
        await gateway.until(lambda _: gateway.numbers(birth.boot)[-1] > last + 3)
    await house.broker.kill()  # and with it what nobody has marked yet
    node.process.send_signal(signal.SIGSTOP)  # so that the gateway is there first
    await house.broker.start()
    async with house.gateway() as client:
        heard, gateway = gateway.heard, await listening(client)
        gateway.heard = heard
        node.process.send_signal(signal.SIGCONT)
        past = await gateway.until(lambda told: isinstance(told, NodeReport) and told.history == 1)
        await gateway.until(lambda _: gateway.whole(birth.boot, last + 8))
        await gateway.marks(birth.boot)
        status = await gateway.until(lambda told: isinstance(told, NodeStatus) and told.queued < 20)
        node.process.kill()
        gone = await gateway.until(lambda told: isinstance(told, NodeStatus) and not told.online)
        await house.switch_on(health_ms=300)
        anew = await gateway.until(
            lambda told: isinstance(told, NodeReport) and told.boot != birth.boot and told.history == 1
        )

    assert [50, "door.engine_room", "flag"] in [list(row) for row in birth.channels]
    assert abs(dated.wall - 1_800_000_000) < 60
    assert past.records[0][0] <= last + 1
    assert (birth.boot, 7, "") == (status.boot, status.config, status.refused)
    assert status.heap > 16 * 1024, "an update, which is loaded when it comes, would find no room"
    assert birth.boot == gone.boot
    assert 1 == anew.records[0][0]


async def test_broken_configuration_is_refused_by_word(house: House) -> None:
    """The node goes on with what fitted, also over a restart, and its status says what is wrong with the newest."""
    await house.switch_on(health_ms=200)
    wrong = NodeConfig(revision=8, channels={"30": {"sensor": "played"}, "99": {"sensor": "played", "values": [1]}})
    async with house.gateway() as client:
        gateway = await listening(client)
        await gateway.say(topics.node_config, flapping(7), retain=True)
        await gateway.until(lambda told: isinstance(told, NodeStatus) and told.config == 7)
        await gateway.say(topics.node_config, wrong, retain=True)
        status = await gateway.until(lambda told: isinstance(told, NodeStatus) and told.refused != "")
        assert house.node is not None
        await house.node.stop()
        await house.switch_on(health_ms=200)
        again = await gateway.until(
            lambda told: isinstance(told, NodeStatus) and told.boot != status.boot and told.refused != ""
        )

    assert (7, "channel 99: not known to this program") == (status.config, status.refused)
    assert (7, status.refused) == (again.config, again.refused)
