"""Bodies are read in processes of their own: what hangs, eats memory or dies there costs the keeper one body."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.feeds.alert import Answer, BadAnswer
from kiosk.keeper import reading
from kiosk.keeper.reading import Choked, Readings

EMPTY = b'{"timestamp": "2026-03-14T09:31:02+01:00", "alerts": []}'


@pytest.fixture
async def readings() -> AsyncIterator[Readings]:
    """With much patience: a process may be long in starting."""
    one = Readings(within_s=60.0)
    yield one
    await one.close()


def pid_of(readings: Readings) -> int:
    """The process that waits."""
    assert readings._idle is not None
    return readings._idle.process.pid


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in listed.read_text("ascii").split()] if listed.exists() else []


def alive(pid: int) -> bool:
    """Is it there, and no mere name of what has ended?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


async def test_a_body_is_read_and_the_process_stays(readings: Readings) -> None:
    """The second body pays for no start; the version comes with it."""
    first = await readings.read("vma", EMPTY)
    pid = pid_of(readings)
    second = await readings.read("smhi", b"[]")

    assert (Answer(), Answer()) == (first.found and first.found.answer, second.found and second.found.answer)
    assert pid == pid_of(readings)
    assert await readings.version("vma") == first.version > 0


async def test_a_bad_body_is_one_sentence(readings: Readings) -> None:
    """What the parser says of it comes back, and the process is as good as before."""
    with pytest.raises(BadAnswer, match="the answer is not JSON"):
        await readings.read("vma", b"<html>Logga in</html>")
    with pytest.raises(BadAnswer, match="a fault of the program that reads it: KeyError"):
        await readings.read("no such kind", b"")

    assert (await readings.read("vma", EMPTY)).found


async def test_what_hangs_is_ended_and_holds_nobody_up(readings: Readings) -> None:
    """One process stands still in the middle of a body: another feed is read meanwhile, and later ones too."""
    await readings.read("vma", EMPTY)
    slow = pid_of(readings)
    os.kill(slow, signal.SIGSTOP)
    hanging = asyncio.create_task(readings.read("smhi", b"[]"))
    await asyncio.sleep(0)
    other = await readings.read("vma", EMPTY)

    assert other.found
    assert not hanging.done()
    os.kill(slow, signal.SIGCONT)
    assert (await hanging).found

    stuck = pid_of(readings)
    os.kill(stuck, signal.SIGSTOP)
    readings._within_s = 1.5
    with pytest.raises(Choked, match=r"not read within 1.5 s"):
        await readings.read("smhi", b"[]")
    assert not alive(stuck)
    readings._within_s = 60.0
    assert (await readings.read("smhi", b"[]")).found


async def test_what_dies_of_a_body_is_replaced(readings: Readings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed by the system while it waited: the next body finds a new one. Killed at each try: it is the body's."""
    await readings.read("vma", EMPTY)
    os.kill(pid_of(readings), signal.SIGKILL)
    assert (await readings.read("vma", EMPTY)).found

    started, pids = reading._started, list[int]()

    async def dying(old: Any) -> Any:
        """As it is, but that it is killed before it can answer."""
        worker = await started(old)
        os.kill(worker.process.pid, signal.SIGKILL)
        pids.append(worker.process.pid)
        return worker

    monkeypatch.setattr(reading, "_started", dying)
    os.kill(pid_of(readings), signal.SIGKILL)
    with pytest.raises(Choked, match="died of it"):
        await readings.read("vma", EMPTY)
    assert pids
    assert not [pid for pid in pids if alive(pid)]


async def test_a_body_that_eats_memory_is_refused(readings: Readings) -> None:
    """Four megabytes of brackets: whatever the parser makes of it, the process stays below its bound and goes."""
    with pytest.raises(BadAnswer):
        await readings.read("smhi", b"[" + b"[[[]]]," * 570_000 + b"[]]")

    assert (await readings.read("vma", EMPTY)).found


async def test_whoever_gives_up_waiting_leaves_no_process(readings: Readings) -> None:
    """The keeper ends while a body is being read."""
    await readings.read("vma", EMPTY)
    stuck = pid_of(readings)
    os.kill(stuck, signal.SIGSTOP)
    hanging = asyncio.create_task(readings.read("vma", EMPTY))
    await asyncio.sleep(0.05)
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging

    assert not alive(stuck)


def test_keeper_ends_at_once_while_a_parser_hangs(site: Any, days: Any) -> None:
    """Its reader stands still on a new body: an orderly end takes no longer than ever, and nothing is left behind."""
    process = site.start()
    site.until(lambda: site.state().checked)
    (reader,) = site.until(lambda: children(process.pid))
    os.kill(reader, signal.SIGSTOP)
    days.add(do="vma", name="w", sv="Vatten")
    asked = days.asked("vma")
    site.until(lambda: days.asked("vma") > asked)
    time.sleep(0.2)

    assert 0 == site.stop(process)
    assert not alive(reader)


def test_killed_keeper_leaves_no_reader_behind(site: Any) -> None:
    """kill -9 of the keeper: its reader sees that nobody asks any more."""
    process = site.start()
    site.until(lambda: site.state().checked)
    (reader,) = site.until(lambda: children(process.pid))
    site.stop(process, signal.SIGKILL)

    site.until(lambda: not alive(reader))
