"""Asks a site for its picture when a heartbeat names something that is not held here: it was lost on the way.

Until it comes nothing false is shown (nothing of it is vouched for), but a state that grows old for twelve hours
helps nobody.
"""

from contract.messages import SiteStatus
from contract.records import Again
from contract.vouching import lacks
from dashboard.core.hearing.intake import Picture
from dashboard.core.hearing.picture import MAX_DEVICES, SitePicture
from dashboard.io.desk import Desk

SETTLED_MS = 60_000
"""After a new link the broker tells what it holds, in any order; so long nothing counts as lost."""
AGAIN_MS = 3_600_000
"""What is lacking all the same (too large, or refused here) is not asked for at each heartbeat: bytes are paid for."""


class Missed:
    """What is to be asked of which site."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._up_ms: int | None = None
        self._named: dict[str, SiteStatus] = {}
        self._asked_ms: dict[str, int] = {}
        desk.listeners.append(self._hear)

    def _hear(self, message: Picture, mono_ms: int | None) -> None:
        if isinstance(message, SiteStatus) and mono_ms is not None:
            self._named[message.head.site] = message

    def due(self) -> list[Again]:
        """Of the sites that have spoken since this was asked last; each counts as asked then."""
        now_ms = self._desk.clock.up_ms()
        if not self._desk.broker_up:
            self._up_ms, self._named = None, {}
            return []
        self._up_ms = now_ms if self._up_ms is None else self._up_ms
        if now_ms - self._up_ms < SETTLED_MS:
            return []
        named, self._named = self._named, {}
        found = [site for site, status in named.items() if self._lacks(self._desk.pictures[site], status, now_ms)]
        self._asked_ms |= dict.fromkeys(found, now_ms)
        return [_again(named[site]) for site in found]

    def _lacks(self, picture: SitePicture, status: SiteStatus, now_ms: int) -> bool:
        asked_ms = self._asked_ms.get(picture.site)
        if picture.status is not status or (asked_ms is not None and now_ms - asked_ms < AGAIN_MS):
            return False
        full = len(picture.told) >= MAX_DEVICES
        return not full and lacks(status, picture.told, picture.told_state, picture.alarms)


def _again(status: SiteStatus) -> Again:
    head = status.head
    return Again(site=head.site, run=head.run, boot=head.boot, up_ms=head.up_ms)
