"""Would the site carry itself now? Unknown is never green, and every reason is named once."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.judgement import Grounds
from contract.messages import Alarm, Value
from contract.reasons import catalogue
from contract.words import AlarmState, ClockQuality, Connection, Origin, Power, Quality, Readiness
from gateway.core.facts import Facts, MovableFacts
from gateway.core.readiness import readiness
from gateway.core.remembered import Away, Confirmed, Memory
from gateway.core.site import Site

from .conftest import WALL_MS, Story, at, facts, gone, good, silence
from .well_kept import DAY_S, approved, filled, kept, memory, said, story, values

GREEN = {Readiness.READY: 2, Readiness.REMARKS: 1, Readiness.UNKNOWN: 0, Readiness.NOT_READY: 0}


DAY_MS = round(DAY_S * 1000)


def verdict(one: Story) -> tuple[str, list[str]]:
    """(readiness, keys of its reasons as told)."""
    return one.site.readiness.value, [reason.key for reason in one.site.reasons]


def alarm(key: str, state: AlarmState = AlarmState.UNACKED, **more: Any) -> Alarm:
    """An alarm that stands."""
    parts: dict[str, Any] = {"device": "genset", "priority": 2, "raised_run": "run-1", "raised_seq": 1}
    return Alarm(key=key, state=state, raised=at(1).moment(), origin=Origin.MEASURED, **(parts | more))


def judged(site: Site, of: Facts, second: float = 11, **changes: Any) -> tuple[str, list[str]]:
    """What the readiness alone says of a site whose memory is changed like this."""
    changed = msgspec.structs.replace(site, memory=msgspec.structs.replace(site.memory, **changes))
    after, _ = readiness.watch(changed, of, at(second))
    return after.readiness.value, [
        f"{one.key}:{one.detail}" if one.key == "alarm" else one.key for one in after.reasons
    ]


def test_a_site_of_which_all_is_known_and_well_is_ready() -> None:
    """No reason is left, and it is told on how many checks that rests."""
    one = story()

    assert ("ready", []) == verdict(one)
    assert Grounds(measured=11, reported=3, missing=0) == one.site.grounds


def test_a_site_by_hand_that_is_well_is_ready_whatever_its_mode() -> None:
    """Its mode is no check, so there is one check less."""
    one = story(kept(connection=Connection.MANUAL), controller__mode=good("manual"))

    assert ("ready", []) == verdict(one)
    assert Grounds(measured=10, reported=3, missing=0) == one.site.grounds


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"controller__mode": gone()}, ("unknown", ["mode_unknown"])),
        ({"engine__battery_voltage": gone()}, ("unknown", ["battery_unknown", "charger_unknown"])),
        ({"fuel__level": gone()}, ("unknown", ["fuel_unknown"])),
        ({"alarm__emergency-stop": gone()}, ("ready_with_remarks", ["estop_unknown"])),
        ({"engine__coolant_temperature": gone()}, ("ready_with_remarks", ["heater_unknown"])),
        ({"engine__maintenance_due_in": gone()}, ("ready_with_remarks", ["service_unknown"])),
        ({"controller__mode": good("off")}, ("not_ready", ["mode_not_auto"])),
        ({"controller__mode": good("off"), "fuel__level": gone()}, ("not_ready", ["mode_not_auto", "fuel_unknown"])),
        ({"engine__coolant_temperature": good(3.0)}, ("ready_with_remarks", ["heater_cold"])),
        ({"fuel__level": good(0)}, ("not_ready", ["no_fuel"])),
    ],
)
def test_a_gap_in_the_minimum_is_unknown_and_any_other_a_remark(
    changes: dict[str, Value], expected: tuple[str, list[str]]
) -> None:
    """Unless something that is known makes it not ready; the heaviest reason is told first."""
    assert expected == verdict(story(**changes))


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ({"runs": ()}, ("unknown", ["test_unknown"])),
        ({"runs": (approved(60),)}, ("ready_with_remarks", ["test_old"])),
        ({"runs": (approved(100),)}, ("unknown", ["test_old"])),
        ({"confirmed": {}}, ("unknown", ["activators_unknown"])),
        ({"deliveries": ()}, ("ready_with_remarks", ["fuel_age_unknown"])),
    ],
)
def test_what_people_must_see_to(held: dict[str, Any], expected: tuple[str, list[str]]) -> None:
    """A test and an activator belong to the minimum."""
    assert expected == verdict(story(held=memory(**held)))


@pytest.mark.parametrize(
    ("away", "expected"),
    [
        (("sam",), ("ready_with_remarks", ["one_activator"])),
        (("kim", "sam"), ("not_ready", ["no_activator"])),
    ],
)
def test_a_site_by_hand_needs_two_people(away: tuple[str, ...], expected: tuple[str, list[str]]) -> None:
    """One is a remark, none is not ready."""
    gone_now = tuple(Away(activator=one, from_ms=0, until_ms=WALL_MS + DAY_MS) for one in away)

    assert expected == verdict(story(kept(connection=Connection.MANUAL), memory(away=gone_now)))


def test_a_site_on_reports_alone_can_be_ready() -> None:
    """No instrument at all: people tell of every check, and the basis says so."""
    of = kept(controller=None, connection=Connection.MANUAL)
    checks = ("shutdown", "estop", "battery", "fuel", "charger", "heater", "fuel_cold", "service")
    told = memory().confirmed | {f"check:{check}": said() for check in checks}
    one = Story(of, memory(confirmed=told, runs=(approved(declared=True),)))
    one.poll(at(10), "meter", {})

    assert ("ready", []) == verdict(one)
    assert Grounds(measured=1, reported=11, missing=0) == one.site.grounds


def test_a_silent_controller_makes_it_unknown_at_once_and_says_so_once() -> None:
    """What is missing because of it, and is no minimum, is not told one by one."""
    one = story(second=1)
    one.poll(at(6), "genset", silence(values(1), 6))

    expected = ["contact_unknown", "battery_unknown", "fuel_unknown", "mode_unknown", "fuel_cold_unknown"]
    assert ("unknown", expected) == verdict(one)
    assert Grounds(measured=2, reported=2, missing=10) == one.site.grounds


def test_before_the_first_poll_nothing_is_known() -> None:
    """Neither is it without any device."""
    site, _ = readiness.watch(Story(facts()).site, facts(), at(1))
    lonely, _ = readiness.watch(Story(facts()).site, facts(controller=None, devices=()), at(1))

    assert (Readiness.UNKNOWN, "contact_unknown") == (site.readiness, site.reasons[0].key)
    assert (Readiness.UNKNOWN, "battery_unknown") == (lonely.readiness, lonely.reasons[0].key)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (alarm("start-failed"), ("not_ready", ["alarm:start-failed"])),
        (alarm("fail-to-start", AlarmState.ACKED), ("not_ready", ["alarm:fail-to-start"])),
        (alarm("low-oil-pressure", detail="shutdown"), ("not_ready", ["alarm:low-oil-pressure"])),
        (alarm("low-oil-pressure", detail="warning"), ("ready_with_remarks", ["alarm:low-oil-pressure"])),
        (alarm("fuel-loss"), ("ready_with_remarks", ["alarm:fuel-loss"])),
        (alarm("fuel-loss", AlarmState.SHELVED), ("ready_with_remarks", ["alarm:fuel-loss"])),
        (alarm("fuel-loss", AlarmState.SHELVED, holds=False), ("ready", [])),
        (alarm("start-failed", AlarmState.OUT_OF_SERVICE), ("ready_with_remarks", ["alarm:start-failed"])),
        (alarm("fuel-loss", AlarmState.SUPPRESSED), ("ready", [])),
        (alarm("mains-lost"), ("ready", [])),
        (alarm("summer-fuel"), ("ready_with_remarks", ["alarm:summer-fuel"])),
        (alarm("device-silent", device="meter"), ("ready_with_remarks", ["alarm:device-silent"])),
        (alarm("fuel-loss", AlarmState.RETURNED_UNACKED), ("ready", [])),
        (alarm("battery-low"), ("not_ready", ["alarm:battery-low"])),
        (alarm("no-transfer"), ("not_ready", ["alarm:no-transfer"])),
        (alarm("not-connected"), ("not_ready", ["alarm:not-connected"])),
        (alarm("no-power-at-site"), ("not_ready", ["alarm:no-power-at-site"])),
        (alarm("gen-shutdown"), ("not_ready", ["alarm:gen-shutdown"])),
        (alarm("no-transfer", AlarmState.RETURNED_UNACKED), ("ready", [])),
    ],
)
def test_alarms_of_the_site_count(one: Alarm, expected: tuple[str, list[str]]) -> None:
    """What keeps the set from starting makes it not ready, any other alarm is a remark."""
    held = story()

    assert expected == judged(held.site, held.facts, alarms=(one,))


@pytest.mark.parametrize(
    ("changes", "key", "device", "expected"),
    [
        ({"controller__mode": good("off")}, "not-in-auto", "genset", ["mode_not_auto"]),
        ({"engine__battery_voltage": good(11.0)}, "battery-low", "genset", ["battery_low", "charger_failed"]),
        ({"alarm__emergency-stop": good("shutdown")}, "emergency-stop", "genset", ["estop_in"]),
        ({"engine__coolant_temperature": good(3.0)}, "heater-fail", "genset", ["heater_cold"]),
        ({"fuel__level": good(10)}, "fuel-low", "site", ["fuel_short"]),
    ],
)
def test_the_same_thing_is_told_once(changes: dict[str, Value], key: str, device: str, expected: list[str]) -> None:
    """The check says more than the alarm, so the alarm is left out."""
    held = story(**changes)

    assert expected == judged(held.site, held.facts, alarms=(alarm(key, device=device),))[1]


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("fuel.level", ["fuel_unknown"]),
        ("fuel.level, engine.oil_pressure", ["fuel_unknown", "alarm:sensor-fault"]),
        ("engine.battery_voltage", ["fuel_unknown", "alarm:sensor-fault"]),
    ],
)
def test_a_broken_sensor_is_told_by_the_check_that_misses_it(detail: str, expected: list[str]) -> None:
    """The alarm is left out only when all that it names is told."""
    held = story(fuel__level=gone(Quality.SENSOR_FAULT))

    assert expected == judged(held.site, held.facts, alarms=(alarm("sensor-fault", detail=detail),))[1]


def test_an_alarm_that_is_graver_than_its_check_is_told_too() -> None:
    """The battery has come up a little; the alarm has not returned yet."""
    held = story(engine__battery_voltage=good(12.1))

    told, reasons = judged(held.site, held.facts, alarms=(alarm("battery-low"),))

    assert "not_ready" == told
    assert "alarm:battery-low" == reasons[0]


def test_while_the_set_carries_the_site_the_question_is_whether_it_can_go_on() -> None:
    """A weak battery or a controller by hand is then a remark, no fuel is not ready."""
    power = {"mains__voltage_l1n": good(0.0), "engine__state": good("running"), "generator__power": good(15_000.0)}
    flat = story(**power, engine__battery_voltage=good(11.0), controller__mode=good("manual"))
    dry = story(**power, fuel__level=good(1))

    assert Power.ON_RESERVE == flat.site.memory.judged.power
    assert ("ready_with_remarks", ["battery_low", "mode_not_auto"]) == verdict(flat)
    assert ("not_ready", ["no_fuel"]) == verdict(dry)


def test_a_set_that_carries_the_site_needs_nobody_to_start_it() -> None:
    """By hand, and nobody has said yes: somebody did start it."""
    power = {"mains__voltage_l1n": good(0.0), "engine__state": good("running"), "generator__power": good(15_000.0)}
    of, held = kept(connection=Connection.MANUAL), memory(confirmed={})

    assert ("not_ready", ["no_activator"]) == verdict(story(of, held))
    assert ("ready_with_remarks", ["no_activator"]) == verdict(story(of, held, **power))


def test_a_set_that_is_not_seen_to_turn_is_asked_whether_it_would_start() -> None:
    """Even while it gives power: what the controller says of it is missing."""
    power = {"mains__voltage_l1n": good(0.0), "engine__state": gone(), "generator__power": good(15_000.0)}
    one = story(**power, engine__battery_voltage=good(11.0))

    assert Power.ON_RESERVE == one.site.memory.judged.power
    assert ("not_ready", ["battery_low"]) == verdict(one)


def test_without_a_clock_nobody_knows_whether_a_movable_unit_stands_here() -> None:
    """However fresh all else is."""
    moment = at(5, clock=ClockQuality.UNSYNCED).moment()
    told = {f"activator:{one}": Confirmed(ok=True, who="Kim", at=moment) for one in ("kim", "sam")}
    told |= {f"check:{check}": Confirmed(ok=True, who="Kim", at=moment) for check in ("transport", "road")}
    held = memory(confirmed=told, runs=(approved(started=moment, ended=moment),))
    one = Story(kept(movable=MovableFacts(from_ms=0, until_ms=WALL_MS + DAY_MS)), held)
    one.poll(at(10, clock=ClockQuality.UNSYNCED), "genset", values(10))

    assert "unknown" == one.site.readiness.value
    assert {"place_unknown", "fuel_age_unknown", "clock_unsynced"} == set(verdict(one)[1])


def test_a_movable_unit_is_ready_only_in_its_time_and_with_transport_and_road() -> None:
    """Transport and road are what people say of them."""
    of = kept(movable=MovableFacts(from_ms=0, until_ms=WALL_MS + DAY_MS))
    told = memory().confirmed | {"check:transport": said(), "check:road": said()}
    late = story(of, memory(confirmed=told))
    late.poll(at(2 * DAY_S), "genset", values(2 * DAY_S))

    assert ("ready", []) == verdict(story(of, memory(confirmed=told)))
    assert ("ready_with_remarks", ["transport_unknown", "road_unknown"]) == verdict(story(of))
    assert ("not_ready", ["place_over"]) == verdict(late)


LACKS = st.sampled_from([one for one in Quality if one not in (Quality.GOOD, Quality.SUBSTITUTED, Quality.NOT_FITTED)])


SAID: dict[str, list[Any]] = {
    "controller.mode": ["auto", "manual", "off"],
    "controller.shutdown_alarm": [0, 1],
    "controller.trip_alarm": [0, 1],
    "alarm.emergency-stop": ["inactive", "shutdown"],
    "alarm.maintenance-due": ["inactive", "warning"],
    "engine.state": ["stopped", "pre_start", "running", "cooling_down"],
    "engine.battery_voltage": [11.0, 12.1, 12.6, 13.7, 15.8, 27.0],
    "engine.coolant_temperature": [-5.0, 20.0, 40.0],
    "engine.maintenance_due_in": [-1, 0, 1e6],
    "fuel.level": [0, 5, 10, 60],
    "fuel.temperature": [-40.0, 5.0],
    "outdoor.temperature": [-40.0, 5.0],
    "charger.failed": [0, 1],
    "generator.power": [0, 15_000.0],
    "mains.voltage_l1n": [0.0, 230.0],
}


POLLS = st.fixed_dictionaries({key: st.sampled_from(options) for key, options in SAID.items()})


CONFIRMED = st.dictionaries(
    st.sampled_from([f"check:{key}" for key in ("mode", "battery", "fuel", "estop", "shutdown", "test", "charger")]),
    st.builds(said, st.sampled_from([0.5, 20, 60]), ok=st.booleans()),
)


MEMORIES = st.builds(
    lambda told, runs, poured: memory(confirmed=memory().confirmed | told, runs=runs, deliveries=poured),
    CONFIRMED,
    st.sampled_from([(), (approved(),), (approved(60),), (approved(3, kind="failed", approved=False),)]),
    st.sampled_from([(), (filled(),), (filled(summer=True),), (filled(500),)]),
)


CONNECTIONS = st.sampled_from(Connection)


@given(POLLS, st.dictionaries(st.sampled_from(sorted(SAID)), LACKS, min_size=1), MEMORIES, CONNECTIONS)
def test_a_value_that_goes_missing_never_makes_the_verdict_greener(
    polled: dict[str, Any], lost: dict[str, Quality], held: Memory, connection: Connection
) -> None:
    """Whatever was known before, and for whatever reason it is known no longer."""
    one = Story(kept(connection=connection), held)
    full = values(10) | {key: good(value, 10) for key, value in polled.items()}
    one.poll(at(10), "genset", full)
    before = one.site.readiness
    one.poll(at(11), "genset", full | {key: gone(quality, 11) for key, quality in lost.items()})

    assert GREEN[one.site.readiness] <= GREEN[before]


@given(
    st.dictionaries(st.sampled_from(sorted(SAID)), st.none() | st.floats() | st.integers(-9, 99) | st.text(max_size=4)),
    MEMORIES,
    st.sampled_from(ClockQuality),
    CONNECTIONS,
)
def test_any_values_give_a_verdict_with_reasons(
    raw: dict[str, Any], held: Memory, clock: ClockQuality, connection: Connection
) -> None:
    """Nothing falls over, plainly ready has no reason, anything else has one with words, heaviest first."""
    one = Story(kept(connection=connection), held)
    believable = {key: value for key, value in raw.items() if not isinstance(value, float) or abs(value) < 1e9}
    polled = {key: gone() if value is None else good(value, 10) for key, value in believable.items()}
    one.poll(at(10, clock=clock), "genset", values(10) | polled)
    site = one.site
    weights = [catalogue()[reason.key].weight for reason in site.reasons if reason.key != "alarm"]

    assert (site.readiness is Readiness.READY) == (site.reasons == ())
    assert sorted(weights, reverse=True) == weights
    assert site.grounds.measured + site.grounds.reported + site.grounds.missing == len(site.checked.found)
    assert site.readiness is not Readiness.READY or clock is ClockQuality.SYNCED


@given(st.sampled_from(["controller.mode", "engine.battery_voltage", "fuel.level"]), LACKS)
def test_unknown_is_never_green(key: str, lack: Quality) -> None:
    """Without a named minimum the verdict is unknown, however well the rest is."""
    one = story(**{key.replace(".", "__", 1): gone(lack)})

    assert Readiness.UNKNOWN is one.site.readiness
