"""What goes onto the picture road: of the contract's type, under its topic, and nothing of staff for visitors."""

import json
from hashlib import sha256

import msgspec
import pytest

from contract import messages, topics
from contract.bulletins import Bulletin, PublicBulletin, ReceiptMark, Words
from contract.content import DocumentRef, PublicDocument
from contract.messages import Alarms, Birth, DevicePicture, PublicPicture, SiteState, SiteStatus, decode
from contract.orders import Activation, Declaration, Notice, Report
from contract.words import Audience, Declared, Event, Origin, Status
from gateway.core import announce
from gateway.core.announce import Message
from gateway.core.facts import Facts
from gateway.core.remembered import Held

from .conftest import WALL_MS, Story, at, facts, genset, good, order, volts

STAFF_WORDS = (
    "fuel", "alarm", "battery", "litres", "genset", "meter", "Kim", "coordinator", "readiness", "endurance", "witness",
    "earth-fault", "needs", "insulin", "dashboard", "controller", "230",
)  # fmt: skip


def lively(of: Facts) -> Story:
    """A site with everything a site can have: alarms, reports, notices, services, an outage, a receipt."""
    story = Story(of)
    story.poll(at(1), "genset", genset(1))
    story.poll(at(2), "meter", volts("meter", 230, 2))
    story.poll(at(5), "genset", genset(5, mains=0, engine="running", kw=14) | {"alarm.earth-fault": good("trip")})
    story.poll(at(12), "genset", genset(12, mains=0, engine="running", kw=14) | {"alarm.earth-fault": good("trip")})
    for number, what in enumerate(
        [
            Report(observed_ms=WALL_MS, power="reserve", litres=432.1, people_present=17, needs="insulin"),
            Activation(active=True, reason="storm"),
            Declaration(service="shop", declared=Declared.OPEN, until_ms=WALL_MS + 3_600_000),
            Notice(notice="soup", sv="Soppa kl 12", en="Soup at noon"),
        ]
    ):
        story.step(at(13 + number), order(number, what))
    memory = msgspec.structs.replace(story.site.memory, receipts={"kiosk-run": 7}, bulletins=(held(),))
    story.site = msgspec.structs.replace(story.site, memory=memory)
    return story


def held() -> Held:
    """A bulletin on the screen."""
    bulletin = Bulletin(
        id="b-1", serial=1, incident="storm", msg_type="alert", status=Status.ACTUAL, sent_ms=WALL_MS, expires_ms=None,
        sender_name="Åre kommun", category="Infra", urgency="immediate", severity="severe", certainty="observed",
        sites=("are-kall",), texts={"sv": Words(headline="Strömavbrott")},
    )  # fmt: skip
    return Held(bulletin=bulletin, digest="d", received=at(1).moment())


def everything(of: Facts) -> list[Message]:
    """All that both roads tell of that site, a document and the last will among it."""
    story, now = lively(of), at(60)
    body = b'{"services": []}'
    ref = DocumentRef(
        name="services", version=1, sha256=sha256(body).hexdigest(), size=len(body), audience=Audience.PUBLIC
    )
    return [
        *announce.for_staff(story.site, of, now),
        *announce.for_visitors(story.site, of, now),
        announce.public_document(ref, body, of, now),
        announce.status(of, now, online=False),
    ]


KINDS = {
    topics.status("are-kall"): SiteStatus,
    topics.birth("are-kall"): Birth,
    topics.state("are-kall"): SiteState,
    topics.alarms("are-kall"): Alarms,
    topics.device("are-kall", "genset"): DevicePicture,
    topics.device("are-kall", "meter"): DevicePicture,
    topics.public_picture("are-kall"): PublicPicture,
    topics.public_bulletin("are-kall", "b-1"): PublicBulletin,
    topics.public_content("are-kall", "services"): PublicDocument,
    topics.receipt_mark("are-kall"): ReceiptMark,
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("simulated", [True, False])
def test_every_message_is_of_its_type_and_says_whether_it_is_meant(status: Status, simulated: bool) -> None:
    """Decoded by the contract's type of its topic; status and simulated stand in every head."""
    told = everything(facts(status=status, simulated=simulated))
    heads = [getattr(decode(payload, KINDS[topic]), "head", None) for topic, payload in told]

    assert set(KINDS) == {topic for topic, _ in told}
    assert {(status, simulated), None} == {head and (head.status, head.simulated) for head in heads}
    assert 1 == heads.count(None)
    assert all(len(payload) < messages.MAX_MESSAGE for _, payload in told)


def test_the_public_picture_contains_no_fact_of_staff() -> None:
    """Searched as text and by its keys: no fuel, alarm, name, device or measured number is in it."""
    _, payload = announce.public_picture(lively(facts()).site, facts(), at(60))
    text = payload.decode().replace(json.dumps(WALL_MS)[:6], "")

    assert [] == [word for word in STAFF_WORDS if word.lower() in text.lower()]
    assert {
        "head", "place", "power", "since", "active", "services", "notices", "events", "period_s", "heartbeat_s",
        "centre_heard", "opening", "stay", "box_lasts", "screens",
    } == set(json.loads(payload))  # fmt: skip


def test_the_public_picture_says_what_a_visitor_needs() -> None:
    """Power, what is open until when, the notice, and only events that are public."""
    said = decode(announce.public_picture(lively(facts()).site, facts(), at(60))[1], PublicPicture)

    assert ("on_reserve", True) == (said.power.value, said.active)
    assert [("shop", Declared.OPEN, WALL_MS + 3_600_000)] == [
        (s.service, s.declared, s.until_ms) for s in said.services
    ]
    assert ["Soppa kl 12"] == [notice.sv for notice in said.notices]
    assert [Event.MAINS_LOST, Event.ON_RESERVE] == [event.kind for event in said.events]


def test_a_notice_whose_time_is_over_is_no_longer_told() -> None:
    """Under a known clock."""
    story = Story(facts())
    story.step(at(1), order(1, Notice(notice="soup", sv="Soppa", until_ms=WALL_MS + 60_000)))
    counts = [
        len(decode(announce.public_picture(story.site, facts(), at(second))[1], PublicPicture).notices)
        for second in (59, 60)
    ]

    assert [1, 0] == counts


def test_each_witness_carries_its_origin() -> None:
    """A simulated, a measured and a reported witness can be told apart."""
    said = decode(announce.state(lively(facts()).site, facts(), at(60))[1], SiteState)

    assert {Origin.MEASURED, Origin.REPORTED} == {witness.origin for witness in said.witnesses}
    assert "person/Kim" in {witness.source for witness in said.witnesses}


def test_the_catalogue_tells_unit_and_period_of_each_signal() -> None:
    """A period is never shorter than the pace at which pictures are told."""
    said = decode(announce.birth(facts(picture_every_s=30.0), at(1))[1], Birth)

    assert ["genset", "meter"] == [device.device for device in said.devices]
    assert {30.0} == {signal.period_s for device in said.devices for signal in device.signals}
