"""Each check of what people see to: fuel, test runs, activators, breaker, a movable unit."""

from typing import Any

import msgspec
import pytest

from contract.judgement import Endurance
from contract.words import ClockQuality, Connection
from gateway.core.facts import CallFacts, MovableFacts
from gateway.core.readiness import checks_care as care
from gateway.core.readiness import readiness
from gateway.core.readiness.case import OK_REPORTED, Case
from gateway.core.readiness.found import Checked
from gateway.core.remembered import Away, Look, RunSoFar

from .conftest import WALL_MS, at, gone, good
from .well_kept import DAY_S, answer, approved, days_ago, filled, kept, look, memory, said, story

OK = ("ok", "measured", "")
TOLD = ("ok", "reported", "")
DAY_MS = round(DAY_S * 1000)
MOVABLE = MovableFacts(from_ms=WALL_MS - DAY_MS, until_ms=WALL_MS + DAY_MS)


@pytest.mark.parametrize(
    ("deliveries", "expected"),
    [
        ((filled(),), TOLD),
        ((), ("missing", "missing", "fuel_age_unknown")),
        ((filled(366),), ("remark", "reported", "fuel_too_old")),
        ((filled(365),), TOLD),
        ((filled(729, product="diesel-fame-free"),), TOLD),
        ((filled(731, product="diesel-fame-free"),), ("remark", "reported", "fuel_too_old")),
        ((filled(731, product="hvo"),), ("remark", "reported", "fuel_too_old")),
        ((filled(500), filled(10, litres=200)), ("remark", "reported", "fuel_too_old")),
        ((filled(500), filled(10, litres=350)), TOLD),
        ((filled(10, litres=200),), ("missing", "missing", "fuel_age_unknown")),
    ],
)
def test_half_of_the_fuel_decides_its_age(deliveries: tuple[Any, ...], expected: tuple[str, str, str]) -> None:
    """600 L are in the tank: the delivery that reaches 300 L, counted from the newest, is what is asked."""
    assert expected == answer(look("fuel_age", held=memory(deliveries=deliveries)))


@pytest.mark.parametrize(
    ("delivery", "celsius", "expected"),
    [
        ({}, -5.0, TOLD),
        ({}, -27.0, TOLD),
        ({}, -27.1, ("remark", "reported", "fuel_too_cold")),
        ({"cfpp_c": -20.0, "summer": True}, 4.0, ("remark", "reported", "summer_fuel")),
        ({"cfpp_c": -20.0, "summer": True}, -16.0, ("remark", "reported", "fuel_too_cold")),
        ({"cfpp_c": None}, -5.0, ("missing", "missing", "fuel_cold_unknown")),
        ({}, None, ("missing", "missing", "fuel_cold_unknown")),
    ],
)
def test_fuel_and_cold_in_november(
    delivery: dict[str, Any], celsius: float | None, expected: tuple[str, str, str]
) -> None:
    """Five degrees above the point at which it plugs; summer fuel is told of before it is cold."""
    warmth = gone() if celsius is None else good(celsius)

    assert expected == answer(
        look("fuel_cold", held=memory(deliveries=(filled(**delivery),)), outdoor__temperature=warmth)
    )


@pytest.mark.parametrize(("days_before_november_24", "expected"), [(55, TOLD), (54, "summer_fuel")])
def test_summer_fuel_is_told_from_the_first_of_october(days_before_november_24: int, expected: Any) -> None:
    """On the last of September it is still summer fuel in its season."""
    now = at(DAY_S * 60, wall_s=-DAY_S * (60 + days_before_november_24))
    found = look("fuel_cold", held=memory(deliveries=(filled(200, summer=True),)), now=now, outdoor__temperature=gone())

    assert expected == (found.reason if found is not None and found.reason else answer(found))


@pytest.mark.parametrize(("litres", "expected"), [(500, TOLD), (400, ("remark", "reported", "fuel_too_cold"))])
def test_a_small_rest_of_bad_fuel_decides_nothing(litres: float, expected: tuple[str, str, str]) -> None:
    """Of 600 L in the tank, 100 L came before the newest delivery, or 200 L."""
    held = memory(deliveries=(filled(300, cfpp_c=-5.0), filled(10, litres=litres)))

    assert expected == answer(look("fuel_cold", held=held))


def test_fuel_that_has_become_too_little_must_rise_clearly_above_the_minimum() -> None:
    """A tenth above it."""
    lasts = [Endurance(low_h=hours, high_h=None, basis="model", at=days_ago(0)) for hours in (23.9, 24.1, 26.3, 26.5)]
    site, told = story().site, []
    for one in lasts:
        site, _ = readiness.watch(msgspec.structs.replace(site, endurance=one), kept(), at(20))
        told.append(site.checked.found["fuel"].reason)

    assert ["fuel_short", "fuel_short", "fuel_short", ""] == told


def test_the_hours_of_too_little_fuel_are_never_rounded_up() -> None:
    """Nobody is promised more than there is."""
    lasts = Endurance(low_h=7.9, high_h=None, basis="model", at=days_ago(0))
    site, _ = readiness.watch(msgspec.structs.replace(story().site, endurance=lasts), kept(), at(20))

    assert ("fuel_short", "7") == (site.checked.found["fuel"].reason, site.checked.found["fuel"].detail)


def test_the_temperature_of_the_fuel_itself_goes_before_that_of_the_air() -> None:
    """A tank indoors does not plug, however cold it is outside."""
    found = look("fuel_cold", outdoor__temperature=good(-35.0), fuel__temperature=good(8.0))

    assert TOLD == answer(found)


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ((approved(35),), OK),
        ((approved(35.1),), ("remark", "measured", "test_old")),
        ((approved(93),), ("remark", "measured", "test_old")),
        ((approved(93.1),), ("missing", "missing", "test_old")),
        ((), ("missing", "missing", "test_unknown")),
        ((approved(5, approved=False),), ("missing", "missing", "test_unknown")),
        ((approved(5, declared=True),), TOLD),
        ((approved(20, kind="outage"),), OK),
        ((approved(20), approved(2, approved=False)), OK),
        ((approved(20), approved(2, kind="failed", approved=False)), ("fail", "measured", "start_failed")),
        ((approved(20, kind="failed", approved=False), approved(2)), OK),
        ((approved(2, remarks=("run_off_load",)),), ("remark", "measured", "run_off_load")),
        ((approved(2, declared=True, remarks=("run_off_load",)),), ("remark", "reported", "run_off_load")),
        ((approved(20, remarks=("run_off_load",)), approved(2)), OK),
        ((approved(20), approved(2, approved=False, remarks=("run_off_load",))), OK),
    ],
)
def test_the_set_must_have_shown_that_it_gives_voltage(runs: tuple[Any, ...], expected: tuple[str, str, str]) -> None:
    """Lately, seen or told, and not failed since."""
    assert expected == answer(look("test", held=memory(runs=runs)))


def test_a_test_without_load_says_enough_where_people_connect() -> None:
    """Only an automatic changeover is tried by a test on load."""
    runs = (approved(2, remarks=("run_off_load",)),)

    assert OK == answer(look("test", kept(connection=Connection.MANUAL), memory(runs=runs)))


@pytest.mark.parametrize(("live", "expected"), [(True, OK), (False, ("fail", "measured", "start_failed"))])
def test_a_start_that_goes_well_ends_the_failed_one_at_once(live: bool, expected: tuple[str, str, str]) -> None:
    """Voltage is enough, while the run still goes on, and also right after a restart."""
    held = memory(runs=(approved(20), approved(2, kind="failed", approved=False)))
    at_once = Look(at=days_ago(0), engine="running", turning=True, live=live)
    run = RunSoFar(id="run-2", started=days_ago(0), look=at_once, had_voltage=live)

    assert expected == answer(look("test", held=msgspec.structs.replace(held, run=run)))


def test_of_a_test_that_is_overdue_it_is_told_how_old() -> None:
    """In days."""
    found = look("test", held=memory(runs=(approved(50.2),)))

    assert "50" == (found.detail if found else None)


@pytest.mark.parametrize(
    ("connection", "confirmed", "expected"),
    [
        ("automatic", {"kim": 1}, TOLD),
        ("automatic", {"kim": 31, "sam": 29}, TOLD),
        ("automatic", {"kim": 31}, ("missing", "missing", "activators_old")),
        ("automatic", {}, ("missing", "missing", "activators_unknown")),
        ("manual", {"kim": 1, "sam": 30}, TOLD),
        ("manual", {"kim": 1, "sam": 31}, ("remark", "reported", "one_activator")),
        ("manual", {"kim": 31, "sam": 31}, ("fail", "reported", "no_activator")),
        ("manual", {}, ("fail", "reported", "no_activator")),
    ],
)
def test_how_many_activators_a_site_needs(
    connection: str, confirmed: dict[str, float], expected: tuple[str, str, str]
) -> None:
    """By hand two, of which one may be missing; where it starts by itself one."""
    held = memory(confirmed={f"activator:{one}": said(days) for one, days in confirmed.items()})

    assert expected == answer(look("activators", kept(connection=Connection(connection)), held))


def test_somebody_who_is_away_does_not_count() -> None:
    """Only as long as the absence lasts."""
    away = (Away(activator="kim", from_ms=WALL_MS - DAY_MS, until_ms=WALL_MS + DAY_MS),)
    of = kept(connection=Connection.MANUAL)
    found = look("activators", of, memory(away=away))
    after = look("activators", of, memory(away=away), now=at(2 * DAY_S))

    assert ("remark", "reported", "one_activator") == answer(found)
    assert "Sam" == (found.detail if found else None)
    assert TOLD == answer(after)


def test_a_site_by_hand_that_names_nobody_is_not_ready() -> None:
    """Its settings have no activators."""
    found = look("activators", kept(connection=Connection.MANUAL, call=CallFacts()))

    assert ("fail", "reported", "no_activator") == answer(found)


def test_without_a_clock_what_was_said_in_an_earlier_boot_has_no_age() -> None:
    """It does not count: neither people's words, nor a test run, nor a delivery."""
    now = at(10, clock=ClockQuality.UNSYNCED)

    for check in ("activators", "test", "fuel_age"):
        assert ("missing", "missing", f"{check}_unknown") == answer(look(check, now=now))


def test_a_breaker_is_asked_for_once_somebody_has_told_of_it() -> None:
    """No instrument sees it; from then on it may not grow old."""
    answers = [
        answer(look("breaker", held=memory(confirmed={"check:breaker": one})))
        for one in (said(), said(ok=False), said(31))
    ]

    assert look("breaker") is None
    assert [TOLD, ("fail", "reported", "breaker_denied"), ("missing", "missing", "breaker_old")] == answers


@pytest.mark.parametrize(
    ("days", "clock", "expected"),
    [
        (0, ClockQuality.SYNCED, OK),
        (1.01, ClockQuality.SYNCED, ("fail", "measured", "place_over")),
        (-1.01, ClockQuality.SYNCED, ("fail", "measured", "place_not_yet")),
        (0, ClockQuality.UNSYNCED, ("missing", "missing", "place_unknown")),
    ],
)
def test_a_movable_unit_stands_here_only_for_a_while(
    days: float, clock: ClockQuality, expected: tuple[str, str, str]
) -> None:
    """Outside of its times the site has no set."""
    now = at(100, wall_s=days * DAY_S, clock=clock)

    assert expected == answer(look("place", kept(movable=MOVABLE), now=now))


@pytest.mark.parametrize("check", ["transport", "road"])
def test_transport_and_road_are_asked_for_only_when_the_unit_is_movable(check: str) -> None:
    """People tell of them, for thirty days."""
    of = kept(movable=MOVABLE)
    told = [answer(look(check, of, memory(confirmed={f"check:{check}": one}))) for one in (said(30), said(31))]

    assert look(check) is None
    assert look("place") is None
    assert ("missing", "missing", f"{check}_unknown") == answer(look(check, of))
    assert [TOLD, ("missing", "missing", f"{check}_old")] == told


def test_hours_of_a_level_that_a_person_read_are_reported() -> None:
    """The endurance says what it rests on."""
    lasts = Endurance(low_h=50.0, high_h=60.0, basis="reported", at=days_ago(1))
    site = msgspec.structs.replace(story().site, endurance=lasts)

    assert OK_REPORTED == care.fuel(Case(site, kept(), at(10), Checked()))
