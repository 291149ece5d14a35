"""What is not taken: play in a real site, strangers, and everything that is not what it says."""

from typing import Any

import pytest

from contract import topics
from contract.judgement import (
    Activator,
    AnswerNow,
    CallNow,
    Contradiction,
    Endurance,
    NeedNow,
    Reason,
    Reported,
    RequirementNow,
    RunDone,
    StepNow,
    Witness,
)
from contract.messages import ServiceNow, encode
from contract.words import Clash, Declared, NeedKind, Opening, Origin, Power, Sot, Status, Stream


def test_site_in_service_takes_nothing_simulated(dashboard: Any, broker: Any, voice: Any, wait: Any) -> None:
    """Heads, records and values of a simulation are counted, shown and said once, and change nothing.

    A record of play that a real site still had is put aside, and the stream behind it goes on.
    """
    page, play, real = dashboard("serv-a", in_service=True), voice("serv-a", simulated=True), voice("serv-a")
    wait(lambda: page.json("/healthz")["broker"], "the link")
    real.status = Status.ACTUAL
    half = real.state(Power.DEAD)
    hidden = encode(half).replace(Origin.MEASURED.value.encode(), Origin.SIMULATED.value.encode())

    broker.say(play.state(Power.DEAD), play.device(fuel__level=3.0), play.batch(play.record(1)))
    broker.publish(topics.state("serv-a"), hidden)
    broker.say(real.batch(real.record(1, "sensor_fault", {"origin": "simulated"})))
    wait(lambda: page.json("/api/counts")["refused"] == {"serv-a": 5}, "five refusals")
    broker.say(real.tick().alive(), real.state(Power.ON_MAINS))
    wait(lambda: page.json("/api/counts")["folded"] == 2, "two that are real")
    wait(lambda: broker.mark("serv-a") == {"run-1": {"event": 1}}, "that what lies aside is confirmed")

    assert {"event": 0, "receipt": 0, "sample": 0} == page.json("/api/counts")["records"]
    assert "on_mains" == page.json("/api/sites/serv-a")["power"]
    assert "5 meddelanden från platsen gick inte att läsa" in page.get("/sites/serv-a")[1]
    assert 1 == page.log.read_text().count("serv-a: refused")
    assert {"serv-a": 1} == page.json("/api/counts")["aside"]
    assert {"run-1": {"event": 1}} == broker.mark("serv-a")


def test_exercise_is_taken_in_service_and_framed(shared: Any, broker: Any, voice: Any, wait: Any) -> None:
    """An exercise at a real site is shown, with its word round everything."""
    page, site = shared, voice("exer-a")
    site.status = Status.EXERCISE

    broker.say(site.alive(), site.state(Power.DEAD))
    wait(lambda: page.json("/api/sites/exer-a")["power"] == "dead", "the state")

    assert ["ÖVNING"] == page.json("/api/sites/exer-a")["frames"]
    assert "framed" in page.get("/")[1]
    assert "ÖVNING" in page.get("/sites/exer-a")[1]


def test_strangers_are_shown_apart(dashboard: Any, broker: Any, voice: Any, wait: Any) -> None:
    """A site that is not in the settings is named as unknown, has no page, and nothing of it is kept."""
    page, site = dashboard("known-a"), voice("stranger-a")
    wait(lambda: page.json("/healthz")["broker"], "the link")

    broker.say(site.alive(), site.batch(site.record(1)))
    wait(lambda: page.json("/api/counts")["unregistered"].get("stranger-a") == 1, "the stranger")

    html = page.get("/")[1]
    assert "Okända platser" in html
    assert "stranger-a" in html
    assert 404 == page.get("/sites/stranger-a")[0]
    assert 0 == page.json("/api/counts")["records"]["event"]
    assert {} == broker.mark("stranger-a")


HOSTILE = [
    b"\xff\xfe\x00",
    b"{",
    b"null",
    b"[" * 50_000,
    b'{"head": {}}',
    b'{"head": 1}',
    b"1" * 1000,
    b'{"a":"' + b"x" * 300_000 + b'"}',
]


def test_hostile_payloads_stop_nothing(dashboard: Any, broker: Any, voice: Any, wait: Any) -> None:
    """Rubbish on every topic is refused with a sentence; the next good message is taken."""
    page, site = dashboard("host-a"), voice("host-a")
    wait(lambda: page.json("/healthz")["broker"], "the link")
    where = [topics.status("host-a"), topics.state("host-a"), topics.device("host-a", "genset"),
             topics.record("host-a", "event"), topics.record("host-a", "sample")]  # fmt: skip

    for topic in where:
        for payload in HOSTILE:
            broker.publish(topic, payload)
    broker.say(site.alive(), site.state(), site.batch(site.record(1)))
    wait(lambda: broker.mark("host-a") == {"run-1": {"event": 1}}, "the good record")

    assert "on_mains" == page.json("/api/sites/host-a")["power"]
    assert "Traceback" not in page.log.read_text()


@pytest.mark.parametrize(
    ("name", "raw"),
    [("huge-a", "1" + "0" * 400), ("huge-b", "-1" + "0" * 400), ("huge-c", "1e308")],
    ids=["large", "small", "float"],
)
def test_number_beyond_reason_is_a_dash(shared: Any, broker: Any, voice: Any, wait: Any, name: str, raw: str) -> None:
    """A number that no screen can hold stops nothing."""
    site = voice(name)

    broker.publish(
        topics.device(name, "genset"), encode(site.device(fuel__level=12345.0)).replace(b"12345.0", raw.encode())
    )
    wait(lambda: shared.json(f"/api/sites/{name}")["fuel"], "the value")

    assert "–" in shared.json(f"/api/sites/{name}")["fuel"]["shown"]
    assert 200 == shared.get(f"/sites/{name}")[0]


@pytest.mark.parametrize("raw", ["1" + "0" * 400, "1" + "0" * 5000, "[" * 900 + "]" * 900, "[" * 5000 + "]" * 5000])
def test_record_is_kept_only_if_it_can_be_read_back(shared: Any, broker: Any, voice: Any, wait: Any, raw: str) -> None:
    """Endless numbers and deep nesting are refused or kept, but stop neither the keeper nor the list nor the page."""
    site = voice("deep-a", run=f"run-{len(raw)}")
    bad = encode(site.batch(site.record(1, "clock_set", {"detail": 12345.0}))).replace(b"12345.0", raw.encode())

    broker.publish(topics.record("deep-a", "event"), bad)
    broker.say(site.batch(site.record(1), site.record(2)))
    wait(lambda: broker.mark("deep-a").get(site.run) == {"event": 2}, "the good record")

    assert [1, 2] == [row["seq"] for row in shared.json("/api/sites/deep-a/events") if row["run"] == site.run]
    assert 200 == shared.get("/sites/deep-a")[0]


def test_sample_beyond_reason_is_a_gap(shared: Any, broker: Any, voice: Any, wait: Any) -> None:
    """A sample that no curve can hold is no point of it."""
    site = voice("deep-b")
    body = {"device": "genset", "whole": True, "values": {"fuel.level": site.value(1e308)}}

    broker.say(site.batch(site.record(1, "sample", body), stream=Stream.SAMPLE))
    wait(lambda: broker.mark("deep-b") == {"run-1": {"sample": 1}}, "the mark")

    assert [None] == [value for _, value in shared.json("/api/sites/deep-b/history")["signals"]["fuel.level"]]


def test_words_from_outside_are_never_markup(shared: Any, broker: Any, voice: Any, wait: Any) -> None:
    """Whatever a site calls itself or says stands as text in the page."""
    page, site = shared, voice("html-a")
    evil = "<script>alert(1)</script>\"'>"
    said = site.state(
        contradictions=(Contradiction(key=Clash.PERSON_QUARREL, detail=evil),),
        reasons=(Reason(key="alarm", detail=evil), Reason(key=evil)),
        witnesses=(Witness(source=evil, says=evil, origin=Origin.REPORTED, up_ms=1),),
        station=Reported(value=1.0, who=evil, at=site.moment()),
        endurance=Endurance(low_h=1.0, high_h=None, basis=evil, at=site.moment()),
        call=CallNow(opening=Opening.ASKED, reason=evil, by=evil, since=site.moment(), unanswered=True,
                     call_next=Activator(id="a", name=evil, phone=evil), approved_by=evil,
                     answers=(AnswerNow(activator=evil, coming=True, in_minutes=None, note=evil, entered_by=evil,
                                        at=site.moment()),),
                     steps=(StepNow(id=evil, sv=evil, en=evil, position=evil, blocked=evil),)),
        activators=(Activator(id=evil, name=evil),),
        needs=(NeedNow(id=evil, what=NeedKind.OTHER, people=1, text=evil, who=evil, at=site.moment(), note=evil),),
        requirements=(RequirementNow(key=Sot.SHOP, responsible=evil, confirmed=site.moment(), confirmed_by=evil),),
        services=(ServiceNow(service=evil, declared=Declared.OPEN, until_ms=None, declared_at=None),),
        last_run=RunDone(id=evil, kind="test", started=site.moment(), ended=site.moment(), why_not=(evil,),
                         who=evil, comment=evil),
    )  # fmt: skip
    noted = site.batch(site.record(1, "clock_set", {"detail": evil}))

    broker.say(
        site.alive(), site.birth(), said, site.device(engine__state=evil), site.alarms(site.alarm(detail=evil)), noted
    )
    wait(lambda: broker.mark("html-a") == {"run-1": {"event": 1}}, "the record")

    site_page, enter, all_sites = (page.get(path)[1] for path in ("/sites/html-a", "/sites/html-a/enter", "/"))
    assert "<script>alert" not in site_page + enter + all_sites
    assert 'href="tel:' not in site_page
    assert 20 <= site_page.count("&lt;script&gt;alert")
    assert 5 <= enter.count("&lt;script&gt;alert")


def test_topic_and_message_must_agree(shared: Any, broker: Any, voice: Any, wait: Any) -> None:
    """A message of one site on the topic of another is refused."""
    page, other = shared, voice("agree-b")

    broker.publish(topics.state("agree-a"), encode(other.state(Power.DEAD)))
    broker.publish(topics.device("agree-b", "meter"), encode(other.device("genset")))
    wait(lambda: {"agree-a", "agree-b"} <= page.json("/api/counts")["refused"].keys(), "two refusals")

    assert not page.json("/api/sites/agree-a")["known"]
    assert [] == page.json("/api/sites/agree-b")["devices"]
