"""What happened, in words: every kind of record, also those that cannot be read."""

from typing import Any

import msgspec
import pytest

from contract.judgement import AnswerNow, NeedNow, OutageDone, Reason, RunDone, TimelineStep
from contract.records import BODIES
from contract.words import Event, NeedKind
from dashboard.core.event_words import detail, event_name, timeline


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

    assert "anna kommer: på väg" == detail("call_answered", {"call": "c", "answer": _plain(said)}, reader())
    assert "Diesel (Bo): Sparat här. 200 liter" == detail("need_said", {"need": _plain(need)}, reader())


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("kind", [str(kind) for kind in BODIES])
def test_no_kind_stops_the_list(reader: Any, kind: str, language: str) -> None:
    """A body that is not what it should be adds nothing, and every kind of event has a word."""
    read = reader(language)

    for body in ({}, {"detail": 5}, {"run": []}, {"need": {"id": ""}}, {"device": {}, "who": {}}):
        assert isinstance(detail(kind, body, read), str)
        assert () == timeline(kind, body, read)
    assert (kind in list(Event)) == (event_name(kind, read) != kind)
