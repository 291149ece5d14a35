"""A run outlives silence, restarts and wrong words; what nobody saw is not made up."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.judgement import RunDone
from contract.records import RunBody
from contract.words import ClockQuality
from gateway.core.pipeline import Batch

from .conftest import good
from .set_on_paper import DARK, LIVE, Plant

ENOUGH = 31 * 60


def test_a_missed_poll_is_bridged_and_silence_is_not_counted() -> None:
    """Two looks close to each other prove what was between; five minutes of silence are not running."""
    short = Plant()
    short.start()
    short.go(900, engine="running")
    short.silent(15)
    short.go(900)
    short.stop()
    long = Plant()
    long.start()
    long.go(900, engine="running")
    long.silent(300)
    long.go(900)
    long.stop()

    assert 1825 == pytest.approx(short.runs[-1].running_s, abs=20)
    assert (True, False) == (short.runs[-1].approved, short.runs[-1].interrupted)
    assert 900 == pytest.approx(long.runs[-1].running_s, abs=20)
    assert 1800 == pytest.approx(long.runs[-1].turned_s, abs=100)
    assert (False, True) == (long.runs[-1].approved, long.runs[-1].interrupted)
    assert ("run_off_load", "run_not_seen_whole", "run_battery_polled") == long.runs[-1].remarks


def test_the_counter_of_starts_proves_that_it_never_stopped() -> None:
    """The same count after the silence: unbroken, though only what was seen is counted."""
    plant = Plant(more={"engine.starts": 7.0})
    plant.start(more={"engine.starts": 8.0})
    plant.go(900, engine="running")
    plant.silent(300)
    plant.go(1000)
    plant.stop()
    run = plant.runs[-1]

    assert 1900 == pytest.approx(run.running_s, abs=20)
    assert (True, True) == (run.approved, run.interrupted)


def test_a_counter_that_is_read_seldom_is_waited_for() -> None:
    """Right after the silence it is not known yet; what comes meanwhile is not counted, and the proof still holds."""
    plant = Plant(slow={"engine.starts": 7.0})
    plant.go(60)
    plant.start(slow={"engine.starts": 8.0})
    plant.go(900, engine="running")
    plant.silent(305)
    plant.go(1000)
    plant.stop()
    run = plant.runs[-1]

    assert 1850 <= run.running_s <= 1915
    assert run.approved


def test_another_count_after_the_silence_is_another_run() -> None:
    """It stopped and started while nobody looked: the first is closed with what was seen, the second begins."""
    plant = Plant(more={"engine.starts": 7.0})
    plant.start(more={"engine.starts": 8.0})
    plant.go(600, engine="running")
    last = plant.second
    plant.silent(300)
    plant.go(700, more={"engine.starts": 9.0})
    plant.stop()

    assert [True, True] == [run.interrupted for run in plant.runs]
    assert round(last * 1000) == plant.runs[0].ended.up_ms
    assert [610, 700] == pytest.approx([run.running_s for run in plant.runs], abs=20)


def test_a_run_that_ended_in_silence_is_closed_with_what_was_seen() -> None:
    """It ends where it was last seen to turn, not where it is found standing."""
    plant = Plant()
    plant.start()
    plant.go(600, engine="running")
    last = plant.second
    plant.silent(4 * 3600)
    plant.go(60, engine="stopped", **DARK)

    assert [(round(last * 1000), True)] == [(run.ended.up_ms, run.interrupted) for run in plant.runs]


@pytest.mark.parametrize(("boot", "clock"), [(None, None), ("boot-2", None), ("boot-2", ClockQuality.UNSYNCED)])
def test_a_restart_in_the_middle_keeps_the_run(boot: str | None, clock: ClockQuality | None) -> None:
    """The same id goes on, marked; what was not seen is not counted, nothing is counted twice."""
    plant = Plant()
    plant.start()
    plant.go(1200, engine="running", kw=20.0)
    going = plant.story.site.run
    plant.away(180, boot=boot, clock=clock)
    plant.go(600)
    plant.stop()
    run = plant.runs[-1]

    assert going is not None
    assert [going.id] == [one.id for one in plant.runs]
    assert run.interrupted
    assert 1150 <= run.running_s <= 1215
    assert 1700 <= run.turned_s <= 1900
    assert 20.0 == run.load_mean_kw


def test_a_restart_of_seconds_is_marked_too() -> None:
    """Hardly anything was missed, yet something was."""
    plant = Plant()
    plant.start()
    plant.go(ENOUGH, engine="running")
    plant.away(5)
    plant.go(600)
    plant.stop()

    assert [(True, True)] == [(run.approved, run.interrupted) for run in plant.runs]


def test_a_run_that_ended_while_the_box_was_down_is_closed() -> None:
    """After another boot without a clock it still becomes a record."""
    plant = Plant()
    plant.start()
    plant.go(1200, engine="running")
    plant.away(3600, boot="boot-2", clock=ClockQuality.UNSYNCED)
    plant.go(10, engine="stopped", **DARK)

    assert [("test", True, "boot-1")] == [(run.kind, run.interrupted, run.ended.boot) for run in plant.runs]
    assert 1140 <= plant.runs[0].running_s <= 1215
    assert plant.story.site.memory.run is None


def test_a_start_whose_end_nobody_saw_has_not_failed() -> None:
    """The box lost its own power while the set cranked: not known, and never a failed start."""
    plant = Plant(mains=0.0)
    plant.go(10, engine="pre_start")
    plant.away(3600, boot="boot-2")
    plant.go(10, engine="stopped")

    assert [("outage", ("run_voltage_unknown",))] == [(run.kind, run.why_not) for run in plant.runs]


def test_a_restart_while_the_record_waits_loses_nothing() -> None:
    """It stood already: whole, once, not marked."""
    plant = Plant()
    plant.start()
    plant.go(ENOUGH, engine="running")
    plant.go(10, engine="stopped", **DARK)
    plant.away(5)
    plant.go(60)

    assert [(True, False)] == [(run.approved, run.interrupted) for run in plant.runs]
    assert 1 == len(plant.told("run_ended"))


def test_a_gateway_that_starts_late_does_not_make_up_a_start() -> None:
    """The set ran already: neither cranks nor seconds to voltage are known."""
    plant = Plant(engine="running", **LIVE)
    plant.go(ENOUGH)
    plant.stop()
    run = plant.runs[-1]

    assert (None, None, True) == (run.cranks, run.to_voltage_s, run.interrupted)
    assert run.approved


def test_a_single_wrong_word_splits_no_run() -> None:
    """An engine that is said to stand for one look and runs at the next has never stood."""
    plant = Plant()
    plant.start()
    plant.go(1000, engine="running")
    plant.go(5, engine="stopped")
    plant.go(1000, engine="running")
    plant.stop()

    assert [True] == [run.approved for run in plant.runs]
    assert 2010 == pytest.approx(plant.runs[0].running_s, abs=20)


# --- whatever comes ---

WORDS = ("stopped", "pre_start", "warming_up", "running", "cooling_down", "post_run", "", "trip", None)
STEP = st.tuples(
    st.sampled_from(WORDS),
    st.sampled_from([0.0, 1.0, 10.0, 30.0]),
    st.sampled_from([0.0, 180.0, 230.0, 400.0]),
    st.sampled_from([0, 5, 5, 5, 30, 61, 400]),
    st.sampled_from(["", "", "", "", "restart", "boot", "unsynced"]),
)


@given(st.lists(STEP, max_size=60))
def test_whatever_the_engine_says_a_run_is_never_lost_nor_impossible(
    steps: list[tuple[str | None, float, float, int, str]],
) -> None:
    """Any words in any order: durations fit together, every run that began is in memory or recorded, each told once."""
    plant, begun = Plant(), set()
    for word, kw, voltage, pause, happens in steps:
        if happens:
            plant.away(20, boot=None if happens == "restart" else f"boot-{plant.run}")
            plant.clock = ClockQuality.UNSYNCED if happens == "unsynced" else ClockQuality.SYNCED
        plant.second += pause
        plant.kw, plant.volts, plant.hertz = kw, voltage, 50.0
        values = plant.values() | {"engine.state": good(word, plant.second)} if word else {}
        plant.story.step(plant.now, Batch(device="genset", values=values))
        begun |= {plant.story.site.run.id} if plant.story.site.run else set()
    plant.second += 1000
    plant.go(200, engine="stopped", kw=0.0, **DARK)
    told = [msgspec.convert(body, RunBody).run for body in plant.told("run_ended")]

    assert begun == {run.id for run in told}
    assert len(told) == len(begun)
    assert plant.story.site.memory.run is None
    assert all(_possible(run) for run in told)


def _possible(run: RunDone) -> bool:
    spans = (run.turned_s, run.running_s, run.loaded_s, run.at_share_s)
    loads = [kw for kw in (run.load_min_kw, run.load_mean_kw, run.load_max_kw) if kw is not None]
    if run.started.boot == run.ended.boot and run.started.up_ms + 1000 * run.turned_s > run.ended.up_ms + 100:
        return False
    ordered = all(longer + 0.1 >= shorter for longer, shorter in pairwise(spans))
    return ordered and min(spans) >= 0 and loads == sorted(loads) and len(loads) in (0, 3)
