"""Deep sleep between reports, for a node on a battery of its own; loaded only where `sleep_s` is set."""

import asyncio

from micropython import const
from node.core import power, quality

_LOOK_MS = const(50)
_AGAIN_MS = const(60_000)
_MAINS = (1, 2, 3, 4)
"""Channels."""


class Dozing:
    """When `app` sleeps, and what that costs. `carried`: what the sleep before handed over, or None."""

    def __init__(self, app, carried):
        self._app = app
        self.duty = power.Duty(*carried.duty) if carried else power.Duty()
        self._seen_ms = self._moved_ms = app.now_ms()
        self._awake_ms = self._radio_ms = 0
        self._spent(app.board.early_ms)
        self._queued = 0
        self._not_before_ms = 0

    async def run(self):
        """Once all is told and confirmed, or too long in vain, sleep till the next report."""
        while True:
            now_ms = self._look()
            # a task that has died ends the life, and the loader counts it: a sleep would hide it
            if now_ms >= self._not_before_ms and not self._app.restarting and not self._stays(now_ms):
                await self._sleep()
                self._not_before_ms = self._app.now_ms() + _AGAIN_MS
            await asyncio.sleep_ms(_LOOK_MS)

    def told(self):
        """For the status: ms of a day, as measured."""
        awake, radio, sleeping = self.duty.per_day()
        return {"awake_ms": awake, "radio_ms": radio, "sleeping_ms": sleeping}

    def _look(self):
        now_ms = self._app.now_ms()
        self._spent(now_ms - self._seen_ms)
        self._seen_ms = now_ms
        queued = self._app.backlog.queued()
        if queued < self._queued:
            self._moved_ms = now_ms
        self._queued = queued
        return now_ms

    def _spent(self, past_ms):
        radio_ms = past_ms if self._app.board.radio() else 0
        self._awake_ms += past_ms
        self._radio_ms += radio_ms
        self.duty.spent(past_ms, radio_ms)

    def _stays(self, now_ms):
        app = self._app
        alarm_ms = None if app.alarm_ms is None else now_ms - app.alarm_ms
        mains = 0 if [one for one in app.inputs if one.row[0] in _MAINS and one.last[0] == 0] else None
        said = [one.last[1] != quality.NOT_YET_READ and not one.told.waits() for one in app.inputs]
        return power.stays(
            app.awake_ms(), app.settings.get("awake_ms", power.AWAKE_MS), alarm_ms, now_ms - self._moved_ms, mains,
            app.updating.awake(), bool(said) and all(said) and app.talk.greeted(), self._queued, app.talk.link.up,
        )  # fmt: skip

    async def _sleep(self):
        """Say so, go, and be another start of the same boot; returns when something came up that must be told."""
        app = self._app
        alarm_ms, talk = app.alarm_ms, app.talk
        seconds = self._seconds()
        talk.quiet = True
        await talk.tell_status(seconds)
        if app.alarm_ms == alarm_ms:
            await talk.link.goodbye()
        now_ms = self._look()
        app.backlog.settle(now_ms // 1000, app.sagging(), everything=True)
        if app.alarm_ms == alarm_ms and app.board.remember(self._mark(seconds)):
            app.board.sleep(seconds)
        talk.quiet = False
        talk.health()

    def _seconds(self):
        from node.core import sleeping

        settings = self._app.settings
        period_s = min([settings["sleep_s"]] + [one.told.period_s() for one in self._app.inputs])
        return sleeping.sleep_s(period_s, self._awake_ms, self._radio_ms, settings.get("power"))

    def _mark(self, seconds):
        """`rows`: what the gateway knows of the flags, so that a change while asleep is told at once."""
        from node.core import lives, sleeping

        app, duty = self._app, self.duty
        rows = [(one.row[0],) + one.told.known() for one in app.inputs if one.row[2] == "flag" and one.told.known()]
        carried = sleeping.Carried(
            int(app.boot, 16), app.now_ms(), app.backlog.last_seq, app.wall.wall0, app.backlog.dropped(),
            (duty.awake, duty.radio, duty.asleep), app.board.clock_ms(), seconds, rows, app.backlog.in_ram(),
        )  # fmt: skip
        return lives.mark(lives.ASLEEP, 0, carried.packed())
