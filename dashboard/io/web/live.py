"""The live stream to browsers: which sites have changed. What has changed they fetch themselves."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
from litestar.response.sse import ServerSentEventMessage

from dashboard.core.access.people import Person

TICK_S = 5.0
"""A browser that hears nothing for three of these says that it has lost us."""
GATHER_S = 0.2
"""Changes that come together are told together: no browser is told more often than this."""
AT_ONCE_S = 0.02
"""The first after a rest waits only for what comes in the same breath."""
CALM_S = 2.0
"""A sign of life that changes no word waits so long for something to go with: a thousand sites give some each second,
and ages count on by themselves."""
MAX_LISTENERS = 200
MOST_OF_ONE = 20
"""Pages of one account that listen at a time: nobody takes everybody's places."""
ASK_S = 1.0


def _seen(sites: set[str], person: Person) -> list[str]:
    """Nobody hears of sites that are not theirs."""
    return sorted(site for site in sites if not site or person.sees(site))


class _Listener:
    def __init__(self, account: int) -> None:
        self.account = account
        self.changed: set[str] = set()
        self.wake = asyncio.Event()
        self.told_s = 0.0
        self._later: asyncio.TimerHandle | None = None

    def hear(self, site: str, *, calm: bool) -> None:
        """Something has changed; a calm one wakes nobody at once."""
        self.changed.add(site)
        if not calm:
            self.wake.set()
        elif self._later is None:
            self._later = asyncio.get_running_loop().call_later(CALM_S, self.wake.set)

    def taken(self) -> set[str]:
        """All that has changed since it was asked last."""
        changed, self.changed = self.changed, set()
        self.wake.clear()
        self.rest()
        self.told_s = time.monotonic()
        return changed

    def rest(self) -> None:
        """Nothing is due any more."""
        if self._later is not None:
            self._later.cancel()
            self._later = None


class Hub:
    """All browsers that listen."""

    def __init__(self) -> None:
        self._listeners: set[_Listener] = set()
        self._closed = False
        self.told = 0
        """Rises with every change of anything."""

    def full(self, person: Person) -> bool:
        """Is there no room for one more page of this person?"""
        mine = sum(one.account == person.number for one in self._listeners)
        return len(self._listeners) >= MAX_LISTENERS or (person.is_known and mine >= MOST_OF_ONE)

    def tell(self, site: str, *, calm: bool = False) -> None:
        """Something about a site has changed; "" for the page as a whole. `calm`: only that it was heard again."""
        self.told += 1
        for listener in self._listeners:
            listener.hear(site, calm=calm)

    def close(self) -> None:
        """End all streams."""
        self._closed = True
        self.tell("")

    async def stream(
        self, person: Person, still: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[ServerSentEventMessage]:
        """What one browser gets: `hello`, then `changed` and `tick`; `ended` when nobody is signed in there any more.

        `still`: is the session that asked for it alive? Asked before each word, at most once a second.
        """
        if self.full(person):  # many that came at the same moment
            return
        listener, asked_s = _Listener(person.number), time.monotonic()
        self._listeners.add(listener)
        try:
            yield ServerSentEventMessage(event="hello", data="{}", retry=2000)
            while not self._closed:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK_S):
                        await listener.wake.wait()
                if time.monotonic() - asked_s >= ASK_S:
                    asked_s = time.monotonic()
                    if not await still():
                        yield ServerSentEventMessage(event="ended", data="{}")
                        return
                if listener.wake.is_set():
                    await asyncio.sleep(max(AT_ONCE_S, listener.told_s + GATHER_S - time.monotonic()))
                changed = _seen(listener.taken(), person)
                if changed:
                    yield ServerSentEventMessage(event="changed", data=msgspec.json.encode({"sites": changed}))
                else:
                    yield ServerSentEventMessage(event="tick", data="{}")
        finally:
            listener.rest()
            self._listeners.discard(listener)
