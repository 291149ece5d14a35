"""The house under test: every program of one site and its centre, installed, real, and started by their commands."""

import asyncio
import contextlib
import json
import os
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from demo.config import Folder
from demo.core.faults import CannotRun
from demo.core.settings import toml
from demo.io.brokers import free_ports
from demo.io.web import NoAnswer, Web
from doors.clock import Clock, spec_of
from faults.core import settings, truth
from faults.core.other_clock import OtherClock
from faults.core.schedule import Schedule
from faults.core.settings import LIFE, SITE, Pace
from faults.fault import CannotFault
from faults.io.brokers import Brokers
from faults.io.files import copy_store, in_memory
from faults.io.journal import Journal, Receipts
from faults.io.net import Cable, free_number
from faults.io.services import Services, installed, is_installed

STANDS_WITHIN_S = 60.0
CENTRE_UP_MS = 87_000_000
DATA = ("gateway", "kiosk", "dashboard", "owner-page")
MAINS_LASTS_S, OUTAGE_LASTS_S = 32.0, 34.0
"""About: long enough for every state of power to be shown, and to be wrong if it is shown too long."""
LONGEST_S = 30 * 86_400.0
"""Of a scenario; what is played in fast time ends long before."""
MOST_WINDOWS = 6000
"""The telling value is one of 16 bits; in a run of many hours each holds longer."""


class House:
    """See `faults/fault.py` for what a fault may use of it."""

    def __init__(self, folder: Folder, schedule: Schedule, say: Callable[[str], None]) -> None:
        self.folder = folder.home
        self.schedule = schedule
        self.random = random.Random(schedule.seed)  # noqa: S311 - a schedule must be repeatable
        self.say = say
        self.pace = LIFE
        self.files = folder
        self.environment = _environment()
        self.services = Services(self.folder / "log", self.environment, say)
        self.also = self.services.also
        self.brokers = Brokers(self.folder, SITE, persistence=schedule.persistence)
        self.cable: Cable | None = None
        for name in ("kept", *(f"data/{one}" for one in DATA)):
            (self.folder / name).mkdir()
        self.journal = Journal(self.data("gateway") / "gateway.db", self.folder / "journal.jsonl")
        self.receipts = Receipts(self.data("kiosk") / "drawn.jsonl")
        self.boots = 0
        self.spec = self.centre_spec = ""
        self.clock = Clock()
        self.other_clock = OtherClock(self.also.setdefault("gateway", {}))
        """Of the gateway's machine."""
        self.plant: truth.Plant | None = None
        self.kiosk_shows: dict[str, Any] = {}
        """The newest dump of the kiosk's view."""
        self.web = self.own_web = Web(0)
        """The municipality's dashboard, and the site's own page in the box."""
        self._plant_ports: list[int] = []
        self.keys: list[dict[str, Any]] = []
        self.site = SITE
        self.twin: Journal | None = None
        """The books of a second gateway, while there is one."""
        self.backlog: int | None = None
        """How many records waited when a long outage ended, and the event of it; for who measures the back-fill."""
        self.back = asyncio.Event()
        self._wake = folder.wake_socket()
        self._began_s = 0.0
        self._window_s = LIFE.window_s
        self.no_answers: dict[str, int] = {}
        """How often a page did not answer, by its words."""
        self._plant_ready = asyncio.Event()

    # --- what a fault may use ---

    def data(self, program: str) -> Path:
        """Folder of a program's files."""
        return self.folder / "data" / program

    def runs(self, program: str) -> bool:
        """Is it running now?"""
        return self.services.runs(program)

    def lives(self, program: str) -> Callable[[], bool]:
        """Asked later: has it not been ended by anybody since now, not even in this moment?"""
        before = self.services.ended(program)
        return lambda: self.services.ended(program) == before

    def pid(self, program: str) -> int | None:
        """Its process id."""
        return self.services.pid(program)

    async def kill(self, program: str) -> None:
        """SIGKILL; it comes again."""
        await self.services.kill(program)

    async def hold(self, program: str, holder: object, *, kill: bool = False) -> None:
        """Down until released."""
        await self.services.hold(program, holder, kill=kill)

    async def release(self, program: str, holder: object) -> None:
        """Up again."""
        await self.services.release(program, holder)

    # --- building ---

    async def prepare(self, *, lossy: bool) -> None:
        """Brokers' files, relays, settings; nothing runs yet. Raises CannotRun."""
        self.set_clock(LIFE)
        addresses = ["127.0.0.1"]
        if lossy:
            await self._lay_cable(addresses)
        now = datetime.fromtimestamp((self.clock.wall_ms() or 0) / 1000, UTC)
        await self.brokers.prepare(now, tuple(addresses))
        for name, relay in self.brokers.relays.items():
            inside = self.cable if name == "uplink" else None
            await relay.listen(door=inside.door if inside else None)
        web_port, own_port, *self._plant_ports = free_ports(4)
        self.web, self.own_web = Web(web_port), Web(own_port)
        self._define()

    async def _lay_cable(self, addresses: list[str]) -> None:
        cable = Cable(free_number())
        try:
            await cable.make()
            cable.door().close()
        except CannotFault as fault:
            await cable.remove()
            self.say(f"the uplink goes over no bad cable: {fault}")
            return
        self.cable = cable
        self.brokers.uplink_address = cable.address
        addresses.append(cable.address)

    def set_clock(self, pace: Pace, *, on_s: float = 0.0) -> None:
        """A new boot of everything at that pace; the wall clock goes on, `on_s` product seconds further."""
        self.boots += 1
        self.kiosk_shows = {}
        self.other_clock.clear()
        wall_ms = self.clock.wall_ms() if self.spec else _wall_ms()
        self.pace = pace
        wall_ms = int((wall_ms or 0) + 1000 * on_s)
        # the centre is another machine: it has the same time of day, and an uptime of its own
        self.spec = spec_of(pace.rate, wall_ms, 60_000, f"faults-{self.boots}")
        self.centre_spec = spec_of(pace.rate, wall_ms, CENTRE_UP_MS, f"faults-centre-{self.boots}")
        self.clock = Clock.parse(self.spec, allowed=True)

    def write_settings(self) -> None:
        """All settings files, for the pace of now."""
        site, central = self.brokers.site_door, self.brokers.central_door
        self._write("gateway", settings.gateway(
            pace=self.pace, ports=self._plant_ports, store=str(self.data("gateway") / "gateway.db"),
            site=site("gateway").rows(), central=central(SITE, "uplink"), keys=self.keys, screen=self.schedule.screen,
        ))  # fmt: skip
        self._write("dashboard", settings.dashboard(
            port=self.web.port, broker=central("centre", "centre"), store=str(self.data("dashboard") / "dashboard.db"),
        ))  # fmt: skip
        self._write("owner-page", settings.dashboard(
            port=self.own_web.port, broker=site("owner").rows(), store=str(self.data("owner-page") / "owner-page.db"),
            mode="site",
        ))  # fmt: skip
        cache = str(self.data("kiosk") / "kiosk.db")
        self._write("kiosk", settings.kiosk(broker=site("kiosk").rows(), cache=cache, wake_socket=self._wake))
        (self.folder / "plant" / "plant.toml").write_text(toml(settings.plant(self._plant_ports)), "utf-8")
        self._write_scenario()

    def _write_scenario(self) -> None:
        """Outages of drawn length, and the telling value, for longer than the run can last."""
        # how long the outages are is counted in samples of the pace, so that fast time has its own
        stretch = self.pace.window_s / LIFE.window_s
        real_s = self.schedule.minutes * 60 + self.schedule.settle_s + 300
        length_s = min(LONGEST_S, real_s * max(1.0, self.pace.rate))
        outages, at_s = [], 20.0 * stretch
        while at_s < length_s - 2 * OUTAGE_LASTS_S * stretch:
            ends_s = at_s + OUTAGE_LASTS_S * stretch * self.random.uniform(0.8, 1.3)
            outages.append((round(at_s, 1), round(ends_s, 1)))
            at_s = ends_s + MAINS_LASTS_S * stretch * self.random.uniform(0.8, 1.3)
        self._window_s = max(self.pace.window_s, length_s / MOST_WINDOWS)
        tree = truth.scenario("Mains that comes and goes", int(length_s), self._window_s, outages)
        (self.folder / "plant" / "scenario.toml").write_text(toml(tree), "utf-8")

    def _write(self, program: str, tree: dict[str, Any]) -> None:
        self.files.settings(program).write_text(toml(tree), "utf-8")

    def _define(self) -> None:
        """How each program is started; the clock is asked for at every start."""
        file, define = self.files.settings, self.services.define
        define("plant", self._plant_command, lines=self._hear_plant)
        for name in ("site", "central"):
            define(f"{name}-broker", lambda name=name: self.brokers.command(name))
        for program, command, settings_of in (
            ("dashboard", ("dashboard", "run"), "dashboard"),
            ("owner-page", ("dashboard", "run"), "owner-page"),
            ("kiosk-keeper", ("kiosk", "keeper"), "kiosk"),
            ("kiosk-screen", ("kiosk", "screen"), "kiosk"),
            ("gateway", ("gateway", "run"), "gateway"),
        ):
            define(
                program,
                lambda program=program, command=command, settings_of=settings_of: installed(
                    *command, file(settings_of), "--clock", self._spec_of(program)
                ),
            )
        define(
            "kiosk-view",
            lambda: installed("kiosk", "view", file("kiosk"), "--every", "1", "--clock", self.spec),
            lines=self._hear_kiosk,
        )

    def _spec_of(self, program: str) -> str:
        other = self.other_clock.spec() if program == "gateway" else None
        if other is not None:
            return other
        return self.centre_spec if program == "dashboard" else self.spec

    def start_twin(self, folder: Path) -> None:
        """Say how a second gateway with the same identity is started, its store in that folder."""
        text = self.files.settings("gateway").read_text("utf-8")
        text = text.replace(str(self.data("gateway") / "gateway.db"), str(folder / "gateway.db"))
        self.files.settings("twin").write_text(text, "utf-8")
        self.services.define(
            "gateway-twin", lambda: installed("gateway", "run", self.files.settings("twin"), "--clock", self.spec)
        )

    def _plant_command(self) -> list[str]:
        folder = self.folder / "plant" / f"run-{self.boots}"
        folder.mkdir(exist_ok=True)
        begins = self.clock.up_ms() + round(2000 * self.clock.rate)
        self.plant = truth.Plant(begins_ms=begins, window_ms=round(1000 * self._window_s), fed=[(0, True)])
        plant, scenario = (str(self.folder / "plant" / name) for name in ("plant.toml", "scenario.toml"))
        return installed("simulator", "run", plant, "--scenario", scenario, "--clock", self.spec,
                         "--dir", folder, "--begin-up-ms", str(begins))  # fmt: skip

    def _hear_plant(self, line: bytes) -> None:
        told = _json(line)
        if told.get("ready"):
            self._plant_ready.set()
        if self.plant is not None and "event" in told:
            self.plant.hear(told)

    def _hear_kiosk(self, line: bytes) -> None:
        told = _json(line)
        if told:
            self.kiosk_shows = told

    # --- starting and ending ---

    @property
    def programs(self) -> list[str]:
        """All that run in this schedule."""
        left_out = {"gateway-twin"} | (set() if self.schedule.screen else {"kiosk-screen"})
        return [name for name in self.services.names if name not in left_out]

    async def start(self) -> None:
        """Everything, the slow ones first. Raises CannotRun."""
        for name in ("site", "central"):
            await self.services.up(f"{name}-broker")
            await self.brokers.listens(name)
        for name in self.programs:
            if name not in ("kiosk-view", "site-broker", "central-broker"):
                await self.services.up(name)
        try:
            async with asyncio.timeout(STANDS_WITHIN_S):
                await self._plant_ready.wait()
        except TimeoutError as fault:
            raise CannotRun("the plant was never ready; see its log in the run's folder") from fault
        for name, web in (("dashboard", self.web), ("owner's page", self.own_web)):
            if not await web.answers("/api/counts", STANDS_WITHIN_S, lambda: True):
                raise CannotRun(f"the {name} does not answer; see its log in the run's folder")
        await self._first_contact()
        await self.services.up("kiosk-view")

    def stands(self) -> None:
        """The schedule's time begins now."""
        self._began_s = asyncio.get_running_loop().time()

    def at_s(self) -> float:
        """Real seconds since the house stood."""
        return asyncio.get_running_loop().time() - self._began_s

    async def _first_contact(self) -> None:
        try:
            async with asyncio.timeout(STANDS_WITHIN_S):
                while not (await self.card()).get("contact", {}).get("in_contact"):  # noqa: ASYNC110 - another program
                    await asyncio.sleep(0.3)
        except TimeoutError as fault:
            raise CannotRun("the dashboard never had contact with the site; see the logs of both") from fault

    async def card(self, *, own: bool = False) -> dict[str, Any]:
        """The site's card as the dashboard, or the site's own page, shows it; empty when there is no answer."""
        try:
            return dict(await (self.own_web if own else self.web).get(f"/api/sites/{SITE}?lang=en"))
        except NoAnswer as fault:
            why = f"{'the page at the site' if own else 'the dashboard'}: {fault}"
            self.no_answers[why] = self.no_answers.get(why, 0) + 1
            return {}

    def forget_memory(self) -> None:
        """What the gateway holds in memory only, while its disk takes nothing: gone when the box loses its power."""
        memory = in_memory(self.data("gateway") / "gateway.db")
        given_up = self.journal.give_up(memory / "gateway.db")
        if given_up:
            self.say(f"gateway: {given_up} records lay in memory only, for its disk took nothing; nobody owes them")
        shutil.rmtree(memory, ignore_errors=True)

    async def close(self) -> None:
        """End everything and leave nothing but the folder; what the programs kept is copied out of its mounts."""
        await self.services.close()
        await asyncio.to_thread(self._keep_results)
        await asyncio.to_thread(self.forget_memory)
        await self.brokers.close()
        if self.cable is not None:
            await self.cable.remove()
        self.files.tidy()

    def _keep_results(self) -> None:
        for source in (self.folder / "data").glob("*/*.db"):
            with contextlib.suppress(OSError):  # a run that never got so far, or a store that is broken
                copy_store(source, self.folder / "kept" / source.name)


def _environment() -> dict[str, str]:
    found = dict(os.environ) | {"PYTHONUNBUFFERED": "1", "SDL_VIDEODRIVER": "offscreen"}
    if not is_installed():  # straight from a checkout: the modules are found from here
        found |= {"PYTHONPATH": str(Path.cwd())}
    return found


def _json(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _wall_ms() -> int:
    """The machine's wall clock, whether or not anybody vouches for it: the certificates are judged by it."""
    return int(1000 * float(dict(part.split("=") for part in spec_of(1.0, 0, 0, "x").split(","))["real_s"]))
