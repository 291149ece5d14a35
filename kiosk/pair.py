"""Both processes, each started again when it dies. One falls, the other goes on."""

import logging
import os
import signal
import subprocess
import sys
import time

from kiosk.core.faults import KioskError, WrongUse

log = logging.getLogger(__name__)

LOOK_S = 0.2
WAITS_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""How long to wait before the next start of one that keeps dying."""
STEADY_S = 60.0
STOP_S = 8.0


class _Child:
    """One of the two processes."""

    def __init__(self, arguments: list[str]) -> None:
        self.arguments = arguments
        self.name = arguments[0]
        self.deaths = 0
        self.started = 0.0
        self.due = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # in a group of its own, so that Ctrl-C reaches it once: from here
        self.process = subprocess.Popen([sys.executable, "-m", "kiosk", *self.arguments], process_group=0)
        self.started = time.monotonic()

    def look(self) -> None:
        """Notice a death; start again when it is time."""
        if self.process is None:
            if time.monotonic() >= self.due:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.process = None
        if code == WrongUse.exit_code:
            raise WrongUse(f"the {self.name} cannot start with these settings")
        held = time.monotonic() - self.started
        self.deaths = 1 if held > STEADY_S else self.deaths + 1
        wait = WAITS_S[min(self.deaths, len(WAITS_S)) - 1]
        self.due = time.monotonic() + wait
        log.warning("the %s ended (%s); starting it again in %g s", self.name, _cause(code), wait)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _cause(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def run_both(commands: list[list[str]], *, seconds: float | None) -> None:
    """Start and look after the processes until SIGTERM, Ctrl-C or the seconds are over; both are stopped."""
    stopping = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    def pass_on(number: int, _frame: object) -> None:
        for child in children:
            if child.name == "screen" and child.process is not None:
                os.kill(child.process.pid, number)

    children = [_Child(command) for command in commands]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    signal.signal(signal.SIGUSR1, pass_on)
    ends = None if seconds is None else time.monotonic() + seconds
    try:
        while not stopping and (ends is None or time.monotonic() < ends):
            for child in children:
                child.look()
            time.sleep(LOOK_S)
    except OSError as fault:
        raise KioskError(f"a process could not be started: {fault}") from fault
    finally:
        for child in children:
            child.stop()
        until = time.monotonic() + STOP_S
        for child in children:
            child.wait(until)
