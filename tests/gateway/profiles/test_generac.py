"""Generac Evolution: what one source tells, marked as experimental."""

import pytest

from contract.words import Quality
from gateway.profiles.registry import load

from .answers import heard, one, raised

EVOLUTION = load("generac-evolution")


@pytest.mark.parametrize(
    ("key", "at", "text", "value"),
    [
        ("engine.speed", 0x07, "0E10", 3600),
        ("generator.frequency", 0x08, "0258", 60.0),
        ("mains.voltage_l1l2", 0x09, "00F0", 240),
        ("engine.battery_voltage", 0x0A, "0085", 13.3),
        ("engine.run_time", 0x0B, "0000 0022", 34 * 3600),
        ("generator.voltage_l1l2", 0x12, "00F1", 241),
    ],
)
def test_generac_cell_reads_as_typed(key: str, at: int, text: str, value: float) -> None:
    """Holding registers of unit 0x9D."""
    assert (3, at) == (EVOLUTION.row(key).function, EVOLUTION.row(key).at)
    assert (value, Quality.GOOD) == one(EVOLUTION, key, text)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (0x0, "stopped"), (0x1, "pre_start"), (0x2, "pre_start"), (0x3, "running"), (0x4, "running"),
        (0x5, "cooling_down"), (0x6, "running"), (0x7, None), (0x8, "stopped"), (0x9, "stopped"), (0xA, "stopped"),
        (0xC, "warming_up"), (0xF, "stopped"),
    ],
)  # fmt: skip
def test_generac_state_stands_in_bits_16_to_20(state: int, word: str | None) -> None:
    """They are the low bits of the first of two registers, whatever the second has."""
    assert word == heard(EVOLUTION, 1, [state, 0xFFFF])["engine.state"].value


def test_generac_failed_exercise_is_an_alarm() -> None:
    """Bit 0 of 0x18."""
    assert {"exercise-failed": "warning"} == raised(heard(EVOLUTION, 0x18, [1]))
    assert {} == raised(heard(EVOLUTION, 0x18, [0xFFFE]))


def test_generac_is_experimental_and_says_no_mode() -> None:
    """Whether it starts by itself is not told, so nobody may think so."""
    assert EVOLUTION.head.experimental
    assert 157 == EVOLUTION.head.default_unit
    assert "controller.mode" not in {row.key for row in EVOLUTION.rows}
