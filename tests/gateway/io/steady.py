"""Time as a loop sees it that holds both ends of a wire: while it stands still, nobody is late.

A program and the device that a test plays stop together when the machine stops or is busy. By the machine's own clock
the program would then wake to a deadline that is over and to an answer that the device could not give: it would call
the device silent, which no real device has deserved. Here time goes on by what was waited for, and by little more.
"""

import asyncio
import time
from typing import Any

STEP_S = 0.0005
"""So much of what somebody works counts as time, however long it takes."""
LATE_S = 0.02
"""A wait that ends so much after its time was a stop of the machine."""
LEFT_S = 0.1
"""What then remains of it: the kernel's own threads, which carry bytes through a pseudo-terminal, stood still too."""


class _Steady:
    """The clock and the waiting of one loop."""

    def __init__(self, loop: Any) -> None:
        self._wait = loop._selector.select
        self._seen_s = self._now_s = time.monotonic()

    def _gone_s(self) -> float:
        """Real seconds since the last question."""
        before_s, self._seen_s = self._seen_s, time.monotonic()
        return self._seen_s - before_s

    def time(self) -> float:
        """For the loop's own `time`."""
        self._now_s += min(STEP_S, self._gone_s())
        return self._now_s

    def select(self, timeout: float | None = None) -> list[Any]:
        """What comes has come at once: it was sent from this loop. Only what was waited for in vain is time."""
        self.time()
        found: list[Any] = self._wait(timeout)
        gone_s = self._gone_s()
        if found or timeout is None:
            self._now_s += min(STEP_S, gone_s)
        elif gone_s > timeout + LATE_S:
            self._now_s += max(STEP_S, timeout - LEFT_S)
        else:
            self._now_s += min(gone_s, timeout + STEP_S)
        return found


def make_steady(loop: Any = None) -> None:
    """From now on, for as long as the loop lives; told twice it is the same."""
    loop = loop or asyncio.get_running_loop()
    if not isinstance(getattr(loop.time, "__self__", None), _Steady):
        steady = _Steady(loop)
        loop.time, loop._selector.select = steady.time, steady.select
