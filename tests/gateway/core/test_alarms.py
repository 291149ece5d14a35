"""A condition that holds long enough becomes an alarm, lives by ISA-18.2, and survives a restart."""

from typing import Any

import msgspec
import pytest

from contract.messages import Ack, Alarm, Alarms, Value, decode
from contract.orders import AckAlarm
from contract.words import AlarmState, Connection, Event, Quality
from gateway.core import announce
from gateway.core.alarms.alarm_life import NEXT, acknowledged
from gateway.core.pipeline import Tick

from .conftest import GENSET, Story, at, facts, genset, gone, good, order, report, silence

BATTERY = "engine__battery_voltage"


def battery(value: float | None) -> dict[str, Value]:
    """What the controller says of its battery."""
    return {BATTERY: gone() if value is None else good(value)}


def state(story: Story, key: str) -> str:
    """The state of one alarm of the site."""
    return next((alarm.state.value for alarm in story.site.memory.alarms if alarm.key == key), "normal")


def only(story: Story, key: str) -> Alarm:
    """That alarm."""
    return next(alarm for alarm in story.site.memory.alarms if alarm.key == key)


def ack(story: Story, key: str, number: int = 1, second: float = 120) -> list[str]:
    """Somebody acknowledges; the kinds of record that follow."""
    alarm = only(story, key)
    what = AckAlarm(key=key, device=alarm.device, raised_run=alarm.raised_run, raised_seq=alarm.raised_seq)
    return [one.kind for one in story.step(at(second), order(number, what))]


def low_battery(story: Story | None = None, **changes: Any) -> Story:
    """A site whose alarm battery-low stands."""
    story = story or Story(facts(GENSET, **changes))
    for second in (0, 60):
        story.poll(at(second), "genset", genset(second, **battery(11.5)))
    return story


@pytest.mark.parametrize(
    "table",
    [
        # (seconds, volts, state of battery-low): 60 s below 12.0 raise it, 12.3 clear it, between them nothing changes
        [(0, 11.9, "normal"), (59, 11.9, "normal"), (60, 11.9, "unacked")],
        [
            (0, 11.9, "normal"),
            (50, 12.5, "normal"),
            (60, 11.9, "normal"),
            (119, 11.9, "normal"),
            (120, 11.9, "unacked"),
        ],
        [(0, 11.9, "normal"), (60, 11.9, "unacked"), (70, 12.2, "unacked"), (80, 12.3, "returned_unacked")],
        [(0, 11.9, "normal"), (60, 11.9, "unacked"), (70, None, "unacked"), (9000, None, "unacked")],
        [(0, 12.0, "normal"), (600, 12.0, "normal")],
        # a 24 V set: twice the limits
        [(0, 23.9, "normal"), (60, 23.9, "unacked"), (70, 24.5, "unacked"), (80, 24.6, "returned_unacked")],
        [(0, 24.0, "normal"), (600, 24.0, "normal")],
        # a 24 V battery that is nearly gone does not pass for a full one of 12 V
        [(0, 17.0, "normal"), (60, 17.0, "unacked")],
    ],
)
def test_battery_low(table: list[tuple[int, float | None, str]]) -> None:
    """On-delay, limits with a band between them, no verdict without a value."""
    story = Story(facts(GENSET))
    for second, volt, expected in table:
        story.poll(at(second), "genset", genset(second, **battery(volt)))

        assert expected == state(story, "battery-low"), second


@pytest.mark.parametrize("engine", ["pre_start", "warming_up"])
def test_a_cranking_engine_says_nothing_of_the_battery(engine: str) -> None:
    """The starter pulls the voltage down; that is no weak battery."""
    story = Story(facts(GENSET))
    for second in range(0, 600, 60):
        story.poll(at(second), "genset", genset(second, engine=engine, mains=0, **battery(8.0)))

    assert "normal" == state(story, "battery-low")


def test_a_controllers_condition_has_on_and_off_delay() -> None:
    """Five seconds each way; a word that is missing keeps everything as it is."""
    story, seen = Story(facts(GENSET)), []
    words: list[tuple[int, Value]] = [
        (0, good("warning")), (4, good("warning")), (5, good("warning")), (6, gone()), (90, gone()),
        (100, good("inactive")), (104, good("inactive")), (105, good("inactive")),
    ]  # fmt: skip
    for second, word in words:
        story.poll(at(second), "genset", genset(second) | {"alarm.high-coolant-temperature": word})
        seen.append(state(story, "high-coolant-temperature"))

    assert ["normal", "normal", *["unacked"] * 5, "returned_unacked"] == seen


def test_a_lost_device_clears_no_alarm() -> None:
    """Silence is raised as its own alarm; those of the device stay as they were."""
    story = low_battery()
    for second in range(61, 400, 5):
        story.poll(at(second), "genset", silence(genset(0), second))

    assert "unacked" == state(story, "battery-low")
    assert "unacked" == state(story, "device-silent")


def test_a_sensor_is_not_whole_because_its_value_is_missing_for_another_reason() -> None:
    """After the fault the device falls silent, then refuses, then another device answers: the alarm stays."""
    story = Story(facts(GENSET))
    qualities = [Quality.SENSOR_FAULT] * 8 + [Quality.COMM_ERROR] * 8 + [Quality.NOT_FITTED, Quality.WRONG_DEVICE] * 8
    for number, quality in enumerate(qualities):
        story.poll(at(number * 5), "genset", {"fuel.level": gone(quality, number * 5)})
    during = state(story, "sensor-fault")
    for number in range(8):
        story.poll(at(500 + number * 5), "genset", genset(500 + number * 5))

    assert "unacked" == during
    assert "returned_unacked" == state(story, "sensor-fault")
    assert [1, 1] == [story.kinds().count(kind) for kind in ("sensor_fault", "sensor_back")]


def test_many_broken_sensors_still_make_an_alarm_that_can_be_read_back() -> None:
    """The list of their names is cut to what a message may carry."""
    signals = {f"generator.long_name_of_a_sensor_number_{number}": ("V", 5.0, False) for number in range(200)}
    story = Story(facts(msgspec.structs.replace(GENSET, signals=signals)))
    for second in (0, 60):
        story.poll(at(second), "genset", dict.fromkeys(signals, gone(Quality.SENSOR_FAULT)))

    assert 2000 == len(only(story.restarted(), "sensor-fault").detail)
    assert 1 == len(decode(announce.alarms(story.site, story.facts, at(60))[1], Alarms).alarms)


LIFE = [
    (["occur"], "unacked"),
    (["occur", "ack"], "acked"),
    (["occur", "ack", "return"], "normal"),
    (["occur", "return"], "returned_unacked"),
    (["occur", "return", "ack"], "normal"),
    (["occur", "return", "occur"], "unacked"),
    (["occur", "return", "occur", "ack", "return"], "normal"),
]


@pytest.mark.parametrize(("steps", "expected"), LIFE)
def test_the_life_of_an_alarm_follows_isa_18_2(steps: list[str], expected: str) -> None:
    """Occur, acknowledge, return, recur: each from each state that has it."""
    story, second = Story(facts(GENSET)), 0
    for number, step in enumerate(steps):
        second += 100
        if step == "ack":
            assert ["alarm_acked", "order_done"] == ack(story, "gen-shutdown", number, second)[:2]
        else:
            flag = {"controller__shutdown_alarm": good(1 if step == "occur" else 0)}
            story.poll(at(second), "genset", genset(second, **flag))
            story.poll(at(second + 1), "genset", genset(second + 1, **flag))

    assert expected == state(story, "gen-shutdown")


def test_each_transition_of_the_table_leads_to_a_state_of_the_table_or_to_normal() -> None:
    """No way leads out of it."""
    assert {target for ways in NEXT.values() for target in ways.values()} <= {AlarmState.NORMAL, *NEXT}


def test_an_alarm_that_recurs_before_anybody_saw_it_keeps_its_identity() -> None:
    """It is the same alarm, active again, and no longer cleared."""
    story, on, off = Story(facts(GENSET)), good(1), good(0)
    found = []
    for second, flag in ((0, on), (10, off), (20, on)):
        story.poll(at(second), "genset", genset(second, controller__shutdown_alarm=flag))
        alarm = only(story, "gen-shutdown")
        found.append((alarm.raised_run, alarm.raised_seq, alarm.cleared is None))

    assert [True, False, True] == [active for *_, active in found]
    assert 1 == len({(run, seq) for run, seq, _ in found})


def test_the_identity_is_the_record_that_told_of_it() -> None:
    """(run, seq) of the alarm is (run, seq) of its record, also when several begin in one step."""
    story = low_battery()
    story.poll(at(700), "genset", genset(700, controller__mode=good("manual"), **battery(11.5)))
    both = {"controller__mode": good("manual"), "controller__shutdown_alarm": good(1)} | battery(11.5)
    story.poll(at(1400), "genset", genset(1400, **both))
    raised = [one for one in story.told if one.kind == Event.ALARM_RAISED]

    keys = {alarm.key for alarm in story.site.memory.alarms}
    assert {"battery-low", "charger-fail", "not-in-auto", "gen-shutdown"} == keys
    assert [one.seq for one in raised] == [one.body["alarm"]["raised_seq"] for one in raised]  # type: ignore[index]


def test_an_alarm_survives_a_restart_with_its_identity() -> None:
    """A new run neither raises it again nor forgets who acknowledged."""
    story = low_battery()
    ack(story, "battery-low")
    before = only(story, "battery-low")
    after = low_battery(story.restarted())

    assert before == only(after, "battery-low")
    assert [] == [one for one in after.told if one.kind == Event.ALARM_RAISED]


def test_an_acknowledgement_is_taken_once_and_never_overwritten() -> None:
    """The same order twice is one; another person's is appended; who comes too late is told so."""
    story = low_battery()
    answers = [ack(story, "battery-low", number) for number in (1, 1, 2)]
    alarm = only(story, "battery-low")
    late = AckAlarm(key="battery-low", device="genset", raised_run="run-0", raised_seq=1)

    assert [["alarm_acked", "order_done"], [], ["alarm_acked", "order_done"]] == answers
    assert ["order-1", "order-2"] == [one.id for one in alarm.acks]
    assert ["order_refused"] == [one.kind for one in story.step(at(120), order(3, late))]


def test_an_alarm_takes_only_so_many_acknowledgements() -> None:
    """Somebody who leans on the button does not make the alarm grow without bound."""
    story = low_battery()
    answers = [ack(story, "battery-low", number)[-1] for number in range(40)]

    assert 20 == answers.count("order_done")
    assert 20 == len(only(story, "battery-low").acks)


def test_acknowledging_changes_nothing_but_state_and_acks() -> None:
    """The rest of the alarm stays as it was raised."""
    story = low_battery()
    alarm = only(story, "battery-low")
    seen = Ack(id="a", who="Kim", role="owner", wall_ms=1)
    after = acknowledged(alarm, seen)

    assert (AlarmState.ACKED, (seen,)) == (after.state, after.acks)
    assert alarm == msgspec.structs.replace(after, state=alarm.state, acks=())


@pytest.mark.parametrize(("connection", "expected"), [(Connection.AUTOMATIC, "unacked"), (Connection.MANUAL, "normal")])
def test_only_an_automatic_site_is_told_that_it_is_not_in_automatic(connection: Connection, expected: str) -> None:
    """A site connected by hand always stands in manual."""
    story = Story(facts(GENSET, connection=connection))
    for second in (0, 600, 1200):
        story.poll(at(second), "genset", genset(second, controller__mode=good("manual")))

    assert expected == state(story, "not-in-auto")


@pytest.mark.parametrize(("connection", "after_s"), [(Connection.AUTOMATIC, 120), (Connection.MANUAL, 1800)])
def test_a_site_connected_by_hand_gets_its_own_time(connection: Connection, after_s: int) -> None:
    """No power is an alarm after 120 s, by hand after `activate_within_s`."""
    story = Story(facts(connection=connection, activate_within_s=1800.0, devices=(), controller=None))
    story.step(at(10), report(1, 10, power="none"))
    seen = []
    for second in (10 + after_s - 1, 10 + after_s):
        story.step(at(second), Tick())
        seen.append(state(story, "no-power-at-site"))

    assert ["normal", "unacked"] == seen


def test_trouble_with_the_disk_is_an_alarm() -> None:
    """It shows on the picture road also while nothing can be stored."""
    story = low_battery()
    story.site = msgspec.structs.replace(story.site, store_trouble=True)
    for second in (100, 106):
        story.step(at(second), Tick())

    assert "unacked" == state(story, "store-trouble")


def test_the_watches_stay_as_many_as_there_are_conditions() -> None:
    """A year of polls does not let them grow."""
    story, sizes = Story(facts(GENSET)), set()
    for number in range(300):
        story.poll(at(number), "genset", genset(number, **battery(11 + number % 3)) | {"alarm.earth-fault": good("x")})
        sizes.add(len(story.site.watching.pending))

    assert 1 <= max(sizes) <= 4
