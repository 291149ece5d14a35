"""The pictures on their way to the centre: remembers what it was told, and tells what `core/telling.py` finds due."""

from collections.abc import Callable

from contract.records import Again
from gateway.core import telling
from gateway.core.announce import Message
from gateway.core.facts import Facts
from gateway.core.site import Now, Site
from gateway.core.telling import Told
from gateway.io.mqtt import Pictures

AGAIN_MS = 60_000
"""At most so often all is told because something of it was lost: each time costs some kilobytes."""


class Upstream:
    """What the centre holds of this site. Without a centre it does nothing."""

    def __init__(self, facts: Facts, site: Callable[[], Site], now: Callable[[], Now]) -> None:
        self._facts = facts
        self._site = site
        self._now = now
        self._told = Told()
        self._again_ms: int | None = None
        self.road: Pictures | None = None

    def everything(self) -> list[Message]:
        """All of it, for a link that has just come up; nothing of what was told on another link counts."""
        self._told, messages = telling.afresh(self._told, self._site(), self._facts, self._now())
        return messages

    def again(self) -> None:
        """All of it, because somebody asked."""
        if self.road is not None:
            self.road.tell(self.everything())

    def lacking(self, again: Again) -> None:
        """Something was lost on its way to the centre: all of it, unless it was told since, or only just."""
        now, whole_ms = self._now(), self._told.whole_ms
        if (again.site, again.run, again.boot) != (self._facts.site, now.run, now.boot) or again.up_ms > now.up_ms:
            return
        often = self._again_ms is not None and now.up_ms - self._again_ms < AGAIN_MS
        if not often and whole_ms is not None and whole_ms < again.up_ms:
            self._again_ms = now.up_ms
            self.again()

    def look(self, *, judged: bool = False) -> None:
        """Tell what is due. While the link is down nothing is: with the next connect comes everything."""
        if self.road is None or not self.road.link.up:
            return
        self._told, messages = telling.due(self._told, self._site(), self._facts, self._now(), judged=judged)
        if messages:
            self.road.tell(messages)
