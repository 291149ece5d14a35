"""The Modbus servers, on pymodbus: what a device answers, or that it does not answer at all."""

import asyncio
import errno
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from pymodbus.constants import ExcCodes
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from simulator.core.faults import CannotRun
from simulator.core.image import Memory
from simulator.line import Line

TCP_UNIT_AT = 6
"""Where the unit stands in an answer over TCP; on a serial line it is the first byte."""
ALL_REGISTERS = 65536
READS = (1, 2, 3, 4)
BITS = (1, 2)
WORD_BITS = 16
MOST_BITS = 2000
SILENCE_S = 0.05
"""Real seconds; many times the 3.5 characters of the Modbus paper, because a busy computer pauses too."""

# its warnings repeat what our own sentences say
logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)


@dataclass
class Station:
    """One device on a wire: its unit, its registers now, and whether it keeps silent now. Counts what it was asked."""

    unit: int
    memory: Callable[[], Memory]
    silent: Callable[[], bool]
    reads: int = 0
    refused: int = 0
    device: SimDevice = field(init=False)

    def __post_init__(self) -> None:
        """The library's view of it: one span of registers, filled at every read."""
        self.device = SimDevice(self.unit, _everywhere(), action=self._answer)

    async def _answer(
        self,
        function: int,
        start: int,
        address: int,
        count: int,
        registers: list[int],
        values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Called by the library before it answers from `registers`. Nothing can be written."""
        cells = self.memory().get(function) if function in READS and values is None else None
        if cells is None:
            self.refused += 1
            return ExcCodes.ILLEGAL_FUNCTION
        try:
            words = _packed(cells, address, count) if function in BITS else _words(cells, address, count)
        except KeyError:
            self.refused += 1
            return ExcCodes.ILLEGAL_ADDRESS
        registers[address - start : address - start + count] = words
        self.reads += 1
        return None

    def lacks_bits(self, function: int, address: int, count: int) -> bool:
        """Does it know the function, but not all of these coils or inputs?"""
        cells = self.memory().get(function)
        return cells is not None and any(at not in cells for at in range(address, address + count))


async def serve_tcp(host: str, port: int, stations: list[Station]) -> tuple[ModbusTcpServer, int]:
    """Listen, and tell the port; raises CannotRun when the port is taken or not ours to take."""
    _try_port(host, port)
    server = ModbusTcpServer(
        _devices(stations),
        address=(host, port),
        trace_packet=lambda sending, data: _only_speakers(stations, sending, data, TCP_UNIT_AT),
        trace_pdu=lambda sending, pdu: _only_bits_there(stations, sending, pdu),
    )
    try:
        await server.serve_forever(background=True)
        sockets = getattr(server.transport, "sockets", ())
        return server, int(sockets[0].getsockname()[1])
    except (RuntimeError, OSError, IndexError) as fault:
        raise CannotRun(f"port {port} at {host} cannot be listened on; choose another port") from fault


async def serve_line(line: Line, baud: int, stations: list[Station]) -> ModbusSerialServer:
    """Answer at the devices' end of a serial line; raises CannotRun."""
    loop = asyncio.get_running_loop()
    silence: asyncio.TimerHandle | None = None

    def drop_half_frames() -> None:
        for connection in server.active_connections.values():
            connection.recv_buffer = b""

    def watch(sending: bool, data: bytes) -> bytes:
        # a device forgets half a frame when the line falls silent; the library would wait for its end for ever
        nonlocal silence
        if not sending:
            if silence is not None:
                silence.cancel()
            silence = loop.call_later(SILENCE_S, drop_half_frames)
        return _only_speakers(stations, sending, data, 0)

    server = ModbusSerialServer(
        _devices(stations),
        port=line.device_path,
        baudrate=baud,
        trace_packet=watch,
        trace_pdu=lambda sending, pdu: _only_bits_there(stations, sending, pdu),
    )
    try:
        await server.serve_forever(background=True)
    except (RuntimeError, OSError, ValueError) as fault:
        raise CannotRun(f"serial line {line.link}: {fault}") from fault
    return server


def _only_speakers(stations: list[Station], sending: bool, data: bytes, unit_at: int) -> bytes:
    """An answer passes only when its unit exists and speaks; an empty packet is never sent."""
    if not sending:
        return data
    unit = data[unit_at] if len(data) > unit_at else None
    speaks = any(station.unit == unit and not station.silent() for station in stations)
    return data if speaks else b""


def _only_bits_there(stations: list[Station], sending: bool, pdu: ModbusPDU) -> ModbusPDU:
    """The library does not tell a device how many bits were asked for, so a question for bits that are not there is
    turned here into one that no device can answer: it then refuses the address by itself."""
    if not sending and pdu.function_code in BITS:
        for station in stations:
            if station.unit == pdu.dev_id and station.lacks_bits(pdu.function_code, pdu.address, pdu.count):
                station.refused += 1
                pdu.address, pdu.count = ALL_REGISTERS - 1, MOST_BITS
    return pdu


def _words(cells: dict[int, int], address: int, count: int) -> list[int]:
    """So many registers; KeyError where one is not there."""
    return [cells[at] for at in range(address, address + count)]


def _packed(cells: dict[int, int], address: int, count: int) -> list[int]:
    """Coils or inputs as the library wants them: in words, of whose first it leaves out as many bits as the address has
    beyond a multiple of sixteen."""
    first = address - address % WORD_BITS
    return [
        sum(bool(cells.get(at + place)) << place for place in range(WORD_BITS))
        for at in range(first, first + WORD_BITS * count, WORD_BITS)
    ]


def _devices(stations: list[Station]) -> list[SimDevice]:
    # unit 0 stands for all that are not there; the library would raise without it, and its answers are held back
    return [SimDevice(0, _everywhere()), *(station.device for station in stations)]


def _everywhere() -> list[SimData]:
    return [SimData(0, count=ALL_REGISTERS, values=0, datatype=DataType.REGISTERS)]


def _try_port(host: str, port: int) -> None:
    """The library hides why it cannot listen; ask the system first."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as fault:
        taken = fault.errno == errno.EADDRINUSE
        why = "is taken by another program" if taken else f"cannot be used: {os.strerror(fault.errno or 0).lower()}"
        if isinstance(fault, socket.gaierror):
            why = "cannot be used: the host is not known"
        raise CannotRun(f"port {port} at {host} {why}; choose another port or host") from fault
