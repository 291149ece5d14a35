"""A scenario worked out on paper: time is an argument, nothing runs."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.words import Event, Quality
from simulator.core.equipment import Generator, Load, Plant, Sequence
from simulator.core.faults import BadInput
from simulator.core.physics import glide
from simulator.core.readings import readings
from simulator.core.scenario import Scenario, Start, Step, check_scenario
from simulator.core.timeline import Timeline, play

HOUR = 3600.0
PLANT = Plant(load=Load(kw=15, swing_kw=0), generator=Generator(rated_kw=56, tank_l=1000, fuel_percent=60))


def _play(*steps: Step, plant: Plant = PLANT, start: Start | None = None, hours: float = 100) -> Timeline:
    scenario = Scenario(title="t", length_h=hours, start=start or Start(), step=steps)
    assert [] == check_scenario(scenario, ())
    return play(plant, scenario, "test")


def _told(timeline: Timeline) -> list[tuple[float, str]]:
    return [(happening.at_s, happening.event) for happening in timeline.happenings]


def test_automatic_set_walks_the_whole_road():
    """Delay 3, prestart 4, crank 3, warm-up 15, transfer 2; back: return 300, unload 2, cool-down 60, stop 20."""
    timeline = _play(Step(do="mains_fails", at_s=100), Step(do="mains_back", at_s=1000))

    assert [
        (100, "mains_fails"),
        (103, "engine_starting"),
        (110, "engine_warming"),
        (125, "engine_running"),
        (127, "on_reserve"),
        (1000, "mains_back"),
        (1300, "back_on_mains"),
        (1302, "engine_cooling"),
        (1362, "engine_stopped"),
    ] == _told(timeline)
    assert ["ready", "fail_delay", "on_load", "returning", "stopping", "ready"] == [
        timeline.at(at_s).stage.value for at_s in (99.9, 100, 999.9, 1000, 1381.9, 1382)
    ]
    assert 312 == timeline.at(2000).starts


def test_dip_shorter_than_the_delay_starts_nothing():
    """A dip of two seconds passes the set by."""
    timeline = _play(Step(do="mains_fails", at_s=100), Step(do="mains_back", at_s=102))

    assert [(100, "mains_fails"), (102, "mains_back")] == _told(timeline)
    assert 311 == timeline.at(2000).starts


def test_mains_that_comes_and_goes_keeps_the_load_on_the_set():
    """Mains back for less than the return delay does not move the load."""
    timeline = _play(
        Step(do="mains_fails", at_s=100), Step(do="mains_back", at_s=1000), Step(do="mains_fails", at_s=1200)
    )

    assert "on_load" == timeline.at(5000).stage.value
    assert "back_on_mains" not in [event for _, event in _told(timeline)]


def test_mains_lost_again_while_cooling_takes_the_load_again():
    """A set that cools down is still running: it takes over without a new start."""
    timeline = _play(
        Step(do="mains_fails", at_s=100), Step(do="mains_back", at_s=1000), Step(do="mains_fails", at_s=1320)
    )

    assert [(1320, "mains_fails"), (1320, "engine_running"), (1322, "on_reserve")] == _told(timeline)[8:11]
    assert 312 == timeline.at(5000).starts


def test_hand_connected_set_waits_for_a_person():
    """In mode manual nothing starts, takes load or stops by itself, whatever the mains does."""
    plant = msgspec.structs.replace(PLANT, mode="manual")
    timeline = _play(
        Step(do="mains_fails", at_h=0),
        Step(do="manual_start", at_h=15),
        Step(do="connect_load", at_h=15.5),
        Step(do="mains_back", at_h=72),
        Step(do="disconnect_load", at_h=73),
        Step(do="manual_stop", at_h=74),
        plant=plant,
    )

    stages = [timeline.at(hour * HOUR).stage.value for hour in (14.9, 15.4, 71, 72.9, 73.5, 75)]
    assert ["ready", "running", "on_load", "on_load", "running", "ready"] == stages
    assert [False, False, True, True, True] == [timeline.at(hour * HOUR).fed for hour in (1, 15.4, 16, 72.5, 73.5)]
    assert [Event.MAINS_LOST, Event.ENGINE_STARTING, Event.ENGINE_WARMING, Event.ENGINE_RUNNING, Event.ON_RESERVE] == [
        happening.expect for happening in timeline.happenings if happening.expect
    ][:5]


def test_key_out_of_automatic_stops_a_running_set():
    """Mode stop ends a run at once; back in auto, without mains, it starts again."""
    timeline = _play(
        Step(do="mains_fails", at_s=100),
        Step(do="set_mode", at_s=1000, mode="stop"),
        Step(do="set_mode", at_s=2000, mode="auto"),
    )

    assert ["stopping", "ready", "on_load"] == [timeline.at(at_s).stage.value for at_s in (1000, 1999, 3000)]
    assert 313 == timeline.at(3000).starts


def test_fuel_falls_by_the_willans_line():
    """56 kW at 15 kW burns 0.042 × 56 + 0.256 × 15 = 6.192 L/h; at no load 2.352 L/h."""
    running = _play(start=Start(mains=False, engine="on_load"))
    idling = _play(
        Step(do="manual_start", at_s=0),
        plant=msgspec.structs.replace(PLANT, mode="manual", sequence=Sequence(prestart_s=0, crank_s=0)),
    )

    assert pytest.approx(600 - 10 * 6.192) == running.at(10 * HOUR).fuel_l
    assert pytest.approx(600 - 10 * 2.352) == idling.at(10 * HOUR).fuel_l
    assert pytest.approx(150) == running.at(10 * HOUR).energy_kwh - running.at(0).energy_kwh


def test_set_stops_when_the_tank_is_empty_and_starts_when_it_is_filled():
    """600 L last 96.9 h at 15 kW; then it is dark, until somebody brings diesel."""
    timeline = _play(Step(do="refuel", at_h=99, litres=200), start=Start(mains=False, engine="on_load"))

    told = {event: at_s for at_s, event in reversed(_told(timeline))}
    assert pytest.approx(600 / 6.192 * HOUR) == told["tank_empty"]
    assert told["tank_empty"] == told["engine_stopped"]
    assert (0, False) == (timeline.at(98 * HOUR).fuel_l, timeline.at(98 * HOUR).fed)
    assert timeline.at(99.5 * HOUR).carries


def test_cold_battery_sags_deeper_and_an_unheated_engine_grows_cold():
    """After a night without mains at −24 °C the coolant is below zero and the crank pulls the battery under 19 V."""
    plant = msgspec.structs.replace(PLANT, mode="manual", outdoor_c=-24.0)
    timeline = _play(Step(do="mains_fails", at_h=0), Step(do="manual_start", at_h=15), plant=plant)

    cold = readings(timeline.at(15 * HOUR), plant, None)
    cranking = readings(timeline.at(15 * HOUR + 5), plant, None)
    warm = readings(timeline.at(16 * HOUR), plant, None)

    assert -24 < cold["engine.coolant_temperature"] < -19
    assert 25 < cold["engine.battery_voltage"] < 25.6
    assert 17 < cranking["engine.battery_voltage"] < 19
    assert (180, 0) == (cranking["engine.speed"], cranking["generator.voltage_l1n"])
    assert pytest.approx(82, abs=0.1) == warm["engine.coolant_temperature"]
    assert pytest.approx(27.6, abs=0.01) == warm["engine.battery_voltage"]


def test_load_side_has_voltage_from_mains_or_set_and_none_between():
    """The meter reads 230.5 V from the mains, 0 in the gap, 230.0 V from the set; the mains cells never see the set."""
    timeline = _play(Step(do="mains_fails", at_s=100))

    said = [readings(timeline.at(at_s), PLANT, None) for at_s in (99, 101, 200)]

    assert [230.5, 0.0, 230.0] == [each["meter.voltage_l1n"] for each in said]
    assert [230.5, 0.0, 0.0] == [each["mains.voltage_l1n"] for each in said]
    assert [0.0, 0.0, 230.0] == [each["generator.voltage_l1n"] for each in said]
    assert [15_000, 0, 15_000] == [each["meter.power"] for each in said]
    assert [0, 0, 15_000] == [each["generator.power"] for each in said]


def test_controller_without_mains_sensing_says_nothing_of_the_mains():
    """A non-AMF controller has no mains cells at all, neither a value nor zero."""
    blind = msgspec.structs.replace(PLANT, mains=msgspec.structs.replace(PLANT.mains, sensed=False))

    said = readings(_play(plant=blind).at(0), blind, None)

    assert not [key for key in said if key.startswith("mains.")]


def test_windows_are_open_from_their_start_to_just_before_their_end():
    """A window of 80 s from 210 s covers 210 and 289.9 and not 290."""
    timeline = _play(
        Step(do="sender_fault", at_s=210, for_s=80, device="genset", signal="fuel.level"),
        Step(do="silent", at_s=210, device="meter"),
    )

    assert [0, 1, 1, 0] == [len(list(timeline.open_windows("genset", at_s))) for at_s in (209.9, 210, 289.9, 290)]
    assert Quality.SENSOR_FAULT is next(timeline.open_windows("genset", 250)).said
    assert next(timeline.open_windows("meter", 99 * HOUR)).silent
    assert [Event.SENSOR_FAULT, Event.DEVICE_SILENT, Event.SENSOR_BACK] == [
        happening.expect for happening in timeline.happenings
    ]


def test_a_step_that_cannot_be_done_names_its_moment():
    """Every step out of place is told at once, with its number and the state of the set."""
    with pytest.raises(BadInput) as caught:
        _play(Step(do="mains_back", at_s=5), Step(do="manual_start", at_s=10))

    assert (
        "[step 1] mains_back at 5 s: the mains is already so",
        "[step 2] manual_start at 10 s: cannot be done now, the set is ready in mode auto",
    ) == caught.value.faults


def test_overlapping_windows_on_one_signal_are_refused():
    """Two faults on one signal at one time cannot both be shown; one after the other can."""
    first = Step(do="sender_fault", at_s=10, for_s=10, device="genset", signal="fuel.level")
    later = msgspec.structs.replace(first, at_s=20)
    inside = msgspec.structs.replace(first, at_s=19)

    assert [] == check_scenario(Scenario(title="t", length_s=100, step=(later, first)), ())
    assert ["[step 2] sender_fault: overlaps step 1 on the same device"] == check_scenario(
        Scenario(title="t", length_s=100, step=(first, inside)), ()
    )


TIMES = st.lists(st.floats(min_value=0, max_value=80 * HOUR), min_size=2, max_size=12).map(sorted)


@given(TIMES, st.lists(st.floats(min_value=1, max_value=70 * HOUR), max_size=6, unique=True).map(sorted))
def test_counters_never_go_back_and_fuel_never_comes_from_nothing(moments, switches):
    """Whatever the mains does: run time, energy, starts and fuel used grow; fuel left and used is one sum."""
    steps = [Step(do="mains_back" if number % 2 else "mains_fails", at_s=at_s) for number, at_s in enumerate(switches)]
    timeline = _play(*steps)

    states = [timeline.at(at_s) for at_s in moments]

    for counter in ("run_time_s", "energy_kwh", "load_kwh", "fuel_used_l", "starts"):
        values = [getattr(state, counter) for state in states]
        assert values == sorted(values), counter
    assert all(state.fuel_l >= 0 for state in states)
    assert all(pytest.approx(600 + 2020) == state.fuel_l + state.fuel_used_l for state in states)


@given(st.floats(min_value=0, max_value=50 * HOUR), st.floats(min_value=0, max_value=50 * HOUR))
def test_two_short_steps_make_one_long(first, second):
    """Between events the way there does not matter: looking in between changes nothing."""
    plant = msgspec.structs.replace(PLANT, load=Load(kw=13.5, swing_kw=1.5))
    start = _play(plant=plant, start=Start(mains=False, engine="on_load")).frames[0]

    whole = glide(start, plant, first + second)
    parts = glide(glide(start, plant, first), plant, first + second)

    for name in ("fuel_l", "energy_kwh", "run_time_s", "coolant_c", "battery_v"):
        assert pytest.approx(getattr(whole, name), abs=1e-6) == getattr(parts, name)
