"""Bulletins that are issued: serial number, signature and log in one transaction, and what came back of them."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import Connection, text

from contract.bulletins import Bulletin, SignedBulletin
from contract.messages import decode, encode
from contract.words import Event, Stream
from dashboard.core.sending.listing import Kept
from dashboard.core.site.events import Stored
from dashboard.io.store.database import Database

Note = Callable[[Connection], None]
MOST = 500
"""Bulletins that the list goes back."""
MOST_RECORDS = 20_000
_ANSWERS = (Event.BULLETIN_TAKEN.value, Event.BULLETIN_REFUSED.value)
_COLUMNS = "site, number, run, stream, seq, kind, wall_ms, up_ms, status, simulated, historical, body"


class Moved(Exception):
    """Somebody else has updated or ended that message in the meantime."""


class Published:
    """What was issued here, by pages and by the command line."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(
        self, name: str, key_id: str, make: Callable[[int], SignedBulletin], *, of: str = "", told: dict[str, Any],
        note: Note | None = None,
    ) -> SignedBulletin:  # fmt: skip
        """Issue a bulletin with the next serial of its key, kept before it is sent; the one already there under that
        id if there is one. Raises Moved, StoreTrouble.

        The transaction takes the store for itself before it reads, so that two who publish at once, also in two
        programs, never get one serial. `of`: must still be the newest of its incident. `told`: who, kind and gravity.
        """
        with self._database.writing() as connection:
            held = _held(connection, name)
            if held is not None:
                return held
            if of and _replaced(connection, of):
                raise Moved(of)
            signed = make(_last_serial(connection, key_id) + 1)
            bulletin = decode(signed.signed, Bulletin)
            add(connection, bulletin, signed)
            connection.execute(
                text("insert into messages (id, told, replaces) values (:id, :told, :of)"),
                {"id": name, "told": json.dumps(told), "of": of},
            )
            if note is not None:
                note(connection)
            return signed

    def kept(self, name: str) -> Kept | None:
        """A bulletin by its id."""
        found = self._select("where b.id = :id", id=name)
        return found[0] if found else None

    def all(self) -> list[Kept]:
        """The newest MOST, each once."""
        return self._select("")

    def chain(self, incident: str) -> list[Kept]:
        """All of one incident, the newest first."""
        return [one for one in self._select("") if one.bulletin.incident == incident]

    def _select(self, where: str, **values: Any) -> list[Kept]:
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    "select b.message, coalesce(m.told, '{}') from bulletins b left join messages m on m.id = b.id "  # noqa: S608
                    f"{where} {'and' if where else 'where'} b.number in "
                    "(select min(number) from bulletins group by id order by min(number) desc limit :most) "
                    "order by b.number desc"
                ),
                {"most": MOST, **values},
            ).all()
        return [_kept(message, told) for message, told in rows]

    def answers(self) -> tuple[dict[str, list[Stored]], dict[str, list[Stored]]]:
        """By site: what gateways said of bulletins, and what screens said, the oldest first."""
        kinds = ", ".join(f"'{kind}'" for kind in _ANSWERS)
        return self._records(f"kind in ({kinds})"), self._records(f"stream = '{Stream.RECEIPT.value}'")

    def _records(self, which: str) -> dict[str, list[Stored]]:
        found: dict[str, list[Stored]] = {}
        with self._database.reading() as connection:
            rows = connection.execute(
                text(f"select {_COLUMNS} from records where {which} order by number desc limit {MOST_RECORDS}")  # noqa: S608
            ).mappings()
            for row in rows:
                told = dict(row)
                site = told.pop("site")
                told |= {"simulated": bool(row["simulated"]), "historical": bool(row["historical"])}
                found.setdefault(site, []).append(Stored(**told | {"body": json.loads(row["body"])}))
        return {site: records[::-1] for site, records in found.items()}


def add(connection: Connection, bulletin: Bulletin, signed: SignedBulletin) -> None:
    """Keep a bulletin for each of its sites."""
    for site in bulletin.sites:
        connection.execute(
            text(
                "insert into bulletins (site, id, serial, key_id, message) "
                "values (:site, :id, :serial, :key, :message)"
            ),
            {"site": site, "id": bulletin.id, "serial": bulletin.serial, "key": signed.key_id,
             "message": encode(signed)},
        )  # fmt: skip


def _held(connection: Connection, name: str) -> SignedBulletin | None:
    message = connection.execute(text("select message from bulletins where id = :id limit 1"), {"id": name}).scalar()
    return None if message is None else decode(message, SignedBulletin)


def _last_serial(connection: Connection, key_id: str) -> int:
    asked = text("select coalesce(max(serial), 0) from bulletins where key_id = :key")
    return int(connection.execute(asked, {"key": key_id}).scalar_one())


_FIRST = text(
    "select message from bulletins where number in (select min(number) from bulletins group by id) order by number desc"
)
"""One copy of each bulletin, the newest first."""


def _replaced(connection: Connection, name: str) -> bool:
    """Was another of its incident issued after it? Asked of the bulletins themselves: the command line issues them too.

    By the order of issuing, not by serial: a key that was exchanged begins at 1 again.
    """
    rows = connection.execute(_FIRST).scalars()
    known = [decode(decode(row, SignedBulletin).signed, Bulletin) for row in rows]
    mine = next((one for one in known if one.id == name), None)
    newest = next((one for one in known if mine is not None and one.incident == mine.incident), None)
    return newest is None or newest.id != name


def _kept(message: bytes, told: str) -> Kept:
    signed = decode(message, SignedBulletin)
    known = {key: str(value) for key, value in json.loads(told).items() if key in ("who", "kind", "gravity", "clock")}
    return Kept(bulletin=msgspec.json.decode(signed.signed, type=Bulletin), key_id=signed.key_id, **known)
