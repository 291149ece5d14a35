"""How long until a change at a site stands on a page that somebody has open, and what many such pages cost.

`client` "chromium": the state in the row is another one, seen by the page's own observer, in Debian's Chromium.
`client` "http": an honest client that does what the page does: hears `changed`, fetches what is new, and has the row.
From the moment in which the message was handed to the client of the site's broker; meanwhile the other sites send their
signs of life as often as a thousand sites do (facts: one message a minute from each).
"""

import asyncio
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx
import paho.mqtt.client as paho
from playwright.sync_api import Page, sync_playwright

from bench.dashboard_house import CannotMeasure, House, heartbeats, house, of_many, until
from bench.processes import cpu_s
from contract.words import Power

SIZES = (30, 1000)
CHANGES = 40
BROWSERS = 50
PAUSE_S = 0.4
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SEEN = """site => {
  const word = () => document.querySelector(`#row-${site} .if-contact .badge`)?.textContent.trim();
  window.changed = null;
  const before = word();
  const observer = new MutationObserver(() => {
    if (!word() || word() === before) return;
    window.changed = Date.now();
    observer.disconnect();
  });
  observer.observe(document.getElementById('rows'), {childList: true, subtree: true, characterData: true});
}"""


def measure() -> Iterator[dict[str, Any]]:
    """One line for a browser and one for fifty clients at each size, beside the way through the broker alone."""
    for sites in SIZES:
        with house(sites) as one, heartbeats(one, max(0.5, sites / 60)):
            bare = _broker_alone(one)
            yield {"sites": sites, "client": "chromium", **(seen := _in_chromium(one)), "broker_alone": bare,
                   "of_broker": round(seen["p50_ms"] / max(bare["p50_ms"], 0.1), 1)}  # fmt: skip
            yield {"sites": sites, "client": "http", "browsers": BROWSERS, **asyncio.run(_in_many(one)),
                   "rss_mb": one.rss}  # fmt: skip


def _changes(one: House) -> Iterator[Callable[[], None]]:
    """One site that is worst, or best: its row goes through the list each time."""
    voice = one.voices[next(iter(one.voices))]
    for number in range(CHANGES):
        power = Power.DEAD if number % 2 else Power.ON_BATTERY
        yield lambda power=power: one.publish(*voice.tick().state(power))


def _in_chromium(one: House) -> dict[str, Any]:
    program, site = shutil.which("chromium"), next(iter(one.voices))
    if program is None:
        raise CannotMeasure("there is no Chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page()
        page.goto(one.url)
        one.publish(*one.voices[site].tick().state(Power.DEAD))
        page.wait_for_selector(f"#row-{site}")
        spent = [_until_seen(page, change, site) for change in _changes(one)]
        browser.close()
    return of_many(spent)


def _until_seen(page: Page, change: Callable[[], None], site: str) -> float:
    time.sleep(PAUSE_S)
    page.evaluate(SEEN, site)
    began = time.time()
    change()
    seen = until(lambda: page.evaluate("window.changed"), "the new state on the page", within_s=30.0)
    return float(seen) / 1000 - began


def _broker_alone(one: House) -> dict[str, Any]:
    """The same message to a bare client of the broker."""
    heard: list[float] = []
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    topic = one.voices[next(iter(one.voices))].state(Power.DEAD)[0]
    client.on_message = lambda *_: heard.append(time.time())
    client.connect("127.0.0.1", one.broker_port)
    client.subscribe(topic, qos=1)
    client.loop_start()
    spent = []
    try:
        time.sleep(PAUSE_S)
        for change in _changes(one):
            heard.clear()
            began = time.time()
            change()
            until(lambda: heard, "the message at a bare client", pause_s=0.0005)
            spent.append(heard[0] - began)
    finally:
        client.loop_stop()
        client.disconnect()
    return of_many(spent)


# --- many at once ---


async def _in_many(one: House) -> dict[str, Any]:
    """All of them have the change: when the first, when the last; and what of a core the program took meanwhile."""
    first, last, site = list[float](), list[float](), next(iter(one.voices))
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=one.url, timeout=60, limits=limits) as client:
        open_pages = [_OpenPage(client, site) for _ in range(BROWSERS)]
        tasks = [asyncio.create_task(page.run()) for page in open_pages]
        await asyncio.gather(*(page.ready.wait() for page in open_pages))
        before, began = cpu_s(one.process.pid), time.perf_counter()
        for change in _changes(one):
            await asyncio.sleep(PAUSE_S)
            told = time.perf_counter()
            for page in open_pages:
                page.got.clear()
            change()
            await asyncio.gather(*(asyncio.wait_for(page.got.wait(), 30) for page in open_pages))
            took = [page.took - told for page in open_pages]
            first.append(min(took))
            last.append(max(took))
        cpu = cpu_s(one.process.pid) - before
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    of_core = round(cpu / (time.perf_counter() - began), 2)
    return {**of_many(first), "last_of_all": of_many(last), "of_a_core": of_core,
            "cpu_ms_a_change": round(1000 * cpu / CHANGES, 1)}  # fmt: skip


class _OpenPage:
    """One page as its scripts are: a stream, and one question at a time with what it has."""

    def __init__(self, client: httpx.AsyncClient, site: str) -> None:
        self._client, self._site = client, site
        self._have: dict[str, str] = {}
        self._drawn = ""
        self.took = 0.0
        self.ready, self.got = asyncio.Event(), asyncio.Event()

    async def run(self) -> None:
        """Until cancelled."""
        wake = asyncio.Event()
        listening = asyncio.create_task(self._listen(wake))
        try:
            while True:
                await wake.wait()
                wake.clear()
                await self._fetch()
                self.ready.set()
                await asyncio.sleep(0.25)
        finally:
            listening.cancel()

    async def _listen(self, wake: asyncio.Event) -> None:
        async with self._client.stream("GET", "/events") as stream:
            async for line in stream.aiter_lines():
                if line.startswith("event:") and line.split(":")[1].strip() in ("hello", "changed"):
                    wake.set()

    async def _fetch(self) -> None:
        have = ",".join(f"{site}.{version}" for site, version in self._have.items())
        address = f"/rows?have={quote(have)}&drawn={self._drawn}"
        try:
            answer = await self._client.get(address)
        except httpx.TransportError:  # a connection that the server had closed meanwhile: a browser asks again, too
            answer = await self._client.get(address)
        told = json.loads(answer.content)
        fresh = {site: re.search(r'data-version="(\w+)"', html)[1] for site, html in told["rows"].items()}  # type: ignore[index]
        self._have = {site: fresh.get(site) or self._have[site] for site in told["order"]}
        if drawn := re.search(r'data-drawn="(\w+)"', told["panels"].get("map", "")):
            self._drawn = drawn[1]
        if self._site in fresh and not self.got.is_set():
            self.took = time.perf_counter()
            self.got.set()
