"""Orders: one per key, kept before they are sent, gone from the document only when the site has answered."""

import urllib.request
from typing import Any

import msgspec
import pytest

from contract import topics
from contract.orders import AckAlarm, Orders
from contract.records import AnswerBody, Answers
from contract.words import Power

ACK = {"who": "Jour Ett", "comment": "på väg", "key": "fuel-low", "device": "genset", "raised_run": "run-1",
       "raised_seq": 7, "idempotency_key": "key-000001"}  # fmt: skip


def _document(broker: Any, topic: str) -> Orders | None:
    payload = broker.seen.get(topic)
    return msgspec.json.decode(payload, type=Orders) if payload else None


def test_acknowledgement_waits_until_the_site_has_answered(shared: Any, broker: Any, voice: Any, wait: Any) -> None:
    """Twice the same key is one order; the site's record ends it. (That it survives kill -9: `test_work`.)"""
    page, site = shared, voice("ack-a")
    topic = topics.orders("ack-a")
    broker.say(site.alive(), site.alarms(site.alarm()))
    wait(lambda: page.json("/api/alarms?place=ack-a")["rows"], "the alarm")

    first = page.post("/sites/ack-a/alarms/ack", ACK)
    second = page.post("/sites/ack-a/alarms/ack", ACK)
    wait(lambda: _document(broker, topic) and _document(broker, topic).orders, "the document")
    assert 202 == first[0]
    assert first == second
    (order,) = _document(broker, topic).orders
    assert (first[1]["id"], "Jour Ett", "dashboard") == (order.id, order.who, order.through)
    assert AckAlarm(key="fuel-low", device="genset", raised_run="run-1", raised_seq=7, comment="på väg") == order.what
    html = page.get("/sites/ack-a")[1]
    assert "väntar på platsen" in html
    assert 'action="/sites/ack-a/alarms/ack"' not in html

    broker.say(site.tick().batch(site.record(1, "order_done", {"order": order.id, "kind": "ack", "detail": ""})))
    wait(lambda: not _document(broker, topic).orders, "an empty document")
    assert "Inget väntar." in page.get("/sites/ack-a")[1]
    assert first[1] == page.post("/sites/ack-a/alarms/ack", ACK)[1]
    assert () == _document(broker, topic).orders


def test_revision_rises_with_every_change(shared: Any, broker: Any, wait: Any) -> None:
    """A newer document has a higher revision."""
    page = shared
    topic = topics.orders("rev-a")
    revisions = []
    for number in range(3):
        page.post("/sites/rev-a/alarms/ack", ACK | {"idempotency_key": f"key-00000{number}"})
        wait(lambda n=number: (d := _document(broker, topic)) and len(d.orders) == n + 1, "the document")
        revisions.append(_document(broker, topic).revision)

    assert sorted(set(revisions)) == revisions


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("reports", {"observed_ms": 1000, "power": "reserve", "litres": 120.5, "needs": "diesel"}),
        ("activation", {"active": True, "reason": "storm"}),
        ("declarations", {"service": "fuel", "declared": "open", "until_ms": None}),
        ("notices", {"notice": "n-1", "sv": "Öppet till åtta"}),
    ],
)
def test_every_kind_of_order_is_taken(shared: Any, broker: Any, wait: Any, address: str, body: dict[str, Any]) -> None:
    """Reports, activation, declarations and notices travel as what they are."""
    site = f"kind-{address}"
    page = shared

    status, _ = page.post(f"/sites/{site}/{address}", body | {"who": "A", "idempotency_key": "key-000001"})
    wait(lambda: (d := _document(broker, topics.orders(site))) and d.orders, "the document")

    assert 202 == status
    told = msgspec.to_builtins(_document(broker, topics.orders(site)).orders[0].what)
    assert body.items() <= told.items()


BAD = [
    ("alarms/ack", ACK | {"who": " "}, 400),
    ("alarms/ack", ACK | {"raised_seq": "many"}, 400),
    ("alarms/ack", {name: value for name, value in ACK.items() if name != "idempotency_key"}, 400),
    ("alarms/ack", [], 400),
    ("alarms/ack", b"{", 400),
    ("alarms/ack", b"[" * 20_000, 400),
    ("alarms/ack", b"\xff", 400),
    ("alarms/ack", b'{"who":"' + b"x" * 70_000 + b'"}', 413),
    ("start", ACK, 400),
    ("reports", ACK | {"observed_ms": -1}, 400),
    ("activation", ACK | {"active": "perhaps", "reason": ""}, 400),
]


def test_what_is_no_order_is_refused_with_a_sentence(shared: Any) -> None:
    """Each wrong body gets one sentence and leaves nothing behind."""
    page = shared

    answers = [(page.post(f"/sites/bad-a/{address}", body), status) for address, body, status in BAD]

    assert [status for _, status in answers] == [answer[0] for answer, _ in answers]
    assert all(answer[1]["error"] and "\n" not in answer[1]["error"] for answer, _ in answers)
    assert 404 == page.post("/sites/nobody/alarms/ack", ACK)[0]
    assert "Inget väntar." in page.get("/sites/bad-a")[1]
    assert "Traceback" not in page.log.read_text()


def test_form_without_script_is_taken(shared: Any) -> None:
    """The plain form of the page works with JavaScript off."""
    page = shared
    body = "&".join(f"{name}={value}" for name, value in ACK.items()).replace(" ", "+").encode()

    form = {"content-type": "application/x-www-form-urlencoded"}
    with urllib.request.urlopen(urllib.request.Request(f"{page.url}/sites/form-a/alarms/ack", body, form)) as answer:
        assert f"{page.url}/sites/form-a#panel-orders" == answer.url
        assert "Jour Ett" in answer.read().decode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1:1"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_other_pages_may_not_order(shared: Any, headers: dict[str, str], status: int) -> None:
    """A name bent to this address, or a form on another page, is turned away."""
    page = shared

    assert status == page.post("/sites/csrf-a/alarms/ack", ACK, **headers)[0]
    assert () == tuple(page.json("/api/sites/csrf-a/events"))
    assert "Inget väntar." in page.get("/sites/csrf-a")[1]


def test_own_page_may_order_and_other_names_may_not_even_look(shared: Any) -> None:
    """The page's own origin passes; a foreign name gets no page."""
    page = shared

    assert 202 == page.post("/sites/csrf-b/alarms/ack", ACK, Origin=page.url)[0]
    assert 403 == page.get("/", Host="evil.example")[0]


def test_site_mode_sends_to_the_site_and_hears_its_answers(dashboard: Any, broker: Any, voice: Any, wait: Any) -> None:
    """On the site's own broker an order waits until the gateway's list of answers names it; a refusal is shown."""
    page, site = dashboard("local-a", mode="site"), voice("local-a")
    topic = topics.local_orders("local-a")
    wait(lambda: page.json("/healthz")["broker"], "the link")
    broker.say(site.alive(), site.state(Power.DEAD), site.alarms(site.alarm()))
    wait(lambda: page.json("/api/counts")["folded"] == 3, "the picture")

    acked = page.post("/sites/local-a/alarms/ack", ACK)[1]["id"]
    opened = {"active": True, "reason": "", "who": "A", "idempotency_key": "key-000002"}
    refused = page.post("/sites/local-a/activation", opened)[1]["id"]
    wait(lambda: (d := _document(broker, topic)) and len(d.orders) == 2, "both orders")
    done = AnswerBody(order=acked, kind="ack")
    not_done = AnswerBody(order=refused, kind="activation", reason="program_too_old")
    broker.say(Answers(head=site.tick().head(), answers=(done,)))
    wait(lambda: len(_document(broker, topic).orders) == 1, "the acknowledgement to be answered")
    broker.say(Answers(head=site.tick().head(), answers=(done, not_done)))
    wait(lambda: not _document(broker, topic).orders, "the activation to be answered")

    assert topics.orders("local-a") not in broker.seen
    assert "Dosan på platsen klarar inte det här" in page.get("/?lang=sv")[1]
