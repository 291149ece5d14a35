"""A plant that runs: its devices on their wires, the scenario on the clock. The only file that knows all the others."""

import asyncio
import fcntl
import os
import tempfile
from bisect import bisect_right
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

from doors.clock import Clock
from gateway.profiles.schema import Profile
from simulator.config import Device, PlantFile, Rtu, Tcp
from simulator.core.faults import BadInput, CannotRun
from simulator.core.image import Image, Memory
from simulator.core.readings import readings
from simulator.core.scenario import Scenario
from simulator.core.timeline import Happening, Timeline, play
from simulator.layout import Layout
from simulator.line import BITS_PER_BYTE, Line
from simulator.server import Station, serve_line, serve_tcp

REFRESH_S = 0.1
"""Real seconds for which registers are shown again without being worked out anew, unless something happened."""

Say = Callable[[dict[str, Any]], None]


class Show:
    """A scenario on the clock. It begins when the clock's uptime is `begins_up_ms`; until then the plant stands."""

    def __init__(self, timeline: Timeline, clock: Clock, begins_up_ms: int | None) -> None:
        self.timeline = timeline
        self.clock = clock
        self.begins_up_ms = 0
        self.begins_wall_ms: int | None = None
        self.begin(begins_up_ms)
        self._edges = sorted(
            {
                *(happening.at_s for happening in timeline.happenings),
                *(frame.at_s for frame in timeline.frames),
                *(window.to_s for window in timeline.windows),
            },
        )

    def begin(self, at_up_ms: int | None) -> None:
        """Begin at that uptime, or now."""
        up_ms, wall_ms = self.clock.up_ms(), self.clock.wall_ms()
        self.begins_up_ms = up_ms if at_up_ms is None else at_up_ms
        self.begins_wall_ms = None if wall_ms is None else wall_ms + self.begins_up_ms - up_ms

    def now_s(self) -> float:
        """Product seconds since the scenario began; 0 while it has not."""
        return max(0.0, (self.clock.up_ms() - self.begins_up_ms) / 1000)

    def _left_s(self, at_s: float) -> float:
        return at_s - (self.clock.up_ms() - self.begins_up_ms) / 1000

    def chapter(self, at_s: float) -> int:
        """A number that changes whenever something happens."""
        return bisect_right(self._edges, at_s)

    def clock_s(self, at_s: float) -> float | None:
        """What the controller's own clock shows then."""
        return None if self.begins_wall_ms is None else self.begins_wall_ms / 1000 + at_s

    async def tell(self, say: Say) -> None:
        """Say every happening when its time comes, in order."""
        for happening in self.timeline.happenings:
            while (wait_s := self._left_s(happening.at_s)) > 0:
                await self.clock.sleep(wait_s)
            say(self._line(happening))

    async def end(self) -> None:
        """Until the scenario is over."""
        while (wait_s := self._left_s(self.timeline.ends_s)) > 0:
            await self.clock.sleep(wait_s)

    def _line(self, happening: Happening) -> dict[str, Any]:
        """One event with the times it was meant for, whatever the delay in telling."""
        at_ms = round(1000 * happening.at_s)
        line: dict[str, Any] = {
            "event": happening.event,
            "at_s": round(happening.at_s, 3),
            "up_ms": self.begins_up_ms + at_ms,
            "wall_ms": None if self.begins_wall_ms is None else self.begins_wall_ms + at_ms,
        }
        extra = {"expect": happening.expect, "device": happening.device, "signal": happening.signal}
        return line | {name: value for name, value in extra.items() if value is not None}


class Face:
    """One device as it shows the plant; works its registers out when asked, and not more often than needed."""

    def __init__(self, device: Device, layout: Layout, show: Show) -> None:
        self.unit = device.unit
        self._device = device
        self._layout = layout
        self._show = show
        self._memory: Memory = {}
        self._known: tuple[int, float] | None = None

    def memory(self) -> Memory:
        """Its registers now."""
        at_s = self._show.now_s()
        chapter, real_s = self._show.chapter(at_s), asyncio.get_running_loop().time()
        if self._known is None or self._known[0] != chapter or real_s - self._known[1] >= REFRESH_S:
            timeline = self._show.timeline
            said = readings(timeline.at(at_s), timeline.plant, self._show.clock_s(at_s))
            self._memory = self._layout.memory(said, timeline.open_windows(self._device.name, at_s))
            self._known = chapter, real_s
        return self._memory

    def silent(self) -> bool:
        """Does it not answer now?"""
        at_s = self._show.now_s()
        timeline = self._show.timeline
        dark = self._device.powered_by == "load" and not timeline.at(at_s).fed
        return dark or any(window.silent for window in timeline.open_windows(self._device.name, at_s))


def prepare(
    plant: PlantFile, profiles: dict[str, Profile], plant_source: str, scenario: Scenario, source: str
) -> tuple[Timeline, dict[str, Layout]]:
    """The scenario worked out, and every device laid out; raises BadInput when they do not go together."""
    timeline = play(plant, scenario, source)
    layouts = {
        device.name: Layout(profiles[device.name], device.values, dict(device.fixed)) for device in plant.devices()
    }
    first = readings(timeline.frames[0], timeline.plant, 0.0)
    faults = [f"device {name}: {fault}" for name, layout in layouts.items() for fault in layout.faults(first)]
    if faults:
        raise BadInput(plant_source, faults)
    for window in timeline.windows:
        if window.device not in layouts:
            faults.append(f"device {window.device!r} is not in the plant; there are {', '.join(layouts)}")
        elif fault_of := layouts[window.device].fault_of(window):
            faults.append(f"device {window.device}: {fault_of}")
    if faults:
        raise BadInput(source, list(dict.fromkeys(faults)))
    return timeline, layouts


async def run(
    plant: PlantFile,
    prepared: tuple[Timeline, dict[str, Layout]],
    *,
    clock: Clock,
    folder: Path | None,
    say: Say,
    stop: asyncio.Event,
    conductor: list[dict[str, Any]] | None = None,
    begins_up_ms: int | None = None,
    to_end: bool = False,
) -> None:
    """Serve the plant until `stop` is set, or the scenario is over; raises CannotRun before anything is served."""
    timeline, layouts = prepared
    async with AsyncExitStack() as stack:
        show = Show(timeline, clock, begins_up_ms)
        faces = {device.name: Face(device, layouts[device.name], show) for device in plant.devices()}
        stations = {name: Station(face.unit, face.memory, face.silent) for name, face in faces.items()}
        tcp: dict[str, Any] = {}
        rtu: dict[str, Any] = {}
        for link in plant.tcp:
            tcp |= await _open_tcp(stack, link, stations)
        if plant.rtu:
            home = stack.enter_context(_RunFolder(folder))
            for line in plant.rtu:
                rtu |= await _open_rtu(stack, line, home.path, stations, clock)
        # opening took time, and on a fast clock much of it
        show.begin(begins_up_ms)
        times = {"begins_up_ms": show.begins_up_ms, "ends_s": timeline.ends_s}
        say({"ready": True, **times, "tcp": tcp, "rtu": rtu, "conductor": conductor or []})
        await _until(stop, show, say, to_end=to_end)
        say({"ready": False, "asked": {name: [s.reads, s.refused] for name, s in stations.items()}})


async def run_image(
    image: Image, *, host: str, port: int, serial: Rtu | None, folder: Path | None, say: Say, stop: asyncio.Event
) -> None:
    """Serve a register image over TCP, and on a serial line too when one is given, until `stop` is set."""
    station = Station(image.unit, lambda: image.memory, lambda: False)
    async with AsyncExitStack() as stack:
        server, taken = await serve_tcp(host, port, [station])
        stack.push_async_callback(server.shutdown)
        rtu: dict[str, Any] = {}
        if serial is not None:
            home = stack.enter_context(_RunFolder(folder))
            line = Line(home.path / serial.name)
            stack.callback(line.close)
            stack.push_async_callback((await serve_line(line, serial.baud, [station])).shutdown)
            rtu = {"image": {"path": str(line.link), "baud": serial.baud, "unit": image.unit}}
        say({"ready": True, "tcp": {"image": {"host": host, "port": taken, "unit": image.unit}}, "rtu": rtu})
        await stop.wait()
    say({"ready": False, "asked": {"image": [station.reads, station.refused]}})


async def _until(stop: asyncio.Event, show: Show, say: Say, *, to_end: bool) -> None:
    async with asyncio.TaskGroup() as group:
        telling = group.create_task(show.tell(say), name="tell-scenario")
        ends = [group.create_task(stop.wait(), name="wait-for-stop")]
        if to_end:
            ends.append(group.create_task(show.end(), name="wait-for-end"))  # type: ignore[arg-type]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if to_end and not stop.is_set():
            await asyncio.wait([telling], timeout=1.0)
        for task in (telling, *ends):
            task.cancel()


async def _open_tcp(stack: AsyncExitStack, link: Tcp, stations: dict[str, Station]) -> dict[str, Any]:
    server, port = await serve_tcp(link.host, link.port, [stations[device.name] for device in link.device])
    stack.push_async_callback(server.shutdown)
    return {
        device.name: {"host": link.host, "port": port, "unit": device.unit, "profile": device.profile}
        for device in link.device
    }


async def _open_rtu(
    stack: AsyncExitStack, link: Rtu, folder: Path, stations: dict[str, Station], clock: Clock
) -> dict[str, Any]:
    byte_s = clock.real_seconds(BITS_PER_BYTE / link.baud) if link.paced else 0.0
    line = Line(folder / link.name, byte_s)
    stack.callback(line.close)
    server = await serve_line(line, link.baud, [stations[device.name] for device in link.device])
    stack.push_async_callback(server.shutdown)
    return {
        device.name: {"path": str(line.link), "baud": link.baud, "unit": device.unit, "profile": device.profile}
        for device in link.device
    }


class _RunFolder:
    """The folder of the serial links, held by one simulator at a time; a temporary one when none is given."""

    def __init__(self, folder: Path | None) -> None:
        self._own = tempfile.TemporaryDirectory(prefix="sotpunkt-plant-") if folder is None else None
        self.path = Path(self._own.name) if self._own else Path(folder or ".")
        self._lock = -1

    def __enter__(self) -> Self:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.path / "simulator.lock", os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            os.close(self._lock)
            raise CannotRun(f"{self.path} is used by another simulator; choose another --dir") from fault
        except OSError as fault:
            raise CannotRun(f"{self.path} cannot be used: {fault.strerror}; choose another --dir") from fault
        return self

    def __exit__(self, *_: object) -> None:
        (self.path / "simulator.lock").unlink(missing_ok=True)
        os.close(self._lock)
        if self._own:
            self._own.cleanup()
