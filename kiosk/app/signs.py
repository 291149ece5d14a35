"""Signs of life to systemd, tied to frames that reached the panel."""

from doors.systemd import Notifier

KEEPER_SILENT_S = 300.0
"""Five of the keeper's questions. A screen whose keeper is dead shows what grows old: no sign of life, so that systemd
starts it anew, and with it the keeper that it wants."""


class FrameWatch:
    """Signs of life to systemd: one for every frame that reached the panel since the one before, at its pace."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier
        self._told_s: float | None = None
        self._drawn = False
        self._keeper: tuple[int, float] | None = None

    def keeper(self, taken: int, now_s: float) -> None:
        """So much has the keeper said since the start."""
        if self._keeper is None or taken != self._keeper[0]:
            self._keeper = taken, now_s

    def flipped(self) -> None:
        """A frame has reached the panel."""
        self._drawn = True

    def ticked(self, now_s: float) -> bool:
        """Tell it when it is time. Is a frame wanted for the next time, though nothing has changed?"""
        if not self._notifier.heard:
            return False
        if self._told_s is None:
            if self._drawn and self._notifier.ready("drawing"):
                self._told_s = now_s
            return True
        if self._notifier.every_s is None or now_s - self._told_s < self._notifier.every_s or not self._drawn:
            return not self._drawn
        self._told_s, self._drawn = now_s, False
        if self._keeper is None or now_s - self._keeper[1] < KEEPER_SILENT_S:
            self._notifier.alive()
        return True

    def stopping(self) -> None:
        """The end has begun."""
        self._notifier.stopping("told to stop")
