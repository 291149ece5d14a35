"""An outage over thirty sites, played before an overview that is open in Chromium: is each message on screen in time?

And what the page says when the world breaks: two people who acknowledge and take the same at once, a server that is
killed (kill -9) and started again, a broker that is away for minutes. `python -m bench played` plays it in real time
with the broker away for five minutes; the test plays the same with a faster clock.
"""

import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import paho.mqtt.client as paho
from playwright.sync_api import Browser, Page

from bench.dashboard_house import CannotMeasure, of_many, until
from bench.dashboard_sites import SiteVoice, Told, settings_text
from bench.processes import free_port, python
from contract import topics
from contract.messages import Ack, Alarm, Alarms, Head, SiteStatus, encode
from contract.orders import Orders
from contract.words import AlarmState, Origin, Power, Status

SITES = 30
WORDS = {Power.ON_MAINS: "El från nätet", Power.ON_RESERVE: "På reservkraft", Power.DEAD: "Strömlös",
         Power.ON_BATTERY: "På batteri", Power.STARTING: "Startar", Power.RETURNING: "Åter till nätet"}  # fmt: skip
NO_CONTACT, BROKER_AWAY = "Ingen kontakt", "Ingen kontakt med meddelandeservern"
WITHIN_S = 20.0
WATCH = """() => {
  const word = (row) => {
    const kind = row.dataset.contact === 'yes' ? '.if-contact' : '.if-lost';
    return row.querySelector(`.row-state ${kind} .badge`)?.textContent.trim();
  };
  window.last = {}; window.seen = {};
  const look = () => {
    for (const row of document.querySelectorAll('#rows .row')) {
      const now = word(row), site = row.dataset.site;
      if (window.last[site] === now) continue;
      window.last[site] = now;
      (window.seen[site] ??= []).push([now, Date.now()]);
    }
  };
  look();
  const kinds = {childList: true, subtree: true, characterData: true, attributes: true};
  new MutationObserver(look).observe(document.getElementById('rows'), kinds);
}"""


class PlayedVoice(SiteVoice):
    """A site whose clock goes on as the product's does, so that nothing it says looks as if it had lain in a queue."""

    def __init__(self, number: int, rate: float, heartbeat_s: float) -> None:
        super().__init__(number)
        self._began_s, self._rate, self._heartbeat_s = time.monotonic(), rate, heartbeat_s
        self._status = Status.ACTUAL if rate == 1 else Status.TEST
        self.power = Power.ON_MAINS
        self.acks: tuple[Ack, ...] = ()

    def now(self) -> "PlayedVoice":
        """Its clock shows what it is."""
        self.up_ms = 600_000 + round(1000 * (time.monotonic() - self._began_s) * self._rate)
        return self

    def head(self) -> Head:
        """Who says it."""
        return msgspec.structs.replace(super().head(), status=self._status)

    def status(self) -> Told:
        """The heartbeat."""
        said = SiteStatus(head=self.head(), online=True, heartbeat_s=self._heartbeat_s, version="0.1.0")
        return topics.status(self.site), encode(said)

    def alarms(self) -> Told:
        """Every fifth site has an alarm; acknowledged when somebody has done so."""
        state = AlarmState.ACKED if self.acks else AlarmState.UNACKED
        one = Alarm(key="fuel-low", raised_run=self.run, raised_seq=1, raised=self.moment(30_000), priority=2,
                    state=state, origin=Origin.MEASURED, device="genset", acks=self.acks)  # fmt: skip
        alarms = (one,) if self.number % 5 == 0 else ()
        return topics.alarms(self.site), encode(Alarms(head=self.head(), revision=1 + len(self.acks), alarms=alarms))

    def greeting(self) -> tuple[Told, ...]:
        """All that is retained after a connect."""
        return self.status(), self.birth(), self.state(self.power), self.device(), self.alarms()


class Stage:
    """Thirty sites, their broker and the dashboard; each can be taken away and brought back."""

    def __init__(self, folder: Path, *, rate: float, heartbeat_s: float) -> None:
        self._folder, self.rate, self.heartbeat_s = folder, rate, heartbeat_s
        self.voices = {one.site: one for one in (PlayedVoice(number, rate, heartbeat_s) for number in range(SITES))}
        self.port, self._broker_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        text = settings_text(list(self.voices.values()), self._broker_port).replace(
            "port = 0", f"port = {self.port}", 1
        )
        # another clock is for what nobody relies on; what only tests itself is followed in every other way alike
        served = text.replace("in_service = false", "in_service = true") if rate == 1 else text
        (folder / "dashboard.toml").write_text(served, "utf-8")
        (folder / "broker.conf").write_text(f"listener {self._broker_port} 127.0.0.1\nallow_anonymous true\n", "utf-8")
        self.orders: dict[str, Orders] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe(topics.orders("+"), qos=1)
        self._client.on_message = self._hear
        self.speaking = threading.Event()
        """While it is set all sites give their signs of life."""
        self._over = threading.Event()
        self._beats = threading.Thread(target=self._beat_on, daemon=True)

    def _hear(self, _: Any, __: Any, message: paho.MQTTMessage) -> None:
        if message.payload:
            self.orders[message.topic.split("/")[2]] = msgspec.json.decode(message.payload, type=Orders)

    def start(self, name: str) -> None:
        """Broker or dashboard, until it listens."""
        program = ["/usr/sbin/mosquitto", "-c", str(self._folder / "broker.conf")]
        if name == "dashboard":
            faster = [] if self.rate == 1 else ["--clock", f"rate={self.rate:g}"]
            program = python("dashboard", str(self._folder / "dashboard.toml"), *faster)
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(program, stdout=log, stderr=log)
        port, one = (self.port if name == "dashboard" else self._broker_port), self._running[name]
        until(lambda: _listens(port) or one.poll() is not None, name, within_s=60)
        if one.poll() is not None:
            raise CannotMeasure(f"{name} ended: {(self._folder / f'{name}.log').read_text('utf-8')[-500:]}")
        if name == "broker":
            with suppress(OSError):
                self._client.connect("127.0.0.1", self._broker_port)
            self._client.loop_start()
            until(self._client.is_connected, "a connection to the broker")

    def end(self, name: str, *, kill: bool = False) -> None:
        """Take it away; `kill`: in the middle of whatever it does."""
        one = self._running.pop(name, None)
        if one is None:
            return
        if name == "broker":
            self._client.loop_stop()
            self._client.disconnect()
        (one.kill if kill else one.terminate)()
        one.wait(10)

    def stand_still(self, name: str, seconds: float) -> None:
        """Let it not run for so long, as on a machine that is suspended while the world goes on."""
        one = self._running[name]
        one.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        one.send_signal(signal.SIGCONT)

    def _beat_on(self) -> None:
        while not self._over.wait(self.heartbeat_s / self.rate / 2):
            if self.speaking.is_set():
                self.beat()

    def close(self) -> None:
        """End everything."""
        self._over.set()
        for name in list(self._running):
            self.end(name, kill=True)

    def say(self, told: Told) -> None:
        """One message of a site, kept by the broker."""
        self._client.publish(*told, qos=1, retain=True)

    def power(self, site: str, power: Power) -> float:
        """A site says how it stands now; when it said so (s of the wall clock)."""
        voice = self.voices[site].now()
        voice.power = power
        said_s = time.time()
        self.say(voice.state(power))
        return said_s

    def greet(self) -> None:
        """All say all, as after a connect."""
        for voice in self.voices.values():
            for told in voice.now().greeting():
                self.say(told)

    def begin(self) -> None:
        """From now on they speak as often as they promise."""
        self.speaking.set()
        self._beats.start()

    def beat(self) -> None:
        """All say that they are there."""
        for voice in self.voices.values():
            self.say(voice.now().status())


@contextmanager
def staged(*, rate: float, heartbeat_s: float) -> Iterator[Stage]:
    """Everything runs, all sites have mains; gone afterwards."""
    with TemporaryDirectory() as name:
        stage = Stage(Path(name), rate=rate, heartbeat_s=heartbeat_s)
        try:
            stage.start("broker")
            stage.greet()
            stage.start("dashboard")
            stage.begin()
            yield stage
        finally:
            stage.close()


def watched(browser: Browser, stage: Stage) -> Page:
    """The overview, open, with somebody who notes when each row changes its word."""
    page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="sv-SE")
    page.goto(stage.url + "/?lang=sv")
    page.evaluate(WATCH)
    beaten(page, stage, "words => words.every(word => word !== 'Ingen kontakt')", "all sites in contact")
    return page


def beaten(page: Page, stage: Stage, want: str, what: str, within_s: float = WITHIN_S) -> None:
    """Signs of life go on until the words of all rows are as wanted; raises CannotMeasure."""
    end = time.monotonic() + within_s
    while not page.evaluate(f"({want})(Object.values(window.last))"):
        if time.monotonic() > end:
            raise CannotMeasure(f"never came: {what}; there stands {page.evaluate('window.last')}")
        stage.beat()
        page.wait_for_timeout(250)


def followed(page: Page, stage: Stage, messages: int) -> dict[str, Any]:
    """The outage, message by message, then all sites at once; each waits until it stands on screen."""
    chance, spent = random.Random(7), list[float]()  # noqa: S311
    names = list(stage.voices)
    for number in range(messages):
        site = names[number % SITES]
        power = chance.choice([one for one in WORDS if one is not stage.voices[site].power])
        page.evaluate("site => { window.seen[site] = []; }", site)
        said_s = stage.power(site, power)
        spent.append(_seen_s(page, site, WORDS[power]) - said_s)
    page.evaluate("() => { window.seen = {}; }")
    dark = {site: Power.ON_RESERVE if one.power is Power.DEAD else Power.DEAD for site, one in stage.voices.items()}
    said = {site: stage.power(site, power) for site, power in dark.items()}
    at_once = [_seen_s(page, site, WORDS[dark[site]]) - said_s for site, said_s in said.items()]
    told = {"max_ms": round(max(spent) * 1000, 1), "over_a_second": sum(one > 1 for one in [*spent, *at_once])}
    return {**of_many(spent), **told, "at_once_max_ms": round(max(at_once, default=0.0) * 1000, 1)}


def _seen_s(page: Page, site: str, word: str) -> float:
    """When the row said so."""
    found = "([site, word]) => (window.seen[site] ?? []).find(([said]) => said === word)?.[1]"
    page.wait_for_function(found, arg=[site, word], timeout=1000 * WITHIN_S)
    return float(page.evaluate(found, [site, word])) / 1000


def right(page: Page, stage: Stage) -> list[str]:
    """Rows that say something else than their sites, one sentence each."""
    last = page.evaluate("window.last")
    return [
        f"{site}: “{last.get(site)}”, said is “{WORDS[voice.power]}”"
        for site, voice in stage.voices.items() if last.get(site) != WORDS[voice.power]
    ]  # fmt: skip


def killed(page: Page, stage: Stage) -> dict[str, Any]:
    """kill -9 and a new start; meanwhile five sites change. What of the old was shown as new, and what came right."""
    stage.speaking.clear()
    stage.end("dashboard", kill=True)
    began = time.monotonic()
    page.locator("#lost-stream").wait_for(state="visible", timeout=1000 * WITHIN_S)
    said_s = time.monotonic() - began
    for site in list(stage.voices)[:5]:
        stage.power(site, Power.ON_BATTERY)
    stage.start("dashboard")
    page.locator("#lost-stream").wait_for(state="hidden", timeout=3000 * WITHIN_S)
    # the new server has heard nobody live, and nobody speaks now: the page may say of none that it is so now
    old_as_new = page.locator('#rows .row[data-contact="yes"]').count()
    stage.speaking.set()
    beaten(page, stage, "words => words.every(word => word !== 'Ingen kontakt')", "all sites heard again")
    return {"banner_s": round(said_s, 2), "old_as_new": old_as_new, "wrong_after": _settled(page, stage)}


def away(page: Page, stage: Stage, away_s: float) -> dict[str, Any]:
    """The broker is gone for so many real seconds: what the page says, what it counts, what it raises."""
    before = work(page, stage)
    stage.speaking.clear()
    stage.end("broker")
    began = time.monotonic()
    notice = page.locator("#panel-notices", has_text=BROKER_AWAY)
    notice.wait_for(timeout=1000 * WITHIN_S)
    said_s = time.monotonic() - began
    page.wait_for_function("() => Object.values(window.last).every(word => word === 'Ingen kontakt')",
                           timeout=1000 * (WITHIN_S + 3.2 * stage.heartbeat_s / stage.rate))  # fmt: skip
    unknown_s = time.monotonic() - began
    # rows grow old in the browser itself; the sentence above them is the server's, and may be on its way
    said = page.locator(".summary", has_text=f"{len(stage.voices)} utan kontakt")
    said.wait_for(timeout=1000 * WITHIN_S)
    summary = said.inner_text()
    page.wait_for_timeout(max(0.0, 1000 * (away_s - unknown_s)))
    during = work(page, stage)
    stage.start("broker")
    stage.greet()
    stage.speaking.set()
    notice.wait_for(state="hidden", timeout=3000 * WITHIN_S)
    beaten(page, stage, "words => words.every(word => word !== 'Ingen kontakt')", "all sites heard again")
    after = work(page, stage)
    return {
        "away_s": round(time.monotonic() - began, 1), "said_after_s": round(said_s, 2),
        "unknown_after_s": round(unknown_s, 1), "summary": summary,
        "link_lost": max(during["link_lost"], after["link_lost"]),
        "new_incidents": len((during["incidents"] | after["incidents"]) - before["incidents"]),
        "wrong_after": _settled(page, stage),
    }  # fmt: skip


def _settled(page: Page, stage: Stage) -> list[str]:
    """What is still wrong a second after all were heard."""
    end = time.monotonic() + 1.0
    while (wrong := right(page, stage)) and time.monotonic() < end:
        page.wait_for_timeout(50)
    return wrong


def work(page: Page, stage: Stage) -> dict[str, Any]:
    """Incidents by id, and alarms of sites that are not heard."""
    told = page.request.get(f"{stage.url}/api/work").json()
    rows = page.request.get(f"{stage.url}/api/alarms").json()["rows"]
    lost = sum(one["alarm"]["key"] == "link-lost" for one in rows)
    return {"incidents": {one["id"] for one in told["incidents"]}, "link_lost": lost}


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def measure() -> Iterator[dict[str, Any]]:
    """In real time: 120 messages, kill -9, and the broker away for five minutes."""
    import shutil

    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with staged(rate=1, heartbeat_s=60) as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        page = watched(browser, stage)
        yield {"part": "followed", "sites": SITES, **followed(page, stage, 120)}
        yield {"part": "server killed", **killed(page, stage)}
        yield {"part": "broker away", **away(page, stage, 300)}
        browser.close()
