"""The live stream to browsers: which sites have changed. What has changed they fetch themselves."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
from litestar.response.sse import ServerSentEventMessage

TICK_S = 5.0
"""A browser that hears nothing for three of these says that it has lost us."""
GATHER_S = 0.2
"""Changes that come together are told together."""
MAX_LISTENERS = 200


class _Listener:
    def __init__(self) -> None:
        self.changed: set[str] = set()
        self.wake = asyncio.Event()


class Hub:
    """All browsers that listen."""

    def __init__(self) -> None:
        self._listeners: set[_Listener] = set()
        self._closed = False

    @property
    def full(self) -> bool:
        """Is there no room for one more?"""
        return len(self._listeners) >= MAX_LISTENERS

    def tell(self, site: str) -> None:
        """Something about a site has changed; "" for the page as a whole."""
        for listener in self._listeners:
            listener.changed.add(site)
            listener.wake.set()

    def close(self) -> None:
        """End all streams."""
        self._closed = True
        self.tell("")

    async def stream(self) -> AsyncIterator[ServerSentEventMessage]:
        """What one browser gets: `hello`, then `changed` and `tick`."""
        listener = _Listener()
        self._listeners.add(listener)
        try:
            yield ServerSentEventMessage(event="hello", data="{}", retry=2000)
            while not self._closed:
                try:
                    async with asyncio.timeout(TICK_S):
                        await listener.wake.wait()
                except TimeoutError:
                    yield ServerSentEventMessage(event="tick", data="{}")
                    continue
                await asyncio.sleep(GATHER_S)
                changed, listener.changed = sorted(listener.changed), set()
                listener.wake.clear()
                yield ServerSentEventMessage(event="changed", data=msgspec.json.encode({"sites": changed}))
        finally:
            self._listeners.discard(listener)
