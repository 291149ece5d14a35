"""What the demonstration says to people, and the real clock it looks at."""

import sys

from doors.clock import Clock


def say(sentence: str) -> None:
    """For people; figures and tables go to standard output."""
    print(sentence, file=sys.stderr, flush=True)


def real_s() -> float:
    """Real seconds since the machine started."""
    return Clock().up_ms() / 1000
