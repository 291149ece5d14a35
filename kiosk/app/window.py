"""The window, and Kivy's frame round the screen.

`kiosk.io.surface.prepare` must have been called before this module is imported: Kivy reads the environment then.
"""

import logging
import os
import sys
from pathlib import Path

from kivy.app import App
from kivy.base import EventLoop
from kivy.config import Config

from doors.clock import Clock
from doors.systemd import Notifier
from kiosk.app.screen import Screen
from kiosk.app.signs import FrameWatch
from kiosk.config import Settings
from kiosk.core.faults import CannotDraw

log = logging.getLogger(__name__)

MAX_FPS = 30
"""At the start; `kiosk/app/pace.py` changes it as the screen runs."""
SMOOTH = 2
"""Samples of a pixel: how smooth slanting edges are. A graphics chip does it in passing."""


def show(
    settings: Settings, clock: Clock, *, shots: Path | None, seconds: float | None, told: Path | None = None
) -> int:
    """Run the screen until SIGTERM, Ctrl-C or the seconds are over; raises CannotDraw.

    A screen that is to start anew does so in the same process: to a supervisor nothing has ended, and no panel waits
    for its pause between two starts.
    """
    open_window(settings)
    screen = Screen(settings, clock, shots=shots, seconds=seconds, told=told)
    screen.frames = FrameWatch(Notifier.here())
    try:
        KioskApp(screen).run()
    finally:
        screen.close()
    if screen.lasting.again and seconds is not None:
        raise CannotDraw("the screen broke again and again; the log says how")  # a trial ends when it was to end
    if screen.lasting.again:
        log.warning("the screen starts anew")
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - itself, as it was called
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
    Config.set("graphics", "multisamples", str(SMOOTH))
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


class KioskApp(App):
    """Kivy's frame round the screen: no settings panel, no title, no way out by a key."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen

    def build(self) -> object:
        """Called by Kivy when the window is there."""
        return self._screen.start(EventLoop.window)

    def open_settings(self, *_: object) -> bool:
        """F1 opens nothing."""
        return False
