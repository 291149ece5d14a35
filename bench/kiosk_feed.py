"""From the answer of a public source to the first frame of its warning: a local feed server, keeper and screen.

The place is a simulated one on a fast clock, so that the source is asked often; screen and keeper work in real time.
"""

import asyncio
import json
import threading
import time
from pathlib import Path

from bench.processes import python, started
from doors.clock import spec_of
from simulator.core.feed_script import FeedScript, FeedStep
from simulator.feed_server import CALM_MS, FeedServer

RATE = 100.0
"""VMA is asked each 0.6 real seconds."""
LONGEST_S = 20.0
LOOK_S = 0.003
TEXT = "Branden på sågen sprider rök över Kall. Gå inomhus, stäng dörrar, fönster och ventilation. " * 10


class _Source:
    """The feed server in a thread of its own; one message to the public is listed at a time."""

    def __init__(self) -> None:
        began_s = time.monotonic()
        self._at_s = lambda: RATE * (time.monotonic() - began_s)
        self.server = FeedServer(FeedScript(title="bench"), self._at_s, CALM_MS)
        self.server.answered = self._answered
        self._listed_at_s = float("inf")
        self.told_s: float | None = None
        """Real time of the first answer that listed the newest message."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.server.start(), self._loop).result(10)

    def warn(self, number: int) -> None:
        """Another message in the place of the one before."""
        self.told_s, self._listed_at_s = None, self._at_s()
        step = FeedStep(at_s=self._listed_at_s, do="vma", name=f"n{number}", areas=("2321",), sv=f"{number}. {TEXT}")
        self.server.script = FeedScript(title="bench", step=(step,))

    def _answered(self, name: str, at_s: float, _status: int) -> None:
        if name == "vma" and at_s >= self._listed_at_s and self.told_s is None:
            self.told_s = time.monotonic()

    def close(self) -> None:
        """End it."""
        asyncio.run_coroutine_threadsafe(self.server.stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


def answers_to_screen_ms(folder: Path, count: int) -> list[float]:
    """Milliseconds of each, one after the other."""
    folder.mkdir()
    source, file, log = _Source(), folder / "kiosk.toml", folder / "drawn.jsonl"
    file.write_text(
        '[site]\nid = "bench-vma"\nsimulated = true\n[broker]\nurl = "mqtt://127.0.0.1:1"\nreconnect_max_s = 60\n'
        '[cache]\npath = "k.sqlite"\n[screen]\nname = "bench"\nrestart_at = ""\n'
        '[place]\ncounty = "23"\nmunicipality = "2321"\n[speech]\nprogram = ""\n'
        f'[feeds.vma]\nurl = "{source.server.urls()["vma"]}"\n',
        "utf-8",
    )
    clock = ["--clock", spec_of(RATE, CALM_MS, 600_000, "bench")]
    try:
        with (
            started(python("kiosk", "keeper", str(file), *clock), folder / "keeper.log"),
            started(python("kiosk", "screen", str(file), *clock), folder / "screen.log"),
        ):
            return [_one(source, log, number) for number in range(count + 1)][1:]  # the first waits for the start
    finally:
        source.close()


def _one(source: _Source, log: Path, number: int) -> float:
    before = _size(log)
    source.warn(number)
    end = time.monotonic() + LONGEST_S
    while time.monotonic() < end:
        now_s, size = time.monotonic(), _size(log)
        if size != before and source.told_s is not None and _drawn(log) > number:
            return round(1000 * (now_s - source.told_s), 1)
        before = size
        time.sleep(LOOK_S)
    raise TimeoutError(f"warning {number} was not on the screen within {LONGEST_S:g} s")


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _drawn(log: Path) -> int:
    """How many messages of this source have had a first frame."""
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    return sum(bool(line.get("first_frame")) for line in lines)
