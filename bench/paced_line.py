"""A meter on a serial line in a process of its own: `python -m bench.paced_line BAUD` prints the path of the line.

A pseudo-terminal hands bytes over at once; here a question takes the time of its bytes, then come 3.5 characters of
turnaround, then the answer byte by byte. For each line on its input it prints what it has seen since the last one, as
JSON: questions, questions that broke the silence of 3.5 characters after an answer, and the seconds by which it was
late itself, because the machine had other things to do.
"""

import json
import os
import select
import sys
import time
import tty

from bench.plant import checksum

PIECE = 8
"""Bytes that are handed over together, as the buffer of a serial port does."""
BITS = 10
ENOUGH = 0.9
"""Of the silence: what is shorter counts as broken."""


class Meter:
    """Answers every read of registers with counting words."""

    def __init__(self, line: int, baud: int) -> None:
        self._line = line
        self._byte_s = BITS / baud
        self._silence_s = 3.5 * self._byte_s
        self._free_at = 0.0
        self._buffer = b""
        self._seen = {"asked": 0, "broken": 0, "late_s": 0.0}

    def told(self) -> str:
        """What was seen since the last time."""
        told, self._seen = json.dumps(self._seen), {"asked": 0, "broken": 0, "late_s": 0.0}
        return told

    def hear(self) -> None:
        """Bytes have come; when they are a whole question, answer it."""
        now = time.perf_counter()
        self._buffer += os.read(self._line, 256)
        if len(self._buffer) < 8:
            return
        frame, self._buffer = self._buffer[:8], b""
        self._seen["asked"] += 1
        self._seen["broken"] += now < self._free_at + ENOUGH * self._silence_s
        size = int.from_bytes(frame[4:6], "big")
        start = int.from_bytes(frame[2:4], "big")
        words = b"".join(((start + at) % 200).to_bytes(2, "big") for at in range(size))
        body = frame[:2] + bytes([len(words)]) + words
        self._say(body + checksum(body), now + 8 * self._byte_s + self._silence_s)

    def _say(self, answer: bytes, begins: float) -> None:
        for at in range(0, len(answer), PIECE):
            piece = answer[at : at + PIECE]
            due = begins + (at + len(piece)) * self._byte_s
            time.sleep(max(0.0, due - time.perf_counter()))
            self._free_at = time.perf_counter()
            os.write(self._line, piece)
        self._seen["late_s"] += self._free_at - due


def serve(baud: int) -> None:
    """Until its input is closed."""
    line, theirs = os.openpty()
    tty.setraw(theirs)
    print(os.ttyname(theirs), flush=True)
    meter = Meter(line, baud)
    while True:
        ready, _, _ = select.select([line, sys.stdin], [], [])
        if line in ready:
            meter.hear()
        if sys.stdin in ready:
            if not os.read(0, 256):
                return
            print(meter.told(), flush=True)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
