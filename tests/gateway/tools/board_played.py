"""A board at the end of a cable: the real interpreter behind a pseudo-terminal, started anew as a board is by a reset.

A folder is its file system. As on a board its `main.py` runs after each reset until somebody presses Ctrl-C, and then
there is the prompt. The cable can be pulled out after so many bytes.
"""

import contextlib
import os
import pty
import select
import signal
import subprocess
import termios
import threading
import time
import tty
from pathlib import Path

from tests.firmware.nodes_played import MICROPYTHON

CTRL_C = b"\x03"
PROMPT = b">>> "
WITHIN_S = 30.0
MACHINE = "import sys\n\n\ndef reset():\n    sys.exit(0)\n"
"""What the interpreter lacks for being a board; a reset ends it, and the bridge starts it anew."""


class PlayedBoard:
    """`port` is the serial port. `most`: pull the cable out after so many bytes to the board, power and all.

    `freezes_after`: it stands still after so many, cable and all in place.
    """

    def __init__(self, home: Path, *, preload: str = "", heap: str = "96wK") -> None:
        self.root = home / "flash"
        self.root.mkdir(parents=True, exist_ok=True)
        self._stubs = home / "stubs"
        self._stubs.mkdir(exist_ok=True)
        (self._stubs / "machine.py").write_text(MACHINE, "utf-8")
        self._preload = preload
        self._heap = heap
        self.said = b""
        self.starts = 0
        self.most: int | None = None
        self.freezes_after: int | None = None
        self.lies: dict[bytes, bytes] = {}
        """What comes over the cable in place of what the interpreter says: another board, another version."""
        self._held = b""
        """Of the interpreter's words the end, where it may be the beginning of what a lie replaces."""
        self._process: subprocess.Popen[bytes] | None = None
        self._inner = -1
        self._program = False
        self._cable, self._far = pty.openpty()
        tty.setraw(self._far)
        self.port = os.ttyname(self._far)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Off, for good."""
        if self._ended.is_set():
            return
        self._ended.set()
        self._thread.join(WITHIN_S)
        for one in (self._cable, self._far):
            with contextlib.suppress(OSError):
                os.close(one)

    def tail(self) -> str:
        """The last that it said, for a test that fails."""
        return f"\n{self.starts} starts: {self.said[-1500:].decode('utf-8', 'replace')}"

    def _run(self) -> None:
        self._boot()
        while not self._ended.is_set():
            ready = select.select([self._cable, self._inner], [], [], 0.05)[0]
            if self._inner in ready and not self._from_board():
                self._off()
                self._boot()
            elif self._cable in ready:
                self._to_board(os.read(self._cable, 4096))
            elif not ready and self._held:
                held, self._held = self._held, b""
                os.write(self._cable, held)
        self._off()

    def _boot(self, *, program: bool = True) -> None:
        """As after a reset; without `program` straight to the prompt."""
        self.starts += 1
        self._program = program and (self.root / "main.py").exists()
        self._inner, inside = pty.openpty()
        told = termios.tcgetattr(inside)
        told[1] &= ~termios.OPOST
        told[3] &= ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(inside, termios.TCSANOW, told)
        command = ["setsid", "-c", str(MICROPYTHON), "-X", f"heapsize={self._heap}"]
        command += ["main.py"] if self._program else ["-i", "-c", self._preload] if self._preload else []
        environment = os.environ | {"MICROPYPATH": f"{self._stubs}::.frozen", "TERM": "dumb"}
        self._process = subprocess.Popen(
            command, stdin=inside, stdout=inside, stderr=inside, cwd=self.root, env=environment
        )
        os.close(inside)
        if not self._program:
            self._until_prompt()

    def _until_prompt(self) -> None:
        deadline, seen = time.monotonic() + WITHIN_S, b""
        while PROMPT not in seen and time.monotonic() < deadline:
            if select.select([self._inner], [], [], 0.1)[0]:
                seen += os.read(self._inner, 4096)

    def _off(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            os.close(self._inner)

    def _from_board(self) -> bool:
        try:
            data = os.read(self._inner, 4096)
        except OSError:
            return False
        self.said += data
        if told := self._lied(data):
            os.write(self._cable, told)
        return bool(data)

    def _lied(self, data: bytes) -> bytes:
        """What comes over the cable instead; a word that has come in two pieces is one word."""
        data = self._held + data
        for true, told in self.lies.items():
            data = data.replace(true, told)
        whole = len(data) - max(
            (size for true in self.lies for size in range(1, len(true)) if data.endswith(true[:size])), default=0
        )
        self._held = data[whole:]
        return data[:whole]

    def _to_board(self, data: bytes) -> None:
        if self.most is not None:
            self.most -= len(data)
            if self.most < 0:
                self.most = None
                self._off()
                self._hang_up()
                return
        if self.freezes_after is not None and self._process is not None:
            self.freezes_after -= len(data)
            if self.freezes_after < 0:
                self._process.send_signal(signal.SIGSTOP)
                return
        if self._program and CTRL_C in data:
            self._off()
            self._boot(program=False)
            data = data[data.rindex(CTRL_C) + 1 :]
        while data:
            data = data[os.write(self._inner, data) :]

    def _hang_up(self) -> None:
        """The port goes away, and comes again with the next cable: whoever notices the one finds the other."""
        gone = self._cable, self._far
        self._cable, self._far = pty.openpty()
        tty.setraw(self._far)
        self.port = os.ttyname(self._far)
        for one in gone:
            os.close(one)
        self._boot(program=False)
