"""Lovato RGK800: the maker's tables count from one more than the wire, and its alarms have numbers."""

import pytest

from contract.words import Quality
from gateway.profiles.registry import load

from .answers import heard, one, raised, told

RGK = load("lovato-rgk800")
# as in the maker's table, which counts from 1
TABLE = {
    "mains.voltage_l1n": 0x200, "mains.voltage_l3n": 0x204, "generator.voltage_l1n": 0x206,
    "generator.current_l1": 0x20C, "generator.current_l3": 0x210, "mains.voltage_l1l2": 0x214,
    "generator.voltage_l3l1": 0x21E, "generator.power_l1": 0x226, "generator.power_l3": 0x22A,
    "generator.reactive_power_l1": 0x232, "generator.apparent_power_l1": 0x23E, "mains.frequency": 0x254,
    "generator.frequency": 0x25A, "mains.power": 0x268, "generator.power": 0x26E, "generator.load_percent": 0x27A,
    "engine.speed": 0x28C, "engine.run_time": 0xF80, "engine.maintenance_due_in": 0xF88, "engine.starts": 0xF92,
    "engine.coolant_temperature": 0xFA0, "engine.oil_pressure": 0xFA2, "fuel.level": 0xFA4,
    "engine.battery_voltage": 0xFA8, "engine.charge_alternator_voltage": 0xFAA, "fuel.rate": 0xFAE,
    "controller.mode": 0x2210, "alarm.controller-alarm-1": 0x2200, "alarm.controller-alarm-67": 0x2204,
}  # fmt: skip


@pytest.mark.parametrize("key", TABLE)
def test_lovato_wire_is_one_less_than_the_table(key: str) -> None:
    """Input registers; 0x200 of the table is 511 on the wire."""
    row = RGK.row(key)

    assert (4, TABLE[key] - 1) == (row.function, row.at)
    assert (511, 8719) == (RGK.row("mains.voltage_l1n").at, RGK.row("controller.mode").at)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("mains.voltage_l1n", "0000 5A0A", 230.5),
        ("generator.current_l1", "001B 7740", 180.0),
        ("generator.power_l1", "0040 1640", 42_000),
        ("generator.power", "FFFE 7960", -1000),
        ("mains.frequency", "0000 C350", 50.0),
        ("generator.load_percent", "0000 1D4C", 75.0),
        ("engine.speed", "0000 3A98", 1500),
        ("engine.run_time", "0000 04E2", 1250 * 3600),
        ("engine.maintenance_due_in", "0000 00C8", 200 * 3600),
        ("engine.coolant_temperature", "0000 0052", 82),
        ("engine.coolant_temperature", "FFFF FFF6", -10),
        ("engine.oil_pressure", "0000 0023", 350),
        ("fuel.level", "0000 003F", 63),
        ("engine.battery_voltage", "0000 0AC8", 27.6),
        ("fuel.rate", "0000 007D", 12.5),
    ],
)
def test_lovato_cell_reads_as_typed(key: str, text: str, value: float) -> None:
    """Hundredths of volts and watts, thousandths of hertz, ten-thousandths of amperes."""
    assert (value, Quality.GOOD) == one(RGK, key, text)


@pytest.mark.parametrize(
    ("status", "mode", "position", "state", "alarm"),
    [
        (0x4014, "auto", "mains", "stopped", 0),  # automatic, mains ok and closed
        (0x80E4, "auto", "generator", "running", 0),
        (0x0001, "off", "off", "stopped", 0),
        (0x0102, "manual", "off", "stopped", 1),
        (0x0048, "test_off_load", "off", "running", 0),
        (0x0006, "manual", "off", "stopped", 0),  # two modes at once are not automatic
        (0x0000, None, "off", "stopped", 0),
    ],
)
def test_lovato_status_reads_bit_by_bit(status: int, mode: str | None, position: str, state: str, alarm: int) -> None:
    """Mode in bits 0–3, engine in 6, alarm in 8, contactors in 14 and 15."""
    assert {
        "controller.mode": mode, "switch.position": position, "engine.state": state, "controller.warning": alarm,
    } == told(heard(RGK, 8719, [status]))  # fmt: skip


def test_lovato_alarms_have_the_maker_s_numbers() -> None:
    """A01 is bit 0 of the first register, A60 bit 11 of the fourth, UA1 follows as 61."""
    values = heard(RGK, 0x21FF, [0x0001, 0x0000, 0x8000, 0x1800, 0x0004])

    assert {f"controller-alarm-{number}": "warning" for number in (1, 48, 60, 61, 67)} == raised(values)


def test_lovato_zeros_that_say_nothing_are_no_values() -> None:
    """No count-down of the service, and a fuel sender that may be broken."""
    assert (None, Quality.NOT_FITTED) == one(RGK, "engine.maintenance_due_in", "0000 0000")
    assert (None, Quality.BAD_DATA) == one(RGK, "fuel.level", "0000 0000")
