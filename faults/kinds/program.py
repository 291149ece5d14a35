"""Faults of single programs: killed, stopped for a while, frozen."""

from typing import Any

import msgspec

from faults.fault import PROGRAMS, Fault
from faults.house import House


class OfProgram(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which program."""

    program: str = "gateway"


class _ProgramFault(Fault):
    Parameters = OfProgram

    @classmethod
    def wrong(cls, asked: Any) -> str | None:
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


FAULTS = (Kill, Down, Freeze)
