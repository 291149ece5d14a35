"""How long fuel and battery last: the low bound is the number, never rounded up, with clock time and grounds."""

from typing import Any

import pytest

from contract.judgement import Endurance, Reported
from contract.words import Power
from dashboard.core.site.lasting import BASES, hours

HOUR = 3_600_000
H, MIN = "\u00a0h", "\u00a0min"


def _endurance(kall: Any, low: float = 75.9, high: float | None = 111.0, **parts: Any) -> Endurance:
    return Endurance(low_h=low, high_h=high, at=kall.at(), **({"basis": "model"} | parts))


def test_decision_is_number_and_clock_time(kall: Any) -> None:
    """On reserve power: at least so long, and until when, in one breath; the interval is the second line."""
    shown = kall.card(Power.ON_RESERVE, endurance=_endurance(kall)).endurance

    assert f"minst 75{H}, räcker till sön 15:54" == shown.decision
    assert f"Troligen 75–111{H}" == shown.between
    assert "Bygger på: beräknad förbrukning" == shown.basis


def test_clock_time_of_the_site_goes_before_our_own(kall: Any) -> None:
    """When the site has said until when, that is what stands there."""
    until = _endurance(kall, until_ms=kall.at().wall_ms + 67 * HOUR)

    assert "räcker till sön 07:00" == kall.card(Power.ON_RESERVE, endurance=until).endurance.until


def test_while_nobody_knows_the_power_the_sites_clock_time_says_that_the_set_goes_on(kall: Any, reader: Any) -> None:
    """A silent controller stops no engine; without a clock time nothing is counted down."""
    until = _endurance(kall, until_ms=kall.at().wall_ms + 67 * HOUR)
    read = reader(gone_ms=4 * HOUR)

    assert f"minst 71{H}, räcker till sön 07:00" == kall.card(Power.UNKNOWN, read, endurance=until).endurance.decision
    assert f"minst 75{H}" == kall.card(Power.UNKNOWN, read, endurance=_endurance(kall)).endurance.decision


def test_set_that_stands_has_no_end(kall: Any) -> None:
    """While nothing is burnt there is no clock time, and the load that was assumed is named."""
    shown = kall.card(Power.ON_MAINS, endurance=_endurance(kall, load_kw=15.0, basis="model-at-design-load")).endurance

    assert ("minst 75\u00a0h", "") == (shown.least, shown.until)
    assert "Bygger på: beräknad förbrukning, vid planerad last 15\u00a0kW" == shown.basis


@pytest.mark.parametrize(
    ("expected", "value", "upwards"),
    [
        (f"75{H}", 75.99, False), (f"76{H}", 75.01, True), (f"2{H}", 2.0, False), (f"119{MIN}", 1.99, False),
        (f"42{MIN}", 0.7, False), (f"0{MIN}", 0.001, False), (f"1\u202f200{H}", 1200.0, False), ("–", 1e12, False),
    ],
)  # fmt: skip
def test_hours_are_never_rounded_up(expected: str, value: float, upwards: bool) -> None:
    """Whole hours downwards, minutes when they are few, and no figure for what nobody can mean."""
    assert expected == hours(value, "sv", upwards=upwards)


def test_hours_fall_without_contact_and_say_so(kall: Any, reader: Any) -> None:
    """Four hours of silence take four hours; the line says that it is calculated, and since when."""
    read = reader(gone_ms=4 * HOUR)

    shown = kall.card(Power.ON_RESERVE, read, endurance=_endurance(kall)).endurance

    assert f"minst 71{H}, räcker till sön 15:54" == shown.decision
    assert "Beräknat, ingen kontakt sedan 12:00" == shown.lost


def test_without_a_clock_the_silence_itself_is_told(kall: Any, reader: Any) -> None:
    """Where nobody knows the time there is no clock time, but how long it has been silent."""
    shown = kall.card(Power.ON_RESERVE, reader(gone_ms=HOUR, wall=False), endurance=_endurance(kall)).endurance

    assert (f"minst 74{H}", "") == (shown.least, shown.until)
    assert "Beräknat, ingen kontakt på 1\u00a0h" == shown.lost


def test_fuel_that_may_be_gone_promises_nothing(kall: Any, reader: Any) -> None:
    """Counted down to nothing it may run out at any time, and has no clock time."""
    shown = kall.card(Power.ON_RESERVE, reader(gone_ms=80 * HOUR), endurance=_endurance(kall)).endurance

    assert ("kan ta slut när som helst", "") == (shown.least, shown.until)


def test_age_nobody_knows_is_not_a_number(kall: Any, voice: Any, reader: Any) -> None:
    """When the figure is of another boot without a clock, how long it lasts is not known."""
    other = voice("are-kall", boot="boot-0")
    at = type(other.moment())(boot="boot-0", up_ms=1, wall_ms=None, clock=other.moment().clock)

    shown = kall.card(Power.ON_RESERVE, endurance=Endurance(low_h=9, high_h=10, basis="model", at=at)).endurance

    assert ("vet inte", "", "") == (shown.least, shown.until, shown.between)


def test_upper_bound_nobody_knows_is_said(kall: Any) -> None:
    """Too wide an interval shows its low end only, and says that the rest is not known."""
    shown = kall.card(Power.ON_RESERVE, endurance=_endurance(kall, high=None)).endurance

    assert "Hur länge som mest vet vi inte" == shown.between


def test_interval_with_two_units_names_both(kall: Any) -> None:
    """From minutes to hours each figure has its unit."""
    assert f"Troligen 90{MIN}–3{H}" == kall.card(Power.DEAD, endurance=_endurance(kall, 1.5, 2.4)).endurance.between


def test_level_has_its_age(kall: Any) -> None:
    """How long ago the level was read stands beside what it rests on."""
    read_at = kall.site.up_ms - 12 * 60_000
    shown = kall.card(Power.ON_RESERVE, endurance=_endurance(kall, level_up_ms=read_at))

    assert "nivån läst för 12\u00a0min sedan" == shown.endurance.level


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("basis", [*BASES, "something-new"])
def test_every_basis_has_a_word(kall: Any, reader: Any, basis: str, language: str) -> None:
    """What the figure rests on is told in words; a word of a newer site stands as it is."""
    told = kall.card(Power.ON_RESERVE, reader(language), endurance=_endurance(kall, basis=basis)).endurance.basis

    assert told.startswith({"sv": "Bygger på: ", "en": "Based on: "}[language])
    assert (basis == "something-new") == told.endswith("something-new")


@pytest.mark.parametrize(
    ("power", "until"),
    [(Power.ON_BATTERY, "räcker till 12:42"), (Power.DEAD, "räcker till 12:42"), (Power.ON_RESERVE, "")],
)
def test_battery_has_the_same_form(kall: Any, power: Power, until: str) -> None:
    """Minutes, and a clock time while it is the battery that feeds."""
    shown = kall.card(power, battery=_endurance(kall, 0.71, 1.2, basis="ups")).battery

    assert ("Reservbatteriet (UPS) räcker", f"minst 42{MIN}", until) == (shown.title, shown.least, shown.until)
    assert "Bygger på: UPS:ens egen uppgift" == shown.basis


def test_reserve_in_the_fuel_station_stands_apart(kall: Any) -> None:
    """Litres of the fuel station, with who said it and when; never in the hours."""
    told = Reported(value=2300.0, who="Handlaren", at=kall.at(4 * 60_000))

    shown = kall.card(Power.ON_RESERVE, endurance=_endurance(kall), station=told)

    assert ("2\u202f300\u00a0L", "uppgivet av Handlaren 11:56") == (shown.station.litres, shown.station.said)
    assert f"minst 75{H}" == shown.endurance.least


def test_endless_figures_break_nothing(kall: Any) -> None:
    """A figure beyond reason is a dash and has no clock time."""
    shown = kall.card(Power.ON_RESERVE, endurance=_endurance(kall, 1e308, 1e308)).endurance

    assert ("minst –", "") == (shown.least, shown.until)
