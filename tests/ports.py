"""Ports for the programs under test."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

FIRST, LAST = 20_000, 31_999
"""Below those that Linux gives to outgoing connections: nobody gets one by chance before its program listens there."""
LAST_GIVEN = Path(tempfile.gettempdir()) / f"sotpunkt-ports-{os.getuid()}"


def free_port() -> int:
    """A port of this machine that nobody listens on now.

    They are given in turn to all tests of this user, so that nobody is given one whose program has yet to listen there.
    """
    with LAST_GIVEN.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        told = file.read().strip()
        port = int(told) if told.isdecimal() else random.SystemRandom().randint(FIRST, LAST)
        for _ in range(LAST - FIRST):
            port = port + 1 if FIRST <= port < LAST else FIRST
            if _is_free(port):
                file.truncate(0)
                file.write(str(port))
                return port
    raise AssertionError("no port is free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
