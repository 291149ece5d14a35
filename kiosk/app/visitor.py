"""Whoever stands before the screen: touches, choices of language and style, and the way back when nobody is there."""

from collections.abc import Callable
from dataclasses import replace

from kivy.clock import Clock as Frames

from kiosk.config import Screen as ScreenSettings
from kiosk.core.style import Style
from kiosk.screens.root import Root

WARNING_S = 20.0


class Visitor:
    """What this visitor has chosen, and when the screen was touched last. `changed` is called after a choice."""

    def __init__(self, settings: ScreenSettings, changed: Callable[[], None]) -> None:
        self._settings = settings
        self._changed = changed
        self.language: str = settings.language
        self.style = Style(settings.px_per_mm)
        self.touched_s = Frames.get_time()

    def touched(self, root: Root) -> bool:
        """Any touch means that somebody is here; a touch on the question answers only that, and goes no further."""
        self.touched_s = Frames.get_time()
        asked = root.asking
        root.ask(False)
        return asked

    def choose(self, what: str) -> None:
        """A choice of language, size of text or theme; after the touch is over, for it rebuilds all."""
        if what == "language":
            self.language = "en" if self.language == "sv" else "sv"
        else:
            self.style = replace(self.style, **{what: not getattr(self.style, what)})
        Frames.schedule_once(lambda _: self._changed(), 0)

    def look(self, root: Root, now_s: float, busy: bool) -> None:
        """Back to the beginning when nobody is here, after a warning."""
        alone, limit = now_s - self.touched_s, self._settings.idle_return_s
        if busy or self._is_reset(root):
            root.ask(False)
        elif alone >= limit:
            self._reset(root)
        elif alone >= limit - WARNING_S:
            root.ask(True)

    def _reset(self, root: Root) -> None:
        self.language, self.style = self._settings.language, Style(self._settings.px_per_mm)
        root.ask(False)
        if root.page_name != "bulletin":
            root.page_name = "home"
        self._changed()

    def _is_reset(self, root: Root) -> bool:
        untouched = self.language == self._settings.language and self.style == Style(self.style.px_per_mm)
        return untouched and root.page_name in ("home", "bulletin")
