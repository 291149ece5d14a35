"""Where the centre keeps which sites fell silent, and who has seen it."""

from collections.abc import Callable
from enum import Enum

import msgspec
from sqlalchemy import Connection, Row, text

from contract.messages import Ack
from dashboard.core.hearing.link_alarm import LinkLoss, acknowledged
from dashboard.io.store.database import Database, KeyUsed

KEPT = 50
"""Of each site are read: what is open is always among them."""


class LinkAlarms:
    """The table of silences. Everything raises StoreTrouble."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def database(self) -> Database:
        """The file that it lies in."""
        return self._database

    def lately(self, site: str) -> tuple[LinkLoss, ...]:
        """The last silences of a site, newest first."""
        asked = text("select * from link_losses where site = :site order by number desc limit :limit")
        with self._database.reading() as connection:
            return tuple(map(_loss, connection.execute(asked, {"site": site, "limit": KEPT})))

    def raised(self, site: str, priority: int, lost_ms: int | None, raised_ms: int | None) -> None:
        """A site is silent, unless that is known already."""
        told = text(
            "insert into link_losses (site, priority, lost_ms, raised_ms) "
            "select :site, :priority, :lost, :raised "
            "where not exists (select 1 from link_losses where site = :site and back = 0)"
        )
        row = {"site": site, "priority": priority, "lost": lost_ms, "raised": raised_ms}
        with self._database.writing() as connection:
            connection.execute(told, row)

    def back(self, site: str, back_ms: int | None) -> None:
        """It is heard again."""
        told = text("update link_losses set back = 1, back_ms = :at where site = :site and back = 0")
        with self._database.writing() as connection:
            connection.execute(told, {"site": site, "at": back_ms})

    def acknowledge(
        self, site: str, number: int, ack: Ack, note: Callable[[Connection], None] | None = None
    ) -> bool:  # fmt: skip
        """Somebody has seen it; False when there is no such silence. `note`: writes a line of the log with it."""
        with self._database.writing() as connection:
            known = acknowledge_loss(connection, site, number, ack)
            if known is Acked.NEW and note is not None:
                note(connection)
        return known is not Acked.GONE


class Acked(Enum):
    """What came of an acknowledgement: there is no such silence, it was there before, it is new."""

    GONE = 0
    BEFORE = 1
    NEW = 2


def acknowledge_loss(connection: Connection, site: str, number: int, ack: Ack) -> Acked:
    """Within somebody's transaction: somebody has seen it."""
    loss = _one(connection, site, number)
    if loss is None:
        return Acked.GONE
    before = next((one for one in loss.acks if one.id == ack.id), None)
    if before is not None and before.who != ack.who:
        raise KeyUsed(ack.id)
    if before is not None:
        return Acked.BEFORE
    acks = acknowledged(loss, ack).acks
    told = text("update link_losses set acks = :acks where number = :number")
    connection.execute(told, {"acks": msgspec.json.encode(acks), "number": number})
    return Acked.NEW


def _one(connection: Connection, site: str, number: int) -> LinkLoss | None:
    asked = text("select * from link_losses where site = :site and number = :number")
    row = connection.execute(asked, {"site": site, "number": number}).first()
    return None if row is None else _loss(row)


def _loss(row: Row[tuple[object, ...]]) -> LinkLoss:
    told = dict(row._mapping)
    acks = msgspec.json.decode(told.pop("acks") or b"[]", type=tuple[Ack, ...])
    return msgspec.convert({**told, "back": bool(told["back"]), "acks": acks}, LinkLoss)
