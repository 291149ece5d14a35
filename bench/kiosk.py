"""The kiosk as it runs at a site: broker, keeper and screen as processes of their own, beside an empty Kivy window.

A warning comes as a bulletin through the broker, then as VMA from a local feed server; "on the screen" is the first
frame that the screen itself noted. A touch is a signal to the screen's own window, for there is no finger here
(`bench/kiosk_touched.py`). Beside each figure stands of how many: a 99th percentile of fewer than 100 is the most.
"""

import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import paho.mqtt.client as paho

from bench.kiosk_feed import answers_to_screen_ms
from bench.kiosk_house import bulletin, picture
from bench.processes import broker, cpu_s, python, rss_mb, started
from contract import topics
from contract.messages import encode
from contract.wire import Moment
from contract.words import ClockQuality, Power
from doors.clock import Clock

SITE = "bench"
COLD_STARTS = 3
ALERTS = 100
INCIDENTS = 3
"""So many are in force together; each warning is the next wording of one of them."""
FEED_ALERTS = 40
TOUCHES = 100
IDLE_AFTER_S = 25.0
IDLE_S = 20.0
PERIOD_S = 10.0
"""How often a gateway says its picture."""
SOAK_ROUNDS = 60
SOAK_S = 300.0
LONGEST_S = 30.0


class Site:
    """The other side of the broker: says what a gateway would say."""

    def __init__(self, port: int) -> None:
        self._clock = Clock()
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def now(self) -> Moment:
        """This very moment, on this computer's own uptime."""
        wall_ms = time.time_ns() // 1_000_000
        return Moment(boot=self._clock.boot, up_ms=self._clock.up_ms(), wall_ms=wall_ms, clock=ClockQuality.SYNCED)

    def say(self, topic: str, message: msgspec.Struct) -> None:
        """Retained, and with the broker when this returns."""
        self._client.publish(topic, encode(message), qos=1, retain=True).wait_for_publish(5)

    def calm(self) -> None:
        """A picture of a quiet site."""
        self.say(topics.public_picture(SITE), picture(SITE, Power.ON_MAINS, self.now()))

    def warn(self, number: int) -> int:
        """A message to everybody; when it was handed to the broker, ms on this computer's uptime."""
        one = bulletin(SITE, number % INCIDENTS, self.now(), changed=number)
        said = msgspec.structs.replace(one.bulletin, serial=number + 1)
        one = msgspec.structs.replace(one, bulletin=said)
        up_ms = self._clock.up_ms()
        self.say(topics.public_bulletin(SITE, one.bulletin.id), one)
        return up_ms

    @contextmanager
    def fresh(self) -> Iterator[None]:
        """A picture each period, as long as it takes."""
        over = threading.Event()

        def say() -> None:
            while not over.wait(PERIOD_S):
                self.calm()

        self.calm()
        thread = threading.Thread(target=say, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(5)

    def close(self) -> None:
        """Leave."""
        self._client.loop_stop()
        self._client.disconnect()


def measure() -> Iterator[dict[str, Any]]:
    """One line."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with _house(folder / "busy") as (file, site):
            figures = {"cold_start_s": _cold_start(file, file.parent)}
            with started(python("bench.kiosk_touched", str(file), str(TOUCHES)), folder / "screen.log") as screen:
                _line(screen)
                figures |= percentiles("alert_to_screen_ms", _alerts(site, file.parent, screen))
                figures |= percentiles("touch_to_frame_ms", json.loads(_line(screen)))
        figures |= percentiles("vma_to_screen_ms", answers_to_screen_ms(folder / "vma", FEED_ALERTS))
        with _house(folder / "idle") as (file, site), site.fresh():
            figures |= _idle(file, file.parent)
        figures |= _soak()
    yield figures


@contextmanager
def _house(folder: Path) -> Iterator[tuple[Path, Site]]:
    """Broker and keeper of a place of its own on mains, with a picture in the cache."""
    folder.mkdir()
    with broker(folder) as port:
        file, site = _settings(folder, port), Site(port)
        site.calm()
        with started(python("kiosk", "keeper", str(file)), folder / "keeper.log"):
            _until((folder / "k.sqlite").exists)
            yield file, site
        site.close()


def percentiles(name: str, took: list[float]) -> dict[str, Any]:
    """Median, 99th percentile by nearest rank, and of how many; of fewer than 100 that is the most there was."""
    ranked = sorted(took)
    return {
        f"{name}_p50": round(statistics.median(ranked), 1), f"{name}_p99": ranked[ceil(0.99 * len(ranked)) - 1],
        f"{name}_most": ranked[-1], f"{name}_n": len(ranked),
    }  # fmt: skip


def _settings(folder: Path, port: int) -> Path:
    file = folder / "kiosk.toml"
    file.write_text(
        f'[site]\nid = "{SITE}"\n[broker]\nurl = "mqtt://127.0.0.1:{port}"\nreconnect_max_s = 0.3\n'
        '[cache]\npath = "k.sqlite"\n[screen]\nname = "bench"\nrestart_at = ""\n',
        "utf-8",
    )
    return file


def _cold_start(file: Path, folder: Path) -> float:
    """From the command to the first frame of the home page, the median of a few."""
    took = []
    for _ in range(COLD_STARTS):
        begun = time.monotonic()
        with started(python("bench.kiosk_touched", str(file), "0"), folder / "cold.log") as screen:
            _line(screen)
            took.append(time.monotonic() - begun)
    return round(statistics.median(took), 2)


def _alerts(site: Site, folder: Path, screen: "subprocess.Popen[str]") -> list[float]:
    """From the broker to the first frame, one after the other; each is found in the screen's own log."""
    took, log = [], folder / "drawn.jsonl"
    for number in range(ALERTS):
        sent_ms = site.warn(number)
        took.append(float(_until(partial(_drawn_ms, log, number, screen)) - sent_ms))
        site.calm()
    return took


def _drawn_ms(log: Path, number: int, screen: "subprocess.Popen[str]") -> int | None:
    if screen.poll() is not None:
        raise RuntimeError("the screen ended; its log says why")
    if not log.exists():
        return None
    for line in reversed(log.read_text("utf-8").splitlines()):
        said = json.loads(line)
        if said.get("serial") == number + 1 and said.get("first_frame"):
            return int(said["first_frame"]["up_ms"])
    return None


def _idle(file: Path, folder: Path) -> dict[str, Any]:
    """On mains, a while after the last touch, beside an empty window at Kivy's own sixty frames and at as many as we.

    The empty window draws nothing, so it is what Kivy's wake-ups cost; the rest is ours: looks, views, frames.
    """
    empty = [python("bench.kiosk_empty", str(fps)) for fps in (60, 10)]
    with started(python("kiosk", "screen", str(file)), folder / "idle.log") as screen:
        time.sleep(IDLE_AFTER_S)
        own = _percent(screen.pid)
        memory = rss_mb(screen.pid)
    with started(python("bench.kiosk_costs", str(file)), folder / "costs.log") as costs:
        apart = json.loads(_line(costs))
    with started(empty[0], folder / "e60.log") as sixty:
        time.sleep(3)
        at_sixty = _percent(sixty.pid, IDLE_S / 3)
    with started(empty[1], folder / "e10.log") as ten:
        time.sleep(3)
        at_ten, empty_memory = _percent(ten.pid, IDLE_S / 3), rss_mb(ten.pid)
    return {
        "idle_cpu_percent": round(own, 2), **apart, "rss_mb": round(memory, 1),
        "empty_window_60_cpu_percent": round(at_sixty, 2),
        "empty_window_10_cpu_percent": round(at_ten, 2), "empty_window_rss_mb": round(empty_memory, 1),
        "ratio_to_empty": round(own / at_ten, 1) if at_ten else None,
    }  # fmt: skip


def _percent(pid: int, for_s: float = IDLE_S) -> float:
    before, began = cpu_s(pid), time.monotonic()
    time.sleep(for_s)
    return 100 * (cpu_s(pid) - before) / (time.monotonic() - began)


def _soak() -> dict[str, Any]:
    """Growth for each day that was played, after everything has been made once; over how many."""
    done = subprocess.run(
        python("bench.kiosk_soak", str(SOAK_ROUNDS), "--seconds", str(SOAK_S)),
        capture_output=True, text=True, timeout=3 * SOAK_S, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    last = lines[-1] if lines else {}
    return {"soak_growth_mb_per_day": last.get("growth_mb_per_day"), "soak_days": last.get("rounds", 0)}


def _line(process: "subprocess.Popen[str]") -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError("the screen ended; its log says why")
    return line


def _until(happened: Callable[[], Any]) -> Any:
    """What it answers, once it answers something."""
    end = time.monotonic() + LONGEST_S
    while not (answer := happened()):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {LONGEST_S:g} s")
        time.sleep(0.01)
    return answer


if __name__ == "__main__":
    for found in measure():
        json.dump(found, sys.stdout)
