"""ComAp InteliLite4: no hole and no part of an object is ever asked for, and its list of alarms is read as text."""

import pytest

from contract.words import Quality
from gateway.core.wire.identity import identify
from gateway.core.wire.lines import SerialLine, TcpLine
from gateway.core.wire.plan import Read, objects, plans
from gateway.profiles.registry import load

from .answers import data_of, heard, one, raised, told

LITE = load("comap-intelilite4")
# first register of each object and how many it has, as the controller defines them
OBJECTS = {
    1004: 1, 1006: 1, 1008: 1, 1013: 2, 1020: 1, 1021: 1, 1022: 1, 1023: 1, 1036: 1, 1037: 1, 1038: 1, 1039: 1,
    1043: 1, 1044: 1, 1045: 1, 1053: 1, 1055: 1, 1263: 2, 1298: 1, 1307: 16, 1323: 8, 1382: 1, 3000: 8, 4214: 1,
} | {4215 + 27 * entry: 27 for entry in range(16)}  # fmt: skip
DEFINED = {first + place for first, count in OBJECTS.items() for place in range(count)}


def lettered(text: str, registers: int) -> list[int]:
    """A text, zero behind it."""
    raw = text.encode().ljust(2 * registers, b"\0")
    return [int.from_bytes(raw[at : at + 2], "big") for at in range(0, 2 * registers, 2)]


def entry(level: int, status: int, text: str) -> list[int]:
    """One of the list's entries: reserved, level and status, 25 registers of text."""
    return [0, level << 8 | status, *lettered(text, 25)]


def reads_of(line: TcpLine | SerialLine) -> list[Read]:
    """All that is asked for."""
    return [read for reads in plans(LITE, line).values() for read in reads]


@pytest.mark.parametrize(
    "line", [TcpLine(host="127.0.0.1"), SerialLine(device="/dev/ttyUSB0", baud=9600)], ids=["tcp", "9600"]
)
def test_comap_reads_only_whole_objects_without_holes(line: TcpLine | SerialLine) -> None:
    """An undefined register, or part of an object, is refused with exception 02 together with all that was asked."""
    for read in reads_of(line):
        asked = set(range(read.block.start, read.block.end))
        assert asked <= DEFINED
        assert all(asked >= set(range(first, first + OBJECTS[first])) for first in asked & OBJECTS.keys())
        assert read.block.start in OBJECTS


def test_comap_entry_is_one_object() -> None:
    """The level and the text of an entry of the list come in one answer, whatever splits a refused block."""
    parts = [part for part in objects(LITE.rows) if part.start >= 4215]

    assert [(4215 + 27 * number, 4242 + 27 * number) for number in range(16)] == [(one.start, one.end) for one in parts]


def test_comap_frame_of_the_guide_is_24_volts() -> None:
    """The maker's example: register 1053 answers 00F0."""
    assert {"engine.battery_voltage": 24.0} == told(heard(LITE, 1053, data_of("01 03 02 00 F0 B8 00")))


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("engine.speed", "05DC", 1500),
        ("engine.coolant_temperature", "FFF8", -8),
        ("engine.coolant_temperature", "0052", 82),
        ("engine.oil_pressure", "0023", 350),
        ("engine.run_time", "0000 30D4", 1250 * 3600),
        ("generator.power", "007D", 125_000),
        ("generator.power_l3", "FFFF", -1000),
        ("generator.frequency", "01F4", 50.0),
        ("generator.voltage_l1n", "00E6", 230),
        ("generator.current_l3", "00B4", 180),
        ("fuel.level", "003F", 63),
        ("generator.energy_export", "0001 0000", 65_536),
    ],
)
def test_comap_cell_reads_as_typed(key: str, text: str, value: float) -> None:
    """Tenths of a bar become kPa, tenths of an hour seconds, kW watts."""
    assert (value, Quality.GOOD) == one(LITE, key, text)


@pytest.mark.parametrize("key", ["fuel.level", "engine.oil_pressure", "engine.coolant_temperature", "engine.speed"])
def test_comap_8000_is_a_broken_sensor(key: str) -> None:
    """Never 32 768, never −32 768, never 0."""
    assert (None, Quality.SENSOR_FAULT) == one(LITE, key, "8000")


@pytest.mark.parametrize("key", ["engine.run_time", "generator.energy_export"])
def test_comap_80000000_is_no_count(key: str) -> None:
    """A counter that is not there."""
    assert (None, Quality.BAD_DATA) == one(LITE, key, "8000 0000")


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (0, "stopped"), (1, "stopped"), (2, "stopped"), (3, "pre_start"), (4, "pre_start"), (5, "pre_start"),
        (6, "warming_up"), (7, "running"), (8, "running"), (9, "running"), (10, "cooling_down"),
        (11, "cooling_down"), (12, "stopped"), (14, None), (15, "running"), (16, "cooling_down"), (18, None),
    ],
)  # fmt: skip
def test_comap_state_becomes_a_word(number: int, word: str | None) -> None:
    """In emergency manual the controller does nothing, so that its state says nothing of the engine."""
    assert word == one(LITE, "engine.state", f"{number:04X}")[0]


@pytest.mark.parametrize(("number", "word"), [(0, "off"), (1, "manual"), (2, "auto"), (3, "test_off_load"), (4, None)])
def test_comap_mode_becomes_a_word(number: int, word: str | None) -> None:
    """Only 2 is automatic."""
    assert word == one(LITE, "controller.mode", f"{number:04X}")[0]


@pytest.mark.parametrize(
    ("text", "fits"), [("InteliLite4-AMF25", True), ("InteliLite4-", True), ("InteliLite-NT", False), ("IGS-NT", False)]
)
def test_comap_is_known_by_its_name(text: str, fits: bool) -> None:
    """The first twelve letters say which family it is."""
    values = heard(LITE, 1307, lettered(text, 16))

    assert text == values["controller.identity"].value
    assert fits is identify(LITE, values).fits


def test_comap_list_tells_levels_and_texts() -> None:
    """Yellow warns, red shuts down, a failed sensor warns; what is over and only unconfirmed is no alarm."""
    entries = [
        *entry(2, 0b01, "Sd Oil pressure"),
        *entry(1, 0b11, "Wrn Bränslenivå"),
        *entry(3, 0b01, "Fls Fuel level"),
        *entry(1, 0b00, "Wrn Battery voltage"),
    ]
    values = heard(LITE, 4214, [4, *entries])

    assert 4 == values["controller.alarm_count"].value
    assert {
        "controller-alarm-1": "shutdown",
        "controller-alarm-2": "warning",
        "controller-alarm-3": "warning",
    } == raised(values)
    assert ["Sd Oil pressure", "Wrn Bränslenivå", "Fls Fuel level", None] == [
        values[f"controller.alarm_text_{number}"].value for number in range(1, 5)
    ]
    assert "inactive" == values["alarm.controller-alarm-4"].value


def test_comap_empty_list_has_no_alarm() -> None:
    """Zeros are entries that nobody has written."""
    values = heard(LITE, 4215, [0] * 27 * 16)

    assert {} == raised(values)
    assert {Quality.NOT_FITTED} == {value.quality for key, value in values.items() if "text" in key}


def test_comap_entry_of_an_unknown_level_is_no_calm() -> None:
    """A level that the guides do not know is neither a warning nor nothing."""
    value = heard(LITE, 4215, entry(7, 1, "?"))["alarm.controller-alarm-1"]

    assert (None, Quality.BAD_DATA) == (value.value, value.quality)


def test_comap_text_ends_at_its_zero() -> None:
    """What an older, longer alarm left behind its end does not travel."""
    record = entry(1, 1, "Wrn\0Emergency stop")

    assert "Wrn" == heard(LITE, 4215, record)["controller.alarm_text_1"].value
    assert "Wrnx" == heard(LITE, 4215, entry(1, 1, "Wrnx\0y"))["controller.alarm_text_1"].value
