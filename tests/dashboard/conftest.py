"""What the tests of the dashboard share: a site's voice, a real Mosquitto, the real program as a process."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as paho
import pytest
from playwright.sync_api import Browser, sync_playwright

from contract import topics
from contract.messages import (
    Alarms,
    Birth,
    DevicePicture,
    SiteState,
    SiteStatus,
    encode,
)
from contract.records import Answers, Mark, RecordBatch
from dashboard.__main__ import main
from tests.ports import free_port

from .site_voice import Voice

ROOT = Path(__file__).parents[2]
DEADLINE_S = 30.0
WALL_MS = 1_764_000_000_000


def until(ask: Callable[[], Any], what: str, within_s: float = DEADLINE_S) -> Any:
    """The first answer that is true; a failure that names what never came."""
    end = time.monotonic() + within_s
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.03)


@pytest.fixture(scope="session")
def voice() -> type[Voice]:
    """`voice(site)`: what a gateway of that site would say."""
    return Voice


@pytest.fixture(scope="session")
def wait() -> Callable[..., Any]:
    """`wait(ask, what)`: the first true answer before the deadline."""
    return until


class Broker:
    """A real Mosquitto and one client on it. `seen`: every message under `down` and `local`, newest by topic."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.port = port or free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.seen: dict[str, bytes] = {}
        self.retained: list[str] = []
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = lambda client, *_: client.subscribe(f"{topics.ROOT}/#", qos=1)
        self.client.on_message = self._take
        self._subscribed = threading.Event()
        self.client.on_subscribe = lambda *_: self._subscribed.set()

    def _take(self, _: Any, __: Any, message: paho.MQTTMessage) -> None:
        self.seen[message.topic] = message.payload

    def start(self) -> None:
        """Run it, connect, and hear from now on what anybody says."""
        self._subscribed.clear()
        config = self._folder / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n", "utf-8")
        mosquitto = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self._process = subprocess.Popen([mosquitto, "-c", config], stderr=subprocess.DEVNULL)
        until(self._answers, "mosquitto")
        self.client.connect("127.0.0.1", self.port)
        self.client.loop_start()
        until(lambda: self.client.is_connected() and self._subscribed.is_set(), "a connection to mosquitto")

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """End it."""
        self.client.loop_stop()
        self.client.disconnect()
        if self._process:
            self._process.terminate()
            self._process.wait(10)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Until the broker has it."""
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(DEADLINE_S)

    def say(self, *messages: Any, retain: bool = True) -> None:
        """Messages of a site, each on its own topic."""
        for message in messages:
            self.publish(topic_of(message), encode(message), retain=retain and not isinstance(message, RecordBatch))

    def mark(self, site: str) -> dict[str, Any]:
        """The newest mark of a site."""
        payload = self.seen.get(topics.mark(site))
        return msgspec.to_builtins(msgspec.json.decode(payload, type=Mark).marks) if payload else {}


def topic_of(message: Any) -> str:
    """Where a message goes."""
    site = message.head.site
    if isinstance(message, DevicePicture):
        return topics.device(site, message.device)
    if isinstance(message, RecordBatch):
        return topics.record(site, message.stream.value)
    kinds = {SiteStatus: topics.status, Birth: topics.birth, SiteState: topics.state, Alarms: topics.alarms,
             Answers: topics.answers}  # fmt: skip
    return kinds[type(message)](site)


CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, one for the tests of a file."""
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield one
        one.close()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One Mosquitto for all tests; each test has sites of its own."""
    one = Broker(tmp_path_factory.mktemp("mosquitto"))
    one.start()
    yield one
    one.stop()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    """A Mosquitto of the test's own, not yet started."""
    one = Broker(tmp_path)
    yield one
    one.stop()


class Dashboard:
    """The real program as a process, and how one asks it."""

    def __init__(self, folder: Path, settings: str, *options: str) -> None:
        self.file = folder / "dashboard.toml"
        self.file.write_text(settings, "utf-8")
        self._options = options
        self.log = folder / "dashboard.log"
        self.process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> "Dashboard":
        """Run it until it says where it is."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dashboard", str(self.file), *self._options],
                cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        line = self.process.stdout.readline()
        assert line.startswith("dashboard: http"), self.log.read_text()
        self.url = line.split(" ")[1].strip().rstrip("/")
        return self

    def kill(self) -> None:
        """kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        """As Ctrl-C would; the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(30)

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """(status, text)."""
        return self._ask(urllib.request.Request(self.url + path, headers=headers))

    def json(self, path: str) -> Any:
        """A JSON answer."""
        return json.loads(self.get(path)[1])

    def json_as(self, path: str, headers: dict[str, str]) -> Any:
        """A JSON answer to somebody who comes with these headers."""
        return json.loads(self.get(path, **headers)[1])

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        """(status, answer)."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"content-type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
        status, text = self._ask(urllib.request.Request(self.url + path, data=data, headers=told))
        return status, json.loads(text or "null")

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as fault:
            return fault.code, fault.read().decode()


@pytest.fixture
def dashboard(tmp_path: Path, broker: Broker) -> Iterator[Callable[..., Dashboard]]:
    """`dashboard(site, …)`: the program, running; keywords: mode, in_service, options, sign_in, port of the broker,
    lines of the table `web`, `rewrite` (the text of the settings and their folder become the text that is used)."""
    yield from _running(tmp_path, broker)


@pytest.fixture(scope="module")
def dashboard_of_module(
    tmp_path_factory: pytest.TempPathFactory, broker: Broker
) -> Iterator[Callable[..., Dashboard]]:  # fmt: skip
    """The same, for all tests of a file together."""
    yield from _running(tmp_path_factory.mktemp("module"), broker)


@pytest.fixture(scope="module")
def dashboard_elsewhere(
    tmp_path_factory: pytest.TempPathFactory, broker: Broker
) -> Iterator[Callable[..., Dashboard]]:  # fmt: skip
    """The same with a folder, and so a store, of its own."""
    yield from _running(tmp_path_factory.mktemp("elsewhere"), broker)


def _running(folder: Path, broker: Broker) -> Iterator[Callable[..., Dashboard]]:
    running: list[Dashboard] = []

    def start(
        *sites: str, mode: str = "centre", in_service: bool = False, port: int = 0, options: Any = (),
        sign_in: bool = False, web: str = "", rewrite: Callable[[str, Path], str] = lambda text, _: text,
    ) -> Dashboard:  # fmt: skip
        text = settings_text(sites, port or broker.port, mode, in_service, sign_in)
        text = rewrite(text.replace("[web]\n", f"[web]\n{web}\n", 1), folder)
        one = Dashboard(folder, text, *options)
        running.append(one)
        return one.start()

    yield start
    for one in running:
        if one.process and one.process.poll() is None:
            one.kill()


SHARED = ("kind-reports", "kind-activation", "kind-declarations", "kind-notices", "bad-a", "form-a", "csrf-a", "csrf-b",
          "huge-a", "huge-b", "huge-c", "agree-a", "agree-b", "html-a", "exer-a", "hist-a", "gap-a", "rec-a", "old-a",
          "live-a", "ack-a", "enter-desk", "enter-phone", "deep-a", "deep-b", "words-a", "rev-a", "run-a",
          "net-a", "nap-a", "nap-b")  # fmt: skip


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, broker: Broker) -> Iterator[Dashboard]:
    """One running program for all tests that need none of their own; each has a site of its own in it."""
    one = Dashboard(tmp_path_factory.mktemp("shared"), settings_text(SHARED, broker.port)).start()
    until(lambda: one.json("/healthz")["broker"], "the link")
    yield one
    one.kill()


def settings_text(
    sites: tuple[str, ...], port: int, mode: str = "centre", in_service: bool = False, sign_in: bool = False
) -> str:
    """A settings file; the store beside it, a free port for the pages, whoever comes may do all unless they sign in."""
    tables = "".join(
        f'[[site]]\nid = "{site}"\nplace = "{site.capitalize()}"\nin_service = {str(in_service).lower()}\n'
        for site in sites
    )
    return (
        f"[web]\nport = 0\n[sign_in]\nrequired = {str(sign_in).lower()}\n"
        f'[broker]\nurl = "mqtt://127.0.0.1:{port}"\nreconnect_max_s = 0.5\nanswer_within_s = 20.0\n'
        f'[store]\npath = "store.sqlite"\n[view]\nmode = "{mode}"\n{tables}'
    )


@pytest.fixture
def settings_of() -> Callable[..., str]:
    """`settings_of(sites, port)`: the text of a settings file."""
    return settings_text


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """`asked(…)`: (exit code, stdout, stderr) of the command line within this process, where a new one adds nothing."""

    def run(*arguments: Any) -> tuple[int, str, str]:
        code = main([str(one) for one in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`command(…)`: the program run to its end."""

    def run(*arguments: Any) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "dashboard", *map(str, arguments)]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=40, env=os.environ)

    return run
