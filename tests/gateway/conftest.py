"""A site of real processes: plant, brokers and gateway on free ports; the test itself is the centre."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from contract.packing import unpack
from doors.clock import spec_of
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
WITHIN_S = 40.0
SITE = "test-kall"
RATE = 20
QUIET_FROM_S, QUIET_FOR_S, QUIET_EVERY_S = 100, 60, 160
"""Seconds of the plant: the meter falls silent again and again."""


def eventually(happens: Callable[[], Any], what: str, within_s: float = WITHIN_S) -> Any:
    """Ask until the answer is true; fails after the deadline."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if answer := happens():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not within {within_s} s: {what}")


class Broker:
    """Mosquitto on a port of its own; killed and started at will, it remembers nothing."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._file = folder / f"broker-{self.port}.conf"
        self._file.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n", "utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Listen."""
        command = ["mosquitto", "-c", str(self._file)]
        path = os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin"
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"PATH": path}
        )
        eventually(self._listens, "the broker listens")

    def _listens(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def freeze(self) -> None:
        """It holds its sockets and does nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        """Without a goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(40)
            self._process = None


class Listener:
    """Somebody at a broker: hears everything, says what the test wants said."""

    def __init__(self, broker: Broker) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self._ready = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe("sot/#", qos=1)
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = lambda _c, _u, message: self.heard.append((message.topic, message.payload))
        self._client.reconnect_delay_set(1, 1)
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()
        assert self._ready.wait(WITHIN_S)

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish, and wait until the broker has it."""
        told = self._client.publish(f"sot/1/{SITE}/{topic}", payload, qos=1, retain=retain)
        told.wait_for_publish(WITHIN_S)
        assert told.is_published(), f"not within {WITHIN_S} s: the broker took {topic}"

    def all(self, topic: str) -> list[dict[str, Any]]:
        """Everything heard on one topic of the site, in order."""
        asked = f"sot/1/{SITE}/{topic}"
        return [json.loads(unpack(payload, 2**20)) for heard, payload in list(self.heard) if heard == asked]

    def records(self, stream: str = "event", run: str = "") -> list[dict[str, Any]]:
        """All records heard of a stream, in order, with those that came twice."""
        batches = [batch for batch in self.all(f"up/record/{stream}") if run in ("", batch["run"])]
        return [record | {"run": batch["run"]} for batch in batches for record in batch["records"]]

    def stop(self) -> None:
        """Go home."""
        self._client.disconnect()
        self._client.loop_stop()


class Gateway:
    """A gateway as a real process, with the files of one site."""

    def __init__(self, folder: Path, spec: str, text: str) -> None:
        self.store = folder / "gateway.db"
        self.log = folder / "gateway.log"
        self._settings = folder / "site.toml"
        self._settings.write_text(text.replace("STORE", str(self.store)), "utf-8")
        self._spec = spec
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Gateway":
        """Run it; what it says goes to its log."""
        command = [sys.executable, "-m", "gateway", "run", str(self._settings), "--clock", self._spec]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        return self

    @contextmanager
    def held_still(self) -> Iterator[None]:
        """It does nothing meanwhile: who comes to a broker first hears all that it says there."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        yield
        self.process.send_signal(signal.SIGCONT)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it; the exit code."""
        if self.process is None:
            return 0
        self.process.send_signal(how)
        return self.process.wait(40)

    def counts(self) -> dict[str, Any]:
        """What its store holds, by the program's own command."""
        told = self._counted()
        told.check_returncode()
        answer: dict[str, Any] = json.loads(told.stdout)
        return answer

    def polled(self, device: str) -> int:
        """Polls of a device on the disk; none as long as the store is being made."""
        told = self._counted()
        return int(json.loads(told.stdout)["polls"].get(device, 0)) if told.returncode == 0 else 0

    def _counted(self) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gateway", "counts", str(self._settings)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)

    def said(self) -> str:
        """Its log so far."""
        return self.log.read_text("utf-8")


class Site:
    """Plant and brokers; gateways are made by the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.local, self.centre = Broker(folder), Broker(folder)
        self.spec = spec_of(RATE, 1_764_000_000_000, 600_000, "boot-of-the-test")
        self._plant = self._start_plant()
        assert self._plant.stdout is not None
        self.ready = json.loads(self._plant.stdout.readline())

    def _start_plant(self) -> subprocess.Popen[str]:
        scenario = self.folder / "quiet.toml"
        begins = [QUIET_FROM_S + turn * QUIET_EVERY_S for turn in range(100)]
        step = f'do = "silent"\ndevice = "meter"\nfor_s = {QUIET_FOR_S}\n'
        steps = "".join(f"[[step]]\nat_s = {begin}\n{step}" for begin in begins)
        scenario.write_text(f'title = "quiet"\nlength_s = 20000\nplant = "automatic"\n{steps}', "utf-8")
        command = [sys.executable, "-m", "simulator", "run", "automatic", "--scenario", str(scenario)]
        command += ["--clock", self.spec, "--dir", str(self.folder / "plant")]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def gateway(self, folder: Path, *, centre: bool = True, more: str = "") -> Gateway:
        """A gateway of this site with a store of its own."""
        genset, line = self.ready["tcp"]["genset"], self.ready["rtu"]["meter"]
        text = (
            f'[site]\nid = "{SITE}"\nplace = "Test"\nsimulated = true\nstatus = "test"\n[store]\npath = "STORE"\n'
            f'[site_broker]\nurl = "mqtt://127.0.0.1:{self.local.port}"\nreconnect_max_s = 0.5\n'
            "[generator]\nrated_kw = 56\n[tank]\nlitres = 1000\n"
            "[pace]\nheartbeat_s = 20\npicture_every_s = 5\nsample_every_s = 10\n"
            f'[[device]]\nname = "genset"\nprofile = "dse-73xx-mkii"\ntcp = "127.0.0.1:{genset["port"]}"\n'
            "pause_s = 0\ntimeout_s = 0.5\n"
            f'[[device]]\nname = "meter"\nprofile = "eastron-sdm630"\nserial = "{line["path"]}"\n'
            f"baud = {line['baud']}\npause_s = 0\ntimeout_s = 0.1\n"
        )
        if centre:
            text += f'[central_broker]\nurl = "mqtt://127.0.0.1:{self.centre.port}"\nreconnect_max_s = 0.5\n'
        return Gateway(folder, self.spec, text + more)

    def stop(self) -> None:
        """End what was started."""
        self._plant.terminate()
        self._plant.wait(40)
        for broker in (self.local, self.centre):
            broker.kill()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One plant and two brokers for all tests of a file."""
    one = Site(tmp_path_factory.mktemp("site"))
    yield one
    one.stop()


@pytest.fixture
def brokers(site: Site) -> Iterator[Site]:
    """The site with two brokers that remember nothing of the test before."""
    for broker in (site.local, site.centre):
        broker.kill()
        broker.start()
    yield site
    for broker in (site.local, site.centre):
        broker.kill()
