"""The screen: looks into the cache when it is woken and once a second, and draws when something changed."""

import logging
import signal
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock as Frames

from contract.freshness import Now
from doors.clock import Clock
from doors.systemd import Notifier
from kiosk.app.owning import Owning
from kiosk.app.proof import Proof
from kiosk.app.shots import Shots
from kiosk.app.signs import FrameWatch
from kiosk.app.visitor import Visitor
from kiosk.config import Settings
from kiosk.core.view import View, view
from kiosk.io.cache import CacheReader
from kiosk.io.texts import words
from kiosk.io.wake import Doorbell
from kiosk.screens.root import Root

log = logging.getLogger(__name__)

TICK_S = 0.2
LOOK_S = 1.0
"""Ages grow without any message: the view is made anew so often; equal views draw nothing."""


class Screen:
    """One screen: cache in, pixels out. It only puts its parts together; each lies in a file of its own."""

    def __init__(self, settings: Settings, clock: Clock, *, shots: Path | None, seconds: float | None) -> None:
        self._settings = settings
        self._clock = clock
        self._seconds = seconds
        self._cache = CacheReader(settings.cache_path, settings.site.id, settings.site.simulated)
        self._bell = Doorbell(settings.wake_path)
        self._said: set[str] = set()
        self._stopping = False
        self.frames = FrameWatch(Notifier())
        self.shots = Shots(shots, self._say_once)
        self.proof = Proof(settings, clock, self._now, self._say_once)
        self.visitor = Visitor(settings.screen, self._restyle)
        self.owning = Owning()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGUSR1, lambda *_: self.shots.ask())

    def start(self, window: Any) -> Root:
        """Make the widgets and set the clocks going."""
        self._window = window
        window.bind(on_touch_down=self._touched, on_flip=self._flipped, on_request_close=lambda *_, **__: True)
        self._looked_s = self._started_s = self.visitor.touched_s = Frames.get_time()
        self.root = Root(self._view(), self.visitor.style, self.visitor.choose)
        self.owning.look(self.root, self.proof.done)
        Frames.schedule_interval(self._tick, TICK_S)
        return self.root

    def close(self) -> None:
        """Free the socket."""
        self._bell.close()

    def _now(self) -> Now:
        return Now(self._clock.up_ms(), self._clock.wall_ms(), self._clock.quality())

    def _view(self) -> View:
        self._held = self._cache.held(self._clock.boot)
        if self._held.picture is not None:
            self._clock.hear(self._held.picture.head)
        site = self._settings.site
        return view(self._held, self._now(), words(self.visitor.language), site.id, site.simulated)

    def _restyle(self) -> None:
        self.root.restyle(self.visitor.style, self._view())

    def _tick(self, _seconds: float) -> None:
        """Five times a second: knocked at, a second gone, somebody gone, told to stop?"""
        now_s = Frames.get_time()
        if self._bell.rung() or now_s - self._looked_s >= LOOK_S:
            self._looked_s = now_s
            self._look()
        if self.frames.ticked(now_s) or self._bell.asked:
            self._window.canvas.ask_update()
        self.visitor.look(self.root, now_s, self.shots.busy)
        if not self._stopping:
            self.shots.ticked(self.root, now_s, now_s - self._started_s > 2 * TICK_S)
        over = self._seconds is not None and now_s - self._started_s >= self._seconds
        if (over or self._stopping) and not self.shots.busy:
            self._end()

    def _look(self) -> None:
        """What the cache holds now becomes what is shown."""
        self.root.show(self._view())
        self.owning.look(self.root, self.proof.done)
        self.proof.tell_never_drawn(self.root, self._held)

    def _end(self) -> None:
        """The last pictures, then the end."""
        self.frames.stopping()
        self.shots.begin(self.root, then=App.get_running_app().stop)

    def _flipped(self, *_: object) -> None:
        """A frame has reached the panel."""
        self.frames.flipped()
        if self._bell.asked:
            # answered in the next round of the loop: a panel that never takes the frame lets no answer out
            Frames.schedule_once(lambda _: self._bell.answer(self._clock.up_ms()), 0)
        self.proof.flipped(self.root, self._held)

    def _touched(self, *_: object) -> bool:
        return self.visitor.touched(self.root)

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            log.warning("%s", sentence)

    def _on_stop(self, *_: object) -> None:
        self._stopping = True
