"""A run is recognised from the signals, look by look: what it is, what not, and what it adds up to."""

import msgspec
import pytest

from contract.words import Connection, Place, Quality, Status
from gateway.core.facts import DeviceFacts
from gateway.core.remembered import Memory

from .conftest import GENSET, Story, at, device, facts, genset, good, report, volts
from .set_on_paper import DARK, LIVE, POLL_S, Plant, rule

ENOUGH = 31 * 60


def test_a_clean_outage_is_a_run_that_counts() -> None:
    """Start, voltage, transfer, load, return, cool-down, stop: one record with all its numbers."""
    plant = Plant()
    plant.go(10, mains=0.0)
    plant.start(more={"engine.coolant_temperature": 40, "engine.oil_pressure": 0})
    plant.go(5, engine="running")
    plant.go(40 * 60, kw=20.0, more={"engine.oil_pressure": 400, "engine.coolant_temperature": 84})
    plant.go(300, mains=230.0)
    plant.stop(fuel=59.0)
    run = plant.runs[-1]

    assert [run.id] == [body["run"]["id"] for body in plant.told("run_ended")]
    assert ("outage", True, ()) == (run.kind, run.approved, run.why_not)
    assert (1, 10.0, 25.0) == (run.cranks, run.to_voltage_s, run.to_load_s)
    assert 40 * 60 + 310 == pytest.approx(run.running_s, abs=2 * POLL_S)
    assert 45 * 60 == pytest.approx(run.loaded_s, abs=POLL_S)
    assert run.loaded_s == run.at_share_s
    assert (20.0, 20.0, 20.0, 35.7) == (run.load_min_kw, run.load_mean_kw, run.load_max_kw, run.load_mean_percent)
    assert (10.0, 84.0, 12.8) == (run.fuel_l, run.coolant_end_c, run.battery_min_v)
    assert not run.interrupted


def test_the_record_says_when_it_began_and_ended() -> None:
    """From the first crank to the first look that sees it stand, in both clocks; not when the record was written."""
    plant = Plant()
    begins = plant.now.moment()
    run = plant.test(31)

    assert begins.up_ms + 5000 == run.started.up_ms
    assert begins.wall_ms is not None
    assert begins.wall_ms + 5000 == run.started.wall_ms
    assert run.started.up_ms + (10 + 10 + 31 * 60 + 60) * 1000 == run.ended.up_ms


def test_cool_down_does_not_count() -> None:
    """A long cool-down makes no test of a short run."""
    plant = Plant()
    plant.start()
    plant.go(10 * 60, engine="running")
    plant.stop(cool_s=40 * 60)
    run = plant.runs[-1]

    assert 10 * 60 + 10 == pytest.approx(run.running_s, abs=2 * POLL_S)
    assert ("run_too_short",) == run.why_not
    assert 50 * 60 == pytest.approx(run.turned_s, abs=60)


def test_mean_load_is_over_time() -> None:
    """Ten minutes at 30 kW and thirty at 10 kW make 15 kW; the unloaded minutes are no part of it."""
    plant = Plant()
    plant.start()
    plant.go(600, engine="running")
    plant.go(600, kw=30.0)
    plant.go(1800, kw=10.0)
    plant.stop()
    run = plant.runs[-1]

    assert 15.0 == pytest.approx(run.load_mean_kw, abs=0.1)
    assert (10.0, 30.0) == (run.load_min_kw, run.load_max_kw)
    assert 600 == pytest.approx(run.at_share_s, abs=2 * POLL_S)


def test_three_cranks_without_voltage_are_one_failed_run() -> None:
    """The rest between two cranks ends no run; the alarm of it is in the record."""
    plant = Plant(mains=0.0, more={"alarm.fail-to-start": "none"})
    for _ in range(3):
        plant.go(10, engine="pre_start", more={"engine.battery_voltage": 9.4})
        plant.go(10, engine="stopped", more={"engine.battery_voltage": 11.9})
    plant.go(60, more={"alarm.fail-to-start": "shutdown", "controller.shutdown_alarm": 1})
    plant.go(60)

    assert [("failed", 3, ("run_no_voltage",))] == [(run.kind, run.cranks, run.why_not) for run in plant.runs]
    assert 9.4 == plant.runs[0].battery_min_v
    assert "fail-to-start" in plant.runs[0].alarms
    assert (0.0, None, None) == (plant.runs[0].running_s, plant.runs[0].to_voltage_s, plant.runs[0].load_mean_kw)


def test_cranks_come_from_the_counter_where_there_is_one() -> None:
    """The controller stays in one word through all cranks; its counter, read seldom, knows how many they were."""
    plant = Plant(slow={"engine.starts": 41.0})
    plant.go(60)
    plant.go(50, engine="pre_start")
    plant.go(120, engine="stopped", slow={"engine.starts": 44.0})
    failed = plant.runs[-1]
    counted = Plant()
    counted.go(60, engine="pre_start")
    counted.go(60, engine="stopped")

    assert 3 == failed.cranks
    assert counted.runs[-1].cranks is None


def test_a_crank_between_two_looks_is_still_one() -> None:
    """Polling that saw the set stand and then warm up knows of one crank; after a long gap of none."""
    plant = Plant()
    plant.go(1800, engine="warming_up", **LIVE)
    plant.stop()
    late = Plant()
    late.ticks(50)
    late.go(1800, engine="warming_up", **LIVE)
    late.stop()

    assert 1 == plant.runs[-1].cranks
    assert late.runs[-1].cranks is None
    assert not late.runs[-1].interrupted


def test_a_trip_in_the_middle_is_in_the_record() -> None:
    """A run that the controller ended itself does not count, however long it was; the alarm is named."""
    plant = Plant(mains=0.0)
    plant.start()
    plant.go(ENOUGH, engine="running", kw=20.0)
    plant.go(120, engine="stopped", kw=0.0, **DARK, more={"controller.shutdown_alarm": 1})
    run = plant.runs[-1]

    assert (False, ("run_stopped_itself",)) == (run.approved, run.why_not)
    assert "gen-shutdown" in run.alarms


def test_a_trip_that_lets_the_engine_cool_down_is_in_the_record() -> None:
    """An electrical trip opens the breaker and stops the engine later: it stopped itself all the same."""
    plant = Plant(mains=0.0)
    plant.start()
    plant.go(ENOUGH, engine="running", kw=20.0)
    plant.stop(more={"controller.trip_alarm": 1})

    assert ("run_stopped_itself",) == plant.runs[-1].why_not


def test_an_old_alarm_is_none_of_the_run() -> None:
    """What stood before the start is not told as raised during it."""
    plant = Plant(more={"alarm.charge-alternator-failure": "warning", "controller.trip_alarm": 1})
    plant.go(120)
    before = [alarm.key for alarm in plant.story.site.memory.alarms]
    run = plant.test(31)

    assert "charge-alternator-failure" in before
    assert () == tuple(key for key in run.alarms if key in before)
    assert run.approved


def test_a_dip_shorter_than_ten_seconds_breaks_nothing_off() -> None:
    """A motor that starts pulls the voltage down for a look; two looks in a row are a break."""
    whole, broken = Plant(), Plant()
    for plant, dip_s in ((whole, 5), (broken, 15)):
        plant.start()
        plant.go(900, engine="running")
        plant.go(dip_s, volts=190.0)
        plant.go(1000, volts=230.0)
        plant.stop()

    assert 1900 == pytest.approx(whole.runs[-1].running_s, abs=20)
    assert 1000 == pytest.approx(broken.runs[-1].running_s, abs=20)


def test_wrong_frequency_or_one_dead_phase_is_no_voltage() -> None:
    """A set that limps gives nothing that a shop can use."""
    slow = Plant()
    slow.go(10, engine="pre_start")
    slow.go(ENOUGH, engine="running", volts=230.0, hertz=46.0)
    slow.go(60, engine="stopped", **DARK)
    phase = Plant()
    phase.go(10, engine="pre_start")
    phase.go(ENOUGH, engine="running", **LIVE, more={"generator.voltage_l2n": 3.0})
    phase.go(60, engine="stopped", **DARK)

    assert ["failed", "failed"] == [slow.runs[-1].kind, phase.runs[-1].kind]


def test_oil_pressure_waits_for_its_twelve_seconds() -> None:
    """The pressure of the first moments is no low pressure; a later dip is."""
    plant = Plant(more={"engine.oil_pressure": 0.0})
    plant.start()
    plant.go(600, engine="running", more={"engine.oil_pressure": 420.0})
    plant.go(5, more={"engine.oil_pressure": 260.0})
    plant.go(600, more={"engine.oil_pressure": 420.0})
    plant.go(60, engine="stopped", **DARK, more={"engine.oil_pressure": 0.0})

    assert 260.0 == plant.runs[-1].oil_min_kpa


def test_a_fast_instrument_knows_the_battery_better_than_polling() -> None:
    """With it there is no remark; polling alone is remarked."""
    polled = Plant().test(31)
    plant = Plant()
    plant.start(more={"engine.crank_voltage_min": 8.7})
    plant.go(ENOUGH, engine="running")
    plant.stop()

    assert (12.8, True) == (polled.battery_min_v, "run_battery_polled" in polled.remarks)
    assert (8.7, False) == (plant.runs[-1].battery_min_v, "run_battery_polled" in plant.runs[-1].remarks)


# --- fuel ---


def test_fuel_comes_from_the_counter_first() -> None:
    """The counter is finer than the level."""
    plant = Plant(more={"fuel.used": 1200.0})
    plant.start()
    plant.go(ENOUGH, engine="running", more={"fuel.used": 1203.0})
    plant.stop(fuel=58.0)

    assert 3.0 == plant.runs[-1].fuel_l


@pytest.mark.parametrize("fuel", [Quality.SENSOR_FAULT, Quality.OVER_RANGE, 75.0])
def test_a_fault_or_a_refuelling_in_the_middle_leaves_the_fuel_unknown(fuel: float | Quality) -> None:
    """None, never a number out of two levels that have nothing to do with each other."""
    plant = Plant(fuel=60.0)
    plant.start()
    plant.go(900, engine="running")
    plant.go(300, fuel=fuel)
    plant.go(900, fuel=56.0)
    plant.stop()

    assert plant.runs[-1].fuel_l is None
    assert plant.runs[-1].approved


def test_a_level_that_has_not_moved_proves_nothing() -> None:
    """A sender in steps of one percent does not see three litres: not known, never 0."""
    assert Plant().test(31).fuel_l is None


def test_litres_of_a_node_need_no_tank() -> None:
    """Where a node tells litres, the difference is in litres."""
    plant = Plant(more={"fuel.litres": 640.0})
    plant.start()
    plant.go(ENOUGH, engine="running", more={"fuel.litres": 626.0})
    plant.stop()

    assert 14.0 == plant.runs[-1].fuel_l


# --- what a run is, and what not ---


def test_two_starts_in_one_outage_are_two_runs() -> None:
    """Each has its own record, its own cranks, its own verdict."""
    plant = Plant(mains=0.0)
    plant.start()
    plant.go(600, engine="running", kw=20.0)
    plant.go(20, engine="stopped", kw=0.0, **DARK)
    plant.start()
    plant.go(ENOUGH, engine="running", kw=20.0)
    plant.stop(mains=230.0)

    assert [("outage", False, 1), ("outage", True, 1)] == [(run.kind, run.approved, run.cranks) for run in plant.runs]
    assert 2 == len({run.id for run in plant.runs})


def test_a_quick_second_start_is_another_run_also_when_its_crank_was_not_seen() -> None:
    """After twenty seconds an engine has stood; polling saw only that it runs again."""
    plant = Plant(mains=0.0)
    plant.start()
    plant.go(600, engine="running", kw=20.0)
    plant.go(20, engine="stopped", kw=0.0, **DARK)
    plant.go(ENOUGH, engine="running", kw=20.0, **LIVE)
    plant.stop(mains=230.0)

    assert [False, True] == [run.approved for run in plant.runs]


def test_three_manual_starts_without_load() -> None:
    """Each time the grid came back just before the load was connected: three runs, all off load."""
    plant = Plant(facts(connection=Connection.MANUAL))
    for minutes in (8, 35, 12):
        plant.go(1200, mains=0.0)
        plant.start()
        plant.go(minutes * 60, engine="running")
        plant.stop(mains=230.0)
        plant.go(1200)

    assert [False, True, False] == [run.approved for run in plant.runs]
    assert ["outage"] * 3 == [run.kind for run in plant.runs]
    assert all("run_off_load" in run.remarks and run.load_mean_kw is None for run in plant.runs)


def test_an_exercise_is_recorded_like_any_run() -> None:
    """The records around it say that it was one; the numbers are of the real engine."""
    plant = Plant(facts(status=Status.EXERCISE))

    assert plant.test(31, kw=20.0).approved


def test_a_persons_word_is_no_measured_run() -> None:
    """Somebody says that the set runs, where no instrument speaks: no run is recognised."""
    story = Story(facts(device("shop", "meter", Place.LOAD), controller=None))
    for number in range(1, 5):
        story.step(at(60 * number), report(number, 60 * number, power="reserve", set_running=number < 3))

    assert "run_ended" not in story.kinds()
    assert story.site.memory.run is None


def test_a_meter_on_the_sets_side_sees_the_run_of_a_set_without_controller() -> None:
    """Voltage proves that it turns; power is told by the same meter."""
    meter = device("gen", "meter", Place.GENERATOR)
    story = Story(facts(meter, controller=None))
    for second in range(5, 2400, 5):
        on = 100 <= second < 2100
        values = volts("meter", 230 if on else 0, second) | {"meter.power": good(20_000 if on else 0, second)}
        story.poll(at(second), "gen", values)
    run = story.site.memory.runs[-1]

    assert (True, 20.0, None) == (run.approved, run.load_mean_kw, run.coolant_end_c)
    assert 1995 == pytest.approx(run.running_s, abs=10)


def test_speed_alone_does_not_prove_voltage() -> None:
    """Where the state is not told more than 100 rpm is turning, and whether it gave voltage is not known."""
    story = Story(facts(GENSET))
    for second in range(5, 2400, 5):
        values = genset(second) | {"engine.speed": good(1500 if 100 <= second < 2200 else 0, second)}
        del values["engine.state"], values["generator.power"]
        story.poll(at(second), "genset", values)
    run = story.site.memory.runs[-1]

    assert ("test", False, ("run_voltage_unknown",)) == (run.kind, run.approved, run.why_not)
    assert "run_load_unknown" in run.remarks


def test_the_site_without_devices_has_no_runs() -> None:
    """An empty configuration is no fault."""
    empty: tuple[DeviceFacts, ...] = ()
    story = Story(msgspec.structs.replace(facts(), devices=empty, controller=None), Memory())
    story.poll(at(5), "genset", genset(5, engine="running"))

    assert story.site.run is None


def test_a_short_rule_is_a_rule() -> None:
    """Ten minutes are enough where the site says so."""
    assert Plant(rule(minutes=10)).test(11).approved
