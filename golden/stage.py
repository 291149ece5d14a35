"""One panel as a window of its own, offscreen: puts a page on it, waits until it has laid itself out, reads the pixels.

Kivy's own loop is not used: nothing sleeps, and a page is drawn once, when it is done. `open_stage` prepares Kivy, so
nothing of Kivy may have been imported before.
"""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from doors.broker import BrokerSettings
from golden.panels import Look, Panel
from golden.steps import Step, one_by_one, steps
from kiosk import config
from kiosk.core.visitor.languages import language
from kiosk.core.visitor.visit import Visit
from kiosk.io.surface import prepare

MOST_ROUNDS = 6
"""A page that has not laid itself out after so many frames never does."""
OFFERED = ("sv", "sv-lattlast", "en", "fi", "fit", "se", "sma", "ar")
SWEEP_EVERY = 25
"""Pages between two sweeps for what is left of them, some 3 MB each: Python's own sweeps took half of all time."""


class Stage:
    """The window of one panel and the root of the screen in it."""

    def __init__(self, panel: Panel, window: Any, root: Any) -> None:
        self.panel, self.window, self.root = panel, window, root
        self._drawn = 0
        self._magnifier: Any = None

    def dress(self, seen: Any, look: Look) -> None:
        """Another state, language or look: everything is made anew, as after a visitor's choice."""
        from kiosk.widgets.direction import lay_out

        tag = seen.words.language
        lay_out(language(tag).right_to_left)
        self.root.visit = Visit(tag, OFFERED, True, bool(look.way), way=look.way, one=look.one)
        self.root.page_name = "home"
        self.root.restyle(look.style(self.panel), seen)
        self._magnifier = self._one() if look.one else None

    def _one(self) -> Any:
        """What shows one thing of a page at a time, as for a visitor who has chosen the largest text."""
        from kiosk.app.cursor import Cursor
        from kiosk.app.magnifier import Magnifier

        magnifier = Magnifier(Cursor(), lambda _: None)
        magnifier.on = True
        return magnifier

    def steps(self) -> Iterator[Step]:
        """What a visitor can do on the page that is shown."""
        return steps(self.root) if self._magnifier is None else one_by_one(self.root, self._magnifier)

    def settle(self) -> bool:
        """Go on until nothing is waiting any more; True when that never comes."""
        from kivy.clock import Clock
        from kivy.lang import Builder

        waiting = True
        for _ in range(MOST_ROUNDS):
            Clock.tick()
            Builder.sync()
            Clock.tick_draw()
            Builder.sync()
            waiting = any(event.timeout <= 0 and not event.loop for event in Clock.get_events())
            if not waiting:
                break
        self._drawn += 1
        if self._drawn % SWEEP_EVERY == 0:
            gc.collect()
        return waiting

    def pixels(self) -> bytes:
        """What is on the panel, RGBA, lowest row first."""
        from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

        self.window.dispatch("on_draw")
        return bytes(glReadPixels(0, 0, self.panel.width, self.panel.height, GL_RGBA, GL_UNSIGNED_BYTE))

    def save(self, path: Path) -> None:
        """The panel as PNG."""
        from kiosk.app.shots import save_frame

        path.parent.mkdir(parents=True, exist_ok=True)
        save_frame(path)

    def turn_to(self, page: str) -> None:
        """Another page, laid out; nothing of the last one lies over it."""
        if self._magnifier is not None:
            self._magnifier.on = False
            self._magnifier.show(self.root)
            self._magnifier.on = True
        self.root.turn_to(page)
        self.settle()

    def pages(self, kind: str, few: int | None = None) -> list[str]:
        """The pages of a kind that there are now; with `few` one of them, another for another number."""
        found = [name for name in self.root.pages() if name.partition("-")[0] == kind]
        return found if few is None or not found else [found[few % len(found)]]


def open_stage(panel: Panel, home: Path, seen: Any) -> Stage:
    """A window of the panel's size with the first page on it."""
    prepare(home)
    import kiosk.app.window
    from golden.site import SITE

    kiosk.app.window.SMOOTH = 0  # in software it takes half of all time, and no check looks at edges
    kiosk.app.window.open_window(
        config.Settings(
            site=config.Site(id=SITE), broker=BrokerSettings(url="mqtt://localhost"),
            cache=config.Cache(path="k.sqlite"),
            screen=config.Screen(name="s", width=panel.width, height=panel.height, px_per_mm=panel.px_per_mm),
        )
    )  # fmt: skip
    from kivy.base import EventLoop
    from kivy.clock import Clock

    from golden.painted import DIGEST, SCENE
    from kiosk.app.gallery import Gallery
    from kiosk.io.advice import library
    from kiosk.screens.root import Root

    gallery = Gallery({DIGEST: SCENE}.get, print)
    root = Root(seen, Look().style(panel), lambda _: None, library=library(), pictures=gallery.texture)
    EventLoop.window.add_widget(root)
    EventLoop.start()
    Clock._max_fps = 0  # it would sleep between two frames
    gc.freeze()
    gc.disable()
    return Stage(panel, EventLoop.window, root)
