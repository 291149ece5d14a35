"""A simulator as a real process, and a bare Modbus peer that shares no code with it."""

import json
import os
import select
import socket
import subprocess
import sys
import termios
import threading
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

DEADLINE_S = 60.0
ROOT = Path(__file__).parents[2]


class Running:
    """A running simulator: its lines as they come, and its end."""

    def __init__(self, arguments: list[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simulator", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: Queue[str | None] = Queue()
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def next_line(self, within_s: float = DEADLINE_S) -> dict[str, Any]:
        """The next JSON line; fails when none comes in time or the process ends."""
        try:
            line = self._lines.get(timeout=within_s)
        except Empty:
            raise AssertionError(f"no line within {within_s} s") from None
        assert line is not None, self.process.stderr and self.process.stderr.read()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def rest(self) -> list[dict[str, Any]]:
        """All lines until the process ends by itself."""
        lines = []
        deadline = time.monotonic() + DEADLINE_S
        while (line := self._lines.get(timeout=max(0.01, deadline - time.monotonic()))) is not None:
            lines.append(json.loads(line))
        return lines

    def stop(self) -> tuple[int, str]:
        """End it like a service manager does; its exit code and what it said on stderr."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(DEADLINE_S)
        assert self.process.stderr is not None
        return code, self.process.stderr.read()


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Start simulators with these arguments; all are ended afterwards."""
    started: list[Running] = []

    def begin(*arguments: str | Path) -> Running:
        started.append(Running([str(argument) for argument in arguments]))
        return started[-1]

    yield begin
    for running in started:
        running.process.kill()
        running.process.wait(DEADLINE_S)
        for pipe in (running.process.stdout, running.process.stderr):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def refused() -> Callable[..., tuple[int, str, str]]:
    """Run a command that should end by itself: exit code, stdout, stderr."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "simulator", *map(str, arguments)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def ask_tcp() -> Callable[..., bytes]:
    """Send one PDU to a unit over a raw socket: the PDU of the answer, or b"" when none comes in time."""

    def ask(port: int, unit: int, pdu: bytes, wait_s: float = DEADLINE_S) -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S) as peer:
            peer.settimeout(wait_s)
            peer.sendall(b"\x12\x34\x00\x00" + (len(pdu) + 1).to_bytes(2, "big") + bytes([unit]) + pdu)
            try:
                head = _exactly(peer, 7)
                assert b"\x12\x34\x00\x00" == head[:4]
                assert unit == head[6]
                return _exactly(peer, int.from_bytes(head[4:6], "big") - 1)
            except TimeoutError:
                return b""

    return ask


@pytest.fixture
def frame() -> Callable[[int, bytes], bytes]:
    """A PDU as a whole frame for the serial line."""
    return _frame


@pytest.fixture
def ask_serial() -> Callable[..., bytes]:
    """Write one whole frame to a terminal: its answer, and all bytes behind it before the line is quiet for a while."""

    def ask(path: str, frame: bytes, wait_s: float = DEADLINE_S, quiet_s: float = 0.15) -> bytes:
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
        try:
            tty.setraw(descriptor, termios.TCSANOW)
            os.write(descriptor, frame)
            answer, wait = b"", wait_s
            while select.select([descriptor], [], [], wait)[0]:
                answer += os.read(descriptor, 512)
                wait = quiet_s if _whole(answer) else wait_s
            return answer
        finally:
            os.close(descriptor)

    return ask


def _frame(unit: int, pdu: bytes) -> bytes:
    """A frame for the serial line, its checksum worked out bit by bit as the Modbus paper says."""
    data, check = bytes([unit]) + pdu, 0xFFFF
    for byte in data:
        check ^= byte
        for _ in range(8):
            check = check >> 1 ^ 0xA001 if check & 1 else check >> 1
    return data + check.to_bytes(2, "little")


def _whole(answer: bytes) -> bool:
    """Has a whole frame come: a refusal, or as many bytes as it counts itself?"""
    return len(answer) >= 5 and (answer[1] > 0x80 or len(answer) >= 5 + answer[2])


def _exactly(peer: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = peer.recv(count - len(data))
        assert piece, "the peer closed"
        data += piece
    return data
