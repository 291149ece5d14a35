"""How much of a chip's heap the whole node leaves free while it runs and reports: the program as a board gets it.

Entry point: `free_share(folder, reports)`. Six channels, TLS with a shared key, a real Mosquitto, the real interpreter
with `-X heapsize=64wK`, which holds as much as 64 KiB on a chip. The node tells its free heap itself, in its status.
"""

import asyncio
import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiomqtt
import msgspec

from contract import topics
from contract.messages import encode
from contract.nodes import NodeConfig, NodeMark, NodeReport, NodeStatus
from firmware.compiling import compile_file
from tests.firmware.nodes_played import MICROPYTHON, ROOT, NodeBroker, begun, play, released

SITE, NODE, GATEWAY = "are-kall", "n1", "gateway"
ON_CHIP = ROOT / "tests/firmware/on_chip"
PLAYER, TANK_PLAYER = "node_player", "tank_player"
CHIP_BYTES = 2 * 65_536
HEAP_BYTES = 129_536
"""What the interpreter makes of 64 Ki words of 8 bytes, without its own tables."""
TAKEN = """
import gc
gc.collect()
free = gc.mem_free()
import player
player.stand_in()
gc.collect()
print(free - gc.mem_free())
"""
BOUND_S = 120
CONTACTS = ("50", "51", "52", "53", "54")


def watched() -> NodeConfig:
    """Five contacts and a thermometer; each is news again and again."""
    channels: dict[str, dict[str, Any]] = {one: {"sensor": "played", "values": [0, 1]} for one in CONTACTS}
    channels["30"] = {"sensor": "played", "values": [2150, 2151, "comm_error"]}
    return NodeConfig(revision=7, channels=channels, rates=dict.fromkeys(channels, 1))


def tank() -> NodeConfig:
    """A tank node: ultrasonic level with its thermometer, three phases of mains, start battery and crank, a door."""
    told: dict[str, dict[str, Any]] = {
        "1": {"sensor": "mains", "pins": [2, 3, 4]},
        "10": {"sensor": "ultrasonic", "trigger": 5, "echo": 6, "sensor_mm": 1_150, "air": "outdoor.temperature"},
        "20": {"sensor": "battery", "pin": 26, "upper_ohm": 100_000, "lower_ohm": 10_000, "nominal_mv": 12_000},
        "21": {"sensor": "part", "of": "engine.battery_voltage"},
        "22": {"sensor": "part", "of": "engine.battery_voltage"},
        "31": {"sensor": "ds18b20", "pin": 7, "rom": "280102030405069e"},
        "50": {"sensor": "contact", "pin": 8},
    }
    told["10"]["tank"] = {"shape": "lying", "diameter_mm": 1_000, "length_mm": 1_500}
    told |= {str(1 + phase): {"sensor": "part", "of": "mains.present"} for phase in (1, 2, 3)}
    return NodeConfig(revision=7, channels=told, rates=dict.fromkeys(told, 1))


def beside(player: str) -> str:
    """A chip's heap for the node, and what stands in for the chip's own modules beside it."""
    with TemporaryDirectory() as there:
        compile_file(ON_CHIP / f"{player}.py", Path(there) / "player.mpy", "player")
        told = subprocess.run(
            [str(MICROPYTHON), "-X", "heapsize=64wK", "-c", TAKEN], env={"MICROPYPATH": f"{there}:.frozen"},
            capture_output=True, check=True, timeout=BOUND_S,
        ).stdout  # fmt: skip
    return str(CHIP_BYTES + int(told))


async def heaps(folder: Path, reports: int, config: NodeConfig, player: str = PLAYER, heap: str = "64wK") -> list[int]:
    """Free bytes as each status told them, until so many reports were heard; all that comes is marked."""
    broker = await NodeBroker(folder, NODE, GATEWAY).start()
    (folder / "start").mkdir()
    (folder / "a").symlink_to(released())
    settings = {"site": SITE, "node": NODE, "link": broker.secured(NODE), "health_ms": 500}
    (folder / "start/node.json").write_text(json.dumps(settings), "utf-8")
    compile_file(ON_CHIP / f"{player}.py", folder / "player.mpy", "player")  # a source would leave its names behind
    node = await play(
        *begun("player"), board=folder, heap=heap, program="a:."
    )  # as on a board: long paths would cost memory
    try:
        async with asyncio.timeout(BOUND_S):
            return await _heard(broker, reports, config)
    except TimeoutError as late:
        node.process.kill()
        raise AssertionError(f"too few reports: {await node.said()}") from late
    finally:
        await node.stop()
        await broker.kill()


async def _heard(broker: NodeBroker, reports: int, config: NodeConfig) -> list[int]:
    free: list[int] = []
    heard = 0
    async with aiomqtt.Client("127.0.0.1", broker.port, username=GATEWAY, password=f"secret-{GATEWAY}") as client:
        await client.publish(topics.node_config(SITE, NODE), encode(config), qos=1, retain=True)
        for topic in (topics.node_status, topics.node_report):
            await client.subscribe(topic(SITE, NODE), qos=1)
        async for message in client.messages:
            if message.topic.value.endswith("/status"):
                status = msgspec.json.decode(message.payload, type=NodeStatus)
                free += [status.heap] if status.online and status.config == config.revision else []
                if heard >= reports and len(free) > 2:
                    return free
                continue
            report = msgspec.json.decode(message.payload, type=NodeReport)
            heard += 1
            mark = encode(NodeMark(boots={report.boot: report.records[-1][0]}))
            await client.publish(topics.node_mark(SITE, NODE), mark, qos=1, retain=True)
    raise AssertionError("the broker left")


def free_share(folder: Path, reports: int) -> float:
    """The least share of the heap that was free in the second half of the run."""
    return _least(asyncio.run(heaps(folder, reports, watched())))


def tank_free_share(folder: Path, reports: int) -> float:
    """The same of a whole tank node."""
    return _least(asyncio.run(heaps(folder, reports, tank(), TANK_PLAYER, beside(TANK_PLAYER))))


def _least(free: list[int]) -> float:
    return min(free[len(free) // 2 :]) / HEAP_BYTES
