"""Faults that others make: a copied card in a second box, and rubbish on every topic."""

import asyncio
import contextlib
import shutil
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from faults.core.books import Key, covered
from faults.fault import CannotFault, Fault, NoParameters
from faults.house import House
from faults.io.files import copy_store
from faults.io.journal import Journal, spans_at_centre
from faults.io.mqtt import Vandal, roads_of

TWIN = "gateway-twin"
SENT_WITHIN_S = 45.0


class Twin(Fault):
    """Two gateways with the same identity: somebody put a copy of the card into a second box."""

    name = "twin"
    tells = "a second gateway with a copy of the first one's store and its identity; at the end it may send what it has"
    Parameters = NoParameters

    _folder: Path | None = None

    async def begin(self, house: House) -> None:
        """Copy the card and start the second box."""
        if house.twin is not None:
            raise CannotFault("there is a second gateway already")
        folder = house.folder / "data" / "twin"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        await asyncio.to_thread(copy_store, house.data("gateway") / "gateway.db", folder / "gateway.db")
        self._folder = folder
        house.twin = Journal(folder / "gateway.db", house.folder / "journal.jsonl")
        house.start_twin(folder)
        await house.services.up(TWIN)

    async def end(self, house: House) -> None:
        """The first steps aside until the second has sent all; then the second is taken away."""
        twin, folder = house.twin, self._folder
        if twin is None or folder is None:
            return
        self._folder = None
        await house.hold("gateway", self)
        sent: dict[Key, int] = {}
        try:
            sent = await self._sent(house, twin)
        finally:
            await house.hold(TWIN, self, kill=True)
            for (run, stream), last in sent.items():
                house.journal.heard(run, stream, last)
            taken = house.journal.give_up(folder / "gateway.db", sent)
            if taken:
                house.say(f"the second gateway is taken away with {taken} records not yet sent")
            house.journal.digests.update(twin.digests)
            house.twin = None
            await house.release("gateway", self)

    async def _sent(self, house: House, twin: Journal) -> dict[Key, int]:
        """What it had numbered when the first stepped aside, once the centre holds it; nothing if that takes too long.

        Asked at the centre: the outbox of a box at work is hardly ever empty, for it forgets with its next commit.
        """
        await asyncio.to_thread(twin.look, house.lives(TWIN))
        numbered, centre = dict(twin.seen), house.data("dashboard") / "dashboard.db"
        loop = asyncio.get_running_loop()
        until_s = loop.time() + SENT_WITHIN_S
        while loop.time() < until_s:
            with contextlib.suppress(OSError):
                if covered(numbered, await asyncio.to_thread(spans_at_centre, centre, house.site)):
                    return numbered
            await asyncio.sleep(0.5)
        return {}


class Often(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many pieces a second, at each broker."""

    per_s: Annotated[float, Meta(gt=0, le=200)] = 10.0


class Garbage(Fault):
    """Somebody with an account that may write everything."""

    name = "garbage"
    tells = "rubbish of every kind, oversized too, on every topic that somebody listens to, at both brokers"
    Parameters = Often

    def __init__(self, asked: Often) -> None:
        super().__init__(asked)
        self._work: list[asyncio.Task[None]] = []

    async def begin(self, house: House) -> None:
        """Throw."""
        doors = {
            "site": house.brokers.site_door("vandal", direct=True).rows(),
            "central": house.brokers.central_door("vandal", None),
        }
        for name, door in doors.items():
            vandal = Vandal(door, name, roads_of(house.site, name), house.random)
            self._work += [asyncio.create_task(vandal.run()), asyncio.create_task(self._throw(vandal))]

    async def _throw(self, vandal: Vandal) -> None:
        while True:
            await vandal.throw()
            await asyncio.sleep(1 / self.asked.per_s)

    async def end(self, house: House) -> None:  # noqa: ARG002 - as every fault
        """Enough."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)


FAULTS = (Twin, Garbage)
