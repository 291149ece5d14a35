"""Proof of display: the first frame of every message, or why there was none, goes to the log that the keeper sends."""

from collections.abc import Callable

from contract.freshness import Now
from contract.wire import Moment
from contract.words import Status
from doors.clock import Clock
from kiosk.config import Settings
from kiosk.core.alerts import sort
from kiosk.core.picture import Held
from kiosk.io.drawn import Drawn, DrawnLog
from kiosk.screens.root import Root


class Proof:
    """Writes one line for each (message, serial), once."""

    def __init__(self, settings: Settings, clock: Clock, now: Callable[[], Now], say: Callable[[str], None]) -> None:
        self._settings = settings
        self._clock = clock
        self._now = now
        self._say = say
        self._log = DrawnLog(settings.drawn_path)

    @property
    def done(self) -> set[tuple[str, int]]:
        """What has been answered already."""
        return self._log.done

    def flipped(self, root: Root, held: Held) -> None:
        """A frame has reached the panel: what did it show for the first time?"""
        if root.page_name == "bulletin" and root.page is not None and root.page.shown is not None:
            one = root.page.shown
            self._write(one.id, one.serial, one.status, drawn=True)
        for ended in root.view.ended:
            found = next((one for one in held.bulletins if one.bulletin.id == ended.id), None)
            if found is not None and found.bulletin.msg_type == "cancel":
                self._write(ended.id, ended.serial, found.bulletin.status, drawn=True)

    def tell_never_drawn(self, root: Root, held: Held) -> None:
        """What ended before it could be drawn is answered too."""
        shown = {(one.id, one.serial) for one in root.view.ended}
        for one, why in sort(held.bulletins, self._settings.site.id, self._now()).ended:
            bulletin = one.bulletin
            if (bulletin.id, bulletin.serial) not in shown or bulletin.msg_type != "cancel":
                self._write(bulletin.id, bulletin.serial, bulletin.status, drawn=False, why_not=why)

    def _write(self, bulletin: str, serial: int, status: Status, *, drawn: bool, why_not: str = "") -> None:
        if (bulletin, serial) in self._log.done:
            return
        now = self._now()
        moment = Moment(boot=self._clock.boot, up_ms=now.mono_ms, wall_ms=now.wall_ms, clock=now.clock)
        line = Drawn(
            screen=self._settings.screen.name, bulletin=bulletin, serial=serial, status=status,
            first_frame=moment if drawn else None, why_not=why_not,
        )  # fmt: skip
        try:
            self._log.append(line)
        except OSError as fault:
            self._say(f"what was drawn cannot be noted: {fault}; it is tried again")
