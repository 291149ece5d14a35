"""The shop's own page at the site: hands in orders, and lets each go as soon as it is shown as answered."""

import asyncio
import contextlib

from contract import topics
from contract.messages import decode, encode
from contract.orders import Order, Orders
from contract.records import Answers
from contract.wire import Refused
from demo.io.brokers import Door
from doors.broker import BrokerSettings, Link, LinkDown


class Shop:
    """One account at the site's broker. `run` ends only by cancellation."""

    def __init__(self, door: Door, site: str) -> None:
        self._site = site
        self._open: dict[str, Order] = {}
        self._revision = 0
        self._changed = asyncio.Event()
        self._link = Link(
            BrokerSettings(**door.rows(), reconnect_max_s=1.0, answer_within_s=3.0),
            name="owner",
            client_id=f"{site}-owner",
            subscribe=(topics.answers(site),),
            on_message=self._hear,
            on_up=self._tell,
        )

    async def run(self) -> None:
        """Stay connected for ever."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._link.run())
            tasks.create_task(self._keep_telling())

    def order(self, order: Order) -> None:
        """Hand in an order; it stays until it is answered."""
        self._open[order.id] = order
        self._turn()

    def _turn(self) -> None:
        self._revision += 1
        self._changed.set()

    async def _keep_telling(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            with contextlib.suppress(LinkDown):  # told again when the broker is back
                await self._tell()

    async def _tell(self) -> None:
        if self._revision:
            document = Orders(revision=self._revision, orders=tuple(self._open.values()))
            await self._link.publish(topics.local_orders(self._site), encode(document), retain=True)

    def _hear(self, _topic: str, payload: bytes, _retained: bool) -> None:
        try:
            answered = {one.order for one in decode(payload, Answers).answers} & self._open.keys()
        except Refused:
            return
        for order in answered:
            del self._open[order]
        if answered:
            self._turn()
