"""Connections of browsers: so many of one address and no more, and none that begins a request and never ends it.

Each connection costs an open file, of which the program has some hundred, and its store and its link to the broker need
some of them.
"""

import asyncio
import resource
import socket
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from dashboard.core.access.addresses import counted

MOST, OF_ONE = 600, 100
"""Connections at a time; those of one address (an office behind one address has six for each browser)."""
AT_ONCE = 50
"""Turned away in one go."""
KEPT_FREE = 150
"""Open files that are left for everything else."""
REQUEST_S = 20.0
"""Real seconds within which a request must have come whole; a phone on a slow network needs two."""
GONE_MS = 60_000
"""A browser that takes nothing for so long has gone, with a phone out of reach."""
ENDED = (h11.DONE, h11.MUST_CLOSE, h11.CLOSED, h11.ERROR)


class _Held(socket.socket):
    """A connection that gives its place back when it is closed."""

    left: Callable[[], None] | None = None

    def close(self) -> None:
        super().close()
        if self.left is not None:
            told, self.left = self.left, None
            told()


class Listener(socket.socket):
    """The socket of the pages. A connection that is too many is closed as it comes, before anything is read of it."""

    _held: Counter[str]
    _most: int
    _of_one: int

    @classmethod
    def of(cls, bound: socket.socket, loopback: bool) -> "Listener":
        """Takes over a socket that listens. `loopback`: all come from one address, so only the whole is counted."""
        told = cls(bound.family, bound.type, bound.proto, fileno=bound.detach())
        told.setblocking(False)
        told.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_MS)
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        told._held, told._most = Counter(), max(20, min(MOST, files - KEPT_FREE))
        told._of_one = told._most if loopback else min(OF_ONE, told._most)
        return told

    def again(self) -> "Listener":
        """The same place once more, for one that closes what it was given; connections are counted together."""
        told = self.dup()
        told.setblocking(False)
        told._held, told._most, told._of_one = self._held, self._most, self._of_one
        return told

    def accept(self) -> tuple[socket.socket, Any]:
        """The next connection that has a place. Raises BlockingIOError when there is none now."""
        for _ in range(AT_ONCE):
            connection, address = super().accept()
            whose = counted(str(address[0]))
            if self._held.total() >= self._most or self._held[whose] >= self._of_one:
                connection.close()
                continue
            held = _Held(connection.family, connection.type, connection.proto, fileno=connection.detach())
            self._held[whose] += 1
            held.left = partial(self._left, whose)
            return held, address
        raise BlockingIOError  # the pages that are open have their turn

    def _left(self, whose: str) -> None:
        self._held[whose] -= 1
        if not self._held[whose]:
            del self._held[whose]


class Patient(H11Protocol):
    """HTTP that waits for the rest of a request for a while, and then no longer."""

    _waits: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has come; now the request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """A part of a request, or the last of it."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """They have gone."""
        self._no_longer()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.conn.their_state in ENDED:
            self._no_longer()
        elif self._waits is None:
            self._waits = self.loop.call_later(REQUEST_S, self.transport.abort)

    def _no_longer(self) -> None:
        if self._waits is not None:
            self._waits.cancel()
            self._waits = None
