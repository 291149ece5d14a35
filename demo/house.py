"""The whole house of one run: brokers, dashboard, kiosk, plant and gateway as real processes."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from demo.config import Folder
from demo.core import settings
from demo.core.faults import CannotRun
from demo.core.judge import Series
from demo.core.pace import BEFORE_S, Pace
from demo.core.script import repeated
from demo.io.brokers import Brokers, Door, Roads, broker_answers, free_ports, running_broker
from demo.io.feeds import everyday_feeds, feed_addresses
from demo.io.processes import Programs, answer, module
from demo.io.scenario import tree
from demo.io.web import NoAnswer, Web
from doors.clock import Clock
from doors.clock_gentle import Gentle

WEB_WITHIN_S = 30.0
PLANT_WITHIN_S = 20.0
FEED_SCRIPTS = ("outage", "three-days")
"""Scenarios that have a script of public feeds of their own name; in all others nobody says anything."""
TIMES = 100
"""How often the outage is repeated while somebody looks on."""

Told = dict[str, Any]


class House:
    """All processes of a run and the questions that can be put to them. `say` hears sentences for people."""

    def __init__(
        self,
        folder: Folder,
        pace: Pace,
        spec: str,
        *,
        plant: str,
        scenario: str,
        headless: bool,
        say: Callable[[str], None],
    ) -> None:
        self.folder = folder
        self.pace = pace
        self.spec = spec
        self.clock = Clock.parse(spec, allowed=True)
        self.plant = plant
        self.scenario = scenario
        self.headless = headless
        self.ready: Told = {}
        self.told: list[Told] = []
        """Every event the simulator has told."""
        self.happened = asyncio.Condition()
        self.surprises: list[str] = []
        """Ends that nobody asked for."""
        self._say = say
        self._environment = _environment(headless)
        self.programs = Programs(folder / "log", self._environment, self._died)
        self.brokers = Brokers(folder.home, settings.SITE, self.programs)
        self.roads: Roads | None = None
        self.web = Web(0)
        self.site_web = Web(0)
        """The page that the box serves itself, for whoever stands there with a phone."""
        self._keys: list[Told] = []
        self._feeds_port = free_ports(1)[0]
        self.begin_ms: int | None = None
        """The uptime at which the scenario begins, where that was decided before the first program started."""
        self.gentle: tuple[Gentle, ...] = ()
        """When the clock of everybody runs slower."""

    # --- starting ---

    async def open_roads(self, running: str | None, password_file: Path | None = None) -> Roads:
        """The brokers: own ones, or one that runs."""
        if running is None:
            self.roads = await self.brokers.start()
        else:
            self.roads = running_broker(running, password_file)
            if not await broker_answers(self.roads.gateway.url):
                raise CannotRun(f"--broker {running}: nothing listens there; start it, or leave --broker out")
        return self.roads

    async def open_dashboard(self, port: int | None) -> None:
        """The municipality's page, and the key that its bulletins are signed with."""
        port = port or free_ports(1)[0]
        self.web = Web(port)
        text = settings.dashboard(port=port, broker=self._roads().centre.rows(), store="../data/dashboard.db")
        self._write("dashboard", text)
        file = self.folder.settings("dashboard")
        await self.programs.start("dashboard", module("dashboard", "run", file, "--clock", self.spec))

    async def open_site_page(self, spec: str) -> None:
        """The site's own page, in the box: the dashboard's program once more, on the site's broker."""
        file = self.folder.settings("site-page")
        if not file.exists():
            self.site_web = Web(free_ports(1)[0])
            broker, store = self._roads().owner.rows(), "../data/site-page.db"
            self._write("site-page", settings.site_page(port=self.site_web.port, broker=broker, store=store))
        await self.programs.start("site-page", module("dashboard", "run", file, "--clock", spec))

    async def open_kiosk(self, shots: Path | None, spec: str | None = None) -> None:
        """Keeper and screen, as two processes. Without a display the screen draws into memory."""
        file = self.folder.settings("kiosk")
        if not file.exists():
            cache = str(self.folder / "data/kiosk.db")
            wake = self.folder.wake_socket()
            broker = self._roads().kiosk.rows()
            feeds = feed_addresses(self._feeds_port)
            key = self.folder / "secrets/feeds.key"  # the simulated sources take any
            key.write_text("demo\n", "utf-8")
            key.chmod(0o600)
            everyday = everyday_feeds(self._feeds_port, str(key))
            self._write(
                "kiosk",
                settings.kiosk(broker=broker, cache=cache, wake_socket=wake, feeds=feeds, everyday=everyday),
            )
        clock = ["--clock", spec or self.spec]
        await self.programs.start("kiosk-keeper", module("kiosk", "keeper", file, *clock))
        pictures = ["--shots", str(shots)] if shots else []
        await self.programs.start("kiosk-screen", module("kiosk", "screen", file, *clock, *pictures))

    async def open_plant(self, *, again_and_again: bool, before_s: float = BEFORE_S) -> None:
        """The plant; its scenario begins when the gateway has had `before_s` real seconds to look at it."""
        begin_ms = self.begin_ms or self.clock.up_ms() + round(1000 * before_s * self.clock.rate)
        if begin_ms <= self.clock.up_ms():
            raise CannotRun("this machine is too busy now: the programs took longer to start than the days can wait")
        script = self._repeated() if again_and_again else self.scenario
        command = module("simulator", "run", self.plant, "--scenario", script, "--clock", self.spec)
        command += ["--dir", str(self.folder / "plant"), "--begin-up-ms", str(begin_ms)]
        await self.programs.start("plant", command, lines=self._hear)
        try:
            async with asyncio.timeout(PLANT_WITHIN_S), self.happened:
                await self.happened.wait_for(lambda: self.ready or not self.programs.runs("plant"))
        except TimeoutError as fault:
            raise CannotRun(f"the plant was not ready within {PLANT_WITHIN_S:g} s") from fault
        if not self.ready:
            raise CannotRun(f"the plant could not start: {self.programs.last_line('plant') or 'it said nothing'}")

    async def open_feeds(self) -> None:
        """The public feeds, which a kiosk asks from the start, at the scenario's own time."""
        script = self.scenario if self.scenario in FEED_SCRIPTS else "calm"
        command = module("simulator", "feeds", script, "--port", str(self._feeds_port), "--clock", self.spec)
        command += ["--begin-up-ms", str(self.ready["begins_up_ms"])]
        await self.programs.start("feeds", command)

    async def open_gateway(self, *, connection: str, spec: str | None = None) -> None:
        """The gateway, told where the plant is."""
        if not self.folder.settings("gateway").exists():
            roads = self._roads()
            text = settings.gateway(
                pace=self.pace,
                devices=settings.wires(self.ready),
                connection=connection,
                store=str(self.folder / "data/gateway.db"),
                site_broker=roads.gateway.rows(),
                central_broker=roads.site.rows(),
                keys=self._keys,
            )
            self._write("gateway", text)
        file = self.folder.settings("gateway")
        await self.programs.start("gateway", module("gateway", "run", file, "--clock", spec or self.spec))

    async def dashboard_answers(self) -> None:
        """Wait until the page is there; raises CannotRun."""
        if not await self.web.answers("/api/counts", WEB_WITHIN_S, lambda: self.programs.runs("dashboard")):
            why = self.programs.last_line("dashboard") or "it said nothing"
            raise CannotRun(f"the dashboard does not answer at {self.web.address}: {why}")

    def owner_door(self) -> Door:
        """How somebody at the site comes in."""
        return self._roads().owner

    def trust(self, key: Told) -> None:
        """A key whose bulletins the site believes."""
        self._keys.append(key)

    # --- asking ---

    async def gateway_counts(self) -> Told:
        """What the gateway's store holds; raises CannotRun."""
        return await self.ask(module("gateway", "counts", self.folder.settings("gateway")))

    async def kiosk_counts(self) -> Told:
        """What the kiosk's cache holds; raises CannotRun."""
        return await self.ask(module("kiosk", "counts", self.folder.settings("kiosk")))

    async def kiosk_lines(self, spec: str) -> Told:
        """The words on the kiosk's first page now; raises CannotRun."""
        return await self.ask(module("kiosk", "lines", self.folder.settings("kiosk"), "--clock", spec))

    async def card(self) -> Told:
        """The site's card as the dashboard shows it; raises NoAnswer."""
        return dict(await self.web.get(f"/api/sites/{settings.SITE}"))

    async def dashboard_events(self) -> list[Told]:
        """The committed events of the site, in the order of their commitment; raises NoAnswer."""
        return list(await self.web.get(f"/api/sites/{settings.SITE}/events?limit=10000"))

    async def receipts(self) -> list[Told]:
        """The bodies of the receipts that the centre has stored; raises NoAnswer."""
        rows = await self.web.get(f"/api/sites/{settings.SITE}/events?stream=receipt&limit=1000")
        return [row["body"] for row in rows]

    async def ask(self, command: list[str]) -> Told:
        """The JSON that a command prints; raises CannotRun."""
        got = await answer(command, environment=self._environment)
        name = " ".join(command[2:4])
        if got.code:
            raise CannotRun(f"{name}: {got.why}")
        try:
            return dict(json.loads(got.out.strip().splitlines()[-1]))
        except (ValueError, IndexError) as fault:
            raise CannotRun(f"{name} printed no JSON: {got.out[:100]!r}") from fault

    async def command(self, *arguments: str | Path) -> str:
        """Run a command of the dashboard's program beside it, as a person would: what it printed. Raises CannotRun."""
        command = module("dashboard", *arguments)
        got = await answer(command, environment=self._environment, also_to=self.folder / "log/commands.log")
        if got.code:
            raise CannotRun(f"dashboard {' '.join(map(str, arguments[:2]))}: {got.why}")
        return got.out.decode("utf-8")

    # --- hearing ---

    def _hear(self, line: bytes) -> None:
        """One line of the simulator."""
        try:
            said = json.loads(line)
        except ValueError:
            return
        if said.get("ready"):
            self.ready = said
        elif "event" in said:
            self.told.append(said)
        asyncio.ensure_future(self._wake())  # noqa: RUF006 - ends at once

    def _died(self, name: str, code: int, last: str) -> None:
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        self.surprises.append(f"{name} {how}: {last or 'it said nothing'}")
        self._say(self.surprises[-1])
        asyncio.ensure_future(self._wake())  # noqa: RUF006 - ends at once

    async def _wake(self) -> None:
        async with self.happened:
            self.happened.notify_all()

    async def events(self) -> AsyncIterator[Told]:
        """Every event of the plant as it is told; never ends."""
        place = 0
        while True:
            async with self.happened:
                while len(self.told) <= place:
                    await self.happened.wait()
            while place < len(self.told):
                yield self.told[place]
                place += 1

    def at_s(self) -> float:
        """Product seconds since the scenario began."""
        return float(self.clock.up_ms() - self.ready["begins_up_ms"]) / 1000

    async def until_s(self, at_s: float) -> None:
        """Wait until the scenario is so many product seconds old."""
        while (left := at_s - self.at_s()) > 0:
            await self.clock.sleep(left)

    def _write(self, program: str, text: str) -> None:
        file = self.folder.settings(program)
        file.write_text(text, "utf-8")
        file.chmod(0o600)  # whatever the umask: a program refuses settings that others can change

    def _roads(self) -> Roads:
        if self.roads is None:
            raise CannotRun("there is no broker yet")
        return self.roads

    def _repeated(self) -> str:
        """The scenario many times over, as a file of its own."""
        path = self.folder / "plant" / "repeated.toml"
        path.write_text(settings.toml(repeated(tree(self.scenario), TIMES)), "utf-8")
        return str(path)

    async def close(self) -> None:
        """End every process."""
        await self.programs.stop_all()
        self.folder.tidy()


def series(counts: Told) -> list[Series]:
    """The missing values of the gateway's counts."""
    return [
        Series(
            device=one["device"],
            signal=one.get("signal"),
            quality=one["quality"],
            first_up_ms=one["first_up_ms"],
            last_up_ms=one["last_up_ms"],
            count=one["count"],
        )
        for one in counts.get("missing_series", [])
    ]


def has_display() -> bool:
    """Is there something to open a window on?"""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _environment(headless: bool) -> dict[str, str]:
    own = {"PYTHONUNBUFFERED": "1"}
    if headless or not has_display():
        own |= {"SDL_VIDEODRIVER": "offscreen"}
    return dict(os.environ) | own


__all__ = ["House", "NoAnswer", "has_display", "series"]
