"""A server of public feeds that plays a script: VMA, SMHI, Krisinformation, and whatever else the script serves.

Everything it says carries a header by which a kiosk of a real site refuses it.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from doors.clock import Clock
from simulator import feed_wire
from simulator.core import everyday_bodies, feed_bodies
from simulator.core.faults import CannotRun
from simulator.core.feed_script import FeedScript, FeedStep, changed_s, served, trouble, with_step
from simulator.feed_wire import Answer, Request, bad_key

PATHS = {
    "vma": "/api/v3/alerts",
    "smhi": "/ibww/api/version/1/warning.json",
    "krisinformation": "/v3/news",
}
SIMULATED = {"X-Sotpunkt-Simulated": "1"}
CALM_MS = 1_768_891_200_000
"""When a script begins where nobody knows the time: 20 January 2026."""
JSON = "application/json; charset=utf-8"


class FeedServer:
    """One server. `at_s` tells how far the script has come, in product seconds; `begins_ms` is the wall time of 0 s.

    `asked` counts answers by (feed, status); feeds of the script's own are named by their path.
    """

    def __init__(self, script: FeedScript, at_s: Callable[[], float], begins_ms: int = CALM_MS) -> None:
        self.script = script
        self.answered: Callable[[str, float, int], None] = lambda _name, _at_s, _status: None
        """Called after each answer that was no trouble: feed, the script's time of what it said, status."""
        self.asked: Counter[tuple[str, int]] = Counter()
        self.port = 0
        self.requests: list[Request] = []
        self._at_s = at_s
        self._begins_ms = begins_ms
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Task[Any] | None] = {}

    def add(self, **step: Any) -> None:
        """One more step, now: for a test that makes it up as it goes."""
        self.script = with_step(self.script, FeedStep(at_s=self._at_s(), **step))

    def urls(self) -> dict[str, str]:
        """Where each feed is asked."""
        return {name: f"http://127.0.0.1:{self.port}{path}" for name, path in PATHS.items()}

    def everyday_urls(self) -> dict[str, str]:
        """Where each everyday feed is asked; `{key}` stands where the key belongs."""
        found = {name: f"http://127.0.0.1:{self.port}{path}" for name, path in everyday_bodies.PATHS.items()}
        return found | {"departures": found["departures"] + "?key={key}"}

    async def start(self, port: int = 0) -> None:
        """Listen, on this machine only; raises CannotRun."""
        try:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=feed_wire.MAX_HEAD)
        except OSError as fault:
            raise CannotRun(f"port {port} cannot be listened on: {fault.strerror}; choose another") from fault
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hang up on everybody."""
        if self._server is not None:
            self._server.close()
        tasks = [task for task in self._open.values() if task is not None]
        for writer in list(self._open):
            writer.transport.abort()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[writer] = asyncio.current_task()
        try:
            while (request := await feed_wire.hear(reader)) is not None:
                if not await self._answer(request, writer):
                    break
        except (ConnectionError, asyncio.CancelledError):
            pass  # it hung up, or the server ends
        finally:
            self._open.pop(writer, None)
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """One question; True when the connection goes on."""
        self.requests.append(request)
        del self.requests[:-1000]
        at_s = self._at_s()
        name, good = self._good(request, at_s)
        wrong = trouble(self.script, name, at_s)
        if wrong is not None:
            self.asked[(name, 0)] += 1
            return await feed_wire.misbehave(writer, request, wrong, good, self._moment(at_s), SIMULATED)
        self.asked[(name, good.status)] += 1
        await feed_wire.say(writer, good, SIMULATED)
        self.answered(name, at_s, good.status)
        return True

    def _good(self, request: Request, at_s: float) -> tuple[str, Answer]:
        """The feed's name, and what it says when nothing is wrong."""
        for name, path in PATHS.items():
            if request.path == path:
                return name, self._of_source(name, request, at_s)
        for name, path in everyday_bodies.PATHS.items():
            if request.path == path:
                return name, self._everyday(name, request, at_s)
        step = served(self.script, request.path, at_s)
        if step is None:
            return request.path, Answer(404, b"nothing here", {"Content-Type": "text/plain"})
        return request.path, feed_wire.well(
            request, step.body.encode(), step.media, self._moment(at_s), validators=True
        )

    def _of_source(self, name: str, request: Request, at_s: float) -> Answer:
        make: Callable[[FeedScript, float, int], bytes] = getattr(feed_bodies, name)
        body = make(self.script, at_s, self._begins_ms)
        if name != "smhi":  # that the others send validators is not confirmed
            return feed_wire.well(request, body, JSON, self._moment(at_s), validators=False)
        since = self._moment(changed_s(self.script, "smhi", at_s))
        return feed_wire.well(request, body, JSON, self._moment(at_s), validators=True, modified=since)

    def _everyday(self, name: str, request: Request, at_s: float) -> Answer:
        """An everyday feed; one that wants a key refuses in its own way who has none."""
        if name in everyday_bodies.KEYED and (why := bad_key(name, request)):
            body = everyday_bodies.road_refused() if name == "road" else why.encode()
            return Answer(401, body, {"Content-Type": JSON})
        make: Callable[[FeedScript, float, int], bytes] = getattr(everyday_bodies, name)
        body, media = make(self.script, at_s, self._begins_ms), everyday_bodies.MEDIA.get(name, JSON)
        return feed_wire.well(request, body, media, self._moment(at_s), validators=name in everyday_bodies.MEDIA)

    def _moment(self, at_s: float) -> datetime:
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=self._begins_ms, seconds=at_s)


async def run(
    script: FeedScript, *, port: int, clock: Clock, begins_up_ms: int | None, say: Callable[[dict[str, Any]], None],
    stop: asyncio.Event, tell: bool = False,
) -> None:  # fmt: skip
    """Serve until told to stop; a line when ready, one with what was asked at the end. `tell`: one for each answer."""
    now = clock.read()
    begins_up_ms = now.up_ms if begins_up_ms is None else begins_up_ms
    begins_ms = CALM_MS if now.wall_ms is None else now.wall_ms - now.up_ms + begins_up_ms
    server = FeedServer(script, lambda: (clock.up_ms() - begins_up_ms) / 1000, begins_ms)
    if tell:
        server.answered = lambda name, at_s, status: say({"answered": name, "at_s": round(at_s, 3), "status": status})
    await server.start(port)
    say({"ready": True, "port": server.port, "begins_up_ms": begins_up_ms, "feeds": server.urls(),
         "everyday": server.everyday_urls()})  # fmt: skip
    try:
        await stop.wait()
    finally:
        await server.stop()
        asked = {f"{name} {status or 'trouble'}": count for (name, status), count in sorted(server.asked.items())}
        say({"ready": False, "asked": asked})
