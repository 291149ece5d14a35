"""The broker of a box as installed, with accounts for the gateway, the owner's page and sensor nodes."""

from pathlib import Path

from tests.keys.conftest import Client, Mosquitto, free_ports, quiet

from .conftest import SITE


class NodeDoor:
    """Runs below `home`. `machine`: an address of this machine that stands for the box's on the machine network.

    The nodes come in by a key of their own, or, where `plain`, by a password. `port` is the box's own door,
    `nodes_port` theirs. The secret of each account lies in `home` under its name, and a node's key under `name.key`.
    """

    def __init__(self, home: Path, machine: str, nodes: tuple[str, ...], *, plain: bool) -> None:
        self.port, self.psk_port, plain_port = free_ports(3)
        self.nodes_port = plain_port if plain else self.psk_port
        self.folder = home / "broker"
        self._home, self._machine = home, machine
        quiet(
            "mosquitto", "site", "--site", SITE, "--out", self.folder, "--user", "root", "--local-port", self.port,
            "--machine", machine, "--psk-port", self.psk_port, *(("--plain-port", plain_port) if plain else ()),
        )  # fmt: skip
        for name in ("gateway", "owner"):
            quiet("account", name, "--dir", self.folder, "--secret", home / name)
        for name in nodes:
            door = ("--plain", "--secret", home / name) if plain else ("--secret", home / f"{name}.key")
            quiet("node", name, *door, "--dir", self.folder)
        self.broker = Mosquitto(self.folder)
        self.broker.listens(machine, self.nodes_port)

    def settings(self, store: str | Path) -> str:
        """What every gateway of these tests is told first."""
        return (
            f'[site]\nid = "{SITE}"\nplace = "Test"\nsimulated = true\n[store]\npath = "{store}"\n'
            f'[site_broker]\nurl = "mqtt://127.0.0.1:{self.port}"\nuser = "gateway"\nreconnect_max_s = 0.5\n'
            f'password_file = "{self._home / "gateway"}"\n[screens]\nexpected = 0\n'
        )

    def enter(self, name: str) -> Client:
        """Somebody comes in at his own door."""
        account = (name, (self._home / name).read_text().strip())
        door = {"port": self.port}
        if name not in ("gateway", "owner"):
            door = {"address": self._machine, "port": self.nodes_port}  # type: ignore[dict-item]
        return Client(account=account, **door).inside()  # type: ignore[arg-type]
