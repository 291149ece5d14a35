"""docs/network.md lists every way that the firewall opens, and no other; the ports are those of the programs."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from dashboard.config import Web
from gateway.core.wire.lines import TcpLine
from keys.core.mosquitto import Centre
from kiosk.core.asking.catalogue import KINDS

ROOT = Path(__file__).resolve().parents[2]
HOST = ROOT / "hw" / "host"
ROW = re.compile(r"^\| (→ out|← in) \| (\w+|any one) \| (tcp|udp) \| (\d+) \| [^|]+ \| ([^|]+) \|", re.MULTILINE)
SECOND_BROKERS_DOOR = {"mqtt": 1883, "mqtts": 8883}


@pytest.fixture
def installing() -> Iterator[Any]:
    """The installer's own modules, which are no part of the product."""
    sys.path.insert(0, str(HOST))
    try:
        import installing.answers
        import installing.firewall
        import installing.flows
        import installing.settings

        yield installing
    finally:
        sys.path.remove(str(HOST))


def _listed() -> set[tuple[str, str, str, int, str]]:
    page = (ROOT / "docs/network.md").read_text("utf-8")
    return {(way.split()[1], side, kind, int(port), why.strip()) for way, side, kind, port, why in ROW.findall(page)}


def _opened(installing: Any, file: Path) -> set[tuple[str, str, str, int, str]]:
    told = installing.flows.flows(installing.answers.read(file))
    ssh = "the technician (ssh)"
    return {(one.way, "any one" if one.why == ssh else one.side, one.protocol, one.port, one.why) for one in told}


def test_page_and_firewall_tell_the_same(installing: Any, answers: Callable) -> None:
    """With every answer that opens something given, the page's rows are the firewall's ways, no more and no fewer."""
    everything = answers(
        ("serves_guests = false", "serves_guests = true"), ('ssh_from = "none"', 'ssh_from = "staff"'),
        ("plain_nodes = false", "plain_nodes = true"),
    )  # fmt: skip

    assert _listed() == _opened(installing, everything)


def test_ports_are_those_of_the_programs(installing: Any, answers: Callable) -> None:
    """What the programs take when nobody says otherwise is what the page says."""
    ports = {why: port for _, _, _, port, why in _listed()}
    told = installing.settings.gateway(installing.answers.read(answers()))

    assert Web().port == ports["the owner's page"]
    assert TcpLine(host="192.0.2.1").port == ports["Modbus, reading only"]
    assert SECOND_BROKERS_DOOR["mqtts"] == ports["the municipality's broker"]
    assert f"127.0.0.1:{urlsplit(told['site_broker']['url']).port}" in (ROOT / "docs/network.md").read_text("utf-8")


def test_ports_of_the_centre_are_those_of_its_programs() -> None:
    """What broker and dashboard at the municipality take when nobody says otherwise."""
    page = (ROOT / "docs/network.md").read_text("utf-8")
    rows = re.findall(r"^\| [^|]+ \| (central broker|dashboard) \| tcp (\d+) \|", page, re.MULTILINE)
    broker = Centre(folder="/etc/mosquitto")

    assert [("central broker", broker.port), ("central broker", broker.local_port), ("dashboard", Web().port)] == [
        (name, int(port)) for name, port in rows
    ]


def test_page_names_the_hosts_that_the_screen_asks() -> None:
    """Every address that a kiosk knows by itself, and that of each kind whose example stands in its settings."""
    page = (ROOT / "docs/network.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `([a-z0-9-]+(?:\.[a-z0-9-]+)+)` \|", page, re.MULTILINE))
    example = (ROOT / "kiosk/example.toml").read_text("utf-8")
    known = {urlsplit(kind.url).hostname for kind in KINDS.values() if kind.url}
    shown = {urlsplit(url).hostname for url in re.findall(r'url = "(https://[^"]+)"', example)}

    assert known | {host for host in shown if not host.endswith(".example.se")} == listed


@pytest.mark.parametrize(
    ("old", "new", "ports"),
    [
        ("", "", {443}),
        ("[place]", "[fetch]\nproxy = 'http://proxy.example.se:3128'\n[place]", {3128}),
        ("[place]", "[feeds.nyheter]\nkind = 'news'\nurl = 'https://n.example.se:8443/rss'\n[place]", {443, 8443}),
        ("[place]", "[feeds.nyheter]\non = false\nurl = 'https://n.example.se:8443/rss'\n[place]", {443}),
        ('"gateway", "kiosk", "dashboard"', '"gateway", "dashboard"', set()),
    ],
)
def test_sources_are_let_out_by_their_ports(
    installing: Any, answers: Callable, old: str, new: str, ports: set[int]
) -> None:
    """From the kiosk's account alone, by the uplink alone; no kiosk, no way."""
    told = installing.flows.flows(installing.answers.read(answers((old, new))))
    found = [one for one in told if one.why == "public sources for the screen"]

    assert ports == {one.port for one in found}
    assert {("uplink", "sotpunkt-kiosk")} >= {(one.side, one.account) for one in found}


def test_every_way_stands_in_the_rules(installing: Any, answers: Callable) -> None:
    """Each way is one rule of the file, and each rule that lets in or out is a way, loopback and neighbours apart."""
    told = installing.answers.read(answers())
    text = installing.firewall.rules(told)

    assert len(installing.flows.flows(told)) == text.count("accept comment")
    assert 3 == text.count("policy drop")


def test_example_is_what_is_made(installing: Any, golden: Callable) -> None:
    """The rules shown are those of the example's answers (`make golden` writes them anew)."""
    golden(HOST / "nftables/example.nft", installing.firewall.rules(installing.answers.read(HOST / "answers-example")))
