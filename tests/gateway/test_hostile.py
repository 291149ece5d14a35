"""Bombs, nests and giants on every topic that the gateway listens to, on both brokers: a sentence, and it goes on."""

import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.messages import MAX_MESSAGE

from .conftest import SITE, Gateway, Listener, Site, eventually

FROM_CENTRE = (
    "down/mark",
    "down/orders",
    "down/waking",
    "down/again",
    "down/content",
    "down/bulletin/b-1",
    "down/blob/ab",
    "down/none",
    "down/a/b/c",
)
FROM_SITE = ("local/orders", "local/receipt", "local/kiosk-status", "local/page/wish", "local/past/wish")
MANY = 130
"""Pieces of rubbish of which each is another: more than the gateway tells of at once."""
HOSTILE = (
    zlib.compress(b" " * 100_000_000),
    zlib.compress(zlib.compress(b"{}")),
    zlib.compress(b'{"marks":{}}')[:-2],
    zlib.compress(b"[" * (MAX_MESSAGE - 1)),
    b"x\x9c" + b"\0" * 100,
    b"\0" * 1000,
    b" " * MAX_MESSAGE,
    b" " * (MAX_MESSAGE + 1),
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'"\\u0000"',
    b"-0",
    b"true",
)


@pytest.fixture
def ends(brokers: Site) -> Iterator[tuple[Listener, Listener]]:
    """Somebody at each broker: (site, centre)."""
    both = Listener(brokers.local), Listener(brokers.centre)
    yield both
    for one in both:
        one.stop()


@pytest.fixture
def gateway(brokers: Site, tmp_path: Path) -> Iterator[Gateway]:
    """A running gateway with both brokers."""
    one = brokers.gateway(tmp_path).start()
    yield one
    if one.process is not None and one.process.poll() is None:
        one.process.kill()
        one.process.wait(40)


def test_nothing_hostile_stops_what_is_good(gateway: Gateway, ends: tuple[Listener, Listener]) -> None:
    """Packed bombs, cut packings, deep nests, NUL and giants, also retained: the next mark, order and record work."""
    inside, centre = ends
    eventually(lambda: centre.all("up/status") and centre.records(), "the gateway is up")
    run = centre.all("up/status")[-1]["head"]["run"]
    for payload in HOSTILE:
        for topic in FROM_CENTRE:
            centre.say(topic, payload, retain=True)
        for topic in FROM_SITE:
            inside.say(topic, payload, retain=True)
    for number in range(MANY):
        centre.say(f"down/bulletin/b-{number}", b'{"rubbish": %d}' % number, retain=True)

    rebirths = [
        {"id": f"rebirth-{number}", "who": "x", "role": "x", "entered_ms": 1, "through": "x"}
        | {"what": {"kind": "command", "command": "rebirth", "expires_ms": 2**52}}
        for number in range(90)
    ]
    centre.say("down/orders", json.dumps({"revision": 1, "orders": rebirths}).encode())
    order = {"id": "good-1", "who": "K", "role": "owner", "entered_ms": 1, "through": "page"}
    notice = {"kind": "notice", "notice": "n1", "sv": "Öppet", "en": "Open", "until_ms": None}
    inside.say("local/orders", json.dumps({"revision": 1, "orders": [*rebirths, order | {"what": notice}]}).encode())
    answered = eventually(
        lambda: [one for one in centre.records() if one["body"].get("order") == "good-1"], "the good order is answered"
    )
    first = json.dumps({"site": SITE, "wall_ms": 1, "marks": {run: {"event": 1}}}).encode()
    centre.say("down/mark", first)
    eventually(lambda: gateway.counts()["confirmed"]["event"] == 1, "the good mark is taken")

    said = gateway.said()
    assert answered
    assert gateway.process is not None
    assert gateway.process.poll() is None
    assert "Traceback" not in said
    assert len(FROM_CENTRE + FROM_SITE) == said.count(f"of {MAX_MESSAGE + 1} bytes refused, too large")
    assert len(said.splitlines()) < 3 * len(FROM_CENTRE + FROM_SITE) + 10
    told = {one["seq"] for one in centre.records() if one["kind"] == "bulletin_refused"}
    assert MANY * 3 // 4 < len(told) < MANY
    assert 10 <= len({one["body"]["order"] for one in centre.records() if one["kind"] == "order_done"}) < 90
    assert 1 == said.count("so much was refused that not all of it is told")
    assert 0 == gateway.end()


def test_kiosk_that_makes_up_receipts_fills_no_card(gateway: Gateway, ends: tuple[Listener, Listener]) -> None:
    """What must never be thinned is taken so many at once, and then one after the other; the kiosk tells it again."""
    inside, centre = ends
    eventually(lambda: centre.all("up/status") and centre.records(), "the gateway is up")
    body = {"number": 1, "screen": "x", "bulletin": "x", "serial": 1, "status": "test", "first_frame": None}
    for number in range(300):
        inside.say("local/receipt", json.dumps(body | {"kiosk_run": f"made-up-{number}"}).encode())
    inside.say("local/kiosk-status", json.dumps({"screen": "x", "boot": "b", "up_ms": 1, "drawn_up_ms": 1}).encode())
    eventually(lambda: gateway.counts()["created"]["receipt"] >= 200, "as many as there is room for", 60)

    assert 200 <= gateway.counts()["created"]["receipt"] < 300
    assert 0 == gateway.end()
