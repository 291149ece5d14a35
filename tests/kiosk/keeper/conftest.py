"""A feed server in a thread of its own, and a simulated kiosk that asks it on a fast clock."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from doors.clock import spec_of
from kiosk.core.asking.feed import FeedState, Kept
from kiosk.core.picture import Held
from kiosk.io import checked
from kiosk.io.cache import CacheReader
from simulator.core.feed_script import FeedScript, FeedStep, with_step
from simulator.feed_server import FeedServer
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[3]
SITE = "are-kall"
BOOT = "demo-1"
WALL_MS = 1_768_891_200_000
RATE = 100.0
"""VMA each 0.6 real seconds; a retry after half of one, the shortest there is."""


class Days:
    """The server, steered from the test."""

    def __init__(self, rate: float = RATE) -> None:
        self.rate = rate
        self._loop = asyncio.new_event_loop()
        self._began_s = time.monotonic()
        self.server = FeedServer(FeedScript(title="test"), lambda: rate * (time.monotonic() - self._began_s), WALL_MS)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(self.server.start(free_port()))  # `up` finds it again: nobody is given it meanwhile

    def add(self, **step: Any) -> None:
        """One more thing happens now."""
        self.server.add(**step)

    def at_first(self, **step: Any) -> None:
        """Has happened when the day began, however long ago that is."""
        self.server.script = with_step(self.server.script, FeedStep(at_s=0.0, **step))

    def well(self, feed: str) -> None:
        """Its trouble is over."""
        steps = tuple(step for step in self.server.script.step if not (step.do == "trouble" and step.feed == feed))
        self.server.script = FeedScript(title="test", step=steps)

    def asked(self, feed: str) -> int:
        """How often, whatever the answer was."""
        return sum(count for (name, _), count in self.server.asked.items() if name == feed)

    def down(self) -> None:
        """Nobody listens any more."""
        self._do(self.server.stop())

    def up(self) -> None:
        """It listens again, at the same port."""
        self._do(self.server.start(self.server.port))

    def close(self) -> None:
        """End it."""
        self._do(self.server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def _do(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


class Site:
    """A simulated kiosk without a broker, and what its screen would read."""

    def __init__(self, folder: Path, days: Days) -> None:
        self.folder = folder
        self.file = folder / "kiosk.toml"
        self.cache = folder / "k.sqlite"
        self.days = days
        self.spec = spec_of(days.rate, WALL_MS, 600_000, BOOT)
        self.reader = CacheReader(self.cache, SITE, True)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.write(vma=days.server.urls()["vma"])

    def write(self, **urls: str) -> None:
        """Settings that ask these feeds."""
        feeds = "".join(f'[feeds.{name}]\nurl = "{url}"\n' for name, url in urls.items())
        self.file.write_text(
            f'[site]\nid = "{SITE}"\nsimulated = true\n[broker]\nurl = "mqtt://127.0.0.1:1"\n'
            f'[cache]\npath = "k.sqlite"\n[screen]\nname = "butiken"\n{feeds}', "utf-8"
        )  # fmt: skip

    def start(self) -> subprocess.Popen[bytes]:
        """A keeper."""
        with (self.folder / "keeper.err").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "kiosk", "keeper", str(self.file), "--clock", self.spec],
                cwd=self.folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def stop(self, process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> int:
        """End it."""
        process.send_signal(number)
        return process.wait(15)

    def held(self) -> Held:
        """What the screen holds."""
        return self.reader.held(BOOT)

    def state(self, name: str = "vma") -> FeedState:
        """How a feed stands; one that was never asked when it is not there yet."""
        return next((one for one in self.held().feeds if one.name == name), FeedState(name=name, every_s=0))

    def alerts(self) -> dict[str, Kept]:
        """Alerts by the text of their description's beginning, or by their kind."""
        return {
            one.alert.words["sv"].description[:20] if one.alert.words else one.alert.msg_type.value: one
            for one in self.held().alerts
        }

    def said(self) -> str:
        """The keeper's log."""
        return (self.folder / "keeper.err").read_text("utf-8")

    def until(self, happened: Callable[[], Any], within_s: float = 40.0) -> Any:
        """What it answers once it is true."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            if answer := happened():
                return answer
            time.sleep(0.02)
        raise AssertionError(f"not within {within_s} s; {self.held().feeds} {self.said()[-1500:]}")


@pytest.fixture
def rate() -> float:
    """Of the clock; a test that needs another one gives it as its parameter."""
    return RATE


@pytest.fixture
def days(rate: float) -> Iterator[Days]:
    """A calm day that the test makes up as it goes."""
    one = Days(rate)
    yield one
    one.close()


@pytest.fixture
def site(tmp_path: Path, days: Days) -> Iterator[Site]:
    """A kiosk that asks for VMA."""
    one = Site(tmp_path, days)
    yield one
    for process in one.processes:
        if process.poll() is None:
            process.kill()
        process.wait(10)
    checked.take_away(one.cache)
