"""Every outage becomes one timeline, bounded, whatever the mains do in between."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.judgement import OutageDone, TimelineStep
from contract.orders import NeedSaid, Report, RunNote
from contract.records import OutageBody
from contract.words import ClockQuality, NeedKind
from gateway.core.remembered import MAX_OUTAGES, OutageSoFar
from gateway.core.runs.outage_steps import MAX_STEPS, with_steps
from gateway.io.store import MAX_BATCH_BYTES

from .conftest import GENSET, METER, facts, volts
from .set_on_paper import DARK, Plant

STEADY = 5 * 60 + 10
BEGUN = 30
"""Seconds that a plant has stood before its story begins."""


def carried(plant: Plant, minutes: float) -> None:
    """The mains go, the set takes over, they come back, it rests."""
    plant.go(10, mains=0.0)
    plant.start()
    plant.go(minutes * 60, engine="running", kw=20.0)
    plant.go(60, mains=230.0)
    plant.stop(fuel=round(float(plant.fuel) - 2.0, 1))


def whats(outage: OutageDone) -> list[str]:
    """The lines, in order."""
    return [step.what for step in outage.steps]


def spans(outage: OutageDone) -> float:
    """All its seconds."""
    return outage.without_power_s + outage.on_reserve_s + outage.on_mains_s + outage.unknown_s


def test_a_clean_outage_is_a_timeline() -> None:
    """From the loss to the way home: power, engine, run; its seconds make up the whole; fuel is that of its run."""
    plant = Plant()
    carried(plant, 60)
    begins = plant.outages
    plant.go(STEADY)
    outage = plant.outages[-1]

    assert () == begins
    assert [outage.id] == [body["outage"]["id"] for body in plant.told("outage_ended")]
    assert "mains_lost" == whats(outage)[0]
    assert 1 == whats(outage).count("mains_lost") == whats(outage).count("back_on_mains")
    assert ["on_reserve", "mains_back", "back_on_mains"] == [
        what for what in whats(outage) if what in ("on_reserve", "mains_back", "back_on_mains")
    ]
    assert ["engine_starting", "engine_running", "engine_stopped"] == [
        what for what in whats(outage) if what in ("engine_starting", "engine_running", "engine_stopped")
    ]
    assert 3600 + 60 == pytest.approx(outage.on_reserve_s, abs=15)
    assert 30 == pytest.approx(outage.without_power_s, abs=10)
    assert spans(outage) * 1000 == pytest.approx(outage.ended.up_ms - outage.started.up_ms, abs=200)
    assert (20.0, (plant.runs[-1].id,)) == (outage.fuel_l, outage.runs)
    assert (0, 0, False) == (outage.returns, outage.dropped, outage.interrupted)


def test_alarms_of_any_step_are_in_the_timeline() -> None:
    """Also those that are raised after the set was judged: outages are judged last."""
    plant = Plant(mains=0.0, more={"alarm.low-fuel-level": "none"})
    plant.start()
    plant.go(600, engine="running", kw=20.0, more={"alarm.low-fuel-level": "warning"})
    plant.go(60, mains=230.0, more={"alarm.low-fuel-level": "none"})
    plant.stop(cool_s=STEADY)
    said = [(step.what, step.detail) for step in plant.outages[-1].steps if "low-fuel-level" in step.detail]

    assert ("alarm_raised", "low-fuel-level genset") in said
    assert ("alarm_cleared", "low-fuel-level genset") in said


def test_what_people_do_stands_with_their_name_and_needs_without_their_text() -> None:
    """A report and a need are lines; what somebody needs in words is nobody else's."""
    plant = Plant(mains=0.0)
    plant.says(Report(observed_ms=plant.wall_ms, power="none"), who="Eva")
    plant.says(NeedSaid(need="need-1", what=NeedKind.MEDICINE, people=1, text="insulin till Nils"), who="Eva")
    plant.go(60)
    plant.go(STEADY, mains=230.0)
    steps = {step.what: step for step in plant.outages[-1].steps}

    assert ("Eva", "none") == (steps["report_entered"].who, steps["report_entered"].detail)
    assert ("Eva", "medicine") == (steps["need_said"].who, steps["need_said"].detail)
    assert "Nils" not in json.dumps(msgspec.to_builtins(plant.outages[-1]))


def test_mains_that_flap_fifty_times_are_one_outage() -> None:
    """One record, held open until they were steady for five minutes, with how often they came back."""
    plant = Plant()
    for _ in range(50):
        plant.go(35, mains=0.0)
        plant.go(35, mains=230.0)
    open_still = plant.outages
    last_back = plant.second - 30
    plant.go(STEADY)
    outage = plant.outages[-1]

    assert () == open_still
    assert 1 == len(plant.outages) == len(plant.told("outage_ended"))
    assert 49 == outage.returns
    assert round(last_back * 1000) == outage.ended.up_ms
    assert 49 * 35 == pytest.approx(outage.on_mains_s, abs=10)
    assert 50 * 35 == pytest.approx(outage.without_power_s + outage.unknown_s, abs=10)
    assert "mains_lost" == whats(outage)[0]
    assert "back_on_mains" in whats(outage)[-3:]
    assert MAX_STEPS >= len(outage.steps)


def test_an_outage_more_than_five_minutes_later_is_another_one() -> None:
    """Two records, each from its own loss to its own return."""
    plant = Plant()
    for _ in range(2):
        plant.go(60, mains=0.0)
        plant.go(STEADY, mains=230.0)

    assert 2 == len(plant.outages)
    assert [0, 0] == [outage.returns for outage in plant.outages]


def test_the_record_waits_for_the_set_to_rest() -> None:
    """A cool-down longer than five minutes still gives its run and its fuel to the outage."""
    plant = Plant(mains=0.0)
    plant.start()
    plant.go(1800, engine="running", kw=20.0)
    plant.go(10, mains=230.0)
    plant.stop(cool_s=900, rest_s=60, fuel=58.0)

    assert [(20.0, 1)] == [(outage.fuel_l, len(outage.runs)) for outage in plant.outages]


def test_a_set_that_does_not_stop_holds_the_record_for_an_hour_at_most() -> None:
    """Somebody left it running: the outage is over all the same."""
    plant = Plant(mains=0.0)
    plant.start()
    plant.go(600, engine="running", kw=20.0)
    plant.go(3590, mains=230.0, kw=0.0)
    early = plant.outages
    plant.go(60)

    assert () == early
    assert 1 == len(plant.outages)


def test_fuel_of_an_outage_is_not_known_when_that_of_a_run_is_not() -> None:
    """Half a sum would be too little; a failed start takes nothing from it."""
    plant = Plant(mains=0.0)
    plant.go(10, engine="pre_start")
    plant.go(60, engine="stopped")
    plant.start()
    plant.go(1800, engine="running", kw=20.0)
    plant.stop(fuel=59.0)
    plant.go(STEADY, mains=230.0)
    known = plant.outages[-1]
    plant.go(10, mains=0.0)
    plant.start()
    plant.go(1800, engine="running", kw=20.0)
    plant.stop()
    plant.go(STEADY, mains=230.0)

    assert (10.0, 2) == (known.fuel_l, len(known.runs))
    assert (None, 1) == (plant.outages[-1].fuel_l, len(plant.outages[-1].runs))


def test_a_comment_on_a_run_does_not_count_its_fuel_twice() -> None:
    """The record of the run is told anew; the outage has it already."""
    plant = Plant()
    plant.go(10, mains=0.0)
    plant.start()
    plant.go(1800, engine="running", kw=20.0)
    plant.stop(fuel=58.0)
    plant.says(RunNote(run_id=plant.runs[-1].id, who="Eva"))
    plant.go(STEADY, mains=230.0)

    assert 20.0 == plant.outages[-1].fuel_l


@pytest.mark.parametrize("boot", [None, "boot-2"])
def test_a_restart_in_the_middle_keeps_the_outage(boot: str | None) -> None:
    """The time that nobody looked is of unknown power; the record is one and marked."""
    plant = Plant(mains=0.0)
    plant.go(600)
    plant.away(600, boot=boot)
    plant.go(600)
    plant.go(STEADY, mains=230.0)
    outage = plant.outages[-1]

    assert 1 == len(plant.outages)
    assert outage.interrupted
    assert 600 == pytest.approx(outage.unknown_s, abs=70)
    assert 1200 == pytest.approx(outage.without_power_s, abs=70)
    assert "gateway_started" in whats(outage)


def test_another_boot_without_a_clock_leaves_the_unknown_time_out() -> None:
    """Nobody can tell how long it was: nothing is made up."""
    plant = Plant(mains=0.0)
    plant.go(600)
    plant.away(7200, boot="boot-2", clock=ClockQuality.UNSYNCED)
    plant.go(600)
    plant.go(STEADY, mains=230.0)
    outage = plant.outages[-1]

    assert (True, pytest.approx(0, abs=10)) == (outage.interrupted, outage.unknown_s)
    assert 1200 == pytest.approx(outage.without_power_s, abs=70)


def test_a_clock_that_comes_later_tells_how_long_the_box_was_away() -> None:
    """Beginning and end are known then: what is left of the whole is unknown time."""
    plant = Plant(mains=0.0)
    plant.go(600)
    plant.away(7200, boot="boot-2", clock=ClockQuality.UNSYNCED)
    plant.go(600)
    plant.clock = ClockQuality.SYNCED
    plant.go(STEADY, mains=230.0)
    outage = plant.outages[-1]

    assert 7200 == pytest.approx(outage.unknown_s, abs=70)
    assert BEGUN + 600 + 7200 + 600 == pytest.approx(spans(outage), abs=10)


def test_a_restart_of_seconds_leaves_no_unknown_time() -> None:
    """The same power before and after it held in between; the first step after it has seen nothing yet."""
    plant = Plant(mains=0.0)
    plant.go(600)
    plant.away(10)
    plant.ticks(1)
    plant.go(600)
    plant.go(STEADY, mains=230.0)
    outage = plant.outages[-1]

    assert (True, 0.0) == (outage.interrupted, outage.unknown_s)
    assert BEGUN + 1211 == pytest.approx(outage.without_power_s, abs=10)


def test_after_a_restart_of_seconds_that_nobody_sees_the_end_of_the_time_is_unknown() -> None:
    """The controller stays silent: a short restart proves nothing by itself."""
    plant = Plant(mains=0.0)
    plant.go(600)
    plant.away(10)
    plant.silent(300)
    plant.go(600)
    plant.go(STEADY, mains=230.0)

    assert 310 <= plant.outages[-1].unknown_s <= 375
    assert BEGUN + 600 + 10 + 300 + 600 == pytest.approx(spans(plant.outages[-1]), abs=10)


def test_where_nobody_ever_saw_the_grid_an_outage_ends_with_a_live_shop() -> None:
    """Steady for five minutes; mains that nobody saw are neither told as lost nor as back."""
    plant = Plant(facts(GENSET, METER), mains=None)
    for second in range(0, 900, 5):
        plant.go(5)
        plant.story.poll(plant.now, "meter", volts("meter", 0 if 60 <= second < 360 else 230, plant.second))

    assert [300] == [round(one.without_power_s, -1) for one in plant.outages]
    assert "power_changed" == whats(plant.outages[0])[0]
    assert {"mains_lost", "back_on_mains"}.isdisjoint(whats(plant.outages[0]))


def test_a_restart_while_the_record_waits_changes_nothing() -> None:
    """It closes five minutes after the return, in the new run."""
    plant = Plant(mains=0.0)
    plant.go(600)
    plant.go(60, mains=230.0)
    back = plant.second - 55
    plant.away(30)
    plant.go(STEADY)

    assert [round(back * 1000)] == [outage.ended.up_ms for outage in plant.outages]


def test_silence_is_unknown_time_and_ends_no_outage() -> None:
    """Contact lost during the outage, and again after the return: closed only when the mains were seen steady."""
    plant = Plant(mains=0.0)
    plant.go(600)
    plant.silent(1200)
    plant.go(60, mains=230.0)
    plant.silent(1200)
    unseen = plant.outages
    plant.go(STEADY)

    assert () == unseen
    assert 1200 == pytest.approx(plant.outages[-1].unknown_s, abs=60)


def test_the_memory_is_written_once_a_minute_at_most() -> None:
    """Nothing happens in a long outage: seconds alone are no reason for a write at every poll."""
    plant = Plant(mains=0.0)
    plant.go(300)
    changes = 0
    for _ in range(240):
        before = plant.story.site.memory.outage
        plant.go(5)
        changes += plant.story.site.memory.outage != before

    assert 19 <= changes <= 21


def test_a_full_timeline_drops_repeats_and_keeps_its_ends() -> None:
    """A sensor that comes and goes all night pushes out nothing that matters, and the record stays small."""
    plant = Plant()
    plant.go(10, mains=0.0)
    plant.says(Report(observed_ms=plant.wall_ms, power="none"), who="Eva" * 20)
    for _ in range(300):
        plant.silent(5)
        plant.go(5)
    plant.go(STEADY, mains=230.0)
    outage = plant.outages[-1]

    assert MAX_STEPS == len(outage.steps)
    assert 500 < outage.dropped
    assert "mains_lost" == whats(outage)[0]
    assert {"report_entered", "back_on_mains"} <= set(whats(outage))
    assert MAX_BATCH_BYTES / 3 > len(msgspec.json.encode(outage))


def test_the_ends_of_a_timeline_stay_even_when_nothing_repeats() -> None:
    """A hundred different lines more: the lightest go, from the second on."""
    moment = Plant().now.moment()
    whole = OutageSoFar(id="outage", started=moment, run="run-1", seen=moment)
    heavy = [TimelineStep(what="mains_lost", at=moment, detail=str(number)) for number in range(3)]
    light = [TimelineStep(what="device_silent", at=moment, detail=str(number)) for number in range(MAX_STEPS)]
    kept = with_steps(whole, [light[0], *heavy, *light[1:]])

    assert 3 == kept.dropped
    assert [light[0], *heavy, light[4]] == list(kept.steps[:5])
    assert light[-1] == kept.steps[-1]


def test_repeats_go_before_what_was_told_once() -> None:
    """A light line that stands alone says more than the fiftieth of a heavier kind."""
    moment = Plant().now.moment()
    whole = OutageSoFar(id="outage", started=moment, run="run-1", seen=moment)
    lone = TimelineStep(what="sensor_fault", at=moment, detail="genset fuel.level")
    kept = with_steps(whole, [*[TimelineStep(what="mains_lost", at=moment)] * 50, lone])
    kept = with_steps(kept, [TimelineStep(what="mains_lost", at=moment)] * 100)

    assert lone in kept.steps
    assert 51 == kept.dropped


def test_the_memory_keeps_ten_outages_and_three_timelines() -> None:
    """It is written whole at each change; what is left out is counted."""
    plant = Plant()
    for _ in range(MAX_OUTAGES + 2):
        plant.go(20, mains=0.0)
        plant.go(STEADY, mains=230.0)

    assert MAX_OUTAGES == len(plant.outages)
    assert [True] * 3 == [bool(outage.steps) for outage in plant.outages[-3:]]
    assert all(not outage.steps and outage.dropped for outage in plant.outages[:-3])


STEP = st.tuples(
    st.sampled_from([0.0, 0.0, 230.0, 160.0]),
    st.sampled_from(["stopped", "pre_start", "running", "cooling_down"]),
    st.sampled_from([0.0, 20.0]),
    st.sampled_from([0, 5, 60, 290, 310, 4000]),
    st.sampled_from(["", "", "", "silent", "restart", "boot", "unsynced"]),
)


@given(st.lists(STEP, max_size=40))
def test_whatever_happens_an_outage_is_told_once_and_adds_up(
    steps: list[tuple[float, str, float, int, str]],
) -> None:
    """Any mains, any engine, restarts and silence: no outage is lost, and its seconds never exceed its length."""
    plant, begun = Plant(), set()
    for mains, engine, kw, pause, happens in steps:
        if happens in ("restart", "boot", "unsynced"):
            plant.away(20, boot=None if happens == "restart" else f"boot-{plant.run}")
            plant.clock = ClockQuality.UNSYNCED if happens == "unsynced" else ClockQuality.SYNCED
        plant.second += pause
        if happens == "silent":
            plant.silent(10)
        else:
            plant.go(5, mains=mains, engine=engine, kw=kw, volts=230.0, hertz=50.0)
        begun |= {plant.story.site.memory.outage.id} if plant.story.site.memory.outage else set()
    plant.go(60, mains=230.0, engine="stopped", kw=0.0, **DARK)
    plant.go(STEADY + 60)
    told = [msgspec.convert(body, OutageBody).outage for body in plant.told("outage_ended")]

    assert begun == {outage.id for outage in told}
    assert len(begun) == len(told)
    assert plant.story.site.memory.outage is None
    for outage in told:
        assert min(outage.without_power_s, outage.on_reserve_s, outage.on_mains_s, outage.unknown_s) >= 0
        assert ["mains_lost"] == whats(outage)[:1]
        if outage.started.boot == outage.ended.boot:
            assert spans(outage) * 1000 <= outage.ended.up_ms - outage.started.up_ms + 500
