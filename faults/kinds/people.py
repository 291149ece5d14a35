"""Faults that others make: a copied card in a second box, and rubbish on every topic."""

import asyncio
import contextlib
import shutil
from typing import Annotated

import msgspec
from msgspec import Meta

from faults.fault import Fault, NoParameters
from faults.house import House
from faults.io.files import copy_store
from faults.io.journal import Journal
from faults.io.mqtt import Vandal, roads_of

TWIN = "gateway-twin"
EMPTY_WITHIN_S = 45.0


class Twin(Fault):
    """Two gateways with the same identity: somebody put a copy of the card into a second box."""

    name = "twin"
    tells = "a second gateway with a copy of the first one's store and its identity; at the end it may send what it has"
    Parameters = NoParameters

    async def begin(self, house: House) -> None:
        """Copy the card and start the second box."""
        folder = house.folder / "data" / "twin"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        await asyncio.to_thread(copy_store, house.data("gateway") / "gateway.db", folder / "gateway.db")
        house.twin = Journal(folder / "gateway.db", house.folder / "journal.jsonl")
        house.start_twin(folder)
        await house.services.up(TWIN)

    async def end(self, house: House) -> None:
        """The first steps aside until the second has sent all; then the second is taken away."""
        twin = house.twin
        if twin is None:
            return
        await house.hold("gateway", self)
        try:
            await self._emptied(twin)
        finally:
            await house.hold(TWIN, self, kill=True)
            with contextlib.suppress(OSError):
                twin.look()
            for (run, stream), last in twin.seen.items():
                house.journal.heard(run, stream, last)
            house.journal.digests.update(twin.digests)
            house.twin = None
            await house.release("gateway", self)

    async def _emptied(self, twin: Journal) -> None:
        loop = asyncio.get_running_loop()
        until_s = loop.time() + EMPTY_WITHIN_S
        while twin.waiting() != 0 and loop.time() < until_s:  # noqa: ASYNC110 - a file tells nobody that it changed
            await asyncio.sleep(0.05)


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
