"""The program that reads bodies for the keeper, in a process of its own: what chokes on one is ended with it.

Started by `reading.py`, which writes questions to its stdin and reads answers from its stdout. It has no network, no
disk, little memory, and ends by itself: when its stdin ends, and when one body takes too long, also while it is deep in
a library. It imports parsers and nothing else.
"""

import contextlib
import resource
import signal
import sys
from pathlib import Path
from typing import BinaryIO

import msgspec

from kiosk.feeds.alert import BadAnswer
from kiosk.keeper.readers import Found, reader

MOST_MEMORY = 160 * 1024 * 1024
"""Bytes; with the keeper's own it stays below what the service may take (hw/host)."""
ALARM_S = 30
"""Longer than the keeper waits: only for the case that there is no keeper any more."""
LENGTH = 8


class Asked(msgspec.Struct, frozen=True):
    """Read this body; without one, only the parser's version is wanted."""

    kind: str
    body: bytes | None = None


class Read(msgspec.Struct, frozen=True):
    """What came of it: `found`, or one sentence: `bad` of the body, `fault` of this program."""

    version: int = 0
    found: Found | None = None
    bad: str = ""
    fault: str = ""


def framed(message: msgspec.Struct) -> bytes:
    """The message with its length before it."""
    packed = msgspec.msgpack.encode(message)
    return len(packed).to_bytes(LENGTH, "big") + packed


def read(asked: Asked) -> Read:
    """One question; whatever happens is an answer."""
    try:
        parser = reader(asked.kind)
        found = None if asked.body is None else parser.found(asked.body)
        return Read(version=parser.version, found=found)
    except BadAnswer as fault:
        return Read(bad=str(fault))
    except ImportError as fault:
        return Read(bad=f"a library is missing ({fault.name})")
    except Exception as fault:  # a parser's own fault, or no memory left
        return Read(fault=type(fault).__name__)


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the questions end."""
    while len(head := questions.read(LENGTH)) == LENGTH:
        asked = msgspec.msgpack.decode(questions.read(int.from_bytes(head, "big")), type=Asked)
        signal.alarm(ALARM_S)  # its default ends the process, whatever it is doing
        answer = read(asked)
        signal.alarm(0)
        answers.write(framed(answer))
        answers.flush()


def main() -> None:
    """Shut itself in as far as the system lets it, then answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the keeper
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    with contextlib.suppress(OSError):  # where memory runs out this process goes first, never the keeper
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # whoever prints by mistake does not spoil an answer
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
