"""A UPS board as the kernel shows it: what it says, what it leaves out, and what is garbage."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.words import Quality
from gateway.core.box.machine import Missing
from gateway.core.box.own_battery import FILES, OwnBattery, PowerSupply, own_battery

BATTERY = {"type": "Battery\n", "status": "Discharging\n", "capacity": "80\n"}
MAINS = {"type": "Mains\n", "online": "0\n"}


def read(*supplies: dict[str, str], minutes: float | None = None) -> OwnBattery:
    """What is made of the texts."""
    return own_battery([PowerSupply(one) for one in supplies], minutes)


def quality(found: object) -> Quality | None:
    """Why it is missing."""
    return found.quality if isinstance(found, Missing) else None


def test_a_box_without_a_battery_has_nothing_of_the_kind() -> None:
    """Nor has one with a charger alone, with the battery of a mouse, or with an empty holder."""
    mouse = BATTERY | {"scope": "Device\n"}
    empty = BATTERY | {"present": "0\n"}

    assert OwnBattery() == read() == read(MAINS) == read(mouse) == read(empty)


@pytest.mark.parametrize(
    ("expected", "supplies"),
    [
        (1, [BATTERY]),
        (0, [BATTERY | {"status": "Charging\n"}]),
        (0, [BATTERY | {"status": "Not charging\n"}]),
        (0, [BATTERY | {"type": "UPS\n", "status": "Full\n"}]),
        (1, [BATTERY | {"status": "Unknown\n"}, MAINS]),
        (0, [BATTERY, MAINS | {"online": "1\n"}]),
        (1, [BATTERY | {"status": "Full\n"}, MAINS]),
        (0, [BATTERY, MAINS, {"type": "USB\n", "online": "1\n"}]),
    ],
)
def test_who_feeds_the_box(expected: int, supplies: list[dict[str, str]]) -> None:
    """The charger is the better witness; without one the battery is asked."""
    assert expected == read(*supplies).on


def test_nobody_says_who_feeds_the_box() -> None:
    """Then it is not known, and is neither yes nor no."""
    assert Quality.BAD_DATA is quality(read(BATTERY | {"status": "Unknown\n"}).on)


@pytest.mark.parametrize(
    ("expected", "more", "minutes"),
    [
        (600, {"time_to_empty_now": "600\n"}, None),
        (900, {"time_to_empty_now": "0\n", "time_to_empty_avg": "900\n"}, 30),
        (1800, {"energy_now": "10000000\n", "power_now": "10000000\n"}, None),
        (1800, {"charge_now": "2000000\n", "current_now": "-2000000\n"}, None),
        (1440, {}, 60),
        (1440, {"energy_now": "10000000\n", "power_now": "0\n"}, 60),
    ],
)
def test_how_long_it_lasts_at_least(expected: int, more: dict[str, str], minutes: float | None) -> None:
    """Its own time; else half of what is in it over what is drawn; else half of its charge of a measured time."""
    assert expected == read(BATTERY | more, minutes=minutes).left_s


def test_of_several_the_weakest_counts() -> None:
    """The board goes dark with the first."""
    seen = read(BATTERY | {"time_to_empty_now": "600"}, BATTERY | {"capacity": "7", "time_to_empty_now": "900"})

    assert (1, 7, 600) == (seen.on, seen.charge, seen.left_s)


def test_a_battery_that_nobody_has_measured_says_so() -> None:
    """It is not called endless, nor empty."""
    seen = read({"type": "Battery", "status": "Discharging", "capacity": "101"})

    assert (Quality.BAD_DATA, Quality.NOT_CALIBRATED) == (quality(seen.charge), quality(seen.left_s))


@given(st.lists(st.dictionaries(st.sampled_from(FILES), st.text(max_size=30)), max_size=4), st.sampled_from([None, 60]))
def test_whatever_the_kernel_says_there_is_an_answer(supplies: Any, minutes: float | None) -> None:
    """A number within bounds, or why there is none."""
    seen = read(*supplies, minutes=minutes)

    assert seen.on in (0, 1, None) or quality(seen.on)
    assert seen.charge is None or isinstance(seen.charge, Missing) or 0 <= seen.charge <= 100
    assert seen.left_s is None or isinstance(seen.left_s, Missing) or 0 <= seen.left_s <= 14 * 86400
