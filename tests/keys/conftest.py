"""A municipality with its authority, boxes and a real Mosquitto; clients that knock at it."""

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from keys.__main__ import main
from tests.ports import free_port

PLACES = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin"
WITHIN_S = 40.0
TODAY = datetime.now(UTC).date()
PASSPHRASE = "korrekt häst batteri\n"


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str


def eventually(happens: Callable[[], Any], what: str, within_s: float = WITHIN_S) -> Any:
    """Ask until the answer is true; fails after the deadline."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if answer := happens():
            return answer
        time.sleep(0.01)
    raise AssertionError(f"not within {within_s} s: {what}")


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on now."""
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port())
    return list(found)


@pytest.fixture
def keys(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs one command of `sotpunkt-keys`."""

    def run(*arguments: Any) -> Said:
        try:
            main([str(one) for one in arguments])
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return Said(code, told.out, told.err)

    return run


def quiet(*arguments: Any) -> None:
    """A command that must succeed."""
    with contextlib.redirect_stdout(None):
        main([str(one) for one in arguments])


class Centre:
    """An authority under `home`, with days counted from today."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "authority"
        self.broker = home / "broker"
        self.secret = home / "passphrase"
        self.secret.write_text(PASSPHRASE, "utf-8")
        self.secret.chmod(0o600)
        quiet("authority", "new", self.folder, *self.asked(ago=500))

    def asked(self, ago: int = 0) -> tuple[Any, ...]:
        """The arguments of a command of the authority, given so many days ago."""
        return "--passphrase-file", self.secret, "--today", TODAY - timedelta(days=ago)

    def admit(self, site: str, *, days: int = 365, ago: int = 0, box: str = "") -> Path:
        """A box with its certificate in place; its folder."""
        folder = self.home / (box or f"box-{site}")
        request, made = folder.with_suffix(".pem"), folder.with_suffix(".crt")
        for old in (request, made):
            old.unlink(missing_ok=True)
        quiet("request", site, "--dir", folder, "--out", request)
        quiet("site", "admit", request, "--days", days, "--authority", self.folder, "--out", made, *self.asked(ago))
        quiet("install", made, "--dir", folder, "--today", TODAY - timedelta(days=ago))
        return folder


class Mosquitto:
    """A real broker with the configuration that lies in its folder."""

    def __init__(self, folder: Path) -> None:
        self._log = (folder / "log").open("wb")
        command = [shutil.which("mosquitto", path=PLACES) or "mosquitto", "-c", str(folder / "mosquitto.conf")]
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        self.log = folder / "log"

    def listens(self, address: str, port: int) -> None:
        """Wait for a door."""

        def open_now() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            with socket.socket() as probe:
                return probe.connect_ex((address, port)) == 0

        eventually(open_now, f"a broker at {address}:{port}")

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(WITHIN_S)
        self._log.close()


class Client:
    """Somebody who knocks; `code` is the broker's answer, `heard` what came."""

    def __init__(
        self, port: int, *, client_id: str = "", address: str = "127.0.0.1", account: tuple[str, str] | None = None,
        context: ssl.SSLContext | None = None, will: str = "",
    ) -> None:  # fmt: skip
        self.code: int | None = None
        self.gone = False
        self.heard: list[tuple[str, bytes]] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id or f"test-{os.urandom(4).hex()}")
        if account is not None:
            self._client.username_pw_set(*account)
        if context is not None:
            self._client.tls_set_context(context)
        if will:
            self._client.will_set(will, b"my last will", qos=1)
        self._client.on_connect = lambda _c, _u, _f, code, _p: setattr(self, "code", code.value)
        self._client.on_message = lambda _c, _u, one: self.heard.append((one.topic, one.payload))
        self._client.on_disconnect = self._end
        self._client.reconnect_delay_set(60, 60)
        self._client.connect(address, port, keepalive=30)
        self._client.loop_start()

    def _end(self, *_: Any) -> None:
        self.gone = True

    def inside(self) -> "Client":
        """Wait until the broker has let it in."""
        eventually(lambda: self.code == 0, "a way in")
        return self

    def refused(self) -> bool:
        """Wait until the broker has answered, or closed the door: was it a no?"""
        eventually(lambda: self.code is not None or self.gone, "an answer")
        return self.code != 0

    def asks(self, *filters: str) -> "Client":
        """Subscribe, and wait for the answers."""
        answered: list[int] = []
        self._client.on_subscribe = lambda _c, _u, number, _r, _p: answered.append(number)
        for one in filters:
            self._client.subscribe(one, qos=1)
        eventually(lambda: len(answered) == len(filters), "answers")
        return self

    def says(self, topic: str, text: str = "x", *, retain: bool = False) -> "Client":
        """Publish, and wait until the broker took it."""
        told = self._client.publish(topic, text.encode(), qos=1, retain=retain)
        told.wait_for_publish(WITHIN_S)
        assert told.is_published(), f"not within {WITHIN_S} s: the broker took {topic}"
        return self

    def hears(self, topic: str) -> list[str]:
        """All topics that have come when this one is there."""
        eventually(lambda: topic in [one for one, _ in self.heard], topic)
        return sorted({one for one, _ in self.heard})

    def die(self) -> None:
        """Be gone without a goodbye."""
        wire = self._client.socket()
        assert wire is not None
        wire.shutdown(socket.SHUT_RDWR)

    def leave(self) -> None:
        """Say goodbye; its thread ends by itself."""
        self._client.disconnect()


@pytest.fixture
def knock() -> Iterator[Callable[..., Client]]:
    """Makes clients; all leave at the end."""
    made: list[Client] = []

    def one(port: int, **more: Any) -> Client:
        made.append(Client(port, **more))
        return made[-1]

    yield one
    for client in made:
        client.leave()


def context_of(box: Path | None, authority: Path) -> ssl.SSLContext:
    """What a gateway would connect with."""
    context = ssl.create_default_context(cafile=authority)
    if box is not None:
        context.load_cert_chain(box / "current" / "site.crt", box / "current" / "site.key")
    return context
