"""What a program tells systemd of itself: ready, one sentence of how it is, still at work, going.

sd_notify(3) is one datagram to the socket that NOTIFY_SOCKET names, so it is written out here: the small libraries for
it either need a C compiler on the box, or send on a blocking socket and have not been touched for years. Where nobody
listens nothing is sent, and what cannot be sent harms nobody: a program never fails because of its watcher.
"""

import asyncio
import faulthandler
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from doors.progress import Progress

log = logging.getLogger(__name__)

MOST_DIGITS = 18
SHORTEST_WATCHDOG_S = 0.3
"""A shorter WatchdogSec cannot be meant; more often than ten times a second nobody is told anything."""
LONGEST_BETWEEN_S = 60.0
PER_WATCHDOG = 3
"""Signs of life in the time after which systemd ends a silent program."""
MAX_SENTENCE = 500
BEGINNING_S = 0.1
"""How often it is asked at the start whether everything moves."""


MORE_TIME_S, MORE_TIME_EVERY_S = 120.0, 5.0
"""Real seconds that a long beginning asks for, and how often it does while it goes on."""


class Notifier:
    """The way to systemd. `every_s`: how often it wants a sign of life; None: it wants none."""

    def __init__(self, address: str | None = None, every_s: float | None = None) -> None:
        self._address = address
        self.every_s = every_s if address else None
        self._socket: socket.socket | None = None
        self._said = ""
        self._asked_s = -MORE_TIME_S
        self._complained = False

    @classmethod
    def here(cls, environment: Mapping[str, str] | None = None, pid: int | None = None) -> "Notifier":
        """As systemd has started this process; without systemd one that sends nothing.

        From here on a watchdog's SIGABRT leaves a line for every thread in the journal, which says what hung.
        """
        told = os.environ if environment is None else environment
        address = told.get("NOTIFY_SOCKET", "")
        if not address:
            return cls()
        if address[0] not in "/@" or len(os.fsencode(address)) > 107 or "\0" in address:
            log.warning("NOTIFY_SOCKET is neither a path nor an abstract name; systemd is told nothing")
            return cls()
        if environment is None:
            faulthandler.enable()
        return cls(address, _every_s(told, os.getpid() if pid is None else pid))

    @property
    def heard(self) -> bool:
        """Is there anybody to tell?"""
        return self._address is not None

    def ready(self, sentence: str) -> bool:
        """Everything that was to begin has begun. False: it was not heard, and must be said again."""
        self._said = sentence
        return self._send(f"READY=1\nSTATUS={_line(sentence)}")

    def status(self, sentence: str) -> None:
        """One sentence for `systemctl status`; the same one is sent once."""
        if sentence != self._said and self._send(f"STATUS={_line(sentence)}"):
            self._said = sentence

    def alive(self) -> None:
        """A sign of life. Only for those who have seen that the work goes on."""
        if self.every_s is not None:
            self._send("WATCHDOG=1")

    def more_time(self) -> None:
        """The beginning takes long and goes on; may be called as often as one likes."""
        if time.monotonic() - self._asked_s >= MORE_TIME_EVERY_S:
            self._asked_s = time.monotonic()
            self._send(f"EXTEND_TIMEOUT_USEC={int(MORE_TIME_S * 1_000_000)}")

    def stopping(self, sentence: str) -> None:
        """The end has begun."""
        self._send(f"STOPPING=1\nSTATUS={_line(sentence)}")

    async def watch(self, progress: Progress, sentence: Callable[[], str]) -> None:
        """Ready when every part has moved; then signs of life for as long as all of them move; until cancelled."""
        said: tuple[str, ...] = ()
        begun = False
        while True:
            if not begun:
                begun = progress.all_moved and self.ready(sentence())
                await asyncio.sleep(0 if begun else BEGINNING_S)
                continue
            stuck = progress.stuck()
            if stuck:
                self.status(f"stuck: {', '.join(stuck)}")
            else:
                self.alive()
                self.status(sentence())
            if stuck != said:
                said = stuck
                log.warning("no progress: %s", ", ".join(stuck) or "all moves again")
            await asyncio.sleep(self.every_s or LONGEST_BETWEEN_S)

    def _send(self, text: str) -> bool:
        if self._address is None:
            return True
        name = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        try:
            if self._socket is None:
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
                self._socket.setblocking(False)  # a listener that does not listen must not stop the work
            self._socket.sendto(text.encode("utf-8", "replace"), name)
            return True
        except OSError as fault:
            if not self._complained:
                self._complained = True
                log.warning("systemd cannot be told (%s)", fault.strerror or fault)
            return False


def runtime_folder(environment: Mapping[str, str] | None = None) -> Path | None:
    """The folder in memory that systemd has made for this unit (RuntimeDirectory=), or None."""
    told = os.environ if environment is None else environment
    first = told.get("RUNTIME_DIRECTORY", "").split(":")[0]
    return Path(first) if first.startswith("/") else None


def _every_s(told: Mapping[str, str], pid: int) -> float | None:
    """Seconds between two signs of life. What cannot be understood is no wish for any."""
    text = told.get("WATCHDOG_USEC", "")
    meant_for = told.get("WATCHDOG_PID", "")
    if not text or (meant_for and meant_for != str(pid)):
        return None  # a child inherits the environment, but not the duty
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and int(text)):
        log.warning("WATCHDOG_USEC says %.40r, which is no time; no signs of life are sent", text)
        return None
    watchdog_s = max(SHORTEST_WATCHDOG_S, int(text) / 1_000_000)
    return min(LONGEST_BETWEEN_S, watchdog_s / PER_WATCHDOG)


def _line(sentence: str) -> str:
    """A line break would begin another message."""
    return " ".join(sentence.split())[:MAX_SENTENCE]
