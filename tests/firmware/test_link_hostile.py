"""What a node's link does with a peer that is no honest broker: it says why, ends that connection and comes back."""

import asyncio
import contextlib
import json
import random
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.firmware.nodes_played import BOUND_S, KEY, play, settings_for

PLAYER = Path(__file__).with_name("on_chip") / "link_player.py"
CONNECT, PUBLISH, PUBACK, SUBSCRIBE, PINGREQ = 1, 3, 4, 8, 12
ADMITTED = b"\x20\x02\x00\x00"
ADMITTED_TO_AN_OLD_SESSION = b"\x20\x02\x01\x00"
PONG = b"\xd0\x00"


class Caller:
    """The node at the other end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def say(self, packet: bytes) -> None:
        """Send bytes, whatever they are."""
        self.writer.write(packet)

    async def packet(self) -> tuple[int, bytes]:
        """(type, body) of the next packet."""
        (first,) = await self.reader.readexactly(1)
        size = shift = 0
        while True:
            (byte,) = await self.reader.readexactly(1)
            size |= (byte & 127) << shift
            shift += 7
            if not byte & 128:
                return first >> 4, await self.reader.readexactly(size)

    async def until(self, kind: int, confirm: bool = False, pong: bool = False) -> bytes:
        """The body of the next packet of this type; meanwhile publishes are confirmed and pings answered, or not."""
        while True:
            got, body = await self.packet()
            if got == kind:
                return body
            if got == PUBLISH and confirm:
                at = 2 + (body[0] << 8 | body[1])
                self.say(b"\x40\x02" + body[at : at + 2])
            if got == PINGREQ and pong:
                self.say(PONG)

    async def admit(self, connack: bytes = ADMITTED, granted: int = 1) -> None:
        """As an honest broker begins."""
        await self.until(CONNECT)
        self.say(connack)
        asked = await self.until(SUBSCRIBE)
        self.say(b"\x90\x03" + asked[:2] + bytes([granted]))

    async def gone(self) -> None:
        """Until the node has closed the connection."""
        while await self.reader.read(4096):
            pass


async def _silent(caller: Caller) -> None:
    await caller.gone()


async def _refuses(caller: Caller) -> None:
    await caller.until(CONNECT)
    caller.say(b"\x20\x02\x00\x05")
    await caller.gone()


async def _refuses_oddly(caller: Caller) -> None:
    await caller.until(CONNECT)
    caller.say(b"\x20\x02\x00\x4d")
    await caller.gone()


async def _web_server(caller: Caller) -> None:
    caller.say(b"HTTP/1.1 400 Bad Request\r\n\r\n" + b"<p>not for you</p>" * 9)
    await caller.gone()


async def _endless_length(caller: Caller) -> None:
    await caller.until(CONNECT)
    caller.say(ADMITTED + b"\x30\xff\xff\xff\xff\x01")
    await caller.gone()


async def _closes(caller: Caller) -> None:
    await caller.until(CONNECT)


async def _resets(caller: Caller) -> None:
    await caller.admit()
    caller.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _talks_too_early(caller: Caller) -> None:
    caller.say(b"\x30\x05\x00\x03t/1x")
    await caller.gone()


async def _admits_twice(caller: Caller) -> None:
    await caller.admit()
    caller.say(ADMITTED)
    await caller.gone()


async def _sends_qos_2(caller: Caller) -> None:
    await caller.admit(granted=0x80)
    caller.say(b"\x34\x07\x00\x03t/1\x00\x01")
    await caller.gone()


async def _never_subscribes(caller: Caller) -> None:
    """Confirms a subscription that nobody asked for."""
    await caller.until(CONNECT)
    caller.say(ADMITTED)
    asked = await caller.until(SUBSCRIBE)
    caller.say(b"\x90\x03" + bytes([asked[0] ^ 1, asked[1]]) + b"\x01")
    await caller.gone()


async def _never_confirms(caller: Caller) -> None:
    """Confirms only numbers that nobody sent."""
    await caller.admit(ADMITTED_TO_AN_OLD_SESSION)
    caller.say(b"\x40\x02\xff\xfe" * 3 + b"\xd0\x00")
    await caller.until(PINGREQ + 1)


async def _never_pongs(caller: Caller) -> None:
    """Claims 200 MB and sends some of them for ever, so that something always comes, but no sign of life."""
    await caller.admit()
    caller.say(b"\x30\xff\xff\xff\x5f" + bytes(1000))
    drip = asyncio.create_task(_drip(caller))
    try:
        await caller.until(PINGREQ + 1, confirm=False)
    finally:
        drip.cancel()


async def _drip(caller: Caller) -> None:
    while True:
        caller.say(b"x")
        await asyncio.sleep(0.05)


async def _noise(caller: Caller) -> None:
    await caller.admit()
    caller.say(b"\xf0" + random.Random(8).randbytes(5000))
    await caller.gone()


async def _slow_and_honest(caller: Caller) -> None:
    """Byte by byte; a message of 20 000 bytes, one that its reader cannot take, two pings, one confirmed message."""
    await caller.admit()
    await caller.until(PINGREQ, confirm=True)
    caller.say(PONG)
    await caller.until(PINGREQ, confirm=True)
    caller.say(PONG)
    caller.say(b"\x31\xa5\x9c\x01\x00\x03t/1" + bytes(20_000))
    caller.say(b"\x31\x0a\x00\x03t/1raise")
    for byte in b"\x32\x0b\x00\x03t/1\x12\x34stop":
        caller.say(bytes([byte]))
        await caller.writer.drain()
        await asyncio.sleep(0.002)
    assert b"\x12\x34" == await caller.until(PUBACK, confirm=True)
    await caller.gone()


ROLES: tuple[tuple[Callable[[Caller], Awaitable[None]], str], ...] = (
    (_silent, "no answer in time: CONNACK"),
    (_refuses, "refused: not authorised"),
    (_refuses_oddly, "refused: code 77"),
    (_web_server, "flags on packet type 4"),
    (_endless_length, "a length of more than four bytes"),
    (_closes, "closed by the broker"),
    (_resets, "network: ECONNRESET"),
    (_talks_too_early, "packet type 3 before CONNACK"),
    (_admits_twice, "a second CONNACK"),
    (_sends_qos_2, "QoS 2 was not asked for"),
    (_never_subscribes, "no answer in time: PUBACK or SUBACK"),
    (_never_confirms, "no answer in time: PUBACK or SUBACK"),
    (_never_pongs, "no answer in time"),
    (_noise, "packet type 15"),
    (_slow_and_honest, ""),
)


Roles = Sequence[tuple[Callable[[Caller], Awaitable[None]], str]]


async def _met(board: Path, roles: Roles, answer_ms: int) -> tuple[list[str], dict[str, Any]]:
    """What the link of one node says of these peers in a row, and how it stands after the last."""
    turns = iter(roles)
    finished = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        role, _ = next(turns)
        try:
            await role(Caller(reader, writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            finished.append(role)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    where = settings_for(server.sockets[0].getsockname()[1], "n1")
    settings = where | {"keepalive_s": 1, "answer_ms": answer_ms, "first_pause_ms": 100, "longest_pause_ms": 150}
    how = {"topic": "t/n", "ends": "t/1", "slowly": True}
    node = await play(PLAYER, json.dumps(settings), json.dumps(how), board=board)
    try:
        end = await node.until(lambda line: "end" in line, BOUND_S)
        words = [line["word"] for line in node.told if line.get("word") and not line["up"]]
    finally:
        await node.stop()
        server.close()

    assert len(roles) == len(finished)
    return words[1:], end


async def test_no_peer_hangs_the_link(tmp_path: Path) -> None:
    """Fourteen kinds of bad peers, each ended with a word, and the slow honest one after them is served.

    Those that never answer are met each by a node of its own, for that takes as long as an answer may; it may take more
    than two seconds, so that no machine that stands still for a moment is taken for one of them.
    """
    mute = [one for one in ROLES if one[1].startswith("no answer in time")]
    rows: list[Roles] = [[one for one in ROLES if one not in mute], *[(one, ROLES[-1]) for one in mute]]
    met = await asyncio.gather(*[_met(tmp_path, row, 3_000 if number else 20_000) for number, row in enumerate(rows)])

    assert 5 == len(rows)
    for roles, (words, end) in zip(rows, met, strict=True):
        assert [word for _, word in roles if word] == [
            given if heard.startswith(given) else heard for (_, given), heard in zip(roles, words, strict=False)
        ]
        assert 2 == end["heard"]
        assert end["free"] > end["total"] // 3


@pytest.mark.parametrize(
    ("host", "key", "word"),
    [
        ("127.0.0.1", {}, "no connection in time"),
        ("127.0.0.1", {"psk_identity": "n1", "psk_key": KEY}, "no answer in time: CONNACK"),
        ("broker.example", {}, "host must be an address in numbers"),
    ],
    ids=["connect", "handshake", "name"],
)
async def test_each_step_before_mqtt_has_its_end(tmp_path: Path, host: str, key: dict[str, str], word: str) -> None:
    """A host that takes no call, one that never begins TLS; a name, whose look-up has no deadline, is refused."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as silent, contextlib.ExitStack() as queue:
        port = silent.getsockname()[1]
        while not key and _rings(port, queue):  # until the queue of those who wait is full, and no call gets in
            pass
        answer_ms = 2_500 if key else 300  # a step that must succeed comes before the one that does not
        settings = settings_for(port, "n1") | {"host": host, "answer_ms": answer_ms} | key
        node = await play(PLAYER, json.dumps(settings), json.dumps({"topic": "t/n", "ends": "t/1"}), board=tmp_path)
        try:
            first = await node.until(lambda line: line.get("word", "not yet tried") != "not yet tried", BOUND_S)
        finally:
            await node.stop()

    assert (word, False) == (first["word"], first["up"])


def _rings(port: int, queue: contextlib.ExitStack) -> bool:
    """Does another call still get into the queue?"""
    caller = queue.enter_context(socket.socket())
    caller.settimeout(0.2)
    try:
        caller.connect(("127.0.0.1", port))
    except TimeoutError:
        return False
    return True
