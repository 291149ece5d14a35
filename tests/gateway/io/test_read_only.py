"""Towards machines the gateway only reads."""

import ast
import asyncio
import contextlib
import re
import struct
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pymodbus.exceptions import ModbusException

import gateway
from gateway.__main__ import _parser
from gateway.core.wire.decode import Fault, Registers
from gateway.core.wire.lines import SerialLine, TcpLine
from gateway.core.wire.plan import Block
from gateway.io.modbus import open_line
from gateway.profiles import registry
from gateway.profiles.reader import parse
from gateway.profiles.schema import ProfileFault
from gateway.tools.commands import ON_THE_WIRE
from gateway.tools.scan import run_scan

from .conftest import Image, SerialPeer, TcpPeer, checksum

ROOM = Path(gateway.__file__).parent
READERS = {"read_coils", "read_discrete_inputs", "read_holding_registers", "read_input_registers"}


def trees() -> dict[str, ast.Module]:
    """Every Python file of the gateway."""
    return {str(path.relative_to(ROOM)): ast.parse(path.read_text("utf-8")) for path in sorted(ROOM.rglob("*.py"))}


def imported(tree: ast.Module) -> set[str]:
    """Top names of all imports of a file."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_read_only_one_file_knows_the_modbus_library() -> None:
    """No other file could even ask it for a write."""
    assert ["io/modbus.py"] == [path for path, tree in trees().items() if {"pymodbus", "serial"} & imported(tree)]


def test_read_only_that_file_names_four_functions_and_they_read() -> None:
    """Of all the functions of the library's client, only the four that read are named, and none by text."""
    tree = trees()["io/modbus.py"]
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    from pymodbus.client.mixin import ModbusClientMixin

    client = {name for name in dir(ModbusClientMixin) if not name.startswith("_")} - {"DATATYPE"}

    assert READERS == attributes & client
    assert "getattr" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def test_read_only_library_has_the_writers_that_are_looked_for() -> None:
    """The list above is not empty by accident: the library can write, and the test would see it."""
    from pymodbus.client.mixin import ModbusClientMixin

    assert {"write_register", "write_registers", "write_coil", "write_coils"} <= set(dir(ModbusClientMixin))


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.binary(max_size=40), st.booleans())
def test_read_only_whatever_comes_back_is_data(noise: bytes, headed: bool) -> None:
    """Random bytes from the far end, bare or under a right header, never raise and never become registers unasked."""

    async def exchange() -> tuple[object, list[str]]:
        faults: list[str] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(str(context)))
        peer = TcpPeer()
        await peer.start()
        peer.answer = lambda f: f[:4] + len(noise).to_bytes(2, "big") + noise if headed else noise
        line = open_line(TcpLine(host="127.0.0.1", port=peer.port))
        outcome = await line.read(1, Block(3, 0, 2), 0.03)
        await line.close()
        await peer.stop()
        return outcome, faults

    outcome, faults = asyncio.run(exchange())

    assert [] == faults
    if not (headed and noise[:3] == bytes.fromhex("010304") and len(noise) == 7):
        assert isinstance(outcome, Fault)
    else:
        assert isinstance(outcome, Registers)


WRITES: dict[str, dict[str, Any]] = {
    "write_register": {"address": 1, "value": 2},
    "write_registers": {"address": 1, "values": [2]},
    "write_coil": {"address": 1, "value": True},
    "write_coils": {"address": 1, "values": [True]},
    "mask_write_register": {"address": 1, "and_mask": 0, "or_mask": 1},
    "readwrite_registers": {"read_address": 0, "read_count": 1, "write_address": 1, "values": [2]},
    "write_file_record": {"records": []},
    "diag_restart_communication": {"toggle": True},
    "diag_clear_counters": {},
}
"""Of the library's client: what changes a machine, with arguments."""


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("wire", ["tcp", "rtu over tcp", "serial"])
async def test_read_only_no_writer_of_the_library_gets_a_byte_out(
    wire: str, name: str, tcp_peer: TcpPeer, serial_peer: SerialPeer
) -> None:
    """Even somebody who calls a writer on the very client of an open line sends nothing; reading goes on."""
    image = Image()
    image.put(3, 0, "0001 0002")
    serial_peer.answer = lambda frame: (answer := bytes.fromhex("010304 0001 0002")) + checksum(answer)
    tcp_peer.answer, tcp_peer.size = (image, 12) if wire == "tcp" else (serial_peer.answer, 8)
    at = (
        SerialLine(device=serial_peer.path, baud=9600)
        if wire == "serial"
        else TcpLine(host="127.0.0.1", port=tcp_peer.port, rtu=wire != "tcp")
    )
    line = open_line(at)
    assert Registers([1, 2]) == await line.read(1, Block(3, 0, 2), 2.0)
    before = len(tcp_peer.asked) + len(serial_peer.asked)
    assert line._client is not None

    with pytest.raises((ModbusException, TimeoutError)):
        async with asyncio.timeout(0.3):
            await getattr(line._client, name)(**WRITES[name])

    assert Registers([1, 2]) == await line.read(1, Block(3, 0, 2), 2.0)
    assert 1 == len(tcp_peer.asked) + len(serial_peer.asked) - before
    await line.close()


def every_frame_reads(tcp: list[bytes], serial: list[bytes]) -> bool:
    """Is each frame that arrived one whole question with function 1 to 4?"""
    right = [frame[2:6] == bytes.fromhex("00000006") and frame[7] in (1, 2, 3, 4) for frame in tcp]
    right += [frame[1] in (1, 2, 3, 4) and checksum(frame[:6]) == frame[6:] for frame in serial]
    return all(right)


async def run_until(enough: Callable[[], bool], *arguments: str) -> int:
    """A program of the gateway as a process, ended when `enough` has been asked; its exit code."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", *arguments, cwd=ROOM.parent, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    async with asyncio.timeout(60):
        while process.returncode is None and not enough():  # noqa: ASYNC110 - another process tells nobody
            await asyncio.sleep(0.02)
        if process.returncode is None:
            process.terminate()
        return await process.wait()


class Moody:
    """Devices that answer, refuse and fall silent in turn, on any wire."""

    def __init__(self) -> None:
        self._turn = 0

    def _pdu(self, function: int, start: int, count: int) -> bytes | None:
        self._turn += 1
        if self._turn % 7 == 0:
            return None
        if self._turn % 5 == 0:
            return bytes([function | 0x80, 1 + self._turn % 4])
        if function in (1, 2):
            return bytes([function, -(-count // 8)]) + bytes(-(-count // 8))
        return bytes([function, 2 * count]) + (start & 0xFF).to_bytes(2, "big") * count

    def by_tcp(self, frame: bytes) -> bytes | None:
        """The answer to a question of Modbus TCP."""
        told = self._pdu(frame[7], int.from_bytes(frame[8:10], "big"), int.from_bytes(frame[10:12], "big"))
        return None if told is None else frame[:4] + (len(told) + 1).to_bytes(2, "big") + frame[6:7] + told

    def by_line(self, frame: bytes) -> bytes | None:
        """The answer to a question of a serial line, also through a converter."""
        told = self._pdu(frame[1], int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big"))
        return None if told is None else frame[:1] + told + checksum(frame[:1] + told)


@pytest.fixture
async def wires(
    tcp_peer: TcpPeer, converter: TcpPeer, serial_peer: SerialPeer
) -> dict[str, tuple[str, str, Callable[[], list[bytes]]]]:
    """Each kind of wire: the argument for it, its address, and what arrived there."""
    moody = Moody()
    tcp_peer.answer, converter.answer, serial_peer.answer = moody.by_tcp, moody.by_line, moody.by_line
    converter.size = 8
    return {
        "tcp": ("--tcp", f"127.0.0.1:{tcp_peer.port}", lambda: tcp_peer.asked),
        "rtu_over_tcp": ("--rtu-over-tcp", f"127.0.0.1:{converter.port}", lambda: converter.asked),
        "serial": ("--serial", serial_peer.path, lambda: [frame for _, frame in serial_peer.asked]),
    }


@pytest.fixture
async def converter() -> AsyncIterator[TcpPeer]:
    """What passes frames of a serial line through a network."""
    peer = TcpPeer()
    await peer.start()
    yield peer
    await peer.stop()


async def test_read_only_over_a_whole_run_and_every_profile(
    tmp_path: Path, wires: dict[str, tuple[str, str, Callable[[], list[bytes]]]], serial_peer: SerialPeer
) -> None:
    """The daemon with every profile on every kind of wire, with devices of all moods: each frame is a question."""
    serial_peer.outside = True
    pace = "poll_every_s = 0.2\nslow_every_s = 0.4\ntimeout_s = 0.05\npause_s = 0\nunit = 1\n"
    contacts = {"waveshare-io-8ch": '[[device.contact]]\ninput = 1\nmeans = "mains_present"\n'}
    devices = "".join(
        f'[[device]]\nname = "{way[0]}-{name}"\nprofile = "{name}"\n{way} = "{address}"\n'
        f"{'baud = 115200' if way == 'serial' else ''}\n{pace}{contacts.get(name, '')}"
        for way, (_, address, _) in wires.items()
        for name in sorted(registry.registry())
    )
    settings = tmp_path / "site.toml"
    settings.write_text(
        f'[site]\nid = "test-kall"\nplace = "Test"\nsimulated = true\n[store]\npath = "{tmp_path / "g.db"}"\n'
        f'[site_broker]\nurl = "mqtt://127.0.0.1:1"\n[generator]\ncontroller = "t-dse-73xx-mkii"\n{devices}'
    )
    asked = {way: frames for way, (_, _, frames) in wires.items()}

    assert 0 == await run_until(lambda: min(len(one()) for one in asked.values()) > 100, "run", str(settings))
    assert every_frame_reads(asked["tcp"](), asked["rtu_over_tcp"]() + asked["serial"]())
    assert min(len(one()) for one in asked.values()) > 100


@pytest.mark.parametrize("tool", ["scan", "read", "watch", "capture"])
async def test_read_only_the_technicians_tools(
    tool: str, tmp_path: Path, wires: dict[str, tuple[str, str, Callable[[], list[bytes]]]]
) -> None:
    """Each of them on each kind of wire, though nothing there is as it should be."""
    profile = ("--profile", "dse-73xx-mkii", "--unit", "1", "--anyway", "to see what it sends", "--timeout", "1")
    more = {
        "scan": ("--units", "1", "--timeout", "1", "--yes"),
        "read": profile,
        "watch": (*profile, "--every", "0.2", "--rounds", "2"),
        "capture": profile,
    }[tool]

    async def on(way: str) -> None:
        out = ("--out", str(tmp_path / f"{way}.toml")) if tool == "capture" else ()
        baud = ("--baud", "115200") if way == "serial" else ()
        args = _parser().parse_args([tool, *wires[way][:2], *more, *baud, *out])
        await (run_scan(args, listen_s=0.1) if tool == "scan" else ON_THE_WIRE[tool](args))

    async with asyncio.timeout(120):
        await asyncio.gather(*(on(way) for way in wires))

    asked = {way: frames() for way, (_, _, frames) in wires.items()}
    assert all(asked.values()), {way: len(frames) for way, frames in asked.items()}
    assert every_frame_reads(asked["tcp"], asked["rtu_over_tcp"] + asked["serial"])


@pytest.mark.parametrize("function", [0, 5, 6, 15, 16, 21, 22, 23, 43, 0x83, -1, "true", "[3]", '"write"'])
@pytest.mark.parametrize("where", ["[link]\n", "[[block]]\n", "[[signal]]\n", "[[alarms]]\n"])
def test_read_only_profile_that_names_a_writer_is_refused(where: str, function: object) -> None:
    """Whatever a profile says of functions, wherever a function may stand: only the four that read are taken."""
    text = next(text for path in sorted(ROOM.glob("profiles/*.toml")) if where in (text := path.read_text("utf-8")))
    head, found, rest = re.sub(r"(?m)^function +=.*\n", "", text).partition(where)
    assert found

    with pytest.raises(ProfileFault, match=r"function = "):
        parse(f"{head}{where}function = {function}\n{rest}", "hostile.toml", registry.family)


@pytest.mark.parametrize(
    "block", [Block(6, 1, 1), Block(16, 0, 2), Block(3, 0, 0), Block(3, -1, 1), Block(3, 70000, 1)]
)
async def test_read_only_block_that_is_no_question_stays_here(block: Block, tcp_peer: TcpPeer) -> None:
    """Had all the checks before it failed: nothing leaves for a writer's function, and no question without an end."""
    line = open_line(TcpLine(host="127.0.0.1", port=tcp_peer.port))
    with contextlib.suppress(KeyError, ValueError, struct.error):
        await line.read(1, block, 0.2)
    await line.close()

    assert [] == tcp_peer.asked


def test_read_only_the_recorder_sees_a_writer() -> None:
    """The judgement above is no yes to everything."""
    write = bytes.fromhex("000100000006 01 06 0001 0002")

    assert not every_frame_reads([write], [])
    assert not every_frame_reads([], [(body := bytes.fromhex("010600010002")) + checksum(body)])
    assert every_frame_reads([bytes.fromhex("000100000006 01 03 0001 0002")], [])
