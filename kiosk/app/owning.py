"""Who owns the screen: what `core/warnings/attention.py` decides is shown; the visitor gets back to where they were."""

from collections.abc import Callable

from kivy.clock import Clock as Frames

from kiosk.core.warnings import attention
from kiosk.core.warnings.alert_view import AlertView
from kiosk.core.warnings.attention import Event, Shown
from kiosk.screens.root import Root


class Owning:
    """Looks after each new view, after every touch and "I have read it". `wake` lights a screen that saves power.

    Ten minutes, and what a message gets before the next, are real time also where a demonstration's clock runs faster:
    no rate makes people read faster.
    """

    def __init__(self, drawn: tuple[Shown, ...] = (), *, wake: Callable[[], None] = lambda: None) -> None:
        self._state = attention.begin(drawn)
        self._wake = wake
        self._owner = ""
        self.sounded: Callable[[], None] = lambda: None
        """Called when one tone is due."""
        self.was_read: Callable[[AlertView], None] = lambda _: None
        """Called with a message that somebody says to have read."""

    def look(self, root: Root) -> None:
        """A new view, or time has passed."""
        self._step(root, Event.TICK)

    def touched(self, root: Root) -> None:
        """Somebody touches the screen: what is being read is not taken away."""
        self._step(root, Event.TOUCHED)

    def read(self, root: Root) -> None:
        """The visitor says "I have read it": the next message, or back to where they were."""
        self._step(root, Event.READ)

    def left(self, root: Root) -> None:
        """The visitor went on to another page: that is read too."""
        if self._owner:
            self._step(root, Event.READ)

    def _step(self, root: Root, event: Event) -> None:
        now_ms = int(Frames.get_time() * 1000)
        owned = attention.owner(self._state, root.view.alerts)
        self._state = attention.step(self._state, root.view.alerts, now_ms, event)
        if self._state.sound:
            self.sounded()
        if event is Event.READ and owned is not None:
            self.was_read(owned)
        one = attention.owner(self._state, root.view.alerts)
        if one is None:
            self._give_back(root, read=event is Event.READ)
        elif one.matter != self._owner:
            self._take(root, one.matter)

    def _take(self, root: Root, matter: str) -> None:
        self._wake()
        root.ask(False)
        self._owner = matter
        root.take(matter)

    def _give_back(self, root: Root, *, read: bool) -> None:
        """Nobody owns it any more: the visitor is where they were, unless they have gone on themselves."""
        owned, self._owner = self._owner, ""
        if owned or read:
            root.give_back()
