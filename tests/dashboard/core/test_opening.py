"""The way to an open point: whom to ring, who answered, which steps are left, what the staff has said is open."""

from typing import Any

import pytest

from contract.judgement import Activator, AnswerNow, CallNow, StepNow
from contract.messages import ServiceNow
from contract.words import Declared, Opening
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.site.opening import dialled, opening_words

ANNA = Activator(id="anna", name="Anna", phone="+46 (0)70-123 45 67")
BO = Activator(id="bo", name="Bo")


def _call(kall: Any, **parts: Any) -> CallNow:
    told: dict[str, Any] = {"opening": Opening.ASKED, "id": "c", "reason": "storm", "by": "TiB"}
    return CallNow(since=kall.at(60_000), **(told | parts))


@pytest.mark.parametrize(
    ("expected", "opening"),
    [
        (("Inte öppnad", "plain"), Opening.CLOSED),
        (("Ska öppnas, men ingen har svarat ja än", "remark"), Opening.ASKED),
        (("Öppnas just nu", "information"), Opening.PREPARING),
        (("Öppen", "good"), Opening.OPEN),
    ],
)
def test_every_stage_has_word_and_role(kall: Any, expected: tuple[str, str], opening: Opening) -> None:
    """How far it has come."""
    shown = kall.card(call=_call(kall, opening=opening)).opening

    assert expected == (shown.word, shown.role)


def test_who_asked_when_and_why(kall: Any) -> None:
    """The call-out tells whose it is."""
    assert "TiB, 11:59: storm" == kall.card(call=_call(kall)).opening.asked


def test_unanswered_call_is_an_alarm_with_a_number(kall: Any) -> None:
    """Nobody has promised: the alarm says to ring, and the number can be dialled."""
    shown = kall.card(call=_call(kall, unanswered=True, call_next=ANNA)).opening

    assert "Ingen har lovat att komma. Ring nu." == shown.alarm
    assert ("bad", "Ring nu: Anna", "+460701234567") == (shown.role, shown.ring.words, shown.ring.tel)


def test_nobody_left_to_ring_is_said(kall: Any) -> None:
    """When all have said no, the page does not tell to ring nobody."""
    shown = kall.card(call=_call(kall, unanswered=True)).opening

    assert "ingen är kvar att ringa" in shown.alarm
    assert shown.ring is None


def test_number_that_is_none_is_no_link(kall: Any) -> None:
    """Without a telephone number there is nothing to dial, and that is said."""
    ring = kall.card(call=_call(kall, call_next=BO)).opening.ring

    assert ("Ring: Bo", "telefonnummer saknas", "") == (ring.words, ring.phone, ring.tel)


@pytest.mark.parametrize(
    ("expected", "phone"),
    [("0647123", "0647-123"), ("+4670", " +46 70"), ("", "javascript:alert(1)"), ("", "ring"), ("112", "112")],
)
def test_only_digits_are_dialled(expected: str, phone: str) -> None:
    """A number is its digits; anything else is no number."""
    assert expected == dialled(phone)


@pytest.mark.parametrize(
    ("expected", "coming", "minutes"),
    [("Anna kommer om 20 min", True, 20), ("Anna kommer", True, None), ("Anna kan inte komma", False, None)],
)
def test_answers_are_told_by_name(kall: Any, expected: str, coming: bool, minutes: int | None) -> None:
    """Who said what, the note, and who wrote it down when."""
    said = AnswerNow(activator="anna", coming=coming, in_minutes=minutes, note="lovat per telefon 11:58",
                     entered_by="Jour Ett", at=kall.at(60_000))  # fmt: skip

    (row,) = kall.card(call=_call(kall, answers=(said,)), activators=(ANNA, BO)).opening.answers

    assert (expected, "lovat per telefon 11:58") == (row.words, row.note)
    assert "skrivet av Jour Ett 11:59" == row.written


def test_a_promise_of_which_nothing_came_is_no_coming(kall: Any) -> None:
    """The list says that it lapsed, and no longer that somebody is on the way."""
    said = AnswerNow(activator="anna", coming=True, in_minutes=20, note="", entered_by="Jour Ett", at=kall.at(60_000),
                     lapsed=True)  # fmt: skip

    (row,) = kall.card(call=_call(kall, answers=(said,)), activators=(ANNA, BO)).opening.answers

    assert ("Anna lovade komma, men inget har hörts sedan dess", False) == (row.words, row.coming)


def test_steps_are_the_sites_own_words(kall: Any, reader: Any) -> None:
    """Done with name and time, blocked with why and what to do, the rest as the list has it."""
    steps = (
        StepNow(id="1", sv="Lås upp", en="Unlock", done_by="Bo", done=kall.at(120_000), note="klart"),
        StepNow(id="2", sv="Ställ omkopplaren", en="Set it", electrical=True, position="RESERV"),
        StepNow(id="3", sv="Koppla in", en="", electrical=True, blocked="no_approved_list"),
    )
    call = _call(kall, steps=steps, approved_by="Elektriker, 2026-05-03")

    shown = kall.card(call=call).opening
    english = kall.card(read=reader("en"), call=call).opening

    assert ("1 klara av 3", "Elstegen är godkända av Elektriker, 2026-05-03") == (shown.steps_count, shown.approved)
    assert ("Klart 11:58, Bo", "klart") == (shown.steps[0].done, shown.steps[0].note)
    assert ("Ska stå på: RESERV", True) == (shown.steps[1].position, shown.steps[1].electrical)
    assert ("Ingen elinstallatör har godkänt listan", "Ring behörig elinstallatör.") == (
        shown.steps[2].blocked, shown.steps[2].do,
    )  # fmt: skip
    assert ["Unlock", "Set it", "Koppla in"] == [step.words for step in english.steps]


def test_services_stand_with_what_was_said(kall: Any) -> None:
    """What is open, until when, and when somebody said so."""
    until = kall.at().wall_ms + 3_600_000
    told = (
        ServiceNow(service="food", declared=Declared.OPEN, until_ms=until, declared_at=kall.at(60_000)),
        ServiceNow(service="fuel", declared=Declared.CLOSED, until_ms=until, declared_at=None),
        ServiceNow(service="bastu", declared=Declared.UNKNOWN, until_ms=None, declared_at=None),
    )

    rows = kall.card(services=told).opening.services

    assert [("Mat", "Öppet till 13:00", "sagt 11:59"), ("Drivmedel", "Stängt", "")] == [
        (row.name, row.word, row.said) for row in rows[:2]
    ]
    assert ("bastu", "unknown") == (rows[2].name, rows[2].role)


def test_of_a_site_never_heard_nobody_knows_whether_it_is_open(reader: Any) -> None:
    """Not opened is a fact too, and nobody has told it."""
    said = opening_words(None, SitePicture(site="are-kall"), reader("sv"))
    assert ("vet inte", "unknown") == (said.word, said.role)
