"""Faults of single programs: killed, stopped for a while, frozen."""

import asyncio
import contextlib
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from faults.fault import PROGRAMS, Fault
from faults.house import House


class OfProgram(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which program."""

    program: str = "gateway"


class _ProgramFault(Fault):
    Parameters = OfProgram

    @classmethod
    def wrong(cls, asked: Any, _for_s: float) -> str | None:
        """Is it one of the programs?"""
        if asked.program in PROGRAMS:
            return None
        return f"there is no program {asked.program!r}; programs are {', '.join(PROGRAMS)}"


class Kill(_ProgramFault):
    """kill -9."""

    name = "kill"
    tells = "kill -9 of `program`; it is started again after half a second"
    lasts = False

    async def begin(self, house: House) -> None:
        """Do it."""
        await house.kill(self.asked.program)


class OfStorm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom it meets, and how often: on average a kill each `every_s`, any moment of a start or of work."""

    programs: Annotated[tuple[str, ...], Meta(min_length=1, max_length=50)] = (
        "gateway", "gateway", "gateway", "site-broker", "central-broker", "kiosk-keeper",
    )  # fmt: skip
    every_s: Annotated[float, Meta(ge=0.05, le=3600)] = 0.5


class KillStorm(Fault):
    """kill -9 again and again, also of what has only just come back."""

    name = "kill-storm"
    tells = "kill -9 of `programs`, drawn anew each time, every `every_s` on average: also before they are quite back"
    Parameters = OfStorm
    _work: asyncio.Task[None] | None = None

    @classmethod
    def wrong(cls, asked: Any, _for_s: float) -> str | None:
        """Are they programs?"""
        wrong = [one for one in asked.programs if one not in PROGRAMS]
        return f"there is no program {wrong[0]!r}; programs are {', '.join(PROGRAMS)}" if wrong else None

    async def begin(self, house: House) -> None:
        """The first kill comes at once."""
        self.done = 0
        self._killing = asyncio.Lock()
        self._work = asyncio.create_task(self._kill(house), name="kill-storm")

    async def _kill(self, house: House) -> None:
        while True:
            there = [one for one in self.asked.programs if house.runs(one)]
            if there:
                async with self._killing:
                    await house.kill(house.random.choice(there))
                self.done += 1
            await asyncio.sleep(2 * self.asked.every_s * house.random.random())

    async def end(self, house: House) -> None:
        """No more."""
        if self._work is not None:
            async with self._killing:  # a kill that is cut short would be followed by no start
                self._work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._work
            house.say(f"{self.done} kills")


class Down(_ProgramFault):
    """Not there for a while."""

    name = "down"
    tells = "`program` is killed and stays away for so long"

    async def begin(self, house: House) -> None:
        """Kill and hold it."""
        await house.hold(self.asked.program, self, kill=True)

    async def end(self, house: House) -> None:
        """Start it again."""
        await house.release(self.asked.program, self)


class Freeze(_ProgramFault):
    """SIGSTOP and SIGCONT: it is there, takes connections, and does nothing."""

    name = "freeze"
    tells = "`program` is frozen (SIGSTOP) for so long: its connections stand, nothing answers"

    async def begin(self, house: House) -> None:
        """SIGSTOP."""
        house.services.freeze(self.asked.program)

    async def end(self, house: House) -> None:
        """SIGCONT."""
        house.services.thaw(self.asked.program)


FAULTS = (Kill, KillStorm, Down, Freeze)
