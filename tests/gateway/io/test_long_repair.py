"""A large file is mended in mid-run, on a slow card: nobody takes the gateway for hanging."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract.words import Stream
from doors.progress import Progress
from doors.systemd import Notifier
from gateway.io import pages, pulse
from gateway.io.keeping import Keeper
from gateway.io.pulse import STORE, Pulse
from gateway.io.store import Step

from .conftest import POLL, event, moment, opened, seqs

PATIENCE_S = 0.4
PAGE_S = 0.01
AHEAD = 10
"""Pages that the card gives between two beats of the pulse: both go by the card's time, not by the machine's."""
WITHIN_S = 30.0
WAIT = asyncio.wait


class Card:
    """So slow that each page takes its time; it waits for the pulse, so that neither can be late by chance."""

    def __init__(self, beaten: Callable[[], None]) -> None:
        self.pages = 0
        self.beat_at = 0
        self._beaten = beaten

    def time(self) -> float:
        """Seconds that it has worked."""
        return self.pages * PAGE_S

    def give(self) -> None:
        """One page, in the thread that mends."""
        self.pages += 1
        for _ in range(int(WITHIN_S / 0.001)):
            if self.pages - self.beat_at < AHEAD:
                return
            time.sleep(0.001)

    async def wait(self, *what: Any, **how: Any) -> Any:
        """As the pulse waits for its next beat."""
        done = await WAIT(*what, **how)
        self.beat_at = self.pages
        self._beaten()
        return done


class Feeling(Pulse):
    """The pulse of a program that has nothing but a store."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._notifier = Notifier()
        self._progress = Progress(clock)
        self._progress.expect(STORE, PATIENCE_S)

    @property
    def stuck(self) -> bool:
        """Would the watchdog bite?"""
        return bool(self._progress.stuck())


def damage(path: Path) -> None:
    """A page is gone."""
    body = bytearray(path.read_bytes())
    body[20 * 4096 : 21 * 4096] = bytes(4096)
    path.write_bytes(bytes(body))


@pytest.mark.parametrize("signs", [True, False])
async def test_a_repair_that_takes_long_shows_that_it_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch, signs: bool
) -> None:
    """It is felt for as long as it reads pages, and only then: without its signs it would count as hanging."""
    monkeypatch.setattr(pulse, "BEAT_S", 0.02)
    monkeypatch.setattr(pages, "PAGES_BETWEEN", 1)
    read, stuck = pages.Pages.page, list[bool]()
    card = Card(lambda: stuck.append(feeling.stuck))
    feeling = Feeling(card.time)

    def slowly(self: Any, number: int) -> bytes:
        card.give()
        return read(self, number)

    monkeypatch.setattr(pages.Pages, "page", slowly)
    monkeypatch.setattr(asyncio, "wait", card.wait)
    store = opened(path)
    for seq in range(1, 300):
        store.keep(moment(seq), batch=POLL, numbered=[event(seq)])
    store.checkpoint()
    damage(path)
    store.damaged = True
    keeper = Keeper(store, 0)
    if not signs:
        monkeypatch.setattr(keeper, "_alive", lambda: None)
    keeper.start(lambda: None)
    task = asyncio.create_task(feeling._feel(keeper))
    keeper.keep(Step(moment(500), numbered=[event(300)]), 500_000)
    async with asyncio.timeout(WITHIN_S):
        while not keeper.repairs:  # noqa: ASYNC110 - a thread mends
            await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    keeper.close()
    waits = seqs(store, Stream.EVENT)
    store.close()

    assert 1 == keeper.repairs
    assert card.time() > 2 * PATIENCE_S
    assert any(stuck) is not signs
    assert waits[-1] == 300
