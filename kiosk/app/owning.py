"""Who owns the screen: a message that was never drawn takes it at once, an older one when the newer has been read."""

from kivy.clock import Clock as Frames

from kiosk.screens.root import Root

READING_S = 15.0
"""How long the newer of several new messages stands before the next is shown for the first time."""


class Owning:
    """Looks after each new view."""

    def __init__(self) -> None:
        self._taken_s, self._returns = -READING_S, False

    def look(self, root: Root, done: set[tuple[str, int]]) -> None:
        """`done`: messages that have had their first frame."""
        new = {(one.id, one.serial) for one in root.view.alerts} - done
        shown = root.page.shown if root.page_name == "bulletin" else None
        read_s = Frames.get_time() - self._taken_s
        if not new:
            if self._returns and read_s >= READING_S:
                self._returns = False
                if shown is not None:
                    root.page.at = 0  # the newest is what stays
            return
        newer = shown is None or max(serial for _, serial in new) > shown.serial
        if newer or read_s >= READING_S:
            if shown is None:
                root.ask(False)
                root.go("bulletin")
            root.page.show_first_of(new)
            self._taken_s, self._returns = Frames.get_time(), True
