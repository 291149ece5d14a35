"""The node: wires its parts. One supervisor; the watchdog is fed only while every task gets on.

The path of a value: `measure` looks, `keep(record)` puts it into the store, `talk` reports it. Whatever could not be
reported comes later as history. Of the store (`core/backlog.py`) it needs `keep`, `next_batch`, `sent`, `forget`,
`settle`, `rewind`. What makes this node itself lies in `start/node.json` (see README.md); `start/config.json` is the
last configuration that fitted.
"""

import asyncio
import gc
import sys
import time

from micropython import const
from node.core import quality, ticks, wire
from node.core.backlog import Backlog
from node.core.progress import Progress
from node.core.telling import AT_ONCE, NOT_NOW
from node.core.wall import Wall
from node.io import boards, kept
from node.io.flash import Flash
from node.io.unload import unload
from node.talking import Talk
from node.updating import Updating

SILENCE_MS = {"measure": 10_000, "talk": 90_000, "link": 180_000, "store": 60_000, "update": 60_000}
"""So long a task may say nothing; a report waits for its confirmation, a link for the Wi-Fi."""
_STARVE_MS = const(8_000)
"""After so long without food the watchdog bites; it is what RP2040 has at most."""
_FEED_MS = const(500)
_SEGMENTS = const(64)
"""Of 250 records and 4 KiB of flash: eleven days at one a minute; each costs 24 bytes of RAM."""
_SETTLE_MS = const(2_000)
_CALM_MS = const(600_000)
"""A life of that length was none of the short ones."""
_GARBAGE = const(4096)
"""So many bytes may be thrown away before the heap is cleared: rarely, and what lasts would lie all over it."""
_ROOM = const(4096)
"""So much must be free in one piece beside a configuration that comes: to speak of it takes memory, too."""
_BATTERY = (24, 20)
"""Channels that tell the node's supply: its own, or the start battery."""


class App:
    """One life of the node, from start to restart. `root`: of the file system, "" on a board."""

    def __init__(self, root, slot, trial):
        self.settings = kept.read_json(root + "/start/node.json")
        self.board = boards.here(root, self.settings)
        carried = self._begin(trial)
        self.boot = "%08x" % carried.boot if carried else self.board.boot_id()
        self._uptime = ticks.Uptime(time.ticks_ms(), carried.up if carried else 0)
        self._woke_ms = self.now_ms()
        self._config_file = root + "/start/config.json"
        self.progress = Progress(self.settings.get("silence_ms", SILENCE_MS), self._woke_ms)
        self.wall = Wall()
        self.backlog = Backlog(Flash(root + "/records"), self.boot, segments=_SEGMENTS, feed=self.board.feed)
        self.inputs = []
        self.revision = 0
        self.refused = ""
        self._unkept = None
        self.restarting = False
        self.alarm_ms = None
        """When something was last worth a report at once."""
        self.talk = Talk(self)
        self.updating = Updating(self, root, slot, trial)
        self._configure(kept.read(self._config_file), fresh=False)
        self.dozing = None
        if self.settings.get("sleep_s") and self.board.sleeps:
            from node.dozing import Dozing

            self.dozing = Dozing(self, carried)
        if carried:
            self._resume(carried)
            unload("node.core.sleeping")

    def _begin(self, trial):
        """Why this start; rest first after many short lives. What a deep sleep handed over, or None."""
        from node.core import lives

        letter, count, body = lives.taken(self.board.recall())
        short, self.cause, rest_s = lives.began(letter, count, body, self.board.reset_cause())
        if rest_s and not trial:  # a trial has its own end
            self.board.remember(lives.mark(lives.RESTED, short, self.cause.encode()))
            self.board.sleep(rest_s)
        self.board.remember(lives.mark(lives.ALIVE, short))
        self._calm = lives.mark(lives.ALIVE, 0) if short else b""
        letter = letter == lives.ASLEEP
        del lives
        unload("node.core.lives")
        if not letter:
            return None
        from node.core.sleeping import woken

        return woken(body, self.board.clock_ms())

    def _resume(self, carried):
        self.backlog.resume(carried.seq, carried.wall0, carried.dropped, carried.slots)
        self.wall.resume(self._woke_ms, carried.wall0)
        for channel, found, value in carried.rows:
            for one in self.inputs:
                if one.row[0] == channel:
                    one.told.resume(found, value)

    def supply_mv(self):
        """mV of the node's supply, None if it is not known."""
        for channel in _BATTERY:
            for one in self.inputs:
                if one.row[0] == channel and one.last[0] is not None:
                    return one.last[0]
        return None

    def sagging(self):
        """Is the supply too low to write flash? Where a limit is set, also until it was measured once."""
        least = self.settings.get("least_mv")
        if self.board.sagging() or least is None:
            return self.board.sagging()
        millivolt = self.supply_mv()
        if millivolt is None:
            return [1 for one in self.inputs if one.row[0] in _BATTERY and one.last[1] == quality.NOT_YET_READ] != []
        return millivolt < least

    def now_ms(self):
        """Uptime, without wrap."""
        return self._uptime.ms(time.ticks_ms())

    def awake_ms(self):
        """Since it started or woke."""
        return self.now_ms() - self._woke_ms

    def made(self, name):
        """A task has got on."""
        self.progress.made(name, self.now_ms())

    def configure(self, body):
        """The gateway's configuration came: work with it and keep it, or say in one sentence why not."""
        self._configure(body, fresh=True)

    def _configure(self, body, fresh):
        if not body:
            return
        known = set(sys.modules)
        try:
            config = wire.config(body)
            if fresh and config["revision"] == self.revision:
                self.refused = ""
                return
            inputs = self._fitted(config, _ROOM if fresh else 0)
        except (wire.Refused, ValueError, MemoryError) as fault:
            self.refused = "no memory for so much" if isinstance(fault, MemoryError) else str(fault)[:200]
            unload(*[name for name in sys.modules if name not in known])  # sensors that nobody will use
            for one in self.inputs:
                one.driver.start()
            return
        self.inputs, self.revision, self.refused = inputs, config["revision"], ""
        if fresh:
            self._unkept = body
            self.talk.introduce()
            self._keep_config()

    def _keep_config(self):
        """As soon as the supply lets it be written; the broker has it until then."""
        if self._unkept and not self.sagging():
            if not kept.write(self._config_file, self._unkept):
                self.refused = "cannot be kept: flash"
            self._unkept = None

    def _fitted(self, config, room):
        """Inputs that are started, with so many bytes left in one piece; what fits them is loaded for it only."""
        try:
            from node.checking import checked

            rows = checked(config, self.board)
            del checked  # or its file stays where the drivers need room
            unload("node.checking", "node.core.options", "node.core.channels")
            from node.fitting import fitted

            inputs = fitted(config, rows, self.board)
            del fitted
        finally:
            unload("node.checking", "node.core.options", "node.core.channels", "node.fitting", "node.io.boards.wiring")
        bytearray(room)
        for one in self.inputs:
            one.stop()
        for one in inputs:
            one.driver.start()
        return inputs

    async def capture(self):
        """Between the looks glance at what may pass within a second: the start battery while an engine is started."""
        while True:
            wait_ms = 1_000
            for one in self.inputs:
                wait_ms = min(wait_ms, one.glance(self.now_ms()))
            await asyncio.sleep_ms(wait_ms)

    async def measure(self):
        """Look at every input in its time; what is worth it becomes a record."""
        while True:
            now_ms = self.now_ms()
            wait_ms = 1_000
            for one in self.inputs:
                if now_ms >= one.due_ms:
                    value, found = one.look(now_ms)
                    news = one.told.feed(now_ms, value, found, getattr(one.driver, "urgent", False))
                    if news != NOT_NOW:
                        one.told.told(now_ms, value, found)
                        if news == AT_ONCE:
                            self.alarm_ms = now_ms
                        self._keep((one.row[0], value, found), now_ms, news == AT_ONCE)
                wait_ms = min(wait_ms, one.due_ms - now_ms)
            self.made("measure")
            await asyncio.sleep_ms(max(0, wait_ms))

    def _keep(self, measured, now_ms, first):
        record = (self.backlog.last_seq + 1, now_ms // 1000) + measured
        try:
            self.backlog.keep(record, first)
        except ValueError:
            return  # a number that no record can hold: its sensor is at fault, and the next look says so
        self.talk.news()

    async def store(self):
        """The only task that writes records to flash."""
        while True:
            self.backlog.settle(self.now_ms() // 1000, self.sagging())
            self._keep_config()
            self.made("store")
            await asyncio.sleep_ms(_SETTLE_MS)

    async def supervise(self):
        """Feed the watchdog while everybody gets on; end when a restart is wanted."""
        fed_ms = self.now_ms()
        while not self.restarting:
            now_ms = self.now_ms()
            late = self.progress.late(now_ms)
            if late is None:
                self.board.feed()
                fed_ms = now_ms
            elif now_ms - fed_ms > self.settings.get("starve_ms", _STARVE_MS):
                self.board.starving(late)
            if self._calm and self.awake_ms() > _CALM_MS:
                self.board.remember(self._calm)
                self._calm = b""
            await asyncio.sleep_ms(_FEED_MS)

    async def run(self):
        """All tasks until a restart is wanted; one that ends by a fault ends the life, and the loader counts it."""
        jobs = [self.measure(), self.capture(), self.store()]
        jobs += [self.talk.run(), self.talk.link.run(), self.updating.run()]
        if self.dozing:
            jobs.append(self.dozing.run())
        tasks = [asyncio.create_task(self._watched(job)) for job in jobs]
        self._fault = None
        try:
            await self.supervise()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.sleep_ms(0)
            self.backlog.settle(self.now_ms() // 1000, self.sagging(), everything=True)
        if self._fault:
            raise self._fault

    async def _watched(self, job):
        try:
            await job
        except Exception as fault:
            self._fault = fault
            self.restarting = True


def main(root, slot, trial):
    """Called by the loader; returns when the board is to be reset, raises when the program is at fault."""
    gc.collect()
    gc.threshold(_GARBAGE)
    app = App(root, slot, trial)
    asyncio.run(app.run())
    from node.core import lives

    app.board.remember(lives.mark(lives.ENDED, 0))
