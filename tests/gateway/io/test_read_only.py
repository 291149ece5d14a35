"""Towards machines the gateway only reads."""

import ast
import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pymodbus.exceptions import ModbusException

import gateway
from gateway.core.wire.decode import Fault, Registers
from gateway.core.wire.lines import SerialLine, TcpLine
from gateway.core.wire.plan import Block
from gateway.io.modbus import open_line
from gateway.profiles import registry

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
@pytest.mark.parametrize("wire", ["tcp", "serial"])
async def test_read_only_no_writer_of_the_library_gets_a_byte_out(
    wire: str, name: str, tcp_peer: TcpPeer, serial_peer: SerialPeer
) -> None:
    """Even somebody who calls a writer on the very client of an open line sends nothing; reading goes on."""
    image = Image()
    image.put(3, 0, "0001 0002")
    tcp_peer.answer = image
    serial_peer.answer = lambda frame: (answer := bytes.fromhex("010304 0001 0002")) + checksum(answer)
    at = (
        TcpLine(host="127.0.0.1", port=tcp_peer.port)
        if wire == "tcp"
        else SerialLine(device=serial_peer.path, baud=9600)
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


async def run_for(seconds: float, *arguments: str) -> int:
    """A program of the gateway as a process; ended after so many seconds. Its exit code."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", *arguments, cwd=ROOM.parent, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        process.terminate()
        return await asyncio.wait_for(process.wait(), 10)


async def test_read_only_over_a_whole_run_and_every_profile(
    tmp_path: Path, tcp_peer: TcpPeer, serial_peer: SerialPeer
) -> None:
    """Daemon and technician's commands, with devices that answer, refuse and fall silent: each frame is a question."""
    turn = [0]

    def pdu(function: int, start: int, count: int) -> bytes | None:
        turn[0] += 1
        if turn[0] % 7 == 0:
            return None
        if turn[0] % 5 == 0:
            return bytes([function | 0x80, 1 + turn[0] % 4])
        if function in (1, 2):
            return bytes([function, -(-count // 8)]) + bytes(-(-count // 8))
        return bytes([function, 2 * count]) + (start & 0xFF).to_bytes(2, "big") * count

    def by_tcp(frame: bytes) -> bytes | None:
        told = pdu(frame[7], int.from_bytes(frame[8:10], "big"), int.from_bytes(frame[10:12], "big"))
        return None if told is None else frame[:4] + (len(told) + 1).to_bytes(2, "big") + frame[6:7] + told

    def by_line(frame: bytes) -> bytes | None:
        told = pdu(frame[1], int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big"))
        return None if told is None else frame[:1] + told + checksum(frame[:1] + told)

    tcp_peer.answer, serial_peer.answer = by_tcp, by_line
    names = sorted(registry.registry())
    wires = {"t": f'tcp = "127.0.0.1:{tcp_peer.port}"', "s": f'serial = "{serial_peer.path}"\nbaud = 115200'}
    pace = "poll_every_s = 0.2\nslow_every_s = 0.4\ntimeout_s = 0.05\npause_s = 0\nunit = 1\n"
    contacts = {"waveshare-io-8ch": '[[device.contact]]\ninput = 1\nmeans = "mains_present"\n'}
    devices = "".join(
        f'[[device]]\nname = "{letter}-{name}"\nprofile = "{name}"\n{wire}\n{pace}{contacts.get(name, "")}'
        for letter, wire in wires.items()
        for name in names
    )
    settings = tmp_path / "site.toml"
    settings.write_text(
        '[site]\nid = "test-kall"\nplace = "Test"\nsimulated = true\n[store]\npath = "STORE"\n[site_broker]\n'
        f'url = "mqtt://127.0.0.1:1"\n[generator]\ncontroller = "t-dse-73xx-mkii"\n{devices}'.replace(
            "STORE", str(tmp_path / "g.db")
        )
    )

    assert 0 == await run_for(6.0, "run", str(settings))
    counted = len(tcp_peer.asked), len(serial_peer.asked)
    by_hand = (("--tcp", f"127.0.0.1:{tcp_peer.port}"), ("--serial", serial_peer.path))
    await asyncio.gather(*(run_for(5.0, "read", "--profile", names[0], *one, "--unit", "1") for one in by_hand))

    assert min(counted) > 50
    assert len(tcp_peer.asked) > counted[0]
    assert len(serial_peer.asked) > counted[1]
    assert every_frame_reads(tcp_peer.asked, [frame for _, frame in serial_peer.asked])


def test_read_only_the_recorder_sees_a_writer() -> None:
    """The judgement above is no yes to everything."""
    write = bytes.fromhex("000100000006 01 06 0001 0002")

    assert not every_frame_reads([write], [])
    assert not every_frame_reads([], [(body := bytes.fromhex("010600010002")) + checksum(body)])
    assert every_frame_reads([bytes.fromhex("000100000006 01 03 0001 0002")], [])
