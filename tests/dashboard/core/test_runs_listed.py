"""Runs of the set and outages: ran N min at X %, everything that was measured, and the same for a spreadsheet."""

import csv
from typing import Any

import msgspec

from contract.judgement import Activator, CallNow, OutageDone, RequirementNow, RunDone, TimelineStep
from contract.records import OutageBody, RunBody
from dashboard.core.site.contact_list import callees
from dashboard.core.site.events import Stored
from dashboard.core.site.runs import newest_of_each, outages_table, read, run_list, runs_table
from dashboard.io.web.spreadsheet import written


def _stored(number: int, body: Any, **parts: Any) -> Stored:
    told = {"kind": "run_ended", "status": "actual", "simulated": False} | parts
    return Stored(number=number, run="r", stream="event", seq=number, wall_ms=1, up_ms=1, historical=False,
                  body=msgspec.to_builtins(body), **told)  # fmt: skip


def _run(kall: Any, ago_ms: int = 0, **parts: Any) -> RunDone:
    told: dict[str, Any] = {"id": "run-1", "kind": "test", "running_s": 2040.0, "loaded_s": 1800.0,
                            "load_mean_percent": 22.0, "load_mean_kw": 12.3, "cranks": 2}  # fmt: skip
    return RunDone(**({"started": kall.at(ago_ms), "ended": kall.at(ago_ms - 2040_000)} | told | parts))


def runs_csv(records: Any, read_by: Any) -> str:
    """The file of the runs."""
    return written(runs_table(records, read_by), read_by.language)


def outages_csv(records: Any, read_by: Any) -> str:
    """The file of the outages."""
    return written(outages_table(records, read_by), read_by.language)


def _shown(kall: Any, reader: Any, runs: list[Stored], *outages: Stored) -> Any:
    return run_list(read(runs, RunBody), read(outages, OutageBody), kall.picture(), reader())


def test_run_says_how_long_and_at_which_load(kall: Any, reader: Any) -> None:
    """Ran N min at X %, by whom, with the comment; what was not measured is said to be so."""
    run = _run(kall, 3_600_000, who="Anna", comment="filtret byts")

    (row,) = _shown(kall, reader, [_stored(1, RunBody(run=run))]).runs

    assert ("Gick 34 min vid 22\xa0%", "Provkörning", "11:00") == (row.ran, row.kind, row.when)
    assert ("Anna", "filtret byts") == (row.who, row.comment)
    facts = {one.name: (one.shown, one.missing) for one in row.facts}
    assert ("2", False) == facts["Startförsök"]
    assert ("inte uppmätt", True) == facts["Startbatteri lägst vid start, V"]
    assert ("34", False) == facts["Minuter med spänning"]


def test_failed_start_ran_for_no_time(kall: Any, reader: Any) -> None:
    """Nothing of minutes or load is said of it."""
    (row,) = _shown(kall, reader, [_stored(1, RunBody(run=_run(kall, kind="failed")))]).runs

    assert ("Startade inte", "bad") == (row.ran, row.role)


def test_last_word_of_a_run_counts(kall: Any, reader: Any) -> None:
    """A comment that is added later tells the run again; it stays one run, and the newest run stands first."""
    told = [_stored(5, RunBody(run=_run(kall, 9000, comment="ny"))), _stored(2, RunBody(run=_run(kall, 9000))),
            _stored(3, RunBody(run=_run(kall, 1000, id="run-2")))]  # fmt: skip

    rows = _shown(kall, reader, told).runs

    assert [("run-2", ""), ("run-1", "ny")] == [(row.id, row.comment) for row in rows]


def test_exercise_and_simulation_are_framed_in_every_row(kall: Any, reader: Any) -> None:
    """A run of an exercise never looks like one of the real thing, in the file neither."""
    stored = [_stored(1, RunBody(run=_run(kall)), status="exercise")]

    (row,) = _shown(kall, reader, stored).runs

    assert "ÖVNING" == row.frame
    assert "ÖVNING" in runs_csv(read(stored, RunBody), reader())


def test_body_that_nobody_can_read_is_left_out(kall: Any, reader: Any) -> None:
    """The rest is shown."""
    good = _stored(2, RunBody(run=_run(kall)))
    bad = Stored(number=1, run="r", stream="event", seq=1, kind="run_ended", wall_ms=1, up_ms=1, status="actual",
                 simulated=False, historical=False, body={"run": 7})  # fmt: skip

    assert 1 == len(_shown(kall, reader, [bad, good]).runs)


def test_outage_has_its_story(kall: Any, reader: Any) -> None:
    """How long, how long without power, and every step of it."""
    steps = (TimelineStep(what="mains_lost", at=kall.at(7_200_000)),)
    outage = OutageDone(id="o", started=kall.at(7_200_000), ended=kall.at(0), without_power_s=600.0,
                        on_reserve_s=6600.0, steps=steps)  # fmt: skip

    (row,) = _shown(kall, reader, [], _stored(1, OutageBody(outage=outage), kind="outage_ended")).outages

    assert ("10:00", 1) == (row.when, len(row.lines))
    assert "utan el 10\xa0min" in row.words


def test_file_is_read_by_the_spreadsheets_of_the_language(kall: Any, reader: Any) -> None:
    """Swedish: semicolons and decimal commas; English: commas and points. Times carry their distance to UTC."""
    stored = read([_stored(1, RunBody(run=_run(kall)))], RunBody)

    swedish = list(csv.DictReader(runs_csv(stored, reader()).removeprefix("\ufeff").splitlines(), delimiter=";"))
    english = list(csv.DictReader(runs_csv(stored, reader("en")).removeprefix("\ufeff").splitlines()))

    assert ("12,3", "2025-11-27 12:00:00+01:00", "") == (
        swedish[0]["Medellast, kW"], swedish[0]["Start"], swedish[0]["Bränsle, L"],
    )  # fmt: skip
    assert ("12.3", "34") == (english[0]["Mean load, kW"], english[0]["Minutes with voltage"])


def test_words_of_people_are_no_formula(kall: Any, reader: Any) -> None:
    """What begins as a formula is made harmless; a number below zero stays a number."""
    run = _run(kall, who="=HYPERLINK(1)", comment="@x;y\nz", coolant_end_c=-3.0)

    (row,) = csv.DictReader(
        runs_csv(read([_stored(1, RunBody(run=run))], RunBody), reader()).removeprefix("\ufeff").splitlines(True),
        delimiter=";",
    )

    assert ("'=HYPERLINK(1)", "'@x;y\nz", "-3") == (row["Vem"], row["Kommentar"], row["Kylvatten vid slut, °C"])


def test_outages_have_a_file_of_their_own(kall: Any, reader: Any) -> None:
    """Minutes of each kind, and litres where they are known."""
    outage = OutageDone(id="o", started=kall.at(0), ended=kall.at(0), without_power_s=90.0, on_reserve_s=600.0)

    (row,) = csv.DictReader(
        outages_csv(read([_stored(1, OutageBody(outage=outage))], OutageBody), reader()).removeprefix("\ufeff")
        .splitlines(), delimiter=";",
    )  # fmt: skip

    assert ("11,5", "1,5", "") == (row["Minuter i allt"], row["Minuter utan el"], row["Bränsle, L"])
    assert [] == newest_of_each([])


def test_who_to_call_dials(kall: Any, reader: Any) -> None:
    """In the order of the site, with who is next; a number in somebody's words dials, and each stands once."""
    people = (Activator(id="a", name="Anna", phone="+46 70-123 45 67"), Activator(id="b", name="Bo"))
    asked = (
        RequirementNow(key="shop", responsible="Handlaren, 0647-410 00"),
        RequirementNow(key="fuel_station", responsible="Handlaren, 0647-410 00"),
        RequirementNow(key="organisation", responsible="Anna"),
    )
    picture = kall.picture(activators=people, requirements=asked, call=CallNow(call_next=people[1]))

    found = callees(picture.state, reader())

    assert [("Anna", "+46701234567", False), ("Bo", "", True)] == [(x.name, x.tel, x.turn) for x in found.opening]
    assert [("Handlaren", "064741000", "Butik, Drivmedel intill")] == [
        (one.name, one.tel, one.answers_for) for one in found.others
    ]
    assert callees(None, reader()).opening == ()
