"""A node that sleeps, browns out or hangs, on the real interpreter: each sleep is the end of its process."""

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from contract import topics
from contract.messages import encode
from contract.nodes import NodeBirth, NodeConfig, NodeReport, NodeStatus, NodeUpdate
from firmware.loader import Pointer
from tests.firmware.nodes_played import BOUND_S, NodeBroker, play
from tests.firmware.test_app import NODE, SITE, Gateway, House, listening

EVERY_S = 900
HEAP = "64wK"
HUNG = Path(__file__).with_name("on_chip") / "hung_player.py"
SLEEPS = 4


def door_and_supply(folder: Path) -> NodeConfig:
    """A door and a supply that read what the test writes."""
    files = {"50": folder / "door", "24": folder / "supply"}
    channels: dict[str, dict[str, Any]] = {one: {"sensor": "played", "file": str(files[one])} for one in files}
    return NodeConfig(revision=1, channels=channels, rates=dict.fromkeys(channels, EVERY_S))


class Sleeper(House):
    """A node that sleeps; its clock goes on meanwhile, and the door can be moved."""

    def reads(self, name: str, value: int) -> None:
        """What a sensor says from now on."""
        (self.folder / name).write_text(json.dumps({"value": value}), "utf-8")

    def pass_s(self, seconds: float) -> None:
        """So much time passes."""
        clock = self.folder / "start" / "clock"
        was = json.loads(clock.read_text("utf-8"))["ms"] if clock.exists() else 0
        clock.write_text(json.dumps({"ms": was + int(1000 * seconds)}), "utf-8")

    async def wake(self, gateway: Gateway, **settings: Any) -> NodeStatus:
        """One wake to its end, in which the gateway confirms all that it hears; the last status."""
        node = await self.switch_on(heap=HEAP, sleep_s=EVERY_S, retained=True, **settings)
        last: NodeStatus | None = None
        while last is None:
            told = await gateway.until(lambda told: not isinstance(told, NodeBirth))
            if isinstance(told, NodeReport):
                numbers = gateway.numbers(told.boot)
                if numbers[-1] == len(numbers):  # the present comes before the past
                    await gateway.marks(told.boot)
            elif isinstance(told, NodeStatus) and told.asleep_s:
                last = told
        assert 0 == await asyncio.wait_for(node.process.wait(), BOUND_S)
        return last

    def births(self, gateway: Gateway) -> list[tuple[str, str]]:
        """(boot, why it started) of all starts that were told."""
        return [(one.boot, one.reset) for one in gateway.heard if isinstance(one, NodeBirth)]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Sleeper]:
    """A broker that runs, and a node that is off and knows its configuration."""
    made = Sleeper(tmp_path, await NodeBroker(tmp_path, NODE, "gateway").start())
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "config.json").write_bytes(encode(door_and_supply(tmp_path)))
    (tmp_path / "start" / "pointer").write_text(Pointer(1).text(), "utf-8")
    made.reads("door", 0)
    made.reads("supply", 12_600)
    made.pass_s(0)
    yield made
    if made.node is not None:
        await made.node.stop()
    await made.broker.kill()


async def test_many_sleeps_are_one_boot(house: Sleeper) -> None:
    """One boot id, no gap in the numbers, an uptime that goes on, and a day measured as it was."""
    async with house.gateway() as client:
        gateway = await listening(client)
        seen = []
        for _ in range(SLEEPS):
            seen.append(await house.wake(gateway))
            house.pass_s(EVERY_S)
        house.reads("door", 1)
        house.pass_s(37 - EVERY_S)
        opened = await house.wake(gateway)

    assert all(one.online for one in gateway.heard if isinstance(one, NodeStatus)), "a sleep leaves no will behind"
    assert {seen[0].boot} == {one.boot for one in [*seen, opened]}
    assert ["power", *["sleep"] * SLEEPS] == [reset for _, reset in house.births(gateway)]
    assert all((EVERY_S, 0, 0) == (one.asleep_s, one.queued, one.dropped) for one in seen)
    ups = [one.up or 0 for one in seen]
    assert all(EVERY_S <= after - before < EVERY_S + BOUND_S for before, after in pairwise(ups))
    assert 37 <= (opened.up or 0) - ups[-1] < 37 + BOUND_S
    numbers = gateway.numbers(seen[0].boot)
    assert list(range(1, len(numbers) + 1)) == numbers
    assert len(numbers) >= 2 * (SLEEPS + 1)
    assert 86_400_000 == (seen[-1].awake_ms or 0) + (seen[-1].sleeping_ms or 0)
    assert 0 < (seen[-1].radio_ms or 0) <= (seen[-1].awake_ms or 0) < 86_400_000 * BOUND_S / EVERY_S
    live = [one for one in gateway.heard if isinstance(one, NodeReport)]
    assert 1 in [record[3] for record in live[-1].records + live[-2].records if record[2] == 50]


async def test_what_a_sleep_left_counts_once(house: Sleeper) -> None:
    """After a wake that ends without a sleep, and after a loss of power, numbers begin anew under another boot."""
    async with house.gateway() as client:
        gateway = await listening(client)
        first = await house.wake(gateway)
        node = await house.switch_on(heap=HEAP, retained=True)
        await gateway.until(lambda told: isinstance(told, NodeBirth))
        await node.stop()
        second = await house.wake(gateway)
        (house.folder / "start" / "retained").unlink()
        third = await house.wake(gateway)

    expected = [(first.boot, "power"), (first.boot, "sleep"), (second.boot, "brownout"), (third.boot, "power")]
    assert expected == house.births(gateway)
    assert 3 == len({first.boot, second.boot, third.boot})


async def test_brown_outs_in_a_row_wear_nothing_out(house: Sleeper) -> None:
    """The third ends in a rest before anything is tried, the next start goes on, and no life has written to flash."""
    ends = []
    for _ in range(5):
        node = await house.switch_on(heap=HEAP, retained=True, least_mv=11_500)
        waiting = asyncio.create_task(node.process.wait())
        async with house.gateway() as client:
            gateway = await listening(client)
            alive = asyncio.create_task(gateway.until(lambda told: isinstance(told, NodeReport)))
            await asyncio.wait((waiting, alive), return_when=asyncio.FIRST_COMPLETED, timeout=BOUND_S)
            ends.append(waiting.done())
            alive.cancel()
        await node.stop()
        await waiting

    assert [False, False, False, True, False] == ends
    assert not (house.folder / "records").exists() or [] == list((house.folder / "records").iterdir())


async def test_low_supply_writes_nothing_and_sleeps_with_its_records(house: Sleeper) -> None:
    """Below the limit nothing goes to flash, no update begins, and a wake has all that nobody heard before a sleep."""
    house.reads("supply", 11_000)
    await house.broker.kill()
    settings = {"heap": HEAP, "sleep_s": EVERY_S, "retained": True, "least_mv": 11_500, "awake_ms": 500}
    node = await house.switch_on(**settings)
    assert 0 == await asyncio.wait_for(node.process.wait(), BOUND_S)
    written = list((house.folder / "records").iterdir()) if (house.folder / "records").exists() else []
    await house.broker.start()
    async with house.gateway() as client:
        gateway = await listening(client)
        manifest = {"v": 1, "version": 9, "min_board": {"unix": [1, 1]}, "files": 1, "bytes": 9, "list": [9, "0" * 64]}
        offer = NodeUpdate(manifest=json.dumps(manifest).encode(), signature=b"s" * 64)
        await gateway.say(topics.node_update, offer, retain=True)
        last = await house.wake(gateway, least_mv=11_500)

    assert [] == written
    assert "battery" == last.update
    assert not (house.folder / "b").exists()
    assert [(last.boot, "sleep")] == house.births(gateway)
    numbers = gateway.numbers(last.boot)
    assert list(range(1, len(numbers) + 1)) == numbers
    assert len(numbers) >= 4


async def test_each_task_that_stands_still_starves_the_watchdog(tmp_path: Path) -> None:
    """Whichever of the node's tasks makes no progress is named, and the board is reset although all others go on."""
    silence = dict.fromkeys(("measure", "talk", "link", "update", "store"), 6_000)
    link = {"host": "127.0.0.1", "port": 9, "client": NODE, "first_pause_ms": 20, "longest_pause_ms": 100}
    settings = {"site": SITE, "node": NODE, "link": link, "silence_ms": silence, "starve_ms": 200}
    nodes = {}
    for task in silence:
        (tmp_path / task / "start").mkdir(parents=True)
        (tmp_path / task / "start" / "node.json").write_text(json.dumps(settings), "utf-8")
        nodes[task] = await play(HUNG, str(tmp_path / task), task, board=tmp_path, heap=HEAP)
    ends = {task: await asyncio.wait_for(node.process.wait(), BOUND_S) for task, node in nodes.items()}

    assert dict.fromkeys(silence, 3) == ends
    for task, node in nodes.items():
        assert f"no progress: {task}\n" == await node.said()
