"""CRE Compact: the low word first, cells that must not be touched, and power in a unit that depends on the set."""

import pytest

from contract.words import Quality
from gateway.core.wire.decode import in_tens
from gateway.core.wire.lines import SerialLine, TcpLine
from gateway.core.wire.plan import plans
from gateway.profiles.registry import load

from .answers import heard, one, raised

CRE = load("cre-compact")
FORBIDDEN = (77, 360, 361, 362, 4002, 4003, 4004, 4005)


@pytest.mark.parametrize(
    ("key", "at", "text", "value"),
    [
        ("generator.voltage_l1n", 50, "00E6", 230),
        ("generator.current_l3", 61, "00B4", 180),
        ("generator.frequency", 75, "1388", 50.0),
        ("engine.starts", 78, "0027", 39),
        ("generator.energy_export", 79, "0001 0002", 131_073),
        ("engine.run_time", 83, "04E2 0000", 1250 * 3600),
        ("engine.oil_pressure", 200, "0023", 350),
        ("engine.coolant_temperature", 201, "FFF6", -1.0),
        ("engine.speed", 202, "05DC", 1500),
        ("engine.battery_voltage", 204, "0114", 27.6),
        ("generator.load_percent", 358, "02EE", 75.0),
    ],
)
def test_cre_cell_reads_as_typed(key: str, at: int, text: str, value: float) -> None:
    """Energy and hours have the low word first."""
    assert at == CRE.row(key).at
    assert (value, Quality.GOOD) == one(CRE, key, text)


@pytest.mark.parametrize(
    "line", [TcpLine(host="127.0.0.1"), SerialLine(device="/dev/ttyUSB0", baud=9600)], ids=["tcp", "9600"]
)
@pytest.mark.parametrize("cell", FORBIDDEN)
def test_cre_forbidden_cell_is_never_read(cell: int, line: TcpLine | SerialLine) -> None:
    """Not by itself, not on the way to another."""
    blocks = [read.block for reads in plans(CRE, line).values() for read in reads]

    assert [] == [block for block in blocks if block.start <= cell < block.end]


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (0, "stopped"), (2, "pre_start"), (3, "warming_up"), (6, "running"), (8, "cooling_down"),
        (9, "cooling_down"), (11, "stopped"), (12, "pre_start"), (20, "pre_start"), (22, "pre_start"), (255, None),
    ],
)  # fmt: skip
def test_cre_state_becomes_a_word(number: int, word: str | None) -> None:
    """A fault says nothing of the engine: its speed does."""
    assert word == one(CRE, "engine.state", f"{number:04X}")[0]


@pytest.mark.parametrize(("number", "word"), [(0, "manual"), (1, "test_off_load"), (2, "auto"), (3, None)])
def test_cre_mode_becomes_a_word(number: int, word: str | None) -> None:
    """Only 2 is automatic."""
    assert word == one(CRE, "controller.mode", f"{number:04X}")[0]


@pytest.mark.parametrize(
    ("words", "alarms"),
    [
        ([0, 0], {}),
        ([1, 0], {"common-shutdown": "shutdown"}),
        ([0x8000, 0], {"common-shutdown": "shutdown"}),
        ([0, 0x0010], {"common-warning": "warning"}),
        ([3, 3], {"common-shutdown": "shutdown", "common-warning": "warning"}),
    ],
)
def test_cre_fault_is_anything_but_zero(words: list[int], alarms: dict[str, str]) -> None:
    """It says that there is a fault or a warning, not which."""
    assert alarms == raised(heard(CRE, 4664, words))


@pytest.mark.parametrize(
    ("nominal_kw", "raw", "expected"),
    [
        (9, 7, (7, Quality.GOOD)),
        (10, 7, (70, Quality.GOOD)),
        (99, 4321, (43_210, Quality.GOOD)),
        (100, 4321, (432_100, Quality.GOOD)),
        (60, 0xFFF6, (-100, Quality.GOOD)),
        (1000, 0x7FFF, (None, Quality.IMPLAUSIBLE)),
        (0, 7, (None, Quality.BAD_DATA)),
        (None, 7, (None, Quality.BAD_DATA)),
        (None, 0, (None, Quality.BAD_DATA)),
    ],
)
def test_cre_power_counts_in_the_unit_of_the_set(
    nominal_kw: int | None, raw: int, expected: tuple[float | None, Quality]
) -> None:
    """Watts, tens or hundreds of them by the nominal power; where that is not known there is no power either."""
    known = {} if nominal_kw is None else heard(CRE, 2105, [nominal_kw])
    power = in_tens(CRE.rows, heard(CRE, 369, [raw]), known)["generator.power"]

    assert (369, "once") == (CRE.row("generator.power").at, CRE.row("generator.rated_power").rate)
    assert expected == (power.value, power.quality)
    assert power.reason or power.value is not None
