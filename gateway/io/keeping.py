"""On its way to the disk: mere readings gather and are written together, what was decided is written at once.

A write wears the card by whole pages, whatever is in it. So a power cut may cost the readings of one interval, and
nothing else: a decision takes all that waits before it along, in order, in its own transaction.
"""

import logging
from collections import deque

from contract.words import Stream
from gateway.io.store import Step, Store
from gateway.io.store_file import StoreFault

log = logging.getLogger(__name__)

MAX_UNKEPT = 2000
"""Steps held in memory while the disk refuses them; beyond it the oldest lose their readings, never their decisions."""
AT_ONCE = 200
MOST_REPAIRS = 3
"""In one run: a card that breaks more often than that is not mended by writing to it."""


class Keeper:
    """What waits to be written. `behind`: the disk refuses, and what is new waits in memory."""

    def __init__(self, store: Store, every_s: float) -> None:
        self._store = store
        self._every_ms = every_s * 1000
        self._waiting: deque[Step] = deque()
        self._repairs = 0
        self.behind = False

    def keep(self, step: Step, up_ms: int) -> None:
        """One step more; never raises: what cannot be written waits."""
        if step.batch is not None or step.numbered or step.memory is not None:
            self._waiting.append(step)
        if not self._waiting:
            return
        if self.behind or _decided(step) or up_ms - self._waiting[0].now.up_ms >= self._every_ms:
            self.write()

    def write(self) -> None:
        """All that waits, now."""
        try:
            if self._store.damaged and self._repairs < MOST_REPAIRS:
                self._repairs += 1
                self._store.repair()
            while self._waiting:
                some = [self._waiting[place] for place in range(min(AT_ONCE, len(self._waiting)))]
                self._store.keep_steps(some)
                for _ in some:
                    self._waiting.popleft()
            self.behind = False
        except StoreFault as fault:
            if not self.behind:
                log.error("%s; %s", fault, "what is new waits in memory")
            self.behind = True
            if len(self._waiting) > MAX_UNKEPT:
                self._lighten()

    def _lighten(self) -> None:
        """Give up the older half of the readings that wait; decisions stay, in order."""
        old = len(self._waiting) // 2
        lighter = [
            Step(one.now, one.batch if place >= old else None, one.numbered, one.memory)
            for place, one in enumerate(self._waiting)
        ]
        self._waiting = deque(one for one in lighter if one.batch is not None or one.numbered or one.memory is not None)


def _decided(step: Step) -> bool:
    """Does anything of it have to be on the disk before it is told?"""
    return step.memory is not None or any(one.stream is not Stream.SAMPLE for one in step.numbered)
