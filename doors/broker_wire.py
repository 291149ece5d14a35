"""The wire of one connection attempt: paho's socket and the event loop, joined where nothing can fall between them.

aiomqtt connects in a thread, where paho may open its socket, fail and close it again, while readers, writers and a
task for that socket are only on their way to the loop: they come too late, hold a number that stands for another
socket by now, or are never ended. Here the thread touches nothing; the loop takes the wire over when it is whole.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any


class Wire:
    """Makes the socket callbacks of an aiomqtt client its own. To be made on the loop, before the client is entered.

    `refused`: makes the fault that ends a link which was never welcomed.
    """

    def __init__(self, client: Any, refused: Callable[[str], Exception]) -> None:
        self._client = client
        self._refused = refused
        self._paho = client._client
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._given_up = False
        self._connect: Callable[[], None] = client._client_connect
        self._pass_on = self._paho.on_disconnect
        client._client_connect = self._connect_aside
        self._paho.on_socket_open = lambda *_: None  # `_take_over` looks at what is there when the thread is done
        self._paho.on_socket_close = lambda _client, _data, wire: self._closed(wire)
        self._paho.on_socket_register_write = lambda _client, _data, wire: self._more_to_write(wire)
        self._paho.on_socket_unregister_write = lambda _client, _data, wire: self._all_written(wire)
        self._paho.on_disconnect = self._gone

    def hang_up(self) -> None:
        """Let go of the socket, also of one that the thread is still opening."""
        self._given_up = True
        if self._paho.socket() is not None:
            self._paho._sock_close()
        seen(self._client._disconnected)

    # --- in the thread ---

    def _connect_aside(self) -> None:
        try:
            self._connect()
        finally:
            self._on_the_loop(self._take_over)

    # --- on the loop ---

    def _on_the_loop(self, what: Callable[..., None], *told: Any) -> None:
        if threading.get_ident() == self._thread:
            what(*told)
            return
        with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits for it any more
            self._loop.call_soon_threadsafe(what, *told)

    def _take_over(self) -> None:
        wire = self._paho.socket()
        if wire is None:
            return
        if self._given_up:
            self._paho._sock_close()
            return
        self._loop.add_reader(wire.fileno(), self._guarded, self._read)
        if self._paho.want_write():
            self._more_to_write(wire)
        self._client._misc_task = self._loop.create_task(self._client._misc_loop(), name="mqtt-misc")

    def _more_to_write(self, wire: Any) -> None:
        if self._here(wire):
            self._loop.add_writer(wire.fileno(), self._guarded, self._paho.loop_write)

    def _all_written(self, wire: Any) -> None:
        if self._here(wire):
            self._loop.remove_writer(wire.fileno())

    def _closed(self, wire: Any) -> None:
        if self._here(wire):
            self._loop.remove_reader(wire.fileno())
            self._loop.remove_writer(wire.fileno())
            if self._client._misc_task is not None:
                self._client._misc_task.cancel()

    def _here(self, wire: Any) -> bool:
        """In the thread nothing has been given to the loop yet, and a closed socket has no number."""
        return threading.get_ident() == self._thread and wire.fileno() > -1

    def _read(self) -> None:
        self._paho.loop_read()
        # what an encrypted socket has decoded already wakes no loop
        while getattr(self._paho.socket(), "pending", int)() > 0:
            self._paho.loop_read()

    def _guarded(self, what: Callable[[], Any]) -> None:
        """A wire that breaks while it is read or written ends the link."""
        try:
            what()
        except Exception as fault:
            if not self._client._disconnected.done():
                self._client._disconnected.set_exception(fault)
                seen(self._client._disconnected)

    def _gone(self, *told: Any) -> None:
        self._on_the_loop(self._judge_gone, *told)

    def _judge_gone(self, *told: Any) -> None:
        """A broker that hangs up before it has welcomed us: aiomqtt would wait for its welcome all the same."""
        # who waited for the welcome has left; aiomqtt would ask that future how it ended, and be cancelled in his place
        if self._pass_on is not None and not self._client._connected.cancelled():
            self._pass_on(*told)
        seen(self._client._disconnected)
        if not self._client._connected.done():
            self._client._connected.set_exception(self._refused("hung up before it welcomed us"))
            seen(self._client._connected)


def seen(future: "asyncio.Future[None]") -> None:
    """What ended a link is told by us; that nobody waits for it any more is no news for the log."""
    if future.done() and not future.cancelled():
        future.exception()
