"""Faults of the two brokers: memory lost, deaf and dumb, refusing, expired."""

import asyncio
from typing import Literal

import msgspec

from faults.core.settings import SITE
from faults.fault import Fault
from faults.house import House

RELAYS = {"site": ("site",), "central": ("uplink", "centre")}


class OfBroker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which broker."""

    broker: Literal["site", "central"] = "central"


class _BrokerFault(Fault):
    Parameters = OfBroker

    @property
    def program(self) -> str:
        """Its name among the programs."""
        return f"{self.asked.broker}-broker"


class Forget(_BrokerFault):
    """Restarted with its memory lost."""

    name = "forget"
    tells = "the broker is killed, its memory wiped, and it comes back after so long"

    async def begin(self, house: House) -> None:
        """Kill it and wipe what it kept."""
        await house.hold(self.program, self, kill=True)
        house.brokers.forget(self.asked.broker)

    async def end(self, house: House) -> None:
        """Start it, empty."""
        await house.release(self.program, self)


class Mute(_BrokerFault):
    """Something else listens in its place that takes every connection and never answers."""

    name = "mute"
    tells = "in the broker's place something takes every connection and never says a word"

    async def begin(self, house: House) -> None:
        """The broker is gone, its doors swallow."""
        await house.hold(self.program, self, kill=True)
        for name in RELAYS[self.asked.broker]:
            house.brokers.relays[name].mute.turn(self, 1)

    async def end(self, house: House) -> None:
        """The broker is back, and whoever talks to the mute one is cut off."""
        for name in RELAYS[self.asked.broker]:
            house.brokers.relays[name].mute.leave(self)
            house.brokers.relays[name].cut()
        await house.release(self.program, self)


class Refuse(_BrokerFault):
    """It does not know the accounts any more."""

    name = "refuse"
    tells = (
        "the broker refuses every account: its password file (site) or the authority it believes (central) is another"
    )

    async def begin(self, house: House) -> None:
        """Swap the file, start anew."""
        await self._swap(house, refuses=True)

    async def end(self, house: House) -> None:
        """The right file again."""
        await self._swap(house, refuses=False)

    async def _swap(self, house: House, *, refuses: bool) -> None:
        await house.hold(self.program, self)
        if self.asked.broker == "site":
            await house.brokers.refuse(refuses)
        else:
            house.brokers.wear("trusted", "stranger" if refuses else "authority")
        await house.release(self.program, self)


class Whose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose certificate has expired."""

    whose: Literal["broker", "site"] = "broker"


class CertificateExpired(Fault):
    """A certificate on the central link is out of date; verification is never switched off, so records wait."""

    name = "certificate-expired"
    tells = (
        "the certificate of the central broker, or of the site, has expired; the link stays closed until it is renewed"
    )
    Parameters = Whose

    async def begin(self, house: House) -> None:
        """Out of date."""
        await self._wear(house, "-expired")

    async def end(self, house: House) -> None:
        """Renewed."""
        await self._wear(house, "")

    async def _wear(self, house: House, ending: str) -> None:
        if self.asked.whose == "broker":
            await house.hold("central-broker", self)
            house.brokers.wear("server", f"server{ending}")
            await house.release("central-broker", self)
        else:
            house.brokers.wear(SITE, f"{SITE}{ending}")
            house.brokers.relays["uplink"].cut()
            await asyncio.sleep(0)


FAULTS = (Forget, Mute, Refuse, CertificateExpired)
