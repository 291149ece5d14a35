"""Guest, staff, machine and uplink in network namespaces: from each side every port is tried, the right ones answer.

The box is made as careless as can be: everything listens on all addresses of both families, and the kernel passes
packets on from one network to another. Only the firewall of the answers stands between.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LISTENS = HERE / "listens.py"
SIDES = {"eth0": "uplink", "wlan0": "staff", "eth1": "machine", "wlan1": "guest"}
PORTS = (22, 53, 67, 68, 80, 123, 443, 502, 546, 1883, 1884, 5353, 8080, 8883, 40000)
REAL = (502, 1883, 8080, 8883)
"""Served on the box by the programs themselves."""
IMAGE = '# image\ntitle = "A meter"\nunit = 1\n[[words]]\nfunction = 4\nat = 0\nhex = "4366"\n'


def _run(*command: object) -> str:
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


class Village:
    """A box with four networks, each with somebody in it."""

    def __init__(self, name: str, hosts: contextlib.ExitStack) -> None:
        self._name = name
        self._hosts = hosts
        self._make("box")
        for number, (wire, side) in enumerate(SIDES.items(), 1):
            self._make(side)
            _run("ip", "-n", self.ns("box"), "link", "add", wire, "type", "veth", "peer", "far", "netns", self.ns(side))
            for place, link, end in (("box", wire, 1), (side, "far", 2)):
                address = ("ip", "-n", self.ns(place), "addr", "add")
                _run(*address, f"10.77.{number}.{end}/24", "dev", link)
                _run(*address, f"fd77:{number}::{end}/64", "dev", link, "nodad")
                _run("ip", "-n", self.ns(place), "link", "set", link, "up")
            _run("ip", "-n", self.ns(side), "route", "add", "default", "via", f"10.77.{number}.1")
            _run("ip", "-n", self.ns(side), "-6", "route", "add", "default", "via", f"fd77:{number}::1")
        for name_of in ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"):
            self.inside("box", "sysctl", "-q", "-w", f"{name_of}=1")

    def _make(self, place: str) -> None:
        _run("ip", "netns", "add", self.ns(place))
        self._hosts.callback(lambda: subprocess.run(["ip", "netns", "del", self.ns(place)], timeout=30))
        _run("ip", "-n", self.ns(place), "link", "set", "lo", "up")

    def ns(self, place: str) -> str:
        """The namespace of a place."""
        return f"{self._name}-{place}"

    def inside(self, place: str, *command: object) -> str:
        """What a command prints there."""
        return _run("ip", "netns", "exec", self.ns(place), *command)

    def start(self, place: str, log: Path, *command: object) -> None:
        """A program that runs there until the end."""
        with log.open("wb") as out:
            one = subprocess.Popen(
                ["ip", "netns", "exec", self.ns(place), *map(str, command)],
                stdin=subprocess.PIPE, stdout=out, stderr=out, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        self._hosts.callback(lambda: (one.kill(), one.wait(40), one.stdin.close()))

    def open_from(self, place: str, *hosts: str, wanted: set[str], account: int | None = None) -> set[str]:
        """Which ports of these addresses answer somebody there, in up to four tries while any of `wanted` is missing.

        One answer in any try is an open door; a busy machine may be slow to open one.
        """
        who = ["setpriv", f"--reuid={account}", "--clear-groups"] if account is not None else []
        tried = [sys.executable, LISTENS, "try", *hosts, "/", *PORTS]
        seen: set[str] = set()
        for _ in range(4):
            seen |= set(json.loads(self.inside(place, *who, *tried)))
            if wanted <= seen:
                break
        return seen

    def all_up(self, place: str) -> bool:
        """Does every TCP port listen there, and a Modbus server on both families?"""
        rows = self.inside(place, "ss", "-ltnH").splitlines()
        ports = [int(row.split()[3].rsplit(":", 1)[1]) for row in rows]
        return set(PORTS) <= set(ports) and (place not in ("box", "machine") or ports.count(502) == 2)


def _wait_for(happens: Callable[[], Any], what: str) -> None:
    until = time.monotonic() + 80
    while time.monotonic() < until:
        if happens():
            return
        time.sleep(0.05)
    raise AssertionError(what)


def _broker(root: Path, folder: Path) -> Path:
    """The box's own broker, opened to all addresses: the firewall is to be tried, not the binding."""
    folder.mkdir()
    for file in (root / "etc/sotpunkt/broker").iterdir():
        shutil.copyfile(file, folder / file.name)
        (folder / file.name).chmod(0o600)
    text = (folder / "mosquitto.conf").read_text("utf-8").replace("/etc/sotpunkt/broker", str(folder))
    text = text.replace("user mosquitto", "user root").replace("listener 1883 127.0.0.1", "listener 1883")
    at = folder / "mosquitto.conf"
    at.write_text(text.replace("listener 8883 10.44.0.1", "listener 8883"), "utf-8")
    return at


def _owner_page(root: Path, folder: Path) -> Path:
    """The settings that were installed, with a store and a password of our own."""
    text = (root / "etc/sotpunkt/dashboard.toml").read_text("utf-8")
    text = text.replace("/var/lib/sotpunkt-dashboard/", f"{folder}/")
    at, secret = folder / "dashboard.toml", folder / "broker.password"
    secret.write_text("none\n", "utf-8")
    secret.chmod(0o600)
    at.write_text(re.sub(r'password_file = ".*"', f'password_file = "{secret}"', text), "utf-8")
    return at


def _populate(village: Village, installed: Path, folder: Path) -> None:
    """Real broker, web server and Modbus on the box; all ports on every side."""
    image = folder / "image.toml"
    image.write_text(IMAGE, "utf-8")
    village.start("box", folder / "mqtt.log", "mosquitto", "-c", _broker(installed, folder / "broker"))
    village.start("box", folder / "web.log", sys.executable, "-m", "dashboard", "run", _owner_page(installed, folder))
    modbus = (sys.executable, "-m", "simulator", "image", image, "--port", 502, "--host")
    for place in ("box", "machine"):
        village.start(place, folder / f"{place}-modbus.log", *modbus, "0.0.0.0")
    rest = ["only6:502", *(port for port in PORTS if port not in REAL)]
    village.start("box", folder / "box.log", sys.executable, LISTENS, "serve", *rest, "/", *PORTS)
    without_modbus = ["only6:502", *(port for port in PORTS if port != 502)]
    for side in SIDES.values():
        tcp = without_modbus if side == "machine" else PORTS
        village.start(side, folder / f"{side}.log", sys.executable, LISTENS, "serve", *tcp, "/", *PORTS)
    for place in ("box", *SIDES.values()):
        _wait_for(
            lambda place=place: village.all_up(place),
            f"{place}: not everything listens; see the logs in {folder}",
        )


@pytest.fixture(scope="module")
def village(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    """All of it, with nothing between the networks yet."""
    if os.geteuid() != 0:
        pytest.skip("only root can make network namespaces; run the tests as root for it")
    with contextlib.ExitStack() as hosts:
        made = Village(f"sot{os.getpid()}", hosts)
        _populate(made, installed, tmp_path_factory.mktemp("village"))
        yield made


def _shut(village: Village, root: Path) -> None:
    """Load the rules of a tree, with the tree's accounts; nft reads the names when it loads."""
    passwd, rules = root / "etc/passwd", root / "etc/nftables.conf"
    village.inside("box", "sh", "-c", f"mount --bind {passwd} /etc/passwd && nft -f {rules}")


def _box(number: int) -> tuple[str, str]:
    return f"10.77.{number}.1", f"fd77:{number}::1"


EVERY_BOX_ADDRESS = tuple(address for number in range(1, 5) for address in _box(number))
EVERY_FAR_ADDRESS = tuple(one for number in range(1, 5) for one in (f"10.77.{number}.2", f"fd77:{number}::2"))


def _expected(addresses: tuple[str, ...], *ways: str) -> set[str]:
    return {f"{address} {way}" for address in addresses for way in ways}


def test_without_the_rules_everything_is_open(village: Village) -> None:
    """The trial can fail: without a firewall every side reaches all that listens, also through the box."""
    village.inside("box", "nft", "flush", "ruleset")
    wanted = _expected(EVERY_BOX_ADDRESS, *(f"tcp/{port}" for port in PORTS)) | {"10.77.3.2 tcp/502"}
    wanted |= _expected(_box(4), *(f"udp/{port}" for port in PORTS))

    assert wanted <= village.open_from("guest", *EVERY_BOX_ADDRESS, "10.77.3.2", wanted=wanted)


@pytest.mark.parametrize(
    ("side", "ways"), [("guest", ()), ("staff", ("tcp/8080",)), ("machine", ("tcp/8883",)), ("uplink", ())]
)
def test_each_side_reaches_its_own_and_nothing_else(
    village: Village, installed: Path, side: str, ways: tuple[str, ...]
) -> None:
    """Guests reach nothing; staff the owner's page; machines the nodes' door; the outside nothing. IPv4 and IPv6."""
    _shut(village, installed)
    wanted = _expected(EVERY_BOX_ADDRESS, *ways)

    assert wanted == village.open_from(side, *EVERY_BOX_ADDRESS, wanted=wanted)


ASK = """
import sys, urllib.error, urllib.request
try:
    print(urllib.request.urlopen(sys.argv[1], timeout=float(sys.argv[2])).read().decode())
except urllib.error.URLError as fault:
    print("nothing:", fault)
"""


def test_phone_of_the_staff_gets_the_sign_in_page_and_a_guest_nothing(village: Village, installed: Path) -> None:
    """The real owner's page as it was installed: by the box's address on the staff network, and from nowhere else."""
    _shut(village, installed)
    hosts = {"staff": (60, "10.77.2.1", "[fd77:2::1]"), "guest": (5, "10.77.4.1", "10.77.2.1")}
    seen = {
        side: [village.inside(side, sys.executable, "-c", ASK, f"http://{one}:8080/sign-in", within_s) for one in to]
        for side, (within_s, *to) in hosts.items()
    }

    assert all("Logga in" in page and "setup-link" in page for page in seen["staff"]), seen
    assert all(page.startswith("nothing:") for page in seen["guest"]), seen


@pytest.mark.parametrize("side", SIDES.values())
def test_box_is_no_road_between_networks(village: Village, installed: Path, side: str) -> None:
    """Nobody reaches another network through the box, whatever the kernel would pass on."""
    _shut(village, installed)
    number = 1 + list(SIDES.values()).index(side)
    others = [one for one in EVERY_FAR_ADDRESS if f".{number}.2" not in one and f":{number}::" not in one]

    assert set() == village.open_from(side, *others, wanted=set())


def test_box_reaches_what_it_needs_and_nothing_else(
    village: Village, install: Callable, answers: Callable, tree: Path
) -> None:
    """Out of the box: each account what is listed for it, on the uplink; machines by Modbus; staff and guests never."""
    converter = ('serial = "/dev/sotpunkt/rs485"\nbaud = 19200', 'rtu_over_tcp = "10.77.3.2:40000"')
    assert 0 == install("--root", tree, answers(("10.44.0.10:502", "10.77.3.2:502"), converter)).code
    _shut(village, tree)
    rows = [line.split(":") for line in (tree / "etc/passwd").read_text("utf-8").splitlines()]
    numbers = {row[0]: int(row[2]) for row in rows}
    far, ways = ("10.77.1.2", "fd77:1::2"), ("tcp/53", "tcp/8883", "udp/53", "udp/67", "udp/123")
    uplink, web = _expected(far, *ways), _expected(far, "tcp/443")

    for account, wanted in (
        ("sotpunkt-gateway", uplink | {"10.77.3.2 tcp/502", "10.77.3.2 tcp/40000"}), ("sotpunkt-kiosk", uplink | web),
        ("sotpunkt-dashboard", uplink), ("_apt", uplink | web | _expected(far, "tcp/80")),
    ):  # fmt: skip
        assert wanted == village.open_from("box", *EVERY_FAR_ADDRESS, wanted=wanted, account=numbers[account]), account


def test_guests_get_addresses_and_names_where_the_box_serves_them(
    village: Village, install: Callable, answers: Callable, tree: Path
) -> None:
    """DHCP and DNS are all that guests reach, and a technician comes in from the one network that was named."""
    file = answers(("serves_guests = false", "serves_guests = true"), ('ssh_from = "none"', 'ssh_from = "machine"'))
    assert 0 == install("--root", tree, file).code
    _shut(village, tree)
    # a datagram's answer comes from the address nearest to who asked, so only that one is heard
    guest = _expected(EVERY_BOX_ADDRESS, "tcp/53") | _expected(_box(4), "udp/53", "udp/67")
    machine = _expected(EVERY_BOX_ADDRESS, "tcp/22", "tcp/8883")

    assert guest == village.open_from("guest", *EVERY_BOX_ADDRESS, wanted=guest)
    assert machine == village.open_from("machine", *EVERY_BOX_ADDRESS, wanted=machine)


def test_broker_of_the_box_starts_with_what_was_made(installed: Path, tmp_path: Path) -> None:
    """Mosquitto takes the generated file, also while the machine network's cable is out, and opens two doors only."""
    if os.geteuid() != 0:
        pytest.skip("only root can make network namespaces; run the tests as root for it")
    folder = tmp_path / "broker"
    shutil.copytree(installed / "etc/sotpunkt/broker", folder)
    for file in folder.iterdir():
        os.chown(file, 0, 0)
    conf = folder / "mosquitto.conf"
    text = conf.read_text("utf-8").replace("/etc/sotpunkt/broker", str(folder)).replace("user mosquitto", "user root")
    conf.write_text(text, "utf-8")
    steps = (
        "ip link set lo up; sysctl -q -p $1; mosquitto -c $2 2>$3 & "
        "for n in $(seq 1000); do [ $(ss -ltnH | wc -l) -ge 2 ] && break; sleep 0.05; done; ss -ltnH; kill %1; wait"
    )
    net = installed / "etc/sysctl.d/60-sotpunkt.conf"
    log = tmp_path / "log"
    seen = _run("unshare", "-n", "bash", "-c", steps, "-", net, conf, log)

    doors = sorted(row.split()[3] for row in seen.splitlines())
    assert ["10.44.0.1:8883", "127.0.0.1:1883"] == doors, log.read_text("utf-8")
