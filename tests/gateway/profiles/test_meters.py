"""Meters: cells as the sources have them, word orders, and codes that are no numbers. Typed from the sources."""

import struct

import pytest

from contract.words import Origin, Quality
from gateway.core.wire.decode import decode
from gateway.core.wire.plan import Block
from gateway.profiles.registry import load

ROWS = {
    "eastron-sdm120": {
        "meter.voltage_l1n": (4, 0x00, "f32", 1), "meter.current_l1": (4, 0x06, "f32", 1),
        "meter.power": (4, 0x0C, "f32", 1), "meter.apparent_power": (4, 0x12, "f32", 1),
        "meter.reactive_power": (4, 0x18, "f32", 1), "meter.power_factor": (4, 0x1E, "f32", 1),
        "meter.frequency": (4, 0x46, "f32", 1), "meter.energy_import": (4, 0x48, "f32", 1),
        "meter.energy_export": (4, 0x4A, "f32", 1), "meter.energy_total": (4, 0x156, "f32", 1),
        "meter.reactive_energy_total": (4, 0x158, "f32", 1),
    },
    "abb-b-series": {
        "meter.voltage_l1n": (3, 0x5B00, "u32", 0.1), "meter.voltage_l3n": (3, 0x5B04, "u32", 0.1),
        "meter.current_l2": (3, 0x5B0E, "u32", 0.01), "meter.power": (3, 0x5B14, "s32", 0.01),
        "meter.power_l3": (3, 0x5B1A, "s32", 0.01), "meter.frequency": (3, 0x5B2C, "u16", 0.01),
        "meter.power_factor": (3, 0x5B3A, "s16", 0.001), "meter.power_factor_l3": (3, 0x5B3D, "s16", 0.001),
        "meter.energy_import": (3, 0x5000, "u64", 0.01), "meter.energy_export": (3, 0x5004, "u64", 0.01),
        "meter.energy_import_l2": (3, 0x5464, "u64", 0.01), "meter.energy_export_l3": (3, 0x5474, "u64", 0.01),
        "meter.serial": (3, 0x8900, "u32", 1), "meter.model": (3, 0x8960, "text", 1),
    },
    "carlo-gavazzi-em24": {
        "meter.voltage_l1n": (4, 0x00, "s32", 0.1), "meter.voltage_l3n": (4, 0x04, "s32", 0.1),
        "meter.current_l1": (4, 0x0C, "s32", 0.001), "meter.power_l2": (4, 0x14, "s32", 0.1),
        "meter.power": (4, 0x28, "s32", 0.1), "meter.power_factor_l1": (4, 0x2E, "s16", 0.001),
        "meter.power_factor": (4, 0x31, "s16", 0.001), "meter.frequency": (4, 0x33, "u16", 0.1),
        "meter.energy_import": (4, 0x34, "s32", 0.1), "meter.energy_import_l3": (4, 0x44, "s32", 0.1),
        "meter.energy_export": (4, 0x4E, "s32", 0.1), "meter.model_code": (4, 0x0B, "u16", 1),
    },
    "carlo-gavazzi-em340": {
        "meter.voltage_l2n": (4, 0x02, "s32", 0.1), "meter.power": (4, 0x28, "s32", 0.1),
        "meter.energy_import": (4, 0x34, "s32", 0.1),
    },
}  # fmt: skip


def value(profile: str, key: str, words: list[int]) -> tuple[float | str | None, Quality]:
    """What a row makes of its registers."""
    row = load(profile).row(key)
    found = decode([row], Block(row.function, row.at, row.count), words, 0, Origin.MEASURED)[key]
    return found.value, found.quality


@pytest.mark.parametrize(("profile", "key"), [(name, key) for name, rows in ROWS.items() for key in rows])
def test_meter_cell_is_as_in_the_sources(profile: str, key: str) -> None:
    """Function, address, type and scale."""
    row = load(profile).row(key)

    assert ROWS[profile][key] == (row.function, row.at, row.type, row.scale)


@pytest.mark.parametrize(
    ("profile", "key", "words", "expected"),
    [
        ("abb-b-series", "meter.voltage_l1n", [0, 2305], 230.5),
        ("abb-b-series", "meter.power", [0xFFFF, 0xFC18], -10.0),
        ("abb-b-series", "meter.energy_import", [0, 0, 1, 0], 655.36),
        ("abb-b-series", "meter.model", [0x4232, 0x3320], "B23"),
        ("carlo-gavazzi-em24", "meter.voltage_l1n", [2305, 0], 230.5),
        ("carlo-gavazzi-em24", "meter.energy_import", [0, 1], 6553.6),
        ("carlo-gavazzi-em24", "meter.power", [0xFC18, 0xFFFF], -100.0),
        ("carlo-gavazzi-em340", "meter.current_l1", [1500, 0], 1.5),
        ("eastron-sdm120", "meter.voltage_l1n", list(struct.unpack(">2H", struct.pack(">f", 230.5))), 230.5),
    ],
)
def test_meter_words_are_in_their_order(profile: str, key: str, words: list[int], expected: float | str) -> None:
    """High word first, or low word first; signed and unsigned."""
    assert (expected, Quality.GOOD) == value(profile, key, words)


@pytest.mark.parametrize(
    ("profile", "key", "words", "why"),
    [
        ("abb-b-series", "meter.voltage_l2n", [0xFFFF, 0xFFFF], Quality.NOT_FITTED),
        ("abb-b-series", "meter.power_l2", [0x7FFF, 0xFFFF], Quality.NOT_FITTED),
        ("abb-b-series", "meter.frequency", [0xFFFF], Quality.NOT_FITTED),
        ("abb-b-series", "meter.power_factor", [0x7FFF], Quality.NOT_FITTED),
        ("abb-b-series", "meter.energy_import_l1", [0xFFFF] * 4, Quality.NOT_FITTED),
        ("eastron-sdm120", "meter.voltage_l1n", [0x7FC0, 0], Quality.BAD_DATA),
        ("carlo-gavazzi-em24", "meter.voltage_l1n", [0, 2305], Quality.IMPLAUSIBLE),
    ],
)
def test_meter_code_is_no_number(profile: str, key: str, words: list[int], why: Quality) -> None:
    """A phase that a meter has not, and a voltage that only another word order makes, have a reason and no value."""
    assert (None, why) == value(profile, key, words)


@pytest.mark.parametrize(
    ("profile", "key", "one_of"),
    [
        ("abb-b-series", "meter.model", ("B21", "B23", "B24", "A43", "A44")),
        ("carlo-gavazzi-em24", "meter.model_code", (1648, 1649, 1650, 1651, 1652, 1653)),
    ],
)
def test_meter_proves_what_it_is(profile: str, key: str, one_of: tuple[int | str, ...]) -> None:
    """By its type or the code of its model."""
    assert [(key, one_of)] == [(one.key, one.one_of) for one in load(profile).identity]
