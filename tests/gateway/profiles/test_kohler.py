"""Kohler APM603: float32, and coils of which only the named ones may be asked for."""

import struct

import pytest

from contract.words import Quality
from gateway.core.wire.identity import identify
from gateway.core.wire.lines import TcpLine
from gateway.core.wire.plan import plans
from gateway.profiles.registry import load

from .answers import heard, one, raised

APM = load("kohler-apm603")
CELLS = {
    "generator.voltage_l1l2": (0x00, 400.0, 400.0),
    "generator.voltage_l3n": (0x0A, 230.5, 230.5),
    "generator.current_l1": (0x0C, 180.0, 180.0),
    "generator.frequency": (0x14, 50.0, 50.0),
    "fuel.rate": (0xFE, 12.5, 12.5),
    "engine.speed": (0x100, 1500.0, 1500.0),
    "engine.coolant_temperature": (0x104, -8.5, -8.5),
    "generator.power": (0x28E, 125_300.0, 125_300.0),
    "engine.run_time": (0x29E, 1250.5, 1250.5 * 3600),
    "engine.battery_voltage": (0x2A0, 27.5, 27.5),
}
ALARMS = {
    0xC8: ("fail-to-start", "shutdown"),
    0xD0: ("low-oil-pressure", "shutdown"),
    0xD3: ("high-coolant-temperature", "shutdown"),
    0xD4: ("emergency-stop", "shutdown"),
    0xDC: ("battery-low-voltage", "warning"),
    0xDE: ("charger-failure", "warning"),
    0xEB: ("fuel-leak-seen", "warning"),
    0xED: ("maintenance-due", "warning"),
    0xEF: ("maintenance-due", "warning"),
    0xF0: ("weak-cranking-battery", "warning"),
    0x12A: ("low-fuel-level", "warning"),
    0x12B: ("critically-low-fuel", "warning"),
}
NAMED = {0x03, 0xC8, 0xD0, 0xD3, 0xD4, 0xDA, 0xDC, 0xDE, 0xE9, 0xEB, 0xED, 0xEE, 0xEF, 0xF0, 0x12A, 0x12B}


@pytest.mark.parametrize("key", CELLS)
def test_apm603_cell_reads_as_typed(key: str) -> None:
    """Floats, the high word first."""
    at, raw, value = CELLS[key]
    words = struct.pack(">f", raw).hex()

    assert at == APM.row(key).at
    assert (value, Quality.GOOD) == one(APM, key, f"{words[:4]} {words[4:]}")


def test_apm603_not_a_number_is_missing() -> None:
    """7FC00000 is no voltage."""
    assert (None, Quality.BAD_DATA) == one(APM, "generator.voltage_l1n", "7FC0 0000")


@pytest.mark.parametrize("coil", ALARMS)
def test_apm603_alarm_stands_at_its_coil(coil: int) -> None:
    """One coil, one alarm, no other."""
    name, word = ALARMS[coil]

    assert {name: word} == raised(heard(APM, 0, [int(at == coil) for at in range(0x12C)], function=1))


def test_apm603_key_out_of_automatic_is_seen() -> None:
    """Coil 0xE9 is set when it will not start by itself."""
    read = [heard(APM, 0, [int(at == 0xE9) * on for at in range(0x12C)], function=1) for on in (0, 1)]

    assert ["auto", "manual"] == [values["controller.mode"].value for values in read]


def test_apm603_asks_only_for_named_coils() -> None:
    """Some of the others refuse, and would take their neighbours with them."""
    blocks = [
        read.block for reads in plans(APM, TcpLine(host="127.0.0.1")).values() for read in reads
        if read.block.function == 1
    ]  # fmt: skip

    assert set() == {at for block in blocks for at in range(block.start, block.end)} - NAMED


def test_apm603_is_known_by_its_id() -> None:
    """0x270E is 74."""
    assert identify(APM, heard(APM, 0x270E, [74])).fits is True
    assert identify(APM, heard(APM, 0x270E, [75])).fits is False
