"""One panel as a window of its own, offscreen: puts a page on it, waits until it has laid itself out, reads the pixels.

Kivy's own loop is not used: nothing sleeps, and a page is drawn once, when it is done. `open_stage` prepares Kivy, so
nothing of Kivy may have been imported before.
"""

import gc
from pathlib import Path
from typing import Any

from doors.broker import BrokerSettings
from golden.panels import Look, Panel
from kiosk import config
from kiosk.core.visitor.languages import language
from kiosk.core.visitor.visit import Visit
from kiosk.io.surface import prepare

MOST_ROUNDS = 6
"""A page that has not laid itself out after so many frames never does."""
OFFERED = ("sv", "sv-lattlast", "en", "fi", "fit", "se", "sma", "ar")
SWEEP_EVERY = 100
"""Pages between two sweeps for what is left of them: Python's own sweeps took half of all time."""


class Stage:
    """The window of one panel and the root of the screen in it."""

    def __init__(self, panel: Panel, window: Any, root: Any) -> None:
        self.panel, self.window, self.root = panel, window, root
        self._drawn = 0

    def dress(self, seen: Any, look: Look) -> None:
        """Another state, language or look: everything is made anew, as after a visitor's choice."""
        from kiosk.widgets.direction import lay_out

        tag = seen.words.language
        lay_out(language(tag).right_to_left)
        self.root.visit = Visit(tag, OFFERED, True, look.reading)
        self.root.page_name = "home"
        self.root.restyle(look.style(self.panel), seen)

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

    def pages(self, kind: str, few: int | None = None) -> list[str]:
        """The pages of a kind that there are now; with `few` two of them, others for another number."""
        found = [name for name in self.root.pages() if name.partition("-")[0] == kind]
        return found if few is None else [found[(few + n) % len(found)] for n in range(min(2, len(found)))]


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

    from kiosk.io.advice import library
    from kiosk.screens.root import Root

    root = Root(seen, Look().style(panel), lambda _: None, library=library())
    EventLoop.window.add_widget(root)
    EventLoop.start()
    Clock._max_fps = 0  # it would sleep between two frames
    gc.freeze()
    gc.disable()
    return Stage(panel, EventLoop.window, root)
