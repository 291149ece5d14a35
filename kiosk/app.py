"""The screen: looks into the cache when it is woken and once a second, and draws when something changed.

`kiosk.io.surface.prepare` must have been called before this module is imported: Kivy reads the environment then.
"""

import logging
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kivy.app import App
from kivy.base import EventLoop
from kivy.clock import Clock as Frames
from kivy.config import Config

from contract.freshness import Now
from doors.clock import Clock
from doors.systemd import Notifier
from kiosk.config import Settings
from kiosk.core.alerts import sort
from kiosk.core.faults import CannotDraw
from kiosk.core.style import Style
from kiosk.core.view import View, view
from kiosk.io.cache import CacheReader
from kiosk.io.drawn import Drawn, DrawnLog
from kiosk.io.texts import words
from kiosk.io.wake import Doorbell

log = logging.getLogger(__name__)

TICK_S = 0.2
LOOK_S = 1.0
"""Ages grow without any message: the view is made anew so often; equal views draw nothing."""
MAX_FPS = 20
WARNING_S = 20.0
READING_S = 15.0
"""How long the newer of several new messages stands before the next is shown for the first time."""
SHOTS_EVERY_S = 10.0
SETTLE_FRAMES = 4
"""Frames that a page gets to lay itself out before its picture is taken."""


def show(settings: Settings, clock: Clock, *, shots: Path | None, seconds: float | None) -> int:
    """Run the screen until SIGTERM, Ctrl-C or the seconds are over; raises CannotDraw."""
    open_window(settings)
    screen = Screen(settings, clock, shots=shots, seconds=seconds)
    screen.frames = FrameWatch(Notifier.here())
    try:
        KioskApp(screen).run()
    finally:
        screen.close()
    return 0


def open_window(settings: Settings) -> None:
    """Make the window; without one there is no kiosk."""
    fonts = Path(os.environ["KIVY_DATA"] if "KIVY_DATA" in os.environ else _kivy_data()) / "fonts"
    font = str(fonts / "DejaVuSans.ttf")
    Config.set("kivy", "default_font", repr(["DejaVuSans", font, font, font, font]))
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "keyboard_mode", "")
    Config.set("graphics", "width", str(settings.screen.width))
    Config.set("graphics", "height", str(settings.screen.height))
    Config.set("graphics", "fullscreen", "auto" if settings.screen.fullscreen else "0")
    Config.set("graphics", "resizable", "0")
    Config.set("graphics", "maxfps", str(MAX_FPS))
    Config.set("graphics", "multisamples", "2")
    Config.set("input", "mouse", "mouse,disable_multitouch")
    from kivy.core.window import Window

    if Window is None:
        driver = os.environ.get("SDL_VIDEODRIVER") or "the display"
        raise CannotDraw(
            f"no window could be made on {driver}; check the display, or set SDL_VIDEODRIVER=offscreen to draw unseen"
        )


def _kivy_data() -> str:
    from kivy import kivy_data_dir

    return kivy_data_dir


class FrameWatch:
    """Signs of life to systemd: one for every frame that reached the panel since the one before, at its pace."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier
        self._told_s: float | None = None
        self._drawn = False

    def flipped(self) -> None:
        """A frame has reached the panel."""
        self._drawn = True

    def ticked(self, now_s: float) -> bool:
        """Tell it when it is time. Is a frame wanted for the next time, though nothing has changed?"""
        if not self._notifier.heard:
            return False
        if self._told_s is None:
            if self._drawn and self._notifier.ready("drawing"):
                self._told_s = now_s
            return True
        if self._notifier.every_s is None or now_s - self._told_s < self._notifier.every_s or not self._drawn:
            return not self._drawn
        self._told_s, self._drawn = now_s, False
        self._notifier.alive()
        return True

    def stopping(self) -> None:
        """The end has begun."""
        self._notifier.stopping("told to stop")


class KioskApp(App):
    """Kivy's frame round the screen: no settings panel, no title, no way out by a key."""

    def __init__(self, screen: "Screen") -> None:
        super().__init__()
        self._screen = screen

    def build(self) -> object:
        """Called by Kivy when the window is there."""
        return self._screen.start()

    def open_settings(self, *_: object) -> bool:
        """F1 opens nothing."""
        return False


class Screen:
    """One screen: cache in, pixels out, a line in the log for every message that was drawn."""

    def __init__(self, settings: Settings, clock: Clock, *, shots: Path | None, seconds: float | None) -> None:
        self._settings = settings
        self._clock = clock
        self._shots = shots
        self._seconds = seconds
        self._cache = CacheReader(settings.cache_path, settings.site.id, settings.site.simulated)
        self._bell = Doorbell(settings.wake_path)
        self._log = DrawnLog(settings.drawn_path)
        self._language = settings.screen.language
        self._style = Style(settings.screen.px_per_mm)
        self._stopping = False
        self.frames = FrameWatch(Notifier())
        self._shooting: Iterator[None] | None = None
        self._shoot_asked = False
        self._said: set[str] = set()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGUSR1, self._on_shoot)

    def start(self) -> object:
        """Make the widgets and set the clocks going."""
        from kiosk.screens.root import Root

        window = EventLoop.window
        window.bind(on_touch_down=self._touched, on_flip=self._flipped, on_request_close=lambda *_, **__: True)
        self._touch_s = self._looked_s = self._started_s = Frames.get_time()
        self._shot_s = -SHOTS_EVERY_S
        self._taken_s, self._returns = -READING_S, False
        self.root = Root(self._view(), self._style, self._choose)
        self._takeover()
        Frames.schedule_interval(self._tick, TICK_S)
        return self.root

    def close(self) -> None:
        """Free the socket."""
        self._bell.close()

    # --- what is shown ---

    def _now(self) -> Now:
        return Now(self._clock.up_ms(), self._clock.wall_ms(), self._clock.quality())

    def _view(self) -> View:
        self._held = self._cache.held(self._clock.boot)
        if self._held.picture is not None:
            self._clock.hear(self._held.picture.head)
        site = self._settings.site
        return view(self._held, self._now(), words(self._language), site.id, site.simulated)

    def _tick(self, _seconds: float) -> None:
        """Five times a second: knocked at, a second gone, somebody gone, told to stop?"""
        now_s = Frames.get_time()
        if self._bell.rung() or now_s - self._looked_s >= LOOK_S:
            self._looked_s = now_s
            self.root.show(self._view())
            self._takeover()
            self._tell_never_drawn()
        if self.frames.ticked(now_s) or self._bell.asked:
            EventLoop.window.canvas.ask_update()
        self._idle(now_s)
        over = self._seconds is not None and now_s - self._started_s >= self._seconds
        if self._shots is not None and self._shooting is None and not self._stopping:
            due = self._root_is_ready(now_s) and now_s - self._shot_s >= SHOTS_EVERY_S
            if due or self._shoot_asked:
                self._begin_shots()
        if (over or self._stopping) and self._shooting is None:
            self._end()

    def _root_is_ready(self, now_s: float) -> bool:
        return now_s - self._started_s > 2 * TICK_S

    def _end(self) -> None:
        """The last pictures, then the end."""
        self.frames.stopping()
        if self._shots is None:
            App.get_running_app().stop()
            return
        self._begin_shots(last=True)

    # --- messages that take the screen ---

    def _takeover(self) -> None:
        """A message that was never drawn takes the screen at once, an older one when the newer has been read."""
        known = self.root.view.bulletins
        new = {(one.id, one.serial) for one in known} - self._log.done
        shown = self.root.page.shown if self.root.page_name == "bulletin" else None
        read_s = Frames.get_time() - self._taken_s
        if not new:
            if self._returns and read_s >= READING_S:
                self._returns = False
                if shown is not None:
                    self.root.page.at = 0  # the newest is what stays
            return
        newer = shown is None or max(serial for _, serial in new) > shown.serial
        if newer or read_s >= READING_S:
            if shown is None:
                self.root.ask(False)
                self.root.go("bulletin")
            self.root.page.show_first_of(new)
            self._taken_s, self._returns = Frames.get_time(), True

    def _flipped(self, *_: object) -> None:
        """A frame has reached the panel: what did it show for the first time?"""
        self.frames.flipped()
        if self._bell.asked:
            # answered in the next round of the loop: a panel that never takes the frame lets no answer out
            Frames.schedule_once(lambda _: self._bell.answer(self._clock.up_ms()), 0)
        root = self.root
        if root.page_name == "bulletin" and root.page is not None and root.page.shown is not None:
            one = root.page.shown
            self._write(one.id, one.serial, one.status, drawn=True)
        for ended in root.view.ended:
            held = next((held for held in self._held.bulletins if held.bulletin.id == ended.id), None)
            if held is not None and held.bulletin.msg_type == "cancel":
                self._write(ended.id, ended.serial, held.bulletin.status, drawn=True)

    def _tell_never_drawn(self) -> None:
        """What ended before it could be drawn is answered too."""
        shown = {(one.id, one.serial) for one in self.root.view.ended}
        for held, why in sort(self._held.bulletins, self._settings.site.id, self._now()).ended:
            bulletin = held.bulletin
            if (bulletin.id, bulletin.serial) not in shown or bulletin.msg_type != "cancel":
                self._write(bulletin.id, bulletin.serial, bulletin.status, drawn=False, why_not=why)

    def _write(self, bulletin: str, serial: int, status: object, *, drawn: bool, why_not: str = "") -> None:
        if (bulletin, serial) in self._log.done:
            return
        now = self._now()
        from contract.messages import Moment

        moment = Moment(boot=self._clock.boot, up_ms=now.mono_ms, wall_ms=now.wall_ms, clock=now.clock)
        line = Drawn(
            screen=self._settings.screen.name, bulletin=bulletin, serial=serial, status=status,
            first_frame=moment if drawn else None, why_not=why_not,
        )  # fmt: skip
        try:
            self._log.append(line)
        except OSError as fault:
            self._say_once(f"what was drawn cannot be noted: {fault}; it is tried again")

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            log.warning("%s", sentence)

    # --- people ---

    def _touched(self, *_: object) -> bool:
        """Any touch means that somebody is here; a touch on the question answers only that."""
        self._touch_s = Frames.get_time()
        asked = self.root.asking
        self.root.ask(False)
        return asked

    def _idle(self, now_s: float) -> None:
        """Back to the beginning when nobody is here, after a warning."""
        alone = now_s - self._touch_s
        limit = self._settings.screen.idle_return_s
        if self._is_reset():
            self.root.ask(False)
            return
        if alone >= limit:
            self._language, self._style = self._settings.screen.language, Style(self._settings.screen.px_per_mm)
            self.root.ask(False)
            if self.root.page_name != "bulletin":
                self.root.page_name = "home"
            self.root.restyle(self._style, self._view())
        elif alone >= limit - WARNING_S:
            self.root.ask(True)

    def _is_reset(self) -> bool:
        untouched = self._language == self._settings.screen.language and self._style == Style(self._style.px_per_mm)
        return (untouched and self.root.page_name in ("home", "bulletin")) or self._shooting is not None

    def _choose(self, what: str) -> None:
        """A visitor's choice of language, size of text or theme; after the touch is over, for it rebuilds all."""
        if what == "language":
            self._language = "en" if self._language == "sv" else "sv"
        else:
            self._style = replace(self._style, **{what: not getattr(self._style, what)})
        Frames.schedule_once(lambda _: self.root.restyle(self._style, self._view()), 0)

    # --- signals and pictures ---

    def _on_stop(self, *_: object) -> None:
        self._stopping = True

    def _on_shoot(self, *_: object) -> None:
        self._shoot_asked = True

    def _begin_shots(self, *, last: bool = False) -> None:
        self._shoot_asked = False
        self._shot_s = Frames.get_time()
        self._shooting = self._shoot_all()
        step = Frames.schedule_interval(lambda _: self._next_shot(step, last), 0)

    def _next_shot(self, step: object, last: bool) -> None:
        try:
            next(self._shooting)
        except StopIteration:
            step.cancel()
            self._shooting = None
            if last:
                App.get_running_app().stop()
        except OSError as fault:
            self._say_once(f"a picture could not be saved: {fault}; check --shots and the disk")

    def _shoot_all(self) -> Iterator[None]:
        """One picture of every page there is, and back to where the visitor was."""
        before = self.root.page_name
        self._shots.mkdir(parents=True, exist_ok=True)
        for name in self.root.pages():
            self.root.go(name)
            for _ in range(SETTLE_FRAMES):
                yield
            save_frame(self._shots / f"kiosk-{name}.png")
        self.root.go(before)


def save_frame(path: Path) -> None:
    """Save what the window draws now as PNG, whole or not at all; raises OSError."""
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels

    window = EventLoop.window
    window.dispatch("on_draw")
    width, height = window.size
    data = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    unfinished = path.with_name(f".{path.name}")
    window._win.save_bytes_in_png(str(unfinished), data, width, height)
    unfinished.replace(path)
