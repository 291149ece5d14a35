"""Records: what stands in which, how they are numbered, and how a gap is told."""

import inspect
import json
from typing import Any

import msgspec
import pytest

from contract import records
from contract.bulletins import Receipt
from contract.messages import Head, decode, encode
from contract.records import BODIES, MAX_RECORDS, DeviceBody, GapBody, Mark, NoteBody, PowerBody, Record, RecordBatch
from contract.wire import Moment, Refused, Wire
from contract.words import Event, Power, Status, Stream


def record(moment: Moment, seq: int = 1, kind: str = "power_changed", body: dict[str, Any] | None = None) -> Record:
    """One record."""
    return Record(seq=seq, kind=kind, at=moment, status=Status.ACTUAL, simulated=False, body=body or {})


def batch(head: Head, *rows: Record) -> RecordBatch:
    """A batch of the stream of events."""
    return RecordBatch(head=head, run=head.run, stream=Stream.EVENT, historical=False, records=rows)


@pytest.mark.parametrize("kind", [*Event, "sample", "remembered", "receipt"])
def test_every_kind_has_a_rule_for_its_body(kind: str) -> None:
    """Whatever can stand in a stream, its reader knows what is in it."""
    assert issubclass(BODIES[kind], Wire)


def test_no_rule_and_no_body_is_left_over() -> None:
    """Each kind with a rule exists, and each body belongs to a kind."""
    made = {thing for name, thing in vars(records).items() if inspect.isclass(thing) and name.endswith("Body")}

    assert {*Event, "sample", "remembered", "receipt"} == set(BODIES)
    assert made | {Receipt} == set(BODIES.values())


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("mains_lost", PowerBody(power=Power.DEAD, was=Power.ON_MAINS, source="genset/mains.voltage_l1n")),
        ("device_silent", DeviceBody(device="genset")),
        ("gap", GapBody(first=3, last=9, why="storage was full")),
        ("clock_set", NoteBody(detail="40 s forward")),
    ],
)
def test_body_survives_the_road(head: Head, moment: Moment, kind: str, body: Wire) -> None:
    """A body put in by its kind comes out by its kind at the other end."""
    sent = batch(head, record(moment, 9, kind, json.loads(encode(body))))

    (taken,) = decode(encode(sent), RecordBatch).records

    assert body == msgspec.convert(taken.body, BODIES[taken.kind])


def test_gap_takes_the_place_of_its_range(moment: Moment) -> None:
    """Its seq is the last of the records that are gone, so that the next one follows without a hole."""
    gap = record(moment, 240, Event.GAP, msgspec.to_builtins(GapBody(first=181, last=240, why="thinned")))
    told = msgspec.convert(gap.body, GapBody)

    assert (181, 240) == (told.first, gap.seq)
    assert told.last == gap.seq


@pytest.mark.parametrize(
    "body", [{}, {"first": 0, "last": 2, "why": ""}, {"first": "1", "last": 2, "why": ""}, {"first": 1, "last": 2}]
)
def test_gap_that_says_nothing_is_refused(body: dict[str, Any]) -> None:
    """A gap names its range, from 1, and the reason."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(body, GapBody)


@pytest.mark.parametrize("seq", [0, -1, 1.5, "1", None])
def test_numbers_begin_at_one(head: Head, moment: Moment, seq: Any) -> None:
    """A record without a place in its stream is refused."""
    tree = json.loads(encode(batch(head, record(moment))))
    tree["records"][0]["seq"] = seq

    with pytest.raises(Refused, match=r"records\[0\]\.seq"):
        decode(json.dumps(tree).encode(), RecordBatch)


@pytest.mark.parametrize(("count", "taken"), [(0, False), (1, True), (MAX_RECORDS, True), (MAX_RECORDS + 1, False)])
def test_batch_has_a_size(head: Head, moment: Moment, count: int, taken: bool) -> None:
    """An empty batch says nothing, and a huge one is refused."""
    data = encode(batch(head, *(record(moment, seq) for seq in range(1, count + 1))))

    if taken:
        assert count == len(decode(data, RecordBatch).records)
    else:
        with pytest.raises(Refused, match="records"):
            decode(data, RecordBatch)


def test_stream_is_one_of_three(head: Head, moment: Moment) -> None:
    """A stream that nobody confirms is refused."""
    data = encode(batch(head, record(moment))).replace(b'"stream":"event"', b'"stream":"gossip"')

    with pytest.raises(Refused, match="gossip"):
        decode(data, RecordBatch)


def test_kind_of_the_future_is_taken_as_it_is(head: Head, moment: Moment) -> None:
    """An older centre stores and confirms what it does not understand, so that a newer site is not held up."""
    sent = batch(head, record(moment, 1, "set_exercised", {"minutes": 20}))

    assert sent == decode(encode(sent), RecordBatch)


def test_mark_stands_by_run_and_stream() -> None:
    """The centre says per run and stream up to where all is committed; 0 is nothing yet."""
    mark = Mark(site="are-kall", wall_ms=5, marks={"r-1": {Stream.EVENT: 4, Stream.SAMPLE: 0}, "r-2": {}})

    assert mark == decode(encode(mark), Mark)
    assert {"event": 4, "sample": 0} == json.loads(encode(mark))["marks"]["r-1"]


@pytest.mark.parametrize("marks", [{"r-1": {"event": -1}}, {"r-1": {"gossip": 1}}, {"r-1": 4}, [["r-1", 4]], None])
def test_mark_that_is_none_is_refused(marks: Any) -> None:
    """A wrong mark would let the site forget what nobody has."""
    with pytest.raises(Refused):
        decode(json.dumps({"site": "are-kall", "wall_ms": 5, "marks": marks}).encode(), Mark)
