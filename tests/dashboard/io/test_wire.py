"""Connections: how many, and how long they may take to ask."""

import asyncio
import contextlib
import gc
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from dashboard.io.web import wire

DEADLINE_S = 10.0


@contextlib.asynccontextmanager
async def _served(monkeypatch: pytest.MonkeyPatch, loopback: bool = False, most: int = 30) -> AsyncIterator[int]:
    """A server of one page behind our listener; its port."""

    async def page(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await asyncio.sleep(0.4)  # longer than a request may take to come
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"here"})

    monkeypatch.setattr(wire, "REQUEST_S", 0.3)
    monkeypatch.setattr(wire, "MOST", most)
    monkeypatch.setattr(wire, "OF_ONE", 5)
    bound = socket.create_server(("127.0.0.1", 0))
    listener = wire.Listener.of(bound, loopback)
    config = uvicorn.Config(page, log_level="critical", lifespan="off", ws="none", http=wire.Patient)
    config.load()
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, DEADLINE_S)
        listener.close()


async def _says(port: int, text: bytes, source: str = "127.0.0.1", then: bytes = b"", after_s: float = 0.0) -> bytes:
    """All that is answered until the connection ends."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
        writer.write(text)
        await asyncio.sleep(after_s)
        writer.write(then)
        return await asyncio.wait_for(reader.read(), DEADLINE_S)
    except OSError:
        return b""


@pytest.mark.parametrize(
    "text",
    [b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
     b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: "],
)  # fmt: skip
async def test_request_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    """Nothing, half a line, half a body: closed after a while, and without an answer."""
    async with _served(monkeypatch) as port:
        assert b"" == await _says(port, text)


async def test_whole_request_is_answered_however_long_the_answer_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the asking is timed; in two parts too, and the connection may be used again."""
    ask = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    async with _served(monkeypatch) as port:
        told = await _says(port, ask, then=b"abc" + last, after_s=0.1)

    assert 2 == told.count(b"here")


async def test_one_address_has_its_places_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sixth of one address is closed at once, another address comes in, and places come back when they are left."""
    ask = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    async with _served(monkeypatch) as port:
        greedy = [_says(port, ask, "127.0.0.3") for _ in range(9)]
        *told, other = await asyncio.gather(*greedy, _says(port, ask, "127.0.0.4"))
        gc.disable()  # a place is given back by closing, not when somebody tidies up
        try:
            again = await asyncio.gather(*[_says(port, ask, "127.0.0.3") for _ in range(5)])
        finally:
            gc.enable()

    assert 5 == sum(one.endswith(b"here") for one in told)
    assert all(one.endswith(b"here") for one in (other, *again))


async def test_all_together_leave_files_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many addresses come: the whole is bounded too; on this machine itself only the whole counts."""
    ask = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    async with _served(monkeypatch, loopback=True, most=20) as port:
        told = await asyncio.gather(*[_says(port, ask, f"127.0.0.{5 + number % 9}") for number in range(40)])

    assert 20 == sum(one.endswith(b"here") for one in told)
