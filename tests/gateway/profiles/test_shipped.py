"""The profiles of the program say what the sources say; numbers here are typed from those, not from the profiles."""

import pytest

from gateway.profiles.registry import load
from gateway.profiles.schema import Row

DSE = load("dse-73xx-mkii")
SDM = load("eastron-sdm630")

# wire address, type, scale, unit, evidence as in the sources
DSE_ROWS = {
    "controller.manufacturer": (768, "u16", 1, "", "2f"),
    "controller.model": (769, "u16", 1, "", "2f"),
    "controller.serial": (770, "u32", 1, "", "2f"),
    "controller.mode": (772, "u16", 1, "", "2f"),
    "engine.oil_pressure": (1024, "u16", 1, "kPa", "2f"),
    "engine.coolant_temperature": (1025, "s16", 1, "°C", "2f"),
    "engine.oil_temperature": (1026, "s16", 1, "°C", "2f"),
    "fuel.level": (1027, "u16", 1, "%", "2f"),
    "engine.charge_alternator_voltage": (1028, "u16", 0.1, "V", "2f"),
    "engine.battery_voltage": (1029, "u16", 0.1, "V", "2f"),
    "engine.speed": (1030, "u16", 1, "rpm", "2f"),
    "generator.frequency": (1031, "u16", 0.1, "Hz", "2f"),
    "generator.voltage_l1n": (1032, "u32", 0.1, "V", "2f"),
    "generator.voltage_l3l1": (1042, "u32", 0.1, "V", "2f"),
    "generator.current_l1": (1044, "u32", 0.1, "A", "2f"),
    "generator.current_earth": (1050, "u32", 0.1, "A", "2f"),
    "generator.power_l1": (1052, "s32", 1, "W", "2f"),
    "generator.power_l3": (1056, "s32", 1, "W", "2f"),
    "mains.frequency": (1059, "u16", 0.1, "Hz", "2f"),
    "mains.voltage_l1n": (1060, "u32", 0.1, "V", "2"),
    "mains.voltage_l3n": (1064, "u32", 0.1, "V", "2"),
    "mains.voltage_l1l2": (1066, "u32", 0.1, "V", "1"),
    "mains.current_l1": (1076, "u32", 0.1, "A", "1"),
    "charger.output_current": (1256, "s32", 1, "mA", "1"),
    "charger.output_voltage": (1258, "s32", 1, "mV", "1"),
    "fuel.rate": (1290, "u32", 0.01, "L/h", "1f"),
    "engine.oil_level": (1357, "u16", 1, "%", "1"),
    "engine.state": (1408, "u16", 1, "", "2f"),
    "generator.power": (1536, "s32", 1, "W", "2f"),
    "generator.apparent_power_l1": (1538, "u32", 1, "VA", "1f"),
    "generator.reactive_power_l1": (1546, "s32", 1, "var", "1f"),
    "generator.power_factor": (1557, "s16", 0.01, "", "1"),
    "generator.load_percent": (1558, "s16", 0.1, "%", "2f"),
    "controller.clock": (1792, "u32", 1, "s", "1f"),
    "engine.maintenance_due_in": (1794, "s32", 1, "s", "1f"),
    "engine.run_time": (1798, "u32", 1, "s", "2f"),
    "generator.energy_export": (1800, "u32", 0.1, "kWh", "2f"),
    "engine.starts": (1808, "u32", 1, "", "2f"),
    "fuel.used": (1826, "u32", 1, "L", "1f"),
}
SDM_ROWS = {
    "meter.voltage_l1n": (0x00, "V"),
    "meter.voltage_l3n": (0x04, "V"),
    "meter.current_l1": (0x06, "A"),
    "meter.power_l1": (0x0C, "W"),
    "meter.apparent_power_l1": (0x12, "VA"),
    "meter.reactive_power_l1": (0x18, "var"),
    "meter.power_factor_l3": (0x22, ""),
    "meter.power": (0x34, "W"),
    "meter.apparent_power": (0x38, "VA"),
    "meter.reactive_power": (0x3C, "var"),
    "meter.power_factor": (0x3E, ""),
    "meter.phase_angle": (0x42, "°"),
    "meter.frequency": (0x46, "Hz"),
    "meter.energy_import": (0x48, "kWh"),
    "meter.energy_export": (0x4A, "kWh"),
    "meter.reactive_energy_import": (0x4C, "kvarh"),
    "meter.reactive_energy_export": (0x4E, "kvarh"),
    "meter.thd_voltage_l1": (0xEA, "%"),
    "meter.thd_voltage_l3": (0xEE, "%"),
    "meter.thd_voltage": (0xF8, "%"),
    "meter.energy_total": (0x156, "kWh"),
    "meter.reactive_energy_total": (0x158, "kvarh"),
    "meter.energy_import_l1": (0x15A, "kWh"),
    "meter.energy_export_l1": (0x160, "kWh"),
    "meter.energy_total_l3": (0x16A, "kWh"),
}
# register, nibble from the top
ALARM_PLACES = {
    "emergency-stop": (39425, 0),
    "low-coolant-temperature": (39425, 3),
    "generator-over-frequency": (39426, 3),
    "battery-low-voltage": (39427, 2),
    "fail-to-start": (39428, 1),
    "mains-fail-to-close": (39429, 0),
    "low-fuel-level": (39430, 2),
    "high-temperature-switch": (39431, 3),
    "low-fuel-level-switch": (39432, 0),
    "expansion-unit-watchdog": (39432, 1),
    "maintenance-due": (39433, 3),
    "fuel-usage-stopped": (39434, 3),
    "protections-disabled": (39435, 0),
    "ecu-malfunction": (39436, 3),
    "generator-positive-var": (39438, 3),
    "def-level-low": (39439, 3),
    "fuel-sender-open-circuit": (39441, 1),
    "remote-display-link-lost": (39442, 1),
}


@pytest.mark.parametrize("key", DSE_ROWS)
def test_dse_row_is_as_in_the_sources(key: str) -> None:
    """Address, type, scale, unit and evidence of a GenComm cell."""
    row = DSE.row(key)

    assert DSE_ROWS[key] == (row.at, row.type, row.scale, row.unit, row.evidence)
    assert row.big


@pytest.mark.parametrize("key", SDM_ROWS)
def test_sdm_row_is_as_in_the_sources(key: str) -> None:
    """Address and unit of a meter cell; all are input registers with float32, high word first."""
    row = SDM.row(key)

    assert SDM_ROWS[key] == (row.at, row.unit)
    assert (4, "f32", True) == (row.function, row.type, row.big)


@pytest.mark.parametrize("alarm", ALARM_PLACES)
def test_dse_alarm_stands_in_its_nibble(alarm: str) -> None:
    """The named alarms of page 154, four per register, the first in the top nibble."""
    row = DSE.row(f"alarm.{alarm}")

    assert row.nibble is not None
    assert ALARM_PLACES[alarm] == (row.at, 3 - row.nibble)


def test_dse_pauses_between_requests() -> None:
    """Two sites lost every second request with less than a tenth of a second of quiet."""
    assert DSE.link.pause_s >= 0.1
    assert DSE.link.timeout_s >= 1
    assert DSE.link.max_words <= 94


def test_dse_status_bits_count_from_zero() -> None:
    """Bit 15 not configured, 13 unit failure, 12 shutdown, 11 trip, 10 warning, as the paper counts from 1."""
    bits = {row.key: row.bit for row in DSE.rows if row.at == 774}

    assert {
        "controller.not_configured": 15,
        "controller.fault": 13,
        "controller.shutdown_alarm": 12,
        "controller.trip_alarm": 11,
        "controller.warning": 10,
    } == bits


def rows_of_all() -> list[Row]:
    """Every row of every profile."""
    return [*DSE.rows, *SDM.rows]


def test_every_row_tells_its_source() -> None:
    """No row without source and evidence, and no weak row that is not marked."""
    assert [] == [row.key for row in rows_of_all() if not row.source or not row.evidence]
    assert [] == [row.key for row in rows_of_all() if row.evidence in ("1", "X") and not row.experimental]


def test_counters_are_one_value() -> None:
    """Run time, energy and starts are 32 bits in one row, so that no plan can split them."""
    assert {2} == {DSE.row(key).count for key in ("engine.run_time", "generator.energy_export", "engine.starts")}
