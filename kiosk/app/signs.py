"""Signs of life to systemd, tied to frames that reached the panel."""

from doors.systemd import Notifier


class FrameWatch:
    """Signs of life to systemd: one for every frame that reached the panel since the one before, at its pace."""

    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier
        self._told_s: float | None = None
        self._drawn = False

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
        self._notifier.alive()
        return True

    def stopping(self) -> None:
        """The end has begun."""
        self._notifier.stopping("told to stop")
