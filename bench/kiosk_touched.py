"""The real screen, that is touched from inside: `python -m bench.kiosk_touched FILE TOUCHES`.

Prints a line at its first frame. Told by the alerts that came, it then touches itself so many times, each when it has
been left alone for a moment, and prints how long the panel took to answer each, in ms, as JSON.
"""

import json
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

ALERTS = 100
BETWEEN_S = 0.37
"""No multiple of a round of the loop, so that touches fall anywhere in it."""


def main(file: Path, touches: int) -> None:
    """Run until told to stop."""
    from kiosk import config
    from kiosk.io.surface import prepare

    settings = config.load(file)
    prepare(settings.cache_path.parent / "kivy")
    import kiosk.app.window
    from doors.clock import Clock
    from kiosk.app.screen import Screen

    kiosk.app.window.open_window(settings)
    screen = Screen(settings, Clock(), shots=None, seconds=None)
    probe = _Probe(screen, touches)
    from kivy.clock import Clock as Frames

    Frames.schedule_once(lambda _: probe.begin(), 0)
    try:
        kiosk.app.window.KioskApp(screen).run()
    finally:
        screen.close()


class _Probe:
    """Presses a button of the page where SDL's own events are read, and waits for the frame that shows it pressed."""

    def __init__(self, screen: Any, touches: int) -> None:
        self._screen = screen
        self._left = touches
        self._took: list[float] = []
        self._wanted = self._pressed = False
        self._began = 0.0
        self._told = False

    def begin(self) -> None:
        """With the window."""
        from kivy.base import EventLoop

        self._window = EventLoop.window
        self._window.bind(on_flip=self._flipped)
        self._read = self._window.mainloop
        self._window.mainloop = self._round
        self._window.canvas.ask_update()
        if self._left:
            Thread(target=self._touch_all, daemon=True).start()

    def _round(self) -> None:
        """Kivy reads SDL's events; ours come with them."""
        if self._wanted and not self._pressed:
            from kiosk.widgets.panel import Touch

            button = next(one for one in self._screen.root.walk() if isinstance(one, Touch) and not one.disabled)
            x, y = button.to_window(*button.center)
            self._pressed = True
            self._window.dispatch("on_mouse_down", x, self._window.height - y, "left", [])
        elif self._pressed and not self._wanted:
            self._pressed = False
            self._window.dispatch("on_mouse_up", 1, 1, "left", [])  # slid away: nothing is chosen
        self._read()

    def _flipped(self, *_: object) -> None:
        if not self._told:
            self._told = True
            print("drawn", flush=True)
        if self._pressed and self._wanted:
            self._took.append(1000 * (time.monotonic() - self._began))
            self._wanted = False

    def _touch_all(self) -> None:
        """From a thread of its own, as a finger comes: at any moment of a round. Begins when all warnings have come."""
        while len(self._screen.proof.done) < ALERTS:
            time.sleep(0.2)
        while len(self._took) < self._left:
            time.sleep(BETWEEN_S)
            self._began, self._wanted = time.monotonic(), True
            while self._wanted:
                time.sleep(0.002)
        print(json.dumps([round(one, 1) for one in self._took]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
