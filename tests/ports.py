"""Ports for the programs under test."""

import random
import socket

FIRST, LAST = 20_000, 31_999
"""Below those that Linux gives to outgoing connections: nobody gets one by chance before its program listens there."""


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    for _ in range(200):
        port = random.SystemRandom().randint(FIRST, LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")
