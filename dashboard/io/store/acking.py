"""One of many acknowledgements of a press, in its transaction: an order for the site, or a word on our own alarm."""

from msgspec import Struct
from sqlalchemy import Connection

from contract.messages import Ack
from contract.orders import MAX_ORDERS, Order
from dashboard.core.work.ownership import AckTried
from dashboard.io.store.link_alarms import Acked, acknowledge_loss
from dashboard.io.store.shelf import held_order, place_order, waiting_orders

HERE = "here"
"""Stands for an order where the alarm is raised, and so acknowledged, here."""


class AckWanted(Struct, frozen=True, kw_only=True):
    """One alarm to be acknowledged: by an order that the site answers, or here (`ack` of silence `number`).

    `fault`: why neither is to be done. `key`: of this alarm in this press.
    """

    site: str
    alarm: str
    key: str = ""
    order: Order | None = None
    ack: Ack | None = None
    number: int = 0
    fault: str = ""


def acked_one(connection: Connection, one: AckWanted) -> AckTried:
    """Keep it; what came of it."""
    if one.ack is not None:
        gone = acknowledge_loss(connection, one.site, one.number, one.ack) is Acked.GONE
        return AckTried(site=one.site, alarm=one.alarm, order="" if gone else HERE, fault="gone" if gone else "")
    if one.order is None:
        return AckTried(site=one.site, alarm=one.alarm, fault=one.fault)
    held = held_order(connection, one.site, one.key)
    if held is None and waiting_orders(connection, one.site) >= MAX_ORDERS:
        return AckTried(site=one.site, alarm=one.alarm, fault="full")
    if held is None:
        place_order(connection, one.site, one.key, one.order)
    return AckTried(site=one.site, alarm=one.alarm, order=(held or one.order).id)
