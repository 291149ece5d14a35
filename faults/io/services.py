"""The programs of a house as a service manager runs them: started again when they end, down when a fault says so."""

import asyncio
import contextlib
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from demo.io.processes import Line, Programs

AGAIN_S = 0.5
"""Real seconds until a killed program is started again."""
AFTER_TROUBLE_S = 1.0
"""The same for one that has ended by itself, as systemd would; longer each time, up to eight times."""


@dataclass(slots=True)
class Service:
    """One program. `holders`: who wants it down; `ended`: how often it was ended, counted before the signal."""

    command: Callable[[], list[str]]
    lines: Line | None
    after: Callable[[], Awaitable[None]] | None
    holders: set[int] = field(default_factory=set)
    frozen: int = 0
    wanted: bool = False
    troubles: int = 0
    ended: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Services:
    """All programs of one run. `say` hears sentences for people."""

    def __init__(self, logs: Path, environment: dict[str, str], say: Callable[[str], None]) -> None:
        self.also: dict[str, dict[str, str]] = {}
        self.surprises: list[str] = []
        """Programs that ended though nobody ended them."""
        self._say = say
        self._programs = Programs(logs, environment, self._died)
        self._all: dict[str, Service] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._leaving = False

    def define(
        self,
        name: str,
        command: Callable[[], list[str]],
        *,
        lines: Line | None = None,
        after: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """How a program is started; `after` runs after each start."""
        self._all[name] = Service(command, lines, after)

    @property
    def names(self) -> list[str]:
        """All that are defined."""
        return list(self._all)

    def runs(self, name: str) -> bool:
        """Is it running now?"""
        return self._programs.runs(name)

    def pid(self, name: str) -> int | None:
        """Its process id, or None."""
        return self._programs.pids().get(name)

    def ended(self, name: str) -> int:
        """How often somebody has ended it, or is just about to."""
        return self._all[name].ended

    async def up(self, name: str) -> None:
        """Start it, unless it runs, somebody holds it, or all is over. Raises CannotRun."""
        service = self._all[name]
        service.wanted = True
        async with service.lock:
            if self._leaving or service.holders or self._programs.runs(name):
                return
            await self._programs.start(name, service.command(), lines=service.lines, also=self.also.get(name))
            if service.after is not None:
                await service.after()

    async def kill(self, name: str) -> None:
        """SIGKILL; it comes again by itself."""
        service = self._all[name]
        if service.wanted and not service.holders:
            service.ended += 1
            await self._programs.kill(name)
            self._later(name, AGAIN_S)

    async def hold(self, name: str, holder: object, *, kill: bool = False) -> None:
        """End it and keep it down."""
        service = self._all[name]
        service.holders.add(id(holder))
        service.ended += 1
        async with service.lock:
            await (self._programs.kill(name) if kill or service.frozen else self._programs.stop(name))

    async def release(self, name: str, holder: object) -> None:
        """Let it up again."""
        service = self._all[name]
        if id(holder) in service.holders:
            service.holders.discard(id(holder))
            if service.wanted and not service.holders:
                await self.up(name)

    def freeze(self, name: str) -> None:
        """SIGSTOP."""
        self._all[name].frozen += 1
        self._programs.send(name, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """SIGCONT, when everybody who froze it has thawed it."""
        service = self._all[name]
        service.frozen = max(0, service.frozen - 1)
        if not service.frozen:
            self._programs.send(name, signal.SIGCONT)

    async def close(self) -> None:
        """End everything; the brokers last."""
        self._leaving = True
        for task in self._tasks:
            task.cancel()
        for name, service in self._all.items():
            if service.frozen:
                self._programs.send(name, signal.SIGCONT)
        await self._programs.stop_all()

    def _later(self, name: str, delay_s: float) -> None:
        task = asyncio.get_running_loop().create_task(self._again(name, delay_s), name=f"again-{name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _again(self, name: str, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        with contextlib.suppress(ConnectionError):
            await self.up(name)

    def _died(self, name: str, code: int, last: str) -> None:
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        self.surprises.append(f"{name} {how}: {last or 'it said nothing'}")
        self._say(f"by itself: {self.surprises[-1]}")
        service = self._all[name]
        service.troubles += 1
        self._later(name, AFTER_TROUBLE_S * min(8, service.troubles))


def is_installed() -> bool:
    """Are the console scripts beside this Python?"""
    return shutil.which("sotpunkt-gateway", path=str(Path(sys.executable).parent)) is not None


def installed(name: str, *arguments: str | Path) -> list[str]:
    """The command of an installed program: its console script beside this Python, else its module by this Python."""
    script = shutil.which(f"sotpunkt-{name}", path=str(Path(sys.executable).parent))
    begin = [script] if script else [sys.executable, "-m", name]
    return [*begin, *map(str, arguments)]
