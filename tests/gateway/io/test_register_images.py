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
    quick = msgspec.structs.replace(profile, link=msgspec.structs.replace(profile.link, pause_s=0.0, timeout_s=2.0))
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
