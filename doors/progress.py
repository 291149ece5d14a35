"""Does the work go on? Each part of a program says when it has done its round; a part that is overdue is stuck.

A round that ended badly is a round: a silent device, a full disk or a broker that is away must not look like a program
that hangs, for a new start heals none of them. Real seconds of the monotonic clock throughout.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

ASLEEP_S = 5.0
"""Nobody looked for so much longer than usual: the whole program stood still, which is no part's fault."""


@dataclass(slots=True)
class _Part:
    within_s: float
    done_s: float
    moved: bool = False


class Progress:
    """The parts of a program, and when each was last seen to move."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._parts: dict[str, _Part] = {}
        self._looked_s: float | None = None
        self._usual_s: float | None = None

    def expect(self, name: str, within_s: float) -> None:
        """From now on this part owes a sign within so many seconds, again and again."""
        self._parts[name] = _Part(within_s, self._clock())

    def done(self, name: str) -> None:
        """It has done a round. Of a part of which nobody expects anything, nothing is remembered."""
        part = self._parts.get(name)
        if part is not None:
            part.done_s, part.moved = self._clock(), True

    @property
    def all_moved(self) -> bool:
        """Has every part done its first round?"""
        return all(part.moved for part in self._parts.values())

    def stuck(self) -> tuple[str, ...]:
        """Who is overdue, in the order in which they were expected."""
        now_s = self._clock()
        self._forgive(now_s)
        return tuple(name for name, part in self._parts.items() if now_s - part.done_s > part.within_s)

    def _forgive(self, now_s: float) -> None:
        """After a stop of the whole program (a debugger, a frozen machine) everybody gets the lost time back."""
        if self._looked_s is not None:
            gone_s = now_s - self._looked_s
            if self._usual_s is not None and gone_s > self._usual_s + ASLEEP_S:
                for part in self._parts.values():
                    part.done_s += gone_s - self._usual_s
            elif gone_s > 0:
                self._usual_s = gone_s if self._usual_s is None else min(self._usual_s, gone_s)
        self._looked_s = now_s
