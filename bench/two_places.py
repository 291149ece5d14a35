"""Two places with one wire between them: a site and its centre, each a network namespace, joined by a veth pair.

What the site's end of the pair has sent is what a modem would be billed for, and a little more: the counter includes
Ethernet's 14 bytes a packet, which mobile networks do not have. Needs root and iproute2.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SITE_ADDRESS, CENTRE_ADDRESS = "198.51.100.1", "198.51.100.2"
"""Of the range for documentation (RFC 5737): nobody's."""


class CannotMeasure(RuntimeError):
    """This machine lacks something; the sentence says what."""


@dataclass(frozen=True, slots=True)
class Bytes:
    """What crossed the wire, seen from the site: bytes and packets up to the centre and down from it."""

    up: int
    down: int
    packets_up: int
    packets_down: int

    def since(self, before: "Bytes") -> "Bytes":
        """What was added since."""
        return Bytes(
            self.up - before.up,
            self.down - before.down,
            self.packets_up - before.packets_up,
            self.packets_down - before.packets_down,
        )


class TwoPlaces:
    """The namespaces of one measurement, named after its process."""

    def __init__(self) -> None:
        number = os.getpid()
        self.site, self.centre = f"sot-site-{number}", f"sot-centre-{number}"
        self._ends = f"sots{number}", f"sotc{number}"

    def at(self, place: str, command: list[str]) -> list[str]:
        """The command as it runs at one of the places."""
        return [_tool("ip"), "netns", "exec", place, *command]

    def counted(self) -> Bytes:
        """What the site's end of the wire has counted so far."""
        names = ("tx_bytes", "rx_bytes", "tx_packets", "rx_packets")
        files = [f"/sys/class/net/{self._ends[0]}/statistics/{name}" for name in names]
        return Bytes(*(int(one) for one in _said(self.at(self.site, ["cat", *files])).split()))

    def build(self) -> None:
        """Lay the wire."""
        for place in (self.site, self.centre):
            _said([_tool("ip"), "netns", "add", place])
            _said(self.at(place, [_tool("ip"), "link", "set", "lo", "up"]))
        _said([_tool("ip"), "link", "add", self._ends[0], "type", "veth", "peer", "name", self._ends[1]])
        ends = ((self.site, self._ends[0], SITE_ADDRESS), (self.centre, self._ends[1], CENTRE_ADDRESS))
        for place, end, address in ends:
            _said([_tool("ip"), "link", "set", end, "netns", place])
            # what IPv6 says of itself on a new link is no traffic of ours
            _said(self.at(place, ["sh", "-c", f"echo 1 > /proc/sys/net/ipv6/conf/{end}/disable_ipv6"]))
            _said(self.at(place, [_tool("ip"), "address", "add", f"{address}/24", "dev", end]))
            _said(self.at(place, [_tool("ip"), "link", "set", end, "up"]))
        for place, end, _ in ends:
            self._introduce(place, end)

    def _introduce(self, place: str, end: str) -> None:
        """Each end knows the other for good: a mobile link has no ARP, which would be a tenth of the figure."""
        here = place == self.site
        other, other_end = (self.centre, self._ends[1]) if here else (self.site, self._ends[0])
        hardware = _said(self.at(other, ["cat", f"/sys/class/net/{other_end}/address"])).strip()
        address = CENTRE_ADDRESS if here else SITE_ADDRESS
        known = ["neigh", "replace", address, "lladdr", hardware, "dev", end, "nud", "permanent"]
        _said(self.at(place, [_tool("ip"), *known]))

    def clear(self) -> None:
        """Take everything away; the pair goes with its namespaces."""
        for place in (self.site, self.centre):
            subprocess.run([_tool("ip"), "netns", "delete", place], capture_output=True, check=False)


@contextmanager
def two_places() -> Iterator[TwoPlaces]:
    """Site and centre, gone afterwards; raises CannotMeasure."""
    if os.geteuid() != 0:
        raise CannotMeasure("network namespaces need root; run it as root")
    places = TwoPlaces()
    try:
        places.build()
        yield places
    finally:
        places.clear()


def certificates(folder: Path, site: str) -> None:
    """An authority, the centre's certificate and the site's, all P-256: ca.pem, centre.pem/.key, site.pem/.key."""
    openssl = _tool("openssl")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
    ca = ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=bench authority"]
    _said([openssl, "req", "-x509", *curve, *ca], folder)
    for name, common, extra in (
        ("centre", CENTRE_ADDRESS, f"subjectAltName=IP:{CENTRE_ADDRESS}"),
        ("site", site, "extendedKeyUsage=clientAuth"),
    ):
        request = ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={common}", "-addext", extra]
        _said([openssl, "req", "-x509", *curve, *request, "-CA", "ca.pem", "-CAkey", "ca.key"], folder)


def _tool(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise CannotMeasure(f"{name} is not installed; packages-debian.txt names what is needed")
    return found


def _said(command: list[str], folder: Path | None = None) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise CannotMeasure(f"{' '.join(command[:6])} …: {done.stderr.strip() or done.returncode}")
    return done.stdout
