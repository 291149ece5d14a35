"""A site to listen to: a real broker on a free port, messages as the gateway would send them, real kiosk processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import paho.mqtt.client as paho
import pytest

from contract import topics
from contract.bulletins import Bulletin, PublicBulletin, Words
from contract.content import ContactsDocument, PublicDocument, Service, ServicesDocument
from contract.messages import (
    Head,
    KioskStatus,
    NoticeNow,
    PublicEvent,
    PublicPicture,
    ScreenSaid,
    ServiceNow,
    decode,
    encode,
)
from contract.wire import Moment
from contract.words import ClockQuality, Declared, Event, Power, Status
from doors.clock import Clock
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SITE = "are-kall"
BOOT = "site-boot"
NOON = 1_763_636_400_000
"""2025-11-20 12:00 in Sweden, a Thursday."""


def moment(ago_ms: int = 0, *, boot: str = BOOT, up_ms: int = 50_000_000, wall_ms: int | None = NOON) -> Moment:
    """A moment `ago_ms` before the sender's now."""
    wall = None if wall_ms is None else wall_ms - ago_ms
    clock = ClockQuality.UNSYNCED if wall is None else ClockQuality.SYNCED
    return Moment(boot=boot, up_ms=up_ms - ago_ms, wall_ms=wall, clock=clock)


def head(at: Moment | None = None, **changed: Any) -> Head:
    """A head sent at `at`."""
    at = at or moment()
    fields = {"site": SITE, "run": "run-1", "status": Status.ACTUAL} | changed
    return Head(boot=at.boot, up_ms=at.up_ms, wall_ms=at.wall_ms, clock=at.clock, **fields)


def picture(power: Power = Power.ON_MAINS, at: Moment | None = None, **changed: Any) -> PublicPicture:
    """A picture of the site; head fields `status` and `simulated` go to the head."""
    at = at or moment()
    tops = {name: changed.pop(name) for name in ("status", "simulated", "site") if name in changed}
    fields: dict[str, Any] = {
        "place": "Kall", "since": None, "active": False, "services": (), "notices": (), "events": (),
        "period_s": 10.0, "heartbeat_s": 60.0, "centre_heard": at,
    }  # fmt: skip
    return PublicPicture(head=head(at, **tops), power=power, **(fields | changed))


def bulletin(name: str = "b-1", serial: int = 1, at: Moment | None = None, **changed: Any) -> PublicBulletin:
    """A bulletin as the gateway passes it on."""
    tops = {key: changed.pop(key) for key in ("simulated",) if key in changed}
    ended = changed.pop("ended", False)
    fields: dict[str, Any] = {
        "incident": "i-1", "msg_type": "alert", "status": Status.ACTUAL, "sent_ms": NOON, "expires_ms": None,
        "sender_name": "Åre kommun", "category": "Infra", "urgency": "immediate", "severity": "severe",
        "certainty": "observed", "sites": (SITE,),
        "texts": {"sv": Words(headline="Koka vattnet", description="Vattnet i Kall kan vara smittat.",
                              instruction="Koka allt vatten som du dricker eller lagar mat med.")},
    }  # fmt: skip
    at = at or moment()
    return PublicBulletin(
        head=head(at, **tops), bulletin=Bulletin(id=name, serial=serial, **(fields | changed)), received=at, ended=ended
    )


SERVICES = ServicesDocument(
    services=(
        Service(key="shop", icon="shop", sv="Handla mat", en="Buy food", hours_sv="9–19", hours_en="9–19"),
        Service(key="fuel", icon="fuel", sv="Tanka", en="Buy fuel", hours_sv="dygnet runt", hours_en="all day"),
        Service(key="post", icon="post", sv="Hämta post", en="Collect post"),
        Service(key="pharmacy", icon="pharmacy", sv="Hämta medicin", en="Collect medicine"),
        Service(key="charge", icon="charge", sv="Ladda telefonen", en="Charge your phone"),
    )
)
CONTACTS = ContactsDocument(
    p4_mhz="100,5",
    rows_sv=("112 – fara för liv", "113 13 – frågor i en kris", "1177 – sjukvård", "114 14 – polisen"),
    rows_en=("112 – danger to life", "113 13 – questions in a crisis", "1177 – health care", "114 14 – the police"),
)


def documents(**tops: Any) -> list[PublicDocument]:
    """The two documents of the site."""
    both = {"services": SERVICES, "contacts": CONTACTS}
    return [
        PublicDocument(head=head(**tops), name=name, version=1, sha256="0" * 64, body=json.loads(encode(body)))
        for name, body in both.items()
    ]


def wait_until(happened: Callable[[], Any], within_s: float = 30.0) -> Any:
    """What `happened` answers once it is true; fails when it does not come in time."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        answer = happened()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {within_s} s")


class Gateway:
    """The other side of the broker: says what a gateway would say, hears what it would hear."""

    def __init__(self, port: int, *, simulated: bool = False) -> None:
        self.clock = Clock()
        self.simulated = simulated
        self.heard: list[bytes] = []
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.screens: dict[str, ScreenSaid] = {}
        self.last: PublicPicture | None = None
        self._one_word = threading.Lock()
        """An answer to a screen and a picture of the test leave whole, one after the other."""
        self._client.on_message = self._take
        self._client.connect("127.0.0.1", port)
        self._client.subscribe([(topics.receipt(SITE), 1), (topics.kiosk_status(SITE), 1)])
        self._client.loop_start()

    def _take(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        if message.topic == topics.receipt(SITE):
            self.heard.append(message.payload)
            return
        said = decode(message.payload, KioskStatus)
        with self._one_word:
            known = self.screens.get(said.screen)
            self.screens = {**self.screens, said.screen: ScreenSaid(boot=said.boot, up_ms=said.up_ms)}
            if self.last is not None and (known is None or known.boot != said.boot):
                answer = msgspec.structs.replace(self.last, screens=self.screens)
                self._client.publish(topics.public_picture(SITE), encode(answer), qos=1, retain=True)

    def now(self, ago_ms: int = 0) -> Moment:
        """This very moment on a computer that booted with this one."""
        wall = time.time_ns() // 1_000_000 - ago_ms
        return Moment(boot="gw", up_ms=self.clock.up_ms() - ago_ms, wall_ms=wall, clock=ClockQuality.SYNCED)

    def say(self, message: Any, topic: str = "") -> None:
        """Publish retained and wait until the broker has it."""
        with self._one_word:
            if not topic:
                if isinstance(message, PublicPicture):
                    topic = topics.public_picture(SITE)
                    message = self.last = msgspec.structs.replace(message, screens=self.screens)
                elif isinstance(message, PublicBulletin):
                    topic = topics.public_bulletin(SITE, message.bulletin.id)
                else:
                    topic = topics.public_content(SITE, message.name)
            payload = message if isinstance(message, bytes) else encode(message)
            told = self._client.publish(topic, payload, qos=1, retain=True)
        told.wait_for_publish(30)

    def picture(self, power: Power = Power.ON_MAINS, **changed: Any) -> PublicPicture:
        """A picture as of now, said at once."""
        self.say(picture(power, self.now(), simulated=self.simulated, **changed))
        assert self.last is not None
        return self.last

    def close(self) -> None:
        """Leave."""
        self._client.loop_stop()
        self._client.disconnect()


class Kiosk:
    """A settings file in a folder of its own, and the processes started with it."""

    def __init__(self, folder: Path, port: int, **screen: Any) -> None:
        self.folder = folder
        self.file = folder / "kiosk.toml"
        self.cache = folder / "k.sqlite"
        self.shots = folder / "shots"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.simulated = False
        self.port = port
        self.write(**screen)

    def write(self, **screen: Any) -> None:
        """Write the settings file."""
        lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in ({"name": "butiken"} | screen).items())
        self.file.write_text(
            f'[site]\nid = "{SITE}"\nsimulated = {str(self.simulated).lower()}\n'
            f'[broker]\nurl = "mqtt://127.0.0.1:{self.port}"\nreconnect_max_s = 0.3\n'
            f'[cache]\npath = "k.sqlite"\n[screen]\n{lines}',
            "utf-8",
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command that goes on."""
        log = (self.folder / f"{arguments[0]}.err").open("ab")
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            environment.pop(name, None)
        process = subprocess.Popen(
            [sys.executable, "-m", "kiosk", arguments[0], str(self.file), *arguments[1:]],
            cwd=self.folder, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        self.processes.append(process)
        return process

    def call(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "kiosk", arguments[0], str(self.file), *arguments[1:]],
            cwd=self.folder, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    def counts(self) -> dict[str, Any]:
        """What `counts` prints, empty before there is a cache."""
        from kiosk.core.faults import CannotKeep
        from kiosk.io.cache import counts

        try:
            return counts(self.cache)
        except CannotKeep:
            return {"folded": 0, "events": [], "refused": 0, "bulletins": []}

    def said(self, name: str) -> str:
        """What a process has written to its log."""
        return (self.folder / f"{name}.err").read_text("utf-8")

    def stop(self, process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> int:
        """End one process and wait for it."""
        if process.poll() is None:
            process.send_signal(number)
        return process.wait(60)


@pytest.fixture
def broker_port(tmp_path: Path) -> Iterator[int]:
    """A real Mosquitto of its own."""
    port = free_port()
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_packet_size 2000000\n", "utf-8")
    program = next(path for path in ("/usr/sbin/mosquitto", "/usr/bin/mosquitto") if Path(path).exists())
    process = subprocess.Popen([program, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: listens(port))
        yield port
    finally:
        process.terminate()
        process.wait(10)


def listens(port: int) -> bool:
    """Does somebody listen there?"""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def gateway(broker_port: int) -> Iterator[Gateway]:
    """The gateway's side of the broker."""
    one = Gateway(broker_port)
    yield one
    one.close()


@pytest.fixture
def kiosk(tmp_path: Path, broker_port: int) -> Iterator[Kiosk]:
    """A kiosk at that broker."""
    one = Kiosk(tmp_path, broker_port)
    yield one
    for process in one.processes:
        if process.poll() is None:
            process.kill()
        process.wait(10)


class House:
    """What tests need by name: with importlib mode a test file cannot import its conftest."""

    moment = staticmethod(moment)
    head = staticmethod(head)
    picture = staticmethod(picture)
    bulletin = staticmethod(bulletin)
    documents = staticmethod(documents)
    wait_until = staticmethod(wait_until)
    free_port = staticmethod(free_port)
    listens = staticmethod(listens)
    SITE, BOOT, NOON, SERVICES, CONTACTS = SITE, BOOT, NOON, SERVICES, CONTACTS
    Event, PublicEvent, ServiceNow, NoticeNow, Declared = Event, PublicEvent, ServiceNow, NoticeNow, Declared


@pytest.fixture(scope="session")
def house() -> type[House]:
    """Makers of messages."""
    return House
