"""Records that nobody here can read: they stop no stream, are not lost, and are counted."""

import json
import zlib
from collections.abc import Iterator
from contextlib import closing
from sqlite3 import connect
from typing import Any

import pytest

from contract import topics
from contract.messages import MAX_MESSAGE, encode
from contract.packing import pack
from contract.words import Status, Stream

from .conftest import Dashboard, settings_text, until

NAMES = tuple(f"odd-{number}" for number in range(30))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory, broker: Any) -> Iterator[Dashboard]:
    """One program for all tests of this file, at the broker."""
    one = Dashboard(tmp_path_factory.mktemp("odd"), settings_text(NAMES, broker.port)).start()
    until(lambda: one.json("/healthz")["broker"], "the link")
    yield one
    one.kill()


@pytest.fixture(scope="module")
def names() -> Iterator[str]:
    """One after the other."""
    return iter(NAMES)


@pytest.fixture
def name(names: Iterator[str]) -> str:
    """A site that no other test uses."""
    return next(names)


def rows(page: Any, name: str) -> list[tuple[Any, ...]]:
    """What lies aside of a site: numbers, reason and bytes."""
    ask = "select run, stream, first, seq, why, raw from aside where site = ? order by number"
    with closing(connect(page.file.parent / "store.sqlite")) as db:
        return db.execute(ask, (name,)).fetchall()


def spoiled(batch: Any, number: int, **wrong: Any) -> bytes:
    """A batch in which one record has fields that no record has."""
    tree = json.loads(encode(batch))
    for record in tree["records"]:
        if record["seq"] == number:
            record.update(wrong)
    return json.dumps(tree).encode()


@pytest.mark.parametrize("packed", [False, True])
def test_one_odd_record_does_not_stop_those_behind_it(
    page: Any, name: str, broker: Any, voice: Any, wait: Any, packed: bool
) -> None:
    """The good records of the batch are kept, the odd one lies aside as it came, and the mark covers all."""
    site = voice(name)
    payload = spoiled(site.batch(*[site.record(seq) for seq in range(1, 6)]), 3, status="of a later version")

    broker.publish(topics.record(name, "event"), pack(payload) if packed else payload)
    wait(lambda: broker.mark(name) == {"run-1": {"event": 5}}, "the mark behind it")

    assert [1, 2, 4, 5] == [row["seq"] for row in page.json(f"/api/sites/{name}/events")]
    assert 1 == page.json("/api/counts")["aside"][name]
    ((run, stream, first, seq, why, raw),) = rows(page, name)
    assert ("run-1", "event", 3, 3) == (run, stream, first, seq)
    assert "of a later version" in why
    assert "of a later version" == json.loads(raw)["status"]


def test_batch_without_a_head_is_numbered_all_the_same(
    page: Any, name: str, broker: Any, voice: Any, wait: Any
) -> None:
    """Nothing of it can be dated or believed, but its numbers are known: the next batch goes on behind it."""
    site = voice(name)
    tree = json.loads(encode(site.batch(site.record(1), site.record(2))))
    tree["head"] = {"site": name}

    broker.publish(topics.record(name, "event"), json.dumps(tree).encode())
    broker.say(site.batch(site.record(3)))
    wait(lambda: broker.mark(name) == {"run-1": {"event": 3}}, "the mark")

    assert [1, 2] == [row[3] for row in rows(page, name)]


@pytest.mark.parametrize(
    "payload",
    [
        b"\xff\xfe\x00", b"{", b"[" * 50_000, b"\0", b"null", b"x\x9c rubbish", zlib.compress(b"0" * 50_000_000),
        zlib.compress(b'{"records": []}')[:-3], b'{"run": "run-1", "stream": "event", "records": 3}',
        b'{"run": "' + b"r" * 81 + b'", "stream": "event", "records": [{"seq": 1}]}',
    ],
    ids=["bytes", "cut", "deep", "nul", "null", "not zlib", "bomb", "cut zlib", "no list", "long name"],
)  # fmt: skip
def test_what_has_no_numbers_lies_aside_once(
    page: Any, name: str, broker: Any, voice: Any, wait: Any, payload: bytes
) -> None:
    """However often it comes again it is kept once, and what is good is taken."""
    site = voice(name)

    for _ in range(3):
        broker.publish(topics.record(name, "event"), payload)
    broker.say(site.batch(site.record(1)))
    wait(lambda: broker.mark(name) == {"run-1": {"event": 1}}, "the good record")

    assert 1 == page.json("/api/counts")["aside"][name]
    assert [(None, None, payload)] == [(row[0], row[3], row[5]) for row in rows(page, name)]
    assert "Traceback" not in page.log.read_text()


def test_number_beyond_reason_moves_no_mark(page: Any, name: str, broker: Any, voice: Any, wait: Any) -> None:
    """A seq that no store can hold lies aside without a number; the records beside it are kept."""
    site = voice(name)
    payload = spoiled(site.batch(site.record(1), site.record(2)), 2, seq=10**30)

    broker.publish(topics.record(name, "event"), payload)
    wait(lambda: broker.mark(name) == {"run-1": {"event": 1}}, "the good record")

    assert [(None, None)] == [row[2:4] for row in rows(page, name)]


def test_deep_body_lies_aside_and_the_pages_live(page: Any, name: str, broker: Any, voice: Any, wait: Any) -> None:
    """Nesting that a decoder still takes and a page would choke on is not kept as a record."""
    site = voice(name)
    deep: Any = 1
    for _ in range(300):
        deep = [deep]

    broker.say(site.batch(site.record(1, "clock_set", {"detail": "x", "deep": deep}), site.record(2)))
    wait(lambda: broker.mark(name) == {"run-1": {"event": 2}}, "the mark")

    assert [2] == [row["seq"] for row in page.json(f"/api/sites/{name}/events")]
    assert 200 == page.get(f"/sites/{name}")[0]


def test_gap_that_is_odd_stands_for_all_that_it_says(page: Any, name: str, broker: Any, voice: Any, wait: Any) -> None:
    """Its numbers can be read though its reason is missing: the stream goes on behind it."""
    site = voice(name)
    gap = site.record(40, "gap", {"first": 2, "last": 40})

    broker.say(site.batch(site.record(1, "sample", {}), gap, site.record(41, "sample", {}), stream=Stream.SAMPLE))
    wait(lambda: broker.mark(name) == {"run-1": {"sample": 41}}, "the mark")

    assert [(2, 40)] == [row[2:4] for row in rows(page, name)]


def test_what_lies_aside_is_bounded(page: Any, name: str, broker: Any, voice: Any, wait: Any) -> None:
    """Large rubbish without end fills no disk: the oldest gives way."""
    site = voice(name)
    for number in range(40):
        broker.publish(topics.record(name, "event"), b"%04d" % number + b"!" * 250_000)
    broker.say(site.batch(site.record(1)))
    wait(lambda: broker.mark(name) == {"run-1": {"event": 1}}, "the good record")

    kept = [row[5][:4] for row in rows(page, name)]
    assert b"0039" == kept[-1]
    assert 250_000 * len(kept) <= 4 * 1024 * 1024


def test_leftovers_of_a_simulation_do_not_stop_a_site_in_service(
    dashboard: Any, broker: Any, voice: Any, wait: Any
) -> None:
    """What was played before the site went into service is no record, and what came after it is."""
    page, real = dashboard("odd-a", in_service=True), voice("odd-a")
    wait(lambda: page.json("/healthz")["broker"], "the link")
    play = voice("odd-a", simulated=True)
    real.status = Status.ACTUAL
    batch = encode(real.batch(real.record(1), real.record(2), real.record(3)))
    tree = json.loads(batch)
    tree["records"][1] = json.loads(encode(play.record(2)))

    broker.publish(topics.record("odd-a", "event"), json.dumps(tree).encode())
    wait(lambda: broker.mark("odd-a") == {"run-1": {"event": 3}}, "the mark")

    assert [1, 3] == [row["seq"] for row in page.json("/api/sites/odd-a/events")]
    assert ["simulated, and the site is in service"] == [row[4] for row in rows(page, "odd-a")]


def test_message_over_the_limit_stops_nothing(page: Any, name: str, broker: Any, voice: Any, wait: Any) -> None:
    """More bytes than anybody takes are dropped with a sentence; the next message is taken."""
    site = voice(name)

    broker.publish(topics.record(name, "event"), b" " * (MAX_MESSAGE + 1))
    broker.say(site.batch(site.record(1)))
    wait(lambda: broker.mark(name) == {"run-1": {"event": 1}}, "the good record")

    assert f"of {MAX_MESSAGE + 1} bytes refused, too large" in page.log.read_text()


@pytest.mark.parametrize("kind", ["status", "birth", "state", "alarms", "device"])
def test_picture_over_the_limit_stops_nothing(
    page: Any, name: str, broker: Any, voice: Any, wait: Any, kind: str
) -> None:  # fmt: skip
    """Kept by the broker and so sent again at each start: dropped with a sentence; what was known stays, what is good
    is taken."""
    site = voice(name)
    broker.say(site.alive(), site.birth(), site.state())
    wait(lambda: "on_mains" in page.get(f"/api/sites/{name}")[1], "the state")
    topic = topics.device(name, "genset") if kind == "device" else getattr(topics, kind)(name)

    broker.publish(topic, b"[" * (MAX_MESSAGE + 1), retain=True)
    wait(lambda: f"{topic}" in page.log.read_text(), "a sentence")
    broker.say(site.tick().device(fuel__level=41), site.batch(site.record(1)))
    wait(lambda: broker.mark(name) == {"run-1": {"event": 1}}, "the good record")
    broker.publish(topic, b"", retain=True)

    assert "on_mains" in page.get(f"/api/sites/{name}")[1]
    assert "Traceback" not in page.log.read_text()


def test_two_boxes_under_one_name_are_said(page: Any, name: str, broker: Any, voice: Any, wait: Any) -> None:
    """Two runs that take turns: the card says so in both languages, and the records of both are kept."""
    one, other = voice(name, run="run-a"), voice(name, run="run-b")

    for turn in range(1, 4):
        for box in (one, other):
            broker.say(box.tick().alive(), box.batch(box.record(turn)))
    wait(lambda: broker.mark(name) == {"run-a": {"event": 3}, "run-b": {"event": 3}}, "both marks")

    assert page.json(f"/api/sites/{name}?lang=sv")["contact"]["identity_double"].startswith("Två enheter sänder under")
    assert page.json(f"/api/sites/{name}?lang=en")["contact"]["identity_double"].startswith("Two boxes send under")
    assert 6 == len(page.json(f"/api/sites/{name}/events"))
