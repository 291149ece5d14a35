"""The serial line of two bridged pseudo-terminals, without any Modbus on it."""

import asyncio
import contextlib
import os
import stat
from pathlib import Path

import pytest

from simulator.core.faults import CannotRun
from simulator.line import Line

DEADLINE_S = 30.0


async def _read(path: str | Path, count: int) -> bytes:
    """Bytes from one end of the line, through an end of our own."""
    descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    loop, data, done = asyncio.get_running_loop(), bytearray(), asyncio.Event()

    def take() -> None:
        data.extend(os.read(descriptor, 4096))
        if len(data) >= count:
            done.set()

    loop.add_reader(descriptor, take)
    try:
        await asyncio.wait_for(done.wait(), DEADLINE_S)
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
    return bytes(data)


async def _write(path: str | Path, data: bytes) -> None:
    """All of `data` into one end; never blocks, because the line under test lives in this very loop."""
    descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    loop, left, done = asyncio.get_running_loop(), bytearray(data), asyncio.Event()

    def give() -> None:
        with contextlib.suppress(BlockingIOError):
            del left[: os.write(descriptor, left)]
        if not left:
            done.set()

    loop.add_writer(descriptor, give)
    try:
        await asyncio.wait_for(done.wait(), DEADLINE_S)
    finally:
        loop.remove_writer(descriptor)
        os.close(descriptor)


async def test_every_byte_passes_both_ways(tmp_path):
    """All 256 bytes come through unchanged, also those that a terminal would take for a command."""
    line = Line(tmp_path / "rtu")
    every = bytes(range(256))
    try:
        await _write(line.link, every)
        assert every == await _read(line.device_path, 256)
        await _write(line.device_path, every[::-1])
        assert every[::-1] == await _read(line.link, 256)
    finally:
        line.close()


async def test_asker_may_come_and_go(tmp_path):
    """A gateway that closes its end and opens it again finds the line as it was."""
    line = Line(tmp_path / "rtu")
    try:
        for turn in range(3):
            await _write(line.link, bytes([turn]))
            assert bytes([turn]) == await _read(line.device_path, 1)
    finally:
        line.close()


async def test_pace_is_that_of_the_wire(tmp_path):
    """Two times 48 bytes at 9600 baud take at least the tenth of a second that a wire needs."""
    line = Line(tmp_path / "rtu", byte_s=10 / 9600)
    loop = asyncio.get_running_loop()
    try:
        began = loop.time()
        await _write(line.link, bytes(48))
        await _write(line.link, bytes(48))
        assert bytes(96) == await _read(line.device_path, 96)

        assert loop.time() - began >= 96 * 10 / 9600
    finally:
        line.close()


async def test_bytes_that_nobody_reads_are_lost_not_kept_for_ever(tmp_path):
    """A flood to an end that nobody reads does not stop the line."""
    line = Line(tmp_path / "rtu")
    try:
        for _ in range(40):
            await _write(line.device_path, bytes(1000))
        await _write(line.link, b"still here")
        assert b"still here" == await _read(line.device_path, 10)
    finally:
        line.close()


async def test_link_follows_the_line_and_goes_with_it(tmp_path):
    """An old link is replaced; the new one is gone after the end."""
    link = tmp_path / "rtu"
    link.symlink_to("/dev/pts/none")

    line = Line(link)
    assert stat.S_ISCHR(link.stat().st_mode)
    line.close()

    assert not link.is_symlink()


async def test_a_file_in_the_way_is_not_touched(tmp_path):
    """Something else under the name of the link is refused in one sentence, and stays."""
    (tmp_path / "rtu").write_text("precious")

    with pytest.raises(CannotRun, match="is a file, not a link; remove it or choose another --dir"):
        Line(tmp_path / "rtu")

    assert "precious" == (tmp_path / "rtu").read_text()
