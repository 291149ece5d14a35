"""What goes down to the sites and must survive here until it is answered or replaced: orders, bulletins, content."""

from collections.abc import Callable

import msgspec
from sqlalchemy import Connection, text

from contract.bulletins import SignedBulletin
from contract.content import DocumentRef, Manifest
from contract.messages import decode, encode
from contract.orders import MAX_ORDERS, Order, Orders
from contract.pictures import is_picture, named
from contract.records import AnswerBody
from dashboard.core.forms.fields import BadOrder
from dashboard.core.sending import documents
from dashboard.core.sending.orders import Answered, answer_of, same
from dashboard.io.store.database import Database, KeyUsed
from dashboard.io.store.records import raise_counter


class Shelf:
    """Orders, bulletins and content documents, by site."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- orders ---

    def add_order(
        self, site: str, key: str, order: Order, full: str, note: Callable[[Connection], None] | None = None
    ) -> Order:
        """Keep an order; the one already kept under the same key if there is one. Raises BadOrder, KeyUsed,
        StoreTrouble.

        `full`: the sentence for people when too many wait already. `note`: writes a line of the log with it.
        """
        with self._database.writing() as connection:
            held = held_order(connection, site, key)
            if held is not None and not same(held, order):
                raise KeyUsed(key)
            if held is not None:
                return held
            if waiting_orders(connection, site) >= MAX_ORDERS:
                raise BadOrder(full)
            place_order(connection, site, key, order)
            if note is not None:
                note(connection)
        return order

    def answer_order(self, site: str, order: str, answer: str, body: AnswerBody | None = None) -> None:
        """The site has answered an order (`body`), or nobody waits for it any more."""
        told = {"answer": answer, "id": order, "site": site}
        told |= {"detail": body.detail if body else None, "refusal": encode(body).decode() if body else None}
        with self._database.writing() as connection:
            done = connection.execute(
                text(
                    "update orders set answer = :answer, detail = :detail, refusal = :refusal "
                    "where id = :id and site = :site and answer is null"
                ),
                told,
            )
            if done.rowcount:
                raise_counter(connection, f"orders:{site}")

    def orders(self, site: str) -> Orders:
        """The document of what waits for the site."""
        with self._database.reading() as connection:
            revision = connection.execute(
                text("select value from counters where name = :name"), {"name": f"orders:{site}"}
            ).scalar()
            bodies = connection.execute(
                text("select body from orders where site = :site and answer is null order by number limit :limit"),
                {"site": site, "limit": MAX_ORDERS},
            ).scalars()
            return Orders(revision=revision or 0, orders=tuple(decode(body, Order) for body in bodies))

    def answered(self, site: str, order: str) -> str | None:
        """How an order was answered; None while it waits or when there is none such."""
        with self._database.reading() as connection:
            found = connection.execute(
                text("select answer from orders where site = :site and id = :id"), {"site": site, "id": order}
            ).scalar()
        return None if found is None else str(found)

    def lately(self, site: str, limit: int) -> list[Answered]:
        """The orders that were answered last, newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text(
                    "select body, answer, detail, refusal from orders "
                    "where site = :site and answer is not null order by number desc limit :limit"
                ),
                {"site": site, "limit": limit},
            ).all()
        return [answer_of(decode(body, Order), answer, told or "", why or "{}") for body, answer, told, why in rows]

    # --- bulletins ---

    def bulletins(self, site: str) -> list[SignedBulletin]:
        """All bulletins of a site, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text("select message from bulletins where site = :site order by number desc limit 200"), {"site": site}
            ).scalars()
            return [decode(row, SignedBulletin) for row in rows]

    # --- content ---

    def change_document(
        self, site: str, reference: DocumentRef, data: bytes, pictures: tuple[bytes, ...] = (),
        note: Callable[[Connection], None] | None = None,
    ) -> Manifest:  # fmt: skip
        """Keep a document with its pictures and the manifest that names them; all others stay. Raises BadInput.

        `note`: writes a line of the log with it.
        """
        with self._database.writing() as connection:
            message = connection.execute(
                text("select message from manifests where site = :site"), {"site": site}
            ).scalar()
            held = None if message is None else decode(message, Manifest)
            manifest = documents.manifest(held, reference)
            brought = {documents.picture_ref(picture): picture for picture in pictures}
            for one, body in {reference: data, **brought}.items():
                connection.execute(
                    text(
                        "insert into documents values (:site, :sha256, :bytes) "
                        "on conflict (site, sha256) do update set bytes = excluded.bytes"
                    ),
                    {"site": site, "sha256": one.sha256, "bytes": body},
                )
            wanted = _pictures_named(connection, site, manifest)
            manifest = documents.illustrated(held, manifest, wanted, tuple(brought))
            _empty_others(connection, site, manifest)
            connection.execute(
                text(
                    "insert into manifests values (:site, :message) "
                    "on conflict (site) do update set message = excluded.message"
                ),
                {"site": site, "message": encode(manifest)},
            )
            if note is not None:
                note(connection)
        return manifest

    def content(self, site: str) -> tuple[Manifest, dict[str, bytes]] | None:
        """The manifest of a site with the bytes of its documents by SHA-256; None when nothing was published.

        What no manifest names any more has no bytes: told so, the broker lets go of what it has retained of it.
        """
        with self._database.reading() as connection:
            message = connection.execute(
                text("select message from manifests where site = :site"), {"site": site}
            ).scalar()
            if message is None:
                return None
            manifest = decode(message, Manifest)
            rows = connection.execute(
                text("select sha256, bytes from documents where site = :site"), {"site": site}
            ).all()
        wanted = {reference.sha256 for reference in manifest.documents}
        return manifest, {digest: data if digest in wanted else b"" for digest, data in rows}


def held_order(connection: Connection, site: str, key: str) -> Order | None:
    """What was kept under a key before."""
    found = connection.execute(
        text("select body from orders where site = :site and key = :key"), {"site": site, "key": key}
    ).scalar()
    return None if found is None else decode(found, Order)


def waiting_orders(connection: Connection, site: str) -> int:
    """How many wait for a site."""
    asked = text("select count(*) from orders where site = :site and answer is null")
    return int(connection.execute(asked, {"site": site}).scalar_one())


def place_order(connection: Connection, site: str, key: str, order: Order) -> None:
    """Within somebody's transaction: one more order that waits, however many do."""
    connection.execute(
        text("insert into orders (id, site, key, entered_ms, body) values (:id, :site, :key, :at, :body)"),
        {"id": order.id, "site": site, "key": key, "at": order.entered_ms, "body": encode(order)},
    )
    raise_counter(connection, f"orders:{site}")


def _pictures_named(connection: Connection, site: str, manifest: Manifest) -> set[str]:
    """The digests of all pictures that stand in a site's documents."""
    rows = connection.execute(text("select sha256, bytes from documents where site = :site"), {"site": site}).all()
    papers = {one.sha256 for one in manifest.documents if not is_picture(one.name)}
    return {name for digest, data in rows if digest in papers for name in named(msgspec.json.decode(data))}


def _empty_others(connection: Connection, site: str, manifest: Manifest) -> None:
    """What is not sent any more takes no room; its digest stays, so that the broker is told."""
    wanted = {one.sha256 for one in manifest.documents}
    digests = connection.execute(text("select sha256 from documents where site = :site"), {"site": site}).scalars()
    for digest in set(digests) - wanted:
        connection.execute(
            text("update documents set bytes = :none where site = :site and sha256 = :digest"),
            {"none": b"", "site": site, "digest": digest},
        )
