"""Towards machines the gateway only reads."""

import ast
import asyncio
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import gateway
from gateway.core.wire.decode import Fault, Registers
from gateway.core.wire.lines import TcpLine
from gateway.core.wire.plan import Block
from gateway.io.modbus import open_line

from .conftest import TcpPeer

ROOM = Path(gateway.__file__).parent
READERS = {"read_holding_registers", "read_input_registers"}


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


def test_read_only_that_file_names_two_functions_and_they_read() -> None:
    """Of all the functions of the library's client, only the two that read registers are named, and none by text."""
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


@settings(max_examples=60, deadline=None)
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
