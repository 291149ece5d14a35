"""The real dashboard under a watcher that listens like systemd: pages, sites and store must all move."""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.io import mqtt
from dashboard.io.inbox import Inbox
from dashboard.io.store.committing import Taken
from doors.progress import Progress
from doors.systemd import Notifier

from .conftest import until


@pytest.fixture
def watched(dashboard: Callable[..., Any], systemd: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A dashboard as systemd starts it."""
    monkeypatch.setenv("NOTIFY_SOCKET", systemd.address)
    monkeypatch.setenv("WATCHDOG_USEC", "600000")
    return dashboard("are-kall")


def test_it_is_ready_alive_silent_when_frozen_and_says_when_it_goes(watched: Any, systemd: Any) -> None:
    """Ready when the pages are served; frozen it gives no sign, and afterwards goes on."""
    ready = systemd.until("READY=1")
    status, _ = watched.get("/")
    alive = systemd.lives(4)
    watched.process.send_signal(signal.SIGSTOP)
    systemd.pings(0.3)
    frozen = systemd.pings(1.5)
    watched.process.send_signal(signal.SIGCONT)
    systemd.until("WATCHDOG=1")

    assert 200 == status
    assert ready.startswith("READY=1\nSTATUS=")
    assert alive
    assert 0 == frozen
    assert 0 == watched.stop()
    assert "STOPPING=1\nSTATUS=told to stop" == systemd.until("STOPPING=1")


def _desk(commit: Callable[[Any], tuple[()]]) -> Any:
    """As much of a desk as its round of the sites asks for; one that lacks something would end the round."""

    async def nothing() -> None:
        return None

    return SimpleNamespace(
        settings=SimpleNamespace(view=SimpleNamespace(mode="centre"), broker=None, site=()),
        records=SimpleNamespace(commit=commit), inbox=Inbox(), listeners=[], orders_due={},
        notice_silence=lambda: None, expire_orders=lambda: None, watch_links=nothing, look_for_orders=nothing,
        look_for_incidents=nothing, wake=asyncio.Event(), trouble="", receive=None, pictures={}, down_due={},
        asked=None, broker_up=False, clock=SimpleNamespace(up_ms=lambda: 0, rate=1.0),
    )  # fmt: skip


def test_a_store_that_never_comes_back_ends_the_signs_of_life(systemd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit that hangs in its thread: the loop turns, the pages are served, but nothing is kept any more."""
    monkeypatch.setattr(mqtt, "STORE_WITHIN_S", 0.3)
    monkeypatch.setattr(mqtt, "TICK_S", 0.05)

    async def play() -> tuple[bool, bool, str]:
        release, hangs = threading.Event(), threading.Event()

        def commit(_: Any) -> tuple[()]:
            hangs.set()
            release.wait(60)
            return ()

        desk = _desk(commit)
        monkeypatch.setattr(mqtt, "Link", lambda *_, **__: SimpleNamespace(run=asyncio.Event().wait, up=False))
        progress = Progress()
        centre = mqtt.Centre(desk, progress)
        tasks = [
            asyncio.create_task(centre.run()),
            asyncio.create_task(Notifier(systemd.address, 0.05).watch(progress, lambda: "well")),
        ]
        well = await asyncio.to_thread(systemd.lives, 3)
        desk.inbox.put(Taken(None, None))
        hung = await asyncio.to_thread(hangs.wait, 20)
        # a machine that stands still for a moment may have called it stuck before, and well again since
        stuck = await asyncio.to_thread(until, lambda: systemd.pings(0.5) == 0, "no sign of life any more")
        said = [line for told in systemd.all for line in told.split("\n") if line.startswith("STATUS=")]
        release.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return well and hung, stuck, said[-1]

    well, stuck, said = asyncio.run(play())

    assert well
    assert stuck
    assert "STATUS=stuck: store" == said
