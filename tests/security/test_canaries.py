"""No secret gets out: not into a log, a list of processes, an error, a store or a message, whatever goes wrong."""

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PLACES = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin"
SITE = "are-kall"
WITHIN_S = 60.0
NAMES = ("right", "wrong", "broken", "mismatch", "garbage", "passphrase", "signing")
CANARY = {name: f"kanariefagel{number}{'q' * number}" for number, name in enumerate(NAMES)}


class House:
    """Programs as processes; all that they say, everywhere, is gathered."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.running: list[subprocess.Popen[bytes]] = []
        self.command_lines: set[bytes] = set()
        self.messages: list[bytes] = []
        for folder in ("log", "data", "settings", "secret"):
            (home / folder).mkdir()
        self.broker()

    def secret(self, name: str, text: str | bytes = "") -> Path:
        """A file with a canary in it, or with what goes round it."""
        file = self.home / "secret" / name
        body = text if isinstance(text, bytes) else (text or CANARY[name]).encode()
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
        os.write(descriptor, body)
        os.close(descriptor)
        return file

    def broker(self) -> None:
        """One with a password for the gateway: the canary `right`."""
        accounts = self.home / "settings" / "accounts"
        accounts.write_text(f"gateway:{CANARY['right']}\n")
        subprocess.run([str(shutil.which("mosquitto_passwd", path=PLACES)), "-U", str(accounts)], check=True)
        accounts.chmod(0o600)
        config = self.home / "settings" / "broker.conf"
        config.write_text(
            f"listener {self.port} 127.0.0.1\npassword_file {accounts}\nallow_anonymous false\n"
            "user root\nlog_type all\n"
        )
        self.start("broker", str(shutil.which("mosquitto", path=PLACES)), "-c", str(config))
        self.until(self._listens, "the broker")

    def _listens(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """A process whose every word goes into a log."""
        with (self.home / "log" / name).open("ab") as log:
            self.running.append(subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log))
        self.look()
        return self.running[-1]

    def run(self, name: str, *words: Any) -> int:
        """A command to its end; the exit code."""
        process = self.start(name, sys.executable, "-m", *map(str, words))
        self.until(lambda: process.poll() is not None, name)
        return int(process.returncode)

    def look(self) -> None:
        """The list of processes, as everybody on the machine sees it."""
        for process in self.running:
            try:
                self.command_lines.add(Path(f"/proc/{process.pid}/cmdline").read_bytes())
                self.command_lines.add(Path(f"/proc/{process.pid}/environ").read_bytes())
            except OSError:
                continue

    def until(self, happens: Any, what: str) -> None:
        """Wait for something; meanwhile look."""
        deadline = time.monotonic() + WITHIN_S
        while time.monotonic() < deadline:
            self.look()
            if happens():
                return
            time.sleep(0.02)
        said = {log.name: log.read_text(errors="replace")[-600:] for log in (self.home / "log").iterdir()}
        raise AssertionError(f"not within {WITHIN_S} s: {what}; {said}")

    def said(self, name: str) -> str:
        """The log of one process."""
        return (self.home / "log" / name).read_text("utf-8", "replace")

    def listen(self) -> paho.Client:
        """Hear everything at the broker."""
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set("gateway", CANARY["right"])
        client.on_connect = lambda one, *_: one.subscribe("#", qos=1)
        client.on_message = lambda _c, _u, one: self.messages.append(one.topic.encode() + one.payload)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        return client

    def stop(self) -> None:
        """End what runs."""
        for process in reversed(self.running):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(60)

    def everything(self) -> dict[str, bytes]:
        """All that anybody could read: logs, stores, settings, messages, command lines."""
        found = {str(path): path.read_bytes() for path in self.home.rglob("*") if path.is_file()}
        outside = {name: body for name, body in found.items() if "/secret/" not in name}
        return outside | {"messages": b"\n".join(self.messages), "processes": b"\n".join(self.command_lines)}


def places(canary: str, everything: dict[str, bytes]) -> list[str]:
    """Where a canary sings, as it is or in base64."""
    raw = canary.encode()
    shapes = [raw, raw.hex().encode(), *(base64.b64encode(b"x" * pad + raw)[4:-4] for pad in range(3))]
    return [name for name, body in everything.items() if any(shape in body for shape in shapes)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Everything of one test."""
    one = House(tmp_path)
    yield one
    one.stop()


PEM = "-----BEGIN {0}-----\n{1}\n-----END {0}-----\n"


def gateway(house: House, name: str, password: Path, *, central: str = "") -> Path:
    """A gateway's settings."""
    file = house.home / "settings" / f"{name}.toml"
    file.write_text(
        f'[site]\nid = "{SITE}"\nplace = "Kall"\n[store]\npath = "{house.home}/data/{name}.db"\n[site_broker]\n'
        f'url = "mqtt://127.0.0.1:{house.port}"\nuser = "gateway"\npassword_file = "{password}"\n'
        f"reconnect_max_s = 0.2\n{central}"
    )
    return file


def test_no_secret_gets_out_whatever_goes_wrong(house: House) -> None:
    """Right and wrong passwords, keys that are none or do not fit, broken files: programs tell of them by name only."""
    python = sys.executable
    listener = house.listen()
    right, wrong = house.secret("right"), house.secret("wrong")
    broken = house.secret("broken", b"\xff\xfe" + CANARY["broken"].encode())
    key = house.secret(
        "mismatch", PEM.format("PRIVATE KEY", base64.b64encode(CANARY["mismatch"].encode() * 3).decode())
    )
    certificate = house.home / "settings" / "site.crt"
    certificate.write_text(PEM.format("CERTIFICATE", "AAAA"))
    central = (
        f'[central_broker]\nurl = "mqtts://localhost:{house.port}"\ncertificate_file = "{certificate}"\n'
        f'key_file = "{key}"\nreconnect_max_s = 0.2\n'
    )
    well = gateway(house, "well", right, central=central)
    for name, settings in (
        ("well", well),
        ("refused", gateway(house, "refused", wrong)),
        ("broken", gateway(house, "broken", broken)),
    ):
        house.start(name, python, "-m", "gateway", "run", str(settings))
    kiosk = house.home / "settings" / "kiosk.toml"
    door = f'[broker]\nurl = "mqtt://127.0.0.1:{house.port}"\nuser = "gateway"\npassword_file = "{wrong}"\n'
    kiosk.write_text(
        f'[site]\nid = "{SITE}"\n[cache]\npath = "{house.home}/data/kiosk.db"\n[screen]\nname = "b"\n{door}'
    )
    house.start("kiosk", python, "-m", "kiosk", "keeper", str(kiosk))
    dashboard = house.home / "settings" / "dashboard.toml"
    dashboard.write_text(
        f'[store]\npath = "{house.home}/data/dashboard.db"\n[web]\nport = {free_port()}\n[[site]]\nid = "{SITE}"\n'
        f'place = "Kall"\nin_service = false\n{door}'
    )
    house.start("dashboard", python, "-m", "dashboard", "run", str(dashboard))

    house.until(lambda: len(house.messages) > 3, "the gateway that is well")
    for name, says in (
        ("well", str(certificate)),
        ("refused", "refuses the account"),
        ("broken", "is not a text file"),
        ("kiosk", "refuses the account"),
        ("dashboard", "refuses the account"),
    ):
        house.until(lambda name=name, says=says: says in house.said(name), f"{name} says {says}")
    house.run("counts", "gateway", "counts", well)
    listener.disconnect()
    listener.loop_stop()
    house.stop()

    found = house.everything()
    assert len(house.messages) > 3
    assert {"well", "refused", "broken", "kiosk", "dashboard", "broker"} <= {Path(name).name for name in found}
    # the broker's own list of accounts had it before it was hashed
    assert {} == {name: told for name in CANARY if (told := places(CANARY[name], found))}


def test_commands_name_the_file_and_never_what_is_in_it(house: House) -> None:
    """Signing keys, passphrases and keys of boxes that are garbage, wrong, or of another kind."""
    home = house.home
    garbage = house.secret("garbage")
    signing = house.secret("signing", PEM.format("PRIVATE KEY", CANARY["signing"]))
    passphrase = house.secret("passphrase")
    good = house.secret("good", "en helt annan lösenfras\n")
    (home / "settings" / "d.toml").write_text(
        f'[store]\npath = "{home}/data/d.db"\n[[site]]\nid = "{SITE}"\nplace = "K"\n[broker]\nurl = "mqtt://127.0.0.1:1"\n'
    )
    today = ("--today", "2026-11-22")
    authority = ("--authority", home / "authority")
    assert 0 == house.run("new", "keys", "authority", "new", home / "authority", "--passphrase-file", good, *today)
    locked = ("keys", "site", "lock", SITE, *authority, *today, "--passphrase-file")
    publish = ("dashboard", "bulletin", "publish", home / "b.toml", "--settings", home / "settings" / "d.toml", "--key")
    assert 2 == house.run("lock-wrong", *locked, passphrase)
    assert 2 == house.run("publish-garbage", *publish, garbage)
    assert 2 == house.run("publish-signing", *publish, signing)
    assert 0 == house.run("request", "keys", "request", SITE, "--dir", home / "box")
    shutil.copy(signing, home / "secret" / "site.key")
    (home / "box" / "next" / "request.pem").unlink()
    (home / "box" / "next" / "site.key").write_bytes(signing.read_bytes())
    assert 2 == house.run("request-broken", "keys", "request", SITE, "--dir", home / "box")
    (home / "box" / "next" / "site.key").unlink()
    assert 0 == house.run("accounts", "keys", "mosquitto", "site", "--site", SITE, "--out", home / "broker")
    made = home / "secret" / "kiosk"
    assert 0 == house.run("account", "keys", "account", "kiosk", "--dir", home / "broker", "--secret", made)
    house.stop()

    found = house.everything()
    assert {} == {name: told for name in CANARY if (told := places(CANARY[name], found))}
    assert [] == places(made.read_text().strip(), found)
    assert [] == [name for name in found if "/log/" in name and b"Traceback" in found[name]]


def test_the_search_would_find_a_canary() -> None:
    """As it is, in hexadecimal, and inside of base64 at any offset."""
    bird = CANARY["garbage"]
    bodies = [
        bird.encode(),
        bird.encode().hex().encode(),
        *(base64.b64encode(b"a" * n + bird.encode()) for n in range(3)),
    ]

    assert [["x"]] * 5 == [places(bird, {"x": b"... " + body + b" ..."}) for body in bodies]
    assert [] == places(bird, {"x": b"nothing"})
