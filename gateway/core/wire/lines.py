"""The wires a device can hang on, and what a request costs on them. Data only; `io/modbus.py` opens them."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

REQUEST_BYTES = 8
ANSWER_BYTES = 5
"""Of an RTU frame without its data: unit, function, byte count, two of checksum."""
FAST_BAUD = 19200
FAST_SILENCE_S = 0.00175
"""Above 19200 baud the silence between frames is fixed (Modbus over serial line 1.02, section 2.5.1.1)."""


class TcpLine(msgspec.Struct, frozen=True, kw_only=True):
    """One Modbus TCP connection; `rtu`: to a converter that passes the frames of a serial line through as they are."""

    host: Annotated[str, Meta(min_length=1, max_length=253)]
    port: Annotated[int, Meta(ge=1, le=65535)] = 502
    rtu: bool = False

    @property
    def name(self) -> str:
        """What a technician calls it."""
        return f"{self.host}:{self.port}" + (" (RTU over TCP)" if self.rtu else "")


class SerialLine(msgspec.Struct, frozen=True, kw_only=True):
    """One RTU bus. `baud` in bits per second."""

    device: Annotated[str, Meta(min_length=1, max_length=200)]
    baud: Annotated[int, Meta(ge=300, le=1_000_000)] = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    rtu: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """What a technician calls it."""
        return self.device

    @property
    def character_s(self) -> float:
        """Seconds per byte: start, eight data, parity and stop bits."""
        return (9 + (self.parity != "N") + self.stop_bits) / self.baud

    @property
    def silence_s(self) -> float:
        """Quiet that ends a frame: 3.5 characters."""
        return FAST_SILENCE_S if self.baud > FAST_BAUD else 3.5 * self.character_s

    def answer_s(self, size: int) -> float:
        """Time on the wire of an answer with `size` bytes of data."""
        return (ANSWER_BYTES + size) * self.character_s


class Cost(msgspec.Struct, frozen=True):
    """What one read costs: so many seconds per request and per byte of data in its answer."""

    request_s: float
    byte_s: float

    def of(self, requests: int, size: int) -> float:
        """Seconds for so many requests with so many bytes of data in all."""
        return requests * self.request_s + size * self.byte_s


TCP_ROUND_TRIP_S = 0.005
TCP_BYTE_S = 1e-6
"""Guesses for one hop in a building; only their ratio decides a plan."""


def cost_on(line: TcpLine | SerialLine, pause_s: float, turnaround_s: float = 0.0) -> Cost:
    """The cost on a line for a device that wants `pause_s` before and takes `turnaround_s` within each request."""
    if isinstance(line, TcpLine):
        return Cost(pause_s + TCP_ROUND_TRIP_S + turnaround_s, TCP_BYTE_S)
    frames = (REQUEST_BYTES + ANSWER_BYTES) * line.character_s
    quiet = max(line.silence_s, pause_s) + max(line.silence_s, turnaround_s)
    return Cost(frames + quiet, line.character_s)
