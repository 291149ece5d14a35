"""What makes the screen last: it saves power, survives its own faults, starts anew at night, and leaves no shadow."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from kivy.app import App
from kivy.clock import Clock as Frames

from contract.freshness import Now
from contract.words import ClockQuality
from kiosk.app.drift import drift
from kiosk.app.pace import Pace
from kiosk.app.safe import Safe, SafeWords
from kiosk.app.saving import Saving
from kiosk.app.sweeping import Sweeping
from kiosk.config import Screen as ScreenSettings
from kiosk.core.age import local
from kiosk.core.picture import Held
from kiosk.core.saving import restarting
from kiosk.core.saving.lighting import Face
from kiosk.screens.root import Root

T = TypeVar("T")
PLAIN_LETTERS = ("sv", "en", "fi")
"""Languages that the safe page's plain labels surely write right."""


class Lasting:
    """`anew` makes the widgets again and puts them on the window; `again`: the program is to start anew at its end."""

    def __init__(self, settings: ScreenSettings, say: Callable[[str], None]) -> None:
        self._restart_at = settings.restart_at
        self.saving = Saving(Path(settings.backlight), settings.brightness_percent, say)
        self.sweeping = Sweeping()
        self.again = False
        self._pace: Pace | None = None
        self._began_s = Frames.get_time()

    def begin(self, window: Any, bell: Any, knocked: Callable[[], None], anew: Callable[[], None]) -> None:
        """With the window, before there is any widget."""
        self.safe = Safe(anew, self.restart)
        self.safe.watch()
        drift(window)
        self.sweeping.begin()
        self._pace = Pace(bell, lambda: self.guarded(knocked))
        self.saving.begin(window, self._pace)

    def close(self) -> None:
        """Light on; Kivy's clock and faults are its own again."""
        self.saving.end()
        if self._pace is not None:
            self._pace.close()
            self.safe.close()

    def guarded(self, do: Callable[[], T]) -> T | None:
        """What it gives; None when that broke and the safe page is shown."""
        try:
            return do()
        except Exception as fault:
            self.safe.handle_exception(fault)
            return None

    def look(self, root: Root, held: Held, now: Now, now_s: float, touched_s: float, *, busy: bool) -> None:
        """At every tick, with what is shown. `busy`: pictures are being taken."""
        view = root.view
        self.sweeping.look(root.page, now_s)
        self.saving.look(held, view, now, now_s, touched_s, busy=busy)
        if busy:
            return
        if self.saving.face is Face.GLANCE and root.page_name == "home":
            root.turn_to("glance")
        elif self.saving.face is Face.PAGES and root.page_name == "glance":
            root.turn_to("home")
        power = view.power.text if view.fresh and view.words.language in PLAIN_LETTERS else ""
        self.safe.words = SafeWords(place=view.place, power=power)
        here = None if now.wall_ms is None or now.clock is ClockQuality.UNSYNCED else local(now.wall_ms)
        if restarting.due(
            self._restart_at, here, run_s=now_s - self._began_s, alone_s=now_s - touched_s, alerts=len(view.alerts),
            tier=self.saving.tier,
        ):  # fmt: skip
            self.restart()

    def restart(self) -> None:
        """End the loop; whoever runs it starts the program anew in the same process."""
        self.again = True
        app = App.get_running_app()
        if app is not None:
            app.stop()
