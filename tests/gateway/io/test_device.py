"""One device polled by its profile: it proves itself, is left in peace when silent, is not asked what it refuses."""

from collections.abc import AsyncIterator
from itertools import count

import msgspec
import pytest

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.lines import TcpLine
from gateway.io.device import Device
from gateway.io.modbus import open_line
from gateway.profiles.registry import load
from gateway.profiles.schema import Profile

from .conftest import Image, TcpPeer


def quick(name: str) -> Profile:
    """A shipped profile that does not dawdle: the device here is fast and the test is short."""
    profile = load(name)
    return msgspec.structs.replace(profile, link=msgspec.structs.replace(profile.link, pause_s=0.0, timeout_s=0.2))


@pytest.fixture
def image(tcp_peer: TcpPeer) -> Image:
    """A 7320 MkII at rest, its words typed from the sources; what is not typed is not implemented (FFFF)."""
    made = Image()
    made.put(3, 768, "0001 8049 0070 1234 0001 0000 0000")
    made.put(3, 1024, "0000 0028 7FFF 003F 0000 0110 0000 0000")
    made.put(3, 1059, "01F4 0000 0901 0000 0901 0000 0901")
    made.put(3, 1408, "0000")
    made.put(3, 1536, "0000 0000")
    made.put(3, 1798, "0000 AFC8")
    made.put(3, 39424, "0046 1111 1111 1111")
    for page in (3, 4, 5, 6, 7):
        made.fill(3, 256 * page, 256 * page + 255, 0xFFFF)
    made.fill(3, 39425, 39444, 0xFFFF)
    tcp_peer.answer = made
    return made


@pytest.fixture
async def device(tcp_peer: TcpPeer, image: Image, loop_faults) -> AsyncIterator[Device]:
    """That set, as a device of the gateway."""
    line = open_line(TcpLine(host="127.0.0.1", port=tcp_peer.port))
    yield Device(line, 1, quick("dse-73xx-mkii"))
    await line.close()


async def poll(device: Device, rate: str = "fast") -> dict[str, Value]:
    """One round; the clock ticks once per question."""
    ticks = count(1000)
    return await device.values(rate, lambda: next(ticks), Origin.SIMULATED)


def asked(peer: TcpPeer) -> list[tuple[int, int]]:
    """(start, count) of the requests since the last look."""
    found = [(int.from_bytes(f[8:10], "big"), int.from_bytes(f[10:12], "big")) for f in peer.asked]
    peer.asked.clear()
    return found


async def test_device_reads_as_typed(device: Device) -> None:
    """A set at rest with mains: every signal of the round has a value or a reason, and the origin it was given."""
    values = await poll(device)

    assert ("auto", 63, 27.2, 0) == tuple(
        values[key].value for key in ("controller.mode", "fuel.level", "engine.battery_voltage", "engine.speed")
    )
    assert ("stopped", 50.0, 230.5, "inactive") == tuple(
        values[key].value for key in ("engine.state", "mains.frequency", "mains.voltage_l1n", "alarm.emergency-stop")
    )
    assert (None, Quality.NOT_FITTED) == (
        values["generator.voltage_l1n"].value,
        values["generator.voltage_l1n"].quality,
    )
    assert {row.key for row in load("dse-73xx-mkii").rows if row.rate != "slow"} == set(values)
    assert {Origin.SIMULATED} == {value.origin for value in values.values()}


async def test_device_stamps_each_answer(device: Device) -> None:
    """Values of one answer share their time; a later answer is later."""
    values = await poll(device)

    assert values["fuel.level"].up_ms == values["engine.speed"].up_ms
    assert values["controller.mode"].up_ms < values["fuel.level"].up_ms < values["engine.state"].up_ms


async def test_device_proves_itself_once(device: Device, tcp_peer: TcpPeer) -> None:
    """The identity comes first, and only in the first round."""
    await poll(device)
    first = asked(tcp_peer)
    await poll(device)
    second = asked(tcp_peer)

    assert (768, 4) == first[0]
    assert (768, 4) not in second
    assert first[1:] == second


async def test_device_of_another_model_is_not_believed(device: Device, image: Image, tcp_peer: TcpPeer) -> None:
    """An 8610 at that address: no value at all, and a reason that says what was found."""
    image.put(3, 769, "8040")
    values = await poll(device)

    assert [(768, 4)] == asked(tcp_peer)
    assert {(None, Quality.WRONG_DEVICE)} == {(value.value, value.quality) for value in values.values()}
    assert "wrong device: controller.model is 32832" in values["fuel.level"].reason


async def test_device_exchanged_for_the_right_one_is_believed(device: Device, image: Image) -> None:
    """The next round asks again who it is."""
    image.put(3, 769, "8040")
    await poll(device)
    image.put(3, 769, "8048")

    assert 63 == (await poll(device))["fuel.level"].value


async def test_device_silent_yields_every_signal_and_one_timeout(
    device: Device, image: Image, tcp_peer: TcpPeer
) -> None:
    """Silence is a round too: all signals without value, one question on the wire, no exception."""
    before = await poll(device)
    asked(tcp_peer)
    image.silent = True
    values = await poll(device)

    assert 1 == len(asked(tcp_peer))
    assert set(values) <= set(before)
    assert {(None, Quality.COMM_ERROR)} == {(value.value, value.quality) for value in values.values()}
    assert {f"unit 1 on {device.line.name}: no answer within 0.2 s"} == {value.reason for value in values.values()}


async def test_device_back_from_silence_proves_itself_again(device: Device, image: Image, tcp_peer: TcpPeer) -> None:
    """After a silence another controller may hang there: its identity is read before its values are believed."""
    await poll(device)
    image.silent = True
    await poll(device)
    silent_first = await poll(device)
    image.silent = False
    asked(tcp_peer)
    values = await poll(device)

    assert {Quality.COMM_ERROR} == {value.quality for value in silent_first.values()}
    assert (768, 4) == asked(tcp_peer)[0]
    assert 63 == values["fuel.level"].value


async def test_device_that_stops_in_the_middle_keeps_what_it_said(
    device: Device, image: Image, tcp_peer: TcpPeer
) -> None:
    """Values that came before the silence are values; the rest has the reason."""
    await poll(device)
    asked(tcp_peer)
    tcp_peer.answer = lambda frame: image(frame) if len(tcp_peer.asked) <= 2 else None
    values = await poll(device)

    assert 63 == values["fuel.level"].value
    assert Quality.COMM_ERROR is values["engine.state"].quality


async def test_device_without_a_page_has_it_not_fitted(device: Device, image: Image, tcp_peer: TcpPeer) -> None:
    """A model without page 5: *not fitted* there, all other values, and the page is not asked for again."""
    for at in range(1280, 1536):
        image.registers.pop((3, at))
    values = await poll(device)
    asked(tcp_peer)
    again = await poll(device)

    assert Quality.NOT_FITTED is values["engine.state"].quality
    assert Quality.NOT_FITTED is again["engine.state"].quality
    assert 63 == again["fuel.level"].value
    assert [] == [start for start, _ in asked(tcp_peer) if 1280 <= start < 1536]


async def test_device_with_a_hole_gives_what_is_round_it(device: Device, image: Image, tcp_peer: TcpPeer) -> None:
    """A refused block is parted until only what is missing is missing; the parts are remembered."""
    image.registers.pop((3, 1050))
    values = await poll(device)
    learned = len(asked(tcp_peer))
    again = await poll(device)

    assert 63 == values["fuel.level"].value == again["fuel.level"].value
    assert 230.5 == again["mains.voltage_l1n"].value
    assert (None, Quality.BAD_DATA) == (
        again["generator.current_earth"].value,
        again["generator.current_earth"].quality,
    )
    assert "exception 02 at 1050" in again["generator.current_earth"].reason
    assert len(asked(tcp_peer)) < learned


async def test_device_asks_again_what_it_once_refused(device: Device, image: Image) -> None:
    """A register that appears later (a controller set up anew) is found without a restart."""
    image.registers.pop((3, 1050))
    await poll(device)
    image.put(3, 1050, "0000")
    found = [(await poll(device))["generator.current_earth"].quality for _ in range(110)]

    assert Quality.BAD_DATA is found[0]
    assert Quality.GOOD is found[-1]


async def learned_device(device: Device, image: Image, peer: TcpPeer) -> list[tuple[int, int]]:
    """What a set without one cell is asked for once it is known."""
    image.registers.pop((3, 1050))
    await poll(device)
    await poll(device)
    asked(peer)
    await poll(device)
    return asked(peer)


async def test_device_is_read_round_what_it_refused(device: Device, image: Image, tcp_peer: TcpPeer) -> None:
    """No question meets the cell again, the page is not read in more pieces than that needs, and all else comes."""
    await poll(device)
    asked(tcp_peer)
    await poll(device)
    whole = asked(tcp_peer)
    now = await learned_device(device, image, tcp_peer)

    assert [] == [(start, size) for start, size in now if start <= 1050 < start + size]
    assert len(whole) + 1 >= len(now)


async def test_device_is_not_asked_again_after_a_restart(device: Device, image: Image, tcp_peer: TcpPeer) -> None:
    """What the store remembers is enough: the first round of the new program is the last one of the old."""
    before = await learned_device(device, image, tcp_peer)
    anew = Device(device.line, 1, device.profile, refused=device.refused)
    values = await poll(anew)
    first = asked(tcp_peer)

    assert before == [one for one in first if one[0] != 768]
    assert (None, Quality.BAD_DATA) == (
        values["generator.current_earth"].value,
        values["generator.current_earth"].quality,
    )
    assert "exception 02 at 1050, remembered" in values["generator.current_earth"].reason
    assert 63 == values["fuel.level"].value


async def test_device_with_a_cell_that_came_is_read_as_if_it_had_always_had_it(
    device: Device, image: Image, tcp_peer: TcpPeer
) -> None:
    """The pieces grow together again."""
    await poll(device)
    asked(tcp_peer)
    await poll(device)
    whole = asked(tcp_peer)
    await learned_device(device, image, tcp_peer)
    image.put(3, 1050, "0000 0000")
    for _ in range(105):
        await poll(device)
    asked(tcp_peer)
    await poll(device)

    assert whole == asked(tcp_peer)
    assert () == device.refused


async def test_device_with_one_slow_block_that_never_answers_gives_the_others(
    device: Device, image: Image, tcp_peer: TcpPeer
) -> None:
    """Step by step: a block that is silent has a reason, the blocks behind it are read, and the set is not dead."""
    image.put(3, 1800, "0000 0005")
    dumb = 1536
    tcp_peer.answer = lambda frame: None if int.from_bytes(frame[8:10], "big") // 256 * 256 == dumb else image(frame)
    ticks = count(1000)
    slow: dict[str, Value] = {}
    profile = device.profile
    rows = tuple(
        msgspec.structs.replace(row, rate="slow") if row.at // 256 * 256 == dumb else row for row in profile.rows
    )
    device = Device(device.line, 1, msgspec.structs.replace(profile, rows=rows))
    await poll(device)
    device.begin("slow")
    for _ in range(6):
        while device.under_way:
            slow |= await device.step(lambda: next(ticks), Origin.SIMULATED)
        assert 63 == (await poll(device))["fuel.level"].value

    assert {row.key for row in rows if row.rate == "slow"} == set(slow)
    assert Quality.COMM_ERROR is slow["generator.power"].quality
    assert 45_000 == slow["engine.run_time"].value


async def test_device_slow_round_brings_counters(device: Device) -> None:
    """0000 AFC8 at 1798 is 45 000 s of run time."""
    values = await poll(device, "slow")

    assert 45_000 == values["engine.run_time"].value
    assert "fuel.level" not in values


async def test_meter_without_identity_is_read(tcp_peer: TcpPeer, loop_faults) -> None:
    """4366 8000 is 230.5 V; a meter has nothing to prove."""
    image = Image()
    image.put(4, 0, "4366 8000")
    image.fill(4, 0, 363, 0)
    tcp_peer.answer = image
    line = open_line(TcpLine(host="127.0.0.1", port=tcp_peer.port))
    values = await poll(Device(line, 1, quick("eastron-sdm630")))
    await line.close()

    assert 230.5 == values["meter.voltage_l1n"].value
    assert 0.0 == values["meter.power"].value


async def test_device_behind_a_dead_address_is_silent(tcp_peer: TcpPeer, loop_faults) -> None:
    """Nobody listens: all signals say so, at once."""
    await tcp_peer.stop()
    line = open_line(TcpLine(host="127.0.0.1", port=tcp_peer.port))
    values = await poll(Device(line, 1, quick("dse-73xx-mkii")))
    await line.close()

    assert {Quality.COMM_ERROR} == {value.quality for value in values.values()}
    assert "no connection" in values["fuel.level"].reason


async def test_device_asks_again_for_what_was_lost_when_it_proved_itself(
    tcp_peer: TcpPeer, loop_faults: list[str]
) -> None:
    """The nominal power is read once; its answer was lost, so power has no unit until a slow round has asked again."""
    image = Image()
    image.fill(3, 50, 84, 0)
    for first, last in ((200, 204), (358, 358), (363, 369), (4001, 4001), (4008, 4008), (4664, 4665)):
        image.fill(3, first, last, 0)
    image.put(3, 369, "0190")
    image.put(3, 2105, "0050")
    lost = iter([True])
    tcp_peer.answer = lambda frame: None if frame[8:10] == b"\x08\x39" and next(lost, False) else image(frame)
    line = open_line(TcpLine(host="127.0.0.1", port=tcp_peer.port))
    cre, ticks = Device(line, 1, quick("cre-compact")), count(1)
    before = [await cre.values("fast", lambda: next(ticks), Origin.MEASURED) for _ in range(2)]
    cre.begin("slow")
    while cre.under_way:
        await cre.step(lambda: next(ticks), Origin.MEASURED)
    after = await cre.values("fast", lambda: next(ticks), Origin.MEASURED)
    await line.close()

    assert {"its unit depends on generator.rated_power, which is missing"} == {
        values["generator.power"].reason for values in before
    }
    assert (4000, Quality.GOOD) == (after["generator.power"].value, after["generator.power"].quality)


async def test_device_whose_registers_stand_still_is_as_fresh_as_its_last_answer(device: Device, image: Image) -> None:
    """What has not moved has the time at which it was read again; what has moved is seen, also on its way back."""
    first = await poll(device)
    second = await poll(device)
    image.put(3, 1024, "0000 0050 7FFF 003F 0000 0110 0000 0000")
    third = await poll(device)
    image.put(3, 1024, "0000 0028 7FFF 003F 0000 0110 0000 0000")
    ticks = count(9000)
    fourth = await device.values("fast", lambda: next(ticks), Origin.SIMULATED)
    key = "engine.coolant_temperature"

    assert {one: value.value for one, value in first.items() if one in second} == {
        one: value.value for one, value in second.items()
    }
    assert [40, 80, 40] == [one[key].value for one in (second, third, fourth)]
    assert min(value.up_ms for value in fourth.values()) >= 9000
