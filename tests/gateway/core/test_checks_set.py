"""Each check of the set on its own: what instruments tell of it."""

from typing import Any

import pytest

from contract.words import ClockQuality, Connection, Quality
from gateway.core.facts import SetFacts, UpsFacts
from gateway.core.readiness.found import Outcome

from .conftest import GENSET, at, device, genset, gone, good
from .well_kept import answer, approved, kept, look, memory, story, values

OK = ("ok", "measured", "")
TOLD = ("ok", "reported", "")


@pytest.mark.parametrize(
    ("check", "values", "expected"),
    [
        ("mode", {}, OK),
        ("mode", {"controller__mode": good("auto_manual_restore")}, OK),
        ("mode", {"controller__mode": good("manual")}, ("fail", "measured", "mode_not_auto")),
        ("mode", {"controller__mode": good("test_on_load")}, ("fail", "measured", "mode_not_auto")),
        (
            "mode",
            {"controller__mode": good("test_on_load"), "engine__state": good("running")},
            ("remark", "measured", "mode_test"),
        ),
        (
            "mode",
            {"controller__mode": good("manual"), "engine__state": good("running")},
            ("fail", "measured", "mode_not_auto"),
        ),
        ("mode", {"controller__mode": gone(Quality.BAD_DATA)}, ("missing", "missing", "mode_unknown")),
        ("shutdown", {}, OK),
        ("shutdown", {"controller__shutdown_alarm": good(1)}, ("fail", "measured", "shutdown_latched")),
        ("shutdown", {"controller__trip_alarm": good(1)}, ("fail", "measured", "shutdown_latched")),
        ("shutdown", {"controller__trip_alarm": gone(Quality.NOT_FITTED)}, OK),
        ("shutdown", {"controller__trip_alarm": gone()}, ("missing", "missing", "shutdown_unknown")),
        ("shutdown", {"controller__shutdown_alarm": gone()}, ("missing", "missing", "shutdown_unknown")),
        ("estop", {}, OK),
        ("estop", {"alarm__emergency-stop": good("shutdown")}, ("fail", "measured", "estop_in")),
        ("estop", {"alarm__emergency-stop": good("disabled")}, ("missing", "missing", "estop_unknown")),
        ("estop", {"alarm__emergency-stop": gone()}, ("missing", "missing", "estop_unknown")),
        ("battery", {}, OK),
        ("battery", {"engine__battery_voltage": good(12.4)}, OK),
        ("battery", {"engine__battery_voltage": good(12.39)}, ("remark", "measured", "battery_weak")),
        ("battery", {"engine__battery_voltage": good(12.0)}, ("remark", "measured", "battery_weak")),
        ("battery", {"engine__battery_voltage": good(11.99)}, ("fail", "measured", "battery_low")),
        ("battery", {"engine__battery_voltage": good(0.0)}, ("fail", "measured", "battery_low")),
        ("battery", {"engine__battery_voltage": good(27.2)}, OK),
        ("battery", {"engine__battery_voltage": good(24.8)}, OK),
        ("battery", {"engine__battery_voltage": good(24.7)}, ("remark", "measured", "battery_weak")),
        ("battery", {"engine__battery_voltage": good(23.9)}, ("fail", "measured", "battery_low")),
        ("battery", {"engine__battery_voltage": good(16.1)}, ("fail", "measured", "battery_low")),
        ("battery", {"engine__battery_voltage": good(15.7)}, ("missing", "missing", "battery_unknown")),
        ("battery", {"engine__battery_voltage": gone(Quality.SENSOR_FAULT)}, ("missing", "missing", "battery_unknown")),
        ("charger", {}, OK),
        ("charger", {"engine__battery_voltage": good(12.9)}, ("remark", "measured", "charger_failed")),
        ("charger", {"engine__battery_voltage": good(25.9)}, ("remark", "measured", "charger_failed")),
        ("charger", {"charger__failed": good(1)}, ("remark", "measured", "charger_failed")),
        ("charger", {"charger__failed": gone()}, ("missing", "missing", "charger_unknown")),
        ("charger", {"engine__battery_voltage": gone()}, ("missing", "missing", "charger_unknown")),
        ("heater", {}, OK),
        ("heater", {"engine__coolant_temperature": good(25.0)}, OK),
        ("heater", {"engine__coolant_temperature": good(24.9)}, ("remark", "measured", "heater_cold")),
        ("heater", {"engine__coolant_temperature": gone()}, ("missing", "missing", "heater_unknown")),
        ("fuel", {}, OK),
        ("fuel", {"fuel__level": good(10)}, ("remark", "measured", "fuel_short")),
        ("fuel", {"fuel__level": good(4)}, ("fail", "measured", "no_fuel")),
        ("fuel", {"fuel__level": gone(Quality.SENSOR_FAULT)}, ("missing", "missing", "fuel_unknown")),
        ("service", {}, OK),
        ("service", {"engine__maintenance_due_in": good(0)}, ("remark", "measured", "service_due")),
        ("service", {"alarm__maintenance-due": good("warning")}, ("remark", "measured", "service_due")),
        ("service", {"alarm__maintenance-due": good("disabled")}, OK),
        ("service", {"engine__maintenance_due_in": gone()}, ("missing", "missing", "service_unknown")),
        ("contact", {}, OK),
        ("clock", {}, OK),
    ],
)
def test_what_instruments_tell(check: str, values: dict[str, Any], expected: tuple[str, str, str]) -> None:
    """Outcome, basis and reason of one check, from one poll."""
    assert expected == answer(look(check, **values))


def test_a_site_connected_by_hand_is_never_told_of_auto() -> None:
    """Its mode is no check at all."""
    of = kept(connection=Connection.MANUAL)

    assert look("mode", of, controller__mode=good("manual")) is None
    assert look("mode", of, controller__mode=gone()) is None


def test_the_settings_know_the_battery_better_than_its_voltage() -> None:
    """A 24 V battery that has sunk to 13.8 V is flat, whatever a 12 V battery would be."""
    of = kept(set=SetFacts(battery_v=24))

    assert OK == answer(look("battery", kept(set=SetFacts(battery_v=12)), engine__battery_voltage=good(13.8)))
    assert ("fail", "measured", "battery_low") == answer(look("battery", of, engine__battery_voltage=good(13.8)))


def test_while_cranking_and_a_minute_after_the_battery_says_nothing_new() -> None:
    """9 V under the starter is no flat battery; after a minute at rest it would be."""
    one = story(engine__battery_voltage=good(13.6), second=10)
    for second, volts in [(20, 9.0), (70, 11.5)]:
        state = "pre_start" if second == 20 else "stopped"
        one.poll(at(second), "genset", genset(second, engine=state, engine__battery_voltage=good(volts, second)))
    asked = one.site.checked.found["battery"]
    for second in (81, 142):
        one.poll(at(second), "genset", genset(second, engine__battery_voltage=good(11.5, second)))

    assert OK == answer(asked)
    assert ("fail", "measured", "battery_low") == answer(one.site.checked.found["battery"])


def test_a_battery_first_seen_while_cranking_is_not_known() -> None:
    """There is nothing from before that could stand."""
    one = story(engine__state=good("pre_start"), engine__battery_voltage=good(9.0))

    assert ("missing", "missing", "battery_unknown") == answer(one.site.checked.found["battery"])


def test_a_short_dip_of_the_battery_is_no_finding() -> None:
    """A minute under the limit is; the first look of all is believed at once."""
    one = story()
    heard = []
    for second in (20, 79, 81):
        one.poll(at(second), "genset", genset(second, engine__battery_voltage=good(11.9, second)))
        heard.append(one.site.checked.found["battery"].outcome)

    assert [Outcome.OK, Outcome.OK, Outcome.FAIL] == heard


def test_a_limit_is_left_further_out_than_it_was_entered() -> None:
    """A voltage that trembles at the limit does not make the verdict tremble."""
    one = story(engine__battery_voltage=good(11.9))
    heard = []
    for second, volts in [(20, 12.2), (30, 12.35), (40, 12.45), (50, 12.5)]:
        one.poll(at(second), "genset", genset(second, engine__battery_voltage=good(volts, second)))
        heard.append(one.site.checked.found["battery"].reason)

    assert ["battery_low", "battery_weak", "battery_weak", ""] == heard


@pytest.mark.parametrize(
    ("check", "signal", "bad", "again", "reason"),
    [
        ("charger", "engine__battery_voltage", 12.8, [13.1, 13.2], "charger_failed"),
        ("heater", "engine__coolant_temperature", 24.0, [29.0, 30.0], "heater_cold"),
    ],
)
def test_charger_and_heater_are_judged_after_a_quarter_of_an_hour(
    check: str, signal: str, bad: float, again: list[float], reason: str
) -> None:
    """And are well again only when they are clearly so."""
    one = story()
    told = []
    for second, number in [(20, bad), (919, bad), (920, bad), (930, again[0]), (940, again[1])]:
        one.poll(at(second), "genset", values(second, **{signal: good(number, second)}))
        told.append(one.site.checked.found[check].reason)

    assert ["", "", reason, reason, ""] == told


def test_without_mains_charger_and_heater_are_no_checks() -> None:
    """A dead heater and a dead charger are what an outage does."""
    cold = {"engine__coolant_temperature": good(5.0), "engine__battery_voltage": good(12.7)}
    dark = {f"mains__voltage_l{phase}n": good(0.0) for phase in (1, 2, 3)}

    assert look("heater", **cold, **dark) is None
    assert look("charger", **cold, **dark) is None


def test_a_warm_engine_that_has_just_run_says_nothing_of_its_heater() -> None:
    """Two hours of standing come first, and two hours of mains."""
    lately = memory(runs=(approved(1 / 24),))
    one = story(mains__voltage_l1n=good(0.0), second=10)
    one.poll(at(60), "genset", genset(60, engine__coolant_temperature=good(8.0, 60)))
    soon = one.site.checked.found.get("heater")
    one.poll(at(7300), "genset", genset(7300, engine__coolant_temperature=good(8.0, 7300)))

    assert look("heater", held=lately, engine__coolant_temperature=good(8.0)) is None
    assert soon is None
    assert ("remark", "measured", "heater_cold") == answer(one.site.checked.found["heater"])


def test_a_set_without_heater_is_not_asked_for_it() -> None:
    """By the settings."""
    assert look("heater", kept(set=SetFacts(heater=False)), engine__coolant_temperature=good(2.0)) is None


def test_a_charger_has_a_quarter_of_an_hour_after_the_mains_came_back() -> None:
    """It must lift the battery first."""
    one = story(second=10, mains__voltage_l1n=good(0.0))
    one.poll(at(20), "genset", genset(20, engine__battery_voltage=good(12.7, 20)))
    soon = one.site.checked.found.get("charger")
    one.poll(at(1000), "genset", genset(1000, engine__battery_voltage=good(12.7, 1000)))

    assert soon is None
    assert ("remark", "measured", "charger_failed") == answer(one.site.checked.found["charger"])


def test_without_a_witness_of_the_mains_a_low_charger_is_not_known() -> None:
    """Perhaps there is nothing to charge from."""
    blind = {f"mains__voltage_l{phase}n": gone() for phase in (1, 2, 3)}
    unknown = ("missing", "missing", "charger_unknown")

    assert unknown == answer(look("charger", **blind, engine__battery_voltage=good(12.6)))
    assert OK == answer(look("charger", **blind, engine__battery_voltage=good(13.5)))


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (ClockQuality.SYNCED, OK),
        (ClockQuality.HOLDOVER, ("remark", "measured", "clock_holdover")),
        (ClockQuality.UNSYNCED, ("missing", "missing", "clock_unsynced")),
    ],
)
def test_the_clock_of_the_box(clock: ClockQuality, expected: tuple[str, str, str]) -> None:
    """Known, known a while ago, or not known."""
    assert expected == answer(look("clock", now=at(10, clock=clock)))


@pytest.mark.parametrize(
    ("values", "installed", "expected"),
    [
        ({}, None, ("missing", "missing", "ups_unknown")),
        ({"ups__replace_battery": good(0)}, None, OK),
        ({"ups__replace_battery": good(1)}, None, ("remark", "measured", "ups_worn")),
        ({"ups__health": good(79.0)}, None, ("remark", "measured", "ups_worn")),
        ({"ups__health": good(80.0)}, None, OK),
        ({"ups__health": gone()}, None, ("missing", "missing", "ups_unknown")),
        ({}, "2024-01-01", TOLD),
        ({}, "2020-01-01", ("remark", "reported", "ups_worn")),
        ({"ups__health": good(99.0)}, "2020-01-01", ("remark", "measured", "ups_worn")),
        ({}, "nonsense", ("missing", "missing", "ups_unknown")),
    ],
)
def test_a_ups_grows_old(values: dict[str, Any], installed: str | None, expected: tuple[str, str, str]) -> None:
    """By its own word, by its health, by the date of its batteries."""
    of = kept(ups=UpsFacts(installed=installed)) if installed else kept(GENSET, device("ups", "ups"))

    assert expected == answer(look("ups", of, **values))


def test_a_site_without_ups_is_not_asked_for_it() -> None:
    """Neither device nor settings know one."""
    assert look("ups") is None
