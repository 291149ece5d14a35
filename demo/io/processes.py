"""Programs as real processes: started in groups of their own, watched, and all ended whatever happens."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from demo.core.faults import CannotRun

GRACE_S = 6.0
"""Real seconds between asking a program to end and ending it."""
MAX_LINE = 4 * 1024 * 1024

Died = Callable[[str, int, str], None]
Line = Callable[[bytes], None]


@dataclass
class Program:
    """One running program. `wanted`: its end would be a surprise."""

    name: str
    process: asyncio.subprocess.Process
    log: Path
    wanted: bool = True
    watcher: asyncio.Task[None] | None = None

    @property
    def runs(self) -> bool:
        """Has it not ended yet?"""
        return self.process.returncode is None

    def send(self, number: signal.Signals) -> None:
        """To the program and all that it started."""
        if self.runs:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return

    def last_line(self) -> str:
        """What it said last, for a sentence about its end."""
        return last_line(self.log)


class Programs:
    """All programs of one run. `died(name, exit code, last line)` is called for an end that nobody asked for."""

    def __init__(self, logs: Path, environment: dict[str, str], died: Died) -> None:
        self._logs = logs
        self._environment = environment
        self._died = died
        self._all: dict[str, Program] = {}
        # where it is there, the system itself ends a program whose starter has gone without a word (kill -9)
        self._bond = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []

    def runs(self, name: str) -> bool:
        """Is this program running?"""
        return name in self._all and self._all[name].runs

    async def start(
        self, name: str, command: list[str], *, lines: Line | None = None, also: dict[str, str] | None = None
    ) -> None:
        """Start it with its output in `logs/<name>.log`; its standard output goes to `lines` instead, if given."""
        log = self._logs / f"{name}.log"
        try:
            with log.open("ab") as file:
                process = await asyncio.create_subprocess_exec(
                    *self._bond,
                    *command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE if lines else file,
                    stderr=file,
                    env=self._environment | (also or {}),
                    start_new_session=True,
                    limit=MAX_LINE,
                )
        except OSError as fault:
            raise CannotRun(f"{name} could not be started: {fault.strerror or fault}") from fault
        program = Program(name, process, log)
        program.watcher = asyncio.create_task(self._watch(program, lines), name=f"watch-{name}")
        self._all[name] = program

    async def _watch(self, program: Program, lines: Line | None) -> None:
        if lines and program.process.stdout:
            async for line in program.process.stdout:
                lines(line)
        code = await program.process.wait()
        if program.wanted:
            program.wanted = False
            self._died(program.name, code, program.last_line())

    def last_line(self, name: str) -> str:
        """What a program said last."""
        return self._all[name].last_line() if name in self._all else ""

    def send(self, name: str, number: signal.Signals) -> None:
        """Send one program a signal, if it runs."""
        if name in self._all:
            self._all[name].send(number)

    async def stop(self, *names: str, grace_s: float = GRACE_S) -> None:
        """Ask these programs to end, and end those that do not."""
        going = [self._all[name] for name in names if name in self._all]
        for program in going:
            program.wanted = False
            program.send(signal.SIGTERM)
        if not await _ended(going, grace_s):
            await self.kill(*(program.name for program in going))

    async def kill(self, *names: str) -> None:
        """End them at once, as a power cut does."""
        going = [self._all[name] for name in names if name in self._all]
        for program in going:
            program.wanted = False
            program.send(signal.SIGKILL)
        await _ended(going, GRACE_S)

    async def stop_all(self) -> None:
        """End everything; the brokers last, so that the others can say good-bye."""
        leaned_on = [name for name in self._all if name.endswith("-broker")]
        await self.stop(*(name for name in self._all if name not in leaned_on))
        await self.stop(*leaned_on)

    def pids(self) -> dict[str, int]:
        """Process ids of all that run, by name."""
        return {name: program.process.pid for name, program in self._all.items() if program.runs}


async def _ended(programs: list[Program], within_s: float) -> bool:
    watchers = [program.watcher for program in programs if program.watcher]
    if not watchers:
        return True
    _, waiting = await asyncio.wait(watchers, timeout=within_s)
    return not waiting


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended: exit code, standard output, what it said on standard error."""

    code: int
    out: bytes
    said: str

    @property
    def why(self) -> str:
        """The last thing it said, or how it ended."""
        return self.said.splitlines()[-1] if self.said else f"exit code {self.code}"


async def answer(
    command: list[str], *, environment: dict[str, str], within_s: float = 30.0, also_to: Path | None = None
) -> Answer:
    """Run a command that ends by itself, within real seconds; never raises because of it."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
    except OSError as fault:
        return Answer(1, b"", f"{command[0]}: {fault.strerror or fault}")
    try:
        async with asyncio.timeout(within_s):
            out, err = await process.communicate()
    except TimeoutError:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        return Answer(1, b"", f"no end within {within_s:g} s")
    except asyncio.CancelledError:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
        raise
    if also_to:
        with also_to.open("ab") as file:
            file.write(out + err)
    return Answer(process.returncode or 0, out, err.decode("utf-8", "replace").strip())


def last_line(log: Path) -> str:
    """The last line of a log that says anything."""
    try:
        text = log.read_bytes()[-4000:].decode("utf-8", "replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def module(name: str, *arguments: str | Path) -> list[str]:
    """The command that runs one of our programs with this very Python."""
    return [sys.executable, "-m", name, *map(str, arguments)]
