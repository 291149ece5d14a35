"""What the node says, in which order: who it is, how it is, the newest values, the time it needs, then the past."""

import asyncio
import gc

from micropython import const
from node.core import wire
from node.core.wall import MOST_NUMBER
from node.io.link import Link
from node.io.unload import unload

_AT_A_TIME = const(24)
"""Records in one report: some 700 bytes, for which a crumbled heap still has a place, four times over."""
_HEALTH_MS = const(300_000)
_PAUSE_MS = const(200)
_PRESENT_MS = const(5_000)
"""So long after a connect the past waits for the present to be looked at."""
_SYNCED = const(2)


class Talk:
    """The node's mouth and ear. `app` is the node that it speaks for."""

    def __init__(self, app):
        from contract import topics

        self._app = app
        settings = app.settings
        site, node = settings["site"], settings["node"]
        self._birth = topics.node_birth(site, node)
        self._status = topics.node_status(site, node)
        self._report = topics.node_report(site, node)
        self._wish = topics.node_wish(site, node)
        self._ears = {
            topics.node_config(site, node): self._config,
            topics.node_mark(site, node): self._mark,
            topics.node_time(site, node): self._time,
            topics.node_update(site, node): self._update,
            topics.node_piece(site, node): self._piece,
        }
        once = (topics.node_time(site, node), topics.node_piece(site, node))
        filters = [(topic, 0 if topic in once else 1) for topic in self._ears]
        will = (self._status, wire.will(app.boot))
        self.link = Link(settings["link"], filters, will, self._hear, app.board.carrier, self._alive)
        unload("contract.topics", "contract")
        self._greeted = 0
        self._live_seq = 0
        """Up to here the newest were told, or left to history."""
        self._past_ms = 0
        self._was_live = False
        self._news = asyncio.Event()
        self._health_due_ms = 0
        self._new_config = None
        self._introduced = self._marked = False
        self.quiet = False
        """About to sleep: nothing more is said."""
        self.unread = ""
        """Why the last message from the gateway could not be used."""

    def _alive(self):
        self._app.made("link")

    def news(self):
        """A record was kept: report it soon."""
        self._news.set()

    def health(self):
        """Something about the node has changed: its status soon."""
        self._health_due_ms = 0
        self._news.set()

    def greeted(self):
        """Has whoever listens now been told who speaks?"""
        return self.link.up and self._greeted == self.link.ups

    def understood(self):
        """Does the gateway hear this start, and has it kept what there was to tell?"""
        return self.greeted() and (self._marked or not self._app.backlog.last_seq)

    def introduce(self):
        """Another configuration: other channels."""
        self._introduced = False

    def _hear(self, topic, payload, retained):
        ear = self._ears.get(topic)
        if ear is None or not (len(payload) or ear == self._update):
            return
        try:
            ear(payload)
        except wire.Refused as fault:
            self.unread = str(fault)

    def _config(self, payload):
        self._new_config = bytes(payload)
        self._news.set()

    def _mark(self, payload):
        boots = wire.mark(payload)
        self._marked = self._marked or self._app.boot in boots
        self._app.backlog.forget(boots)

    def _time(self, payload):
        if self._app.wall.answered(self._app.now_ms(), *wire.time(payload)):
            self._app.backlog.set_wall(self._app.wall.wall0)

    def _update(self, payload):
        self._app.updating.offered(wire.update(payload) if len(payload) else None)

    def _piece(self, payload):
        self._app.updating.came(bytes(payload))

    async def run(self):
        """Say what is due, most urgent first; the past only when nothing else waits."""
        while True:
            self._app.made("talk")
            if self._new_config:
                body, self._new_config = self._new_config, None
                self._app.configure(body)
                self._health_due_ms = 0
            if not (self.link.up and not self.quiet and await self._one_thing()):
                self._news.clear()
                try:
                    await asyncio.wait_for_ms(self._news.wait(), _PAUSE_MS)
                except asyncio.TimeoutError:
                    pass

    async def _one_thing(self):
        """The most urgent that is due; False when nothing is, or when it could not be said."""
        app = self._app
        now_ms = app.now_ms()
        if self._greeted != self.link.ups:
            return await self._greet()
        if not self._introduced:
            return await self._introduce()
        if app.backlog.last_seq > self._live_seq and not self._was_live:
            self._was_live = True
            return await self._tell_new()
        self._was_live = False  # what is measured all the time must not keep all else from being told
        if now_ms >= self._health_due_ms:
            self._health_due_ms = now_ms + app.settings.get("health_ms", _HEALTH_MS)
            return await self.tell_status()
        if app.wall.due(now_ms):
            if await self.link.publish(self._wish, wire.wish_time(now_ms & MOST_NUMBER), qos=0):
                app.wall.wished(now_ms)
            return True
        if now_ms < self._past_ms and [1 for one in app.inputs if one.told.waits()]:
            return False
        return await self._tell_past() or app.backlog.last_seq > self._live_seq

    async def _greet(self):
        app = self._app
        greeted = self.link.ups
        app.backlog.rewind()
        if not (await self._introduce() and await self.tell_status()):
            return False
        self._greeted = greeted
        self._live_seq = app.backlog.last_seq  # what was measured before comes as history; the present is looked at now
        self._past_ms = app.now_ms() + _PRESENT_MS
        for one in app.inputs:
            one.told.again()
        return True

    async def _introduce(self):
        app = self._app
        rows = [one.row for one in app.inputs]
        body = wire.birth(app.boot, app.now_ms() // 1000, app.updating.version, app.board.name, rows, app.cause)
        self._introduced = True
        self._introduced = await self.link.publish(self._birth, body, retain=True)
        return self._introduced

    async def tell_status(self, asleep_s=0):
        """How the node is; True when the broker has it."""
        app = self._app
        gc.collect()
        clock, wall = app.wall.told(app.now_ms())
        told = {
            "asleep_s": asleep_s,
            "heap": gc.mem_free(),
            "rssi": app.board.rssi(),
            "queued": app.backlog.queued(),
            "dropped": app.backlog.dropped(),
            "clock": clock,
            "wall": wall,
            "slot": app.updating.slot,
            "trial": app.updating.trial,
            "config": app.revision,
            "update": app.updating.word,
            "refused": app.refused or app.backlog.fault or self.link.deaf(),
        }
        if app.dozing:
            told.update(app.dozing.told())
        return await self.link.publish(self._status, wire.status(app.boot, app.now_ms() // 1000, told), retain=True)

    async def _tell_new(self):
        app = self._app
        batch = app.backlog.newest(self._live_seq, _AT_A_TIME)
        self._live_seq = app.backlog.last_seq  # whatever becomes of it: they stay in the store, and come as history
        if not batch:
            return True
        clock, wall = app.wall.told(app.now_ms())
        body = wire.report(app.boot, app.now_ms() // 1000, batch, clock, wall, app.backlog.oldest(app.boot))
        if not await self.link.publish(self._report, body):
            return False
        app.backlog.sent(batch[0][0], batch[-1][0])
        return True

    async def _tell_past(self):
        app = self._app
        up_s = app.now_ms() // 1000
        boot, wall0, batch = app.backlog.next_batch(_AT_A_TIME, up_s)
        if not batch:
            return False
        up_s = up_s if boot == app.boot else batch[-1][1]
        clock = app.wall.quality(app.now_ms()) if boot == app.boot else (_SYNCED if wall0 else 0)
        body = wire.replay(boot, up_s, batch, clock, wall0, app.backlog.oldest(boot))
        return await self.link.publish(self._report, body)

    async def ask_piece(self, wanted):
        """Ask for a piece of an update: (digest, offset, size)."""
        return await self.link.publish(self._wish, wire.wish_piece(*wanted), qos=0)
