"""Modbus, reading only: the one file that knows pymodbus.

A `Line` is one physical wire, or one TCP connection, with a lock round every exchange. Whatever happens on it comes
back as data: `Registers`, or a `Fault` with a quality and a sentence. Nothing here raises because of a device.

What the library leaves open is done here: a deadline of our own round every exchange, the silence between RTU frames
and the pause a device wants, quiet after a timeout, and a second look at each answer. RTU has no transaction number, so
after a timeout an answer of the same shape may be the late one: it is believed only when nothing follows it.
"""

import asyncio
import os
import struct
import termios
import time
from logging import getLogger
from pathlib import Path

from pymodbus import FramerType
from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.pdu.register_message import ReadHoldingRegistersResponse

from contract.words import Quality
from gateway.core.wire.decode import Fault, Outcome, Registers, Why
from gateway.core.wire.lines import SerialLine, TcpLine
from gateway.core.wire.plan import Block
from gateway.profiles.schema import BIT_FUNCTIONS

LOG = getLogger(__name__)
NEVER_S = 3600.0
"""The library's own timeout, out of the way of ours."""
SLACK_S = 0.1
"""Pauses that an honest device and its adapter may make inside one answer."""
BABBLE_S = 1.0
"""At most so long is waited for a babbling line to fall quiet."""
MOST_WAITS = 200_000
"""More than there are turns of the loop in that time."""
LATE = 4
"""An answer later than so many times the time-out is not expected any more."""
COARSE_S = 0.002
"""The event loop's timers round up to whole milliseconds, twenty times an RTU silence a second; a thread's do not."""
LEAD_S = 0.0004
"""So long before a silence ends the thread is back: the rest is waited out turn by turn of the loop, which goes on
hearing what comes. Blocking here would let a question leave into an answer that has just begun.
"""
TURNS = 3
"""Turns of the loop after the silence: what had come before its end, while the program was busy, is heard by then."""
REFUSALS = {
    1: "does not know this function",
    2: "has no such registers",
    3: "does not take this length",
    4: "reports a failure of its own",
    5: "is still working",
    6: "is busy",
    10: "the gateway has no way to it",
    11: "the gateway gets no answer from it",
}
READING = (1, 2, 3, 4)
"""Coils, inputs, holding and input registers: the functions of Modbus that only read. Each asks in one size."""
FOR_GOOD = (1, 2, 3)
"""Refusals that the same question will meet again."""
BEHIND_GATEWAY = (10, 11)

getLogger("pymodbus").setLevel("CRITICAL")  # every fault is told once, by us


class Line:
    """One wire. Exchanges are one at a time, in the order in which they were asked for."""

    def __init__(self, line: TcpLine | SerialLine) -> None:
        self.line = line
        self._lock = asyncio.Lock()
        self._client: AsyncModbusTcpClient | AsyncModbusSerialClient | None = None
        self._deadline: asyncio.Timeout | None = None
        self._asked = Block(0, 0, 0)
        self._answer_s = 0.0
        self._heard = 0
        self._sent = 0.0
        self._took_s = 0.0
        self._stir = asyncio.Event()
        self._quiet_since = 0.0
        self._lost = False
        self._late: dict[tuple[int, int, int], float] = {}

    @property
    def name(self) -> str:
        """What a technician calls the wire."""
        return self.line.name

    async def read(self, unit: int, block: Block, timeout_s: float, pause_s: float = 0.0) -> Outcome:
        """Ask unit for a block; `timeout_s` (real seconds) until its answer begins, after `pause_s` of quiet."""
        return (await self.timed_read(unit, block, timeout_s, pause_s))[0]

    async def timed_read(
        self, unit: int, block: Block, timeout_s: float, pause_s: float = 0.0
    ) -> tuple[Outcome, float]:
        """The same, and the real seconds from the question until its answer began (0 where there was none)."""
        async with self._lock:
            outcome = await self._read(unit, block, timeout_s, pause_s)
            return outcome, self._took_s if self._heard else 0.0

    async def _read(self, unit: int, block: Block, timeout_s: float, pause_s: float) -> Outcome:
        await self._quiet(pause_s)
        try:
            async with asyncio.timeout(timeout_s) as self._deadline:
                outcome = await self._exchange(unit, block)
        except TimeoutError:
            outcome = self._timed_out(unit, block, timeout_s)
        except asyncio.CancelledError:
            self._expect_late(unit, block)
            raise
        finally:
            self._deadline = None
        if (asked := self._doubted(unit, block, outcome)) is not None:
            outcome = await self._second_look(unit, block, outcome, timeout_s, self._sent - asked)
        if self.line.rtu and isinstance(outcome, Fault) and outcome.why is Why.CROSSED:
            self._expect_late(unit, block)  # it was the answer to something else: its own may still come
        return outcome

    async def close(self) -> None:
        """Let go of the wire."""
        async with self._lock:
            self._hang_up()

    # --- one exchange ------------------------------------------------------------------------------------------------

    async def _exchange(self, unit: int, block: Block) -> Outcome:
        """Connect if need be, ask once, and look at the answer."""
        if self._lost:
            self._hang_up()
        self._lost = False
        self._heard = 0
        self._asked = block
        client = self._client or await self._connect()
        if client is None:
            return Fault(Quality.COMM_ERROR, self.why_no_link(), Why.LINK)
        self._answer_s = self.line.answer_s(block.size) if isinstance(self.line, SerialLine) else 0.0
        ask = {
            1: client.read_coils,
            2: client.read_discrete_inputs,
            3: client.read_holding_registers,
            4: client.read_input_registers,
        }[block.function]
        try:
            _go_on()
            answer = await ask(block.start, count=block.count, device_id=unit)
            _go_on()
        except (ModbusException, OSError) as fault:
            self._hang_up()
            return Fault(Quality.COMM_ERROR, f"{self.name}: the connection broke: {fault}", Why.LINK)
        return _judge(answer, unit, block)

    async def _connect(self) -> AsyncModbusTcpClient | AsyncModbusSerialClient | None:
        """Open the wire; None when it cannot be opened."""
        client = self._make_client()
        for kind in (_Words, _InputWords):
            client.register(kind)
        try:
            opened = await client.connect()
            await asyncio.sleep(0)  # a serial port starts listening one turn of the loop later
        except (ModbusException, OSError, ValueError, termios.error) as fault:
            LOG.debug("%s: %s", self.name, fault)
            opened = False
        except asyncio.CancelledError:
            client.close()
            raise
        if not opened:
            client.close()
            return None
        self._client = client
        return client

    def _make_client(self) -> AsyncModbusTcpClient | AsyncModbusSerialClient:
        """The library's client with its own repeats, reconnects and timeouts switched off."""
        if isinstance(self.line, TcpLine):
            return AsyncModbusTcpClient(
                self.line.host,
                port=self.line.port,
                framer=FramerType.RTU if self.line.rtu else FramerType.SOCKET,
                timeout=NEVER_S,
                retries=0,
                reconnect_delay=0,
                trace_packet=self._seen,
                trace_connect=self._connected,
            )
        return AsyncModbusSerialClient(
            self.line.device,
            baudrate=self.line.baud,
            parity=self.line.parity,
            stopbits=self.line.stop_bits,
            timeout=NEVER_S,
            retries=0,
            reconnect_delay=0,
            trace_packet=self._seen,
            trace_connect=self._connected,
        )

    def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()

    # --- what the library tells while it works -----------------------------------------------------------------------

    def _seen(self, sending: bool, data: bytes) -> bytes:
        """Every packet passes here: note the time, give a begun answer time to end, keep rubbish from the library."""
        now = asyncio.get_running_loop().time()
        self._quiet_since = now
        if sending:
            self._sent = now
            return self._only_asks(data)
        if not self._heard:
            self._took_s = now - self._sent
            if isinstance(self.line, SerialLine):
                self._extend(now + self._answer_s + SLACK_S)
        self._heard += 1
        self._stir.set()
        return data if self._expected(data) or self._digestible(data) else b""

    def _only_asks(self, data: bytes) -> bytes:
        """The last door before the wire: one whole question of a function that reads, or nothing leaves at all.

        Whatever anybody calls of the library, or the library does by itself, comes through here.
        """
        at, size = (1, 8) if self.line.rtu else (7, 12)
        if len(data) != size or data[at] not in READING:
            raise ModbusException(f"function {data[at] if len(data) > at else '?'} does not read; nothing was sent")
        return data

    def _expected(self, data: bytes) -> bool:
        """Whether this is, at a glance, the whole answer that was asked for."""
        head = 2 if self.line.rtu else 8
        size = self._asked.size
        whole = head + 1 + size + (2 if head == 2 else 0)
        return len(data) == whole and data[head - 1] == self._asked.function and data[head] == size

    def _digestible(self, data: bytes) -> bool:
        """Whether the library can take the packet; otherwise it would raise inside the event loop."""
        if self._client is None:
            return False
        context = self._client.ctx
        try:
            context.framer.handleFrame(data, context.request_dev_id, context.request_transaction_id)
        except Exception:  # whatever a stranger sent: it is no answer
            return False
        return True

    def _connected(self, connected: bool) -> None:
        """The library tells that the connection came or went: when it is gone, waiting is over."""
        if not connected and self._client is not None:
            self._lost = True
            if self._deadline is not None and not self._deadline.expired():
                self._deadline.reschedule(asyncio.get_running_loop().time())

    def _extend(self, until: float) -> None:
        """Move the deadline of this exchange back, never forward."""
        deadline = self._deadline
        before = deadline.when() if deadline is not None else None
        if deadline is not None and before is not None and before < until and not deadline.expired():
            deadline.reschedule(until)

    # --- quiet and doubt ---------------------------------------------------------------------------------------------

    async def _quiet(self, pause_s: float) -> None:
        """Wait until the wire has been quiet for the frame silence and for the pause the device wants.

        Somebody who babbles on the wire lengthens this by a second at most.
        """
        gap = max(pause_s, self.line.silence_s) if isinstance(self.line, SerialLine) else pause_s
        loop = asyncio.get_running_loop()
        end, turns = loop.time() + gap + BABBLE_S, TURNS
        for _ in range(MOST_WAITS):
            rest = min(self._quiet_since + gap, end) - loop.time()
            turns = turns - 1 if rest <= 0 else TURNS
            if not turns or (rest <= 0 and not self.line.rtu):
                return
            if rest > 0 and (isinstance(self.line, TcpLine) or rest > COARSE_S):
                await asyncio.sleep(rest - (COARSE_S if isinstance(self.line, SerialLine) else 0))
            elif rest > LEAD_S:
                await loop.run_in_executor(None, time.sleep, rest - LEAD_S)
            else:
                await asyncio.sleep(0)

    def _timed_out(self, unit: int, block: Block, timeout_s: float) -> Fault:
        """Leave the wire so that a late answer cannot pass for the next one, and say what happened."""
        linked, lost, heard = self._client is not None, self._lost, self._heard
        self._expect_late(unit, block)
        if not linked:
            return Fault(Quality.COMM_ERROR, self.why_no_link(), Why.LINK)
        if lost:
            return Fault(Quality.COMM_ERROR, f"{self.name}: the connection was closed", Why.LINK)
        if heard:
            sentence = f"unit {unit} on {self.name}: what came is no answer; check speed, parity and unit"
            return Fault(Quality.COMM_ERROR, sentence, Why.CROSSED)
        return Fault(Quality.COMM_ERROR, f"unit {unit} on {self.name}: no answer within {timeout_s:g} s", Why.SILENT)

    def _expect_late(self, unit: int, block: Block) -> None:
        """An answer was given up and may still come: a new TCP connection cannot bring it, a serial line can.

        A converter before a serial line can, too, and into the new connection.
        """
        if isinstance(self.line, TcpLine) or self._lost:
            self._hang_up()
        if self.line.rtu:
            self._late[unit, block.function, block.size] = self._sent

    def _doubted(self, unit: int, block: Block, outcome: Outcome) -> float | None:
        """When the question was asked whose late answer this may be; None where it can only be that to this one.

        A refusal has no shape of its own: it may be that of any question to the unit.
        """
        if isinstance(outcome, Registers):
            return self._late.get((unit, block.function, block.size))
        if outcome.why is Why.REFUSED:
            return max((at for (*to, _), at in self._late.items() if to == [unit, block.function]), default=None)
        return None

    async def _second_look(
        self, unit: int, block: Block, outcome: Outcome, timeout_s: float, behind_s: float
    ) -> Outcome:
        """The first answer of a shape that was late before: if another follows, both were crossed.

        Had this been the late one, to a question `behind_s` before, its successor would be as far behind it.
        """
        self._stir.clear()
        wait_s = max(timeout_s, behind_s + SLACK_S) if behind_s <= LATE * timeout_s else timeout_s
        try:
            async with asyncio.timeout(wait_s):
                await self._stir.wait()
        except TimeoutError:
            of_unit = {one for one in self._late if one[:2] == (unit, block.function)}
            for one in of_unit if isinstance(outcome, Fault) else {(unit, block.function, block.size)}:
                del self._late[one]
            return outcome
        return Fault(Quality.COMM_ERROR, f"unit {unit} on {self.name}: a late answer crossed this one", Why.CROSSED)

    def why_no_link(self) -> str:
        """A wire that cannot be opened, in words that tell what to do."""
        if isinstance(self.line, TcpLine):
            return f"{self.name}: no connection; check address, port and network"
        device = Path(self.line.device)
        if not device.exists():
            return f"{device}: there is no such serial port; check the cable"
        if not os.access(device, os.R_OK | os.W_OK):
            return f"{device}: no permission; the user must be in the group dialout"
        return f"{device}: cannot be opened; in use, no serial port, or without that speed or parity"


class _Words(ReadHoldingRegistersResponse):
    """Registers taken all at once. The library takes them one by one and words them for its log, for nobody."""

    def decode(self, data: bytes) -> None:
        """Byte count, then the registers; what is shorter than it says is no answer."""
        if (size := data[0]) >= len(data):
            raise ModbusException(f"{size} bytes are told of, {len(data) - 1} came")
        self.registers = list(struct.unpack_from(f">{size // 2}H", data, 1))

    def __str__(self) -> str:
        return "registers"


class _InputWords(_Words):
    function_code = 4


def _go_on() -> None:
    """Raise what the library has swallowed: up to Python 3.11 `wait_for` forgets a cancellation at the last moment."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def open_line(line: TcpLine | SerialLine) -> Line:
    """A line, connected when it is first read."""
    return Line(line)


def _judge(answer: ModbusPDU, unit: int, block: Block) -> Outcome:
    """Registers (of bits 0 or 1 each), or why the answer is none: refused, or not the answer to this question."""
    if isinstance(answer, ExceptionResponse):
        code = answer.exception_code
        what = REFUSALS.get(code, "refuses")
        sentence = f"unit {unit}: {what} (exception {code:02d} at {block.start})"
        if code in BEHIND_GATEWAY:
            return Fault(Quality.COMM_ERROR, sentence, Why.SILENT, code)
        return Fault(Quality.BAD_DATA if code in FOR_GOOD else Quality.COMM_ERROR, sentence, Why.REFUSED, code)
    bits = block.function in BIT_FUNCTIONS
    # of bits there come whole bytes: those that fill the last one are not ours
    came = 8 * block.size if bits else block.count
    found = [int(bit) for bit in answer.bits] if bits else answer.registers
    if answer.function_code != block.function or len(found) != came:
        sentence = f"unit {unit}: answered another question than {block.count} registers from {block.start}"
        if bits:
            sentence = f"unit {unit}: answered another question than {block.count} bits from {block.start}"
        return Fault(Quality.COMM_ERROR, sentence, Why.CROSSED)
    return Registers(found[: block.count])
