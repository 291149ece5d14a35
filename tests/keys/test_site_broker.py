"""The broker on the box as `sotpunkt-keys` sets it up: gateway, kiosk, owner's page, sensor nodes, and nobody else."""

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contract import topics

from .conftest import PLACES, Client, Mosquitto, eventually, free_ports, quiet

SITE, OTHER = "are-kall", "are-duved"
MACHINE, GUEST = "127.0.0.2", "127.0.0.3"
"""Addresses of this machine that stand for the box's on the machine network and on the guests'."""
Knock = Callable[..., Client]
PUB = shutil.which("mosquitto_pub", path=PLACES)


class Box:
    """The broker of a box with an account for everybody."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port, self.psk_port, self.plain_port = free_ports(3)
        folder = home / "broker"
        quiet(
            "mosquitto", "site", "--site", SITE, "--out", folder, "--user", "root", "--local-port", self.port,
            "--machine", MACHINE, "--psk-port", self.psk_port, "--plain-port", self.plain_port,
        )  # fmt: skip
        for name in ("gateway", "kiosk", "owner"):
            quiet("account", name, "--dir", folder, "--secret", home / name)
        for name in ("tank-1", "tank-2"):
            quiet("node", name, "--dir", folder, "--secret", home / name)
        quiet("node", "door-1", "--plain", "--dir", folder, "--secret", home / "door-1")
        settings = folder / "mosquitto.conf"
        settings.write_text(settings.read_text().replace("sys_interval 0", "sys_interval 1"))
        self.broker = Mosquitto(folder)
        self.broker.listens("127.0.0.1", self.port)
        self.broker.listens(MACHINE, self.plain_port)

    def secret(self, name: str) -> str:
        """The password or key of an account."""
        return (self.home / name).read_text().strip()

    def program(self, name: str) -> dict[str, Any]:
        """How a program on the box comes in."""
        return {"port": self.port, "account": (name, self.secret(name))}

    def board(self, name: str, topic: str, key: str | None = None, *more: str) -> int:
        """A board says something over TLS-PSK; the exit code of Mosquitto's own client."""
        command = [
            str(PUB), "-h", MACHINE, "-p", str(self.psk_port), "--psk", key or self.secret(name),
            "--psk-identity", name, "-t", topic, "-m", name, "-q", "1", *more,
        ]  # fmt: skip
        return subprocess.run(command, capture_output=True, timeout=60).returncode


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    """One broker for all tests of this file."""
    made = Box(tmp_path_factory.mktemp("box"))
    yield made
    made.broker.stop()


def test_gateway_speaks_for_its_site_and_no_other(box: Box, knock: Knock) -> None:
    """It reads and writes every topic of its site, and nothing of another one."""
    gateway = knock(**box.program("gateway")).inside().asks("#")
    gateway.says(topics.status(OTHER), "x").says(topics.public_picture(SITE)).says(topics.state(SITE))

    assert [topics.public_picture(SITE), topics.state(SITE)] == gateway.hears(topics.state(SITE))


def test_kiosk_reads_what_is_public_and_says_what_it_showed(box: Box, knock: Knock) -> None:
    """Whatever it asks for it gets nothing for staff; whatever it says, only receipt and sign of life arrive."""
    gateway = knock(**box.program("gateway")).inside().asks(f"sot/1/{SITE}/#")
    kiosk = knock(**box.program("kiosk")).inside().asks("#", "$SYS/#", topics.up_all(SITE), topics.local_orders(SITE))
    gateway.says(topics.state(SITE), "fuel 63 %", retain=True).says(topics.local_orders(SITE), "names", retain=True)
    gateway.says(topics.receipt_mark(SITE), "public")
    forged = (
        topics.status(SITE), topics.public_picture(SITE), topics.mark(SITE), topics.local_orders(SITE),
        topics.node_report(SITE, "kiosk"),
    )  # fmt: skip
    for topic in forged:
        kiosk.says(topic, "forged")
    kiosk.says(topics.kiosk_status(SITE), "alive").says(topics.receipt(SITE), "shown")
    gateway.hears(topics.receipt(SITE))
    for topic in (topics.state(SITE), topics.local_orders(SITE)):
        gateway.says(topic, "", retain=True)

    assert [topics.receipt_mark(SITE)] == kiosk.hears(topics.receipt_mark(SITE))
    assert b"forged" not in [payload for _, payload in gateway.heard]
    assert (topics.kiosk_status(SITE), b"alive") in gateway.heard


def test_owner_reads_the_site_and_enters_orders_only(box: Box, knock: Knock) -> None:
    """Staff's picture and the public one, and orders of the site; neither the centre's words nor a node's."""
    gateway = knock(**box.program("gateway")).inside().asks(f"sot/1/{SITE}/#")
    owner = knock(**box.program("owner")).inside().asks("#", "$SYS/#")
    for topic in (
        topics.orders(SITE),
        topics.node_report(SITE, "tank-1"),
        topics.state(SITE),
        topics.receipt_mark(SITE),
    ):
        gateway.says(topic)
    for topic in (
        topics.orders(SITE),
        topics.state(SITE),
        topics.public_picture(SITE),
        topics.node_report(SITE, "owner"),
    ):
        owner.says(topic, "forged")
    owner.says(topics.local_orders(SITE), "mine")
    gateway.hears(topics.local_orders(SITE))

    may = [topics.local_orders(SITE), topics.receipt_mark(SITE), topics.state(SITE)]
    assert may == owner.hears(topics.local_orders(SITE))
    assert b"forged" not in [payload for _, payload in gateway.heard]


def test_node_with_its_key_writes_its_own_report_and_no_more(box: Box, knock: Knock) -> None:
    """Over TLS-PSK: its own branch arrives, another node's and the site's do not, nor a claimed user name or id."""
    gateway = knock(**box.program("gateway")).inside().asks(f"sot/1/{SITE}/#")

    assert 0 == box.board("tank-1", topics.node_report(SITE, "tank-2"))
    assert 0 == box.board("tank-1", topics.state(SITE))
    assert 0 == box.board("tank-1", topics.state(SITE), None, "-u", "gateway", "-i", f"{SITE}-gateway-site")
    assert 0 == box.board("tank-1", topics.node_report(SITE, "tank-1"))
    assert [topics.node_report(SITE, "tank-1")] == gateway.hears(topics.node_report(SITE, "tank-1"))
    assert not gateway.gone


def test_node_hears_nothing(box: Box, knock: Knock) -> None:
    """A board has no business with what others say."""
    gateway = knock(**box.program("gateway")).inside().says(topics.state(SITE), retain=True)
    command = [
        str(shutil.which("mosquitto_sub", path=PLACES)), "-h", MACHINE, "-p", str(box.psk_port), "--psk",
        box.secret("tank-1"), "--psk-identity", "tank-1", "-t", "#", "-t", "$SYS/#", "-W", "1",
    ]  # fmt: skip
    heard = subprocess.run(command, capture_output=True, timeout=60)
    gateway.says(topics.state(SITE), "", retain=True)

    assert b"" == heard.stdout


@pytest.mark.parametrize("name", ["tank-1", "gateway", "nobody"])
def test_wrong_key_or_name_is_refused(box: Box, name: str) -> None:
    """A name with a key that is not its own, and a program's name with a node's key, do not come in."""
    assert 0 != box.board(name, topics.node_report(SITE, name), key="00" * 32)
    assert 0 == box.board("tank-2", topics.node_report(SITE, "tank-2"))


def test_board_that_cannot_encrypt_has_its_own_door(box: Box, knock: Knock) -> None:
    """Its password opens that door only; the passwords of the box's programs do not open it."""
    gateway = knock(**box.program("gateway")).inside().asks(f"sot/1/{SITE}/#")
    door = {"port": box.plain_port, "address": MACHINE}
    board = knock(**door, account=("door-1", box.secret("door-1"))).inside()
    board.says(topics.node_report(SITE, "tank-1")).says(topics.node_report(SITE, "door-1"))

    assert [topics.node_report(SITE, "door-1")] == gateway.hears(topics.node_report(SITE, "door-1"))
    for name in ("gateway", "kiosk", "owner"):
        assert knock(**door, account=(name, box.secret(name))).refused()
    for account in (None, ("door-1", "guess"), ("tank-1", box.secret("tank-1"))):
        assert knock(**door, account=account).refused()
    assert knock(box.port, account=("door-1", box.secret("door-1"))).refused()


def test_nobody_comes_in_on_the_box_without_the_password(box: Box, knock: Knock) -> None:
    """No name, a wrong password, another one's: refused."""
    for account in (None, ("kiosk", "guess"), ("gateway", box.secret("kiosk"))):
        assert knock(box.port, account=account).refused()


def test_nothing_listens_on_the_guests_side(box: Box) -> None:
    """No door is open at another address of the box, and the programs' door at none but the machine itself."""
    doors = [(GUEST, port) for port in (box.port, box.psk_port, box.plain_port)] + [(MACHINE, box.port)]
    for address, port in doors:
        with socket.socket() as probe:
            assert 0 != probe.connect_ex((address, port)), (address, port)


def test_node_that_was_removed_stays_out(box: Box, knock: Knock) -> None:
    """Taken off the list and told to the broker, its key opens nothing."""
    quiet("node", "tank-9", "--dir", box.home / "broker", "--secret", box.home / "tank-9")
    box.broker.process.send_signal(1)
    gateway = knock(**box.program("gateway")).inside().asks(f"sot/1/{SITE}/node/#")
    eventually(lambda: 0 == box.board("tank-9", topics.node_report(SITE, "tank-9")), "an open door")
    gateway.hears(topics.node_report(SITE, "tank-9"))

    quiet("remove", "tank-9", "--dir", box.home / "broker")
    box.broker.process.send_signal(1)

    eventually(lambda: 0 != box.board("tank-9", topics.node_report(SITE, "tank-9")), "a closed door")


def test_log_of_the_broker_holds_no_secret(box: Box) -> None:
    """After all that was tried above: names yes, keys and payloads no."""
    said = box.broker.log.read_text()

    assert "door-1" in said
    assert [] == [
        name for name in ("gateway", "kiosk", "owner", "tank-1", "tank-2", "door-1") if box.secret(name) in said
    ]
