"""SDMO Nexys: input registers, of which two answer badly while the engine runs, and discrete inputs."""

import pytest

from contract.words import Quality
from gateway.core.wire.lines import SerialLine, TcpLine
from gateway.core.wire.plan import plans
from gateway.profiles.registry import load

from .answers import heard, one, raised

NEXYS = load("sdmo-nexys")
FIRST = 0x20
ALARMS = {
    0x2B: ("maintenance-due", "warning"),
    0x2C: ("battery-low-voltage", "warning"),
    0x2D: ("low-fuel-level", "warning"),
    0x34: ("emergency-stop", "shutdown"),
    0x35: ("over-speed", "shutdown"),
    0x37: ("low-oil-pressure", "shutdown"),
    0x38: ("high-coolant-temperature", "shutdown"),
    0x3C: ("generator-breaker-fault", "shutdown"),
    0x41: ("fail-to-start", "shutdown"),
    0x42: ("fail-to-stop", "shutdown"),
}


@pytest.mark.parametrize(
    ("key", "at", "text", "value"),
    [
        ("generator.voltage_l1n", 0, "00E6", 230),
        ("generator.voltage_l3l1", 5, "0190", 400),
        ("generator.current_l2", 7, "0708", 180.0),
        ("generator.power", 9, "04E5", 125_300),
        ("engine.speed", 22, "05DC", 1500),
        ("generator.frequency", 23, "01F4", 50.0),
        ("engine.battery_voltage", 25, "0114", 27.6),
        ("engine.oil_pressure", 28, "0023", 350),
        ("engine.coolant_temperature", 29, "FFF6", -10),
        ("fuel.level", 30, "003F", 63),
        ("engine.charge_alternator_voltage", 32, "0119", 28.1),
        ("engine.starts", 36, "0027", 39),
        ("controller.serial", 37, "0001 E240", 123_456),
        ("engine.run_time", 41, "0000 30D4", 1250 * 3600),
    ],
)
def test_nexys_cell_reads_as_typed(key: str, at: int, text: str, value: float) -> None:
    """Input registers; tenths of bar, kW and hours."""
    row = NEXYS.row(key)

    assert (4, at) == (row.function, row.at)
    assert (value, Quality.GOOD) == one(NEXYS, key, text)


@pytest.mark.parametrize("place", ALARMS)
def test_nexys_alarm_stands_at_its_input(place: int) -> None:
    """One input, one alarm, no other."""
    name, word = ALARMS[place]

    assert {name: word} == raised(heard(NEXYS, FIRST, [int(FIRST + bit == place) for bit in range(40)], function=2))


@pytest.mark.parametrize(
    ("place", "key", "values"),
    [
        (0x27, "engine.state", ("stopped", "running")),
        (0x28, "controller.mode", ("manual", "auto")),
        (0x2A, "controller.warning", (0, 1)),
        (0x33, "controller.shutdown_alarm", (0, 1)),
    ],
)
def test_nexys_flag_stands_at_its_input(place: int, key: str, values: tuple[float | str, ...]) -> None:
    """What is not automatic does not start by itself."""
    told = [
        heard(NEXYS, FIRST, [int(FIRST + bit == place) * on for bit in range(40)], function=2)[key].value
        for on in (0, 1)
    ]

    assert values == tuple(told)


@pytest.mark.parametrize(
    "line", [TcpLine(host="127.0.0.1"), SerialLine(device="/dev/ttyUSB0", baud=9600)], ids=["tcp", "9600"]
)
def test_nexys_bad_registers_spoil_no_others(line: TcpLine | SerialLine) -> None:
    """26 answers with a wrong checksum while the engine runs and is not read; 30 may fail alone."""
    blocks = [read.block for reads in plans(NEXYS, line).values() for read in reads if read.block.function == 4]

    assert [] == [block for block in blocks if block.start <= 26 < block.end]
    assert [(30, 1)] == [(block.start, block.count) for block in blocks if block.start <= 30 < block.end]


def test_nexys_zero_fuel_is_not_believed() -> None:
    """A broken sender cannot be told from an empty tank."""
    assert (None, Quality.BAD_DATA) == one(NEXYS, "fuel.level", "0000")


def test_nexys_answers_as_unit_5() -> None:
    """As it is delivered."""
    assert 5 == NEXYS.head.default_unit
