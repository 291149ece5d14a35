"""The gateway's pulse: a sign of life to systemd for as long as every device is polled and the store's thread turns.

A silent device has been polled, and a full disk is being tried: neither is healed by a new start, so neither stops the
pulse. What stops it is a poll that never comes back, a write that never comes back, and a loop that stands still.
"""

import asyncio
from collections.abc import Callable

import msgspec

from doors.clock import Clock
from doors.progress import Progress
from doors.systemd import Notifier
from gateway.config import Plan
from gateway.config_device import Wired
from gateway.core.box.restarts import Starts
from gateway.core.facts import Facts
from gateway.core.site import Site
from gateway.io.keeping import Keeper
from gateway.io.mqtt import Pictures

POLLS = 3
"""Rounds that a device may be late."""
TIMEOUTS = 10
"""Unanswered requests in a round, of each device on the same wire."""
AT_LEAST_S = 60.0
"""Real seconds that every part gets: a small computer is busy now and then."""
STORE_S = 180.0
"""Real seconds for one write: a worn card stands still for long, and comes back."""
BEAT_S = 5.0
STORE, TIME = "store", "time"


class Unit(msgspec.Struct, frozen=True):
    """As systemd has started this program; by hand there is nothing of it."""

    notifier: Notifier = msgspec.field(default_factory=Notifier)
    starts: Starts | None = None


class Pulse:
    """Who has moved lately, and systemd, which is told."""

    def __init__(self, plan: Plan, clock: Clock, notifier: Notifier) -> None:
        self._notifier = notifier
        self._facts = plan.facts
        self._progress = Progress()
        for wired in plan.wired:
            self._progress.expect(_name(wired.table.name), _within_s(wired, plan, clock))
        self._progress.expect(TIME, AT_LEAST_S)
        self._progress.expect(STORE, max(AT_LEAST_S, STORE_S))

    def polled(self, device: str) -> None:
        """A round of this device is over, with or without an answer."""
        self._progress.done(_name(device))

    def ticked(self) -> None:
        """Time has been looked at, and all that follows from it."""
        self._progress.done(TIME)

    async def run(self, keeper: Keeper, site: Callable[[], Site], centre: Pictures | None) -> None:
        """Serve until cancelled."""

        def said() -> str:
            up = centre.link.up if centre is not None else None
            return sentence(site(), self._facts, centre_up=up, behind=keeper.behind)

        async with asyncio.TaskGroup() as group:
            group.create_task(self._notifier.watch(self._progress, said), name="watch")
            group.create_task(self._feel(keeper), name="feel the store")

    async def _feel(self, keeper: Keeper) -> None:
        """Ask the thread that writes for nothing: it answers between two writes, also while the disk refuses.

        While it mends a large file it answers nobody, but shows that it goes on.
        """
        beat_s = min(BEAT_S, self._notifier.every_s or BEAT_S)
        while True:
            answer, signs = asyncio.wrap_future(keeper.later(_nothing)), keeper.signs
            while not answer.done():
                await asyncio.wait({answer}, timeout=beat_s)
                if keeper.signs != signs:
                    signs = keeper.signs
                    self._progress.done(STORE)
            answer.result()
            self._progress.done(STORE)
            await asyncio.sleep(beat_s)


def sentence(site: Site, facts: Facts, *, centre_up: bool | None, behind: bool) -> str:
    """How it is, for `systemctl status`: only what seldom changes. `centre_up` None: there is no centre."""
    silent = ", ".join(site.memory.silent)
    parts = [f"{len(facts.devices) - 1} devices polled" + (f", silent: {silent}" if silent else "")]
    if centre_up is not None:
        parts.append("the centre is there" if centre_up else "no link to the centre")
    parts += ["the disk refuses, what is new waits in memory"] if behind else []
    parts += ["the battery of the box ends"] if site.ending.farewell is not None else []
    return "; ".join(parts)


def _nothing() -> None:
    return None


def _name(device: str) -> str:
    return f"poll of {device}"


def _within_s(wired: Wired, plan: Plan, clock: Clock) -> float:
    """Real seconds between two rounds of a device at most: its pace, and everybody's patience on its wire."""
    on_the_wire = [one for one in plan.wired if one.line == wired.line]
    patience_s = TIMEOUTS * sum(one.profile.link.timeout_s + one.profile.link.pause_s for one in on_the_wire)
    return max(AT_LEAST_S, POLLS * clock.real_seconds(wired.table.poll_every_s) + patience_s)
