"""The door to the box's own machine (Linux), and the task that looks at it; `core/box/box.py` judges what it finds."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from contract.messages import KioskStatus
from doors.broker import BrokerSettings
from doors.clock import Clock
from gateway.config import Plan
from gateway.core.box import box
from gateway.core.box.bearer import BearerLook
from gateway.core.box.box import Box, Outside
from gateway.core.box.machine import Certificate, Look, Space, Supply
from gateway.core.box.own_battery import FILES, PowerSupply, own_battery
from gateway.core.pipeline import Batch
from gateway.core.site import Now
from gateway.io.bearer import Bearer
from gateway.io.mqtt import Pictures

MAX_TEXT = 4096
"""A file of sysfs is a page at most."""
MOST_SUPPLIES = 20
MAX_CERTIFICATES = 1024 * 1024
SHORTEST_GLANCE_S, SHORTEST_LOOK_S = 0.1, 0.5
"""Real seconds, for demonstrations in which a product second is very short."""
ON_BATTERY_SHARE = 0.25
"""Of the time between two looks: a battery near its end is looked at more often."""
FIRMWARE = "sys/devices/platform/soc*/soc*:firmware/get_throttled"
VOLTAGE_DRIVER = "rpi_volt"


class Machine:
    """This computer. `root` is where its file system begins; of `certificates`, `own` are the site's."""

    def __init__(
        self,
        *,
        store: Path,
        certificates: tuple[Path, ...] = (),
        own: tuple[Path, ...] = (),
        root: Path = Path("/"),
    ) -> None:
        self._store = store
        self._certificates = (*certificates, *own)
        self._own = frozenset(own)
        self._root = root

    def look(self, served: bytes | None = None) -> Look:
        """All but the supply. Never fails: what cannot be read is not there, or says why."""
        return Look(
            space=self._space(),
            wear=self._texts("sys/block/mmcblk*/device/life_time"),
            heat=_text(self._root / "sys/class/thermal/thermal_zone0/temp"),
            certificates=tuple(_certificate(path, ours=path in self._own) for path in self._certificates),
            served=served,
        )

    def supply(self) -> Supply:
        """What is said of the voltage; the firmware is asked only where the driver is not there."""
        for chip in self._found("sys/class/hwmon/hwmon*"):
            if (_text(chip / "name") or "").strip() == VOLTAGE_DRIVER:
                alarms = [text for path in sorted(chip.glob("in*_lcrit_alarm")) if (text := _text(path)) is not None]
                if alarms:
                    return Supply(alarm=max(alarms))
        return Supply(throttled=next(iter(self._texts(FIRMWARE)), None))

    def power_supplies(self) -> tuple[PowerSupply, ...]:
        """Batteries and chargers that the kernel knows of this computer."""
        folders = self._found("sys/class/power_supply/*")
        return tuple(
            PowerSupply({name: text for name in FILES if (text := _text(folder / name)) is not None})
            for folder in folders[:MOST_SUPPLIES]
        )

    def _space(self) -> Space | str:
        try:
            told = os.statvfs(self._store)
        except OSError as fault:
            return f"{self._store}: {fault.strerror or 'cannot be asked'}"
        # as df counts: what is kept for the system is neither free nor usable for us
        return Space(told.f_bavail, told.f_blocks - told.f_bfree + told.f_bavail)

    def _found(self, pattern: str) -> list[Path]:
        try:
            return sorted(self._root.glob(pattern))
        except OSError:
            return []

    def _texts(self, pattern: str) -> tuple[str, ...]:
        return tuple(text for path in self._found(pattern) if (text := _text(path)) is not None)


def _text(path: Path) -> str | None:
    """A short file, or None: not there, gone just now, or its driver has no answer."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_TEXT).decode("utf-8", "replace")
    except OSError:
        return None


def _certificate(path: Path, *, ours: bool) -> Certificate:
    try:
        with path.open("rb") as file:
            return Certificate(str(path), file.read(MAX_CERTIFICATES), ours=ours)
    except OSError as fault:
        return Certificate(str(path), None, fault.strerror or "cannot be read", ours)


class BoxWatch:
    """Looks at the box for as long as the gateway runs, and hears its screens."""

    def __init__(
        self,
        plan: Plan,
        clock: Clock,
        unstored: Callable[[], int] = lambda: 0,
        *,
        now: Callable[[], Now],
        site: Pictures,
        centre: Pictures | None,
        take: Callable[[Batch], None],
        root: Path = Path("/"),
    ) -> None:
        settings = plan.settings
        brokers = [one for one in (settings.site_broker, settings.central_broker) if one is not None]
        self._machine = Machine(
            store=Path(settings.store.path).parent, certificates=_files(brokers), own=_own(brokers), root=root
        )
        self._facts = plan.facts
        self._clock = clock
        self._now = now
        self._site = site.link
        self._centre = centre.link if centre is not None else None
        self._road = centre
        self._bearer = Bearer(root)
        self._way_out = BearerLook()
        self._on_battery = False
        self._take = take
        self._unstored = unstored
        self._told_unstored = 0
        self._box = Box(
            began_ms=now().up_ms,
            central=centre is not None,
            encrypted=any(urlsplit(one.url).scheme == "mqtts" for one in brokers),
        )

    def hear(self, status: KioskStatus) -> None:
        """A screen's sign of life."""
        self._box = box.heard(self._box, status, self._now())

    async def run(self) -> None:
        """Serve until cancelled."""
        every_ms = int(1000 * max(box.LOOK_S, SHORTEST_LOOK_S * self._clock.rate))
        due_ms = self._clock.up_ms()
        while True:
            turned = self.glance()
            turned = turned or self._unstored() != self._told_unstored
            if turned or self._clock.up_ms() >= due_ms:
                self._way_out = await self._bearer.look()
                self.look()
                due_ms = self._clock.up_ms() + (int(every_ms * ON_BATTERY_SHARE) if self._on_battery else every_ms)
            await asyncio.sleep(max(SHORTEST_GLANCE_S, self._clock.real_seconds(box.GLANCE_S)))

    def glance(self) -> bool:
        """What may change from second to second. Has the battery begun or ceased to carry the box?"""
        was, battery = self._on_battery, own_battery(self._machine.power_supplies(), None)
        self._on_battery = battery.on == 1
        up = self._centre is not None and self._centre.up
        self._box = box.glanced(self._box, self._machine.supply(), centre_up=up, site_up=self._site.up, now=self._now())
        return was is not self._on_battery

    def look(self) -> None:
        """Everything, and tell of it."""
        served = self._centre.certificate if self._centre is not None else None
        road = self._road
        self._told_unstored = self._unstored()
        outside = Outside(
            unstored=self._told_unstored,
            supplies=self._machine.power_supplies(),
            bearer=self._way_out,
            answer_ms=road.answers.middle_ms() if road is not None else None,
            unanswered_percent=road.answers.lost_percent() if road is not None else None,
        )
        self._box, batch = box.batch(self._box, self._machine.look(served), self._facts, self._now(), outside)
        self._take(batch)


def _files(brokers: list[BrokerSettings]) -> tuple[Path, ...]:
    """The files that the links rest on, each once."""
    return tuple(dict.fromkeys(Path(one.ca_file) for one in brokers if one.ca_file))


def _own(brokers: list[BrokerSettings]) -> tuple[Path, ...]:
    """The certificates that this site shows, each once."""
    return tuple(dict.fromkeys(Path(one.certificate_file) for one in brokers if one.certificate_file))
