"""How a rule is asked: bands, delays, gates, what is not known, several rules of one alarm, restarts."""

from typing import Any

import msgspec
import pytest

from contract.messages import Alarm
from contract.words import AlarmState, Quality
from gateway.config import rules
from gateway.core.alarms.watching import Watching
from gateway.core.facts import Rule

from .alarm_site import AlarmSite, facts_of, kinds
from .conftest import gone

LOW = Rule(fact="engine.battery_voltage", of="controller", below=12.0, clear=12.5, on_delay_s=60.0, off_delay_s=30.0)
VOLTS = "engine.battery_voltage"


def led(rule: Rule, steps: list[tuple[float, dict[str, Any]]], key: str = "battery-low") -> list[str]:
    """What the alarm looks like at each step of one rule."""
    site = AlarmSite(facts_of({}, {key: rule}))
    return [site.looks(key, site.step(second, change)) for second, change in steps]


def without(site: AlarmSite, signal: str) -> None:
    """The signal is missing from now on."""
    values = site.site.values["genset"] | {signal: gone(Quality.COMM_ERROR)}
    site.site = msgspec.structs.replace(site.site, values=site.site.values | {"genset": values})


def restarted(site: AlarmSite) -> AlarmSite:
    """The same site in a new run: what the disk gives back, and nothing heard yet."""
    memory = msgspec.json.decode(msgspec.json.encode(site.site.memory), type=type(site.site.memory))
    fresh = msgspec.structs.replace(site.site, memory=memory, watching=Watching(), values={}, polls_failed={})
    return AlarmSite(site.facts, fresh)


def test_in_the_band_nothing_begins_and_nothing_ends() -> None:
    """Before it is raised only what is beyond the limit counts, afterwards only what is back at `clear`."""
    begins = led(LOW, [(0, {VOLTS: 11.9}), (50, {VOLTS: 12.2}), (60, {VOLTS: 11.9}), (119, {}), (120, {})])
    ends = led(LOW, [(0, {VOLTS: 11.9}), (60, {}), (70, {VOLTS: 12.4}), (900, {}), (901, {VOLTS: 12.5}), (931, {})])

    assert ["normal"] * 4 + ["unacked 2 !"] == begins
    assert ["normal", "unacked 2 !", "unacked 2", "unacked 2", "unacked 2", "returned_unacked"] == ends


def test_while_nothing_is_known_no_time_counts() -> None:
    """Forty seconds low, an hour of silence, twenty seconds low make a minute; nothing is raised in between."""
    site, seen = AlarmSite(facts_of({}, {"battery-low": LOW})), []
    for second in (0, 40):
        site.step(second, {VOLTS: 11.0})
    without(site, VOLTS)
    for second in (41, 3600, 3640):
        site.step(second)
        seen.append(site.looks("battery-low", []))
    for second in (3641, 3659, 3660):
        site.step(second, {VOLTS: 11.0})
        seen.append(site.looks("battery-low", []))

    assert [*["normal"] * 5, "unacked 2"] == seen


def test_what_is_not_known_ends_nothing() -> None:
    """Neither a value that is missing nor a gate of which nobody knows."""
    gated = msgspec.structs.replace(LOW, when=("loaded",))
    plain = AlarmSite(facts_of({}, {"battery-low": LOW}))
    gate = AlarmSite(facts_of({}, {"battery-low": gated}))
    for site in (plain, gate):
        site.step(0, {VOLTS: 11.0, "on_set": True})
        site.step(60)
    without(plain, VOLTS)
    plain.step(9000)
    gate.step(9000, {"on_set": None, VOLTS: 14.0})

    assert ["unacked 2", "unacked 2"] == [site.looks("battery-low", []) for site in (plain, gate)]
    gate.step(9001, {"on_set": False})
    gate.step(9031)
    assert "returned_unacked" == gate.looks("battery-low", [])


def test_a_suppression_of_which_nobody_knows_stays_as_it_was() -> None:
    """It neither begins nor ends."""
    quiet = msgspec.structs.replace(LOW, suppress=("loaded",))
    steps: list[tuple[float, dict[str, Any]]] = [
        (0, {VOLTS: 11.0, "on_set": None}), (60, {}), (61, {"on_set": True}), (62, {"on_set": None}),
        (63, {"on_set": False}),
    ]  # fmt: skip

    assert ["normal", "unacked 2 !", "suppressed loaded", "suppressed loaded", "unacked 2"] == led(quiet, steps)


def test_what_is_suppressed_and_over_is_no_longer_in_the_list() -> None:
    """It was told once, and woke nobody."""
    quiet = msgspec.structs.replace(LOW, suppress=("loaded",))
    site = AlarmSite(facts_of({}, {"battery-low": quiet}))
    for second, change in ((0, {VOLTS: 11.0, "on_set": True}), (60, {}), (70, {VOLTS: 13.0}), (100, {})):
        site.step(second, change)

    assert ["alarm_raised battery-low", "alarm_cleared battery-low"] == kinds(site.told)
    assert [False, False] == [change.body["notify"] for change in site.told]
    assert [AlarmState.NORMAL] == [alarm.state for alarm in site.site.memory.closed_alarms]


def test_one_suppressed_rule_does_not_silence_another_of_the_same_alarm() -> None:
    """The battery by its voltage in an outage; the charger's own contact all the same."""
    of = {
        "battery-low": msgspec.structs.replace(LOW, suppress=("in_outage",)),
        "other": Rule(fact="load_percent", alarm="battery-low", of="controller", above=50),
    }
    site = AlarmSite(facts_of({}, of))
    site.step(0, {VOLTS: 11.0, "outage": True})
    site.step(60)
    quiet = site.looks("battery-low", [])
    site.step(61, {"generator.power": 50_000})

    assert "suppressed in_outage" == quiet
    assert "unacked 2" == site.looks("battery-low", [])


def test_an_alarm_of_two_rules_is_over_when_both_are() -> None:
    """The one that raised it may be silent while the other says that all is well."""
    of = {"fuel-critical": rules()["fuel-critical"], "fuel-critical-switch": rules()["fuel-critical-switch"]}
    site = AlarmSite(facts_of({}, of))
    site.step(0, {"node/fuel.low_switch": 1, "fuel_h": 90.0})
    site.step(60)
    causes = site.site.memory.alarms[0].causes
    values = site.site.values | {"node": {"fuel.low_switch": gone()}}
    site.site = msgspec.structs.replace(site.site, values=values)
    site.step(9000)

    assert ("fuel-critical-switch",) == causes
    assert "unacked 2" == site.looks("fuel-critical", [])
    site.step(9001, {"node/fuel.low_switch": 0})
    site.step(9061)
    assert "returned_unacked" == site.looks("fuel-critical", [])


def test_after_a_restart_an_alarm_stands_until_its_rule_says_otherwise() -> None:
    """With values that are not there yet, then with hysteresis and off-delay as before."""
    site, seen = AlarmSite(facts_of({}, {"battery-low": LOW})), []
    for second in (0, 60):
        site.step(second, {VOLTS: 11.0})
    after = restarted(site)
    for second, change in ((100, {}), (110, {VOLTS: 12.3}), (200, {}), (210, {VOLTS: 13.0}), (239, {}), (240, {})):
        after.step(second, change)
        seen.append(after.looks("battery-low", []))

    assert [*["unacked 2"] * 5, "returned_unacked"] == seen
    assert ["alarm_cleared battery-low"] == kinds(after.told)


def test_an_alarm_of_an_older_version_is_cleared_too() -> None:
    """It did not say which rule holds it up; any of its rules may."""
    site = AlarmSite(facts_of({}, {"battery-low": LOW}))
    site.step(0, {VOLTS: 11.0})
    site.step(60)
    old = {key: value for key, value in msgspec.to_builtins(site.site.memory.alarms[0]).items() if key != "causes"}
    memory = msgspec.structs.replace(site.site.memory, alarms=(msgspec.convert(old, Alarm),))
    site.site = msgspec.structs.replace(site.site, memory=memory, watching=Watching())
    site.step(61, {VOLTS: 13.0})
    site.step(91)

    assert "returned_unacked" == site.looks("battery-low", [])


@pytest.mark.parametrize("key", ["battery-low", "alarm.earth-fault"])
def test_an_alarm_of_a_device_that_is_gone_from_the_settings_is_over(key: str) -> None:
    """Nobody is left to clear it otherwise."""
    site = AlarmSite(facts_of({}, {"battery-low": LOW, "controller": rules()["controller"]}))
    site.step(0, {VOLTS: 11.0} if key == "battery-low" else {key: "shutdown"})
    site.step(60)
    site.facts = msgspec.structs.replace(site.facts, devices=(), controller=None)
    site.step(70)

    assert "returned_unacked" == site.looks(key.removeprefix("alarm."), [])


def test_a_controller_that_has_not_spoken_yet_clears_nothing() -> None:
    """After a restart its words are missing; once they come they count."""
    site = AlarmSite(facts_of({}, {"controller": rules()["controller"]}))
    site.step(0, {"alarm.earth-fault": "shutdown"})
    site.step(5)
    after = restarted(site)
    after.step(600)
    silent = after.looks("earth-fault", [])
    after.step(601, {"alarm.earth-fault": "inactive"})
    after.step(606)

    assert "unacked 1" == silent
    assert "returned_unacked" == after.looks("earth-fault", [])


def test_a_shutdown_that_passes_away_as_a_warning_stays_as_grave_for_a_while() -> None:
    """And one that waits for its off-delay becomes neither graver nor milder."""
    site, seen = AlarmSite(facts_of({}, {"controller": rules()["controller"]})), []
    steps = [(0, "warning"), (5, "warning"), (6, "inactive"), (8, "shutdown"), (9, "warning"), (608, "warning")]
    for second, word in [*steps, (609, "warning")]:
        site.step(second, {"alarm.earth-fault": word})
        seen.append(site.looks("earth-fault", []))

    assert ["normal", "unacked 2", "unacked 2", "unacked 1", "unacked 1", "unacked 1", "unacked 2"] == seen


def test_an_alarm_shows_the_number_that_raised_it() -> None:
    """As the machine says it, not as the rule reckons with it; a detail of words follows what it names."""
    of = {"battery-low": rules()["battery-low"], "sensor-fault": rules()["sensor-fault"]}
    site, names = AlarmSite(facts_of({"battery_v": 24}, of)), []
    site.step(0, {VOLTS: 23.0, "broken": "genset/fuel.level"})
    site.step(60, {VOLTS: 22.0})
    for name in ("genset/fuel.level", "genset/engine.speed"):
        site.step(70, {"broken": name})
        names += [alarm.detail for alarm in site.site.memory.alarms if alarm.key == "sensor-fault"]
    site.step(80, {VOLTS: 21.0})

    assert ["22.0 V"] == [alarm.detail for alarm in site.site.memory.alarms if alarm.key == "battery-low"]
    assert ["fuel.level", "engine.speed"] == names


def test_a_site_without_anything_has_no_alarms() -> None:
    """No devices, no controller, no clock, no values."""
    site = AlarmSite(msgspec.structs.replace(facts_of({}, rules()), devices=(), controller=None))
    site.site = msgspec.structs.replace(site.site, values={}, polls_failed={}, evidence=type(site.site.evidence)())
    for second in (0, 5000, 50_000):
        site.step(second)

    assert [] == site.told


def test_the_memory_does_not_move_while_nothing_happens() -> None:
    """It is written whole at each change of it."""
    site = AlarmSite(facts_of({}, rules()))
    site.step(0, {VOLTS: 11.0, "controller.mode": "manual", "broken": "genset/fuel.level"})
    for second in range(1, 1000, 10):
        site.step(second)
    before = site.site.memory
    for second in range(1000, 1600):
        site.step(second, {VOLTS: 11.0 + second % 7 / 100})

    assert before is site.site.memory
