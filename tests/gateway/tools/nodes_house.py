"""A box with its broker as installed, a gateway, keys and a signed program: all that a technician finds there."""

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from contract import topics
from doors.clock import spec_of
from gateway.__main__ import _parser
from gateway.tools.nodes import run_nodes
from tests.gateway.conftest import ROOT, SITE, Gateway
from tests.keys.conftest import Client, Mosquitto, eventually, free_ports, quiet

MACHINE = "127.0.0.5"
"""An address of this machine that stands for the box's on the machine network."""
WITHIN_S = 30.0
RATE = 20


class Answer(NamedTuple):
    """What a command said."""

    code: int
    out: str
    err: str


class Box:
    """Broker, keys, program and settings below `home`; the gateway is started by the test."""

    def __init__(self, home: Path, nodes: str, *names: str) -> None:
        self.home = home
        self.port, psk_port = free_ports(2)
        self.broker_folder = home / "broker"
        quiet(
            "mosquitto", "site", "--site", SITE, "--out", self.broker_folder, "--user", "root",
            "--local-port", self.port, "--machine", MACHINE, "--psk-port", psk_port,
        )  # fmt: skip
        for name in ("gateway", "owner"):
            quiet("account", name, "--dir", self.broker_folder, "--secret", home / name)
        for name in names:
            quiet("node", name, "--dir", self.broker_folder, "--secret", home / f"{name}.key")
        self.broker = Mosquitto(self.broker_folder)
        self.broker.listens(MACHINE, psk_port)
        quiet("firmware", "new", home / "firmware")
        self.program = home / "program"
        text = (
            f'[site]\nid = "{SITE}"\nplace = "Test"\nsimulated = true\n[store]\npath = "{home / "gateway.db"}"\n'
            f'commit_every_s = 0.1\n[site_broker]\nurl = "mqtt://127.0.0.1:{self.port}"\nuser = "gateway"\n'
            f'reconnect_max_s = 0.5\npassword_file = "{home / "gateway"}"\n[screens]\nexpected = 0\n'
            "[pace]\npicture_every_s = 0.1\nheartbeat_s = 20\n"
            f'[nodes]\nfirmware_keys = "{home / "firmware" / "firmware.pub"}"\n'
            f'[provision]\naddress = "{MACHINE}"\nport = {psk_port}\nkeys = "{home}"\nprogram = "{self.program}"\n'
        )
        self.settings = home / "site.toml"
        self.settings.write_text(text + nodes, "utf-8")
        self.settings.chmod(0o600)
        self.gateway = Gateway(home, spec_of(RATE, 1_790_000_000_000, 600_000, "boot-of-the-box"), text + nodes)

    def build(self) -> None:
        """The program, compiled and signed, as whoever answers for it does."""
        built = [sys.executable, "-m", "gateway", "nodes", "build", str(self.program)]
        subprocess.run(built, cwd=ROOT, stdout=subprocess.DEVNULL, check=True, timeout=120)
        quiet("firmware", "sign", self.program, "--key", self.home / "firmware", "--board", "unix=1.29")

    def enter(self, name: str = "gateway") -> Client:
        """Somebody comes in by the box's own door."""
        return Client(account=(name, (self.home / name).read_text().strip()), port=self.port).inside()

    def nodes(self, *words: Any, typed: io.StringIO | None = None) -> Answer:
        """`sotpunkt-gateway nodes …`, and what somebody types."""
        asked = _parser().parse_args(["nodes", *map(str, words), "--settings", str(self.settings)])
        out, err, before = io.StringIO(), io.StringIO(), sys.stdin
        sys.stdin = typed or io.StringIO()
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run_nodes(asked)
        finally:
            sys.stdin = before
        return Answer(code, out.getvalue(), err.getvalue())

    def start(self) -> None:
        """The gateway listens when it says how it is: its subscriptions come before."""
        owner = self.enter("owner").asks(topics.status(SITE))
        owner.heard.clear()
        self.gateway.start()
        eventually(lambda: any(json.loads(body)["online"] for _, body in list(owner.heard)), "a gateway", WITHIN_S)
        owner.leave()

    def stop(self) -> None:
        """All off."""
        self.gateway.end()
        self.broker.stop()
