"""How many rounds a second Kivy's loop makes, changed while it runs, and a knock that ends the wait at once.

Kivy 2.3.1 reads `Clock._max_fps` before each wait, so it can be changed at any time; but the wait itself is a plain
sleep. Here it is a wait for the keeper's socket too: at two rounds a second a warning would else lie there for half a
second before anybody looked.
"""

import select
from collections.abc import Callable
from typing import Any

from kivy.clock import Clock as Frames

LEAST_FPS = 2
"""Kivy takes touches once a round; fewer would leave a visitor standing."""
MOST_FPS = 60


class Pace:
    """Owns the wait between two rounds. `bell` has a fileno(); `knocked` is called in the round that a knock began."""

    def __init__(self, bell: Any, knocked: Callable[[], None], fps: int = MOST_FPS // 2) -> None:
        self._bell = bell
        self._knocked = knocked
        self.fps = LEAST_FPS
        self.set(fps)
        Frames.idle = self._idle

    def set(self, fps: int) -> None:
        """So many rounds a second, never under two."""
        fps = max(LEAST_FPS, min(MOST_FPS, fps))
        if fps != self.fps:
            self.fps = fps
            Frames._max_fps = float(fps)

    def close(self) -> None:
        """Kivy waits by itself again."""
        Frames.__dict__.pop("idle", None)

    def _idle(self) -> float:
        """Until the next round is due, or somebody knocks; what Kivy's own wait returns and notes."""
        last = Frames._last_tick
        # a flood of knocks makes no more rounds than a visitor's hand
        self._wait(last + 1 / MOST_FPS, knocks=False)
        if self._wait(last + 1 / self.fps, knocks=True):
            Frames.schedule_once(lambda _: self._knocked(), 0)
        now = Frames.time()
        Frames._dt, Frames._last_tick = now - last, now
        return now

    def _wait(self, until: float, *, knocks: bool) -> bool:
        """Wait; has somebody knocked?"""
        left = until - Frames.time()
        if not knocks:
            if left > 0:
                select.select([], [], [], left)
            return False
        return bool(select.select([self._bell], [], [], max(0.0, left))[0])
