"""The node's link on the real interpreter with a chip's heap, against a real Mosquitto."""

import json
from pathlib import Path

import aiomqtt
import pytest

from tests.firmware.nodes_played import BOUND_S, NodeBroker, play

PLAYER = Path(__file__).with_name("on_chip") / "link_player.py"
SOON = {"answer_ms": 2_500, "keepalive_s": 5}
"""So that a frozen broker is soon noticed, and a machine that stands still for a moment is none."""
HOW = {"topic": "t/n", "ends": "t/stop"}


@pytest.fixture
async def broker(tmp_path: Path):
    """A broker with the account of one node and of one watcher."""
    made = await NodeBroker(tmp_path, "n1", "watcher").start()
    yield made
    await made.kill()


def watching(broker: NodeBroker) -> aiomqtt.Client:
    """Somebody who reads along."""
    return aiomqtt.Client("127.0.0.1", broker.port, username="watcher", password="secret-watcher")


async def test_packet_ids_wrap(broker: NodeBroker, tmp_path: Path) -> None:
    """After 66 000 messages, more than there are packet ids, all are confirmed and the heap is as free as before."""
    how = HOW | {"count": 66_000, "lanes": 7}

    node = await play(PLAYER, json.dumps(broker.plain("n1")), json.dumps(how), board=tmp_path)
    try:
        end = await node.until(lambda line: "end" in line, 2 * BOUND_S)
    finally:
        await node.stop()

    assert end["confirmed"] >= 66_000
    assert 1 == node.told[-2]["ups"], node.told
    assert end["free"] > end["total"] // 3


async def test_link_outlives_its_broker(broker: NodeBroker, tmp_path: Path) -> None:
    """By TLS with a shared key: frozen, thawed, killed and begun anew without memory, the broker is found again."""
    how = json.dumps(HOW | {"slowly": True})
    settings = broker.secured("n1") | SOON
    node = await play(PLAYER, json.dumps(settings), how, board=tmp_path)
    try:
        await node.until(lambda line: line["up"])
        broker.freeze()
        await node.until(lambda line: line["word"] == "no answer in time: PUBACK or SUBACK")
        await node.until(lambda line: line["word"] == "no answer in time: CONNACK")
        broker.thaw()
        await node.until(lambda line: line["up"])
        await broker.kill()
        await node.until(lambda line: line["word"] == "network: ECONNREFUSED")
        await broker.start()
        back = await node.until(lambda line: line["up"])
        async with watching(broker) as watcher:
            await watcher.subscribe("t/n", qos=1)
            first = await anext(aiter(watcher.messages))
            await watcher.publish("t/stop", "stop", qos=1)
            end = await node.until(lambda line: "end" in line)
    finally:
        await node.stop()

    assert back["ups"] >= 3
    assert int(first.payload) > back["confirmed"]
    assert 1 == end["heard"]
    assert end["free"] > end["total"] // 3


@pytest.mark.parametrize(
    ("door", "wrong", "word"),
    [
        ("plain", {"password": "wrong"}, "refused: not authorised"),
        ("secured", {"psk_key": "00" * 16}, "network"),
        ("secured", {"psk_identity": "stranger"}, "network"),
    ],
)
async def test_wrong_secret_is_a_word(broker: NodeBroker, tmp_path: Path, door: str, wrong: dict, word: str) -> None:
    """A node with the wrong secret is told so by the link's word, and goes on trying."""
    settings = getattr(broker, door)("n1") | wrong

    node = await play(PLAYER, json.dumps(settings), json.dumps(HOW), board=tmp_path)
    try:
        heard = await node.until(lambda line: line["word"] != "not yet tried")
    finally:
        await node.stop()

    assert heard["word"].startswith(word)
    assert not heard["up"]
