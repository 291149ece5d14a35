"""The picture road: retained topics to a broker, newest wins. The other road out is `record_road.py`."""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from itertools import islice

from contract import topics
from contract.wire import Moment
from doors.broker import BrokerSettings, Handler, Link, LinkDown
from gateway.core import announce
from gateway.core.announce import Message
from gateway.core.facts import Facts
from gateway.core.site import Now
from gateway.io.bearer import Answers

log = logging.getLogger(__name__)

LATER_S = 0.05
"""A spread shorter than this is none."""


class Pictures:
    """What one broker should show: retained topics, of which only the newest waits."""

    def __init__(
        self,
        settings: BrokerSettings,
        *,
        name: str,
        facts: Facts,
        now: Callable[[], Now],
        subscribe: tuple[str, ...],
        on_message: Handler,
        everything: Callable[[], list[Message]],
        on_up: Callable[[], None] = lambda: None,
        at_once: int = 1,
    ) -> None:
        """`at_once`: how many may be under way; one by one each answer tells how fast the way is."""
        self._at_once = at_once
        self._everything = everything
        self._sign_of_life = topics.status(facts.site)
        self._on_up = on_up
        self.on_lost: Callable[[], None] = lambda: None
        """Called when the link has gone, before there is another."""
        self._waiting: dict[str, bytes] = {}
        self._wake = asyncio.Event()
        self._leaving = False
        self.published = 0
        self.heard: Moment | None = None
        """When the broker last said anything; None: not in this run."""
        self._now = now
        self.answers = Answers(time.monotonic)
        self.link = Link(
            settings,
            name=name,
            client_id=f"{facts.site}-gateway-{name}",  # one broker may stand for both, and knows a client by its id
            subscribe=subscribe,
            will=lambda: announce.status(facts, now(), online=False),
            on_message=on_message,
            on_up=self._greet,
            on_down=self._lose,
            on_heard=self._hear,
            prompt=at_once > 1,
        )

    def _hear(self) -> None:
        self.heard = self._now().moment()

    def _lose(self) -> None:
        self.on_lost()

    def tell(self, messages: list[Message]) -> None:
        """Show this, as soon as the broker is there."""
        if not self._leaving:
            self._waiting.update(messages)
            self._wake.set()

    async def say(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """One message now; raises LinkDown."""
        began_s, there = time.monotonic(), self.link.up
        try:
            await self.link.publish(topic, payload, retain=retain)
        except LinkDown:
            if there:
                self.answers.took(None)
            raise
        self.answers.took(time.monotonic() - began_s)
        self.published += 1

    async def farewell(self, topic: str, payload: bytes) -> None:
        """Say that we are gone, and nothing after it; raises LinkDown."""
        self._leaving = True
        self._waiting.clear()
        if self.link.up:
            await self.say(topic, payload, retain=True)

    def stay(self) -> None:
        """We are not gone after all: everything is told anew."""
        self._leaving = False
        self.tell(self._everything())

    async def run(self) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.link.run())
            group.create_task(self._drain())

    async def _greet(self) -> None:
        """No session is trusted: after every connect the whole picture is told anew.

        That we are there is told at once; the rest, where many share the broker, at a moment of our own.
        """
        self._on_up()
        if self.link.spread_s > LATER_S:
            self.tell([one for one in self._everything() if one[0] == self._sign_of_life])
            await asyncio.sleep(random.uniform(0, self.link.spread_s))  # noqa: S311 - not a secret
        self.tell(self._everything())

    async def _drain(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting and self.link.up:
                some = list(islice(self._waiting.items(), self._at_once))
                took = await asyncio.gather(*(self._show(*message) for message in some))
                if not all(took):
                    await asyncio.sleep(0.2)

    async def _show(self, topic: str, payload: bytes) -> bool:
        """Did the broker take it? Then it waits no longer, unless there is a newer one."""
        try:
            await self.say(topic, payload, retain=True)
        except LinkDown:
            return False
        if self._waiting.get(topic) is payload:
            del self._waiting[topic]
        return True
