"""Proof of display: the first frame of every message, or why there was none, goes to the log that the keeper sends."""

from collections.abc import Callable, Iterator

from contract.freshness import Now
from contract.wire import Moment
from contract.words import ClockQuality, Status
from doors.clock import Clock
from kiosk.config import Settings
from kiosk.core.alert_view import AlertView
from kiosk.core.attention import Shown
from kiosk.core.picture import Held
from kiosk.io.drawn import Drawn, DrawnLog, Key
from kiosk.screens.root import Root


class Proof:
    """Writes one line for each message (source, id, serial), once."""

    def __init__(self, settings: Settings, clock: Clock, now: Callable[[], Now], say: Callable[[str], None]) -> None:
        self._settings = settings
        self._clock = clock
        self._now = now
        self._say = say
        self._log = DrawnLog(settings.drawn_path)

    @property
    def done(self) -> set[Key]:
        """What has been answered already."""
        return self._log.done

    def before(self) -> tuple[Shown, ...]:
        """What this screen has shown in earlier runs, for who decides what takes it now."""
        now = self._now()
        drawn = [line for line in self._log.lines if line.first_frame is not None]
        return tuple(Shown(key=line.key, ago_ms=_ago_ms(line.first_frame, now, self._clock.boot), gist=line.gist)
                     for line in drawn)  # fmt: skip

    def flipped(self, root: Root, held: Held) -> None:
        """A frame has reached the panel: what did it show for the first time?"""
        for one in root.drawn_alerts():
            self._write(one.key, one.status, drawn=True, gist=one.gist)
        for key, status, _ in _ends(root, held):
            self._write(key, status, drawn=True)
