"""What the README of the contract shows is what travels."""

import ast
import base64
import inspect
import json
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from paho.mqtt.client import topic_matches_sub

from contract import (
    alarms,
    bulletins,
    content,
    food,
    messages,
    nodes,
    orders,
    page,
    past,
    records,
    signals,
    topics,
    waking,
)
from contract.messages import decode, encode
from contract.words import Stream

README = (Path(__file__).parents[2] / "contract" / "README.md").read_text("utf-8")
SECTION = re.compile(
    r"^### `(?P<name>\w+)(?P<arguments>\([^\n]*\))`\n\n"
    r"`(?P<topic>\S+)` · (?P<type>\w+) · (?P<writer>\w+) → (?P<reader>\w+) · "
    r"(?P<retained>[a-z ]+) · (?P<audience>\w+)\n\n"
    r"(?P<text>[^\n]+)\n\n"
    r"```json\n(?P<payload>.*?)\n```$",
    re.MULTILINE | re.DOTALL,
)
PROGRAMS = {"gateway", "dashboard", "kiosk", "node"}
NODES_OWN = {"node_birth", "node_status", "node_report", "node_wish"}


class Example(NamedTuple):
    """One topic of the README."""

    name: str
    arguments: str
    topic: str
    type: str
    writer: str
    reader: str
    retained: str
    audience: str
    text: str
    payload: str

    def message(self) -> Any:
        """The payload as the type it names; raises Refused."""
        rooms = (messages, records, orders, bulletins, content, waking, page, past, nodes, food)
        kind = next(vars(room)[self.type] for room in rooms if self.type in vars(room))
        return decode(self.payload.encode(), kind)


EXAMPLES = [Example(**match.groupdict()) for match in SECTION.finditer(README)]
each_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.topic.removeprefix("sot/1/"))


def functions() -> dict[str, Callable[..., str]]:
    """Every function of topics.py that makes a topic or a filter."""
    public = {name: thing for name, thing in vars(topics).items() if inspect.isfunction(thing) and name[0] != "_"}
    return {name: thing for name, thing in public.items() if next(iter(inspect.signature(thing).parameters)) == "site"}


def only(name: str) -> Example:
    """The one example of a topic."""
    (example,) = [example for example in EXAMPLES if example.name == name]
    return example


def said_filter(function: Callable[..., str]) -> bool:
    """Does the function make a filter for many topics?"""
    return (function.__doc__ or "").startswith("Filter:")


def test_every_topic_has_an_example() -> None:
    """Each topic function has a section, and each section a function."""
    made = {name for name, function in functions().items() if not said_filter(function)}

    assert made == {example.name for example in EXAMPLES}
    assert README.count("\n### ") == len(EXAMPLES)


def test_every_filter_is_shown() -> None:
    """Each filter stands in the text with what it makes."""
    filters = [name for name, function in functions().items() if said_filter(function)]

    assert ["down_all", "public_all", "up_all"] == sorted(filters)
    for name in filters:
        assert f'`{name}("are-kall")` is `{functions()[name]("are-kall")}`' in README


@each_example
def test_example_topic_is_what_the_function_makes(example: Example) -> None:
    """The topic shown is the topic made, one of ours, and caught by the filter of its road."""
    arguments = ast.literal_eval(example.arguments.replace(")", ",)"))
    levels = topics.parts(example.topic)

    assert example.topic == functions()[example.name](*arguments)
    assert levels is not None
    assert "are-kall" == levels[0]
    filters = {"up": topics.up_all, "down": topics.down_all}
    if levels[1] in filters:
        assert topic_matches_sub(filters[levels[1]]("are-kall"), example.topic)


@each_example
def test_example_payload_is_taken_and_comes_back_the_same(example: Example) -> None:
    """Each payload is of the type it names, holds every field of it and no other, and survives the way out and in."""
    message = example.message()

    assert json.loads(example.payload) == json.loads(encode(message))
    assert message == decode(encode(message), type(message))


@each_example
def test_who_writes_follows_the_road(example: Example) -> None:
    """Up is written by the gateway, down by the centre alone, and only local/public is for everybody."""
    road = example.topic.split("/")[3]
    writers = {"up": {"gateway"}, "down": {"dashboard"}, "local": {"gateway", "kiosk", "dashboard"}}
    writers["node"] = {"node"} if example.name in NODES_OWN else {"gateway"}

    assert example.writer in writers[road]
    assert example.reader in PROGRAMS - {example.writer}
    assert ("/local/public/" in example.topic) == (example.audience == "public")
    assert example.audience in ("public", "staff")


@each_example
def test_retained_as_the_topic_says(example: Example) -> None:
    """Pictures and what comes down are retained; records, receipts and reports of nodes are not."""
    passing = {"record", "receipt", "kiosk_status", "past_wish", "past", "again"}
    passing |= {"node_report", "node_wish", "node_time", "node_piece"}

    assert ("not retained" if example.name in passing else "retained") == example.retained
    if example.name not in passing:
        assert "retained" in (functions()[example.name].__doc__ or "")


def test_every_stream_and_record_body_shown_is_true() -> None:
    """There is a batch of each stream, and each record's body is what its kind promises."""
    batches = [example.message() for example in EXAMPLES if example.name == "record"]

    assert set(Stream) == {batch.stream for batch in batches}
    for batch in batches:
        for record in batch.records:
            body = msgspec.convert(record.body, records.BODIES[record.kind])
            assert record.body == json.loads(encode(body)), record.kind


def test_every_body_of_a_record_is_shown() -> None:
    """What can stand in a record is seen at least once."""
    batches = [example.message() for example in EXAMPLES if example.name == "record"]
    shown = {records.BODIES[record.kind] for batch in batches for record in batch.records}

    assert set(records.BODIES.values()) == shown


def test_records_shown_are_numbered_without_a_hole() -> None:
    """A gap record stands for its range."""
    for batch in (example.message() for example in EXAMPLES if example.name == "record"):
        seqs = [record.seq for record in batch.records]
        assert list(range(seqs[0], seqs[0] + len(seqs))) == seqs


def test_every_kind_of_order_is_shown() -> None:
    """Each of the things a person can ask or tell stands in an example."""
    shown = {type(order.what) for name in ("orders", "local_orders") for order in only(name).message().orders}

    assert set(orders.What.__args__) == shown


def test_signed_bulletin_is_the_one_that_visitors_see() -> None:
    """The signed bytes are the bulletin shown for the kiosk, and the signature is good under the key named."""
    signed = only("bulletin").message()
    (key,) = re.findall(r"`([0-9a-f]{64})`", only("bulletin").text)

    assert only("public_bulletin").message().bulletin == decode(signed.signed, bulletins.Bulletin)
    assert signed.signed == base64.b64decode(json.loads(only("bulletin").payload)["signed"])
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signed.signature, signed.signed)


def test_document_is_the_one_of_the_manifest() -> None:
    """The bytes of the blob have the SHA-256 and size of the manifest, and the visitor sees that document."""
    (ref,) = only("content").message().documents
    body = only("blob").payload.encode()
    public = only("public_content").message()

    assert sha256(body).hexdigest() == ref.sha256
    assert len(body) == ref.size
    assert topics.blob("are-kall", ref.sha256) == only("blob").topic
    assert (ref.name, ref.version, ref.sha256) == (public.name, public.version, public.sha256)
    assert only("blob").message() == msgspec.convert(public.body, content.ServicesDocument)


def test_readme_uses_the_catalogues() -> None:
    """Signals, units and alarms of the examples are those of the catalogues."""
    for row in only("birth").message().devices[0].signals:
        assert signals.catalogue()[row.key].unit == row.unit
    assert {alarm.key for alarm in only("alarms").message().alarms} <= set(alarms.catalogue())
    assert set(only("device").message().values) <= set(signals.catalogue())
