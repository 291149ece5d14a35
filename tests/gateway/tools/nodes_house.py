"""A box with its broker as installed, a gateway, keys and a signed program: all that a technician finds there."""

import contextlib
import io
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from doors.clock import spec_of
from gateway.__main__ import _parser
from gateway.tools.nodes import run_nodes
from tests.gateway.conftest import ROOT, Gateway
from tests.gateway.node_door import NodeDoor
from tests.keys.conftest import quiet

MACHINE = "127.0.0.5"
"""An address of this machine that stands for the box's on the machine network."""
WITHIN_S = 30.0
RATE = 20


class Answer(NamedTuple):
    """What a command said."""

    code: int
    out: str
    err: str


class Box(NodeDoor):
    """Broker, keys, program and settings below `home`; the gateway is started by the test."""

    def __init__(self, home: Path, nodes: str, *names: str) -> None:
        super().__init__(home, MACHINE, names, plain=False)
        quiet("firmware", "new", home / "firmware")
        self.program = home / "program"
        text = self.head(home / "gateway.db", "commit_every_s = 0.1") + (
            f'[nodes]\nfirmware_keys = "{home / "firmware" / "firmware.pub"}"\n'
            f'[provision]\naddress = "{MACHINE}"\nport = {self.nodes_port}\nkeys = "{home}"\n'
            f'program = "{self.program}"\n'
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
        """The gateway runs."""
        self.listens(self.gateway)

    def stop(self) -> None:
        """All off."""
        self.gateway.end()
        self.broker.stop()
