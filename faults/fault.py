"""What a fault is: a name, parameters, and what it does to a house when it begins and when it ends."""

import random
from pathlib import Path
from typing import Any, ClassVar, Protocol

import msgspec

from faults.core.schedule import Known

PROGRAMS = (
    "plant", "site-broker", "central-broker", "gateway", "dashboard", "owner-page", "kiosk-keeper", "kiosk-screen",
)  # fmt: skip
"""All programs of a house, in the order in which they start."""


class CannotFault(Exception):
    """This fault cannot be done here. One sentence; the run says it, leaves the fault out and goes on."""


class House(Protocol):
    """What a fault may do to the house under test. All times are real seconds."""

    folder: Path
    """Of this run; only its owner can look in. What a fault leaves lies here."""
    random: random.Random
    """Seeded by the schedule."""
    also: dict[str, dict[str, str]]
    """By program: environment that it gets from its next start on (LD_PRELOAD, FAKETIME)."""

    def data(self, program: str) -> Path:
        """Folder of the files of `gateway`, `kiosk`, `dashboard` or `owner-page` alone; may be mounted over."""

    def runs(self, program: str) -> bool:
        """Is it running now?"""

    def pid(self, program: str) -> int | None:
        """Its process id, or None."""

    async def kill(self, program: str) -> None:
        """SIGKILL to it and all that it started; it is started again like a service, after half a second."""

    async def hold(self, program: str, holder: object, *, kill: bool = False) -> None:
        """End it and keep it down until `release` by the same holder (any number may hold)."""

    async def release(self, program: str, holder: object) -> None:
        """Start it again, unless somebody else holds it. Harmless for one who does not hold."""

    def forget_memory(self) -> None:
        """While the gateway is down: what it held in memory only is gone, as when the box loses its power."""

    def say(self, sentence: str) -> None:
        """A line for the person who watches, with the time before it."""


class NoParameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For a fault that takes none."""


class Fault:
    """One fault of a schedule. The steps are called in this order, each once; what is begun is always ended.

    `prepare` before any program has started (mounts, proxies), `begin` and `end` while the house runs, `clear` after
    all programs have ended – also when the run is interrupted before `begin`. Each may raise CannotFault.
    """

    name: ClassVar[str]
    """As in a schedule: small letters and hyphens."""
    tells: ClassVar[str]
    """What it does, in one sentence."""
    root: ClassVar[bool] = False
    """Does it need root? Such a fault is left out, with a sentence, where there is none."""
    lasts: ClassVar[bool] = True
    """Does it have a duration (`for_s`)? A kill has none."""
    costs_samples: ClassVar[bool] = False
    """May a site tell samples as a gap after it? Only after trouble with its disk, or after days without the centre."""
    Parameters: ClassVar[type[Any]] = NoParameters
    """A frozen msgspec struct with forbid_unknown_fields; every field has a default."""

    def __init__(self, asked: Any) -> None:
        """`asked`: an instance of `Parameters`."""
        self.asked = asked
        self.for_s = 0.0
        """How long it will last; set by the run before `prepare`."""
        self.done = 1
        """How many faults it has really done when it is over; a storm does many."""

    @classmethod
    def wrong(cls, _asked: Any, _for_s: float) -> str | None:
        """What is wrong with parameters and seconds that their types let through, as a sentence; None when nothing."""
        return None

    @classmethod
    def known(cls) -> Known:
        """What a schedule must know of it."""
        return Known(lasts=cls.lasts, parameters=cls.Parameters, check=cls.wrong)

    async def prepare(self, house: House) -> None:
        """Before the programs start."""

    async def begin(self, house: House) -> None:
        """Do it."""

    async def end(self, house: House) -> None:
        """Undo it."""

    async def clear(self, house: House) -> None:
        """After the programs have ended: leave nothing behind."""


class Witness(Protocol):
    """Something that measures a run: asked once, at the end, for figures of the last line."""

    async def prepare(self, house: House) -> None:
        """Before the programs start."""

    async def figures(self, house: House) -> dict[str, float | None]:
        """After all faults have been lifted, while the programs still run."""

    async def clear(self, house: House) -> None:
        """After the programs have ended."""
