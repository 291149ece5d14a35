"""From a word that changes in a set to the MQTT messages that tell it: a set polled five times a second.

An alarm bit and the word of the engine, which is an event, change together. The picture of the device tells the alarm
as it was read; the judgement tells the engine, and only when the event is on the disk. Set and listener live in this
process, so that one clock measures both ends.
"""

import asyncio
import json
import random
import struct
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiomqtt

from bench.load import profile
from bench.processes import broker, python, started
from contract import topics
from contract.alarms import catalogue
from contract.signals import ALARM_PREFIX

ALARMS = 60
"""Each of them comes once and goes once."""
POLL_S = 0.2
PICTURE_S = 0.1
"""Shorter than a poll, so that each poll is told."""
SETTLE_S = 3.0
LONGEST_S = 20.0
ENGINE_AT, FIRST_AT = 899, 900
ENGINE = ("running", "cooling_down")
"""Its words in turn."""
JUDGED = "judged"
NAMES = tuple(islice((key for key, one in catalogue().items() if one.by == "controller"), ALARMS))
ROWS = f"""
[words]
engine = [[0, "{ENGINE[0]}"], [1, "{ENGINE[1]}"]]
[[block]]
first = {ENGINE_AT}
last = {FIRST_AT + ALARMS // 16}
[[signal]]
key = "engine.state"
at = {ENGINE_AT}
type = "u16"
words = "engine"
rate = "fast"
evidence = "2"
source = "bench"
[[alarm_bits]]
at = {FIRST_AT}
level = "shutdown"
order = {list(NAMES)}
rate = "fast"
evidence = "2"
source = "bench"
"""


class Controller(asyncio.Protocol):
    """A set whose alarms come and go; notes when an answer tells the last change for the first time."""

    alarms = 0
    engine = 0
    told_at: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the wire."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Whole questions: MBAP header, function, start, count."""
        for at in range(0, len(data) - 11, 12):
            number, _, _, unit, function, start, count = struct.unpack(">HHHBBHH", data[at : at + 12])
            if start >= ENGINE_AT and Controller.told_at is None:
                Controller.told_at = time.perf_counter()
            words = [_word(place) for place in range(start, start + count)]
            head = struct.pack(">HHHBBB", number, 0, 3 + 2 * count, unit, function, 2 * count)
            self._transport.write(head + struct.pack(f">{count}H", *words))  # type: ignore[attr-defined]


def _word(at: int) -> int:
    if at == ENGINE_AT:
        return Controller.engine
    return at % 200 if at < FIRST_AT else Controller.alarms >> 16 * (at - FIRST_AT) & 0xFFFF


def measure() -> Iterator[dict[str, Any]]:
    """Milliseconds from change to message, and of them those from the first answer that tells the change."""
    with TemporaryDirectory() as name, broker(Path(name)) as port:
        whole, inside, decided = asyncio.run(_changes(Path(name), port))
    yield {
        "changes": len(whole),
        "poll_s": POLL_S,
        "p50_ms": _at(whole, 0.5),
        "p99_ms": _at(whole, 0.99),
        "from_answer_p50_ms": _at(inside, 0.5),
        "from_answer_p99_ms": _at(inside, 0.99),
        "decided_from_answer_p50_ms": _at(decided, 0.5),
        "decided_from_answer_p99_ms": _at(decided, 0.99),
    }


def _at(seconds: list[float], share: float) -> float | None:
    found = sorted(seconds)
    return round(1000 * found[min(len(found) - 1, int(share * len(found)))], 2) if found else None


async def _changes(folder: Path, port: int) -> tuple[list[float], list[float], list[float]]:
    """(from change to picture, from first answer to picture, from first answer to the judgement), in seconds."""
    server = await asyncio.get_running_loop().create_server(Controller, "127.0.0.1", 0)
    settings = _settings(folder, port, server.sockets[0].getsockname()[1])
    whole: list[float] = []
    inside: list[float] = []
    decided: list[float] = []
    chance = random.Random(1)  # noqa: S311 - when, not what
    with started(python("gateway", "run", str(settings)), folder / "gateway.log"):
        async with aiomqtt.Client("127.0.0.1", port) as client:
            await client.subscribe([(topics.device("bench", "set"), 1), (topics.state("bench"), 1)])
            told = client.messages.__aiter__()
            await asyncio.wait_for(_until(told, {ALARM_PREFIX + NAMES[0]: "inactive"}), LONGEST_S)
            await asyncio.sleep(SETTLE_S)
            for change in range(2 * ALARMS):
                await asyncio.sleep(POLL_S * (1 + chance.random()))
                Controller.alarms ^= 1 << change % ALARMS
                Controller.engine ^= 1
                Controller.told_at = None
                began = time.perf_counter()
                alarm = ALARM_PREFIX + NAMES[change % ALARMS]
                wanted = {alarm: "shutdown" if change < ALARMS else "inactive", JUDGED: ENGINE[Controller.engine]}
                ended = await asyncio.wait_for(_until(told, wanted), LONGEST_S)
                answered = Controller.told_at or ended[alarm]
                whole.append(ended[alarm] - began)
                inside.append(ended[alarm] - answered)
                decided.append(ended[JUDGED] - answered)
    server.close()
    return whole, inside, decided


async def _until(told: Any, wanted: dict[str, str]) -> dict[str, float]:
    """When each of these words was told first: of a signal in the set's picture, of the engine in the judgement."""
    found: dict[str, float] = {}
    async for message in told:
        now, said = time.perf_counter(), json.loads(message.payload)
        words = {key: one.get("value") for key, one in said.get("values", {}).items()}
        engine = [one["says"] for one in said.get("witnesses", ()) if one["source"] == "set/engine.state"]
        words |= {JUDGED: says.removeprefix("engine ") for says in engine}  # noqa: B035 - there is one
        found |= {key: now for key, word in wanted.items() if key not in found and words.get(key) == word}
        if found.keys() == wanted.keys():
            return found
    return found


def _settings(folder: Path, port: int, set_port: int) -> Path:
    text = profile().replace('kind = "meter"', 'kind = "generator_controller"')
    (folder / "bench.toml").write_text(text + ROWS)
    settings = folder / "gateway.toml"
    settings.write_text(
        '[site]\nid = "bench"\nplace = "Bench"\nsimulated = true\nstatus = "test"\n'
        f'[store]\npath = "{folder / "gateway.db"}"\n[site_broker]\nurl = "mqtt://127.0.0.1:{port}"\n'
        f"[pace]\npicture_every_s = {PICTURE_S}\n"
        f'[generator]\ncontroller = "set"\n[[device]]\nname = "set"\nprofile = "{folder}/bench.toml"\n'
        f'tcp = "127.0.0.1:{set_port}"\npoll_every_s = {POLL_S}\npoll_active_every_s = {POLL_S}\n'
    )
    return settings
