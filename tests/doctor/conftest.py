"""Boxes as files, brokers as real Mosquitto, certificates as real ones; and the doctor's command."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
DEADLINE_S = 40.0


class Said(NamedTuple):
    """What the doctor answered."""

    code: int
    out: str
    err: str

    def grade(self, text: str) -> str | None:
        """The grade of the finding with this key, None if it is not there."""
        rows = json.loads(self.out)["findings"]
        return next((row["grade"] for row in rows if row["text"] == text), None)

    def of(self, check: str) -> list[str]:
        """The keys of the findings of a check."""
        return [row["text"] for row in json.loads(self.out)["findings"] if row["check"] == check]

    def sentence(self, text: str) -> str:
        """The words of a finding."""
        return next(row["sentence"] for row in json.loads(self.out)["findings"] if row["text"] == text)


@pytest.fixture
def doctor() -> Callable[..., Said]:
    """Runs `sotpunkt-doctor` as a process of its own."""

    return lambda *arguments, **environment: _run(["-m", "doctor"], arguments, environment)


@pytest.fixture
def patient_doctor() -> Callable[..., Said]:
    """The same for a broker that is sure to say no: waits for its word, however late a busy machine lets it speak."""
    program = "import doctor.__main__, doctor.io.mqtt as own; own.ALERT_S = own.STEP_S = 40.0; doctor.__main__.main()"
    return lambda *arguments: _run(["-c", program], arguments, {})


def _run(program: list[str], arguments: Iterable[object], environment: dict[str, str]) -> Said:
    done = subprocess.run(
        [sys.executable, *program, *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, timeout=100, env={**os.environ, **environment},
    )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


class Box:
    """The settings and the /sys of a box, as files."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.etc = folder / "etc"
        self.state = folder / "state"
        for one in (self.root, self.etc, self.state):
            one.mkdir()
        self.password = self.etc / "password"
        self.password.write_text("geheimnis\n", "utf-8")
        self.password.chmod(0o600)

    def file(self, path: str, text: str) -> Path:
        """A file of /sys or /proc."""
        here = self.root / path
        here.parent.mkdir(parents=True, exist_ok=True)
        here.write_text(text + "\n", "utf-8")
        return here

    def settings(self, port: int = 1, central: str = "", devices: str = "", screens: int = 0) -> None:
        """The gateway's settings."""
        (self.etc / "gateway.toml").write_text(
            f'[site]\nid = "are-kall"\nplace = "Kall"\n[store]\npath = "{self.state}/gateway.db"\n'
            f'[site_broker]\nurl = "mqtt://127.0.0.1:{port}"\nuser = "gateway"\npassword_file = "{self.password}"\n'
            f"[screens]\nexpected = {screens}\n{central}{devices}",
            "utf-8",
        )

    @property
    def call(self) -> tuple[object, ...]:
        """The arguments that show the doctor this box."""
        return "--dir", self.etc, "--root", self.root, "--json"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """A box with nothing in its /sys."""
    made = Box(tmp_path)
    made.settings()
    return made


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Callable[..., int]]:
    """Starts brokers with these lines; gives the port."""
    if MOSQUITTO is None:
        pytest.skip("Mosquitto is not installed")
    running: list[subprocess.Popen[bytes]] = []

    def start(*lines: str) -> int:
        port = free_port()
        conf = tmp_path / f"mosquitto-{port}.conf"
        account = ["user root"] if os.geteuid() == 0 else []
        conf.write_text("\n".join([*account, f"listener {port} 127.0.0.1", *lines]) + "\n", "utf-8")
        running.append(subprocess.Popen([str(MOSQUITTO), "-c", str(conf)], stderr=subprocess.DEVNULL))
        until = time.monotonic() + DEADLINE_S
        while time.monotonic() < until and running[-1].poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return port
            time.sleep(0.01)
        raise AssertionError("Mosquitto did not start")

    yield start
    for one in running:
        one.kill()
        one.wait(DEADLINE_S)


class Authority:
    """Makes certificates: its own, one for the broker, and those of sites with any last day."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Authority {folder.name}")])
        now = datetime.now(UTC)
        self._own = self._sign(self._name, self._key.public_key(), now + timedelta(days=3650), above=True)
        self.file = self._write("authority.crt", self._own.public_bytes(serialization.Encoding.PEM))

    def make(self, name: str, until: date, key_name: str = "") -> tuple[Path, Path]:
        """Certificate and key; the certificate ends at the end of that day."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        end = datetime(until.year, until.month, until.day, 23, 59, 59, tzinfo=UTC)
        made = self._sign(subject, key.public_key(), end, above=False)
        form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return (
            self._write(f"{name}{key_name}.crt", made.public_bytes(serialization.Encoding.PEM)),
            self._write(f"{name}{key_name}.key", key.private_bytes(serialization.Encoding.PEM, *form)),
        )

    def _sign(self, subject: x509.Name, public: Any, end: datetime, *, above: bool) -> x509.Certificate:
        begin = min(datetime.now(UTC), end) - timedelta(days=400)
        alt = x509.SubjectAlternativeName([x509.DNSName("localhost")])
        return (
            x509.CertificateBuilder()
            .subject_name(subject).issuer_name(self._name).public_key(public)
            .serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=above, path_length=None), critical=True)
            .add_extension(alt, critical=False)
            .sign(self._key, hashes.SHA256())
        )  # fmt: skip

    def _write(self, name: str, body: bytes) -> Path:
        file = self.folder / name
        file.write_bytes(body)
        file.chmod(0o600)
        return file


@pytest.fixture
def authority(tmp_path: Path) -> Callable[..., Authority]:
    """Makes authorities."""
    return lambda name="a": Authority(tmp_path / f"authority-{name}")
