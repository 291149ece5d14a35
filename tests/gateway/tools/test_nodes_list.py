"""What `nodes list` says of a node, from what stands at the broker and in the store."""

from typing import Any

import pytest

from contract import topics
from contract.messages import DevicePicture, Head, Value, encode
from contract.nodes import NodeBirth, NodeStatus
from contract.words import ClockQuality, Origin, Quality, Status
from gateway import config
from gateway.config_node import config_of
from gateway.tools.nodes_list import Listed, Row, _lines, told

SITE, BOOT = "are-kall", "0123abcd"
NOW_S = 1_790_000_000
SETTINGS = """
[site]
id = "are-kall"
place = "Kall"
[store]
path = "g.db"
[site_broker]
url = "mqtt://127.0.0.1:1883"
[[node]]
name = "tank-1"
title = "Tanken"
[[node.channel]]
signal = "room.temperature"
sensor = "played"
options = {values = [1]}
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> config.Plan:
    """A site with one node."""
    file = tmp_path_factory.mktemp("site") / "site.toml"
    file.write_text(SETTINGS)
    file.chmod(0o600)
    return config.read(file)


def stands(plan: config.Plan, quality: Quality = Quality.GOOD, **said: Any) -> dict[str, bytes]:
    """A node that said this in its status, told an hour ago where it knows the time."""
    revision = config_of(plan.settings.node[0]).revision
    fields: dict[str, Any] = {
        "boot": BOOT,
        "online": 1,
        "up": 10,
        "wall": NOW_S - 3600,
        "config": revision,
        "slot": "a",
    }
    birth = NodeBirth(boot=BOOT, up=1, version=7, board="esp32", channels=())
    head = Head(
        site=SITE, run="r", boot="b", up_ms=1_000_000, wall_ms=NOW_S * 1000, clock=ClockQuality.SYNCED,
        status=Status.ACTUAL,
    )  # fmt: skip
    good = quality is Quality.GOOD
    value = Value(value=21.5 if good else None, origin=Origin.MEASURED, up_ms=940_000, quality=quality)
    return {
        str(topics.node_birth(SITE, "tank-1")): encode(birth),
        str(topics.node_status(SITE, "tank-1")): encode(NodeStatus(**(fields | said))),
        str(topics.device(SITE, "tank-1")): encode(
            DevicePicture(head=head, device="tank-1", values={"room.temperature": value})
        ),
    }


def listed(plan: config.Plan, at_broker: dict[str, bytes], last: dict[str, int] | None = None) -> Listed:
    """The answer."""
    return told(plan, at_broker, last or {}, NOW_S * 1000, ())


def row(plan: config.Plan, at_broker: dict[str, bytes], last: dict[str, int] | None = None) -> Row:
    """Of the one node."""
    return listed(plan, at_broker, last).nodes[0]


@pytest.mark.parametrize(
    ("said", "state", "at_s"),
    [
        ({}, "online", NOW_S - 60),
        ({"online": 0, "wall": None}, "silent", NOW_S - 60),
        ({"asleep_s": 7200}, "asleep", NOW_S + 3600),
        ({"asleep_s": 3590}, "asleep", NOW_S - 10),
        ({"asleep_s": 600}, "silent", NOW_S - 60),
        ({"asleep_s": 600, "wall": None}, "asleep", None),
        ({"quality": Quality.COMM_ERROR}, "silent", NOW_S - 3600),
    ],
)
def test_a_node_is_online_asleep_or_silent(
    plan: config.Plan, said: dict[str, Any], state: str, at_s: int | None
) -> None:
    """Until or since when as well; a sleep that has passed is a silence, with the time that a clock may go wrong."""
    found = row(plan, stands(plan, **said))
    assert (state, None if at_s is None else at_s * 1000) == (found.state, found.at_ms)


def test_nothing_heard_is_told_from_the_store(plan: config.Plan) -> None:
    """Or it was never heard at all; nothing is green that nobody knows."""
    assert ("silent", 5000) == (row(plan, {}, {"tank-1": 5000}).state, row(plan, {}, {"tank-1": 5000}).at_ms)
    assert "never heard" == row(plan, {}).state
    blind = told(plan, {}, {"tank-1": 5000}, NOW_S * 1000, ("no broker",)).nodes[0]
    assert ("unknown", 5000) == (blind.state, blind.at_ms)


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        ({}, ()),
        ({"refused": "channel 30: no pin"}, ("channel 30: no pin",)),
        ({"config": 0}, ("has no settings yet: is the gateway started anew?",)),
        ({"config": 5}, ("works with other settings than these: is the gateway started anew?",)),
        ({"update": "coming"}, ("update: it takes the new program",)),
        ({"trial": 1}, ("its program is on trial",)),
        ({"quality": Quality.SENSOR_FAULT}, ("room.temperature: sensor_fault",)),
    ],
)
def test_what_a_node_lacks_is_said(plan: config.Plan, said: dict[str, Any], lacks: tuple[str, ...]) -> None:
    """One sentence each."""
    found = row(plan, stands(plan, **said))
    assert lacks == found.lacks
    assert ("esp32", 7, "a", bool(said.get("trial"))) == (found.board, found.version, found.slot, found.trial)


def test_strangers_are_named_and_nonsense_is_nothing(plan: config.Plan) -> None:
    """Whoever stands in no settings; what cannot be read says nothing of a node."""
    at_broker = stands(plan) | {str(topics.node_birth(SITE, "door-9")): b"{}"}
    assert ("door-9",) == listed(plan, at_broker).strangers
    assert "never heard" == row(plan, dict.fromkeys(at_broker, b"\xff{")).state


def test_a_node_cannot_steer_the_terminal(plan: config.Plan) -> None:
    """What it says of itself is printed as letters; without a clock here a sleep is not called over."""
    lines = _lines(listed(plan, stands(plan, refused="\x1b[2J\nfine")))
    assert "    note: ?[2J?fine" in lines
    assert "asleep" == told(plan, stands(plan, asleep_s=600), {}, None, ()).nodes[0].state
