"""Datakom D-series: the low word first, no holes, a mode of bits."""

import pytest

from contract.words import Quality
from gateway.core.wire.identity import identify
from gateway.core.wire.lines import TcpLine
from gateway.core.wire.plan import plans
from gateway.profiles.registry import load

from .answers import heard, one, registers

D500 = load("datakom-d-series")


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("generator.power", "04E5 0000", 125_300),
        ("mains.power", "0001 0001", 6_553_700),
        ("mains.voltage_l1n", "0901 0000", 230.5),
        ("generator.voltage_l3n", "0901 0000", 230.5),
        ("mains.voltage_l3l1", "0F9C 0000", 399.6),
        ("generator.current_l2", "0708 0000", 180.0),
        ("generator.power_l1", "01A4 0000", 42_000),
        ("mains.frequency", "1388", 50.0),
        ("generator.frequency", "1386", 49.98),
        ("engine.battery_voltage", "0AC8", 27.6),
        ("engine.oil_pressure", "0023", 350),
        ("engine.coolant_temperature", "0334", 82.0),
        ("engine.coolant_temperature", "FFF6", -1.0),
        ("fuel.level", "0276", 63.0),
        ("engine.oil_temperature", "0384", 90.0),
        ("engine.speed", "05DC", 1500),
        ("engine.starts", "0027", 39),
        ("engine.run_time", "30D4 0000", 125 * 3600),
        ("generator.energy_export", "0000 0001", 6553.6),
    ],
)
def test_datakom_cell_reads_as_typed(key: str, text: str, value: float) -> None:
    """The sheet's 125.3 kW travel as 04E5 0000."""
    assert (value, Quality.GOOD) == one(D500, key, text)


@pytest.mark.parametrize(
    ("key", "at"),
    [
        ("mains.voltage_l1n", 10240), ("generator.voltage_l1n", 10246), ("mains.voltage_l1l2", 10252),
        ("generator.voltage_l1l2", 10258), ("mains.current_l1", 10264), ("generator.current_l1", 10270),
        ("generator.power_l1", 10286), ("mains.power", 10292), ("generator.power", 10294),
        ("mains.frequency", 10338), ("generator.frequency", 10339), ("engine.battery_voltage", 10341),
        ("engine.oil_pressure", 10361), ("fuel.level", 10363), ("engine.speed", 10376), ("engine.state", 10604),
        ("controller.mode", 10605), ("controller.model", 10609), ("engine.starts", 10616),
        ("engine.run_time", 10622), ("generator.energy_export", 10628),
    ],
)  # fmt: skip
def test_datakom_cell_stands_where_it_does(key: str, at: int) -> None:
    """Addresses as on the wire."""
    assert at == D500.row(key).at


def test_datakom_power_backwards_is_no_huge_power() -> None:
    """−1 kW in an unsigned cell would be 429 GW."""
    assert (None, Quality.IMPLAUSIBLE) == one(D500, "generator.power", "FFF6 FFFF")


def test_datakom_missing_oil_temperature_is_no_number() -> None:
    """7FFF, and only there."""
    assert (None, Quality.NOT_FITTED) == one(D500, "engine.oil_temperature", "7FFF")


def test_datakom_zero_fuel_is_not_believed() -> None:
    """A broken sender cannot be told from an empty tank; 0.1 % can."""
    assert (None, Quality.BAD_DATA) == one(D500, "fuel.level", "0000")
    assert (0.1, Quality.GOOD) == one(D500, "fuel.level", "0001")


@pytest.mark.parametrize(
    ("raw", "word"),
    [(1, "stop"), (2, "manual"), (4, "auto"), (8, "test_on_load"), (6, "manual"), (5, "stop"), (0, None), (16, None)],
)
def test_datakom_mode_is_automatic_only_alone(raw: int, word: str | None) -> None:
    """One bit per mode; no bit is no mode."""
    assert word == one(D500, "controller.mode", f"{raw:04X}")[0]


@pytest.mark.parametrize(
    ("numbers", "word"),
    [
        ((0,), "stopped"), (range(1, 6), "pre_start"), ((6, 7), "warming_up"), (range(8, 21), "running"),
        (range(21, 26), "cooling_down"), ((26, 255), None),
    ],
)  # fmt: skip
def test_datakom_status_becomes_a_state(numbers: range, word: str | None) -> None:
    """At rest, before running, idling, running, on its way to a stop; a stranger is not guessed."""
    assert {word} == {one(D500, "engine.state", f"{number:04X}")[0] for number in numbers}


@pytest.mark.parametrize(
    ("model", "fits"), [("D300", True), ("D500", True), ("D545", True), ("D700", True), ("0379", False)]
)
def test_datakom_is_known_by_its_model(model: str, fits: bool) -> None:
    """The model stands there as hexadecimal digits; an older DKG-379 has another map."""
    assert fits is identify(D500, heard(D500, 10609, registers(model))).fits


def test_datakom_reads_no_hole() -> None:
    """Every register that is asked for belongs to a signal."""
    mine = {at for row in D500.rows for at in range(row.at, row.end)}
    asked = [read.block for reads in plans(D500, TcpLine(host="127.0.0.1")).values() for read in reads]

    assert set() == {at for block in asked for at in range(block.start, block.end)} - mine
