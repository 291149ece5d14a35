"""Power cuts of a gateway, one after another: `python -m faults.disk cuts --cuts 200 --seed 7`.

Each life is fed with orders and receipts and cut at a random moment; the card keeps what chance lets it keep. Whatever
was seen at the broker, or got its mark, was committed: it must be in the store of the next life. Last line: JSON.
"""

import asyncio
import random
import time
from pathlib import Path

import msgspec

from contract.words import Status
from faults.disk.shim import Shim
from faults.disk.small import SmallSite
from gateway.io.counts import counts
from gateway.io.store import STREAMS, Store

LIFE_S = (0.1, 2.5)
"""From the first message of a life to its cut; starts themselves are cut too."""
START_CUT = 0.15
"""So many of all cuts come during the start."""
SYNC_MS = (0, 0, 20, 200)
"""How long a sync takes in a life: the slower the disk, the more is under way at the cut."""
FEED_S = 0.02
PACE = "[pace]\nheartbeat_s = 20\npicture_every_s = 5\nsample_every_s = 1\nsample_active_every_s = 1\n"


class Verdict(msgspec.Struct):
    """What came of it."""

    cuts: int = 0
    seed: int = 0
    seen: int = 0
    lost: list[str] = []
    aside: int = 0
    not_started: int = 0
    unsynced: int = 0
    strangers: int = 0
    ways: dict[str, int] = {}


async def cut_often(folder: Path, cuts: int, seed: int) -> Verdict:
    """So many lives; every file stays in `folder`."""
    chance, verdict = random.Random(seed), Verdict(cuts=cuts, seed=seed)  # noqa: S311 - must be repeatable
    site = SmallSite(folder, marks=False, more=f"commit_every_s = 1\n{PACE}")
    shim = Shim(site.data, folder / "room")
    try:
        await site.open()
        number = 0
        for _ in range(cuts):
            number = await _live(site, shim, chance, number, verdict)
            cut = await asyncio.to_thread(shim.cut, chance)
            verdict.ways[cut.way] = verdict.ways.get(cut.way, 0) + 1
            verdict.unsynced += cut.unsynced
            verdict.strangers += len(cut.strangers)
        shim.control.sync_ms = 0
        await site.start(shim.environment)
        await _greeted(site, verdict)
        await asyncio.sleep(1)
        await site.stop()
        _check(site, verdict)
    finally:
        await site.close()
    return verdict


async def _greeted(site: SmallSite, verdict: Verdict) -> None:
    """The gateway tells of itself, or it has not started."""
    before, until = site.count("up/status"), time.monotonic() + 20
    while site.runs and time.monotonic() < until:
        if site.count("up/status") > before:
            return
        await asyncio.sleep(0.02)
    verdict.not_started += 1


async def _live(site: SmallSite, shim: Shim, chance: random.Random, number: int, verdict: Verdict) -> int:
    shim.control.sync_ms = chance.choice(SYNC_MS)
    await site.start(shim.environment)
    if chance.random() < START_CUT:
        await asyncio.sleep(chance.uniform(0.1, 1.5))
    else:
        await _greeted(site, verdict)
        until = time.monotonic() + chance.uniform(*LIFE_S)
        while time.monotonic() < until and site.runs:
            number += 1
            site.order(number)
            site.receipt()
            await asyncio.sleep(FEED_S)
    await site.kill()
    await asyncio.sleep(0.05)  # what the broker has, the centre hears
    return number


def _check(site: SmallSite, verdict: Verdict) -> None:
    """Everything that was seen, against the store of the last life."""
    held = counts(site.store)
    events = {(one["run"], "event", one["seq"]) for one in held["events"]}
    waiting = _waiting(site.store)
    verdict.seen = len(site.heard)
    verdict.lost += [" ".join(map(str, key)) for key in site.heard if key not in events and key not in waiting]
    receipts = sorted(seq for run, stream, seq in waiting if stream == "receipt")
    for run, number in site.marked.items():
        if len(receipts) < number:
            verdict.lost.append(f"receipts of {run}: {number} confirmed, {len(receipts)} held")
    verdict.aside = len(list(site.data.glob("*.damaged-*")))


def _waiting(path: Path) -> set[tuple[str, str, int]]:
    store = Store(path, Status.TEST, simulated=True)
    found: set[tuple[str, str, int]] = set()
    for stream in STREAMS:
        place = 0
        while rows := store.waiting(stream, place):
            place = rows[-1][0]
            found |= {(run, stream.value, record.seq) for _, run, record in rows}
    store.close()
    return found
