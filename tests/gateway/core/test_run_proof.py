"""What proves after a time without a look that the set went on: shortness, a counter of starts, a counter of hours."""

import msgspec
import pytest

from contract.wire import Moment
from contract.words import ClockQuality
from gateway.core.remembered import Look
from gateway.core.runs.run_proof import gap_ms, same_run

from .conftest import GENSET, METER, WALL_MS, device, facts, genset, good, volts
from .set_on_paper import Plant, rule

HOUR_S = 3600.0


def test_a_restart_of_seconds_throws_nothing_away() -> None:
    """Twenty-four minutes before it and twenty-four after it are one run at the advised load."""
    plant = Plant(mains=0.0)
    plant.start()
    plant.go(24 * 60, engine="running", kw=20.0)
    plant.away(5)
    plant.go(24 * 60, engine="running", kw=20.0)
    plant.stop()
    run = plant.runs[-1]

    assert 48 * 60 == pytest.approx(run.running_s, abs=30)
    assert 48 * 60 == pytest.approx(run.at_share_s, abs=30)
    assert (True, True) == (run.approved, run.interrupted)
    assert "run_low_load" not in run.remarks


@pytest.mark.parametrize(("advance_s", "approved"), [(300.0, True), (275.0, True), (200.0, False), (0.0, False)])
def test_the_hours_of_the_controller_prove_that_it_went_on(advance_s: float, approved: bool) -> None:
    """Five minutes of silence in which the hours went on as the clock did; the load counts on as well."""
    plant = Plant(rule(load_required=True), more={"engine.run_time": 360_017.0})
    plant.start()
    plant.go(1000, engine="running", kw=20.0)
    plant.silent(295)
    plant.go(1000, more={"engine.run_time": 360_017.0 + advance_s})
    plant.stop()

    assert [(approved, True)] == [(run.approved, run.interrupted) for run in plant.runs]


def test_a_run_too_short_at_full_load_is_not_told_that_its_load_was_low() -> None:
    """Broken off in the middle it is too short; of its load nothing is to be said."""
    plant = Plant()
    plant.start()
    plant.go(1200, engine="running", kw=20.0)
    plant.silent(600)
    plant.go(1200)
    plant.stop()
    run = plant.runs[-1]

    assert ("run_too_short",) == run.why_not
    assert "run_low_load" not in run.remarks
    assert 20.0 == run.load_mean_kw


def looked(up_s: float, hours_s: float | None, *, boot: str = "a", synced: bool = True, starts: float = -1) -> Look:
    """A look that read the hours; wall clocks go with the second of the story."""
    clock = ClockQuality.SYNCED if synced else ClockQuality.UNSYNCED
    wall_ms = WALL_MS + round(up_s * 1000)
    up_ms = round(up_s * 1000) % 10_000_000 if boot == "b" else round(up_s * 1000)
    return Look(
        at=Moment(boot=boot, up_ms=up_ms, wall_ms=wall_ms, clock=clock),
        engine="running",
        turning=True,
        hours_s=hours_s,
        hours_ms=up_ms,
        starts=None if starts < 0 else starts,
        starts_ms=up_ms,
    )


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (looked(HOUR_S, 103_600.0), True),
        (looked(HOUR_S, 103_500.0), None),
        (looked(HOUR_S, 104_000.0), None),
        (looked(HOUR_S, None), None),
        (looked(HOUR_S, 103_600.0, boot="b"), True),
        (looked(HOUR_S, 103_600.0, boot="b", synced=False), None),
        (looked(HOUR_S, 103_600.0, starts=8), True),
    ],
)
def test_hours_go_on_with_the_clock_or_prove_nothing(after: Look, expected: bool | None) -> None:
    """Also after another boot, where the clocks of both are believed."""
    assert expected is same_run(looked(0, 100_000.0), after)


@pytest.mark.parametrize(
    ("hole_s", "advance_s", "expected"),
    [(1800.0, 1800.0, True), (1800.0, 1440.0, True), (1800.0, 1080.0, None), (1200.0, 1080.0, None)],
)
def test_tenths_of_hours_prove_only_long_holes(hole_s: float, advance_s: float, expected: bool | None) -> None:
    """A counter that moves every six minutes is as exact as that, and says nothing of twenty minutes."""
    assert expected is same_run(looked(0, 36_000.0), looked(hole_s, 36_000.0 + advance_s))


def test_another_start_outweighs_the_hours() -> None:
    """Started once more: another run, whatever the hours say."""
    assert same_run(looked(0, 100_000.0, starts=7), looked(HOUR_S, 103_600.0, starts=8)) is False


def test_an_old_reading_of_the_hours_is_no_proof() -> None:
    """It was read before the hole."""
    stale = msgspec.structs.replace(looked(HOUR_S, 103_600.0), hours_ms=0)

    assert same_run(looked(0, 100_000.0), stale) is None


@pytest.mark.parametrize(("poll_s", "limit_ms"), [(5.0, 90_000), (60.0, 180_000), (300.0, 900_000)])
def test_what_is_polled_seldom_may_be_further_apart(poll_s: float, limit_ms: int) -> None:
    """Three polls of the controller, and never less than a minute and a half; other devices do not matter."""
    seldom = msgspec.structs.replace(GENSET, poll_every_s=poll_s)
    other = msgspec.structs.replace(METER, poll_every_s=3600.0)
    switch = msgspec.structs.replace(device("switch", "transfer_switch"), poll_every_s=poll_s)

    assert limit_ms == gap_ms(facts(seldom, other))
    assert limit_ms == gap_ms(facts(switch, controller=None))


def test_a_set_that_is_polled_every_five_minutes_has_whole_runs_and_hours() -> None:
    """Four hours at load: approved, not interrupted, and counted for the year."""
    plant = Plant(facts(msgspec.structs.replace(GENSET, poll_every_s=300.0)))
    for minute in range(0, 300, 5):
        plant.second += 300
        on = 10 <= minute < 250
        told = genset(plant.second, mains=0 if on else 230, engine="running" if on else "stopped", kw=20 if on else 0)
        live = volts("generator", 230 if on else 0, plant.second)
        plant.story.poll(plant.now, "genset", told | live | {"generator.frequency": good(50, plant.second)})
    run = plant.runs[-1]

    assert 235 * 60 == pytest.approx(run.running_s, abs=1)
    assert (True, False, "outage") == (run.approved, run.interrupted, run.kind)
    assert (None, None) == (run.to_voltage_s, run.to_load_s)
    assert 235 / 60 == pytest.approx(sum(plant.story.site.memory.hours.values()), abs=0.01)
