"""Bulletins at the running gateway: what was cancelled does not come back, what a lost key signed does not stay."""

import base64
import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import topics
from contract.messages import SiteStatus, decode
from contract.records import RecordBatch
from tests.keys.conftest import Client, Mosquitto, eventually, free_ports, knock

__all__ = ["knock"]

ROOT = Path(__file__).parents[2]
SITE = "are-kall"
BULLETIN = {
    "serial": 1, "incident": "vatten", "msg_type": "alert", "status": "actual", "sent_ms": 1_700_000_000_000,
    "expires_ms": None, "sender_name": "Åre kommun", "category": "Infra", "urgency": "immediate",
    "severity": "severe", "certainty": "observed", "sites": [SITE], "texts": {"sv": {"headline": "Koka vattnet"}},
}  # fmt: skip


def signed(key: Ed25519PrivateKey, key_id: str, **more: Any) -> str:
    """A bulletin as the centre says it."""
    body = json.dumps(BULLETIN | more).encode()
    parts = {"signed": base64.b64encode(body).decode(), "signature": base64.b64encode(key.sign(body)).decode()}
    return json.dumps({"v": 1, "key_id": key_id, **parts})


class Box:
    """A gateway that is started again and again, at a broker that stays."""

    def __init__(self, home: Path, **keys: Ed25519PrivateKey) -> None:
        self.home, self.keys = home, keys
        (self.port,) = free_ports(1)
        (home / "mosquitto.conf").write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n")
        self.broker = Mosquitto(home)
        self.broker.listens("127.0.0.1", self.port)

    @contextlib.contextmanager
    def running(self, *believed: str) -> Iterator[None]:
        """The program with these keys in its settings."""
        rows = [
            f'[[bulletins.key]]\nid = "{name}"\n'
            f'public = "{base64.b64encode(self.keys[name].public_key().public_bytes_raw()).decode()}"\n'
            for name in believed
        ]
        settings = self.home / "gateway.toml"
        settings.write_text(
            f'[site]\nid = "{SITE}"\nplace = "Kall"\n[store]\npath = "{self.home}/g.db"\n'
            + "".join(f'[{one}_broker]\nurl = "mqtt://127.0.0.1:{self.port}"\n' for one in ("site", "central"))
            + "".join(rows)
        )
        with (self.home / "gateway.log").open("ab") as log:
            command = [sys.executable, "-m", "gateway", "run", str(settings)]
            process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """One with two keys."""
    made = Box(tmp_path, **{name: Ed25519PrivateKey.generate() for name in ("old", "new")})
    yield made
    made.broker.stop()


def test_bulletins_survive_restarts_replays_and_lost_keys(box: Box, knock: Callable[..., Client]) -> None:
    """Cancelled and played again, of a key taken away, of that key once more: none is on the screen, and it is told."""
    centre = knock(box.port).inside().asks(topics.public_all(SITE), topics.up_all(SITE))

    def shows(name: str, *, ended: bool) -> bool:
        told = [body for topic, body in centre.heard if topic == topics.public_bulletin(SITE, name)]
        return bool(told) and json.loads(told[-1])["ended"] is ended

    def refused(reason: str) -> bool:
        told = [decode(body, RecordBatch) for topic, body in centre.heard if topic == topics.record(SITE, "event")]
        return any(one.body.get("reason") == reason for batch in told for one in batch.records)

    def say(name: str, key: str, **more: Any) -> None:
        told = signed(box.keys[key], key, id=name, **more)
        centre.says(topics.bulletin(SITE, name), told)

    runs: set[str] = set()

    def listens() -> bool:
        """Is a run there that was not before? It says so when it hears the centre, and that is not kept for it."""
        told = [decode(body, SiteStatus) for topic, body in centre.heard if topic == topics.status(SITE)]
        new = {one.head.run for one in told if one.online} - runs
        runs.update(new)
        return bool(new)

    with box.running("old"):
        eventually(listens, "the gateway", 60)
        say("b-1", "old")
        say("b-3", "old", incident="storm", serial=1)
        eventually(lambda: shows("b-1", ended=False) and shows("b-3", ended=False), "both on the screen", 60)
        say("b-2", "old", msg_type="cancel", serial=2, references=["b-1"])
        eventually(lambda: shows("b-1", ended=True), "the end of the first", 60)
    centre.heard.clear()
    with box.running("old", "new"):
        eventually(listens, "the second start", 60)
        eventually(lambda: shows("b-3", ended=False), "the second as before", 60)
        say("b-1", "old")
        say("b-4", "old")
        eventually(lambda: refused("bulletin_replayed"), "a refusal", 60)
        eventually(lambda: shows("b-1", ended=True), "the first as before", 60)
    centre.heard.clear()
    with box.running("new"):
        eventually(listens, "the third start", 60)
        eventually(lambda: shows("b-3", ended=True), "the end of what the lost key signed", 60)
        say("b-5", "old", incident="brand", serial=9)
        eventually(lambda: refused("bulletin_key_unknown"), "a refusal", 60)
    assert [] == [topic for topic, _ in centre.heard if topic.endswith(("/b-4", "/b-5"))]
    assert "Traceback" not in (box.home / "gateway.log").read_text()
