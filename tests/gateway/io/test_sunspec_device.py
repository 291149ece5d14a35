"""A device that says itself where its models stand, served by libmodbus and by a peer that can fail."""

from collections.abc import AsyncIterator, Callable
from itertools import count

import msgspec
import pytest

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.lines import TcpLine
from gateway.io.device import Device
from gateway.io.modbus import open_line
from gateway.profiles.registry import load

from .conftest import Answer, Foreign, Image, TcpPeer


def image_of(*models: tuple[int, int, dict[int, int]]) -> list[int]:
    """The registers of a device with these models: number, length, and cells that count from the number's register."""
    words = [0x5375, 0x6E53]
    for number, length, cells in models:
        words += [cells.get(at, 0) for at in range(length + 2)]
        words[-length - 2 : -length] = [number, length]
    return [*words, 0xFFFF, 0]


def text(at: int, value: str) -> dict[int, int]:
    """A text in its cells."""
    raw = value.encode() + b"\0" * (len(value) % 2)
    return {at + place: int.from_bytes(raw[2 * place : 2 * place + 2], "big") for place in range(len(raw) // 2)}


COMMON = (1, 66, text(18, "Reserve 10") | text(50, "S-0042"))
BATTERY = (802, 62, {11: 875, 56: 0xFFFF, 13: 0xFFFF, 58: 0, 22: 3, 34: 512, 59: 0xFFFF})
INVERTER = (103, 50, {2: 31, 6: 0xFFFF, 10: 2304, 13: 0xFFFF, 16: 0xFFFF, 17: 0xFFFE, 38: 7})
METER = (203, 105, dict.fromkeys(range(2, 54), 0x8000) | {8: 231, 15: 0, 18: 0xFFFE, 22: 3, 46: 1, 47: 0, 54: 0})


async def rounds(device: Device, rates: str) -> dict[str, Value]:
    """So many rounds; the clock ticks an hour a question, so that no rest is left."""
    values: dict[str, Value] = {}
    ticks = count(1, 3_600_000)
    for rate in rates.split():
        values |= await device.values(rate, lambda: next(ticks), Origin.MEASURED)  # type: ignore[arg-type]
    return values


PATIENT_S = 20.0
"""Of libmodbus, which always answers: its thread may be late."""
SHORT_S = 0.3
"""Of a peer that can fail."""


@pytest.fixture
async def opened() -> AsyncIterator[Callable[..., Device]]:
    """Devices by port and profile, that are waited for so long."""
    lines = []

    def make(port: int, name: str, timeout_s: float = PATIENT_S) -> Device:
        lines.append(open_line(TcpLine(host="127.0.0.1", port=port)))
        profile = load(name)
        link = msgspec.structs.replace(profile.link, timeout_s=timeout_s)
        return Device(lines[-1], 1, msgspec.structs.replace(profile, link=link))

    yield make
    for line in lines:
        await line.close()


def told(values: dict[str, Value], *keys: str) -> list[tuple[float | str | None, Quality]]:
    """Value and quality of some signals."""
    return [(values[key].value, values[key].quality) for key in keys]


@pytest.mark.parametrize("base", [40000, 0, 50000])
async def test_sunspec_battery_of_libmodbus_reads_right(
    base: int, foreign: Callable[[int, list[int]], Foreign], opened: Callable[..., Device]
) -> None:
    """Charge, voltage and the inverter's fault from their models; health, frequency and storage have reasons."""
    device = opened(foreign(base, image_of(COMMON, INVERTER, BATTERY)).port, "sunspec-battery")
    values = await rounds(device, "fast slow")

    assert [("Reserve 10", Quality.GOOD), ("S-0042", Quality.GOOD)] == told(values, "ups.model", "ups.serial")
    assert [(87.5, Quality.GOOD), (51.2, Quality.GOOD)] == told(values, "ups.charge", "ups.battery_voltage")
    assert [(230.4, Quality.GOOD), (3.1, Quality.GOOD)] == told(values, "ups.output_voltage", "ups.output_current")
    assert [("warning", Quality.GOOD)] == told(values, "alarm.ups-fault")
    assert [(None, Quality.NOT_FITTED)] * 2 == told(values, "ups.health", "ups.output_frequency")
    assert device.verdict.fits
    assert "SunSpec models 1, 103, 802" in device.verdict.sentence


async def test_sunspec_meter_of_libmodbus_has_a_value_or_a_reason_for_every_signal(
    foreign: Callable[[int, list[int]], Foreign], opened: Callable[..., Device]
) -> None:
    """−2 with the factor 3 is −2000 W; 65 536 Wh are 65.536 kWh; the sentinels of the rest are no numbers."""
    device = opened(foreign(40000, image_of(COMMON, METER)).port, "sunspec-meter")
    values = await rounds(device, "fast slow")

    assert {row.key for row in load("sunspec-meter").rows} == set(values)
    assert [(231, Quality.GOOD), (-2000, Quality.GOOD)] == told(values, "meter.voltage_l1n", "meter.power")
    assert [(65.536, Quality.GOOD)] == told(values, "meter.energy_import")
    good = {key for key, value in values.items() if value.quality is Quality.GOOD}
    assert {"meter.model", "meter.voltage_l1n", "meter.power", "meter.energy_import"} == good


NOTHING = dict.fromkeys(range(2, 107), 0x8000) | {38: 0, 39: 0, 46: 0, 47: 0}
"""Of a meter: every cell and every scale factor is none, and the energies are not accumulated."""
SENTINELS = [
    ("meter.power", {18: 230, 22: 0x8000}, None, Quality.NOT_FITTED),
    ("meter.power", {18: 0x8000, 22: 0}, None, Quality.NOT_FITTED),
    ("meter.power", {18: 0x7FFF, 22: 0}, 32767, Quality.GOOD),
    ("meter.power", {18: 0x8001, 22: 0xFFFF}, -3276.7, Quality.GOOD),
    ("meter.frequency", {16: 0x8000, 17: 0}, None, Quality.NOT_FITTED),
    ("meter.frequency", {16: 5001, 17: 0xFFFE}, 50.01, Quality.GOOD),
    ("meter.energy_import", {46: 0, 47: 0, 54: 0}, None, Quality.NOT_FITTED),
    ("meter.energy_import", {46: 0, 47: 1, 54: 3}, 1, Quality.GOOD),
    ("meter.energy_import", {46: 0xFFFF, 47: 0xFC18, 54: 0}, None, Quality.IMPLAUSIBLE),
    ("meter.energy_import", {46: 1, 47: 0, 54: 0x8000}, None, Quality.NOT_FITTED),
    ("meter.voltage_l1n", {8: 2301, 15: 0xFFFF}, 230.1, Quality.GOOD),
    ("meter.voltage_l1n", {8: 2301, 15: 11}, None, Quality.BAD_DATA),
]
"""A signal, its cells in model 203, and what must come of them."""


@pytest.mark.parametrize(("key", "cells", "value", "quality"), SENTINELS)
async def test_sunspec_sentinel_of_libmodbus_is_never_a_number(
    key: str,
    cells: dict[int, int],
    value: float | None,
    quality: Quality,
    foreign: Callable[[int, list[int]], Foreign],
    opened: Callable[..., Device],
) -> None:
    """Each kind of cell without value, without scale factor, and at its limits."""
    device = opened(foreign(40000, image_of(COMMON, (203, 105, NOTHING | cells))).port, "sunspec-meter")
    values = await rounds(device, "fast slow")

    assert [(value, quality)] == told(values, key)
    assert {"meter.model"} | ({key} if value is not None else set()) == {
        one for one, its in values.items() if its.value is not None
    }


@pytest.mark.parametrize("base", [40000, 0, 50000])
@pytest.mark.parametrize("common", [65, 66])
async def test_sunspec_chain_of_libmodbus_out_of_order_among_strangers(
    base: int, common: int, foreign: Callable[[int, list[int]], Foreign], opened: Callable[..., Device]
) -> None:
    """Models nobody knows before and between, the battery before the inverter, no serial number, the last empty."""
    strangers = (64001, 7, dict.fromkeys(range(2, 9), 0xFFFF)), (17, 12, {}), (126, 0, {})
    chain = image_of(strangers[0], BATTERY, strangers[1], (1, common, text(18, "Reserve 10")), INVERTER, strangers[2])
    device = opened(foreign(base, chain).port, "sunspec-battery")
    values = await rounds(device, "fast slow")

    assert [("Reserve 10", Quality.GOOD), (None, Quality.NOT_FITTED)] == told(values, "ups.model", "ups.serial")
    assert [(87.5, Quality.GOOD), (230.4, Quality.GOOD)] == told(values, "ups.charge", "ups.output_voltage")
    assert "SunSpec models 64001, 802, 17, 1, 103, 126" in device.verdict.sentence


async def test_sunspec_device_without_the_model_is_not_believed(
    foreign: Callable[[int, list[int]], Foreign], opened: Callable[..., Device]
) -> None:
    """A meter where a battery should be: which models it has, which would do, and no value."""
    device = opened(foreign(40000, image_of(COMMON, METER)).port, "sunspec-battery")
    values = await rounds(device, "fast")

    assert {(None, Quality.WRONG_DEVICE)} == set(told(values, *values))
    assert "SunSpec models 1, 203, sunspec-battery needs one of 101" in device.verdict.sentence


async def test_sunspec_models_it_has_not_are_told_as_missing(
    foreign: Callable[[int, list[int]], Foreign], opened: Callable[..., Device]
) -> None:
    """A battery without inverter: its output is not fitted, in every round, and never silence."""
    device = opened(foreign(40000, image_of(COMMON, BATTERY)).port, "sunspec-battery")
    values = [await rounds(device, "fast") for _ in range(2)]

    for some in values:
        assert [(None, Quality.NOT_FITTED)] == told(some, "ups.output_voltage")
        assert "no model for it, only 1, 802" in some["ups.output_voltage"].reason


def served(base: int, words: list[int]) -> Image:
    """The same registers at a peer that can fail."""
    image = Image()
    image.registers = {(3, base + at): word for at, word in enumerate(words)}
    return image


def starts(peer: TcpPeer) -> list[int]:
    """Addresses asked for since the last look."""
    found = [int.from_bytes(frame[8:10], "big") for frame in peer.asked]
    peer.asked.clear()
    return found


async def test_sunspec_device_is_searched_again_after_a_silence(
    tcp_peer: TcpPeer, opened: Callable[..., Device], loop_faults: list[str]
) -> None:
    """Another device, or other firmware, may hang there: its models stand elsewhere, and are found there."""
    tcp_peer.answer = served(40000, image_of(COMMON, BATTERY))
    device = opened(tcp_peer.port, "sunspec-battery", SHORT_S)
    before = await rounds(device, "fast fast")
    asked = starts(tcp_peer)
    tcp_peer.answer = lambda _: None
    silent = await rounds(device, "fast")
    tcp_peer.answer = served(0, image_of(COMMON, INVERTER, BATTERY))
    after = await rounds(device, "fast")

    assert 1 == asked.count(40000)
    assert {Quality.COMM_ERROR} == {value.quality for value in silent.values()}
    assert [(None, Quality.NOT_FITTED)] == told(before, "ups.output_voltage")
    assert [(230.4, Quality.GOOD), (87.5, Quality.GOOD)] == told(after, "ups.output_voltage", "ups.charge")


async def test_sunspec_search_survives_a_lost_answer(
    tcp_peer: TcpPeer, opened: Callable[..., Device], loop_faults: list[str]
) -> None:
    """Every second answer is lost: the chain is walked all the same, in one round."""
    image, turns = served(40000, image_of(COMMON, INVERTER, BATTERY)), count()

    def forgetful(frame: bytes) -> Answer:
        found = len(tcp_peer.asked) < 9 and next(turns) % 2
        return None if found else image(frame)

    tcp_peer.answer = forgetful
    device = opened(tcp_peer.port, "sunspec-battery", SHORT_S)

    assert [(87.5, Quality.GOOD)] == told(await rounds(device, "fast"), "ups.charge")


async def test_sunspec_dead_device_costs_one_question(
    tcp_peer: TcpPeer, opened: Callable[..., Device], loop_faults: list[str]
) -> None:
    """Its neighbours on the bus pay one time-out a round, and none while it rests."""
    device = opened(tcp_peer.port, "sunspec-meter", SHORT_S)
    values = await rounds(device, "fast")

    assert [40000] == starts(tcp_peer)
    assert {(None, Quality.COMM_ERROR)} == set(told(values, *values))
    assert {row.key for row in load("sunspec-meter").rows if row.rate != "slow"} == set(values)
