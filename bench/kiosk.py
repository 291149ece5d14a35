"""The kiosk as it runs at a site: broker, keeper and screen as processes of their own, beside an empty Kivy window.

The warning comes as a bulletin through the broker; "on the screen" is the first frame that the screen itself noted.
A touch is a signal to the screen's own window, for there is no finger here (`bench/kiosk_touched.py`).
"""

import json
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import paho.mqtt.client as paho

from bench.kiosk_house import bulletin, picture
from bench.processes import broker, cpu_s, python, rss_mb, started
from contract import topics
from contract.messages import encode
from contract.wire import Moment
from contract.words import ClockQuality, Power
from doors.clock import Clock

SITE = "bench"
COLD_STARTS = 2
ALERTS = 20
TOUCHES = 40
IDLE_AFTER_S = 25.0
IDLE_S = 20.0
SOAK_ROUNDS = 10
DAYS_A_ROUND = 1.0
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
        one = bulletin(SITE, number, self.now())
        up_ms = self._clock.up_ms()
        self.say(topics.public_bulletin(SITE, one.bulletin.id), one)
        return up_ms

    def close(self) -> None:
        """Leave."""
        self._client.loop_stop()
        self._client.disconnect()


def measure() -> Iterator[dict[str, Any]]:
    """One line."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with broker(folder) as port:
            file = _settings(folder, port)
            site = Site(port)
            site.calm()
            with started(python("kiosk", "keeper", str(file)), folder / "keeper.log"):
                _until((folder / "k.sqlite").exists)
                figures = {"cold_start_s": _cold_start(file, folder)}
                with started(python("bench.kiosk_touched", str(file), str(TOUCHES)), folder / "screen.log") as screen:
                    _line(screen)
                    figures["alert_to_screen_ms_p99"] = _alerts(site, folder)
                    figures |= json.loads(_line(screen))
                figures |= _idle(site, file, folder)
            site.close()
        figures["soak_growth_mb_per_day"] = _soak()
    yield figures


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


def _alerts(site: Site, folder: Path) -> float:
    """From the broker to the first frame, one after the other; each is found in the screen's own log."""
    took, log = [], folder / "drawn.jsonl"
    for number in range(ALERTS):
        sent_ms = site.warn(number)
        took.append(_until(partial(_drawn_ms, log, number)) - sent_ms)
        site.calm()
    return round(max(took), 1)


def _drawn_ms(log: Path, number: int) -> int | None:
    if not log.exists():
        return None
    for line in log.read_text("utf-8").splitlines():
        said = json.loads(line)
        if f"b-{number}" in (said.get("bulletin"), said.get("id")) and said.get("first_frame"):
            return int(said["first_frame"]["up_ms"])
    return None


def _idle(site: Site, file: Path, folder: Path) -> dict[str, Any]:
    """On mains, a while after the last touch, beside an empty window at Kivy's own sixty frames and at as many as we.

    The empty window draws nothing, so it is what Kivy's wake-ups cost; the rest is ours: looks, views, frames.
    """
    empty = [python("bench.kiosk_empty", str(fps)) for fps in (60, 10)]
    with sqlite3.connect(folder / "k.sqlite") as cache:
        cache.execute("DELETE FROM newest WHERE topic LIKE '%/bulletin/%'")
    site.calm()
    with started(python("kiosk", "screen", str(file)), folder / "idle.log") as screen:
        time.sleep(IDLE_AFTER_S)
        site.calm()
        own = _percent(screen.pid)
        memory = rss_mb(screen.pid)
    with started(empty[0], folder / "e60.log") as sixty:
        time.sleep(3)
        at_sixty = _percent(sixty.pid, IDLE_S / 3)
    with started(empty[1], folder / "e10.log") as ten:
        time.sleep(3)
        at_ten, empty_memory = _percent(ten.pid, IDLE_S / 3), rss_mb(ten.pid)
    return {
        "idle_cpu_percent": round(own, 2), "rss_mb": round(memory, 1),
        "empty_window_60_cpu_percent": round(at_sixty, 2),
        "empty_window_10_cpu_percent": round(at_ten, 2), "empty_window_rss_mb": round(empty_memory, 1),
        "ratio_to_empty": round(own / at_ten, 1) if at_ten else None,
    }  # fmt: skip


def _percent(pid: int, for_s: float = IDLE_S) -> float:
    before, began = cpu_s(pid), time.monotonic()
    time.sleep(for_s)
    return 100 * (cpu_s(pid) - before) / (time.monotonic() - began)


def _soak() -> float | None:
    """Growth between the second tenth and the end, for each day that was played."""
    done = subprocess.run(
        python("bench.kiosk_soak", str(SOAK_ROUNDS)), capture_output=True, text=True, timeout=900, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if len(lines) < 3:
        return None
    first, last = lines[1], lines[-1]
    return round((last["rss_mb"] - first["rss_mb"]) / ((last["round"] - first["round"]) * DAYS_A_ROUND), 3)


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
