"""Register images served by libmodbus decode right, sentinel by sentinel: holding and input registers, coils, inputs.

Words and meanings are typed from the papers, not from the profiles.
"""

from collections.abc import Callable
from itertools import count

import msgspec
import pytest

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.lines import TcpLine
from gateway.io.device import Device
from gateway.io.modbus import open_line
from gateway.profiles.contacts import ContactTable, wired
from gateway.profiles.registry import load
from gateway.profiles.schema import Profile

from .conftest import Foreign, Tables

Told = dict[str, tuple[float | str | None, Quality]]
GOOD, NOT_FITTED, SENSOR = Quality.GOOD, Quality.NOT_FITTED, Quality.SENSOR_FAULT
DSE_CODES = (
    (0xF, Quality.NOT_FITTED),
    (0xE, Quality.OVER_RANGE),
    (0xD, Quality.UNDER_RANGE),
    (0xC, Quality.SENSOR_FAULT),
    (0xB, Quality.BAD_DATA),
    (0xA, Quality.DIGITAL_HIGH),
    (0x9, Quality.DIGITAL_LOW),
    (0x8, Quality.BAD_DATA),
)


def image(profile: Profile, fill: int, cells: dict[tuple[int, int], list[int]]) -> Tables:
    """Tables that cover all that may be read, filled, with some cells put over it: (function, address) and words."""
    tables: Tables = {}
    for function in {block.function or profile.link.function for block in profile.blocks}:
        own = [block for block in profile.blocks if (block.function or profile.link.function) == function]
        first, last = min(block.first for block in own), max(block.last for block in own)
        tables[function] = (first, [fill & 1 if function < 3 else fill] * (last + 1 - first))
    for (function, at), words in cells.items():
        first, table = tables[function]
        table[at - first : at - first + len(words)] = words
    return tables


async def read(port: int, profile: Profile) -> dict[str, Value]:
    """One round of everything."""
    quick = msgspec.structs.replace(profile, link=msgspec.structs.replace(profile.link, pause_s=0.0, timeout_s=20.0))
    line, ticks = open_line(TcpLine(host="127.0.0.1", port=port)), count()
    device = Device(line, 1, quick)
    values: dict[str, Value] = {}
    for rate in ("fast", "slow"):
        values |= await device.values(rate, lambda: next(ticks), Origin.MEASURED)  # type: ignore[arg-type]
    await line.close()
    assert device.verdict.fits
    return values


def told(values: dict[str, Value], *keys: str) -> Told:
    """Value and quality of some signals."""
    return {key: (values[key].value, values[key].quality) for key in keys}


@pytest.mark.parametrize(("nibble", "quality"), DSE_CODES)
async def test_image_of_dse_every_code_of_every_width(
    nibble: int, quality: Quality, foreign: Callable[..., Foreign]
) -> None:
    """Eight reasons for no value, in 16 and 32 bits, with and without sign; −8 °C is a temperature."""
    low, dse = 0xFFF0 | nibble, load("dse-73xx-mkii")
    signed = 0x7FF0 | nibble
    cells = {
        (3, 768): [1, 0x8049],
        (3, 1025): [0xFFF8, signed, low, low],
        (3, 1030): [1500, 500, 0xFFFF, low],
        (3, 1052): [0x7FFF, low],
        (3, 1798): [0xFFFF, low, 0, 5],
    }
    values = await read(foreign(tables=image(dse, 0, cells)).port, dse)

    expected: Told = {
        "engine.coolant_temperature": (-8, GOOD),
        "engine.oil_temperature": (None, quality),
        "fuel.level": (None, quality),
        "engine.charge_alternator_voltage": (None, quality),
        "engine.speed": (1500, GOOD),
        "generator.voltage_l1n": (None, quality),
        "generator.power_l1": (None, quality),
        "engine.run_time": (None, quality),
        "generator.energy_export": (0.5, GOOD),
    }
    assert expected == told(values, *expected)


async def test_image_of_smartgen_registers_and_coils(foreign: Callable[..., Foreign]) -> None:
    """Senders that are open, and cells without engine data; the mode and the position from coils."""
    set_ = load("smartgen-hgm6120n")
    cells = {
        (3, 0): [239, 234, 240, 409, 410, 418, 5000],
        (3, 17): [0x7FFE, 0, 0x7FFF, 0, 0x7FFE],
        (3, 24): [278],
        (3, 42): [0, 34],
        (3, 46): [0, 39, 0, 253],
        (1, 6): [1, 0],
        (1, 28): [1],
        (1, 41): [1],
    }
    values = await read(foreign(tables=image(set_, 0, cells)).port, set_)

    expected: Told = {
        "mains.voltage_l2n": (234, GOOD),
        "mains.frequency": (50.0, GOOD),
        "engine.coolant_temperature": (None, SENSOR),
        "engine.oil_pressure": (None, NOT_FITTED),
        "fuel.level": (None, SENSOR),
        "engine.battery_voltage": (27.8, GOOD),
        "engine.run_time": (34 * 3600, GOOD),
        "engine.starts": (39, GOOD),
        "generator.energy_export": (253, GOOD),
        "controller.mode": ("auto", GOOD),
        "switch.position": ("mains", GOOD),
        "alarm.low-fuel-level": ("warning", GOOD),
        "alarm.emergency-stop": ("inactive", GOOD),
    }
    assert expected == told(values, *expected)


async def test_image_of_nexys_input_registers_and_inputs(foreign: Callable[..., Foreign]) -> None:
    """A set of another wiring: input registers and discrete inputs."""
    nexys = load("sdmo-nexys")
    cells = {
        (4, 22): [1500, 500, 0, 271],
        (4, 29): [0xFFFB, 63],
        (4, 41): [0, 1234],
        (2, 0x27): [1, 1],
        (2, 0x34): [1],
    }
    values = await read(foreign(tables=image(nexys, 0, cells)).port, nexys)

    expected: Told = {
        "engine.speed": (1500, GOOD),
        "generator.frequency": (50.0, GOOD),
        "engine.battery_voltage": (27.1, GOOD),
        "engine.coolant_temperature": (-5, GOOD),
        "fuel.level": (63, GOOD),
        "engine.run_time": (1234 * 360, GOOD),
        "engine.state": ("running", GOOD),
        "controller.mode": ("auto", GOOD),
        "alarm.emergency-stop": ("shutdown", GOOD),
    }
    assert expected == told(values, *expected)


async def test_image_of_abb_cells_it_has_not_are_all_ones(foreign: Callable[..., Foreign]) -> None:
    """Four words of ones are no energy; the largest positive is no power; −1 W is."""
    abb = load("abb-b-series")
    cells = {
        (3, 0x8960): [0x4232, 0x3320],
        (3, 0x5000): [0, 0, 0x0001, 0xE240, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF],
        (3, 0x5B00): [0, 2301, 0xFFFF, 0xFFFF],
        (3, 0x5B14): [0xFFFF, 0xFF9C, 0x7FFF, 0xFFFF],
        (3, 0x5B2C): [5001],
        (3, 0x5B3A): [0xFC18, 0x7FFF],
    }
    values = await read(foreign(tables=image(abb, 0, cells)).port, abb)

    expected: Told = {
        "meter.energy_import": (1234.56, GOOD),
        "meter.energy_export": (None, NOT_FITTED),
        "meter.voltage_l1n": (230.1, GOOD),
        "meter.voltage_l2n": (None, NOT_FITTED),
        "meter.power": (-1, GOOD),
        "meter.power_l1": (None, NOT_FITTED),
        "meter.frequency": (50.01, GOOD),
        "meter.power_factor": (-1, GOOD),
        "meter.power_factor_l1": (None, NOT_FITTED),
    }
    assert expected == told(values, *expected)


async def test_image_of_eastron_what_is_not_a_number_is_none(foreign: Callable[..., Foreign]) -> None:
    """Not-a-number of either sign, both infinities, and a number beyond what a mains has."""
    sdm = load("eastron-sdm630")
    cells = {
        (4, 0): [0x4366, 0x8000, 0x7FC0, 0, 0xFFC0, 1],
        (4, 6): [0x7F80, 0, 0xFF80, 0, 0x3F80, 0],
        (4, 0x46): [0x7149, 0xF2CA],
    }
    values = await read(foreign(tables=image(sdm, 0, cells)).port, sdm)

    expected: Told = {
        "meter.voltage_l1n": (230.5, GOOD),
        "meter.voltage_l2n": (None, Quality.BAD_DATA),
        "meter.voltage_l3n": (None, Quality.BAD_DATA),
        "meter.current_l1": (None, Quality.BAD_DATA),
        "meter.current_l2": (None, Quality.BAD_DATA),
        "meter.current_l3": (1.0, GOOD),
        "meter.frequency": (None, Quality.IMPLAUSIBLE),
    }
    assert expected == told(values, *expected)


async def test_image_of_contacts_with_either_polarity(foreign: Callable[..., Foreign]) -> None:
    """Discrete inputs 1 0 1: what is active closed, and what is active open."""
    contacts = [
        ContactTable(input=1, means="mains_present"),
        ContactTable(input=2, means="emergency_stop", active="open"),
        ContactTable(input=3, means="low_fuel", active="open"),
    ]
    module, faults = wired(load("waveshare-io-8ch"), contacts)
    values = await read(foreign(tables={2: (0, [1, 0, 1, 0, 0, 0, 0, 0])}).port, module)

    assert [] == faults
    assert {
        "mains.present": (1, GOOD),
        "alarm.emergency-stop": ("shutdown", GOOD),
        "alarm.low-fuel-level-switch": ("inactive", GOOD),
    } == told(values, *values)


COMAP = "496E 7465 6C69 4C69 7465 342D 414D 4632 3500" + " 0000" * 7
APC = "536D 6172 742D 5550 5320 3135 3030 2020" + " 2020" * 8
IMAGES: dict[str, tuple[str, dict[tuple[int, int], str], Told]] = {
    "ComAp, limits and the one code of 16 and 32 bits": (
        "comap-intelilite4",
        {
            (3, 1004): "05DC 0000 FFCE 0000 8000", (3, 1013): "8000 0000", (3, 1020): "FFFF 8000 7FFF 0000",
            (3, 1036): "01F4 00E6 8000 4651", (3, 1053): "00F0 0000 8000", (3, 1263): "0001 0000",
            (3, 1298): "0008", (3, 1307): COMAP, (3, 1382): "0002", (3, 4214): "0001 0000 0201 4F69 6C20 5000",
            (3, 4242): "0000 0202 4F6C 6400",
        },
        {
            "engine.speed": (1500, GOOD), "engine.coolant_temperature": (-50, GOOD),
            "engine.oil_pressure": (None, SENSOR), "engine.run_time": (None, Quality.BAD_DATA),
            "generator.power": (-1000, GOOD), "generator.power_l1": (None, SENSOR),
            "generator.power_l2": (32_767_000, GOOD), "generator.frequency": (50.0, GOOD),
            "generator.voltage_l1n": (230, GOOD), "generator.voltage_l2n": (None, SENSOR),
            "generator.voltage_l3n": (None, Quality.IMPLAUSIBLE), "engine.battery_voltage": (24.0, GOOD),
            "fuel.level": (None, SENSOR), "generator.energy_export": (65_536, GOOD), "engine.state": ("running", GOOD),
            "controller.identity": ("InteliLite4-AMF25", GOOD), "controller.mode": ("auto", GOOD),
            "alarm.controller-alarm-1": ("shutdown", GOOD), "controller.alarm_text_1": ("Oil P", GOOD),
            "alarm.controller-alarm-2": ("inactive", GOOD), "controller.alarm_text_2": (None, NOT_FITTED),
        },
    ),
    "APC, on battery, signs and parts of powers of two": (
        "apc-smart-ups",
        {
            (3, 0): "0020 0006", (3, 18): "0003", (3, 22): "0004 0008", (3, 128): "FFFF FFFF C801 FFFF",
            (3, 135): "FF80 FFFF", (3, 140): "0030", (3, 142): "3980", (3, 144): "1900", (3, 151): "FFFF",
            (3, 532): APC,
        },
        {
            "ups.state": ("on_battery", GOOD), "alarm.ups-overload": ("warning", GOOD),
            "alarm.ups-fault": ("inactive", GOOD), "alarm.ups-battery-low": ("shutdown", GOOD),
            "ups.replace_battery": (1, GOOD), "alarm.ups-battery-disconnected": ("inactive", GOOD),
            "alarm.ups-battery-test-failed": ("warning", GOOD), "ups.runtime": (None, Quality.IMPLAUSIBLE),
            "ups.charge": (None, Quality.IMPLAUSIBLE), "ups.battery_voltage": (None, Quality.IMPLAUSIBLE),
            "ups.temperature": (-1, GOOD), "ups.load_percent": (255.99609375, GOOD), "ups.output_current": (1.5, GOOD),
            "ups.output_voltage": (230, GOOD), "ups.output_frequency": (50, GOOD),
            "ups.input_voltage": (None, NOT_FITTED),
        },
    ),
    "Victron system, a cell that saturates, nothing reserved": (
        "victron-gx-system",
        {(3, 800): "4142 4331 3233", (3, 826): "00F0", (3, 840): "0200", (3, 842): "8001 0000 0000 0000 FFFF"},
        {
            "ups.serial": ("ABC123", GOOD), "ups.state": ("on_battery", GOOD), "ups.battery_voltage": (51.2, GOOD),
            "ups.battery_power": (None, Quality.UNDER_RANGE), "ups.charge": (0, GOOD),
            "ups.runtime": (None, NOT_FITTED),
        },
    ),
    "Victron system, everything zero": (
        "victron-gx-system",
        {},
        {
            "ups.serial": (None, NOT_FITTED), "ups.state": (None, Quality.BAD_DATA),
            "ups.battery_voltage": (None, Quality.IMPLAUSIBLE), "ups.battery_power": (None, Quality.BAD_DATA),
            "ups.charge": (None, Quality.BAD_DATA), "ups.runtime": (None, Quality.BAD_DATA),
        },
    ),
    "Victron inverter, grid lost with a witness": (
        "victron-gx-vebus",
        {(3, 3): "0000", (3, 15): "08FE", (3, 18): "FFF6", (3, 21): "1388", (3, 26): "13EC", (3, 30): "03E8 0009",
         (3, 64): "0002"},
        {
            "ups.input_voltage": (0, GOOD), "ups.output_voltage": (230.2, GOOD), "ups.output_current": (-1, GOOD),
            "ups.output_frequency": (50, GOOD), "ups.battery_voltage": (51, GOOD), "ups.charge": (100, GOOD),
            "ups.state": ("on_battery", GOOD), "mains.present": (0, GOOD), "alarm.ups-hot": ("inactive", GOOD),
        },
    ),
    "Victron inverter, everything zero": (
        "victron-gx-vebus",
        {},
        {
            "ups.input_voltage": (None, Quality.BAD_DATA), "mains.present": (None, Quality.BAD_DATA),
            "ups.battery_voltage": (None, Quality.IMPLAUSIBLE), "alarm.ups-overload": (None, Quality.BAD_DATA),
        },
    ),
    "Carlo Gavazzi, the low word first, signs and limits": (
        "carlo-gavazzi-em24",
        {
            (4, 0): "08FE 0000 FFFF 7FFF FFFF FFFF", (4, 11): "0672", (4, 12): "FC18 FFFF FFFF 7FFF 86A0 0001",
            (4, 18): "FFF6 FFFF", (4, 40): "E240 0001", (4, 46): "FC18 03E8 7FFF", (4, 51): "01F4",
            (4, 52): "0001 0001", (4, 78): "FFFF FFFF",
        },
        {
            "meter.model_code": (1650, GOOD), "meter.voltage_l1n": (230.2, GOOD),
            "meter.voltage_l2n": (None, Quality.IMPLAUSIBLE), "meter.voltage_l3n": (None, Quality.IMPLAUSIBLE),
            "meter.current_l1": (-1, GOOD), "meter.current_l2": (None, Quality.IMPLAUSIBLE),
            "meter.current_l3": (100, GOOD), "meter.power_l1": (-1, GOOD), "meter.power": (12_345.6, GOOD),
            "meter.power_factor_l1": (-1, GOOD), "meter.power_factor_l2": (1, GOOD),
            "meter.power_factor_l3": (None, Quality.IMPLAUSIBLE), "meter.frequency": (50, GOOD),
            "meter.energy_import": (6553.7, GOOD), "meter.energy_export": (None, Quality.IMPLAUSIBLE),
        },
    ),
    "CRE, power in hundreds of watts, the low word first": (
        "cre-compact",
        {(3, 79): "0002 0001", (3, 201): "FFCE", (3, 363): "FF9C 0001 0000 0000 0000 0000 FF9D", (3, 2105): "0078"},
        {
            "generator.energy_export": (65_538, GOOD), "engine.coolant_temperature": (-5, GOOD),
            "generator.power_l1": (-10_000, GOOD), "generator.power_l2": (100, GOOD), "generator.power": (-9900, GOOD),
        },
    ),
    "Datakom, the low word first": (
        "datakom-d-series",
        {(3, 10294): "04E5 0000", (3, 10364): "7FFF", (3, 10609): "D500", (3, 10622): "0064 0000"},
        {
            "generator.power": (125_300, GOOD), "engine.oil_temperature": (None, NOT_FITTED),
            "engine.run_time": (3600, GOOD),
        },
    ),
}  # fmt: skip
"""What a device says, by (function, address) as hexadecimal words, zero elsewhere, and what must come of it."""


@pytest.mark.parametrize("name", IMAGES)
async def test_image_reads_as_worked_out_by_hand(name: str, foreign: Callable[..., Foreign]) -> None:
    """Limits, signs, word orders and codes."""
    profile_name, cells, expected = IMAGES[name]
    profile = load(profile_name)
    typed = {place: [int(word, 16) for word in text.split()] for place, text in cells.items()}
    values = await read(foreign(tables=image(profile, 0, typed)).port, profile)

    assert expected == told(values, *expected)
