"""A dashboard to measure: a real broker, the real program as a process, and sites that speak as gateways do."""

import json
import random
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import paho.mqtt.client as paho

from bench.dashboard_sites import SiteVoice, Told, settings_text
from bench.processes import broker, python, rss_mb, started
from contract import topics
from contract.messages import encode

DEADLINE_S = 120.0
ATTEMPT_S = 0.02
AT_ONCE = 800
"""Messages on their way at a time: a broker keeps a thousand for a reader that is slower, and drops the rest."""


class CannotMeasure(RuntimeError):
    """What was to be measured did not happen; the sentence says what never came."""


@dataclass
class House:
    """What runs. `voices`: every site by id; `marks`: the newest mark of each site, as the broker has it."""

    url: str
    client: paho.Client
    process: subprocess.Popen[str]
    folder: Path
    broker_port: int
    voices: dict[str, SiteVoice]
    marks: dict[str, bytes] = field(default_factory=dict)

    def get(self, path: str) -> bytes:
        """The body of an answer, as it is without compression."""
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:  # noqa: S310
            return bytes(answer.read())

    def json(self, path: str) -> Any:
        """A JSON answer."""
        return json.loads(self.get(path))

    def publish(self, topic: str, payload: bytes, *, retain: bool = True) -> paho.MQTTMessageInfo:
        """Hand a message to the client's queue."""
        return self.client.publish(topic, payload, qos=1, retain=retain)

    def greet(self) -> None:
        """Every site says once all that a gateway says after a connect; until all of it is folded."""
        told = [one for voice in self.voices.values() for one in voice.greeting()]
        for begin in range(0, len(told), AT_ONCE):
            self.fold(told[begin : begin + AT_ONCE])

    def fold(self, told: list[Told]) -> None:
        """Publish pictures; until all of them are folded."""
        before = self.json("/api/counts")["folded"]
        for topic, payload in told:
            self.publish(topic, payload)
        until(lambda: self.json("/api/counts")["folded"] >= before + len(told), "every picture folded")

    @property
    def rss(self) -> float:
        """Resident memory of the program in MB."""
        return round(rss_mb(self.process.pid), 1)


def until(ask: Any, what: str, within_s: float = DEADLINE_S, pause_s: float = ATTEMPT_S) -> Any:
    """The first answer that is true; raises CannotMeasure."""
    end = time.monotonic() + within_s
    while not (answer := ask()):
        if time.monotonic() > end:
            raise CannotMeasure(f"never came: {what}")
        time.sleep(pause_s)
    return answer


@contextmanager
def house(sites: int, *, greet: bool = True) -> Iterator[House]:
    """A broker, a dashboard of so many sites and their voices, gone afterwards."""
    with TemporaryDirectory() as name, broker(Path(name)) as port:
        folder = Path(name)
        voices = {voice.site: voice for voice in map(SiteVoice, range(sites))}
        settings = folder / "dashboard.toml"
        settings.write_text(settings_text(list(voices.values()), port), "utf-8")
        with started(python("dashboard", str(settings)), folder / "dashboard.log") as process:
            told = process.stdout.readline() if process.stdout else ""
            if not told.startswith("dashboard: http"):
                raise CannotMeasure(f"the dashboard did not start: {(folder / 'dashboard.log').read_text('utf-8')}")
            client = paho.Client(paho.CallbackAPIVersion.VERSION2)
            client.max_inflight_messages_set(200)
            one = House(told.split(" ")[1].strip().rstrip("/"), client, process, folder, port, voices)
            client.on_connect = lambda client, *_: client.subscribe(topics.mark("+"), qos=1)
            client.on_message = lambda _, __, message: one.marks.update({message.topic.split("/")[2]: message.payload})
            client.connect("127.0.0.1", port)
            client.loop_start()
            try:
                until(lambda: one.json("/healthz")["broker"], "the link to the broker", pause_s=0.2)
                if greet:
                    one.greet()
                yield one
            finally:
                client.loop_stop()
                client.disconnect()


@contextmanager
def heartbeats(one: House, per_s: float) -> Iterator[None]:
    """Other sites go on speaking meanwhile, as many a second as the facts on scale say of this many sites."""
    ended, chance = threading.Event(), random.Random(1)  # noqa: S311

    def speak() -> None:
        names = list(one.voices)
        while not ended.wait(1 / per_s):
            voice = one.voices[chance.choice(names)]
            one.publish(*voice.tick().status())

    speaking = threading.Thread(target=speak, daemon=True)
    speaking.start()
    try:
        yield
    finally:
        ended.set()
        speaking.join(5)


def of_many(spent_s: list[float]) -> dict[str, Any]:
    """Percentiles of times, in ms."""
    ordered = sorted(spent_s)

    def at(part: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000, 1)

    return {"p50_ms": at(0.5), "p99_ms": at(0.99), "n": len(ordered)}


__all__ = ["CannotMeasure", "House", "encode", "heartbeats", "house", "of_many", "until"]
