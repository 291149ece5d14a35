"""A box's broker as installed, with accounts for the gateway, the owner's page and sensor nodes."""

import json
from pathlib import Path

from contract import topics
from tests.keys.conftest import Client, Mosquitto, eventually, free_ports, quiet

from .conftest import SITE, Gateway

WITHIN_S = 60.0


class NodeDoor:
    """Stands below `home`. `machine`: an address of this machine that is the box's on the machine network.

    The nodes come in by a key of their own, or, where `plain`, by a password. `port` is the box's own door,
    `nodes_port` theirs. The secret of each account lies in `home` under its name, a node's key under `name.key`.
    """

    def __init__(self, home: Path, machine: str, nodes: tuple[str, ...], *, plain: bool) -> None:
        self.home = home
        self.port, psk_port, plain_port = free_ports(3)
        self.nodes_port = plain_port if plain else psk_port
        self.broker_folder = home / "broker"
        self._machine = machine
        self._runs: set[str] = set()
        quiet(
            "mosquitto", "site", "--site", SITE, "--out", self.broker_folder, "--user", "root",
            "--local-port", self.port, "--machine", machine, "--psk-port", psk_port,
            *(("--plain-port", plain_port) if plain else ()),
        )  # fmt: skip
        for name in ("gateway", "owner"):
            quiet("account", name, "--dir", self.broker_folder, "--secret", home / name)
        for name in nodes:
            door = ("--plain", "--secret", home / name) if plain else ("--secret", home / f"{name}.key")
            quiet("node", name, *door, "--dir", self.broker_folder)
        self.broker = Mosquitto(self.broker_folder)
        self.broker.listens(machine, self.nodes_port)

    def head(self, store: str | Path = "STORE", keeps: str = "") -> str:
        """What the gateway of each of these tests is told first; whatever comes next begins its own table."""
        return (
            f'[site]\nid = "{SITE}"\nplace = "Test"\nsimulated = true\n[store]\npath = "{store}"\n'
            f'{keeps}\n[site_broker]\nurl = "mqtt://127.0.0.1:{self.port}"\nuser = "gateway"\n'
            f'reconnect_max_s = 0.5\npassword_file = "{self.home / "gateway"}"\n[screens]\nexpected = 0\n'
            "[pace]\npicture_every_s = 0.1\nheartbeat_s = 20\n"
        )

    def enter(self, name: str = "gateway") -> Client:
        """Somebody comes in at his own door."""
        account = (name, (self.home / name).read_text().strip())
        if name in ("gateway", "owner"):
            return Client(account=account, port=self.port).inside()
        return Client(account=account, address=self._machine, port=self.nodes_port).inside()

    def listens(self, gateway: Gateway) -> None:
        """Start it; it listens when it says how it is: its subscriptions come before."""
        owner = self.enter("owner").asks(topics.status(SITE))
        gateway.start()

        def new() -> set[str]:
            """Of one that was killed the broker may still tell that it is there."""
            told = [json.loads(body) for _, body in list(owner.heard)]
            return {one["head"]["run"] for one in told if one["online"]} - self._runs

        self._runs |= eventually(new, "a gateway", WITHIN_S)
        owner.leave()
