"""What is left out of an answer: some of it could have been a warning, some of it could not; the two are told apart."""

import json
from typing import Any

import pytest

from contract.words import Status
from kiosk.feeds import krisinformation, smhi, vma
from kiosk.feeds.alert import BadAnswer
from kiosk.feeds.reading import MAX_ALERTS


def alert(**changed: Any) -> dict[str, Any]:
    """One message of VMA's list."""
    return {
        "identifier": "SRCAP20260314090000I", "sent": "2026-03-14T09:00:00+01:00", "status": "Actual",
        "msgType": "Alert", "scope": "Public", "incidents": "SRVMA20260314090000I",
        "info": [{"language": "sv-SE", "event": "VMA", "description": "Vattnet ska kokas."}],
    } | changed  # fmt: skip


def listed(*alerts: dict[str, Any]) -> bytes:
    """A list of them."""
    return json.dumps({"alerts": alerts}).encode()


@pytest.mark.parametrize(
    ("changed", "harmless"),
    [
        ({"status": "Draft"}, True),
        ({"status": "system"}, True),
        ({"msgType": "Ack"}, True),
        ({"msgType": "Error"}, True),
        ({"scope": "Restricted"}, True),
        ({"status": "Aktuell"}, False),
        ({"status": None}, False),
        ({"scope": "Everybody"}, False),
        ({"msgType": "Amend"}, False),
        ({"info": None}, False),
        ({"identifier": ""}, False),
    ],
)
def test_only_what_could_have_been_a_warning_is_doubtful(changed: dict[str, Any], harmless: bool) -> None:
    """A draft keeps nobody from saying that there are no warnings; a word that nobody knows does."""
    (reject,) = vma.read(listed(alert(identifier="good"), alert(**changed))).rejects

    assert harmless is reject.harmless


def test_list_of_drafts_is_a_good_answer_and_one_of_riddles_is_none() -> None:
    """When all that could be a warning is unreadable, the answer says nothing of what is active."""
    assert () == vma.read(listed(alert(status="Draft"), alert(identifier="b", msgType="Ack"))).alerts
    with pytest.raises(BadAnswer, match="unknown status Aktuell"):
        vma.read(listed(alert(status="Draft"), alert(identifier="b", status="Aktuell")))


@pytest.mark.parametrize("real_first", [True, False])
def test_real_one_is_not_hidden_by_an_exercise_of_the_same_name(real_first: bool) -> None:
    """One identifier twice, the exercise sent later: the real one is used, and it is told."""
    both = [alert(), alert(status="Exercise", sent="2026-03-14T10:00:00+01:00")]
    answer = vma.read(listed(*(both if real_first else reversed(both))))

    assert [Status.ACTUAL] == [one.status for one in answer.alerts]
    assert ["is listed twice, once for real and once not; the real one is used"] == [one.why for one in answer.rejects]


def test_sent_that_is_no_time_comes_from_the_number() -> None:
    """1970 is how a program writes that it has no time; SR's number holds the right one."""
    told = vma.read(listed(alert(sent="1970-01-01T00:00:00Z"), alert(identifier="SRCAP20260314100000I"))).alerts

    assert [1_773_475_200_000, 1_773_475_200_000] == [told[0].sent_ms, told[1].sent_ms]


def test_more_messages_than_any_country_has_are_no_honest_answer() -> None:
    """A screen that looks at each of them with every picture would stand still."""
    areas = [
        {"id": at, "published": "2026-11-03T09:12:00.000Z", "warningLevel": {"code": "RED"},
         "eventDescription": {"sv": "Vind"}, "affectedAreas": [{"id": 23}]} for at in range(MAX_ALERTS + 1)
    ]  # fmt: skip

    def body(many: int) -> bytes:
        return json.dumps([{"id": 1, "event": {}, "warningAreas": areas[:many]}]).encode()

    assert MAX_ALERTS == len(smhi.read(body(MAX_ALERTS)).alerts)
    with pytest.raises(BadAnswer, match="no honest answer"):
        smhi.read(body(MAX_ALERTS + 1))


@pytest.mark.parametrize(("told", "status"), [(True, "test"), ("true", "test"), (False, "actual"), (None, "actual")])
def test_news_that_calls_itself_a_test_is_one(told: object, status: str) -> None:
    """Krisinformation marks its tests with `IsTest`; a push message may be null."""
    item = {"Identifier": "1", "Published": "2026-08-20T09:00:00+02:00", "Headline": "Nyhet", "PushMessage": None,
            "Event": "News", "IsTest": told, "ContentId": 100, "ContentTypeName": "newspage", "Area": []}  # fmt: skip
    (found,) = krisinformation.read(json.dumps([item]).encode()).alerts

    assert Status(status) is found.status
