"""Reading over Modbus TCP: what comes back is registers or a fault, whatever the far end does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import pairwise

import pytest

from contract.words import Quality
from gateway.core.wire.decode import Fault, Registers, Why
from gateway.core.wire.lines import TcpLine
from gateway.core.wire.plan import Block
from gateway.io.modbus import Line, open_line

from .conftest import checksum

SHEET = [0x015E, 0x0052, 0x7FFF, 0x003F, 0x0119, 0x0114, 0x05DC, 0x01F4]
BLOCK = Block(3, 1024, 8)
ENDS_S = 20.0
"""What hangs does not end; what ends is over long before, on any machine."""
BODY = bytes.fromhex("0103 10 015E 0052 7FFF 003F 0119 0114 05DC 01F4")


def answer(frame: bytes, body: bytes = BODY, *, transaction: bytes | None = None) -> bytes:
    """A body (unit, function, data) under the header that belongs to a request."""
    return (transaction or frame[:2]) + b"\0\0" + len(body).to_bytes(2, "big") + body


@pytest.fixture
async def line(tcp_peer, loop_faults) -> AsyncIterator[Line]:
    """A line to the peer."""
    made = open_line(TcpLine(host="127.0.0.1", port=tcp_peer.port))
    yield made
    await made.close()


async def test_tcp_reads_a_libmodbus_device(foreign: Callable) -> None:
    """A device made by others is read, and refuses registers that it does not have."""
    peer = foreign(1024, SHEET)
    line = open_line(TcpLine(host="127.0.0.1", port=peer.port))
    whole = await line.read(1, BLOCK, ENDS_S)
    part = await line.read(1, Block(3, 1027, 2), ENDS_S)
    beyond = await line.read(1, Block(3, 1030, 8), ENDS_S)
    await line.close()

    assert Registers(SHEET) == whole
    assert Registers([0x003F, 0x0119]) == part
    assert isinstance(beyond, Fault)
    assert (Why.REFUSED, 2, Quality.BAD_DATA) == (beyond.why, beyond.code, beyond.quality)


async def test_tcp_asks_as_the_standard_says(tcp_peer, line: Line) -> None:
    """Unit, function, address and count stand where they belong, for both functions."""
    tcp_peer.answer = lambda frame: answer(frame, bytes([1, frame[7], 2, 0, 7]))
    await line.read(1, Block(3, 768, 1), 1.0)
    await line.read(1, Block(4, 70, 1), 1.0)

    assert ["0000 0006 0103 0300 0001", "0000 0006 0104 0046 0001"] == [f[2:].hex(" ", -2) for f in tcp_peer.asked]


@pytest.mark.parametrize(
    ("code", "why", "quality"),
    [
        (1, Why.REFUSED, Quality.BAD_DATA),
        (2, Why.REFUSED, Quality.BAD_DATA),
        (4, Why.REFUSED, Quality.COMM_ERROR),
        (6, Why.REFUSED, Quality.COMM_ERROR),
        (11, Why.SILENT, Quality.COMM_ERROR),
        (99, Why.REFUSED, Quality.COMM_ERROR),
    ],
)
async def test_tcp_refusal_is_told_with_its_code(tcp_peer, line: Line, code: int, why: Why, quality: Quality) -> None:
    """An exception of the device is a fault with its code; a gateway without answer means a silent device."""
    tcp_peer.answer = lambda frame: answer(frame, bytes([1, 0x83, code]))
    fault = await line.read(1, BLOCK, 1.0)

    assert isinstance(fault, Fault)
    assert (why, quality, code) == (fault.why, fault.quality, fault.code)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda frame: answer(frame, BODY[:1] + b"\x04" + BODY[2:]),
        lambda frame: answer(frame, bytes.fromhex("0103 0E") + BODY[3:17]),
        lambda frame: answer(frame, bytes.fromhex("0103 12") + BODY[3:] + b"\0\0"),
        lambda frame: answer(frame, b"\x02" + BODY[1:]),
        lambda frame: answer(frame, transaction=b"\x77\x77"),
        lambda frame: answer(frame, bytes.fromhex("0183")),
        lambda frame: answer(frame, bytes.fromhex("01 2B 0E")),
        lambda frame: answer(frame, bytes.fromhex("0103 FF 00 01")),
        lambda frame: answer(frame, b"\x01"),
        lambda frame: b"HTTP/1.1 400 Bad Request\r\n\r\n",
        lambda frame: b"\0" * 600,
        lambda frame: b"\xff" * 600,
        lambda frame: answer(frame)[:-1],
        lambda frame: answer(frame)[:5],
        lambda frame: b"",
    ],
    ids=[
        "function", "short", "long", "unit", "transaction", "no code", "stranger", "count", "empty", "http", "zeros",
        "ones", "cut", "head", "nothing",
    ],
)  # fmt: skip
async def test_tcp_wrong_answer_is_no_value(tcp_peer, line: Line, wrong: Callable[[bytes], bytes]) -> None:
    """Whatever else comes back is a fault within the deadline, and the next right answer is read."""
    tcp_peer.answer = wrong
    async with asyncio.timeout(ENDS_S):
        fault = await line.read(1, BLOCK, 0.2)
    tcp_peer.answer = answer
    after = await line.read(1, BLOCK, 2.0)

    assert isinstance(fault, Fault)
    assert Quality.COMM_ERROR is fault.quality
    assert Registers(SHEET) == after


async def test_tcp_late_answer_is_not_taken_for_the_next(tcp_peer, line: Line) -> None:
    """After a timeout the connection is made anew, so that the old answer has nowhere to come from."""
    late = iter([[(0.3, bytes.fromhex("0103 02 0001"))], [(0.0, bytes.fromhex("0103 02 0002"))]])
    tcp_peer.answer = lambda frame: [(delay, answer(frame, body)) for delay, body in next(late)]
    first = await line.read(1, Block(3, 0, 1), 0.1)
    second = await line.read(1, Block(3, 0, 1), 1.0)

    assert isinstance(first, Fault)
    assert Registers([2]) == second
    assert 2 == tcp_peer.connections


async def test_tcp_lost_connection_is_told_at_once(tcp_peer, line: Line) -> None:
    """A connection that is closed under a request ends the waiting long before the deadline."""

    def vanish(_: bytes) -> None:
        tcp_peer.hang_up()

    tcp_peer.answer = vanish
    async with asyncio.timeout(ENDS_S):
        fault = await line.read(1, BLOCK, 20 * ENDS_S)

    assert isinstance(fault, Fault)
    assert (Why.LINK, Quality.COMM_ERROR) == (fault.why, fault.quality)


async def test_tcp_comes_back_after_a_restart(tcp_peer, line: Line) -> None:
    """Connected, gone, and back: faults in between, values after, and nothing to restart here."""
    tcp_peer.answer = answer
    before = await line.read(1, BLOCK, 2.0)
    await tcp_peer.stop()
    during = [await line.read(1, BLOCK, 0.5) for _ in range(2)]
    await tcp_peer.start()
    after = await line.read(1, BLOCK, 2.0)

    assert Registers(SHEET) == before
    assert [Why.LINK, Why.LINK] == [fault.why for fault in during if isinstance(fault, Fault)]
    assert Registers(SHEET) == after


async def test_tcp_idle_connection_closed_by_the_device_costs_no_poll(tcp_peer, line: Line) -> None:
    """Devices close idle connections; the next read simply opens another."""
    tcp_peer.answer = answer
    await line.read(1, BLOCK, 2.0)
    tcp_peer.hang_up()
    for _ in range(200):
        if line._lost:
            break
        await asyncio.sleep(0.01)

    assert Registers(SHEET) == await line.read(1, BLOCK, 2.0)
    assert 2 == tcp_peer.connections


async def test_tcp_device_without_address_is_one_sentence(loop_faults) -> None:
    """A name that nobody knows is a fault that tells what to check."""
    line = open_line(TcpLine(host="no-such-host.invalid", port=502))
    fault = await line.read(1, BLOCK, 3.0)
    await line.close()

    assert isinstance(fault, Fault)
    assert Why.LINK is fault.why or Why.SILENT is fault.why


async def test_tcp_pause_is_kept(tcp_peer, line: Line) -> None:
    """A device that wants a tenth of a second of quiet gets it before every request."""
    times: list[float] = []
    loop = asyncio.get_running_loop()

    def note(frame: bytes) -> bytes:
        times.append(loop.time())
        return answer(frame)

    tcp_peer.answer = note
    for _ in range(4):
        await line.read(1, BLOCK, 1.0, 0.1)

    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.1


async def test_tcp_requests_take_turns(tcp_peer, line: Line) -> None:
    """Ten readers at once share one connection, and each gets its own answer."""

    def echo(frame: bytes) -> list[tuple[float, bytes]]:
        return [(0.005, answer(frame, bytes([1, 3, 2]) + frame[8:10]))]

    tcp_peer.answer = echo
    found = await asyncio.gather(*(line.read(1, Block(3, at, 1), 2.0) for at in range(10)))

    assert [Registers([at]) for at in range(10)] == found
    assert 1 == tcp_peer.connections


async def test_tcp_cancelled_read_leaves_the_line_usable(tcp_peer, line: Line) -> None:
    """A reader that is stopped in the middle does not spoil the next one's answer."""
    tcp_peer.answer = lambda frame: [(0.2, answer(frame, bytes.fromhex("0103 02 0001")))]
    task = asyncio.create_task(line.read(1, Block(3, 0, 1), 5.0))
    for _ in range(200):
        if tcp_peer.asked:
            break
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    tcp_peer.answer = lambda frame: answer(frame, bytes.fromhex("0103 02 0002"))

    assert Registers([2]) == await line.read(1, Block(3, 0, 1), 2.0)


def converted(frame: bytes, data: str) -> bytes:
    """The frame of RTU with which a unit answers a question that a converter passed on."""
    body = frame[:2] + bytes([len(bytes.fromhex(data))]) + bytes.fromhex(data)
    return body + checksum(body)


@pytest.fixture
async def bridge(tcp_peer, loop_faults) -> AsyncIterator[Line]:
    """A line to a converter that passes frames of RTU through a socket."""
    tcp_peer.size = 8
    made = open_line(TcpLine(host="127.0.0.1", port=tcp_peer.port, rtu=True))
    yield made
    await made.close()


async def test_converter_carries_frames_of_rtu(tcp_peer, bridge: Line) -> None:
    """Unit, function, address, count and checksum as on the wire: registers, coils and inputs, and a refusal."""
    tcp_peer.answer = lambda frame: converted(frame, "42" if frame[1] < 3 else "00DC")
    words = await bridge.read(1, Block(3, 12, 1), 1.0)
    coils = await bridge.read(7, Block(1, 0, 7), 1.0)
    inputs = await bridge.read(7, Block(2, 32, 7), 1.0)
    tcp_peer.answer = lambda frame: (body := frame[:1] + b"\x83\x02") + checksum(body)
    refused = await bridge.read(1, Block(3, 13, 1), 1.0)

    assert [Registers([220]), Registers([0, 1, 0, 0, 0, 0, 1]), Registers([0, 1, 0, 0, 0, 0, 1])] == [
        words,
        coils,
        inputs,
    ]
    assert "0103000C00014409" == tcp_peer.asked[0].hex().upper()
    assert isinstance(refused, Fault)
    assert (Why.REFUSED, 2) == (refused.why, refused.code)


async def test_converter_brings_a_late_answer_into_the_new_connection(tcp_peer, bridge: Line) -> None:
    """It answers whoever is connected: what comes first after a time-out is not believed when more follows."""

    def late(frame: bytes) -> list[tuple[float, bytes]] | None:
        if len(tcp_peer.asked) == 1:
            return None
        waiting = ["0001", "0002"] if len(tcp_peer.asked) == 2 else ["0003"]
        return [(0.05, converted(frame, one)) for one in waiting]

    tcp_peer.answer = late
    found = [await bridge.read(1, Block(3, 0, 1), 0.2) for _ in range(3)]

    assert [Why.SILENT, Why.CROSSED] == [fault.why for fault in found[:2] if isinstance(fault, Fault)]
    assert Registers([3]) == found[2]
    assert 2 <= tcp_peer.connections


async def test_converter_with_noise_on_its_line_gives_nothing_false(tcp_peer, bridge: Line) -> None:
    """A bit turned over, a byte lost, another unit: no registers; the next whole answer is believed."""
    right = converted(bytes.fromhex("0103000000010000"), "0007")
    wrong = [
        bytes([right[0], right[1], right[2], right[3] ^ 4, *right[4:]]),
        right[:3] + right[4:],
        b"\x02" + right[1:],
    ]
    answers = iter([*wrong, right, right])
    tcp_peer.answer = lambda _: next(answers)
    found = [await bridge.read(1, Block(3, 0, 1), 0.15) for _ in range(5)]

    assert [True, True, True] == [isinstance(one, Fault) for one in found[:3]]
    assert Registers([7]) == found[4]
