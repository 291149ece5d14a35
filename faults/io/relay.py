"""A relay between a program and its broker, which can cut, slow, delay, swallow – or answer nothing at all."""

import asyncio
import contextlib
import socket
from collections.abc import Callable

from faults.core.dial import Dial

CHUNK = 4096
MAX_HELD = 2000
"""Chunks on their way in one direction."""


class Relay:
    """One door that programs knock at. Settings may change at any time and count for what comes then."""

    def __init__(self, name: str, to_port: int) -> None:
        self.name = name
        self.port = 0
        self.delay_s = Dial()
        self.bytes_per_s = Dial(min)
        """0: as fast as it goes."""
        self.mute = Dial()
        """Not 0: connections are taken and never answered."""
        self._to_port = to_port
        self._pairs: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def listen(self, host: str = "127.0.0.1", door: Callable[[], socket.socket] | None = None) -> None:
        """Take connections at a free port, or at a door somebody else has opened."""
        if door is not None:
            self._server = await asyncio.start_server(self._take, sock=door())
        else:
            self._server = await asyncio.start_server(self._take, host, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """End every connection at once."""
        for pair in list(self._pairs):
            pair.cancel()

    async def close(self) -> None:
        """End all."""
        if self._server is not None:
            self._server.close()
        self.cut()
        await asyncio.gather(*self._pairs, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._pairs.add(task)
        try:
            await (self._swallow(reader) if self.mute.value else self._carry(reader, writer))
        except (OSError, asyncio.CancelledError):
            pass  # cut: neither end is owed a goodbye
        finally:
            self._pairs.discard(task)
            writer.transport.abort()

    async def _swallow(self, reader: asyncio.StreamReader) -> None:
        while await reader.read(CHUNK):
            pass

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, out = await asyncio.open_connection("127.0.0.1", self._to_port)
        ways = [asyncio.create_task(self._way(reader, out, up=True)), asyncio.create_task(self._way(there, writer))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            out.transport.abort()

    async def _way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool = False) -> None:
        """One direction: read, hold as long as the way takes, write. The delay is on the way up, as on a real link."""
        loop = asyncio.get_running_loop()
        held: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(MAX_HELD)

        async def fill() -> None:
            while data := await reader.read(CHUNK):
                await held.put((loop.time() + (self.delay_s.value if up else 0.0), data))
            await held.put((0.0, b""))

        filling = asyncio.create_task(fill())
        try:
            while True:
                due, data = await held.get()
                if not data:
                    return
                await asyncio.sleep(max(0.0, due - loop.time()))
                if self.bytes_per_s.value:
                    await asyncio.sleep(len(data) / self.bytes_per_s.value)
                writer.write(data)
                await writer.drain()
        finally:
            filling.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await filling
