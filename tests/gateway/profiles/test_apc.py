"""The Smart-UPS: a block captured from a real one, and every word of its status."""

import pytest

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.decode import decode
from gateway.core.wire.lines import SerialLine
from gateway.core.wire.plan import Block, plans
from gateway.profiles.registry import load

APC = load("apc-smart-ups")
CAPTURED = (
    "0000 4B76 C800 06D0 0000 280D 0001 0EB7 0D7F 0000 0A22 0000 0026 0000 1E38 0000 1E01 0032 881C 0000 0000 0000 "
    "0001 1E38 0000 0000 2DC0"
)
"""Registers 128–154 as an application note prints them."""


def read(at: int, words: list[int]) -> dict[str, Value]:
    """The rows that lie in these registers."""
    block = Block(3, at, len(words))
    rows = [row for row in APC.rows if row.at >= at and row.end <= block.end]
    return decode(rows, block, words, 0, Origin.MEASURED)


def status(low: int = 0b10, **cells: int) -> dict[str, Value]:
    """The status block with its low word and some other cells, at0 … at26."""
    words = [0] * 27
    words[1] = low
    for name, word in cells.items():
        words[int(name.removeprefix("at"))] = word
    return read(0, words)


def test_captured_block_says_what_its_paper_says() -> None:
    """Run time, charge, voltages, temperature and load of the capture, to the digit."""
    found = {key: value.value for key, value in read(128, [int(word, 16) for word in CAPTURED.split()]).items()}

    assert (19318, 100.0, 54.5) == (found["ups.runtime"], found["ups.charge"], found["ups.battery_voltage"])
    assert (29.43, 13.5) == (round(found["ups.temperature"], 2), round(found["ups.load_percent"], 2))
    assert (1.1875, 120.875, 120.875) == (
        found["ups.output_current"],
        found["ups.output_voltage"],
        found["ups.input_voltage"],
    )
    assert 60.01 == round(found["ups.output_frequency"], 2)


@pytest.mark.parametrize(
    ("low", "word"),
    [
        (0b00000010, "on_mains"),
        (0b00000100, "on_battery"),
        (0b00000110, "on_battery"),
        (0b00001000, "bypass"),
        (0b00010100, "on_battery"),
        (0b00010000, "off"),
        (0b00100000, None),
    ],
)
def test_state_is_the_gravest_bit(low: int, word: str | None) -> None:
    """On battery wins over all; where none of the bits is set there is no word, and never "on mains"."""
    value = status(low)["ups.state"]

    assert word == value.value
    assert (Quality.GOOD if word else Quality.BAD_DATA) is value.quality


@pytest.mark.parametrize(
    ("cells", "alarm", "word"),
    [
        ({"at1": 1 << 5 | 2}, "ups-fault", "shutdown"),
        ({"at0": 1 << 5}, "ups-overload", "warning"),
        ({"at18": 1 << 1}, "ups-battery-low", "shutdown"),
        ({"at22": 1 << 0}, "ups-battery-disconnected", "warning"),
        ({"at22": 1 << 3}, "ups-battery-hot", "warning"),
        ({"at22": 1 << 4}, "ups-charger-fault", "warning"),
        ({"at23": 1 << 3}, "ups-battery-test-failed", "warning"),
    ],
)
def test_each_bit_is_its_alarm(cells: dict[str, int], alarm: str, word: str) -> None:
    """One bit, one alarm; all the others are calm."""
    found = {key: value.value for key, value in status(**cells).items() if key.startswith("alarm.")}

    assert word == found.pop(f"alarm.{alarm}")
    assert {"inactive"} == set(found.values())


def test_battery_to_be_replaced_is_told() -> None:
    """Bit 2 of the battery errors."""
    assert (0, 1) == tuple(status(at22=word)["ups.replace_battery"].value for word in (0b1000, 0b100))


def test_input_that_is_not_measured_is_missing() -> None:
    """FFFF is no 1024 volts."""
    value = read(151, [0xFFFF])["ups.input_voltage"]

    assert (None, Quality.NOT_FITTED) == (value.value, value.quality)


def test_every_block_begins_on_a_defined_register() -> None:
    """The UPS refuses a request that begins between its cells."""
    defined = {row.at for row in APC.rows}
    reads = [read for rate in plans(APC, SerialLine(device="/dev/x", baud=9600)).values() for read in rate]

    assert all(read.block.start in defined for read in reads)
    assert all(read.block.count <= 44 for read in reads)
