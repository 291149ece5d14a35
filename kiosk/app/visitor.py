"""Whoever stands before the screen: touches, keys, choices, and the way back when nobody is there."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kivy.clock import Clock as Frames

from kiosk.app.cursor import Cursor
from kiosk.app.hands import TOUCH, Hands
from kiosk.app.listening import Listening
from kiosk.app.magnifier import Magnifier
from kiosk.catalogues import written
from kiosk.config import Screen as ScreenSettings
from kiosk.core.look.style import Style
from kiosk.core.visitor import idle
from kiosk.core.visitor.keys import Keys, Press
from kiosk.core.visitor.languages import language, offered
from kiosk.core.visitor.opened import Opened
from kiosk.core.visitor.visit import Visit
from kiosk.core.voice.loudness import Speech, allowed
from kiosk.io.speech import Voice
from kiosk.io.tone import Tone
from kiosk.screens.root import Root
from kiosk.widgets.direction import lay_out

SETTLE_LOOKS = 2
"""Looks after which a new page has laid itself out."""
AT_ONCE_S = 2.0
"""A page that comes so soon after a touch or a key was opened by it."""


class Visitor:
    """What this visitor has chosen, and when the screen was touched last. `changed` is called after a choice.

    `hour`: of the day at the site, None when no clock can be believed. `say`: for the log.
    """

    def __init__(
        self,
        settings: ScreenSettings,
        changed: Callable[[], None],
        *,
        speech: Speech | None = None,
        keys: Keys | None = None,
        hour: Callable[[], int | None] = lambda: None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._changed = changed
        self._first_style = Style(settings.px_per_mm, distance_mm=settings.viewing_distance_mm)
        self.languages = offered(written(), settings.languages, settings.language)
        self.cursor = Cursor()
        speech = speech or Speech()
        self.listening = Listening(Voice(speech, say), speech, self.cursor, hour)
        self._speech, self._hour = speech, hour
        self._tone = Tone(speech, say)
        self.listening.voice.waits = self._tone.tick
        self.hands = Hands(self, keys or Keys())
        self.magnifier = Magnifier(self.cursor, self._magnified)
        self.wakes: Callable[[], bool] = lambda: False
        """Light the panel. Was it dark? Then the touch or key does no more than that; "read aloud" does."""
        self.reads: Callable[[Root], None] = lambda _: None
        """Called while somebody touches, presses or listens: what is being read is not taken away."""
        self.opened = Opened()
        self._can_speak = self.listening.voice.available
        self._page: object = None
        self._settling = 0
        self._text_length = 0
        self._begin()
        self.touched_s = Frames.get_time()

    def _begin(self) -> None:
        self.language: str = self._settings.language
        self.style = self._first_style
        self.magnifier.on = False
        lay_out(language(self.language).right_to_left)

    @property
    def visit(self) -> Visit:
        """What the bar shows of it."""
        hears = self.listening
        way = self.hands.way if hears.on else ""
        return Visit(
            self.language, self.languages, self._can_speak, hears.on, hears.level, hears.most, way, self.magnifier.on
        )

    def attach(self, window: Any, root: Root) -> None:
        """From now on keys and fingers of this window are this visitor's."""
        self.hands.attach(window, root)
        root.visit = self.visit

    def close(self) -> None:
        """No voice goes on when the screen has ended."""
        self.listening.end()
        self._tone.end()

    def here(self) -> None:
        """Somebody is here."""
        self.touched_s = Frames.get_time()

    def used(self, root: Root) -> None:
        """Somebody is here and does something, or listens."""
        self.here()
        self.reads(root)

    def quiet(self) -> None:
        """Whatever somebody does ends what is said to somebody who does not listen to pages."""
        if not self.listening.on and self.listening.speaking:
            self.listening.hush()

    def sound(self) -> None:
        """A new real warning for this place: one tone, before anything is said of it."""
        self.listening.hush()
        if self._speech.alert_tone:
            level = allowed(self._speech.alert_tone, self._speech, self._hour())
            Frames.schedule_once(lambda _: self._tone.sound(level), 0)  # with the next frame: this one is the warning's

    def touched(self, root: Root, touch: Any = None) -> bool:
        """Any touch means that somebody is here; a touch on the question answers only that, and goes no further."""
        self.used(root)
        self.quiet()
        if self.answered(root):
            return True
        if self.magnifier.on:
            return False  # its buttons are large enough to be found
        return touch is not None and self.hands.finger_down(root, touch)

    def woken(self, root: Root) -> None:
        """A finger woke the panel, and did no more than that."""
        self.listening.orient(root, TOUCH)

    def answered(self, root: Root) -> bool:
        """Was the question on the screen? Then this was the answer to it."""
        asked = root.asking
        root.ask(False)
        if asked:
            self.listening.hush()
        return asked

    def choose(self, what: str) -> None:
        """A choice of the bar or of the page of languages; after the touch is over, for it may rebuild all."""
        Frames.schedule_once(lambda _: self.chosen(what), 0)

    def chosen(self, what: str) -> None:
        """The choice, now."""
        root = self.hands.root
        if what.startswith("language:"):
            self._speak_in(what.removeprefix("language:"))
        elif what == "larger":
            self._enlarge()
        elif what == "dark":
            self.style = self.style.next_theme()
            self._changed()
        elif root is not None:
            self.hands.listen(root, what)
        if root is not None:
            root.visit = self.visit

    def _enlarge(self) -> None:
        """Ordinary, larger, one thing at a time, ordinary."""
        one = self.style.larger and not self.magnifier.on
        self.style, self.magnifier.on = replace(self.style, larger=one or not self.style.larger), one
        self._changed()

    def _magnified(self, what: str) -> None:
        """A button of the magnifier; after the touch is over."""
        root = self.hands.root
        if root is not None:
            press = {one.value: one for one in Press}.get(what)
            do = (lambda _: self.hands.act(root, press)) if press else (lambda _: self.chosen("larger"))
            Frames.schedule_once(do, 0)

    def _speak_in(self, tag: str) -> None:
        if tag not in self.languages:
            return
        self.language = tag
        lay_out(language(tag).right_to_left)
        root = self.hands.root
        if root is not None:
            root.visit = self.visit
            if root.page_name == "languages":
                root.page_name = "home"
        self._changed()
        self._page = None  # what is read aloud begins anew in the other language

    def look(self, root: Root, now_s: float, busy: bool) -> None:
        """Five times a second: another page? How far has the voice come? Is anybody still here?"""
        root.visit = self.visit
        if not busy:
            self._follow(root, now_s)
        self._tone.tick()
        self.listening.tick(root)
        self.cursor.show(root)
        self.magnifier.show(root)
        if self.listening.speaking and not root.asking:
            self.used(root)
        alone, limit = now_s - self.touched_s, self.limit_s
        if busy or self._is_reset(root):
            root.ask(False)
        elif alone >= limit:
            self.reset(root)
        elif idle.asks(alone, limit) and not root.asking:
            root.ask(True)
            if self.listening.on:
                self.listening.tell(root, "bar.leaving")

    @property
    def limit_s(self) -> float:
        """After so long without a touch everything goes back to the beginning."""
        return idle.limit(self._settings.idle_return_s, listening=self.listening.on, letters=self._text_length)

    def _follow(self, root: Root, now_s: float) -> None:
        """The page is another than before, by choice or because a warning took the screen: once it is laid out."""
        if root.page is not self._page:
            if root.taken:
                self.here()  # whoever was asked whether they are here has a warning to read first
            elif self._page is not None and now_s - self.touched_s < AT_ONCE_S:
                self.opened.add(root.page_name)
            self._page, self._settling = root.page, SETTLE_LOOKS
            if self.listening.on:
                self.listening.hush()
        elif self._settling:
            self._settling -= 1
            if not self._settling:
                self._arrive(root)

    def _arrive(self, root: Root) -> None:
        self._text_length = sum(len(one.item.text) for one in self.cursor.everything(root))
        self.cursor.arrives(root, shown=self.hands.keys_used and not self.magnifier.on)
        if self.listening.on:
            self.listening.page(root)

    def reset(self, root: Root) -> None:
        """Language, size, colours, volume, voice, page, place on it: nothing is left of who was here."""
        self.listening.end()
        self.hands.forget()
        self._begin()
        root.ask(False)
        root.visit = self.visit
        if not root.taken:  # no time-out hides a message that owns the screen
            root.page_name = "home"
        self._changed()
        self.cursor.forget(root)
        self._page = root.page

    def _is_reset(self, root: Root) -> bool:
        untouched = self.language == self._settings.language and self.style == self._first_style
        silent = not self.listening.on and not self.hands.keys_used and self.hands.way == TOUCH
        return untouched and silent and (root.page_name == "home" or root.taken)
