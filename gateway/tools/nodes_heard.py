"""What the site's broker holds, or hears, of sensor nodes: these commands come in with the gateway's account.

Nothing here speaks to the gateway itself: what it told last stands at the broker, also while it is down.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from contract import topics
from contract.wire import Refused
from doors.broker import Link
from gateway.config import Plan
from gateway.config_node import NodeTable

WITHIN_S, ATTEMPTS, LOOK_S = 20.0, 4, 0.02
"""So long the broker is waited for, and so often one that refuses is asked again."""


class NoBroker(Exception):
    """The site's broker could not be asked; the sentence says why."""


class Ear:
    """Somebody at the site's broker who hears some topics. `held`: what stood there; `news`: what came since, live."""

    def __init__(self, plan: Plan, *heard: str) -> None:
        site = plan.facts.site
        name = f"tool-{secrets.token_hex(4)}"
        self.held: dict[str, bytes] = {}
        self.news: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self._url = plan.settings.site_broker.url
        self._end = str(topics.node_piece(site, name))
        self._whole = asyncio.Event()
        self.why = ""
        self.link = Link(
            plan.settings.site_broker, name="site", client_id=f"{site}-{name}", subscribe=((*heard, self._end),),
            on_message=self._hear, on_up=self._ask_for_the_end,
        )  # fmt: skip

    async def _ask_for_the_end(self) -> None:
        """A message of our own comes back after all that stood at the broker when we came."""
        await self.link.publish(self._end, b"end")

    def _hear(self, topic: str, payload: bytes, retained: bool) -> None:
        if topic == self._end:
            self._whole.set()
        elif retained:
            self.held[topic] = payload
        else:
            self.news.put_nowait((topic, payload))

    async def ready(self) -> Self:
        """Wait until all that stood there has come; raises NoBroker."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + WITHIN_S
        while not self._whole.is_set():
            if loop.time() > deadline or (self.why and self.link.attempts > ATTEMPTS):
                told = self.why or "it does not answer"
                raise NoBroker(f"the site's broker at {self._url} cannot be asked: {told}")
            await asyncio.sleep(LOOK_S)
        return self


class _Why(logging.Handler):
    """What the link says to its log: told once, in our own words, instead of at every attempt."""

    def __init__(self, ear: Ear) -> None:
        super().__init__(logging.WARNING)
        self._ear = ear

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the newest."""
        self._ear.why = record.getMessage().removeprefix("site broker: ").removesuffix("; trying again")


@asynccontextmanager
async def listening(plan: Plan, *heard: str) -> AsyncIterator[Ear]:
    """An ear that has heard all that stands at the broker; raises NoBroker."""
    ear = Ear(plan, *heard)
    said, why = logging.getLogger("doors.broker"), _Why(ear)
    said.addHandler(why)
    running = asyncio.create_task(ear.link.run())
    try:
        yield await ear.ready()
    finally:
        said.removeHandler(why)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def held(plan: Plan, *heard: str) -> dict[str, bytes]:
    """What stands at the broker under some topics; raises NoBroker."""
    async with listening(plan, *heard) as ear:
        return ear.held


def name_in(topic: str) -> str:
    """The node of a topic of nodes."""
    levels = topics.parts(topic) or []
    if len(levels) < 2:
        raise Refused(f"{topic} is no topic of a node")
    return str(levels[-2])


def node_of(plan: Plan, name: str) -> NodeTable:
    """The node of that name; raises Refused."""
    found = next((one for one in plan.settings.node if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in plan.settings.node) or "none"
        raise Refused(f"{name}: stands in no [[node]] of the settings; there are: {known}")
    return found
