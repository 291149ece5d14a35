"""The real gateway on a disk that is cut, slow, full or failing: seen from the brokers, nothing committed is lost."""

import asyncio
import errno
import json
import math
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from faults.disk.cuts import PACE, cut_often
from faults.disk.shim import Shim
from faults.disk.small import KIOSK_RUN, SmallSite

WITHIN_S = 60.0


class House:
    """A small site whose gateway runs on the shim."""

    def __init__(self, site: SmallSite, shim: Shim) -> None:
        self.site, self.shim, self._number = site, shim, 0
        self._given: dict[str, float] = {}
        self._receipt = 0

    async def feed(self, for_s: float) -> None:
        """Orders and receipts, ten a second."""
        for _ in range(int(for_s * 10)):
            self._number += 1
            self._given[f"o-{self._number}"] = asyncio.get_running_loop().time()
            self.site.order(self._number)
            self._receipt = self.site.marked.get(KIOSK_RUN, 0) + 1
            self.site.receipt()
            await asyncio.sleep(0.1)

    async def until(self, happens: Callable[[], object], what: str) -> None:
        """Wait for it."""
        for _ in range(int(WITHIN_S / 0.05)):
            if happens():
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"not within {WITHIN_S} s: {what}\n{self.site.said()[-2000:]}")

    @property
    def polls(self) -> int:
        """Pictures of the set on the site's own broker, one per poll."""
        return self.site.count("up/device/genset")

    @property
    def answered(self) -> int:
        """Events that have reached the centre."""
        return sum(stream == "event" for _, stream, _ in self.site.heard)

    def answered_after_s(self) -> float:
        """How long ago the youngest order was given that has its answer by now; infinite when none has."""
        now = asyncio.get_running_loop().time()
        done = {str(json.loads(one)["body"].get("order", "")) for one in self.site.heard.values()}
        return min((now - given for order, given in self._given.items() if order in done), default=math.inf)

    @property
    def settled(self) -> bool:
        """Is every order answered and the last receipt marked, so that nothing of it is on its way any more?"""
        done = {str(json.loads(one)["body"].get("order", "")) for one in self.site.heard.values()}
        return set(self._given) <= done and self.site.marked.get(KIOSK_RUN, 0) >= self._receipt

    @property
    def trouble(self) -> bool:
        """Is the alarm up on the owner's page? One that has gone back waits there for its acknowledgement."""
        alarms = self.site.newest("up/alarms").get("alarms", [])
        return any(one["key"] == "store-trouble" and "returned" not in one["state"] for one in alarms)

    @property
    def unstored(self) -> float:
        """What the box tells of records that wait."""
        values = self.site.newest("up/device/box").get("values", {})
        return float(values.get("box.unstored", {}).get("value") or 0)

    def in_order(self) -> bool:
        """Is every number of every stream there, and did it come in its order?"""
        streams: dict[tuple[str, str], list[int]] = {}
        for run, stream, seq in self.site.heard:
            streams.setdefault((run, stream), []).append(seq)
        return all(seqs == list(range(1, len(seqs) + 1)) for seqs in streams.values())


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A gateway at work, read every half second."""
    site = SmallSite(
        tmp_path, marks=False, more=f"commit_every_s = 1\n{PACE}".replace("5\n", "0.2\n"), poll_every_s=0.5
    )
    one = House(site, Shim(site.data, tmp_path / "room"))
    try:
        await site.open()
        await site.start(one.shim.environment)
        await one.until(lambda: one.polls > 2, "the first polls")
        yield one
    finally:
        await site.close()


async def test_power_cuts_lose_nothing_that_was_seen(tmp_path: Path) -> None:
    """Three lives cut at random moments, some while they start: all that was at a broker is in the last store."""
    verdict = await cut_often(tmp_path, 3, seed=11)

    assert ([], 0, 0) == (verdict.lost, verdict.not_started, verdict.aside)
    assert verdict.seen > 15


async def test_a_slow_disk_slows_no_poll(house: House) -> None:
    """With syncs of two seconds values come at their pace; orders are answered when they are on the disk, in order."""
    house.shim.control.sync_ms = 2000
    polls, syncs = house.polls, house.shim.control.syncs
    begun = asyncio.get_running_loop().time()
    await house.feed(6)
    for _ in range(6):  # polls that wait for syncs would take eighteen seconds, a gateway that stood still does not
        if house.polls - polls < 9:
            await house.feed(1)
    took_s = asyncio.get_running_loop().time() - begun
    during = (house.polls - polls, house.answered_after_s(), house.shim.control.syncs - syncs)
    house.shim.control.sync_ms = 0
    await house.until(lambda: house.answered >= 60, "all answers")

    assert 9 <= during[0]
    assert 1.9 < during[1] < math.inf
    assert during[2] < 8 * took_s / 6
    assert house.in_order()
    assert not house.trouble


@pytest.mark.parametrize(("part", "fault"), [("write_errno", errno.ENOSPC), ("sync_errno", errno.EIO)])
async def test_a_disk_that_refuses_is_told_and_loses_nothing(house: House, part: str, fault: int) -> None:
    """Polls and pictures go on, nothing is answered or marked, the count is shown; afterwards all comes in order."""
    await house.feed(1)
    await house.until(lambda: house.answered >= 10 and house.settled, "answers before the trouble")
    setattr(house.shim.control, part, fault)
    polls, answered, marked = house.polls, house.answered, dict(house.site.marked)
    await house.feed(3)
    await house.until(lambda: house.trouble and house.unstored > 0, "the trouble is told")
    await house.until(lambda: house.polls - polls > 4, "polls go on")
    during = (house.polls - polls > 4, house.answered - answered, house.site.marked[KIOSK_RUN] - marked[KIOSK_RUN])
    setattr(house.shim.control, part, 0)
    await house.until(lambda: house.answered >= 40 and not house.trouble, "all is well again")

    assert (True, 0, 0) == during
    assert house.in_order()
    assert house.site.runs


async def test_a_cut_after_failed_syncs_loses_nothing_that_was_seen(house: House) -> None:
    """What the kernel called clean and was not is written again before anything is told."""
    await house.feed(1)
    house.shim.control.sync_errno = errno.EIO
    await house.feed(2)
    house.shim.control.sync_errno = 0
    await house.until(lambda: house.answered >= 30, "all answers")
    seen = set(house.site.heard)
    await house.site.kill()
    house.shim.cut(random.Random(1), "nothing")
    house.site.heard.clear()
    await house.site.start(house.shim.environment)
    await house.until(lambda: seen <= set(house.site.heard), "all records come again, for nobody has marked them")
