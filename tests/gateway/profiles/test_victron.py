"""Victron GX, where 0 means zero and "no data", and two weakly evidenced devices: Eaton's status, Socomec's switch."""

import pytest

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.decode import decode, witnessed
from gateway.core.wire.plan import Block
from gateway.profiles.registry import load
from gateway.profiles.schema import Profile

VEBUS, BATTERY, SYSTEM = load("victron-gx-vebus"), load("victron-gx-battery"), load("victron-gx-system")
EATON, ATYS = load("eaton-modbus-ms"), load("socomec-atys-pm")
PLACES = {
    ("victron-gx-system", "ups.state"): (826, 1),
    ("victron-gx-system", "ups.battery_voltage"): (840, 0.1),
    ("victron-gx-system", "ups.charge"): (843, 1),
    ("victron-gx-system", "ups.runtime"): (846, 100),
    ("victron-gx-vebus", "ups.input_voltage"): (3, 0.1),
    ("victron-gx-vebus", "ups.output_voltage"): (15, 0.1),
    ("victron-gx-vebus", "ups.output_frequency"): (21, 0.01),
    ("victron-gx-vebus", "ups.battery_voltage"): (26, 0.01),
    ("victron-gx-vebus", "ups.charge"): (30, 0.1),
    ("victron-gx-vebus", "ups.state"): (31, 1),
    ("victron-gx-vebus", "mains.present"): (64, 1),
    ("victron-gx-battery", "ups.battery_power"): (256, 1),
    ("victron-gx-battery", "ups.battery_voltage"): (259, 0.01),
    ("victron-gx-battery", "ups.temperature"): (262, 0.1),
    ("victron-gx-battery", "ups.charge"): (266, 0.1),
    ("victron-gx-battery", "ups.runtime"): (303, 100),
    ("victron-gx-battery", "ups.health"): (304, 0.1),
    ("socomec-atys-pm", "switch.model"): (50000, 1),
    ("socomec-atys-pm", "switch.position"): (20482, 1),
    ("socomec-atys-pm", "switch.mains_available"): (20486, 1),
    ("eaton-modbus-ms", "ups.state"): (0x40, 1),
}


def told(profile: Profile, first: int, size: int, cells: dict[int, int]) -> dict[str, Value]:
    """What a device tells whose registers are 0 but for these."""
    block = Block(profile.link.function, first, size)
    rows = [row for row in profile.rows if row.at >= first and row.end <= block.end]
    values = decode(rows, block, [cells.get(at, 0) for at in range(first, block.end)], 0, Origin.MEASURED)
    return witnessed(rows, values, {})


@pytest.mark.parametrize(("profile", "key"), PLACES)
def test_cell_is_where_its_maker_has_it(profile: str, key: str) -> None:
    """Address and scale."""
    row = load(profile).row(key)

    assert PLACES[profile, key] == (row.at, row.scale)


@pytest.mark.parametrize(
    ("profile", "first", "size"), [(VEBUS, 3, 62), (BATTERY, 256, 74), (SYSTEM, 826, 21)], ids=lambda one: str(one)[:0]
)
def test_service_that_is_not_there_tells_nothing(profile: Profile, first: int, size: int) -> None:
    """All zero, as a GX answers for a device that is gone: no charge of 0 %, no mains, no calm alarm."""
    assert {None} == {value.value for value in told(profile, first, size, {}).values()}


def test_zero_with_a_witness_is_zero() -> None:
    """An inverter that stands on an empty battery in an outage says so."""
    values = told(VEBUS, 3, 62, {26: 2210, 31: 9, 64: 2})

    assert (0, 0.0, "on_battery", 22.1) == tuple(
        values[key].value for key in ("mains.present", "ups.input_voltage", "ups.state", "ups.battery_voltage")
    )
    assert "inactive" == values["alarm.ups-battery-low"].value


@pytest.mark.parametrize(
    ("state", "word"),
    [(0, None), (1, "off"), (3, "charging"), (5, "on_mains"), (8, "on_mains"), (9, "on_battery"), (252, None)],
)
def test_state_of_the_inverter(state: int, word: str | None) -> None:
    """Its number as a word; 0 may be "no data", so it is none."""
    assert word == told(VEBUS, 3, 62, {26: 5200, 31: state})["ups.state"].value


@pytest.mark.parametrize(
    ("number", "word"), [(0, None), (1, "on_mains"), (2, "on_mains"), (240, "on_battery"), (7, None)]
)
def test_active_input_tells_whether_the_battery_carries(number: int, word: str | None) -> None:
    """240 is "none": the battery carries. 0 is "not known"."""
    assert word == told(SYSTEM, 826, 21, {826: number, 840: 528})["ups.state"].value


def test_alarm_of_the_battery_has_its_level() -> None:
    """1 warns, 2 is an alarm."""
    values = told(BATTERY, 256, 74, {259: 5200, 268: 1, 274: 2})

    assert ("warning", "shutdown", "inactive") == tuple(
        values[f"alarm.{key}"].value for key in ("ups-battery-low", "ups-battery-hot", "ups-battery-fuse")
    )


@pytest.mark.parametrize(
    ("word", "state", "low"),
    [
        (0b0000001, "on_mains", "inactive"),
        (0b0010001, "on_battery", "inactive"),
        (0b0110000, "on_battery", "warning"),
        (0b1110000, "on_battery", "shutdown"),
        (0b10000001, "bypass", "inactive"),
        (0b0000000, None, "inactive"),
    ],
)
def test_eaton_status_word(word: int, state: str | None, low: str) -> None:
    """The bits of 0x40; of two bits for one alarm the graver."""
    values = told(EATON, 0x40, 1, {0x40: word})

    assert (state, low) == (values["ups.state"].value, values["alarm.ups-battery-low"].value)
    assert EATON.head.experimental


@pytest.mark.parametrize(
    ("position", "one", "two", "expected"),
    [(0, 0, 0, (None, 0, 0)), (1, 1, 1, ("off", 0, 0)), (2, 2, 0, ("mains", 1, 0)), (3, 0, 2, ("generator", 0, 1))],
)
def test_switch_stands_where_it_says(position: int, one: int, two: int, expected: tuple[str | None, int, int]) -> None:
    """Position 0 is unknown; a source that is present but not yet available does not count."""
    values = told(ATYS, 20480, 15, {20482: position, 20486: one, 20487: two})

    assert expected == tuple(
        values[f"switch.{key}"].value for key in ("position", "mains_available", "generator_available")
    )
    assert (None, Quality.BAD_DATA) == (
        told(ATYS, 20480, 15, {})["switch.position"].value,
        told(ATYS, 20480, 15, {})["switch.position"].quality,
    )
