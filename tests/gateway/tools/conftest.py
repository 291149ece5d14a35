"""A technician's terminal, and devices at the other end of the cable."""

import argparse
import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

from gateway.__main__ import _parser
from tests.gateway.io.conftest import Answer, Image, TcpPeer, checksum, loop_faults, serial_peer, tcp_peer

from .terminal import Terminal

__all__ = ["loop_faults", "serial_peer", "tcp_peer"]

QUICK = ("--pause", "0", "--timeout", "1")
"""The devices here need no quiet."""
PATIENT = ("--pause", "0", "--timeout", "30")
"""Of a command that is a process: it or the device here may stand still for a while, and the other not."""
SILENT = ("--pause", "0", "--timeout", "0.2")
"""Where nobody answers anyhow."""


def arguments(*words: str) -> argparse.Namespace:
    """Arguments as a terminal gives them."""
    return _parser().parse_args([str(word) for word in words])


def controller(unit: int = 1, model: str = "8049", state: str = "0000") -> Image:
    """A DSE set with a broken fuel sender; what is not typed here is not implemented (FFFF)."""
    image = Image(unit)
    image.put(3, 768, f"0001 {model} 0070 1234 0001 0000 0000")
    image.put(3, 1024, "015E 0052 7FFF FFFC 0119 0114 05DC 01F4")
    image.put(3, 1408, state)
    for page in (3, 4, 5, 6, 7):
        image.fill(3, 256 * page, 256 * page + 255, 0xFFFF)
    image.fill(3, 39424, 39444, 0xFFFF)
    return image


def over_rtu(*images: Image) -> Callable[[bytes], Answer]:
    """The same devices on a serial line."""

    def answer(frame: bytes) -> Answer:
        for image in images:
            told = image(b"\0\0\0\0\0\x06" + frame[:6])
            if isinstance(told, bytes):
                return told[6:] + checksum(told[6:])
        return None

    return answer


@pytest.fixture
def terminal() -> Iterator[Callable[..., Terminal]]:
    """Opens terminals; all are closed afterwards."""
    opened: list[Terminal] = []

    def begin(*words: str) -> Terminal:
        opened.append(Terminal(*words))
        return opened[-1]

    yield begin
    for one in opened:
        one.close()


class Outside:
    """TCP devices that live in a thread of their own, for commands that are processes."""

    def __init__(self) -> None:
        self.peer: TcpPeer | None = None
        self.answer: Callable[[bytes], Answer] = lambda _: None
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._ready.wait(20)

    @property
    def address(self) -> str:
        """HOST:PORT"""
        assert self.peer is not None
        return f"127.0.0.1:{self.peer.port}"

    def _run(self) -> None:
        self._loop.run_until_complete(self._start())
        self._ready.set()
        self._loop.run_forever()

    def _answer(self, frame: bytes) -> Answer:
        """As a test has set it by now."""
        return self.answer(frame)

    async def _start(self) -> None:
        self.peer = TcpPeer()
        self.peer.answer = self._answer
        await self.peer.start()

    def close(self) -> None:
        """Hang up and end the thread."""
        assert self.peer is not None
        asyncio.run_coroutine_threadsafe(self.peer.stop(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()


@pytest.fixture
def outside() -> Iterator[Outside]:
    """A device behind a socket, served while the test itself waits."""
    one = Outside()
    yield one
    one.close()
