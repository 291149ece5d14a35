"""The whole node, judged as its buyer would: nothing acknowledged is lost, nothing is kept twice, nothing hangs.

Short forms of what the measurement does with 10 000 reports (`bench/node_player.py`): the real program on the real
interpreter, a real Mosquitto with a shared key, the gateway's own judgement of what is new, and a played clock.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

from bench.node_memory import HEAP_BYTES
from bench.node_player import Dark, cut, dark, play
from contract import topics
from tests.firmware.judging import LINK, NODE, SITE, WALL_S, World, measuring, world
from tests.firmware.test_link_hostile import ADMITTED, CONNECT, PINGREQ, PONG, PUBLISH, SUBSCRIBE, Caller

FILTERS = 5
"""That a node listens to."""


async def test_nothing_is_lost_whatever_goes_wrong(tmp_path: Path) -> None:
    """Broker frozen, killed with its memory, slow; door closed, gateway away, no Wi-Fi, power cut; packet ids wrap."""
    seen = await play(tmp_path, 1, share=6)

    assert (0, 0, 0, 0) == (seen.lost, seen.twice, seen.given_up, seen.dropped)
    assert 2 == seen.lives
    assert seen.connections >= 6
    assert seen.repeated > 0, "nothing was ever told again"
    assert seen.heap > HEAP_BYTES / 3


async def test_week_without_wi_fi(tmp_path: Path) -> None:
    """Flash overflows: only the oldest goes, and is counted; then the present comes first and the past at its rate."""
    seen = await dark(tmp_path, Dark(every_s=1_200, step_ms=120_000, segments=4))

    assert (0, 0) == (seen.lost, seen.twice)
    assert seen.live_first
    assert 1_000 < seen.given_up <= seen.dropped <= seen.given_up + 8  # some had come, and were not yet confirmed
    assert 400 < seen.most_a_minute <= 700


async def test_power_cuts_within_operations_of_the_flash(tmp_path: Path) -> None:
    """The whole program is gone within an erase or a program, again and again on one flash: what lay there comes."""
    seen = await cut(tmp_path, (1, 2, 5, 8))

    assert (0, 0, 0) == (seen.lost, seen.twice, seen.given_up)
    assert seen.records > 100


class Liar:
    """A broker that confirms everything and delivers nothing."""

    def __init__(self, made: World) -> None:
        self._made = made
        self.last = self.reports = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        caller = Caller(reader, writer)
        try:
            await self._serve(caller)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _serve(self, caller: Caller) -> None:
        await caller.until(CONNECT)
        caller.say(ADMITTED)
        asked = await caller.until(SUBSCRIBE)
        caller.say(bytes((0x90, 2 + FILTERS)) + asked[:2] + b"\x80" * FILTERS)  # it may hear nothing at all
        self._tell(caller, topics.node_time, {"wall": 12_345, "clock": 2, "number": 0})
        while True:
            kind, body = await caller.packet()
            if kind == PINGREQ:
                caller.say(PONG)
            elif kind == PUBLISH:
                self._hear(caller, body)

    def _hear(self, caller: Caller, body: bytes) -> None:
        at = 2 + (body[0] << 8 | body[1])
        if body[2:at].endswith(b"/wish"):
            return
        caller.say(b"\x40\x02\xff\xfe" + b"\x40\x02" + body[at : at + 2] + b"\x40\x02\x00\x00")
        if body[2:at].endswith(b"/report"):
            told = json.loads(body[at + 2 :])
            self.reports += 1
            self.last = max(self.last, told["records"][-1][0])
            for marks in ({told["boot"]: 2**31 - 1}, {told["boot"]: self.last + 100_000}, {"ffffffff": 9}, {"x": 1}):
                self._tell(caller, topics.node_mark, {"boots": marks})

    def _tell(self, caller: Caller, topic: Any, body: dict[str, Any]) -> None:
        name, text = topic(SITE, NODE).encode(), json.dumps({"v": 1} | body).encode()
        caller.say(bytes((0x30, 2 + len(name) + len(text), 0, len(name))) + name + text)


async def test_lying_broker_makes_it_forget_nothing(tmp_path: Path) -> None:
    """Wrong numbers confirmed, all filters refused, marks beyond what was measured: the real broker hears it all."""
    async with world(tmp_path, measuring(1, 1)) as made:
        made.road.to = made.broker.port
        await made.power(link=made.broker.plain(NODE) | LINK | {"port": made.road.port})
        await made.reports(2)  # it has its configuration
        liar = Liar(made)
        server = await asyncio.start_server(liar.serve, "127.0.0.1", 0)
        made.road.to = server.sockets[0].getsockname()[1]
        made.road.cut()
        await made.until(lambda: liar.reports > 30, "thirty reports to the liar")
        made.road.to = made.broker.port
        made.road.cut()
        await made.until(lambda: made.judge.marked(made.boot) > liar.last, "all that the liar confirmed")
        seen, status = await made.all_told(), made.judge.status
        server.close()

    assert (0, 0, 0) == (seen.lost, seen.twice, seen.given_up)
    assert status is not None
    assert status.wall is None or abs(status.wall - WALL_S) < 1_000_000
