"""Orders: one document, many kinds, told apart by a word."""

import json
from typing import Any

import pytest

from contract.messages import decode, encode
from contract.orders import (
    MAX_ORDERS,
    Absence,
    AckAlarm,
    Activation,
    Answer,
    BreakGlass,
    CallOut,
    Command,
    Confirmation,
    Declaration,
    DeclaredRun,
    Delivery,
    NeedMark,
    NeedSaid,
    Notice,
    Order,
    Orders,
    OutOfService,
    Report,
    RunNote,
    ServiceVisit,
    SetClock,
    Shelve,
    StepDone,
    What,
)
from contract.wire import Refused
from contract.words import Declared, NeedKind, Status

EACH: list[tuple[str, What]] = [
    ("ack", AckAlarm(key="fuel-low", device="genset", raised_run="r-1", raised_seq=3, comment="seen")),
    ("report", Report(observed_ms=5)),
    ("report", Report(observed_ms=5, power="none", litres=0.0, set_running=False, services={"fuel": Declared.CLOSED})),
    ("activation", Activation(active=True, reason="storm")),
    ("declaration", Declaration(service="fuel", declared=Declared.LIMITED, until_ms=None)),
    ("notice", Notice(notice="n-1", sv="Vatten finns", withdrawn=True)),
    ("command", Command(command="rebirth", expires_ms=9)),
    ("shelve", Shelve(key="fuel-low", device="site", for_s=3600, comment="delivery at noon")),
    ("out_of_service", OutOfService(key="fuel-low", device="site", out=True, comment="sender is away")),
    ("service_visit", ServiceVisit()),
    ("confirmation", Confirmation(what="sot:shop", ok=False, observed_ms=5)),
    ("absence", Absence(activator="kim", from_ms=5, until_ms=9)),
    ("declared_run", DeclaredRun(started_ms=5, minutes=35, voltage=True, load_percent=32.0)),
    ("run_note", RunNote(run_id="r-1", comment="second attempt")),
    ("delivery", Delivery(litres=400.0, product="hvo", delivered_ms=5)),
    ("call_out", CallOut(reason="storm")),
    ("answer", Answer(activator="kim", coming=True, in_minutes=20, note="by phone 18:20")),
    ("step", StepDone(step="switch", position="GEN")),
    ("need", NeedSaid(need="n-1", what=NeedKind.MEDICINE, people=1, text="insulin")),
    ("need_mark", NeedMark(need="n-1", state="solved")),
    ("break_glass", BreakGlass(until_ms=1_764_085_500_000)),
    ("set_clock", SetClock(wall_ms=1_763_999_020_000, boot="b-1", up_ms=85_420_000)),
]


def order(what: What, name: str = "o-1") -> Order:
    """Somebody's order."""
    return Order(id=name, who="Duty officer", role="coordinator", entered_ms=7, through="dashboard", what=what)


def wire(what: dict[str, Any]) -> bytes:
    """A document with one order as it travels."""
    return json.dumps({"revision": 1, "orders": [json.loads(encode(order(EACH[0][1]))) | {"what": what}]}).encode()


@pytest.mark.parametrize(("tag", "what"), EACH)
def test_each_order_comes_back_as_it_went(tag: str, what: What) -> None:
    """The word `kind` says which order it is, and it comes out as the same."""
    sent = Orders(revision=4, orders=(order(what),))

    assert tag == json.loads(encode(sent))["orders"][0]["what"]["kind"]
    assert sent == decode(encode(sent), Orders)


def test_every_kind_is_tried_above() -> None:
    """The list above has them all."""
    assert set(What.__args__) == {type(what) for _, what in EACH}


@pytest.mark.parametrize(
    "what",
    [
        {"kind": "start_engine"},
        {"kind": None},
        {"active": True, "reason": "no kind"},
        {"kind": "ack", "active": True, "reason": "another's fields"},
        {"kind": "ack", "key": "fuel-low", "device": "genset", "raised_run": "r-1", "raised_seq": 0},
        {"kind": "command", "command": "start", "expires_ms": 9},
        {"kind": "report", "observed_ms": 5, "power": "solar"},
        {"kind": "report", "observed_ms": 5, "litres": -1},
        {"kind": "report", "observed_ms": 5, "litres": "full"},
        {"kind": "report", "observed_ms": 5, "set_running": 1},
        {"kind": "report", "observed_ms": 5, "services": {"fuel": "maybe"}},
        {"kind": "report", "observed_ms": 5, "people_present": 10**9},
        {"kind": "declaration", "service": "fuel", "declared": "open"},
        {"kind": "need", "need": "n-1", "what": "gold"},
        {"kind": "need", "need": "n-1", "what": "food", "text": "x" * 301},
        {"kind": "need_mark", "need": "n-1", "state": "received"},
        {"kind": "answer", "activator": "kim"},
        {"kind": "shelve", "key": "fuel-low", "device": "site", "for_s": 8 * 3600 + 1, "comment": "x"},
        {"kind": "shelve", "key": "fuel-low", "device": "site", "for_s": 60, "comment": ""},
        {"kind": "service_visit", "for_s": -1},
        {"kind": "delivery", "litres": 0, "product": "diesel", "delivered_ms": 5},
        {"kind": "delivery", "litres": 10, "product": "petrol", "delivered_ms": 5},
        {"kind": "notice", "notice": "", "sv": "x"},
        {"kind": "notice", "notice": "n-1", "sv": "x" * 2001},
        "report",
        None,
    ],
    ids=str,
)
def test_order_that_is_none_is_refused(what: Any) -> None:
    """Unknown kinds, another kind's fields, wrong types and sizes: the document is refused with a sentence."""
    with pytest.raises(Refused, match=r"^Orders: "):
        decode(wire(what), Orders)


def test_an_older_centre_does_not_say_what_an_order_was_meant_for() -> None:
    """Nor does it have to; a newer one says whether it was an exercise."""
    tree = json.loads(wire({"kind": "call_out", "reason": "storm"}))
    del tree["orders"][0]["status"]
    silent = decode(json.dumps(tree).encode(), Orders).orders[0].status
    tree["orders"][0]["status"] = "exercise"

    assert (None, Status.EXERCISE) == (silent, decode(json.dumps(tree).encode(), Orders).orders[0].status)


def test_what_was_not_said_is_none() -> None:
    """A witness who did not look at the tank has not seen it empty."""
    report = decode(wire({"kind": "report", "observed_ms": 5}), Orders).orders[0].what

    assert isinstance(report, Report)
    unsaid = (report.power, report.set_running, report.load_connected, report.litres, report.dipstick_cm)
    assert (None,) * 5 == unsaid
    assert (None, {}, "") == (report.people_present, report.services, report.needs)


@pytest.mark.parametrize(("count", "taken"), [(0, True), (MAX_ORDERS, True), (MAX_ORDERS + 1, False)])
def test_document_has_a_size(count: int, taken: bool) -> None:
    """An empty document means that all is answered; too many orders are refused."""
    data = encode(Orders(revision=1, orders=tuple(order(EACH[0][1], f"o-{n}") for n in range(count))))

    if taken:
        assert count == len(decode(data, Orders).orders)
    else:
        with pytest.raises(Refused, match="orders"):
            decode(data, Orders)


def test_empty_payload_ends_no_order() -> None:
    """A topic that was wiped is refused, not read as nothing left to do."""
    with pytest.raises(Refused):
        decode(b"", Orders)
