"""One day: real Mosquitto, feed server, keeper and screen; faults by schedule; everything that happened is recorded."""

import asyncio
import contextlib
import getpass
import json
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from contract.words import ClockQuality
from demo.config import Folder
from demo.core.faults import CannotRun
from demo.core.settings import HERE, toml
from demo.io.brokers import PLACES, free_ports, listens
from demo.io.feeds import feed_addresses
from demo.io.processes import module
from doors.clock import Clock, spec_of
from faults.day.plan import Plan, feed_steps
from faults.day.record import Boot, Lives, Record
from faults.day.schedule import Broken
from faults.day.voice import SITE, Voice
from faults.io.services import Services

WALL_MS, UP_MS, AWAKE_MS = 1_768_860_000_000, 600_000, 30_000
"""The world's clock and the box's uptime at the start; the uptime of a box that has just got its power back."""
SEVEN_INCHES = {"width": 800, "height": 480, "px_per_mm": 5.25}
READY_S = 60.0
BROKER, SERVER, KEEPER, SCREEN = "site-broker", "feeds", "keeper", "screen"
LISTENS_S = 15.0


class Day:
    """One run. `say` hears sentences for people."""

    def __init__(self, folder: Folder, plan: Plan, faults: tuple[Broken, ...], rate: float,
                 say: Callable[[str], None]) -> None:  # fmt: skip
        self._folder = folder
        self._plan = plan
        self._faults = faults
        self._say = say
        self.record = Record(rate, faults=faults)
        self._spec = spec_of(rate, WALL_MS, UP_MS, "box-1")
        self._clock = Clock.parse(self._spec, allowed=True)
        self._broker_port, self._feeds_port = free_ports(2)
        self._midnight_ms = 0
        self._screens: list[tuple[Path, Boot | None]] = []
        environment = dict(os.environ) | {"PYTHONUNBUFFERED": "1", "SDL_VIDEODRIVER": "offscreen"}
        self.services = Services(folder / "log", environment, say)
        self._define()
        self._voice: Voice | None = None
        self._boot = Boot("box-1", self._spec, 0.0, UP_MS, known_s=-1e9)

    # --- the house ---

    def _define(self) -> None:
        mosquitto = shutil.which("mosquitto", path=PLACES)
        if mosquitto is None:
            raise CannotRun("mosquitto is not installed; on Debian: apt install mosquitto")
        conf, kiosk = self._folder / "broker" / "site.conf", self._folder.settings("kiosk")
        conf.write_text(
            f"listener {self._broker_port} 127.0.0.1\nallow_anonymous true\nuser {getpass.getuser()}\n", "utf-8"
        )
        kiosk.write_text(self._settings(), "utf-8")
        own = self.services.define
        own(BROKER, lambda: [mosquitto, "-c", str(conf)], after=self._began(BROKER))
        own(KEEPER, lambda: module("kiosk", "keeper", kiosk, "--clock", self._boot.spec), after=self._began(KEEPER))
        own(SCREEN, lambda: self._screen(kiosk), after=self._began(SCREEN))
        own(SERVER, self._server, lines=self._answered, after=self._began(SERVER))

    def _settings(self) -> str:
        addresses = feed_addresses(self._feeds_port)
        return toml(
            {
                "site": {"id": SITE, "simulated": True},
                "broker": {"url": f"mqtt://127.0.0.1:{self._broker_port}", "reconnect_max_s": 0.3},
                "cache": {"path": str(self._folder / "data" / "kiosk.db")},
                "screen": {"name": "butiken", **SEVEN_INCHES, "wake_socket": self._folder.wake_socket()},
                "place": HERE,
                "feeds": {name: {"url": url} for name, url in addresses.items()},
            }
        )

    def _screen(self, settings: Path) -> list[str]:
        told = self._folder / "data" / f"told-{len(self._screens) + 1}.jsonl"
        self._screens.append((told, self._boot))
        return module("kiosk", "screen", settings, "--clock", self._boot.spec, "--told", told)

    def _server(self) -> list[str]:
        begins = UP_MS + self._midnight_ms - WALL_MS
        return module("simulator", "feeds", self._folder / "settings" / "feeds.toml", "--port",
                      str(self._feeds_port), "--clock", self._spec, "--begin-up-ms", str(begins), "--tell")  # fmt: skip

    def _began(self, name: str) -> Callable[[], Awaitable[None]]:
        async def after() -> None:
            self._life(name).began(self.second())

        return after

    def _life(self, name: str) -> Lives:
        return self.record.of(name)

    def second(self) -> float:
        """Real seconds since hour 0 of the plan."""
        return ((self._clock.wall_ms() or 0) - self._midnight_ms) / 1000 / self.record.rate

    def _answered(self, line: bytes) -> None:
        """The feed server tells of each good answer."""
        with contextlib.suppress(ValueError):
            told = json.loads(line)
            if told.get("answered"):
                hour = told["at_s"] / 3600
                self.record.told.setdefault(told["answered"], []).append((self.second(), hour))

    # --- the day ---

    async def play(self) -> None:
        """Until the day is over and all programs have ended."""
        try:
            await self._open()
            length_s = self.record.seconds(self._plan.hours)
            async with asyncio.TaskGroup() as tasks:
                going = [tasks.create_task(self._voice_of_box().run(), name="voice"),
                         tasks.create_task(self._late(), name="late")]  # fmt: skip
                going += [tasks.create_task(self._break(one), name=one.kind) for one in self._faults]
                await self._until(length_s)
                for task in going:
                    task.cancel()
        finally:
            await asyncio.shield(asyncio.ensure_future(self.services.close()))
        self._read_frames()

    def _voice_of_box(self) -> Voice:
        if self._voice is None:
            self._voice = Voice(self._broker_port, self._plan, self.record, self._clock, self._midnight_ms)
            self._voice.boot = self._boot
        return self._voice

    async def _open(self) -> None:
        self._midnight_ms = WALL_MS
        await self.services.up(BROKER)
        if not await listens("127.0.0.1", self._broker_port, LISTENS_S):
            raise CannotRun("the broker does not listen; see log/site-broker.log")
        await self.services.up(KEEPER)
        await self.services.up(SCREEN)
        async with asyncio.timeout(READY_S):
            while not self._screens[0][0].exists():  # noqa: ASYNC110 - a file is no event
                await asyncio.sleep(0.1)
        early_s = self.second()
        self._midnight_ms = self._clock.wall_ms() or 0
        for life in self.record.lives.values():
            life.spans = [[low - early_s, high] for low, high in life.spans]
        self._boot.awake_s = -early_s
        self.record.boots.append(self._boot)
        text = toml({"title": "A day", "step": self._steps()})
        (self._folder / "settings" / "feeds.toml").write_text(text, "utf-8")
        await self.services.up(SERVER)

    def _steps(self) -> list[dict[str, Any]]:
        steps = feed_steps(self._plan)
        rate = self.record.rate
        for one in self._faults:
            if one.kind == "trouble":
                steps.append({"at_s": round(one.at_s * rate, 1), "do": "trouble", "feed": one.feed,
                              "trouble": one.trouble, "for_s": round(one.for_s * rate, 1)})  # fmt: skip
        return sorted(steps, key=lambda step: float(step["at_s"]))

    async def _until(self, second: float) -> None:
        await asyncio.sleep(max(0.0, second - self.second()))

    async def _late(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before_s = loop.time()
            await asyncio.sleep(0.1)
            if (late_s := loop.time() - before_s - 0.1) > 0.05:
                self.record.late.append((self.second(), late_s))

    # --- what goes wrong ---

    async def _break(self, one: Broken) -> None:
        await self._until(one.at_s)
        self._say(one.told())
        does: dict[str, Callable[[Broken], Awaitable[None]]] = {
            "keeper": lambda _: self._kill(KEEPER), "screen": lambda _: self._kill(SCREEN),
            "broker": lambda one: self._away(one, BROKER), "server": lambda one: self._away(one, SERVER),
            "internet": self._no_internet, "power": self._no_power,
        }  # fmt: skip
        if one.kind in does:
            await does[one.kind](one)

    async def _kill(self, name: str) -> None:
        if not self.services.runs(name):
            return
        self._life(name).ended(self.second())
        await self.services.kill(name)

    async def _hold(self, one: Broken, *names: str) -> None:
        for name in names:
            self._life(name).ended(self.second())
        for name in names:
            await self.services.hold(name, one, kill=True)

    async def _release(self, one: Broken, *names: str) -> None:
        for name in names:
            await self.services.release(name, one)

    async def _away(self, one: Broken, name: str) -> None:
        await self._hold(one, name)
        await self._until(one.until_s)
        await self._release(one, name)

    async def _no_internet(self, one: Broken) -> None:
        voice = self._voice_of_box()
        voice.cut.add(one)
        await self._away(one, SERVER)
        voice.cut.discard(one)

    async def _no_power(self, one: Broken) -> None:
        """Everything in the box ends in the middle of what it did; it awakes and does not know the time."""
        voice = self._voice_of_box()
        voice.awake = False
        await self._hold(one, BROKER, KEEPER, SCREEN)
        await self._until(one.until_s)
        name = f"box-{len(self.record.boots) + 1}"
        spec = spec_of(self.record.rate, 0, AWAKE_MS, name, ClockQuality.UNSYNCED)
        awake_s = self.second()
        self._boot = Boot(name, spec, awake_s, AWAKE_MS, known_s=awake_s + one.unknown_s)
        self.record.boots.append(self._boot)
        voice.boot, voice.awake = self._boot, True
        await self._release(one, BROKER, KEEPER, SCREEN)

    # --- what was seen ---

    def _read_frames(self) -> None:
        for file, boot in self._screens:
            if not file.exists() or boot is None:
                continue
            for line in file.read_bytes().splitlines():
                with contextlib.suppress(msgspec.DecodeError):  # a kill in the middle of a line
                    frame = msgspec.json.decode(line)
                    at_s = boot.awake_s + (frame["up_ms"] - boot.up_ms) / 1000 / self.record.rate
                    self.record.frames.append((at_s, frame))
        self.record.frames.sort(key=lambda one: one[0])
