"""A large file is mended in mid-run, on a slow card: nobody takes the gateway for hanging."""

import asyncio
import time
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


class Feeling(Pulse):
    """The pulse of a program that has nothing but a store."""

    def __init__(self) -> None:
        self._notifier = Notifier()
        self._progress = Progress()
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
    read = pages.Pages.page

    def slowly(self: Any, number: int) -> bytes:
        time.sleep(0.01)
        return read(self, number)

    monkeypatch.setattr(pages.Pages, "page", slowly)
    store = opened(path)
    for seq in range(1, 300):
        store.keep(moment(seq), batch=POLL, numbered=[event(seq)])
    store.checkpoint()
    damage(path)
    store.damaged = True
    keeper = Keeper(store, 0)
    if not signs:
        monkeypatch.setattr(keeper, "_alive", lambda: None)
    feeling = Feeling()
    keeper.start(lambda: None)
    task = asyncio.create_task(feeling._feel(keeper))
    began_s, bitten = time.monotonic(), False
    keeper.keep(Step(moment(500), numbered=[event(300)]), 500_000)
    while not keeper.repairs and time.monotonic() - began_s < 20:
        bitten = bitten or feeling.stuck
        await asyncio.sleep(0.02)
    took_s = time.monotonic() - began_s
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    keeper.close()
    waits = seqs(store, Stream.EVENT)
    store.close()

    assert 1 == keeper.repairs
    assert took_s > 2 * PATIENCE_S
    assert bitten is not signs
    assert waits[-1] == 300
