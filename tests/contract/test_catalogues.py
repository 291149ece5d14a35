"""The catalogues of signals and alarms: every key once, with a unit that is known and words for people."""

import re
from itertools import pairwise

import pytest

from contract import alarms, signals
from contract.signals import ALARM_PREFIX, Signal
from contract.words import Place

UNITS = {
    "", "%", "°", "°C", "A", "d", "Hz", "L", "L/h", "V", "VA", "W", "dBm", "kB", "kPa", "kVAh", "kWh", "kvarh", "mA",
    "mV", "ms", "rpm", "s", "var",
}  # fmt: skip
WITHOUT_DEADBAND = {"word", "flag", "code"}

each_signal = pytest.mark.parametrize("signal", signals.catalogue().values(), ids=lambda signal: signal.key)


def test_every_signal_stands_under_its_key() -> None:
    """The catalogue has signals, and finds each by its own key."""
    assert "%" == signals.catalogue()["fuel.level"].unit
    assert [] == [key for key, signal in signals.catalogue().items() if key != signal.key]


@each_signal
def test_signal_is_well_formed(signal: Signal) -> None:
    """A key in two parts, a known unit, words in both languages, and a dead-band only where it means something."""
    assert re.fullmatch(r"[a-z]+\.[a-z][a-z0-9_]*", signal.key)
    assert signal.unit in UNITS
    assert "" != signal.sv.strip()
    assert "" != signal.en.strip()
    assert 0 <= signal.deadband < float("inf")
    if signal.kind in WITHOUT_DEADBAND:
        assert ("", 0) == (signal.unit, signal.deadband)
    assert (signal.kind == "word") is bool(signal.words)
    assert len(signal.words) == len(set(signal.words))
    assert not signal.key.startswith(ALARM_PREFIX)


@each_signal
def test_a_signal_that_moves_has_a_deadband(signal: Signal) -> None:
    """A number told at every flicker would fill the link."""
    if signal.kind == "number":
        assert signal.deadband > 0


@pytest.mark.parametrize("place", [Place.GRID, Place.GENERATOR, Place.LOAD])
def test_a_place_is_where_its_name_says(place: Place) -> None:
    """Voltage on the load side never proves mains, so the place of each witness must be right."""
    prefix, flags = {
        Place.GRID: ("mains.", {"switch.mains_available"}),
        Place.GENERATOR: ("generator.", {"switch.generator_available"}),
        Place.LOAD: ("meter.", {"load.present", "ups.input_voltage"}),
    }[place]
    standing = [key for key, signal in signals.catalogue().items() if signal.place is place]

    assert f"{prefix}voltage_l1n" in standing
    assert flags == {key for key in standing if not key.startswith(prefix)}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_two_signals_bear_the_same_name(language: str) -> None:
    """A person can tell any two signals apart."""
    names = sorted(getattr(signal, language) for signal in signals.catalogue().values())

    assert [] == [one for one, other in pairwise(names) if one == other]


@pytest.mark.parametrize("kind", alarms.catalogue().values(), ids=lambda kind: kind.key)
def test_alarm_is_well_formed(kind: alarms.AlarmKind) -> None:
    """A key that can stand in a signal's name, a priority, words in both languages."""
    assert re.fullmatch(r"[a-z][a-z0-9-]*", kind.key)
    assert kind == alarms.catalogue()[kind.key]
    assert kind.priority in (1, 2, 3)
    assert "" != kind.sv.strip()
    assert "" != kind.en.strip()
    assert "!" not in kind.sv


def test_both_judges_have_alarms() -> None:
    """Some are judged at the site, some named by the controller; what kills is priority 1."""
    kinds = alarms.catalogue()

    assert {"site", "controller", "centre"} == {kind.by for kind in kinds.values()}
    assert [1, 1, 1] == [kinds[key].priority for key in ("no-power-at-site", "gen-shutdown", "start-failed")]


def test_alarms_without_a_name_have_a_number() -> None:
    """A controller whose alarms are not known by name tells which, and where to read it; 8xxx have 156 of them."""
    kinds = alarms.catalogue()
    first, last = kinds["controller-alarm-1"], kinds["controller-alarm-156"]

    assert ("Larm 156 i styrsystemet (läs på dess skärm)", 2, "controller") == (last.sv, last.priority, last.by)
    assert "1" in first.en
    assert "" != first.do_sv
    assert "controller-alarm-0" not in kinds


def test_no_alarm_words_an_electrical_step() -> None:
    """What to do with wires comes from the site's own list, never from the program."""
    steps = re.compile(r"\b(koppla|slå (till|från) |dra ut|byt säkring|switch off|disconnect|pull)\b", re.IGNORECASE)

    texts = [text for kind in alarms.catalogue().values() for text in (kind.sv, kind.en, kind.do_sv, kind.do_en)]

    assert [] == [text for text in texts if steps.search(text)]
