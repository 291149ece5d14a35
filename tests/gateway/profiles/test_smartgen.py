"""SmartGen HGM6100N and HGM4000N: the snapshot of a working set, and the traps in which the families differ."""

import pytest

from contract.words import Quality
from gateway.core.wire.lines import TcpLine
from gateway.core.wire.plan import plans
from gateway.profiles.registry import load
from gateway.profiles.schema import Profile

from .answers import heard, one, raised, told

SMALL, NO_MAINS, BIG = load("smartgen-hgm6120n"), load("smartgen-hgm6110n"), load("smartgen-hgm4000n")
COILS = 80
# registers 0…44 of a standing set of a working site
STANDING = {
    0: 239, 1: 234, 2: 240, 3: 409, 4: 410, 5: 418, 6: 5000, 17: 35, 18: 5154, 19: 0, 20: 95, 21: 95, 22: 1892,
    24: 278, 25: 0, 34: 0, 40: 2, 42: 0, 43: 34, 44: 51,
}  # fmt: skip
# auto mode, mains on load, mains normal, generator under-voltage and under-frequency, input 2, output 4
STANDING_COILS = (41, 6, 65, 74, 76, 50, 61)
SHUTDOWNS = {
    8: "emergency-stop", 9: "over-speed", 10: "under-speed", 11: "loss-of-speed-sensing",
    12: "generator-over-frequency", 13: "generator-under-frequency", 14: "generator-high-voltage",
    15: "generator-low-voltage", 16: "generator-high-current", 17: "fail-to-start", 18: "high-coolant-temperature",
    19: "low-oil-pressure", 20: "generator-frequency-loss", 21: "input-shutdown", 22: "low-fuel-level",
    23: "low-coolant-level", 44: "coolant-temperature-sender-fault", 45: "oil-pressure-sender-fault",
}  # fmt: skip
WARNINGS = {
    24: "high-coolant-temperature", 25: "low-oil-pressure", 26: "generator-high-current", 27: "fail-to-stop",
    28: "low-fuel-level", 29: "charge-alternator-failure", 30: "battery-low-voltage", 31: "battery-high-voltage",
    32: "input-warning", 33: "loss-of-speed-sensing", 34: "low-coolant-level",
    35: "coolant-temperature-sender-fault", 36: "oil-pressure-sender-fault",
}  # fmt: skip
STATES = ["stopped", *["pre_start"] * 4, *["warming_up"] * 3, *["running"] * 2, *["cooling_down"] * 5, "post_run"]
OF_6120 = {37: "maintenance-due", 38: "charger-failure", 39: "kw-overload"}
OF_4000 = {
    37: "fuel-level-sender-fault",
    63: "maintenance-due",
    70: "charger-failure",
    71: "kw-overload",
    79: "ecu-warning",
}


def coils(*numbers: int, count: int = COILS) -> list[int]:
    """All coils in one answer, these set."""
    return [int(number in numbers) for number in range(count)]


def standing(count: int = 45) -> list[int]:
    """The snapshot's registers."""
    return [STANDING.get(at, 0) for at in range(count)]


def test_smartgen_snapshot_reads_as_it_stood() -> None:
    """A standing set of a working site: what its owner saw, and nothing else."""
    values = told(heard(SMALL, 0, standing()))

    assert {
        "mains.voltage_l1n": 239, "mains.voltage_l2n": 234, "mains.voltage_l3n": 240,
        "mains.voltage_l1l2": 409, "mains.voltage_l2l3": 410, "mains.voltage_l3l1": 418,
        "mains.frequency": 50.0, "generator.frequency": 0, "generator.power": 0, "engine.speed": 0,
        "engine.coolant_temperature": 35, "engine.oil_pressure": 0, "fuel.level": 95,
        "engine.battery_voltage": 27.8, "engine.charge_alternator_voltage": 0, "engine.state": "stopped",
        "engine.run_time": 34 * 3600 + 51 * 60,
    }.items() <= values.items()  # fmt: skip
    assert {"engine.starts": 39, "generator.energy_export": 253}.items() <= told(
        heard(SMALL, 46, [0, 39, 0, 253, 43, 34, 0, 0, 0, 0])
    ).items()


def test_smartgen_standing_set_has_no_alarm() -> None:
    """Under-voltage and under-frequency are flagged while the engine stands: no alarm may come of them."""
    values = heard(SMALL, 0, coils(*STANDING_COILS), function=1)

    assert {} == raised(values)
    assert ("auto", "mains", 0, 0) == tuple(
        values[key].value
        for key in ("controller.mode", "switch.position", "controller.shutdown_alarm", "controller.warning")
    )


@pytest.mark.parametrize("coil", range(64, 79))
@pytest.mark.parametrize("profile", [SMALL, NO_MAINS], ids=lambda one: one.name)
def test_smartgen_state_flags_are_no_alarms(profile: Profile, coil: int) -> None:
    """What the mains and the generator do is told by their voltages."""
    assert {} == raised(heard(profile, 0, coils(coil), function=1))


@pytest.mark.parametrize("profile", [SMALL, NO_MAINS, BIG], ids=lambda one: one.name)
def test_smartgen_alarms_stand_at_their_coils(profile: Profile) -> None:
    """Each coil by itself raises its alarm and no other, at its level."""
    for coil, name in SHUTDOWNS.items():
        assert {name: "shutdown"} == raised(heard(profile, 0, coils(coil), function=1))
    for coil, name in WARNINGS.items():
        assert {name: "warning"} == raised(heard(profile, 0, coils(coil), function=1))


def test_smartgen_families_differ_where_they_do() -> None:
    """Coil 37 is service on the one and a broken fuel sender on the other."""
    for coil, name in OF_6120.items():
        assert {name: "warning"} == raised(heard(SMALL, 0, coils(coil), function=1))
    for coil, name in OF_4000.items():
        assert {name: "warning"} == raised(heard(BIG, 0, coils(coil), function=1))
    assert {"kw-overload": "shutdown"} == raised(heard(SMALL, 0, coils(47), function=1))
    assert {"fuel-level-sender-fault": "shutdown"} == raised(heard(BIG, 0, coils(46), function=1))
    assert {"controller-alarm-82": "shutdown"} == raised(heard(BIG, 80, [0, 0, 1, 0, 0], function=1))


def test_smartgen_graver_of_warning_and_shutdown_is_told() -> None:
    """High temperature warns (24) and shuts down (18) under one name."""
    assert {"high-coolant-temperature": "shutdown"} == raised(heard(SMALL, 0, coils(18, 24), function=1))


@pytest.mark.parametrize(
    ("set_", "word"), [((40,), "test_on_load"), ((41,), "auto"), ((42,), "manual"), ((43,), "stop"), ((41, 43), "stop")]
)
def test_smartgen_mode_is_automatic_only_alone(set_: tuple[int, ...], word: str) -> None:
    """One coil per mode; two at once never pass for automatic."""
    assert word == heard(SMALL, 0, coils(*set_), function=1)["controller.mode"].value


def test_smartgen_mode_without_coil_is_unknown() -> None:
    """No mode at all is no mode."""
    assert heard(SMALL, 0, coils(), function=1)["controller.mode"].value is None


@pytest.mark.parametrize(("set_", "word"), [((6,), "mains"), ((7,), "generator"), ((), "off")])
def test_smartgen_switch_stands(set_: tuple[int, ...], word: str) -> None:
    """Mains or generator on load, or neither."""
    assert word == heard(SMALL, 0, coils(*set_), function=1)["switch.position"].value


@pytest.mark.parametrize(
    ("status", "word"),
    [*enumerate(STATES)],
)
def test_smartgen_status_becomes_a_state(status: int, word: str) -> None:
    """Standby, five steps of starting, running, five of stopping, after stop."""
    assert word == one(SMALL, "engine.state", f"{status:04X}")[0]


@pytest.mark.parametrize("key", ["fuel.level", "engine.oil_pressure", "engine.coolant_temperature", "generator.power"])
@pytest.mark.parametrize(("code", "quality"), [("7FFE", Quality.SENSOR_FAULT), ("7FFF", Quality.NOT_FITTED)])
def test_smartgen_codes_are_never_numbers(key: str, code: str, quality: Quality) -> None:
    """An open sensor, and an engine without its own control unit; in unsigned cells, too."""
    assert (None, quality) == one(SMALL, key, code)


def test_smartgen_scales_differ_between_sisters() -> None:
    """50.00 Hz and 12.5 A of the one are 50.0 Hz and 125 A of the other."""
    assert (50.0, 12.5) == (one(SMALL, "generator.frequency", "1388")[0], one(SMALL, "generator.current_l1", "007D")[0])
    assert (50.0, 125) == (one(BIG, "generator.frequency", "01F4")[0], one(BIG, "generator.current_l1", "007D")[0])
    assert {(None, Quality.IMPLAUSIBLE)} == {
        one(BIG, "generator.frequency", "1388"),
        one(SMALL, "mains.frequency", "01F4"),
    }
    assert {(0, Quality.GOOD)} == {one(its, "mains.frequency", "0000") for its in (SMALL, BIG)}
    rows = [profile.row(key) for profile in (SMALL, BIG) for key in ("mains.frequency", "generator.current_l2")]
    assert {("X", True)} == {(row.evidence, row.experimental) for row in rows}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("0000 0022 0033", (34 * 3600 + 51 * 60, Quality.GOOD)),
        ("0000 0000 003B", (59 * 60, Quality.GOOD)),
        ("0000 0022 003C", (None, Quality.BAD_DATA)),
        ("0000 0022 7FFE", (None, Quality.BAD_DATA)),
    ],
)
@pytest.mark.parametrize("profile", [SMALL, NO_MAINS, BIG], ids=lambda one: one.name)
def test_smartgen_run_time_is_hours_and_minutes(
    profile: Profile, words: str, expected: tuple[float | None, Quality]
) -> None:
    """34 h 51 min, read in one request; sixty minutes are none."""
    row = profile.row("engine.run_time")

    assert (42, 45) == (row.first, row.stop)
    assert expected == one(profile, "engine.run_time", words)


def test_smartgen_counters_are_one_number() -> None:
    """Run hours, starts and energy are 32 bits, the high word first: 65 570 h are not 1 and 34 read as text."""
    assert 65_570 * 3600 == one(SMALL, "engine.run_time", "0001 0022 0000")[0]
    assert 65_575 == one(SMALL, "engine.starts", "0001 0027")[0]
    assert -12_000 == one(SMALL, "generator.power", "FFF4")[0]
    assert -5 == one(SMALL, "engine.coolant_temperature", "FFFB")[0]


def test_smartgen_service_counts_down_where_it_stands() -> None:
    """Register 30 of the one, 32 of the other; 0 says nothing by itself."""
    assert (30, 32) == tuple(profile.row("engine.maintenance_due_in").at for profile in (SMALL, BIG))
    assert (200 * 3600, Quality.GOOD) == one(SMALL, "engine.maintenance_due_in", "00C8")
    assert (None, Quality.NOT_FITTED) == one(SMALL, "engine.maintenance_due_in", "0000")


@pytest.mark.parametrize("profile", [SMALL, NO_MAINS, BIG], ids=lambda one: one.name)
def test_smartgen_register_45_is_never_read(profile: Profile) -> None:
    """One family has no such register, so no request may span it."""
    blocks = [read.block for reads in plans(profile, TcpLine(host="127.0.0.1")).values() for read in reads]

    assert [] == [block for block in blocks if block.function == 3 and block.start <= 45 < block.end]


def test_smartgen_without_mains_sensing_says_nothing_of_the_mains() -> None:
    """Its mains cells would read 0, which is a lost mains to everybody who looks."""
    assert [] == [row.key for row in NO_MAINS.rows if row.key.startswith("mains.") or row.key == "switch.position"]


def test_smartgen_4000_has_more_cells() -> None:
    """Coolant level, oil temperature, fuel rate and fuel used."""
    assert (80, 91) == tuple(told(heard(BIG, 58, [80, 91])).values())
    assert {"fuel.rate": 12.5, "fuel.used": 6563.6}.items() <= told(heard(BIG, 66, [125, 0, 1, 100, 0, 0])).items()
