"""Families of GenComm controllers: who is who, where each family's alarms stand, and what they say."""

import pytest

from contract.words import Origin, Quality
from gateway.core.wire.decode import Fault, readings
from gateway.core.wire.identity import identify
from gateway.core.wire.lines import TcpLine
from gateway.core.wire.plan import plans
from gateway.profiles.registry import load
from gateway.profiles.schema import Profile

from .answers import heard, one, raised, registers, told

MKI, SMALL, MIDDLE, BIG = (load(name) for name in ("dse-mki", "dse-45xx-60xx-mkii", "dse-61xx", "dse-8xxx-mkii"))
MIDDLE_TOO, SEVEN = load("dse-6120-mkii"), load("dse-73xx-mkii")
ALL = (MKI, SMALL, MIDDLE, MIDDLE_TOO, SEVEN, BIG)
MODELS = {
    "dse-mki": (3110, 4310, 4523, 4623, 6012, 6121, 7110, 7320, 7450),
    "dse-45xx-60xx-mkii": (32808, 32807, 32789, 32790, 32791, 32792),
    "dse-61xx": (32800, 32858, 32859),
    "dse-6120-mkii": (32801,),
    "dse-73xx-mkii": (32840, 32841, 32845, 32846),
    "dse-8xxx-mkii": (32832, 32833, 32834),
}
REGISTERS = {
    "dse-mki": (2049, 25),
    "dse-45xx-60xx-mkii": (39425, 11),
    "dse-61xx": (39425, 15),
    "dse-8xxx-mkii": (39425, 39),
}
# number of the alarm on page 8; its register is 2049 + number ÷ 4, the first of four in the top nibble
PAGE_8 = {
    "emergency-stop": 0,
    "high-oil-temperature": 3,
    "fail-to-stop": 7,
    "loss-of-speed-sensing": 8,
    "generator-under-frequency": 11,
    "earth-fault": 14,
    "air-flap": 16,
    "fuel-level-sender-fault": 20,
    "charge-alternator-failure": 23,
    "battery-low-voltage": 24,
    "low-fuel-level": 26,
    "mains-fail-to-open": 31,
    "mains-low-voltage": 32,
    "bus-fail-to-close": 34,
    "mains-failed": 38,
    "maintenance-due": 41,
    "clock-not-set": 42,
    "not-calibrated": 45,
    "generator-short-circuit": 47,
    "scheduled-run": 50,
    "msc-data-error": 53,
    "msc-old-version": 58,
    "mains-reverse-power": 59,
    "expansion-input-failure": 63,
    "auxiliary-sender-1-low": 64,
    "auxiliary-sender-2-high": 68,
    "auxiliary-sender-4-fault": 75,
    "can-ecu-data-fail": 76,
    "low-coolant-temperature": 79,
    "low-oil-pressure-switch": 81,
    "loss-of-excitation": 83,
    "negative-phase-sequence": 85,
    "mains-g59-low-frequency": 88,
    "mains-g59-trip": 92,
    "kw-overload": 93,
    "bus-1-live": 95,
    "bus-2-phase-rotation": 98,
}


@pytest.mark.parametrize("profile", ALL, ids=lambda profile: profile.name)
def test_dse_families_know_their_models(profile: Profile) -> None:
    """Maker 1 and the model's number, together, and each model in one family only."""
    maker, model = profile.identity

    assert ("controller.manufacturer", (1,)) == (maker.key, maker.one_of)
    assert set(MODELS[profile.name]) <= set(model.one_of)
    assert [] == [
        other.name for other in ALL if other is not profile and set(other.identity[1].one_of) & set(model.one_of)
    ]


def test_dse_7320_of_the_first_generation_is_no_mkii() -> None:
    """The same name on the front, another place for the alarms: 1-7320 is not 1-32841."""
    values = heard(SEVEN, 768, registers("0001 1C98"))

    assert identify(SEVEN, values).fits is False
    assert identify(MKI, heard(MKI, 768, registers("0001 1C98"))).fits is True


@pytest.mark.parametrize("name", REGISTERS)
def test_dse_alarms_begin_and_end_where_the_family_has_them(name: str) -> None:
    """The first register of alarms of each family, and how many there are."""
    rows = [row for row in load(name).rows if row.key.startswith("alarm.")]
    first, count = REGISTERS[name]

    assert (first, first + count - 1) == (rows[0].at, rows[-1].at)


@pytest.mark.parametrize("alarm", PAGE_8)
def test_dse_page_8_alarm_stands_in_its_nibble(alarm: str) -> None:
    """Its number says its register and its nibble, from the top."""
    row = MKI.row(f"alarm.{alarm}")

    assert row.nibble is not None
    assert PAGE_8[alarm] == (row.at - 2049) * 4 + 3 - row.nibble


def test_dse_page_8_has_99_alarms() -> None:
    """98 is the number of the last; the last nibble of the 25th register belongs to nobody."""
    assert 99 == sum(row.key.startswith("alarm.") for row in MKI.rows)


def test_dse_old_alarms_are_read_by_their_nibbles() -> None:
    """1 not active, 2 warning, 3 shutdown, 4 trip, 5 controlled shutdown, 10 indication, 15 not there, 0 disabled."""
    values = told(heard(MKI, 2049, registers("1320 45AF")))

    assert {
        "alarm.emergency-stop": "inactive",
        "alarm.low-oil-pressure": "shutdown",
        "alarm.high-coolant-temperature": "warning",
        "alarm.high-oil-temperature": "disabled",
        "alarm.under-speed": "trip",
        "alarm.over-speed": "controlled_shutdown",
        "alarm.fail-to-start": "indication_active",
        "alarm.fail-to-stop": None,
    } == values


def test_dse_73xx_reads_the_example() -> None:
    """0x1321 in the first register: emergency stop ok, low oil pressure shuts down, high coolant warns, low is ok."""
    assert {"low-oil-pressure": "shutdown", "high-coolant-temperature": "warning"} == raised(
        heard(SEVEN, 39425, registers("1321"))
    )


def test_dse_unverified_alarms_are_told_by_number() -> None:
    """Where the names are not verified a number and a level travel: never a name that may be another's."""
    values = heard(SMALL, 39425, registers("1321 1111 1111 1111 1111 1111 1111 1111 1111 1111 1114"))

    assert {"controller-alarm-2": "shutdown", "controller-alarm-3": "warning", "controller-alarm-44": "trip"} == raised(
        values
    )
    assert 44 == sum(row.key.startswith("alarm.") for row in SMALL.rows)
    assert 60 == sum(row.key.startswith("alarm.") for row in MIDDLE.rows)
    assert 80 == sum(row.key.startswith("alarm.") for row in MIDDLE_TOO.rows)


def test_dse_8xxx_names_end_with_the_29th() -> None:
    """8610 and 7320 agree up to the first name of the eighth register; what follows has numbers."""
    values = heard(BIG, 39432, registers("2345"))

    assert {
        "low-fuel-level-switch": "warning",
        "controller-alarm-30": "shutdown",
        "controller-alarm-31": "trip",
        "controller-alarm-32": "controlled_shutdown",
    } == raised(values)
    assert (39463, 0) == (BIG.row("alarm.controller-alarm-156").at, BIG.row("alarm.controller-alarm-156").nibble)


def test_dse_8xxx_sees_its_bus() -> None:
    """Frequency of the bus at 1091, voltages behind it."""
    values = told(heard(BIG, 1091, registers("01F4 0000 0901 0000 0901 0000 0901 0000 0F9C")))

    assert (50.0, 230.5, 399.6) == (
        values["bus.frequency"],
        values["bus.voltage_l3n"],
        values["bus.voltage_l1l2"],
    )


@pytest.mark.parametrize("profile", ALL, ids=lambda profile: profile.name)
def test_dse_families_read_the_same_instruments(profile: Profile) -> None:
    """The frame of the maker's page 4 means the same on every model."""
    values = told(heard(profile, 1024, registers("015E 0052 7FFF 003F 0119 0114 05DC 01F4")))

    assert (350, 82, None, 63, 28.1, 27.6, 1500, 50.0) == tuple(values.values())


@pytest.mark.parametrize(
    ("code", "quality"),
    [
        (0xFFFF, Quality.NOT_FITTED),
        (0xFFFE, Quality.OVER_RANGE),
        (0xFFFD, Quality.UNDER_RANGE),
        (0xFFFC, Quality.SENSOR_FAULT),
        (0xFFFB, Quality.BAD_DATA),
        (0xFFFA, Quality.DIGITAL_HIGH),
        (0xFFF9, Quality.DIGITAL_LOW),
        (0xFFF8, Quality.BAD_DATA),
    ],
)
def test_dse_codes_are_never_numbers(code: int, quality: Quality) -> None:
    """Eight codes in each of four types, on a family other than the one they were first written for."""
    assert (None, quality) == one(SMALL, "fuel.level", f"{code:04X}")
    assert (None, quality) == one(SMALL, "engine.coolant_temperature", f"{code & 0x7FFF:04X}")
    assert (None, quality) == one(SMALL, "mains.voltage_l1n", f"FFFF {code:04X}")
    assert (None, quality) == one(SMALL, "generator.power", f"7FFF {code:04X}")
    assert (-1 - (0xFFFF - code), Quality.GOOD) == one(SMALL, "engine.coolant_temperature", f"{code:04X}")


def test_dse_page_that_a_model_lacks_is_not_fitted() -> None:
    """A refusal of the page of alarms says that the model has none, not that it is silent."""
    reads = plans(SMALL, TcpLine(host="127.0.0.1"))["fast"]
    alarms = next(read for read in reads if read.block.start >= 39424)
    values = readings(alarms, Fault(Quality.COMM_ERROR, "illegal data address", code=2), 1, Origin.MEASURED)

    assert {Quality.NOT_FITTED} == {value.quality for value in values.values()}
