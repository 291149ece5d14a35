"""The screen: looks into the cache when it is woken and once a second, and draws when something changed."""

import logging
import signal
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock as Frames

from contract.freshness import Now
from contract.words import ClockQuality
from doors.clock import Clock
from doors.systemd import Notifier
from kiosk.app.gallery import Gallery
from kiosk.app.lasting import Lasting
from kiosk.app.owning import Owning
from kiosk.app.proof import Proof
from kiosk.app.shots import Shots
from kiosk.app.signs import FrameWatch
from kiosk.app.telling import Telling
from kiosk.app.visitor import Visitor
from kiosk.config import Settings
from kiosk.core.age import local
from kiosk.core.day.attract import turn
from kiosk.core.view import View, view
from kiosk.core.warnings.checks import watched_of
from kiosk.io.advice import library
from kiosk.io.cache import CacheReader
from kiosk.io.texts import words
from kiosk.io.wake import Doorbell
from kiosk.screens.root import Root

log = logging.getLogger(__name__)

TICK_S = 0.2
TELL_HERE_S = 20.0
"""Real seconds: how often the keeper hears that somebody is here."""


class Screen:
    """One screen: cache in, pixels out. It only puts its parts together; each lies in a file of its own."""

    def __init__(
        self, settings: Settings, clock: Clock, *, shots: Path | None, seconds: float | None, told: Path | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._seconds = seconds
        self._cache = CacheReader(settings.cache_path, settings.site.id, settings.site.simulated)
        self._bell = Doorbell(settings.wake_path)
        self._said: set[str] = set()
        self._watched = watched_of({name: feed.kind for name, feed in settings.asked_feeds.items()})
        self._stopping = False
        self.frames = FrameWatch(Notifier())
        self.gallery = Gallery(self._cache.picture, self._say_once)
        self.lasting = Lasting(settings.screen, self._say_once)
        self.shots = Shots(shots, self._say_once)
        self._telling = Telling(told, clock, self._say_once)
        self.proof = Proof(settings, clock, self._now, self._say_once)
        self.visitor = Visitor(
            settings.screen, self._restyle, speech=settings.speech, keys=settings.keys, hour=self._hour,
            say=self._say_once,
        )  # fmt: skip
        self.owning = Owning(self.proof.before(), wake=self._wake)
        self.owning.sounded, self.owning.was_read = self.visitor.sound, self.proof.read
        self.visitor.reads = self.owning.touched
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGUSR1, lambda *_: self.shots.ask())

    def start(self, window: Any) -> Root | None:
        """Make the widgets and set the clocks going; None when the safe page stands in their place."""
        self._window = window
        window.bind(on_touch_down=self._touched, on_flip=self._flipped, on_request_close=lambda *_, **__: True)
        self._looked_s = self._started_s = self.visitor.touched_s = self._told_s = Frames.get_time()
        self.lasting.begin(window, self._bell, self._tick, lambda: window.add_widget(self._made(window)))
        self.visitor.wakes = self.lasting.saving.touched
        self.visitor.listening.thrifty = lambda: not self.lasting.saving.means.fine_voice
        # Kivy forgets an event that raised; this one must go on behind the safe page
        Frames.schedule_interval(lambda _: self.lasting.guarded(self._tick), TICK_S)
        return self.lasting.guarded(lambda: self._made(window))

    def _made(self, window: Any) -> Root:
        """The widgets, whole; the ones before stay what is looked after until then."""
        root = Root(
            self._view(), self.visitor.style, self.visitor.choose, library=library(), pictures=self.gallery.texture
        )
        root.read = lambda: self.owning.read(root)
        root.left = lambda: self.owning.left(root)
        self.visitor.attach(window, root)
        self.owning.look(root)
        self.root = root
        return root

    def close(self) -> None:
        """Free the socket; no voice goes on alone."""
        self.visitor.close()
        self.lasting.close()
        self._bell.close()

    def _now(self) -> Now:
        return Now(self._clock.up_ms(), self._clock.wall_ms(), self._clock.quality())

    def _hour(self) -> int | None:
        """Of the day at the site, when a clock can be believed."""
        now = self._now()
        return None if now.wall_ms is None or now.clock is ClockQuality.UNSYNCED else local(now.wall_ms).hour

    def _view(self) -> View:
        self._held = self._cache.held(self._clock.boot)
        if self._held.picture is not None:
            self._clock.hear(self._held.picture.head)
        site = self._settings.site
        return view(
            self._held, self._now(), words(self.visitor.language), site.id, site.simulated,
            place=self._settings.here, boot=self._clock.boot, watched=self._watched,
        )  # fmt: skip

    def _restyle(self) -> None:
        self.root.restyle(self.visitor.style, self._view())

    def _tick(self) -> None:
        """Five times a second, and when the keeper knocks: something new, somebody gone, told to stop?

        Where power is saved it is less often; a knock is heard at once all the same.
        """
        now_s = Frames.get_time()
        knocked = self._bell.rung()
        self.frames.keeper(self._bell.taken, now_s)
        if self.frames.ticked(now_s) or self._bell.asked:
            self._window.canvas.ask_update()
        if not self.lasting.safe.showing:
            if knocked or now_s - self._looked_s >= self.lasting.saving.means.look_s:
                self._looked_s = now_s
                self._look()
            self._care(now_s)
        over = self._seconds is not None and now_s - self._started_s >= self._seconds
        if (over or self._stopping) and not self.shots.busy:
            self._end()

    def _care(self, now_s: float) -> None:
        """For the visitor, for power, and for whoever looks from elsewhere."""
        busy = self.shots.busy
        self.visitor.look(self.root, now_s, busy)
        if self.visitor.touched_s > self._told_s and now_s - self._told_s >= TELL_HERE_S:
            self._told_s = now_s
            self._bell.here()
        if self.root.page_name == "home":
            alone_s = 0.0 if busy else now_s - self.visitor.touched_s
            self.root.page.fact = turn(self.root.view, alone_s, self._settings.screen.attract_after_s)
        self.lasting.look(self.root, self._held, self._now(), now_s, self.visitor.touched_s, busy=busy)
        if not self._stopping:
            self.shots.ticked(self.root, now_s, now_s - self._started_s > 2 * TICK_S)

    def _look(self) -> None:
        """What the cache holds now becomes what is shown."""
        self.root.show(self._view())
        self.owning.look(self.root)
        self.proof.tell_never_drawn(self.root)

    def _end(self) -> None:
        """The last pictures, then the end."""
        self.frames.stopping()
        stop = App.get_running_app().stop
        if self.lasting.safe.showing:
            stop()
        else:
            self.shots.begin(self.root, then=stop)

    def _flipped(self, *_: object) -> None:
        """A frame has reached the panel."""
        self.frames.flipped()
        if self._bell.asked:
            # answered in the next round of the loop: a panel that never takes the frame lets no answer out
            Frames.schedule_once(lambda _: self._bell.answer(self._clock.up_ms(), self.lasting.safe.trouble), 0)
            self._tell_opened()
        if not self.lasting.safe.showing:
            self.proof.flipped(self.root, self.lasting.saving.why_dark)
        safe = self.lasting.safe.showing
        self._telling.flipped(None if safe else self.root, self.lasting.saving.face, safe=safe)

    def _tell_opened(self) -> None:
        """Once a minute, with the answer: how often each page was opened, for the keeper to add up."""
        counts = self.visitor.opened.taken()
        if counts and not self._bell.opened(counts):
            self.visitor.opened.add_all(counts)

    def _touched(self, _window: object, touch: object = None) -> bool:
        self.visitor.here()
        if self.lasting.safe.showing:
            return True
        if self.lasting.saving.touched():
            self.visitor.woken(self.root)
            return True
        return self.visitor.touched(self.root, touch)

    def _wake(self) -> None:
        """A message takes the screen: light at once, from whatever depth of saving."""
        self.lasting.saving.wake(Frames.get_time())

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            log.warning("%s", sentence)

    def _on_stop(self, *_: object) -> None:
        self._stopping = True
