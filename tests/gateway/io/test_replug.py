"""A serial adapter is pulled out while it is read, and comes back under another name: `/dev/serial/by-id` leads there.

Two buses, each behind a name of its own; only the one of them is pulled.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path

import pytest

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.lines import SerialLine
from gateway.io.device import Device
from gateway.io.modbus import open_line

from .conftest import SerialPeer
from .test_bad_bus import TIMEOUT_S, Units, false, profile

WITHIN_S = 30
PATIENT_S = 2.0
"""Of the bus that nobody pulls: a machine that has much to do is no fault of it."""


class Bus:
    """A device read round after round through a name that leads to a port; every round is kept."""

    def __init__(self, name: Path, units: Units, timeout_s: float = TIMEOUT_S) -> None:
        self.name, self.units = name, units
        self.rounds: list[dict[str, Value]] = []
        self.peer: SerialPeer | None = None
        self.line = open_line(SerialLine(device=str(name), baud=115200))
        self.device = Device(self.line, 1, profile(timeout_s))
        self._clock = count(1)

    def plug(self) -> SerialPeer:
        """Put the adapter in: it gets the next free name, and the name by its serial number leads there."""
        self.peer = SerialPeer()
        self.peer.answer = self.units
        self.name.symlink_to(self.peer.path)
        return self.peer

    def pull(self) -> None:
        """Pull it out: device and name are gone."""
        assert self.peer is not None
        self.name.unlink(missing_ok=True)
        self.peer.unplug()

    async def poll(self) -> None:
        """For ever, by a clock by which every rest is over at once."""
        while True:
            self.rounds.append(await self.device.values("fast", lambda: 3_600_000 * next(self._clock), Origin.MEASURED))
            await asyncio.sleep(0)

    def qualities(self) -> set[Quality]:
        """Those of the newest round."""
        return {value.quality for value in self.rounds[-1].values()} if self.rounds else set()


@pytest.fixture
async def buses(tmp_path: Path, loop_faults: list[str]) -> AsyncIterator[tuple[Bus, Bus]]:
    """Two buses that are read at the same time."""
    made = Bus(tmp_path / "usb-A", Units()), Bus(tmp_path / "usb-B", Units(), PATIENT_S)
    for bus in made:
        bus.plug()
    tasks = [asyncio.create_task(bus.poll()) for bus in made]
    yield made
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for bus in made:
        await bus.line.close()
        bus.pull()


async def until(true: Callable[[], bool]) -> None:
    """Wait for it, with a bound."""
    async with asyncio.timeout(WITHIN_S):
        while not true():  # noqa: ASYNC110 - what is waited for happens at several places
            await asyncio.sleep(0.005)


def held_open() -> set[str]:
    """What this process holds open, by name."""
    found = set()
    for fd in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.add(str(fd.readlink()))
    return found


@pytest.mark.parametrize("when", ["question under way", "half an answer", "between two"])
async def test_replug_under_another_name_is_read_again(buses: tuple[Bus, Bus], when: str) -> None:
    """Pulled, the values are missing and say why; back, they come anew; the other bus never notices."""
    bus, other = buses
    await until(lambda: bus.qualities() == other.qualities() == {Quality.GOOD})
    peer = bus.peer
    assert peer is not None
    port = peer.path
    if when != "between two":
        asked = len(peer.asked)
        peer.answer = lambda frame: (bus.units(frame) or b"")[:4] if when == "half an answer" else None
        await until(lambda: len(peer.asked) > asked)
    bus.pull()
    begun = len(other.rounds)
    await until(lambda: bus.qualities() == {Quality.COMM_ERROR} and "check the cable" in bus.rounds[-1]["k0"].reason)
    others = len(other.rounds)
    await until(lambda: len(other.rounds) > others + 5)

    assert port not in held_open(), "the port is held, so that the adapter cannot have its name again"
    bus.units.said = 2
    between = SerialPeer()  # somebody else's adapter takes the name that became free
    assert bus.plug().path != between.path
    await until(lambda: bus.qualities() == {Quality.GOOD})
    between.unplug()

    assert 2 == bus.rounds[-1]["k82"].value
    assert [] == [one for values in bus.rounds for one in false(bus.units, values, also=(1,))]
    assert {Quality.GOOD} == {value.quality for values in other.rounds[begun:] for value in values.values()}
