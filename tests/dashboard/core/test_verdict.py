"""Readiness in words: every reason with what to do, what the verdict rests on, the last run and whether it counted."""

from typing import Any

import pytest

from contract.judgement import Grounds, Reason, RunDone
from contract.reasons import catalogue
from contract.words import Basis, Readiness

DAY = 86_400_000


def _run(kall: Any, **parts: Any) -> RunDone:
    told: dict[str, Any] = {"kind": "test", "approved": True, "running_s": 2040.0, "load_mean_kw": 13.2,
                            "load_mean_percent": 23.6}  # fmt: skip
    return RunDone(id="r-1", started=kall.at(300_000), ended=kall.at(), **(told | parts))


def test_every_reason_stands_with_what_to_do_in_the_order_of_the_site(kall: Any) -> None:
    """The site sorts; the page words, and says of what was not measured that it was not."""
    reasons = (
        Reason(key="no_fuel"),
        Reason(key="alarm", detail="device-silent"),
        Reason(key="battery_unknown", basis=Basis.MISSING),
        Reason(key="fuel_denied", detail="Bo", basis=Basis.REPORTED),
    )

    rows = kall.card(readiness=Readiness.NOT_READY, reasons=reasons).verdict.reasons

    assert ["bad", "remark", "unknown", "bad"] == [row.role for row in rows]
    assert ["", "", "saknas", "uppgivet"] == [row.basis for row in rows]
    assert ["", "", "battery", "fuel"] == [row.check for row in rows]
    assert "Bränslet är slut" == rows[0].words
    assert "En enhet svarar inte" == rows[1].words
    assert all(row.do for row in rows)


def test_grave_alarm_as_reason_is_bad(kall: Any) -> None:
    """An alarm that calls for somebody now is no mere remark."""
    (row,) = kall.card(reasons=(Reason(key="alarm", detail="gen-shutdown"),)).verdict.reasons

    assert "bad" == row.role


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("key", list(catalogue()))
def test_every_reason_of_the_catalogue_can_be_shown(kall: Any, reader: Any, key: str, language: str) -> None:
    """No hole is left in any of them, whatever the detail."""
    read = reader(language)

    (row,) = kall.card(read=read, reasons=(Reason(key=key, detail="12"),)).verdict.reasons

    assert row.words
    assert not {"{", "}"} & set(row.words + row.do)


@pytest.mark.parametrize(
    ("expected", "grounds"),
    [
        ("7 av 11 kontroller mätta, 2 uppgivna, 2 saknas", Grounds(measured=7, reported=2, missing=2)),
        ("1 av 3 kontroller mätt, 1 uppgiven, 1 saknas", Grounds(measured=1, reported=1, missing=1)),
        ("0 av 4 kontroller mätta, 0 uppgivna, 4 saknas", Grounds(missing=4)),
        ("", Grounds()),
    ],
)
def test_verdict_states_its_grounds(kall: Any, expected: str, grounds: Grounds) -> None:
    """One sentence: measured, reported, missing, of how many."""
    assert expected == kall.card(grounds=grounds).verdict.grounds


def test_run_is_one_line(kall: Any) -> None:
    """What, when, how long, how much of the rated power, and whether it counted."""
    told = kall.card(last_run=_run(kall), last_approved=kall.at(300_000)).verdict

    assert "Provkörning 11:55, 34 min, medellast 24\u00a0% (13,2\u00a0kW)" == told.run.line
    assert ("godkänd", "good", ()) == (told.run.worth, told.run.role, told.run.why)
    assert "11:55 (för 5\u00a0min sedan)" == told.approved


def test_run_that_does_not_count_says_why(kall: Any) -> None:
    """Each reason and each remark in words, and what people noted."""
    run = _run(kall, approved=False, why_not=("run_too_short",), remarks=("run_low_load",), running_s=600.0,
               interrupted=True, who="Bo", comment="rök i början")  # fmt: skip

    told = kall.card(last_run=run).verdict.run

    assert ("inte godkänd", "remark") == (told.worth, told.role)
    assert (catalogue()["run_too_short"].sv,) == told.why
    assert (catalogue()["run_low_load"].sv, "Dosan såg inte hela körningen.", "Bo: rök i början") == told.noted


def test_failed_start_is_bad_and_has_no_minutes(kall: Any) -> None:
    """A start that failed has neither minutes nor load."""
    told = kall.card(last_run=_run(kall, kind="failed", approved=False)).verdict.run

    assert ("Misslyckad start 11:55", "bad") == (told.line, told.role)


def test_a_run_of_which_nobody_knows_what_it_was_for_is_called_a_run(kall: Any) -> None:
    """Neither a test nor an outage, and it may count all the same."""
    told = kall.card(last_run=_run(kall, kind="unknown", remarks=("run_kind_unknown",))).verdict.run

    assert told.line.startswith("Körning 11:55, 34 min")
    assert ("good", (catalogue()["run_kind_unknown"].sv,)) == (told.role, told.noted)


def test_run_told_by_a_person_is_marked_so(kall: Any) -> None:
    """Nobody takes a person's word for a measurement; an unknown load is said to be unknown."""
    run = _run(kall, declared=True, who="Bo", load_mean_kw=None, load_mean_percent=None)

    assert kall.card(last_run=run).verdict.run.line.endswith("lasten är okänd, uppgiven av Bo")


def test_no_run_and_no_approved_run_are_said(kall: Any) -> None:
    """Nothing known is no success."""
    told = kall.card().verdict

    assert (None, "ingen godkänd körning är känd") == (told.run, told.approved)
