"""The sentence at the top of the owner's page: over every state that a site can be in, and never green by mistake."""

import itertools
from typing import Any

import msgspec
import pytest

from contract.judgement import CallNow
from contract.words import Opening, Power, Readiness, Status
from dashboard.core.owner.sentence import TABLE, Calling, Facts, Heard, Point, facts_of, row, sentence
from dashboard.core.texts.owner import OWNER

EVERY = [
    Facts(heard=heard, power=power, readiness=readiness, calling=calling, point=point, hours=hours)
    for heard, power, readiness, calling, point, hours in itertools.product(
        Heard, Power, Readiness, Calling, Point, (True, False)
    )
]
NOW = [one for one in EVERY if one.heard is Heard.NOW]


def _roles(facts: list[Facts]) -> set[str]:
    return {row(one).role for one in facts}


def test_every_state_has_a_sentence_in_both_languages() -> None:
    """All 3584 of them, and each has one of the five colours."""
    found = [row(one) for one in EVERY]

    assert 4 * 7 * 4 * 4 * 4 * 2 == len(found)
    assert {"good", "remark", "bad", "reserve", "unknown"} == {one.role for one in found}
    assert all(all(OWNER[one.key]) for one in found)


def test_green_needs_everything() -> None:
    """Heard just now, on mains, ready, alarms known and none that calls, hours known; whatever is missing, no green."""
    green = [one for one in EVERY if row(one).role == "good"]

    assert {Heard.NOW} == {one.heard for one in green}
    assert {Power.ON_MAINS} == {one.power for one in green}
    assert {Readiness.READY} == {one.readiness for one in green}
    assert {Calling.NOTHING} == {one.calling for one in green}
    assert {True} == {one.hours for one in green}
    assert Point.UNANSWERED not in {one.point for one in green}


def test_what_is_not_heard_is_unknown_whatever_was_heard_before() -> None:
    """Old is never fresh: neither the set's readiness nor a power cut of an hour ago is told as now."""
    assert {"unknown"} == _roles([one for one in EVERY if one.heard is not Heard.NOW])


@pytest.mark.parametrize(
    ("role", "chosen"),
    [
        ("bad", [one for one in NOW if one.power is Power.DEAD]),
        ("bad", [one for one in NOW if one.point is Point.UNANSWERED]),
        ("bad", [one for one in NOW if one.calling is Calling.ACT]),
    ],
)
def test_what_is_gravest_is_said_first(role: str, chosen: list[Facts]) -> None:
    """No power, nobody coming, an alarm of the first kind: nothing else hides it."""
    assert {role} == _roles(chosen)


def test_unknown_is_never_worded_as_known() -> None:
    """Power, readiness or alarms that nobody knows make the sentence unknown or worse, on mains."""
    doubtful = [
        one for one in NOW
        if one.power is Power.UNKNOWN
        or (one.power is Power.ON_MAINS and (one.readiness is Readiness.UNKNOWN or one.calling is Calling.UNKNOWN))
    ]  # fmt: skip

    assert {"unknown", "bad"} == _roles(doubtful)


def test_every_row_of_the_table_is_used() -> None:
    """A row that no state reaches would be a mistake in the order."""
    assert set(range(len(TABLE))) == {TABLE.index(row(one)) for one in EVERY}


# --- from what a site says ---


@pytest.fixture
def ready(kall: Any) -> Any:
    """`ready(**parts)`: the card of a site that is well, changed."""

    def made(power: Power = Power.ON_MAINS, alarms: tuple[Any, ...] = (), **parts: Any) -> Any:
        kall.messages.append(kall.site.alarms(*alarms))
        return kall.card(power, **({"endurance": kall.site.endurance(75.9, 111)} | parts))

    return made


def test_ready_set_in_words(ready: Any, reader: Any) -> None:
    """A ready set with fuel, word by word; the number is rounded down."""
    said = sentence(ready(), reader())

    assert ("good", "Elverket är redo.", "Bränsle för minst 75 timmar.") == (said.role, said.words, said.fuel)


def test_page_that_hears_no_broker_knows_nothing(ready: Any, reader: Any) -> None:
    """What was heard a second ago is not vouched for when nothing reaches the page."""
    assert "unknown" == sentence(ready(), reader(), listening=False).role


def test_alarm_that_calls_is_named(ready: Any, reader: Any, kall: Any) -> None:
    """An alarm to act on stands in the sentence; one to look at takes the green away."""
    grave = sentence(ready(alarms=(kall.site.alarm("start-failed", priority=1),)), reader())
    kall.messages.pop()
    look = sentence(ready(alarms=(kall.site.alarm("test-overdue", priority=3),)), reader())

    assert ("bad", "Gör något nu: Elverket startar inte.") == (grave.role, grave.words)
    assert "remark" == look.role


def test_hours_that_nobody_knows_are_said(ready: Any, reader: Any) -> None:
    """Ready without hours is no green, and the second sentence says why."""
    said = sentence(ready(endurance=None), reader())

    assert ("remark", "Hur länge bränslet räcker vet vi inte.") == (said.role, said.fuel)


def test_open_point_and_call_are_told(ready: Any, reader: Any) -> None:
    """An open point is said beside the power; a call that nobody answered is the sentence itself."""
    opened = sentence(ready(Power.ON_RESERVE, active=True), reader())
    unanswered = sentence(ready(call=CallNow(opening=Opening.ASKED, unanswered=True)), reader())

    assert ("reserve", "Punkten är öppen.") == (opened.role, opened.point)
    assert ("bad", "") == (unanswered.role, unanswered.point)


def test_alarms_not_told_yet_are_unknown(kall: Any, reader: Any) -> None:
    """A site that has not sent its alarms may have some."""
    card = kall.card(endurance=kall.site.endurance(75, 111))

    assert Calling.UNKNOWN is facts_of(card).calling
    assert "unknown" == sentence(card, reader()).role


def test_exercise_keeps_its_frame(kall: Any) -> None:
    """The card that the sentence is made of carries the words that stand round it."""
    kall.site.status, kall.site.simulated = Status.EXERCISE, True

    assert ("SIMULERING – inte på riktigt", "ÖVNING") == kall.card().frames


def test_facts_hold_nothing_else() -> None:
    """A new fact that the table does not know would be forgotten by this test: name it here too."""
    assert {"heard", "power", "readiness", "calling", "point", "hours"} == {
        one.name for one in msgspec.structs.fields(Facts)
    }
