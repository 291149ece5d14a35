"""The far end of the record road: Mosquitto, the dashboard as a process, and one site's road to them."""

import asyncio
import contextlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from contract import topics
from contract.messages import decode
from contract.records import Mark
from contract.words import ClockQuality, Connection, Status, Stream
from doors.broker import BrokerSettings
from gateway.core.facts import Facts
from gateway.core.pipeline import Numbered
from gateway.core.site import Now
from gateway.io.mqtt import Pictures
from gateway.io.record_road import Records
from gateway.io.store import Store
from tests.ports import free_port

ROOT = Path(__file__).parents[3]
SITE = "test-kall"
FACTS = Facts(
    site=SITE, place="Kall", connection=Connection.AUTOMATIC, status=Status.ACTUAL, simulated=False, version="1",
    devices=(), controller=None, activate_within_s=1, heartbeat_s=60, rules={},
)  # fmt: skip
DAYS_2_MS = 48 * 3_600_000
WALL_MS = 1_764_000_000_000


def moment(up_ms: int, run: str = "run-1") -> Now:
    """A moment of a box with a good clock."""
    return Now(run=run, boot="boot-1", up_ms=up_ms, wall_ms=WALL_MS + up_ms, clock=ClockQuality.SYNCED)


def sample(seq: int, up_ms: int) -> Numbered:
    """What a set tells in a sample while it runs."""
    values = {
        key: {"value": round(base + seq % 97 / 10, 1), "origin": "measured", "up_ms": up_ms}
        for key, base in (("mains.voltage_l1", 228.0), ("battery.voltage", 13.0), ("engine.coolant_temperature", 40.0))
    }
    return Numbered(Stream.SAMPLE, seq, "sample", {"device": "genset", "whole": False, "values": values})


def event(seq: int) -> Numbered:
    """Something decided."""
    return Numbered(Stream.EVENT, seq, "clock_set", {"detail": f"event {seq}"})


async def happens(true: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait for it."""
    until_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until_s, "it does not happen"
        await asyncio.sleep(0.01)


class Broker:
    """Mosquitto on one port; what it remembers dies with it."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n", "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it listens."""
        program, quiet = shutil.which("mosquitto") or "/usr/sbin/mosquitto", subprocess.DEVNULL
        self._process = subprocess.Popen([program, "-c", str(self._config)], stdout=quiet, stderr=quiet)
        for _ in range(500):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("Mosquitto did not start")

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def signal(self, number: signal.Signals) -> None:
        """Freeze it, or let it go on."""
        assert self._process is not None
        self._process.send_signal(number)


class Centre:
    """The dashboard as a process, and a look into its store."""

    def __init__(self, folder: Path, port: int) -> None:
        self._file = folder / "dashboard.toml"
        self._store = folder / "centre.sqlite"
        self._file.write_text(
            "[web]\nport = 0\n[sign_in]\nrequired = false\n"
            f'[broker]\nurl = "mqtt://127.0.0.1:{port}"\nreconnect_max_s = 0.3\n'
            f'[store]\npath = "centre.sqlite"\n[[site]]\nid = "{SITE}"\nplace = "Kall"\nin_service = true\n',
            "utf-8",
        )
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Run it until it serves."""
        command = [sys.executable, "-m", "dashboard", str(self._file)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().startswith("dashboard: http://")

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def rows(self, ask: str, *values: object) -> list[Any]:
        """What its store holds."""
        with contextlib.closing(sqlite3.connect(f"file:{self._store}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(ask, values).fetchall()

    def count(self, stream: Stream) -> int:
        """Records of a stream."""
        return int(self.rows("select count(*) from records where stream = ?", stream.value)[0][0])


class Road:
    """A gateway's store and its way to the centre, and when each record was marked."""

    def __init__(self, store: Store, port: int, run: str = "run-1", up_ms: int = 0, **more: Any) -> None:
        self.store, self.run, self.up_ms = store, run, up_ms
        self.marked_s: dict[tuple[Stream, int], float] = {}
        self.marks: dict[Stream, int] = {}
        settings = {"url": f"mqtt://127.0.0.1:{port}", "reconnect_max_s": 0.3, "answer_within_s": 5.0} | more
        self.pictures = Pictures(
            BrokerSettings(**settings),
            name="central", facts=FACTS, now=lambda: moment(self.up_ms, self.run),
            subscribe=(topics.down_all(SITE),), on_message=self._hear, everything=list,
            on_up=self._up,
        )  # fmt: skip
        self.records = Records(store, self.pictures, FACTS, lambda: moment(self.up_ms, self.run))
        self._tasks: list[asyncio.Task[None]] = []

    def _up(self) -> None:
        self.records.again()

    def _hear(self, topic: str, payload: bytes, _retained: bool) -> None:
        if topic != topics.mark(SITE):
            return
        gone = 0
        for run, streams in decode(payload, Mark).marks.items():
            for stream, seq in streams.items():
                gone += self.store.confirm(run, stream, seq)
                if run == self.run:
                    for one in range(self.marks.get(stream, 0) + 1, seq + 1):
                        self.marked_s[stream, one] = time.monotonic()
                    self.marks[stream] = max(seq, self.marks.get(stream, 0))
        self.records.answered(gone)

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(self.pictures.run()), asyncio.create_task(self.records.run())]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def keep(self, *numbered: Numbered) -> None:
        """Decided now."""
        self.store.keep(moment(self.up_ms, self.run), numbered=numbered)
        self.records.wake()

    async def until(self, stream: Stream, seq: int) -> None:
        """Wait until the centre has marked so much of a stream."""
        await happens(lambda: self.marks.get(stream, 0) >= seq)


def fill(store: Store, count: int, every_ms: int) -> None:
    """An outage's samples."""
    for begin in range(0, count, 2000):
        end = min(count, begin + 2000)
        store.keep(
            moment(end * every_ms), numbered=[sample(seq + 1, seq * every_ms) for seq in range(begin, end)]
        )  # fmt: skip
