"""The site owner's page in its smallest form: sees what the site says on its own broker, and hands in orders there."""

from typing import TypeVar

import msgspec

from contract import topics
from contract.messages import decode, encode
from contract.orders import Order, Orders
from contract.wire import Refused
from demo.io.brokers import Door
from doors.broker import BrokerSettings, Link, LinkDown

T = TypeVar("T", bound=msgspec.Struct)


class Owner:
    """One account at the site's broker. `run` ends only by cancellation."""

    def __init__(self, door: Door, site: str) -> None:
        self._site = site
        self._heard: dict[str, bytes] = {}
        self._orders: dict[str, Order] = {}
        self._revision = 0
        self._link = Link(
            BrokerSettings(**door.rows(), reconnect_max_s=1.0, answer_within_s=3.0),
            name="owner",
            client_id=f"{site}-owner",
            subscribe=(topics.up_all(site), topics.public_all(site)),
            on_message=self._hear,
            on_up=self._again,
        )

    async def run(self) -> None:
        """Stay connected for ever."""
        await self._link.run()

    @property
    def up(self) -> bool:
        """Is the site's broker there?"""
        return self._link.up

    def forget(self) -> None:
        """What was heard before the box lost its power is not heard now."""
        self._heard.clear()

    def newest(self, topic: str, kind: type[T]) -> T | None:
        """The newest message of a topic, or None when none was heard or it cannot be read."""
        try:
            return decode(self._heard[topic], kind)
        except (KeyError, Refused):
            return None

    async def order(self, order: Order) -> None:
        """Hand in an order; it stays until the gateway has answered. Raises LinkDown."""
        self._orders[order.id] = order
        self._revision += 1
        await self._again()

    async def _again(self) -> None:
        if self._orders:
            document = Orders(revision=self._revision, orders=tuple(self._orders.values()))
            await self._link.publish(topics.local_orders(self._site), encode(document), retain=True)

    def _hear(self, topic: str, payload: bytes, _retained: bool) -> None:
        if payload:
            self._heard[topic] = payload
        else:
            self._heard.pop(topic, None)


__all__ = ["LinkDown", "Owner"]
