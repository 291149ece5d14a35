"""What is the same for all who look at the overview in one way: gathered once and drawn once, however many they are.

A word of one site wakes every browser. Fifty that ask at the same moment get one gathering; nobody gets one that began
before the change that woke them.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field

from dashboard.core.overview.drawing import Sheet
from dashboard.core.overview.regions import Region
from dashboard.core.overview.row import Row
from dashboard.io.web.live import Hub

HOLDS_MS = 1000
"""On the server's own clock, without a change; words that move by themselves are never staler than this."""
REST = 4
"""After a gathering so many times as long nothing is gathered: it takes at most a fifth of the time."""
MOST_REST_S = 0.5
MAP = ("map",)
"""What the map that was drawn is found by."""
MOST = 64
"""Ways to look at the overview that are kept."""


@dataclass(slots=True, kw_only=True)
class Gathered:
    """All sites, chosen and sorted. `at_ms`: when, on the server's own clock; `html`: what was drawn of it, by what."""

    everything: list[Row]
    chosen: list[Row]
    versions: dict[str, str]
    summary: str
    regions: list[Region]
    newest_at: int | None
    sheet: Sheet
    drawn: str
    at_ms: int
    html: dict[Hashable, str] = field(default_factory=dict)

    def once(self, what: Hashable, draw: Callable[[], str]) -> str:
        """What was drawn of it, or is drawn now."""
        if what not in self.html:
            self.html[what] = draw()
        return self.html[what]


@dataclass(slots=True)
class _Kept:
    gathered: Gathered
    told: int
    began_s: float
    took_s: float


class Gatherings:
    """The gatherings of one desk. Everything here runs in the one event loop."""

    def __init__(self, hub: Hub, up_ms: Callable[[], int]) -> None:
        self._hub, self._up_ms = hub, up_ms
        self._kept: dict[Hashable, _Kept] = {}
        self._coming: dict[Hashable, asyncio.Task[Gathered]] = {}
        self.made = 0
        """How many since the start, for measurements."""

    def now(self, way: Hashable, make: Callable[[], Gathered]) -> Gathered:
        """As everything is now; for somebody who opens a page and shall not wait."""
        kept = self._kept.get(way)
        if kept is not None and self._holds(kept):
            return kept.gathered
        return self._make(way, make)

    def soon(self, way: Hashable, make: Callable[[], Gathered]) -> Awaitable[Gathered]:
        """The same for a page that stands open: together with all others that ask before it is begun."""
        if way not in self._coming:
            task = self._coming[way] = asyncio.create_task(self._wait(way, make), name="gather")
            task.add_done_callback(_heard)
        return asyncio.shield(self._coming[way])

    async def _wait(self, way: Hashable, make: Callable[[], Gathered]) -> Gathered:
        try:
            kept = self._kept.get(way)
            if kept is not None and not self._holds(kept):
                rest_s = min(MOST_REST_S, REST * kept.took_s)
                await asyncio.sleep(max(0.0, kept.began_s + kept.took_s + rest_s - time.monotonic()))
        finally:
            del self._coming[way]  # who asks from here on may know of something newer
        return self.now(way, make)

    def _holds(self, kept: _Kept) -> bool:
        return kept.told == self._hub.told and self._up_ms() - kept.gathered.at_ms < HOLDS_MS

    def _make(self, way: Hashable, make: Callable[[], Gathered]) -> Gathered:
        told, began_s = self._hub.told, time.monotonic()
        gathered = make()
        self.made += 1
        before = self._kept.pop(way, None)
        if before is not None and before.gathered.drawn == gathered.drawn and MAP in before.gathered.html:
            gathered.html[MAP] = before.gathered.html[MAP]  # has no ages: the same symbols are the same words
        while len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[way] = _Kept(gathered, told, began_s, time.monotonic() - began_s)
        return gathered


def _heard(task: "asyncio.Task[Gathered]") -> None:
    """A fault is raised where somebody waits; when nobody does any more it is no news."""
    if not task.cancelled():
        task.exception()
