"""Does a run count? By the site's own rule; and what is remarked of one that does."""

from typing import Any

import pytest

from contract.judgement import RunDone
from contract.orders import DeclaredRun, RunNote
from contract.reasons import catalogue
from contract.words import ClockQuality
from gateway.core.runs import run_verdict
from gateway.core.runs.run_verdict import judged

from .conftest import WALL_MS, facts
from .set_on_paper import LIVE, Plant, rule

MOMENT = Plant().now.moment()
MINUTE_MS = 60_000


def done(**parts: Any) -> RunDone:
    """A finished run before its verdict."""
    whole: dict[str, Any] = {"id": "a", "kind": "test", "started": MOMENT, "ended": MOMENT, "running_s": 1800.0}
    return RunDone(**(whole | parts))


@pytest.mark.parametrize(
    ("running_s", "approved"), [(0, False), (1500, False), (1789, False), (1790, True), (1800, True), (90_000, True)]
)
def test_unbroken_minutes_decide(running_s: float, approved: bool) -> None:
    """Thirty minutes, less what two polls of five seconds cannot see at both ends."""
    assert approved is judged(done(running_s=running_s), facts()).approved


def test_a_failed_start_says_only_that() -> None:
    """No second reason that follows from the first."""
    run = judged(done(kind="failed", running_s=0.0), facts(), stopped_itself=True)

    assert (False, ("run_no_voltage",), ()) == (run.approved, run.why_not, run.remarks)


def test_a_shutdown_outweighs_the_minutes() -> None:
    """However long it ran."""
    assert ("run_stopped_itself",) == judged(done(running_s=90_000.0), facts(), stopped_itself=True).why_not


LOADS = [
    ({"loaded_s": 1800.0, "at_share_s": 1800.0, "load_max_kw": 20.0}, True, ""),
    ({"loaded_s": 1800.0, "at_share_s": 900.0, "load_max_kw": 20.0}, True, "run_low_load"),
    ({"loaded_s": 1800.0, "load_max_kw": 10.0}, True, "run_low_load"),
    ({}, True, "run_off_load"),
    ({}, False, "run_load_unknown"),
    ({"loaded_s": 1800.0}, True, "run_load_unknown"),
]


@pytest.mark.parametrize(("parts", "known", "said"), LOADS)
def test_the_load_is_advice_unless_the_site_requires_it(parts: dict[str, float], known: bool, said: str) -> None:
    """The same words as remark or as reason."""
    advised = judged(done(**parts), facts(), load_known=known)
    required = judged(done(**parts), rule(load_required=True), load_known=known)
    words = (said,) if said else ()

    assert (True, (), words) == (advised.approved, advised.why_not, advised.remarks)
    assert (not said, words, ()) == (required.approved, required.why_not, required.remarks)


def test_a_village_shop_passes_at_eighteen_percent_with_its_numbers() -> None:
    """The monthly test on 10 kW of 56: approved, remarked, with minutes and percent in the record."""
    run = Plant().test(31, kw=10.0)

    assert (True, 17.9) == (run.approved, run.load_mean_percent)
    assert ("run_low_load", "run_battery_polled") == run.remarks
    assert 0.0 == run.at_share_s
    assert 1800 <= run.loaded_s


def test_the_load_counts_from_when_it_is_reached() -> None:
    """Where it is required twenty minutes at the share in a run of forty are too few, thirty are enough."""
    few, enough = Plant(rule(load_required=True)), Plant(rule(load_required=True))
    for plant, minutes in ((few, 20), (enough, 30)):
        plant.start()
        plant.go(20 * 60, engine="running", kw=10.0)
        plant.go(minutes * 60, kw=20.0)
        plant.stop()

    assert (False, ("run_low_load",)) == (few.runs[-1].approved, few.runs[-1].why_not)
    assert enough.runs[-1].approved


def test_every_word_of_a_verdict_is_in_the_catalogue_and_blocks_nothing() -> None:
    """People read them; none of them alone makes a site not ready."""
    said = {word for _, _, word in LOADS if word} | {
        "run_no_voltage", "run_voltage_unknown", "run_too_short", "run_stopped_itself", "run_not_seen_whole",
        "run_battery_polled", "run_kind_unknown",
    }  # fmt: skip

    assert said == {key for key in catalogue() if key.startswith("run_")}
    assert all(catalogue()[key].weight < 100 for key in said)
    assert run_verdict.LOOKS_LATE > 0


# --- what people tell ---


def test_a_declared_run_counts_by_the_same_rule_and_is_marked() -> None:
    """Thirty minutes with voltage count, twenty do not; the load is judged as told."""
    plant = Plant()
    begun = plant.wall_ms - 120 * MINUTE_MS
    plant.says(DeclaredRun(started_ms=begun, minutes=30, voltage=True, load_percent=20, comment="helt tyst"))
    plant.says(DeclaredRun(started_ms=begun + 40 * MINUTE_MS, minutes=20, voltage=True))
    plant.says(DeclaredRun(started_ms=begun + 70 * MINUTE_MS, minutes=0, voltage=False))
    whole, short, failed = plant.runs

    assert [True, True, True] == [run.declared for run in plant.runs]
    assert (True, ("run_low_load",), 20.0) == (whole.approved, whole.remarks, whole.load_mean_percent)
    assert ("Kim", "helt tyst") == (whole.who, whole.comment)
    assert (("run_too_short",), ("run_load_unknown",)) == (short.why_not, short.remarks)
    assert ("failed", ("run_no_voltage",)) == (failed.kind, failed.why_not)
    assert 3 == len(plant.told("run_ended"))


@pytest.mark.parametrize(("ago", "word"), [(-60, "not over yet"), (10, "not over yet"), (366 * 1440, "year")])
def test_a_declared_run_of_no_known_time_is_refused(ago: int, word: str) -> None:
    """In the future, not yet over, or older than a year: one sentence, and no record."""
    plant = Plant()
    refused = plant.says(DeclaredRun(started_ms=plant.wall_ms - ago * MINUTE_MS, minutes=30, voltage=True))

    assert word in refused
    assert () == plant.runs


def test_a_declared_run_needs_no_clock_at_the_box() -> None:
    """The person's own clock stands in, and the run is as old as it says when the box knows the time again."""
    plant = Plant(clock=ClockQuality.UNSYNCED)
    begun = WALL_MS - 3 * 86_400_000
    refused = plant.says(DeclaredRun(started_ms=begun, minutes=30, voltage=True), entered_ms=WALL_MS)

    assert "" == refused
    assert (True, begun) == (plant.runs[0].approved, plant.runs[0].started.wall_ms)


def test_a_run_told_late_stands_in_its_place() -> None:
    """Last month's run does not become the newest one."""
    plant = Plant()
    seen = plant.test(31)
    plant.says(DeclaredRun(started_ms=plant.wall_ms - 20 * 86_400_000, minutes=30, voltage=True))

    assert [True, False] == [run.declared for run in plant.runs]
    assert seen == plant.runs[-1]


def test_a_note_is_added_to_a_record_and_told_anew() -> None:
    """Who ran it, then a comment; what is not said stays; the numbers do too."""
    plant = Plant()
    run = plant.test(31)
    plant.says(RunNote(run_id=run.id, who="Eva"))
    plant.says(RunNote(run_id=run.id, comment="bytte filter"))
    told = [body["run"] for body in plant.told("run_ended")]

    assert ("Eva", "bytte filter", run.running_s) == (plant.runs[0].who, plant.runs[0].comment, plant.runs[0].running_s)
    assert [("", ""), ("Eva", ""), ("Eva", "bytte filter")] == [(one["who"], one["comment"]) for one in told]
    assert 1 == len({one["id"] for one in told})


def test_a_note_to_no_run_says_what_to_do() -> None:
    """An unknown run, and a note without words."""
    plant = Plant()

    assert "Choose" in plant.says(RunNote(run_id="run-of-last-year", who="Eva"))
    assert "Enter" in plant.says(RunNote(run_id="run-of-last-year"))


def test_a_note_right_after_a_restart_reaches_the_run_that_goes_on() -> None:
    """Before the first look of the new program."""
    plant = Plant(engine="running", **LIVE)
    plant.go(60)
    going = plant.story.site.run
    plant.away(10)
    assert going is not None
    refused = plant.says(RunNote(run_id=going.id, who="Eva"))
    plant.stop()

    assert ("", "Eva") == (refused, plant.runs[-1].who)
