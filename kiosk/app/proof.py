"""Proof of display: the first frame of every message, or why there was none, goes to the log that the keeper sends."""

from collections.abc import Callable, Iterator

from contract.bulletins import Asleep
from contract.freshness import Now
from contract.wire import Moment
from contract.words import ClockQuality, Status
from doors.clock import Clock
from kiosk.config import Settings
from kiosk.core.warnings.alert_view import AlertView
from kiosk.core.warnings.attention import Shown
from kiosk.feeds.alert import Source
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
        self._gists = {line.gist for line in self._log.lines if line.gist}

    @property
    def done(self) -> set[Key]:
        """What has been answered already."""
        return self._log.done

    def before(self) -> tuple[Shown, ...]:
        """What this screen has shown in earlier runs, for who decides what takes it now."""
        now = self._now()
        drawn = [line for line in self._log.lines if line.first_frame is not None]
        return tuple(
            Shown(key=line.key, ago_ms=self._real(_ago_ms(line.first_frame, now, self._clock.boot)), gist=line.gist,
                  read=line.read)
            for line in drawn
        )  # fmt: skip

    def _real(self, ago_ms: int | None) -> int | None:
        """As real time, in which people read, where a demonstration's clock runs faster; by its rate just now."""
        return None if ago_ms is None else int(ago_ms / self._clock.rate)

    def flipped(self, root: Root, why_dark: Asleep | None = None) -> None:
        """A frame has reached the panel: what did it show for the first time? `why_dark`: nothing, for it is dark.

        An update that changes nothing here takes no screen: its banner is enough where the same words were shown whole.
        """
        for key, status, gist in self._in_frame(root):
            if why_dark is None:
                self._write(key, status, drawn=True, gist=gist)
            elif key[0] == Source.MUNICIPALITY and key not in self._log.done | self._log.asleep:
                self._append(self._line(key, status, why_not=why_dark.value))

    def _in_frame(self, root: Root) -> Iterator[tuple[Key, Status, str]]:
        """What a frame of a lit panel proves: (message, status, gist)."""
        drawn = root.drawn_alerts()
        if not drawn:
            drawn = tuple(one for one in root.view.alerts[:1] if one.sure and one.gist in self._gists)
        for one in drawn:
            yield one.key, one.status, one.gist
        told = {one.key for one in root.view.ended}
        for gone in root.view.owed:
            # a cancel is shown by the first frame without what it ended
            if gone.ends and gone.key in told:
                yield gone.key, gone.status, ""

    def read(self, one: AlertView) -> None:
        """Somebody has read it: a screen that starts anew must not show it to them again."""
        if one.key in self._log.done and one.key not in self._log.read:
            self._append(self._line(one.key, one.status, gist=one.gist, read=True, drawn=True))

    def tell_never_drawn(self, root: Root) -> None:
        """What ended before it could be drawn is answered too."""
        told = {one.key for one in root.view.ended}
        for one in root.view.owed:
            if not (one.ends and one.key in told):
                self._write(one.key, one.status, drawn=False, why_not=one.why)

    def _write(self, key: Key, status: Status, *, drawn: bool, why_not: str = "", gist: str = "") -> None:
        if key in self._log.done:
            return
        if self._append(self._line(key, status, gist=gist, drawn=drawn, why_not=why_not)):
            self._gists |= {gist} - {""}

    def _line(
        self, key: Key, status: Status, *, gist: str = "", read: bool = False, drawn: bool = False, why_not: str = ""
    ) -> Drawn:
        """A line; `drawn`: it is on the panel just now."""
        now = self._now()
        moment = Moment(boot=self._clock.boot, up_ms=now.mono_ms, wall_ms=now.wall_ms, clock=now.clock)
        source, name, serial = key
        return Drawn(
            screen=self._settings.screen.name, bulletin=name, serial=serial, status=status, source=source, gist=gist,
            first_frame=moment if drawn else None, why_not=why_not, read=read,
        )  # fmt: skip

    def _append(self, line: Drawn) -> bool:
        """Is it on the disk?"""
        try:
            self._log.append(line)
        except OSError as fault:
            self._say(f"what was drawn cannot be noted: {fault}; it is tried again")
            return False
        return True


def _ago_ms(moment: Moment | None, now: Now, boot: str) -> int | None:
    """How long ago by uptime of this boot, else by wall clocks that could be believed; None when nobody can tell."""
    if moment is None:
        return None
    if moment.boot == boot:
        return max(0, now.mono_ms - moment.up_ms)
    known = ClockQuality.UNSYNCED not in (moment.clock, now.clock)
    if not known or moment.wall_ms is None or now.wall_ms is None or now.wall_ms < moment.wall_ms:
        return None
    return now.wall_ms - moment.wall_ms
