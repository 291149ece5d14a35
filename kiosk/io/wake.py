"""The knock at the door: a unix datagram socket that says "look into the cache"; it carries no facts."""

import contextlib
import socket
from pathlib import Path

KNOCK = b"new"


class Waker:
    """The keeper's side: knocks, and does not mind when nobody is at home."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def knock(self) -> None:
        """Tell the screen; a screen that is not there looks into the cache when it starts."""
        with contextlib.suppress(OSError):
            self._socket.sendto(KNOCK, self._path)

    def close(self) -> None:
        """Free the socket."""
        self._socket.close()


class Doorbell:
    """The screen's side: owns the path, and takes it over from a screen that was killed."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(str(path))
        path.chmod(0o600)

    def rung(self) -> bool:
        """Has anybody knocked since last time? Never waits."""
        rung = False
        for _ in range(1000):
            try:
                self._socket.recv(64)
            except OSError:
                break
            rung = True
        return rung

    def close(self) -> None:
        """Free the path."""
        self._socket.close()
        self._path.unlink(missing_ok=True)
