"""Brokers at the other end: Mosquitto on a free loopback port, and peers that speak as little MQTT as a test wants."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from doors.broker import BrokerSettings, Link
from tests.ports import free_port

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
DEADLINE_S = 30.0


class Mosquitto:
    """A real broker that keeps nothing on disk. `lines` are added to its configuration."""

    def __init__(self, folder: Path, *lines: str) -> None:
        self.port = free_port()
        self._folder = folder
        self._config = folder / f"mosquitto-{self.port}.conf"
        account = ["user root"] if os.geteuid() == 0 else []
        wanted = lines or ("allow_anonymous true",)
        base = [f"listener {self.port} 127.0.0.1", "max_packet_size 2000000", *account]
        self._config.write_text("\n".join([*base, *wanted]) + "\n", "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Mosquitto":
        """Start, and wait until it listens."""
        log = (self._folder / f"mosquitto-{self.port}.log").open("ab")
        self._process = subprocess.Popen([str(MOSQUITTO), "-c", str(self._config)], stdout=log, stderr=log)
        log.close()
        until = time.monotonic() + DEADLINE_S
        while time.monotonic() < until and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.01)
        raise AssertionError("Mosquitto did not start: " + Path(log.name).read_text("utf-8"))

    def kill(self) -> None:
        """Kill it without a goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(DEADLINE_S)
            self._process = None

    def freeze(self) -> None:
        """It holds its sockets and does nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def settings(self, **more: Any) -> BrokerSettings:
        """How to reach it, with short waiting times."""
        return settings_for(self.port, **more)


def settings_for(port: int, **more: Any) -> BrokerSettings:
    """Settings of a plain link to a port of this machine."""
    wanted = {"url": f"mqtt://127.0.0.1:{port}", "reconnect_max_s": 0.1, "answer_within_s": 5.0}
    return BrokerSettings(**(wanted | more))


@pytest.fixture
def address() -> Callable[..., BrokerSettings]:
    """Makes settings for a port of this machine."""
    return settings_for


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Callable[..., Mosquitto]]:
    """Makes brokers, started; all are gone at the end."""
    if MOSQUITTO is None:
        pytest.skip("Mosquitto is not installed")
    made: list[Mosquitto] = []

    def make(*lines: str) -> Mosquitto:
        made.append(Mosquitto(tmp_path, *lines))
        return made[-1].start()

    yield make
    for broker in made:
        broker.kill()


class Owner:
    """A link and all that it told its owner."""

    def __init__(self, settings: BrokerSettings, name: str, **more: Any) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self.ups = 0
        self.downs = 0
        self.greet: Callable[[], Awaitable[None]] | None = None
        self.refuse: Callable[[str, bytes], None] = lambda topic, payload: None
        self.link = Link(
            settings,
            name=name,
            client_id=f"test-{name}",
            on_message=self._heard,
            on_up=self._up,
            on_down=self._down,
            **more,
        )
        self.task = asyncio.create_task(self.link.run(), name=name)

    def _heard(self, topic: str, payload: bytes, retained: bool) -> None:
        self.refuse(topic, payload)
        self.heard.append((topic, payload, retained))

    async def _up(self) -> None:
        self.ups += 1
        if self.greet is not None:
            await self.greet()

    def _down(self) -> None:
        self.downs += 1

    async def until(self, true: Callable[[], bool], within_s: float = DEADLINE_S) -> None:
        """Wait for a condition; the run of the link must not have ended meanwhile."""
        async with asyncio.timeout(within_s):
            while not true():
                assert not self.task.done(), self.task
                await asyncio.sleep(0.005)

    async def connected(self, times: int = 1) -> "Owner":
        """Wait for the nth greeting."""
        await self.until(lambda: self.ups >= times and self.link.up)
        return self

    async def hears(self, count: int = 1) -> list[tuple[str, bytes, bool]]:
        """Wait for messages."""
        await self.until(lambda: len(self.heard) >= count)
        return self.heard

    async def stop(self, within_s: float = DEADLINE_S) -> None:
        """Cancel the link, which must end."""
        self.task.cancel()
        await asyncio.wait({self.task}, timeout=within_s)
        assert self.task.cancelled(), f"the link does not end: {self.task}"


@pytest.fixture
async def owner() -> AsyncIterator[Callable[..., Owner]]:
    """Makes links that run until the end of the test."""
    made: list[Owner] = []

    def make(settings: BrokerSettings, name: str = "site", **more: Any) -> Owner:
        made.append(Owner(settings, name, **more))
        return made[-1]

    yield make
    for one in made:
        if not one.task.done():
            one.task.cancel()
    await asyncio.wait({one.task for one in made}, timeout=DEADLINE_S) if made else None


class Peer:
    """Accepts connections and answers each kind of packet with fixed bytes; a kind without an answer meets silence."""

    CONNECT, PUBLISH, SUBSCRIBE = 1, 3, 8

    def __init__(self, answers: dict[int, Callable[[bytes], bytes]], *, reads: bool = True) -> None:
        self.answers = answers
        self.asked: list[int] = []
        self.connections = 0
        self.open = 0
        self.port = 0
        self._reads = reads
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self) -> "Peer":
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            while packet := await _packet(reader):
                kind = packet[0] >> 4
                self.asked.append(kind)
                if kind in self.answers:
                    writer.write(self.answers[kind](packet[1:]))
                if not self._reads and kind == self.SUBSCRIBE:
                    await asyncio.Event().wait()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def stop(self) -> None:
        """Close everything."""
        assert self._server is not None
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)


async def _packet(reader: asyncio.StreamReader) -> bytes:
    """One MQTT 3.1.1 control packet: first byte and body, without the length (section 2.2.3)."""
    first = await reader.readexactly(1)
    size = shift = 0
    while True:
        (byte,) = await reader.readexactly(1)
        size |= (byte & 127) << shift
        shift += 7
        if not byte & 128:
            return first + await reader.readexactly(size)


ACCEPTED = b"\x20\x02\x00\x00"


def granted(code: int) -> Callable[[bytes], bytes]:
    """SUBACK with a return code; 0x80 is a refusal."""
    return lambda body: b"\x90\x03" + body[:2] + bytes([code])


@pytest.fixture
async def peer() -> AsyncIterator[Callable[..., Awaitable[Peer]]]:
    """Makes peers by the answers they give: `connack`, `suback` (a return code), or nothing."""
    made: list[Peer] = []

    async def make(*, connack: bool = False, suback: int | None = None, reads: bool = True) -> Peer:
        answers: dict[int, Callable[[bytes], bytes]] = {}
        if connack:
            answers[Peer.CONNECT] = lambda _: ACCEPTED
        if suback is not None:
            answers[Peer.SUBSCRIBE] = granted(suback)
        made.append(await Peer(answers, reads=reads).start())
        return made[-1]

    yield make
    for one in made:
        await one.stop()
