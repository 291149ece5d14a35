"""The two tables that node and gateway share: qualities and channels."""

import ast
from pathlib import Path

import pytest
from node.core import channels, quality

from contract.signals import catalogue
from contract.words import Quality

CORE = Path(quality.__file__).parent
UNITS = {
    "flag": ("", 1), "count": ("", 1), "ml": ("L", 1000), "permille": ("%", 10), "c°C": ("°C", 100), "mV": ("V", 1000),
    "ms": ("ms", 1),
}  # fmt: skip
"""Unit of the whole number → unit in the catalogue, and how many make one there."""
FIXED = {
    1: "mains.present", 2: "mains.present_l1", 3: "mains.present_l2", 4: "mains.present_l3", 5: "load.present",
    10: "fuel.litres", 11: "fuel.level", 12: "fuel.temperature", 13: "fuel.low_switch",
    20: "engine.battery_voltage", 21: "engine.crank_voltage_min", 22: "engine.crank_time", 23: "charger.failed",
    24: "node.supply_voltage", 30: "room.temperature", 31: "outdoor.temperature", 32: "shop.temperature",
    33: "coldroom.temperature", 34: "coldroom.temperature_2", 35: "freezer.temperature", 36: "freezer.temperature_2",
    37: "freezer.temperature_3", 38: "freezer.temperature_4", 50: "door.engine_room", 51: "door.tank",
    52: "door.cabinet", 53: "door.shop", 54: "door.freezer", 55: "door.coldroom", 60: "input.di1", 61: "input.di2",
    62: "input.di3", 63: "input.di4", 64: "input.count_1", 65: "input.count_2",
}  # fmt: skip
"""As they lie in the flash of nodes in the field. Rows may be added here, never changed."""


def test_qualities_are_the_words_of_the_contract() -> None:
    """The number of a quality is its place in the list, on both sides of the wire."""
    assert tuple(word.value for word in Quality) == quality.WORDS
    assert {word.name: place for place, word in enumerate(Quality)} == {
        name: value for name, value in vars(quality).items() if isinstance(value, int) and name.isupper()
    }


def test_channels_keep_their_numbers() -> None:
    """An id means for ever what it meant first."""
    found = {row[0]: row[1] for row in channels.rows()}

    assert len(channels.rows()) == len(found) == len(set(found.values()))
    assert FIXED == found
    assert all(0 < number < 256 for number in found)


@pytest.mark.parametrize("row", channels.rows(), ids=lambda row: row[1])
def test_a_channel_is_a_signal(row: tuple[int, str, str, int]) -> None:
    """Its key is in the catalogue, its whole numbers lead to the unit there, and a flag is a flag."""
    number, key, unit, scale = row
    signal = catalogue()[key]

    assert UNITS[unit] == (signal.unit, scale)
    assert (unit == "flag") is (signal.kind == "flag")
    assert (unit == "count") is (signal.kind == "counter")
    assert row == channels.row(number)
    assert number == channels.number(key)


def test_unknown_channels_are_none() -> None:
    """A newer node's id is not taken for another; a key that no node tells is a mistake of the program."""
    assert channels.row(0) is None
    assert channels.row(255) is None
    with pytest.raises(KeyError, match="engine"):
        channels.number("engine.speed")


@pytest.mark.parametrize("name", ["quality", "channels"])
def test_the_gateway_can_read_the_tables(name: str) -> None:
    """They import nothing, so that they mean the same wherever they are read."""
    tree = ast.parse((CORE / f"{name}.py").read_text("utf-8"))

    assert [] == [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
