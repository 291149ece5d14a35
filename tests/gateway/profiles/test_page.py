"""The table of devices says what the profiles say."""

from pathlib import Path
from typing import Any

from gateway.profiles.page import GIVES, evidence, gives, page
from gateway.profiles.registry import load, registry

DOCS = Path(__file__).parents[3] / "docs"


def test_table_of_devices_is_current(golden: Any) -> None:
    """`docs/devices.md` is what the profiles make it; `make rewrite` brings it up to date."""
    golden(DOCS / "devices.md", page(registry().values()))


def test_every_profile_stands_once_in_the_table() -> None:
    """Nobody looks for his device in vain."""
    text = page(registry().values())

    assert [1] * len(registry()) == [text.count(f"| `{name}` |") for name in registry()]


def test_what_a_device_gives_is_what_its_rows_tell() -> None:
    """A meter of one phase tells voltages, load and energy, and nothing of fuel; what is weak has a mark."""
    assert "load, voltages, energy" == gives(load("eastron-sdm120"))
    assert "on battery or mains*" == gives(load("eaton-modbus-ms"))
    assert evidence(load("eastron-sdm120")).startswith("13 × `2f`")


def test_every_signal_that_the_table_counts_exists() -> None:
    """A renamed signal would fall out of the table without a word."""
    told = {row.key for profile in registry().values() for row in profile.rows}

    assert [] == [name for name, keys in GIVES.items() if not told & set(keys)]
