"""The relay does to a connection what a bad link does."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from faults.io.relay import Relay


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """A server that says everything back; its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.fixture
async def relay(echo: int) -> AsyncIterator[Relay]:
    """A relay to it."""
    made = Relay("uplink", echo)
    await made.listen()
    yield made
    await made.close()


async def ask(relay: Relay, text: bytes = b"hej", within_s: float = 30.0) -> bytes:
    """What comes back on a new connection; b"" when it ends, TimeoutError when nothing comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    try:
        writer.write(text)
        async with asyncio.timeout(within_s):
            return await reader.read(len(text))
    finally:
        writer.close()


async def test_relay_carries_both_ways(relay: Relay) -> None:
    """Nothing is changed as long as nothing is wrong."""
    assert b"hej" == await ask(relay)


async def test_delay_and_rate_hold_things_up(relay: Relay) -> None:
    """Later by the delay, and by what the bytes take; at least that, for a busy machine takes longer."""
    relay.delay_s.turn(relay, 0.3)
    relay.bytes_per_s.turn(relay, 10.0)
    began_s = time.monotonic()

    assert b"hej" == await ask(relay)
    assert 0.3 + 2 * 0.3 <= time.monotonic() - began_s


async def test_mute_takes_and_never_answers(relay: Relay) -> None:
    """The connection stands, and that is all."""
    relay.mute.turn(relay, 1)

    with pytest.raises(TimeoutError):
        await ask(relay, within_s=0.3)


async def test_cut_ends_what_stands_and_lets_new_ones_through(relay: Relay) -> None:
    """A cut is for now, not for ever."""
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(b"hej")
    assert b"hej" == await reader.readexactly(3)

    relay.cut()

    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await asyncio.wait_for(reader.readexactly(1), 30)
    assert b"hej" == await ask(relay)


async def test_broker_that_is_away_ends_the_connection() -> None:
    """Nobody behind the door: the door closes at once, it does not swallow."""
    gone = Relay("uplink", 1)
    await gone.listen()
    try:
        with contextlib.suppress(ConnectionError):
            assert b"" == await ask(gone)
    finally:
        await gone.close()
