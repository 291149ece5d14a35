"""Who may do what on the box's broker, topic by topic: a real Mosquitto with the lists and passwords as installed."""

import inspect
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contract import topics
from tests.keys.conftest import Client, Mosquitto, eventually, free_ports, knock

__all__ = ["knock"]

SITE = "are-kall"
K, O = "kiosk", "owner"  # noqa: E741 - a table is read by its columns
RIGHTS: dict[str, tuple[set[str], set[str]]] = {
    "status": ({O}, set()),
    "birth": ({O}, set()),
    "state": ({O}, set()),
    "device": ({O}, set()),
    "alarms": ({O}, set()),
    "page": ({O}, set()),
    "record": ({O}, set()),
    "mark": (set(), set()),
    "again": (set(), set()),
    "orders": (set(), set()),
    "waking": (set(), set()),
    "bulletin": (set(), set()),
    "content": (set(), set()),
    "blob": (set(), set()),
    "public_picture": ({K, O}, set()),
    "public_bulletin": ({K, O}, set()),
    "public_content": ({K, O}, set()),
    "receipt_mark": ({K, O}, set()),
    "local_orders": ({O}, {O}),
    "answers": ({O}, set()),
    "page_wish": ({O}, {O}),
    "page_certificate": ({O}, set()),
    "past_wish": (set(), {O}),
    "past": ({O}, set()),
    "food": ({O}, set()),
    "receipt": (set(), {K}),
    "kiosk_status": (set(), {K}),
    "node_birth": (set(), set()),
    "node_status": (set(), set()),
    "node_report": (set(), set()),
    "node_wish": (set(), set()),
    "node_config": (set(), set()),
    "node_mark": (set(), set()),
    "node_time": (set(), set()),
    "node_update": (set(), set()),
    "node_piece": (set(), set()),
}
"""Topic: who may read it, who may write it. The gateway may do both with all of them."""
FILTERS = {"up_all", "down_all", "public_all"}
LAST = topics.public_picture(SITE)


def spelled() -> dict[str, str]:
    """Every topic of the contract, for our site."""
    told = {
        name: one
        for name, one in inspect.getmembers(topics, inspect.isfunction)
        if "site" in inspect.signature(one).parameters and not name.startswith("_") and name not in FILTERS
    }
    return {name: one(SITE, *["a1"] * (len(inspect.signature(one).parameters) - 1)) for name, one in told.items()}


@pytest.fixture(scope="module")
def inside(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., dict[str, Any]]]:
    """The installed broker on a port of its own; how each account comes in, with the password it was given."""
    folder = tmp_path_factory.mktemp("rights") / "broker"
    shutil.copytree(installed / "etc/sotpunkt/broker", folder)
    for file in folder.iterdir():
        file.chmod(0o600)
    (port,) = free_ports(1)
    text = (folder / "mosquitto.conf").read_text("utf-8").replace("/etc/sotpunkt/broker", str(folder))
    text = text.replace("user mosquitto", "user root").replace("listener 1883 127", f"listener {port} 127")
    text = re.sub(r"(?s)# sensor nodes.*", "", text)  # their address is none of this machine's
    (folder / "mosquitto.conf").write_text(text, "utf-8")
    broker = Mosquitto(folder)
    broker.listens("127.0.0.1", port)

    def account(name: str) -> dict[str, Any]:
        program = {"gateway": "gateway", "kiosk": "kiosk", "owner": "dashboard"}[name]
        (secret,) = (installed / "etc/sotpunkt/secrets" / program).glob("*broker*")
        return {"port": port, "account": (name, secret.read_text("utf-8").strip())}

    yield account
    broker.stop()


def test_every_topic_of_the_contract_is_judged_here() -> None:
    """Who adds a topic says here who may do what with it."""
    assert set(RIGHTS) == set(spelled())


def test_each_account_reads_and_writes_what_it_needs_and_nothing_else(
    inside: Callable[..., dict[str, Any]], knock: Callable[..., Client]
) -> None:
    """Whatever anybody asks for or says: retained and live, as a wildcard, shared, or spelled out."""
    told = spelled()
    gateway = knock(**inside("gateway")).inside().asks(f"sot/1/{SITE}/#")
    for topic in told.values():
        gateway.says(topic, "kept", retain=True)
    clients = {name: knock(**inside(name)).inside() for name in (K, O)}
    for one in clients.values():
        one.asks("#", f"sot/1/{SITE}/#", f"$share/g/sot/1/{SITE}/#", *told.values())
    for topic in [*told.values(), LAST]:
        gateway.says(topic, "live")
    for name, one in clients.items():
        for topic in told.values():
            one.says(topic, f"by {name}")
    gateway.says(LAST, "the end")
    for one in (gateway, *clients.values()):
        eventually(lambda one=one: (LAST, b"the end") in one.heard, "the end")
    own = {name: f"by {name}".encode() for name in clients}
    reads = {name: {topic for topic, body in one.heard if body != own[name]} for name, one in clients.items()}
    writes = {name: {topic for topic, body in gateway.heard if body == own[name]} for name in clients}
    for topic in told.values():
        gateway.says(topic, "", retain=True)

    for place, seen in enumerate((reads, writes)):
        wanted = {name: {told[topic] for topic, may in RIGHTS.items() if name in may[place]} for name in clients}
        assert wanted == seen
