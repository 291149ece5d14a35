"""Pictures of every page, for whoever looks from elsewhere."""

from collections.abc import Callable, Iterator
from pathlib import Path

from kivy.base import EventLoop
from kivy.clock import Clock as Frames

from kiosk.screens.root import Root

SHOTS_EVERY_S = 10.0
SETTLE_FRAMES = 4
"""Frames that a page gets to lay itself out before its picture is taken."""


class Shots:
    """Saves a PNG of each page: at once, then now and then, when asked, and at the end. Without a folder: never."""

    def __init__(self, folder: Path | None, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say
        self._last_s = -SHOTS_EVERY_S
        self._asked = False
        self._under_way: Iterator[None] | None = None

    @property
    def busy(self) -> bool:
        """Are the pages being turned for a picture?"""
        return self._under_way is not None

    def ask(self) -> None:
        """One more round at the next look."""
        self._asked = True

    def ticked(self, root: Root, now_s: float, ready: bool) -> None:
        """Begin a round when it is time."""
        if self._folder is None or self.busy:
            return
        if self._asked or (ready and now_s - self._last_s >= SHOTS_EVERY_S):
            self.begin(root)

    def begin(self, root: Root, then: Callable[[], None] | None = None) -> None:
        """Take one of every page, then do the last thing; without a folder only that."""
        if self._folder is None:
            if then is not None:
                then()
            return
        self._asked = False
        self._last_s = Frames.get_time()
        self._under_way = self._all(root, self._folder)
        step = Frames.schedule_interval(lambda _: self._next(step, then), 0)

    def _next(self, step: object, then: Callable[[], None] | None) -> None:
        try:
            next(self._under_way)
        except StopIteration:
            step.cancel()
            self._under_way = None
            if then is not None:
                then()
        except OSError as fault:
            self._say(f"a picture could not be saved: {fault}; check --shots and the disk")

    def _all(self, root: Root, folder: Path) -> Iterator[None]:
        """One picture of every page there is, and back to where the visitor was.

        A warning that takes the screen ends the round at once; one that had it before has it again after the last.
        """
        before, owned = root.page_name, root.taken
        folder.mkdir(parents=True, exist_ok=True)
        for name in root.pages():
            root.turn_to(name)
            for _ in range(SETTLE_FRAMES):
                yield
                if root.taken and (not owned or root.page_name == "crisis" != name):
                    return
            save_frame(folder / f"kiosk-{name}.png")
        root.turn_to(before)
        if root.taken:
            root.take(root.matter)


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
