"""Between arrival and commitment: what was decided goes first, history after it, so much of each finds room."""

import asyncio
from collections import deque

from contract.words import Stream
from dashboard.io.store.committing import Taken

MAX_WAITING = 500
"""Messages of either kind; what finds no room is sent again by its site."""
MAX_TOGETHER = 50
"""Messages in one transaction."""
HISTORY_TOGETHER = 8
"""Batches of samples in it: a hundred sites that come back with their history must not delay an event of another."""


class Inbox:
    """Two rows, each in the order of arrival; a stream lies wholly in one of them."""

    def __init__(self) -> None:
        self._decided: deque[Taken] = deque()
        self._history: deque[Taken] = deque()
        self._something = asyncio.Event()

    def put(self, one: Taken) -> bool:
        """False when there is no room for it."""
        history = one.batch is not None and one.batch.stream is Stream.SAMPLE
        row = self._history if history else self._decided
        if len(row) >= MAX_WAITING:
            return False
        row.append(one)
        self._something.set()
        return True

    async def together(self) -> list[Taken]:
        """What is committed together, at least one."""
        while not (self._decided or self._history):
            self._something.clear()
            await self._something.wait()
        taken = [self._decided.popleft() for _ in range(min(MAX_TOGETHER, len(self._decided)))]
        return taken + [self._history.popleft() for _ in range(min(HISTORY_TOGETHER, len(self._history)))]
