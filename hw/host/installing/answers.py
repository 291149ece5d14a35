"""The one answers file of a site: read, checked as a whole, every fault told at once."""

import ipaddress
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from installing import schema

SIDES = ("uplink", "staff", "machine", "guest")
OWNER_PAGE_PORT = 8080
NODES_PORT = 8883
PLAIN_NODES_PORT = 1884
MODBUS_PORT = 502
BY_NETWORK = ("tcp", "rtu_over_tcp")
"""How a device that is reached over a network names its address."""
LINES = "/dev/sotpunkt/"
"""Where the serial lines get their names."""


class Faults(Exception):
    """The answers cannot be used; one sentence each."""

    def __init__(self, source: str, faults: list[str], done: str = "nothing installed") -> None:
        super().__init__(source)
        self.source = source
        self.faults = faults
        self.done = done
        """What was done all the same."""


@dataclass(frozen=True)
class Answers:
    """What the technician answered. `tree` is the file; the properties are what several steps ask of it."""

    tree: dict[str, Any]
    folder: Path
    """Files that are named without a folder lie here."""

    @property
    def site(self) -> str:
        """The site's id."""
        return str(self.tree["site"]["id"])

    @property
    def programs(self) -> tuple[str, ...]:
        """Which programs run here."""
        told = self.tree["box"].get("programs", list(schema.PROGRAMS))
        return tuple(told) if isinstance(told, list) else (told,)

    @property
    def centre(self) -> tuple[str, int, bool] | None:
        """Host, port and whether it is encrypted, of the municipality's broker."""
        if "centre" not in self.tree:
            return None
        parts = urlsplit(self.tree["centre"]["url"])
        tls = parts.scheme == "mqtts"
        return parts.hostname or "", parts.port or (8883 if tls else 1883), tls

    @property
    def owner_page(self) -> int:
        """The port of the owner's page."""
        return int(self.tree.get("owner_page", {}).get("port", OWNER_PAGE_PORT))

    def network(self, name: str) -> Any:
        """An answer of [network], None where nobody answered."""
        return self.tree["network"].get(name)

    def interfaces(self, side: str) -> tuple[str, ...]:
        """The interfaces of one side."""
        told = self.network(side) or []
        return tuple(told) if isinstance(told, list) else (told,)

    def modbus(self) -> tuple[tuple[str, int], ...]:
        """Address and port of every machine on a network."""
        found = []
        for device in self.tree.get("device", []):
            found += [host_and_port(device[way]) for way in BY_NETWORK if isinstance(device.get(way), str)]
        return tuple(dict.fromkeys(found))

    def source_ports(self) -> tuple[int, ...]:
        """The ports at which the screen's sources are asked; where they are changes, so only the port is known."""
        proxy = self.tree.get("fetch", {}).get("proxy", "")
        if proxy:
            return (_port_of(proxy),)
        own = [443] if "place" in self.tree else []
        feeds = [one for one in self.tree.get("feeds", {}).values() if one.get("on", True)]
        return tuple(dict.fromkeys([*own, *(_port_of(one["url"]) if "url" in one else 443 for one in feeds)]))

    @property
    def lines(self) -> tuple[dict[str, str], ...]:
        """The serial lines that get a name."""
        return tuple(self.tree.get("line", []))


def _port_of(url: str) -> int:
    """Of an address that a program of ours will judge as a whole."""
    parts = urlsplit(url)
    return parts.port or (80 if parts.scheme == "http" else 443)


def host_and_port(text: str) -> tuple[str, int]:
    """`192.0.2.10`, `192.0.2.10:502`, `[2001:db8::1]:502` as address and port; raises ValueError."""
    match = re.fullmatch(r"(?:\[([^]]+)\]|([^:]+))(?::(\d{1,5}))?", text)
    if match is None:
        return str(ipaddress.ip_address(text)), MODBUS_PORT
    return str(ipaddress.ip_address(match[1] or match[2])), int(match[3] or MODBUS_PORT)


def _reachable(text: str) -> bool:
    try:
        return 0 < host_and_port(text)[1] < 65536
    except ValueError:
        return False


def read(path: Path) -> Answers:
    """The answers in `path`; raises Faults with all that is wrong."""
    answers, faults = look(path)
    if faults:
        raise Faults(path.name, faults)
    return answers


def look(path: Path) -> tuple[Answers, list[str]]:
    """The answers in `path`, and all that is wrong with them; raises Faults where there is no table to look at."""
    try:
        tree = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "is not a text file in UTF-8"
        raise Faults(str(path), [f"cannot be read: {reason}; check the path"]) from fault
    except tomllib.TOMLDecodeError as fault:
        raise Faults(path.name, [f"is not TOML: {fault}"]) from fault
    answers = Answers(tree=tree, folder=path.resolve().parent)
    form = schema.faults(tree)
    faults = list(form)
    for judge in (_site, _network, _devices, _lines, _feeds, _centre):
        try:
            faults += judge(answers)
        except (KeyError, TypeError, AttributeError, ValueError):
            if not form:  # a table of another form has been told already, and the rest of it makes no sense
                raise
    return answers, list(dict.fromkeys(faults))


def remarks(answers: Answers, interfaces: tuple[str, ...] = ()) -> list[str]:
    """What can be used but should be known before. `interfaces`: those that this machine has now, where it is asked."""
    named = [(side, name) for side in SIDES for name in answers.interfaces(side)]
    found = [
        f"[network] {side}: no {name} is here now (there are {', '.join(interfaces)}); put it right, or plug it in"
        for side, name in named
        if interfaces and name not in interfaces
    ]
    if answers.modbus() and not answers.interfaces("machine"):
        found.append(
            "machines stand on the uplink's network: everybody there can reach them; give them a `machine` one"
        )
    if not answers.interfaces("staff") and "dashboard" in answers.programs:
        found.append("no `staff` network: the owner's page can be opened on the box only")
    if "kiosk" in answers.programs and "place" not in answers.tree:
        found.append("no [place]: the screen asks nobody about warnings, and says so; write where it stands")
    if answers.network("plain_nodes"):
        found.append("`plain_nodes`: everybody on the machine network can read what those boards say")
    if (answers.network("ssh_from") or "none") == "none":
        found.append("no `ssh_from`: after this nobody reaches the box by ssh; use keyboard and screen")
    if "centre" not in answers.tree:
        found.append("no [centre]: the site works for itself, nobody at the municipality sees it")
    elif not answers.centre[2]:  # type: ignore[index]
        found.append("[centre] url is not encrypted; use mqtts:// for all but a trial")
    found += [
        f"[device {device.get('name')}] {device['serial']} changes its name when a cable is moved; give it a [[line]]"
        for device in answers.tree.get("device", [])
        if str(device.get("serial", "")).startswith(("/dev/ttyUSB", "/dev/ttyACM"))
    ]
    return found


def _site(answers: Answers) -> list[str]:
    name = answers.tree["site"].get("id")
    fits = isinstance(name, str) and re.fullmatch(r"[a-z0-9-]{1,48}", name)
    found = [] if fits else [f"[site] id: {name!r} must be of a-z, 0-9 and hyphen, at most 48 long (are-kall)"]
    place = answers.tree["site"].get("place")
    if not isinstance(place, str) or not place.strip() or len(place) > 80 or not place.isprintable():
        found.append(f"[site] place: {place!r} is not the name of a place, at most 80 letters")
    if "gateway" not in answers.programs:
        found.append("[box] programs: a site needs the gateway; add it")
    return found


def _network(answers: Answers) -> list[str]:
    found = []
    used: dict[str, str] = {}
    for side in SIDES:
        for name in answers.interfaces(side):
            if name == "lo":
                found.append(f"[network] {side}: lo is inside the box; name an interface that leads out")
            elif name in used:
                found.append(f"[network] {side}: {name} is {used[name]} already; each network has its own interface")
            used[name] = side
    for asked, needs in (("serves_guests", "guest"), ("nodes_at", "machine"), ("plain_nodes", "machine")):
        if answers.network(asked) and not answers.interfaces(needs):
            found.append(f"[network] {asked}: there is no `{needs}` interface; name it or take {asked} away")
    if answers.network("nodes_at"):
        try:
            ipaddress.ip_address(answers.network("nodes_at"))
        except ValueError:
            found.append(
                f"[network] nodes_at: {answers.network('nodes_at')!r} is not the box's address, like 10.44.0.1"
            )
    if answers.network("plain_nodes") and not answers.network("nodes_at"):
        found.append("[network] plain_nodes: says nothing without `nodes_at`; give the box's address too")
    ssh = answers.network("ssh_from") or "none"
    if ssh != "none" and not answers.interfaces(ssh):
        found.append(f"[network] ssh_from: there is no `{ssh}` interface")
    return found


def _devices(answers: Answers) -> list[str]:
    found = []
    for device in answers.tree.get("device", []):
        if not isinstance(device, dict):
            found.append("[device] is not a table")
            continue
        found += [
            f"[device {device.get('name')}] {way}: {told!r} is not like 192.0.2.10:502; "
            "give the address in numbers, for the firewall lets only it through"
            for way in BY_NETWORK
            if isinstance(told := device.get(way), str) and not _reachable(told)
        ]
    return found


def _lines(answers: Answers) -> list[str]:
    names = [line["name"] for line in answers.lines]
    found = [f"[line {name}] name: stands twice" for name in sorted({one for one in names if names.count(one) > 1})]
    found += [
        f"[line {line['name']}] needs exactly one of usb_serial and usb_path; "
        "`udevadm info /dev/ttyUSB0` shows ID_SERIAL_SHORT and ID_PATH"
        for line in answers.lines
        if ("usb_serial" in line) == ("usb_path" in line)
    ]
    asked = [device.get("serial", "") for device in answers.tree.get("device", []) if isinstance(device, dict)]
    found += [
        f"[device] serial: there is no [[line]] called {one.removeprefix(LINES)}"
        for one in asked
        if isinstance(one, str) and one.startswith(LINES) and one.removeprefix(LINES) not in names
    ]
    return found


def _feeds(answers: Answers) -> list[str]:
    found = []
    for name, feed in answers.tree.get("feeds", {}).items():
        if not isinstance(feed, dict):
            found.append(f"[feeds.{name}] is not a table")
            continue
        key = feed.get("key_file")
        if isinstance(key, str) and not key.startswith("/") and not (answers.folder / key).is_file():
            found.append(f"[feeds.{name}] key_file: {key} is not there; lay it beside the answers")
    try:
        answers.source_ports()
    except (ValueError, AttributeError, TypeError):
        found.append("[feeds], [fetch]: an address is not like https://host/path; `port` is a number below 65536")
    if "kiosk" not in answers.programs:
        found += [
            f"[{name}] says nothing without the kiosk; add it to [box] programs or take the table away"
            for name in schema.KIOSK
            if name in answers.tree and name != "place"
        ]
    return found


def _centre(answers: Answers) -> list[str]:
    if "centre" not in answers.tree:
        return []
    try:
        _, port, tls = answers.centre or ("", 0, False)
    except ValueError as fault:
        return [f"[centre] url: {fault}"]
    found = [] if 0 < port < 65536 else [f"[centre] url: port {port} does not exist"]
    authority = answers.tree["centre"].get("ca_file")
    if authority is not None and not tls:
        found.append("[centre] ca_file: mqtt:// is not encrypted; write mqtts:// or take ca_file away")
    elif authority is not None:
        try:
            if "BEGIN CERTIFICATE" not in (answers.folder / authority).read_text("ascii", "replace"):
                found.append(f"[centre] ca_file: {authority} holds no certificate; ask the municipality for it")
        except OSError as fault:
            found.append(f"[centre] ca_file: {authority} cannot be read ({fault.strerror}); lay it beside the answers")
    return found
