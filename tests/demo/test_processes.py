"""Programs of a run as real processes: what they say is kept, and none outlives its run."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from demo.core.faults import CannotRun
from demo.io.processes import Programs, answer

WITHIN_S = 40.0
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = (
    "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(p.pid, flush=True); time.sleep(60)"
)


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def _alive(pid: int) -> bool:
    """Does a process run under this id (a dead one that nobody has fetched does not)?"""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not true():  # noqa: ASYNC110 - another process is waited for
            await asyncio.sleep(0.02)


@pytest.fixture
async def programs(tmp_path: Path) -> AsyncIterator[tuple[Programs, list[str]]]:
    """Programs, and the ends that nobody asked for."""
    died: list[str] = []
    made = Programs(tmp_path, dict(os.environ), lambda name, code, line: died.append(f"{name} {code} {line}"))
    yield made, died
    await made.stop_all()


async def test_unexpected_end_is_told_with_the_last_line(programs: tuple[Programs, list[str]]) -> None:
    """Whoever dies is named, with what it said last."""
    made, died = programs
    await made.start("short", _python("import sys; print('one', flush=True); sys.exit('no room left')"))
    await _until(lambda: bool(died))

    assert ["short 1 no room left"] == died


async def test_asked_for_end_is_no_surprise(programs: tuple[Programs, list[str]], tmp_path: Path) -> None:
    """Stopping and killing call nobody."""
    made, died = programs
    for name in ("one", "two"):
        await made.start(name, _python("import time; print('up', flush=True); time.sleep(60)"))
        await _until(lambda log=tmp_path / f"{name}.log": "up" in log.read_text())
    pids = made.pids()

    await made.stop("one")
    await made.kill("two")

    assert ({}, []) == (made.pids(), died)
    assert [] == [pid for pid in pids.values() if _alive(pid)]


async def test_one_that_will_not_end_is_ended(programs: tuple[Programs, list[str]], tmp_path: Path) -> None:
    """Asking is bounded; then the process is killed."""
    made, _ = programs
    await made.start("deaf", _python(STUBBORN))
    await _until(lambda: "up" in (tmp_path / "deaf.log").read_text())
    began = time.monotonic()

    await made.stop("deaf", grace_s=0.3)

    assert not made.runs("deaf")
    assert time.monotonic() - began < WITHIN_S


async def test_children_of_a_program_end_with_it(programs: tuple[Programs, list[str]], tmp_path: Path) -> None:
    """What a program has started is in its group and goes along."""
    made, _ = programs
    await made.start("parent", _python(PARENT))
    log = tmp_path / "parent.log"
    await _until(lambda: bool(log.exists() and log.read_text().strip()))
    child = int(log.read_text())

    await made.kill("parent")

    await _until(lambda: not _alive(child))


async def test_lines_come_as_they_are_said(programs: tuple[Programs, list[str]]) -> None:
    """A program whose lines are wanted is heard line by line."""
    made, _ = programs
    heard: list[bytes] = []
    await made.start("speaker", _python("print('a'); print('b')"), lines=heard.append)
    await _until(lambda: len(heard) == 2)

    assert [b"a\n", b"b\n"] == heard


async def test_program_that_is_not_there_is_one_sentence(programs: tuple[Programs, list[str]]) -> None:
    """What cannot be started is refused by name."""
    made, _ = programs
    made._bond = []
    with pytest.raises(CannotRun, match="ghost could not be started"):
        await made.start("ghost", ["/nowhere/ghost"])


async def test_command_that_hangs_is_given_up() -> None:
    """An answer is waited for with a bound, and the command does not stay behind."""
    got = await answer(_python("import time; time.sleep(60)"), environment=dict(os.environ), within_s=0.5)

    assert (1, b"", "no end within 0.5 s") == (got.code, got.out, got.why)


def test_killed_demonstration_leaves_no_program(tmp_path: Path) -> None:
    """Even kill -9 of the one that started them ends the programs: the system does it (setpriv of util-linux)."""
    starter = (
        "import asyncio, os, sys, pathlib\n"
        "from demo.io.processes import Programs\n"
        "async def go():\n"
        "    p = Programs(pathlib.Path(sys.argv[1]), dict(os.environ), lambda *a: None)\n"
        "    await p.start('x', [sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(60)'])\n"
        "    while not (pathlib.Path(sys.argv[1]) / 'x.log').read_text():\n"
        "        await asyncio.sleep(0.02)\n"
        "    print(p.pids()['x'], flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(go())\n"
    )
    with subprocess.Popen([sys.executable, "-c", starter, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        assert _alive(child)
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + WITHIN_S
    while _alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)

    assert not _alive(child)
