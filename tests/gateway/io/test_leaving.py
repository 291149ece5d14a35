"""The last steps one by one: power may come back before any of them, and no door out may hold the others up."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.messages import Farewell, SiteStatus, Value, decode
from contract.words import ClockQuality, FarewellWhy, Origin, Status
from doors.broker import LinkDown
from gateway.config import LastWordsTable, Plan, read
from gateway.core import pipeline
from gateway.core.facts import BOX
from gateway.core.remembered import Memory
from gateway.core.site import Ending, Now, Site
from gateway.io import leaving
from gateway.io.keeping import Keeper
from gateway.io.leaving import Leaving
from gateway.io.store import Store

NOW = Now(run="r", boot="b", up_ms=1000, wall_ms=1_764_000_000_000, clock=ClockQuality.SYNCED)
NEAR = Farewell(why=FarewellWhy.BATTERY, until_ms=1_764_000_300_000, until_up_ms=301_000)


class Road:
    """A road out that notes what it was asked."""

    def __init__(self, fault: BaseException | None = None, hangs: bool = False) -> None:
        self.did: list[str] = []
        self.last: SiteStatus | None = None
        self._fault, self._hangs = fault, hangs

    async def farewell(self, _topic: str, payload: bytes) -> None:
        """The last word."""
        self.did.append("farewell")
        self.last = decode(payload, SiteStatus)
        if self._hangs:
            await asyncio.sleep(3600)
        if self._fault is not None:
            raise self._fault

    def stay(self) -> None:
        """We are not gone after all."""
        self.did.append("stay")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """A site without devices that waits for nobody's mark."""
    file = tmp_path / "site.toml"
    file.write_text(
        f'[site]\nid = "are-kall"\nplace = "Kall"\n[store]\npath = "{tmp_path}/gateway.db"\n'
        '[site_broker]\nurl = "mqtt://127.0.0.1:1"\n[last_words]\nmark_within_s = 0\n',
        "utf-8",
    )
    return read(file)


@pytest.fixture
def store(plan: Plan) -> Iterator[Store]:
    """Its store."""
    one = Store(Path(plan.settings.store.path), Status.ACTUAL, simulated=False)
    yield one
    one.close()


class Box:
    """A box whose battery says at each look what the test has written down; the last word stays."""

    def __init__(self, *on: int | None) -> None:
        self._on = list(on)
        self.looks = 0

    def __call__(self, *, anew: bool = False) -> Site:
        """The site, with what the battery says."""
        if anew:
            self.looks += 1
            self._on = self._on[1:] or self._on
        site = pipeline.awakened(Memory())
        on = self._on[0]
        if on is None:
            return site
        values = {BOX: {"box.on_battery": Value(value=on, origin=Origin.MEASURED, up_ms=1000)}}
        return msgspec.structs.replace(site, values=values, ending=Ending(farewell=NEAR, halt=True))


def leaver(plan: Plan, store: Store, box: Box, *roads: Road) -> Leaving:
    """Somebody who leaves."""
    several: Any = roads
    return Leaving(plan, store, Keeper(store, 10.0), several, now=lambda: NOW, site=box)


async def test_a_box_on_its_last_battery_goes(plan: Plan, store: Store) -> None:
    """Every road hears the same last word, with its reason."""
    roads = Road(), Road()
    gone = await leaver(plan, store, Box(1), *roads).go()

    assert (True, ["farewell"], ["farewell"]) == (gone, roads[0].did, roads[1].did)
    assert roads[0].last == roads[1].last
    assert roads[0].last is not None
    assert (False, NEAR) == (roads[0].last.online, roads[0].last.farewell)


async def test_power_that_is_back_before_the_goodbye_says_none(plan: Plan, store: Store) -> None:
    """At once, or while the disk was being written."""
    for on in ((1, 0), (1, 1, 0)):
        road = Road()
        gone = await leaver(plan, store, Box(*on), road).go()

        assert (False, []) == (gone, road.did)


async def test_power_that_is_back_after_the_goodbye_takes_it_back(plan: Plan, store: Store) -> None:
    """The last moment in which this is possible: the machine is not halted, and says so."""
    roads = Road(), Road(LinkDown("gone"))
    gone = await leaver(plan, store, Box(1, 1, 1, 0), *roads).go()

    assert (False, ["farewell", "stay"], ["farewell", "stay"]) == (gone, roads[0].did, roads[1].did)


async def test_a_battery_that_says_nothing_any_more_stops_nothing(plan: Plan, store: Store) -> None:
    """What was foretold holds until somebody knows better."""
    road = Road()

    assert await leaver(plan, store, Box(1, None), road).go()
    assert ["farewell"] == road.did


async def test_a_road_that_fails_or_hangs_holds_nobody_up(
    plan: Plan, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One broker is gone, the other does not answer: the box leaves all the same."""
    monkeypatch.setattr(leaving, "GOODBYE_WITHIN_S", 0.1)
    roads = Road(LinkDown("gone")), Road(hangs=True)

    assert await leaver(plan, store, Box(1), *roads).go()


async def test_a_halt_loses_nothing_that_the_disk_refuses(
    plan: Plan, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits in memory is gone with the halt for sure, and perhaps not without it."""
    monkeypatch.setattr(Keeper, "unstored", lambda _: 3)
    road = Road()

    assert not await leaver(plan, store, Box(1), road).go()
    assert [] == road.did


async def test_a_disk_that_hangs_holds_nobody_up(plan: Plan, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the store nor the machine's own buffers are waited for without end."""
    monkeypatch.setattr(leaving, "DISK_WITHIN_S", 0.2)
    monkeypatch.setattr(leaving.os, "sync", lambda: time.sleep(1.5))

    assert await leaver(plan, store, Box(1), Road()).go()


def test_all_that_is_waited_for_is_less_than_what_is_left() -> None:
    """With the longest settings that are taken, and the shortest default of the battery."""
    longest_s = 3 * leaving.DISK_WITHIN_S + 60 + leaving.GOODBYE_WITHIN_S

    assert longest_s < LastWordsTable().halt_below_min * 60
