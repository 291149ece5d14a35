"""Between arrival and commitment: what was decided goes first, history after it, so much of each finds room.

What finds none is turned away, and its site is asked for it as soon as there is room: one after the other, so that a
thousand sites that come back with their history together do not send it in vain again and again.
"""

import asyncio
import logging
from collections import Counter, deque

from contract.words import Stream
from dashboard.io.store.committing import Taken

log = logging.getLogger(__name__)

MAX_WAITING = 500
"""Messages of history; a full one of them takes some hundred kilobytes of memory."""
MAX_DECIDED = 2000
"""Messages of the other kind, which are small: a thousand sites that lose the mains together have two each."""
OF_A_SITE = 100
"""Of either kind: one that says more than its share takes no room from others."""
OF_A_SITE_WHEN_FULL = 2
"""Messages of history of a site while others stand outside."""
MAX_TOGETHER = 50
"""Messages of either kind in one transaction."""
HISTORY_TOGETHER = 2400
"""Records of samples in it: a hundred sites that come back with their history must not delay an event of another."""
ASKED_TOGETHER = 8
"""Sites that are asked again at once: what they bring is soon stored, and what waits is not yet at its end then."""


class Inbox:
    """Two rows, each in the order of arrival; a stream lies wholly in one of them."""

    def __init__(self) -> None:
        self._decided: deque[Taken] = deque()
        self._history: deque[Taken] = deque()
        self._of_site: Counter[tuple[str, bool]] = Counter()
        """Site, of history → how many of its messages wait."""
        self._turned_away: dict[str, None] = {}
        """Sites of which something found no room, in the order in which they are asked for it."""
        self._something = asyncio.Event()

    def put(self, one: Taken) -> bool:
        """False when there is no room for it."""
        history = one.batch is not None and one.batch.stream is Stream.SAMPLE
        row, most = (self._history, MAX_WAITING) if history else (self._decided, MAX_DECIDED)
        share = OF_A_SITE_WHEN_FULL if history and self._turned_away else OF_A_SITE
        if len(row) >= most or self._of_site[one.site, history] >= share:
            if not self._turned_away:
                log.warning("%s: records come faster than they can be stored; they are asked for again later", one.site)
            self._turned_away[one.site] = None
            return False
        self._of_site[one.site, history] += 1
        row.append(one)
        self._something.set()
        return True

    def turn_away(self, taken: list[Taken]) -> None:
        """What was taken out could not be stored: their sites are asked for it again."""
        self._turned_away |= dict.fromkeys(one.site for one in taken)

    async def together(self) -> list[Taken]:
        """What is committed together, at least one."""
        while not (self._decided or self._history):
            self._something.clear()
            await self._something.wait()
        taken = [self._pop(self._decided, False) for _ in range(min(MAX_TOGETHER, len(self._decided)))]
        room = HISTORY_TOGETHER
        while self._history and (room := room - _records(self._history[0])) >= 0 and len(taken) < 2 * MAX_TOGETHER:
            taken.append(self._pop(self._history, True))
        return taken

    def asked_again(self) -> list[str]:
        """Sites that were turned away and for which there is room by now: they are told how far their records are."""
        if len(self._history) > MAX_WAITING // 2 or len(self._decided) > MAX_DECIDED // 2:
            return []
        some = list(self._turned_away)[:ASKED_TOGETHER]
        for site in some:
            del self._turned_away[site]
        if some and not self._turned_away:
            log.warning("records can be stored as fast as they come again")
        return some

    def _pop(self, row: deque[Taken], history: bool) -> Taken:
        one = row.popleft()
        self._of_site[one.site, history] -= 1
        if not self._of_site[one.site, history]:
            del self._of_site[one.site, history]
        return one


def _records(one: Taken) -> int:
    return len(one.batch.records) if one.batch is not None else 1
