"""DEIF GC-1F and AGC 150: nearly the same cells, and not the same machine."""

import pytest

from contract.words import Quality
from gateway.core.wire.identity import identify
from gateway.profiles.registry import load
from gateway.profiles.schema import Profile

from .answers import heard, one, raised

GC, AGC = load("deif-gc-1f"), load("deif-agc-150")
GC_CELLS = {
    "generator.voltage_l1l2": 501, "generator.voltage_l1n": 504, "generator.voltage_l3n": 506,
    "generator.frequency": 507, "generator.current_l1": 513, "generator.power_l1": 516, "generator.power": 519,
    "generator.reactive_power_l1": 520, "generator.reactive_power": 523, "generator.apparent_power": 527,
    "generator.energy_export": 536, "generator.power_factor": 538, "mains.voltage_l1l2": 539,
    "mains.voltage_l1n": 542, "mains.voltage_l3n": 544, "mains.frequency": 545, "engine.run_time": 554,
    "controller.alarm_count": 558, "engine.starts": 566, "engine.battery_voltage": 567, "engine.speed": 576,
}  # fmt: skip
AGC_CELLS = {
    "generator.voltage_l1n": 504, "generator.frequency": 507, "generator.current_l3": 515, "generator.power_l3": 518,
    "generator.power": 519, "generator.energy_export": 536, "engine.run_time": 554, "engine.starts": 566,
    "engine.battery_voltage": 567, "engine.speed": 593, "engine.coolant_temperature": 594, "engine.oil_pressure": 595,
}  # fmt: skip
ALARMS = {
    (1005, 4): ("generator-fail-to-open", "warning"),
    (1005, 5): ("generator-fail-to-close", "warning"),
    (1005, 7): ("mains-fail-to-open", "warning"),
    (1005, 8): ("mains-fail-to-close", "warning"),
    (1010, 12): ("emergency-stop", "shutdown"),
    (1013, 9): ("over-speed", "shutdown"),
    (1013, 10): ("over-speed", "shutdown"),
    (1013, 11): ("low-fuel-level", "warning"),
    (1013, 12): ("charger-failure", "warning"),
    (1013, 15): ("fail-to-start", "shutdown"),
    (1014, 0): ("fail-to-stop", "warning"),
    (1014, 1): ("battery-low-voltage", "warning"),
    (1014, 2): ("battery-high-voltage", "warning"),
}


def test_deif_cells_stand_where_they_do() -> None:
    """Input registers of both, as on the wire."""
    assert GC_CELLS == {key: GC.row(key).at for key in GC_CELLS}
    assert AGC_CELLS == {key: AGC.row(key).at for key in AGC_CELLS}
    assert {4} == {row.function for profile in (GC, AGC) for row in profile.rows}


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("generator.frequency", "1388", 50.0),
        ("generator.power", "007D", 125_000),
        ("generator.power", "FFFF", -1000),
        ("generator.energy_export", "0001 0000", 65_536),
        ("engine.run_time", "0000 04E2", 1250 * 3600),
        ("engine.battery_voltage", "0114", 27.6),
        ("generator.voltage_l1n", "00E6", 230),
        ("engine.starts", "0027", 39),
        ("engine.speed", "05DC", 1500),
    ],
)
@pytest.mark.parametrize("profile", [GC, AGC], ids=lambda one: one.name)
def test_deif_cell_reads_as_typed(profile: Profile, key: str, text: str, value: float) -> None:
    """What both have in common has one scale."""
    assert (value, Quality.GOOD) == one(profile, key, text)


def test_deif_gc_reads_power_factor_and_reactive_power() -> None:
    """Hundredths, signed; kvar and kVA."""
    assert (-0.85, -12_000, 150_000) == (
        one(GC, "generator.power_factor", "FFAB")[0],
        one(GC, "generator.reactive_power", "FFF4")[0],
        one(GC, "generator.apparent_power", "0096")[0],
    )


def test_deif_agc_reads_engine_electronics() -> None:
    """Tenths of a degree, hundredths of a bar; a speed of 0 is no value there."""
    assert (82.0, Quality.GOOD) == one(AGC, "engine.coolant_temperature", "0334")
    assert (-1.5, Quality.GOOD) == one(AGC, "engine.coolant_temperature", "FFF1")
    assert (350, Quality.GOOD) == one(AGC, "engine.oil_pressure", "015E")
    assert (None, Quality.NOT_FITTED) == one(AGC, "engine.speed", "0000")


@pytest.mark.parametrize("place", ALARMS)
def test_deif_gc_alarm_stands_at_its_bit(place: tuple[int, int]) -> None:
    """One bit, one alarm, no other."""
    words = [0] * 16
    words[place[0] - 1000] = 1 << place[1]
    name, word = ALARMS[place]

    assert {name: word} == raised(heard(GC, 1000, words))


@pytest.mark.parametrize(
    ("status", "modes", "position", "state", "mode"),
    [
        (0x0002, 0x0048, "mains", "stopped", "auto"),  # mains breaker closed; automatic, plant mode AMF
        (0x0150, 0x8048, "generator", "running", "auto"),
        (0x0001, 0x0001, "off", "stopped", "off"),
        (0x0040, 0x0002, "off", "running", "manual"),
        (0x0050, 0x0010, "generator", "running", "test_off_load"),
        (0x0000, 0x0060, "off", "stopped", None),  # a plant mode alone is no mode
        (0x0000, 0x000A, "off", "stopped", "manual"),
    ],
)
def test_deif_gc_status_reads_bit_by_bit(status: int, modes: int, position: str, state: str, mode: str | None) -> None:
    """Breakers in bits 1 and 4 of 1018, engine in 6; off, manual, automatic and test in bits 0, 1, 3, 4 of 1019."""
    values = heard(GC, 1018, [status, modes])

    assert (position, state, mode) == tuple(
        values[key].value for key in ("switch.position", "engine.state", "controller.mode")
    )


def test_deif_agc_knows_only_automatic() -> None:
    """Bit 3 of 1019; every other mode is none in which it starts by itself."""
    assert ("running", "auto") == tuple(value.value for value in heard(AGC, 1018, [0x0040, 0x0008]).values())
    assert ("stopped", "manual") == tuple(value.value for value in heard(AGC, 1018, [0, 0xFFF7]).values())


@pytest.mark.parametrize(
    ("text", "fits"), [("AGC150GEN", True), ("AGC150DGH", True), ("AGC150LDG", True), ("AGC150ATS", False)]
)
def test_deif_agc_is_known_by_its_model(text: str, fits: bool) -> None:
    """Its sisters for mains and bus answer at the same address."""
    raw = text.encode().ljust(12, b"\0")
    words = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, 12, 2)]

    assert fits is identify(AGC, heard(AGC, 770, words)).fits
