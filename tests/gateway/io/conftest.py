"""Peers at the other end of the wire: bytes over a real socket or pseudo-terminal, and libmodbus itself."""

import asyncio
import contextlib
import ctypes
import ctypes.util
import fcntl
import os
import socket
import struct
import termios
import threading
import time
import tty
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import pytest

from contract.messages import Value
from contract.records import Record
from contract.words import ClockQuality, Origin, Quality, Status, Stream
from gateway.core.pipeline import Batch, Numbered
from gateway.core.remembered import Memory
from gateway.core.site import Now
from gateway.io.counts import counts
from gateway.io.store import Store
from tests.ports import free_port

from .steady import make_steady

Answer = bytes | list[tuple[float, bytes]] | None
"""What comes back: bytes at once, (delay in s, bytes) one after another, or silence."""


FULL = 3000
"""Bytes that a pseudo-terminal takes though nobody reads them, with room to spare."""


def checksum(frame: bytes) -> bytes:
    """CRC of Modbus over serial line 1.02, section 6.2.2, low byte first."""
    crc = 0xFFFF
    for byte in frame:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc.to_bytes(2, "little")


class SerialPeer:
    """A device on the far end of a pseudo-terminal: notes each 8-byte request and answers by `answer`."""

    def __init__(self) -> None:
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self.master, False)  # what is there to be read may be flushed before it is read
        self.path = os.ttyname(self._slave)
        self.outside = False
        """Is it read by another process? Then nobody can see when something has come."""
        self.asked: list[tuple[float, bytes]] = []
        self.answered: list[float] = []
        self.behind_s = 0.0
        """How late something came because the machine was busy: a device of its own would not have waited."""
        self.answer: Callable[[bytes], Answer] = lambda _: None
        self._buffer = b""
        self._loop = asyncio.get_running_loop()
        make_steady(self._loop)
        self._loop.add_reader(self.master, self._ready)

    def _ready(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._buffer += os.read(self.master, 1024)
        while len(self._buffer) >= 8:
            frame, self._buffer = self._buffer[:8], self._buffer[8:]
            self.asked.append((self._loop.time(), frame))
            self.send(self.answer(frame))

    def send(self, answer: Answer) -> None:
        """Put an answer on the wire."""
        due = 0.0
        for delay, part in [(0.0, answer)] if isinstance(answer, bytes) else answer or []:
            due += delay
            self._loop.call_later(due, self._write, part, self._loop.time() + due)

    def _write(self, part: bytes, due_s: float) -> None:
        self.behind_s = max(self.behind_s, self._loop.time() - due_s)
        if self.master >= 0:
            self.write_now(part)
            self.answered.append(self._loop.time())

    def write_now(self, part: bytes) -> None:
        """It is there when this returns: the kernel carries it to the far end by a thread of its own."""
        there = min(_unread(self._slave) + len(part), FULL)
        with contextlib.suppress(BlockingIOError):  # nobody reads it, and no wire keeps it
            os.write(self.master, part)
        for _ in range(10_000):
            if self.outside or _unread(self._slave) >= there:
                return
            time.sleep(0.001)
        raise AssertionError("the pseudo-terminal does not carry")

    def unplug(self) -> None:
        """Pull the cable out of the box."""
        if self.master >= 0:
            self._loop.remove_reader(self.master)
            os.close(self.master)
            os.close(self._slave)
            self.master = -1


def _unread(port: int) -> int:
    """Bytes that have come and that nobody has read."""
    count: int = struct.unpack("i", fcntl.ioctl(port, termios.FIONREAD, bytes(4)))[0]
    return count


class TcpPeer:
    """A device behind a socket: notes each request and answers by `answer`; counts connections."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[bytes] = []
        self.connections = 0
        self.answer: Callable[[bytes], Answer] = lambda _: None
        self.size = 12
        """Bytes of a question; 8 of a converter that passes frames of RTU through."""
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        make_steady()
        self.port = self.port or free_port()  # nobody else is given it while this one is away
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Close the socket and all connections."""
        if self._server is not None:
            self._server.close()
            self.hang_up()
            await self._server.wait_closed()
            self._server = None
            if self._serving:
                await asyncio.wait(self._serving, timeout=5)

    def hang_up(self) -> None:
        """Close all connections but go on listening."""
        for writer in self._writers:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)
        try:
            while True:
                frame = await reader.readexactly(self.size)
                self.asked.append(frame)
                answer = self.answer(frame)
                for delay, part in [(0.0, answer)] if isinstance(answer, bytes) else answer or []:
                    await asyncio.sleep(delay)
                    writer.write(part)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


class Image:
    """Registers by (function, address) as a Modbus TCP device would answer; what is not there is exception 02."""

    def __init__(self, unit: int = 1) -> None:
        self.unit = unit
        self.registers: dict[tuple[int, int], int] = {}
        self.silent = False

    def put(self, function: int, start: int, text: str) -> None:
        """Registers as hexadecimal text from an address on."""
        for offset, word in enumerate(text.split()):
            self.registers[function, start + offset] = int(word, 16)

    def fill(self, function: int, first: int, last: int, word: int) -> None:
        """The same word in a range, where nothing stands yet."""
        for at in range(first, last + 1):
            self.registers.setdefault((function, at), word)

    def __call__(self, frame: bytes) -> Answer:
        """The answer to one request."""
        head, function = frame[:4], frame[7]
        start, count = int.from_bytes(frame[8:10], "big"), int.from_bytes(frame[10:12], "big")
        if self.silent or frame[6] != self.unit:
            return None
        words = [self.registers.get((function, at)) for at in range(start, start + count)]
        pdu = bytes([function | 0x80, 2])
        if None not in words:
            pdu = bytes([function, 2 * count]) + b"".join((word or 0).to_bytes(2, "big") for word in words)
        return head + (len(pdu) + 1).to_bytes(2, "big") + frame[6:7] + pdu


@pytest.fixture
async def serial_peer() -> AsyncIterator[SerialPeer]:
    """A device on a pseudo-terminal."""
    peer = SerialPeer()
    yield peer
    peer.unplug()


@pytest.fixture
async def tcp_peer() -> AsyncIterator[TcpPeer]:
    """A device behind a socket, listening."""
    peer = TcpPeer()
    await peer.start()
    yield peer
    await peer.stop()


@pytest.fixture
async def loop_faults() -> AsyncIterator[list[str]]:
    """What the event loop would have printed as a traceback; must stay empty."""
    found: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: found.append(str(context)))
    yield found
    assert found == []


class Mapping(ctypes.Structure):
    """libmodbus's modbus_mapping_t."""

    _fields_ = [
        *((name, ctypes.c_int) for name in ("nb_bits", "start_bits", "nb_input_bits", "start_input_bits")),
        *((name, ctypes.c_int) for name in ("nb_input", "start_input", "nb_holding", "start_holding")),
        ("bits", ctypes.POINTER(ctypes.c_uint8)),
        ("input_bits", ctypes.POINTER(ctypes.c_uint8)),
        ("input", ctypes.POINTER(ctypes.c_uint16)),
        ("holding", ctypes.POINTER(ctypes.c_uint16)),
    ]


Tables = dict[int, tuple[int, list[int]]]
"""By function: the first address, and what stands from there on."""


class Foreign:
    """A Modbus TCP device made of libmodbus, with one table for each function that reads; serves in a thread."""

    def __init__(self, library: str, tables: Tables) -> None:
        self._lib = ctypes.CDLL(library)
        self._lib.modbus_new_tcp.restype = ctypes.c_void_p
        self._lib.modbus_mapping_new_start_address.restype = ctypes.POINTER(Mapping)
        self._context = ctypes.c_void_p(self._lib.modbus_new_tcp(b"127.0.0.1", 0))
        sizes = [part for function in (1, 2, 3, 4) for part in _place(tables, function)]
        self._mapping = self._lib.modbus_mapping_new_start_address(*sizes)
        mapped = self._mapping.contents
        cells = {1: mapped.bits, 2: mapped.input_bits, 3: mapped.holding, 4: mapped.input}
        for function, (_, words) in tables.items():
            for at, word in enumerate(words):
                cells[function][at] = word
        self._listening = self._lib.modbus_tcp_listen(self._context, 1)
        self._socket = socket.socket(fileno=self._listening)
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        query = (ctypes.c_uint8 * 260)()
        fd = ctypes.c_int(self._listening)
        if self._lib.modbus_tcp_accept(self._context, ctypes.byref(fd)) < 0:
            return
        for _ in range(10_000):
            length = self._lib.modbus_receive(self._context, query)
            if length < 0:
                return
            self._lib.modbus_reply(self._context, query, length, self._mapping)

    def close(self) -> None:
        """Stop listening and wait for the thread."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._lib.modbus_close(self._context)
        self._socket.close()


def _place(tables: Tables, function: int) -> tuple[int, int]:
    start, words = tables.get(function, (0, []))
    return start, len(words)


@pytest.fixture
def foreign() -> Iterator[Callable[..., Foreign]]:
    """Makes libmodbus devices of holding registers from an address on, or of tables; skipped without the library."""
    library = ctypes.util.find_library("modbus")
    if library is None:
        pytest.skip("libmodbus is not installed")
    made: list[Foreign] = []

    def make(start: int = 0, words: Sequence[int] = (), tables: Tables | None = None) -> Foreign:
        made.append(Foreign(library, tables or {3: (start, list(words))}))
        return made[-1]

    yield make
    for peer in made:
        peer.close()


# --- a store, and what goes into it ---

POLLED = {
    "fuel.level": Value(value=60, origin=Origin.MEASURED, up_ms=1),
    "engine.speed": Value(value=None, origin=Origin.MEASURED, up_ms=1, quality=Quality.SENSOR_FAULT, reason="code"),
}
POLL = Batch(device="genset", values=POLLED)


def moment(second: int, run: str = "run-1", wall_ms: int | None = 0) -> Now:
    """A moment; the wall clock shows the same number of seconds."""
    wall = None if wall_ms is None else wall_ms + second * 1000
    return Now(run=run, boot="boot-1", up_ms=second * 1000, wall_ms=wall, clock=ClockQuality.SYNCED)


def event(seq: int, kind: str = "mains_lost") -> Numbered:
    """An event of the run."""
    return Numbered(Stream.EVENT, seq, kind, {"number": seq})


def sample(seq: int, size: int = 1) -> Numbered:
    """A sample of the run."""
    return Numbered(Stream.SAMPLE, seq, "sample", {"device": "genset", "whole": False, "values": {}, "pad": "x" * size})


def opened(path: Path, status: Status = Status.ACTUAL, *, simulated: bool = False) -> Store:
    """The store of that path."""
    return Store(path, status, simulated=simulated)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store lies."""
    return tmp_path / "data" / "gateway.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty store."""
    one = opened(path)
    yield one
    one.close()


def seqs(store: Store, stream: Stream = Stream.SAMPLE) -> list[int]:
    """What waits, in the order of sending, over all batches."""
    found: list[tuple[int, str, Record]] = []
    while rows := store.waiting(stream, found[-1][0] if found else 0):
        found += rows
    return [record.seq for _, _, record in found]


def balanced(path: Path) -> bool:
    """created = confirmed + gaps + waiting, in every stream."""
    told = counts(path)
    return all(
        told["created"][one] == told["confirmed"][one] + told["gaps"][one] + told["waiting"][one] for one in Stream
    )


def again_memory(path: Path) -> Memory:
    """The memory that a new start finds."""
    store = opened(path)
    found = store.memory()
    store.close()
    return found
