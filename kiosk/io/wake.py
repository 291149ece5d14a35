"""The knock at the door, both ways: the keeper says "look into the cache" or "draw a frame", the screen answers.

Unix datagrams: nothing is written to the card, and an answer comes only from a screen that lives just now.
"""

import contextlib
import socket
from pathlib import Path

from doors.disk import REFUSALS
from kiosk.core.visitor import opened
from kiosk.io.memory import beside, made

KNOCK = b"new"
ASK = b"draw"
HERE = b"here"
MOST = 1000
"""Datagrams taken at one look; the kernel holds fewer."""
MAX_ANSWER = 200
MAX_BYTES = 8000
"""Of one datagram: a hundred names of pages and how often each was opened."""
ANSWERS = ".back"
"""The keeper listens beside the screen's socket, under its name with this behind it."""


class Waker:
    """The keeper's side: knocks and asks, and does not mind when nobody is at home."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._back = Path(self._path + ANSWERS)
        self._socket = _listen(self._back)
        self._drawn: list[bytes] = []
        self._visited = False
        self._opened = opened.Opened()
        self.trouble = ""
        """Why the newest frame was not what it should have been; "" when it was."""

    def knock(self) -> None:
        """Tell the screen; a screen that is not there looks into the cache when it starts."""
        self._send(KNOCK)

    def ask(self) -> bool:
        """Ask the screen to draw a frame; is anybody at home?"""
        return self._send(ASK)

    def answered(self) -> int | None:
        """The newest frame the screen told of since the last look, uptime in ms; None: it told of none. Never waits."""
        newest = None
        self._listen()
        drawn_now, self._drawn = self._drawn, []
        for data in drawn_now:
            drawn, space, trouble = data.partition(b" ")
            if drawn.isdigit() and bool(space) is bool(trouble) and (newest is None or int(drawn) >= newest):
                newest, self.trouble = int(drawn), trouble.decode("ascii", "replace")
        return newest

    def visited(self) -> bool:
        """Has anybody touched the screen since the last look? Never waits."""
        self._listen()
        visited, self._visited = self._visited, False
        return visited

    def opened(self) -> dict[str, int]:
        """How often each page was opened since the last look. Never waits."""
        self._listen()
        return self._opened.taken()

    def close(self) -> None:
        """Free the path."""
        _close(self._socket)

    def _listen(self) -> None:
        heard = _heard(self._socket)
        self._visited = self._visited or HERE in heard
        counts, drawn = [data for data in heard if data[:1] == b"{"], [data for data in heard if data[:1].isdigit()]
        for data in counts:
            self._opened.add_all(opened.heard(data))
        self._drawn = [*self._drawn, *drawn][-MOST:]

    def _send(self, what: bytes) -> bool:
        for place in (self._path, str(beside(Path(self._path)))):
            try:
                self._socket.sendto(what, place)
            except BlockingIOError:
                return True  # somebody is there, and has not listened for so long that no more fits in
            except OSError:
                continue
            return True
        return False


class Doorbell:
    """The screen's side: owns the path, and takes it over from a screen that was killed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket = _listen(path)
        self.asked = False
        """Does the keeper wait to hear of a frame?"""
        self.taken = 0
        """Datagrams since the start; while it grows the keeper lives."""

    def fileno(self) -> int:
        """For select(2)."""
        return self._socket.fileno()

    def rung(self) -> bool:
        """Has anybody knocked since last time? Never waits."""
        heard = _heard(self._socket)
        self.taken += len(heard)
        self.asked = self.asked or ASK in heard
        return any(data != ASK for data in heard)

    def answer(self, drawn_up_ms: int, trouble: str = "") -> None:
        """Tell the keeper that a frame reached the panel then, and why it was not what it should have been, if so.

        A keeper that is gone asks again when it is back.
        """
        self.asked = False
        self._tell(f"{drawn_up_ms} {trouble}"[:MAX_ANSWER].strip().encode("ascii", "replace"))

    def here(self) -> None:
        """Tell the keeper that somebody stands before the screen: what is asked only then is asked now."""
        self._tell(HERE)

    def opened(self, counts: dict[str, int]) -> bool:
        """Tell the keeper how often each page was opened; False: nobody heard it."""
        return self._tell(opened.told(counts))

    def _tell(self, said: bytes) -> bool:
        back = Path(str(self._path) + ANSWERS)
        for place in (back, beside(back)):
            with contextlib.suppress(OSError):
                self._socket.sendto(said, str(place))
                return True
        return False

    def close(self) -> None:
        """Free the path."""
        _close(self._socket)


def _listen(path: Path) -> socket.socket:
    """A socket at a path of this account's own, that never waits; whoever left one there before was killed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _bound(path)
    except OSError as fault:
        if fault.errno not in REFUSALS:
            raise
    return _bound(made(path))


def _bound(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    one = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.setblocking(False)
    try:
        one.bind(str(path))
        path.chmod(0o600)
    except OSError:
        one.close()
        raise
    return one


def _close(one: socket.socket) -> None:
    place = Path(one.getsockname())
    one.close()
    with contextlib.suppress(OSError):
        place.unlink()


def _heard(one: socket.socket) -> list[bytes]:
    """All that lies there."""
    heard: list[bytes] = []
    with contextlib.suppress(OSError):
        while len(heard) < MOST:
            heard.append(one.recv(MAX_BYTES))
    return heard
