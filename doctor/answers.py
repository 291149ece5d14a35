"""Does a broker answer? `python -m doctor.answers PORT`: exit 0 it does, 1 it does not, 2 a wrong call.

For a timer that looks after a Mosquitto, which gives no signs of life of its own. It introduces itself without an
account: a broker that refuses it answers all the same, and so its loop turns. Nothing but the standard library is
loaded, for it runs every two minutes for years.
"""

import socket
import sys

WITHIN_S = 15.0
USAGE = 2
HELLO = b"\x10\x18\x00\x04MQTT\x04\x02\x00\x05\x00\x0csotpunkt-ask"
"""CONNECT of MQTT 3.1.1: clean session, keepalive 5 s, client id sotpunkt-ask."""
ANSWER = 0x20
"""The first byte of a CONNACK."""


def answers(port: int, within_s: float = WITHIN_S) -> bool:
    """Does a broker on this machine answer an introduction, with yes or no?"""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=within_s) as wire:
            wire.sendall(HELLO)
            return wire.recv(1)[:1] == bytes([ANSWER])
    except OSError:
        return False


def main() -> int:
    """Entry point."""
    told = sys.argv[1:]
    if len(told) != 1 or not told[0].isascii() or not told[0].isdigit() or not 0 < int(told[0]) < 65536:
        sys.stderr.write("python -m doctor.answers PORT: give the port of a broker on this machine\n")
        return USAGE
    return 0 if answers(int(told[0])) else 1


if __name__ == "__main__":
    sys.exit(main())
