"""Bodies are read in processes of their own, each within a time: no parser holds up another feed, or the keeper's end.

A thread would not do: a library that is stuck in one call lets no other thread run, and cannot be ended.
One process waits, ready, so that a warning pays for no start; a second one is started only while that is busy.
"""

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process

import msgspec

from kiosk.feeds.alert import BadAnswer
from kiosk.keeper.reading_process import LENGTH, Asked, Read, framed

WITHIN_S = 20.0
"""Real seconds for one body."""
RETIRE_BYTES = 1_000_000
"""A process that has read a body so large is not kept: its memory would not come back."""
RETIRE_READS = 1000


class Choked(BadAnswer):
    """The body took too long, or took its reader with it: to try the very same one again helps nobody."""


class _Worker:
    """One process."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.reads = 0
        self.largest = 0
        self.free = True

    async def ask(self, asked: Asked) -> Read:
        """Raises OSError or EOFError when it has died."""
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None:
            raise EOFError
        self.free = False
        stdin.write(framed(asked))
        await stdin.drain()
        head = await stdout.readexactly(LENGTH)
        told = msgspec.msgpack.decode(await stdout.readexactly(int.from_bytes(head, "big")), type=Read)
        self.free = True
        self.reads += 1
        self.largest = max(self.largest, len(asked.body or b""))
        return told

    @property
    def good(self) -> bool:
        """Is it to be kept for the next body?"""
        young = self.reads < RETIRE_READS and self.largest < RETIRE_BYTES
        return self.free and young and self.process.returncode is None

    async def end(self) -> None:
        """At once, whatever it is doing."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


class Readings:
    """Reads for all feeds. Use: `await read(kind, body)`; at the end `await close()`."""

    def __init__(self, within_s: float = WITHIN_S) -> None:
        self._within_s = within_s
        self._idle: _Worker | None = None

    async def read(self, kind: str, body: bytes) -> Read:
        """What the parser of that kind makes of it; raises BadAnswer, also when it takes too long."""
        return await self._ask(Asked(kind, body))

    async def version(self, kind: str) -> int:
        """The version of that kind's parser; raises BadAnswer."""
        return (await self._ask(Asked(kind))).version

    async def close(self) -> None:
        """End what waits; what is busy ends with whoever waits for it."""
        if self._idle is not None:
            await self._idle.end()
            self._idle = None

    async def _ask(self, asked: Asked) -> Read:
        try:
            async with asyncio.timeout(self._within_s):
                told = await self._told(asked)
                if told is None:  # it may have died long before; a new one shows whether it was this body
                    told = await self._told(asked)
        except TimeoutError:
            raise Choked(f"it was not read within {self._within_s:g} s") from None
        if told is None:
            raise Choked("the program that reads it died of it")
        if told.bad:
            raise BadAnswer(told.bad)
        if told.fault:
            raise BadAnswer(f"a fault of the program that reads it: {told.fault}")
        return told

    async def _told(self, asked: Asked) -> Read | None:
        """The answer of the process that waits, or of a new one; None: it has died."""
        worker, self._idle = self._idle, None
        try:
            if worker is None or not worker.good:
                worker = await _started(worker)
            return await worker.ask(asked)
        except (OSError, EOFError, msgspec.MsgspecError):
            return None
        finally:
            await self._put_back(worker)

    async def _put_back(self, worker: _Worker | None) -> None:
        """Keep one that is well and has nothing to do; its answer was taken whole, or it has been ended."""
        if worker is None:
            return
        if self._idle is None and worker.good:
            self._idle = worker
        else:
            await worker.end()


async def _started(old: _Worker | None) -> _Worker:
    if old is not None:
        await old.end()
    program = [sys.executable, "-P", "-m", "kiosk.keeper.reading_process"]
    try:
        return _Worker(await asyncio.create_subprocess_exec(*program, stdin=PIPE, stdout=PIPE))
    except OSError as fault:
        raise BadAnswer(f"no process can be started to read it ({fault.strerror})") from None
