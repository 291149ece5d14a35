"""Reading over a serial line, a pseudo-terminal here: frames as printed in vendors' papers, silences, late answers."""

import asyncio
import time
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from contract.words import Quality
from gateway.core.wire.decode import Fault, Registers, Why
from gateway.core.wire.lines import SerialLine
from gateway.core.wire.plan import Block
from gateway.io.modbus import Line, open_line

from .conftest import SerialPeer, checksum


def framed(text: str) -> bytes:
    """A frame from hexadecimal text, checksum added."""
    body = bytes.fromhex(text)
    return body + checksum(body)


def bits(size: int, *set_: int) -> list[int]:
    """So many coils or inputs, some of them on."""
    return [int(at in set_) for at in range(size)]


@pytest.fixture
async def line(serial_peer: SerialPeer, loop_faults) -> AsyncIterator[Line]:
    """A line to the peer at 19200 baud."""
    made = open_line(SerialLine(device=serial_peer.path, baud=19200))
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("unit", "block", "request_", "answer", "words"),
    [
        (1, Block(3, 0x041D, 1), "0103041D0001153C", "01030200F0B800", [0x00F0]),
        (1, Block(3, 0x04CC, 1), "010304CC00014505", "01030200C8B9D2", [0x00C8]),
        (8, Block(4, 1, 2), "0804000100022092", "08040400000064636F", [0, 100]),
        (
            1,
            Block(3, 1024, 8),
            "010304000008453C",
            "010310015E00527FFF003F0119011405DC01F4F690",
            [350, 82, 0x7FFF, 63, 281, 276, 1500, 500],
        ),
        (1, Block(4, 0, 2), "01040000000271CB", "010404436680006FDF", [0x4366, 0x8000]),
        (1, Block(3, 12, 1), "0103000C00014409", framed("0103 02 00DC").hex(), [220]),
        (1, Block(1, 0, 78), "01010000004EBC3E", framed("0101 0A 42000000000200000020").hex(), bits(78, 1, 6, 41, 77)),
        (1, Block(3, 0, 45), "01030000002D85D7", framed("0103 5A" + "00EF" * 45).hex(), [239] * 45),
        (1, Block(3, 46, 10), "0103002E000AA5C4", framed("0103 14" + "0027" * 10).hex(), [39] * 10),
        (1, Block(3, 768, 8), "0103030000084448", framed("0103 10" + "0001" * 8).hex(), [1] * 8),
        (1, Block(3, 128, 44), "01030080002C45FF", framed("0103 58" + "FFFF" * 44).hex(), [0xFFFF] * 44),
        (5, Block(2, 35, 34), framed("050200230022").hex().upper(), framed("0502051000020000").hex(), bits(34, 4, 17)),
    ],
    ids=[
        "ComAp battery", "ComAp nominal", "Lovato voltage", "DSE instruments", "SDM voltage", "IGS-NT battery",
        "HGM6120N coils", "HGM6120N first", "HGM6120N second", "DSE identity", "APC measurements", "Nexys inputs",
    ],
)  # fmt: skip
async def test_rtu_frames_are_as_printed(
    serial_peer: SerialPeer, line: Line, unit: int, block: Block, request_: str, answer: str, words: list[int]
) -> None:
    """Requests (but the last one's) and answers of the papers, byte for byte."""
    serial_peer.answer = lambda _: bytes.fromhex(answer)
    outcome = await line.read(unit, block, 1.0)

    assert [request_] == [frame.hex().upper() for _, frame in serial_peer.asked]
    assert Registers(words) == outcome


async def test_rtu_refusal_is_told(serial_peer: SerialPeer, line: Line) -> None:
    """Exception 02 is a fault with its code."""
    serial_peer.answer = lambda _: framed("018302")
    fault = await line.read(1, Block(3, 5, 1), 1.0)

    assert isinstance(fault, Fault)
    assert (Why.REFUSED, 2) == (fault.why, fault.code)


async def test_rtu_answer_twice_is_not_that_to_the_next_question(serial_peer: SerialPeer, line: Line) -> None:
    """What came before a question is no answer to it, also when the program was too busy to hear it in time."""
    serial_peer.answer = lambda frame: framed(f"0103 02 {frame[3]:04X}")
    first = await line.read(1, Block(3, 5, 1), 1.0)
    serial_peer.write_now(framed("0103 02 0005"))
    loop = asyncio.get_running_loop()
    busy_s = loop.time() + 0.02
    while loop.time() < busy_s:  # the loop is busy with something else, longer than the silence
        time.sleep(0.0002)  # noqa: ASYNC251
    second = await line.read(1, Block(3, 9, 1), 1.0)

    assert (Registers([5]), Registers([9])) == (first, second)


async def test_rtu_silent_unit_costs_its_own_timeout(serial_peer: SerialPeer, line: Line) -> None:
    """Between two reads of the silent unit the other is served at once, and never waits longer than that timeout."""
    serial_peer.answer = lambda frame: framed("0203020007") if frame[0] == 2 else None
    loop = asyncio.get_running_loop()

    async def timed(unit: int) -> tuple[object, float]:
        began = loop.time()
        outcome = await line.read(unit, Block(3, 0, 1), 0.2)
        return outcome, loop.time() - began

    async with asyncio.timeout(30):
        silent, *others = await asyncio.gather(timed(1), *(timed(2) for _ in range(5)))

    assert isinstance(silent[0], Fault)
    assert (Why.SILENT, Quality.COMM_ERROR) == (silent[0].why, silent[0].quality)
    assert 0.2 <= silent[1]
    assert [1, 2, 2, 2, 2, 2] == sorted(frame[0] for _, frame in serial_peer.asked)
    assert [Registers([7])] * 5 == [outcome for outcome, _ in others]


@pytest.mark.parametrize(
    ("baud", "pause_s", "gap_s"), [(1200, 0.0, 35 / 1200), (19200, 0.06, 0.06), (9600, 0.0, 35 / 9600)]
)
async def test_rtu_silence_and_pause_are_kept(serial_peer: SerialPeer, baud: int, pause_s: float, gap_s: float) -> None:
    """After every answer the wire is quiet for 3.5 characters, or for as long as the device wants."""
    serial_peer.answer = lambda _: framed("0103020007")
    line = open_line(SerialLine(device=serial_peer.path, baud=baud))
    for _ in range(6):
        assert Registers([7]) == await line.read(1, Block(3, 0, 1), 1.0, pause_s)
    await line.close()

    gaps = [asked - answered for answered, (asked, _) in zip(serial_peer.answered, serial_peer.asked[1:], strict=False)]
    assert 5 == len(gaps)
    assert min(gaps) >= gap_s


async def test_rtu_late_answer_is_not_taken_for_the_next(serial_peer: SerialPeer, line: Line) -> None:
    """The answer to a request that was given up arrives first after the next one: neither is believed."""
    late = iter([None, [(0.0, framed("0103020001")), (0.05, framed("0103020002"))], framed("0103020003")])
    serial_peer.answer = lambda _: next(late)
    found = [await line.read(1, Block(3, 0, 1), 0.2) for _ in range(3)]

    assert [Why.SILENT, Why.CROSSED] == [fault.why for fault in found[:2] if isinstance(fault, Fault)]
    assert Registers([3]) == found[2]


async def test_rtu_late_answer_is_waited_for_as_long_as_it_was_late(serial_peer: SerialPeer, line: Line) -> None:
    """Each answer comes 0.14 s after its question, and 0.1 s are waited: none is ever taken for the next block's."""
    serial_peer.answer = lambda frame: [(0.14, framed("010302" + frame[2:4].hex()))]
    found = [await line.read(1, Block(3, at, 1), 0.1) for at in (1, 2, 3, 4, 5, 6)]

    assert [] == [one for at, one in enumerate(found, 1) if isinstance(one, Registers) and one != Registers([at])]


async def test_rtu_late_refusal_is_not_that_of_the_next_block(serial_peer: SerialPeer, line: Line) -> None:
    """A block that is refused late must not make the next one a block that the device has not."""
    answers = iter([[(0.15, framed("018302"))], [(0.15, framed("0103020002"))], framed("0103020003")])
    serial_peer.answer = lambda _: next(answers)
    found = [await line.read(1, Block(3, at, 1), 0.1) for at in (1, 2, 3)]

    assert [Why.SILENT, Why.CROSSED] == [fault.why for fault in found[:2] if isinstance(fault, Fault)]
    assert Registers([3]) == found[2]


async def test_rtu_answer_to_what_was_crossed_is_not_the_next_one(serial_peer: SerialPeer, line: Line) -> None:
    """Of another shape: the late answer shows that it is none, and then the true one is late itself."""
    answers = iter(
        [[(0.15, framed("0103020001"))], [(0.2, framed("01030400020002"))], [(0.2, framed("01030400030003"))]]
    )
    serial_peer.answer = lambda _: next(answers, None)
    found = [await line.read(1, block, 0.1) for block in (Block(3, 1, 1), Block(3, 2, 2), Block(3, 3, 2))]

    assert Registers([2, 2]) not in found[2:]
    assert [Why.SILENT, Why.CROSSED] == [fault.why for fault in found[:2] if isinstance(fault, Fault)]


async def test_rtu_second_look_is_taken_once(serial_peer: SerialPeer, line: Line) -> None:
    """After a timeout the first answer of that shape is looked at longer, the ones after it are not."""
    answers = iter([None, *[framed("0103020005")] * 3])
    serial_peer.answer = lambda _: next(answers)
    loop = asyncio.get_running_loop()
    took = []
    for _ in range(4):
        began = loop.time()
        await line.read(1, Block(3, 0, 1), 1.0)
        took.append(loop.time() - began)

    assert took[1] >= 1.0
    assert max(took[2:]) < 1.0


@pytest.mark.parametrize(
    "wrong",
    [
        framed("0104020007"),
        framed("0203020007"),
        framed("01030400070008"),
        framed("0103020007")[:-1] + b"\0",
        framed("0103020007")[:4],
        b"\xff" * 40,
        b"\0",
        framed("01"),
        framed("0183"),
        framed("012B0E010100"),
        bytes(range(256)) * 2,
    ],
    ids=["function", "unit", "count", "checksum", "cut", "ones", "zero", "unit only", "no code", "stranger", "noise"],
)
async def test_rtu_wrong_answer_is_no_value(serial_peer: SerialPeer, line: Line, wrong: bytes) -> None:
    """What is not the answer to the question is a fault, and the line is clean for the next one."""
    serial_peer.answer = lambda _: wrong
    fault = await line.read(1, Block(3, 0, 1), 0.1)
    serial_peer.answer = lambda _: framed("0103020007")

    assert isinstance(fault, Fault)
    assert Quality.COMM_ERROR is fault.quality
    assert Registers([7]) == await line.read(1, Block(3, 0, 1), 0.3)


async def test_rtu_answer_that_has_begun_may_end(serial_peer: SerialPeer) -> None:
    """The deadline is for the beginning: a long answer at a slow speed is heard to its end."""
    whole = framed("0103FA" + "0007" * 125)
    serial_peer.answer = lambda _: [(0.3, whole[:100]), (1.0, whole[100:])]
    line = open_line(SerialLine(device=serial_peer.path, baud=1200))
    outcome = await line.read(1, Block(3, 0, 125), 1.0)
    await line.close()

    assert Registers([7] * 125) == outcome


async def test_rtu_babbling_unit_cannot_hold_the_line(serial_peer: SerialPeer, line: Line) -> None:
    """Somebody who sends without end costs a bounded time, not the line."""
    loop = asyncio.get_running_loop()
    serial_peer.answer = lambda _: [(0.0, b"\x55" * 8), *[(0.01, b"\x55" * 8)] * 6000]
    began = loop.time()
    faults = [await line.read(1, Block(3, 0, 1), 0.1, 0.05) for _ in range(2)]

    assert all(isinstance(fault, Fault) for fault in faults)
    assert loop.time() - began < 30, "it babbles for a minute"


async def test_rtu_missing_port_is_one_sentence() -> None:
    """A port that does not exist is a fault that tells what to check."""
    fault = await open_line(SerialLine(device="/dev/ttyNONE")).read(1, Block(3, 0, 1), 0.5)

    assert Fault(Quality.COMM_ERROR, "/dev/ttyNONE: there is no such serial port; check the cable", Why.LINK) == fault


async def test_rtu_port_in_use_is_one_sentence(serial_peer: SerialPeer, line: Line) -> None:
    """Two programs on one port would cross their answers; the second is refused."""
    serial_peer.answer = lambda _: framed("0103020007")
    await line.read(1, Block(3, 0, 1), 0.5)
    second = open_line(SerialLine(device=serial_peer.path))
    fault = await second.read(1, Block(3, 0, 1), 0.5)

    assert isinstance(fault, Fault)
    assert fault.sentence.endswith("no serial port, or without that speed or parity")


async def test_rtu_lengths_change_between_requests(serial_peer: SerialPeer, line: Line) -> None:
    """Blocks of different lengths follow each other without mixing."""
    serial_peer.answer = lambda frame: framed(f"0103{2 * frame[5]:02X}" + "0009" * frame[5])
    counts = [3, 58, 1, 23, 18]
    found = [await line.read(1, Block(3, 0, count), 1.0) for count in counts]

    assert [Registers([9] * count) for count in counts] == found
    assert all(first[1] != second[1] for first, second in pairwise(serial_peer.asked))
