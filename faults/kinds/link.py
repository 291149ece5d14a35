"""Faults of the way to a broker: cut again and again, lossy, late, slow."""

import asyncio
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from faults.fault import CannotFault, Fault
from faults.house import House
from faults.io.net import Cable


class CutEvery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which way, and how often. `link`: site (all programs to the site's broker), uplink (gateway to the centre),
    centre (dashboard to its broker)."""

    link: Literal["site", "uplink", "centre"] = "uplink"
    every_s: Annotated[float, Meta(ge=0.2, le=3600)] = 10.0


class Cut(Fault):
    """Every connection ends, again and again."""

    name = "cut"
    tells = "all connections of `link` are cut, at once and then every `every_s` seconds"
    Parameters = CutEvery
    _work: asyncio.Task[None] | None = None

    async def begin(self, house: House) -> None:
        """Cut, wait, cut."""
        self._work = asyncio.create_task(self._cut(house), name="cut")

    async def _cut(self, house: House) -> None:
        while True:
            house.brokers.relays[self.asked.link].cut()
            await asyncio.sleep(self.asked.every_s)

    async def end(self, house: House) -> None:  # noqa: ARG002 - as every fault
        """No more."""
        if self._work is not None:
            self._work.cancel()


class Lose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many packets of a hundred, each way."""

    percent: Annotated[int, Meta(ge=1, le=95)] = 30


class Loss(Fault):
    """The uplink loses packets."""

    name = "loss"
    tells = "the uplink loses `percent` of its packets, each way (nft in a network namespace)"
    root = True
    Parameters = Lose

    async def begin(self, house: House) -> None:
        """Lose."""
        await _cable(house).lose(self, self.asked.percent)

    async def end(self, house: House) -> None:
        """Whole again."""
        await _cable(house).lose(self, 0)


class Late(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How late, and on which way."""

    link: Literal["site", "uplink", "centre"] = "uplink"
    delay_s: Annotated[float, Meta(ge=0, le=60)] = 2.0


class Delay(Fault):
    """All that goes up arrives late."""

    name = "delay"
    tells = "everything on its way up a `link` takes `delay_s` longer"
    Parameters = Late

    async def begin(self, house: House) -> None:
        """Late."""
        house.brokers.relays[self.asked.link].delay_s.turn(self, self.asked.delay_s)

    async def end(self, house: House) -> None:
        """In time."""
        house.brokers.relays[self.asked.link].delay_s.leave(self)


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How slow, and on which way."""

    link: Literal["site", "uplink", "centre"] = "uplink"
    bytes_per_s: Annotated[int, Meta(ge=100, le=10**9)] = 5000


class Slow(Fault):
    """Few bytes a second."""

    name = "slow"
    tells = "a `link` carries `bytes_per_s` each way and no more"
    Parameters = Rate

    async def begin(self, house: House) -> None:
        """Slow."""
        house.brokers.relays[self.asked.link].bytes_per_s.turn(self, self.asked.bytes_per_s)

    async def end(self, house: House) -> None:
        """Fast."""
        house.brokers.relays[self.asked.link].bytes_per_s.leave(self)


class Bad(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How bad."""

    percent: Annotated[int, Meta(ge=0, le=95)] = 30
    delay_s: Annotated[float, Meta(ge=0, le=60)] = 2.0
    bytes_per_s: Annotated[int, Meta(ge=100, le=10**9)] = 5000


class BadNet(Fault):
    """A mobile link at its worst: loss, delay and a thin pipe at once."""

    name = "bad-net"
    tells = "the uplink at its worst: `percent` loss, `delay_s` late and `bytes_per_s` at once"
    root = True
    Parameters = Bad

    async def begin(self, house: House) -> None:
        """All three."""
        cable = _cable(house)
        house.brokers.relays["uplink"].delay_s.turn(self, self.asked.delay_s)
        await cable.slow(self, self.asked.bytes_per_s)
        await cable.lose(self, self.asked.percent)

    async def end(self, house: House) -> None:
        """None of them."""
        house.brokers.relays["uplink"].delay_s.leave(self)
        cable = _cable(house)
        await cable.lose(self, 0)
        await cable.slow(self, 0)


def _cable(house: House) -> Cable:
    if house.cable is None:
        raise CannotFault("the uplink goes over no network namespace here; run it as root, with nftables and iproute2")
    return house.cable


FAULTS = (Cut, Loss, Delay, Slow, BadNet)
