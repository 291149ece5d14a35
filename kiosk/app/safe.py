"""When something in the screen breaks: a page that cannot break, then a new start of the widgets, then of the program.

Kivy ends its loop at the first exception that nobody takes. Here every one is taken, counted and logged; the visitor
sees the place, the power if it is known, the numbers, and that the screen starts again.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from kivy.base import EventLoop, ExceptionHandler, ExceptionManager
from kivy.clock import Clock as Frames
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label

log = logging.getLogger(__name__)

STANDS_S = (5.0, 15.0, 45.0)
"""How long the safe page stands before the widgets are made anew, each time that they broke again."""
WITHIN_S = 600.0
"""More faults than that within so long are not mended by new widgets: the program starts anew."""
INK = (1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class SafeWords:
    """All that stands on the safe page, made ready while everything still works."""

    place: str = "Servicepunkten"
    power: str = ""
    numbers: tuple[str, ...] = ("112 – nödläge", "113 13 – frågor i en kris", "1177 – sjukvård")
    restarting: str = "Skärmen startar om. The screen is starting again."


class SafePage(BoxLayout):
    """Plain labels: no layout file, no measuring, no view, nothing that the fault may have been in."""

    def __init__(self, words: SafeWords, size: tuple[float, float]) -> None:
        super().__init__(orientation="vertical", padding=0.05 * min(size), spacing=0.02 * min(size))
        lines = [words.place, words.power, *words.numbers, words.restarting]
        for place, text in enumerate(line for line in lines if line):
            large = 0.075 if place == 0 else 0.052
            label = Label(text=text, font_size=large * min(size), color=INK, halign="left", valign="middle")
            label.bind(size=label.setter("text_size"))
            self.add_widget(label)


class Safe(ExceptionHandler):
    """Takes every exception of Kivy's loop. `anew` makes the widgets again, `restart` the program."""

    def __init__(self, anew: Callable[[], None], restart: Callable[[], None]) -> None:
        super().__init__()
        self._anew = anew
        self._restart = restart
        self._times: list[float] = []
        self._shown = False
        self.words = SafeWords()
        self.faults = 0
        """Since the program began."""
        self.last = ""
        """The newest, in a few words."""

    @property
    def showing(self) -> bool:
        """Does the safe page stand now?"""
        return self._shown

    @property
    def trouble(self) -> str:
        """For the gateway: why what is on the panel is not what should be; "" when it is."""
        return f"the screen shows its safe page after {self.faults} faults: {self.last}" if self._shown else ""

    def watch(self) -> None:
        """From now on."""
        ExceptionManager.add_handler(self)

    def close(self) -> None:
        """No longer."""
        ExceptionManager.remove_handler(self)

    def handle_exception(self, exception: BaseException) -> int:
        """Called by Kivy; whatever happens in here must not raise."""
        if not isinstance(exception, Exception):
            return int(ExceptionManager.RAISE)  # Ctrl-C, or an end that was asked for
        self.faults += 1
        self.last = f"{type(exception).__name__}: {exception}"[:120]
        log.error("a fault in the screen, number %d: the safe page is shown", self.faults, exc_info=exception)
        now_s = Frames.time()
        self._times = [one for one in self._times if now_s - one < WITHIN_S] + [now_s]
        try:
            if len(self._times) > len(STANDS_S):
                self._restart()
            elif not self._shown:
                self._show()
        except Exception as fault:
            log.error("the safe page cannot be shown: the program starts anew", exc_info=fault)
            self._restart()
        return int(ExceptionManager.PASS)

    def _show(self) -> None:
        window = EventLoop.window
        for widget in list(window.children):
            window.remove_widget(widget)
        window.add_widget(SafePage(self.words, window.size))
        self._shown = True
        Frames.schedule_once(self._again, STANDS_S[len(self._times) - 1])

    def _again(self, _seconds: float) -> None:
        """Everything anew; where that breaks too, this handler is called again."""
        for widget in list(EventLoop.window.children):
            EventLoop.window.remove_widget(widget)
        self._shown = False
        self._anew()
