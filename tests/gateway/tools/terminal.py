"""A command in a real terminal: a process on a pseudo-terminal, with somebody who watches and types."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from pathlib import Path

ROOT = Path(__file__).parents[3]
WITHIN_S = 60.0


class Terminal:
    """`sotpunkt-gateway` with arguments in a window of 110 × 40."""

    def __init__(self, *words: str) -> None:
        self.shown = ""
        self._pid, self._window = pty.fork()
        if self._pid == 0:
            os.chdir(ROOT)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever runs the tests in the background may ignore it
            os.environ["TERM"] = "xterm-256color"
            os.execv(sys.executable, [sys.executable, "-m", "gateway", *words])
        fcntl.ioctl(self._window, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 110, 0, 0))

    def until(self, text: str) -> str:
        """Watch until that has been shown; everything that was shown so far."""
        deadline = time.monotonic() + WITHIN_S
        while text not in self.shown:
            assert time.monotonic() < deadline, f"{text!r} was not shown within {WITHIN_S} s: {self.shown[-2000:]}"
            assert self._look(1.0), f"it ended without {text!r}: {self.shown[-2000:]}"
        return self.shown

    def type(self, letters: str) -> None:
        """Press keys."""
        os.write(self._window, letters.encode())

    def end(self) -> int:
        """Watch until it ends by itself; its exit code."""
        deadline = time.monotonic() + WITHIN_S
        while self._look(1.0):
            assert time.monotonic() < deadline, f"it did not end within {WITHIN_S} s: {self.shown[-2000:]}"
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return os.waitstatus_to_exitcode(status)

    def close(self) -> None:
        """Leave nothing behind."""
        if self._pid:
            os.kill(self._pid, 9)
            os.waitpid(self._pid, 0)
        os.close(self._window)

    def _look(self, wait_s: float) -> bool:
        """Read what is there; False when the other side has gone."""
        if not select.select([self._window], [], [], wait_s)[0]:
            return True
        try:
            data = os.read(self._window, 65536)
        except OSError:
            return False
        self.shown += data.decode("utf-8", "replace")
        return bool(data)
