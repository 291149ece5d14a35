"""Is somebody else talking on this wire? The port is opened for reading alone: nothing can leave through it."""

import asyncio
import fcntl
import os
import termios
import tty

from gateway.core.wire.lines import SerialLine, TcpLine

CONNECT_S = 5.0
ENOUGH = 4
"""Bytes that are somebody speaking: the shortest frame. One or two come by themselves when an adapter is opened."""


async def heard(line: TcpLine | SerialLine, seconds: float) -> int:
    """Bytes that came by themselves within so many real seconds; as soon as it is somebody, it is listened no longer.

    Raises OSError when the wire cannot be opened, also when a program on this machine has it already.
    """
    if isinstance(line, TcpLine):
        return await _on_converter(line, seconds)
    return await _on_port(line, seconds)


async def _on_port(line: SerialLine, seconds: float) -> int:
    port = os.open(line.device, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        fcntl.flock(port, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _set_up(port, line)
        return await _count(port, seconds)
    except termios.error as fault:
        raise OSError(*fault.args) from fault
    finally:
        os.close(port)


def _set_up(port: int, line: SerialLine) -> None:
    """Bytes as they come, at the speed of the line; a fault in a byte is no reason not to hear it."""
    tty.setraw(port, termios.TCSANOW)
    settings = termios.tcgetattr(port)
    speed = getattr(termios, f"B{line.baud}", None)
    if speed is not None:
        settings[4] = settings[5] = speed
    settings[2] |= termios.CLOCAL | termios.CREAD
    termios.tcsetattr(port, termios.TCSANOW, settings)
    termios.tcflush(port, termios.TCIFLUSH)


async def _count(port: int, seconds: float) -> int:
    loop, found, enough = asyncio.get_running_loop(), 0, asyncio.Event()

    def ready() -> None:
        nonlocal found
        try:
            data = os.read(port, 1024)
        except BlockingIOError:
            return
        except OSError:  # pulled out: whoever asks next is told
            data = b""
        found += len(data)
        if found >= ENOUGH or not data:
            loop.remove_reader(port)
            enough.set()

    loop.add_reader(port, ready)
    try:
        async with asyncio.timeout(seconds):
            await enough.wait()
    except TimeoutError:
        pass
    finally:
        loop.remove_reader(port)
    return found


async def _on_converter(line: TcpLine, seconds: float) -> int:
    async with asyncio.timeout(CONNECT_S):
        reader, writer = await asyncio.open_connection(line.host, line.port)
    found = 0
    try:
        async with asyncio.timeout(seconds):
            while found < ENOUGH and (data := await reader.read(1024)):
                found += len(data)
    except TimeoutError:
        pass
    finally:
        writer.close()
    return found
