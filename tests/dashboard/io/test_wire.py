"""Connections: how many, and how long they may take to ask."""

import asyncio
import contextlib
import gc
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import uvicorn

from dashboard.io.web import wire

DEADLINE_S = 60.0


Thinks = Callable[[], Awaitable[object]]


async def _at_once() -> None:
    """A page that is ready."""


@contextlib.asynccontextmanager
async def _served(
    monkeypatch: pytest.MonkeyPatch, thinks: Thinks = _at_once, loopback: bool = False, most: int = 30
) -> AsyncIterator[int]:  # fmt: skip
    """A server of one page, which thinks before it answers, behind our listener; its port."""

    async def page(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await thinks()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"here"})

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


async def _ended(asked: list[asyncio.Task[bytes]], count: int) -> None:
    """So many have been turned away: the others wait for their page."""
    for one in itertools.islice(asyncio.as_completed(asked, timeout=DEADLINE_S), count):
        await one


@pytest.mark.parametrize(
    "text",
    [b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc",
     b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: "],
)  # fmt: skip
async def test_request_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    """Nothing, half a line, half a body: closed after a while, and without an answer."""
    monkeypatch.setattr(wire, "REQUEST_S", 0.3)
    async with _served(monkeypatch) as port:
        assert b"" == await _says(port, text)


async def test_whole_request_is_answered_however_long_the_answer_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the asking is timed; in two parts too, and the connection may be used again."""
    ask = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    monkeypatch.setattr(wire, "REQUEST_S", 5.0)  # of the loop's clock, which the page moves on
    loop, late_s = asyncio.get_running_loop(), [0.0]
    now_s = loop.time

    async def long() -> None:
        late_s[0] += 2 * wire.REQUEST_S
        for _ in range(9):  # whatever was to happen within that time happens
            await asyncio.sleep(0)

    monkeypatch.setattr(loop, "time", lambda: now_s() + late_s[0])
    async with _served(monkeypatch, long) as port:
        told = await _says(port, ask, then=b"abc" + last, after_s=0.1)

    assert 2 == told.count(b"here")


async def test_one_address_has_its_places_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sixth of one address is closed at once, another address comes in, and places come back when they are left."""
    ask = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    go, all_five, first = asyncio.Event(), asyncio.Barrier(5), True

    async def thinks() -> None:
        await (go.wait() if first else all_five.wait())

    async with _served(monkeypatch, thinks) as port:
        greedy = [asyncio.create_task(_says(port, ask, "127.0.0.3")) for _ in range(9)]
        guest = asyncio.create_task(_says(port, ask, "127.0.0.4"))
        await _ended(greedy, 4)
        go.set()
        *told, other = await asyncio.gather(*greedy, guest)
        first = False
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
    go = asyncio.Event()
    async with _served(monkeypatch, go.wait, loopback=True, most=20) as port:
        asked = [asyncio.create_task(_says(port, ask, f"127.0.0.{5 + number % 9}")) for number in range(40)]
        await _ended(asked, 20)
        go.set()
        told = await asyncio.gather(*asked)

    assert 20 == sum(one.endswith(b"here") for one in told)
