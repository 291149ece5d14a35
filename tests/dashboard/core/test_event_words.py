"""What happened, in words: every kind of record, also those that cannot be read."""

from typing import Any

import msgspec
import pytest

from contract.judgement import AnswerNow, NeedNow, OutageDone, Reason, RunDone, TimelineStep
from contract.records import BODIES
from contract.words import Event, NeedKind
from dashboard.core.site.event_words import detail, event_name, timeline


def _plain(struct: Any) -> Any:
    return msgspec.to_builtins(struct)


def test_readiness_tells_what_it_became_and_why(reader: Any) -> None:
    """From what, to what, and the heaviest reasons."""
    body = {"readiness": "not_ready", "was": "ready", "reasons": [_plain(Reason(key="no_fuel"))]}

    assert "Redo → Inte redo: Bränslet är slut" == detail("readiness_changed", body, reader())


def test_run_tells_how_it_was(kall: Any, reader: Any) -> None:
    """A run in one line, with its worth."""
    run = RunDone(id="r", kind="outage", started=kall.at(3_600_000), ended=kall.at(), running_s=3000.0, approved=True)

    said = detail("run_ended", {"run": _plain(run)}, reader())

    assert "Avbrott 11:00, 50 min, lasten är okänd, godkänd" == said


def test_outage_tells_its_times_and_its_timeline(kall: Any, reader: Any) -> None:
    """How long in all, how long dark, how long on reserve; then each step with its time."""
    steps = (
        TimelineStep(what="mains_lost", at=kall.at(7_200_000)),
        TimelineStep(what="step_confirmed", at=kall.at(3_600_000), detail="s1", who="Bo"),
    )
    outage = OutageDone(id="o", started=kall.at(9_000_000), ended=kall.at(), without_power_s=600, on_reserve_s=6000,
                        on_mains_s=2400, steps=steps, dropped=2)  # fmt: skip
    body = {"outage": _plain(outage)}

    assert "2\u00a0h 30\u00a0min långt, utan el 10\u00a0min, på reservkraft 1\u00a0h 40\u00a0min" == detail(
        "outage_ended", body, reader()
    )
    assert (
        "10:00 Strömmen från nätet försvann",
        "11:00 Ett steg är klart: s1, Bo",
        "2 rader fick inte plats",
    ) == timeline("outage_ended", body, reader())


@pytest.mark.parametrize(
    ("expected", "kind", "body"),
    [
        ("från 120\u00a0L till 900\u00a0L", "refuelled", {"before_l": 120.0, "after_l": 900.0}),
        ("från 900\u00a0L till 700\u00a0L stopped", "fuel_lost",
         {"before_l": 900.0, "after_l": 700.0, "detail": "stopped"}),
        ("Rapport", "order_done", {"order": "o", "kind": "report", "detail": ""}),
        ("Vilande larm: inte så länge", "order_refused", {"order": "o", "kind": "shelve", "detail": "inte så länge"}),
        ("Leverans: Elverkets tank rymmer 900 liter. Skriv in hur många liter som fylldes på i den.", "order_refused",
         {"order": "o", "kind": "delivery", "detail": "x", "reason": "tank_smaller", "params": {"litres": "900"}}),
        ("Leverans: Too much.", "order_refused",
         {"order": "o", "kind": "delivery", "detail": "Too much.", "reason": "of_a_newer_site", "params": {"n": "1"}}),
        ("1 post saknas: dosans egna ord: ”fullt”", "gap", {"first": 7, "last": 7, "why": "fullt"}),
        ("2 poster saknas: dosans egna ord: ”fullt”", "gap", {"first": 7, "last": 8, "why": "fullt"}),
        ("s1 (Bo)", "step_confirmed", {"detail": "s1", "who": "Bo"}),
        ("430\u00a0L i elverkets tank, 12 cm på mätstickan, 2\u202f300\u00a0L i mackens tank, 3 på plats, lugnt (Bo)",
         "report_entered",
         {"report": {"kind": "report", "observed_ms": 1, "litres": 430.0, "dipstick_cm": 12.0,
                     "station_litres": 2300.0, "people_present": 3, "needs": "lugnt"},
          "who": "Bo", "role": "owner", "through": "x"}),
        ("ström: från elverket, elverket går, butiken är inkopplad på elverket (Bo)", "report_entered",
         {"report": {"kind": "report", "observed_ms": 1, "power": "reserve", "set_running": True,
                     "load_connected": True}, "who": "Bo", "role": "owner", "through": "x"}),
        ("ström: ingen, elverket står, butiken är inte inkopplad på elverket (Bo)", "report_entered",
         {"report": {"kind": "report", "observed_ms": 1, "power": "none", "set_running": False,
                     "load_connected": False}, "who": "Bo", "role": "owner", "through": "x"}),
    ],
)  # fmt: skip
def test_bodies_are_told_in_words(reader: Any, expected: str, kind: str, body: dict[str, Any]) -> None:
    """Each kind says what it adds."""
    assert expected == detail(kind, body, reader())


def test_answers_and_needs_are_told(kall: Any, reader: Any) -> None:
    """Who comes, and what is needed."""
    said = AnswerNow(activator="anna", coming=True, in_minutes=5, note="på väg", entered_by="Bo", at=kall.at())
    need = NeedNow(id="n", what=NeedKind.DIESEL, people=None, text="200 liter", who="Bo", at=kall.at())

    assert "anna kommer om 5 min: på väg" == detail("call_answered", {"call": "c", "answer": _plain(said)}, reader())
    assert "Diesel (Bo): Sparat på platsen. 200 liter" == detail("need_said", {"need": _plain(need)}, reader())
    assert "Diesel (Bo): Sparat här. 200 liter" == detail("need_said", {"need": _plain(need)}, reader(at_site=True))


@pytest.mark.parametrize(
    ("expected", "kind", "body"),
    [
        ("hello there (Bo)", "entered", {"detail": "hello there", "who": "Bo", "key": "of_a_newer_site"}),
        ("Mat: Öppet (Bo)", "service_declared",
         {"detail": "x", "who": "Bo", "key": "service_declared", "params": {"service": "food", "declared": "open"}}),
        ("bo är borta från soon till ?", "entered",
         {"detail": "x", "key": "away", "params": {"activator": "bo", "from": "soon"}}),
        ("check:new: ja", "confirmed", {"detail": "x", "key": "confirmed", "params": {"what": "check:new"}}),
        ("12 larm på tio minuter", "flood_began", {"detail": "12 alarms in ten minutes", "who": ""}),
        ("2 poster saknas: för många poster väntade", "gap",
         {"first": 7, "last": 8, "why": "too many records were waiting"}),
        ("", "entered", {"detail": "x", "key": "away", "params": {"from": 7}}),
    ],
)  # fmt: skip
def test_notes_are_read_in_their_words(reader: Any, expected: str, kind: str, body: dict[str, Any]) -> None:
    """A key has words; without, or of a newer site, its own stand there; what cannot be read is shown as it came."""
    assert expected == detail(kind, body, reader())


def test_a_line_of_a_newer_site_is_shown_in_its_own_words(kall: Any, reader: Any) -> None:
    """Better another language than nothing."""
    step = TimelineStep(
        what="entered", at=kall.at(), detail="hello", who="Bo", key="of_a_newer_site", params={"n": "1"}
    )
    outage = OutageDone(id="o", started=kall.at(9_000_000), ended=kall.at(), steps=(step,))

    assert ("12:00 En uppgift är inskriven: hello, Bo",) == timeline(
        "outage_ended", {"outage": _plain(outage)}, reader()
    )


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("kind", [str(kind) for kind in BODIES])
def test_no_kind_stops_the_list(reader: Any, kind: str, language: str) -> None:
    """A body that is not what it should be adds nothing, and every kind of event has a word."""
    read = reader(language)

    for body in ({}, {"detail": 5}, {"run": []}, {"need": {"id": ""}}, {"device": {}, "who": {}}):
        assert isinstance(detail(kind, body, read), str)
        assert () == timeline(kind, body, read)
    assert (kind in list(Event)) == (event_name(kind, read) != kind)


@pytest.mark.parametrize(("dropped", "expected"), [(0, ()), (1, ("1 rad fick inte plats",))])
def test_one_line_that_did_not_fit_is_one(kall: Any, reader: Any, dropped: int, expected: tuple[str, ...]) -> None:
    """Of more than one the number is said, of none nothing."""
    outage = OutageDone(id="o", started=kall.at(9_000_000), ended=kall.at(), dropped=dropped)

    assert expected == timeline("outage_ended", {"outage": _plain(outage)}, reader())
