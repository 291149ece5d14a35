"""What goes down to the sites and must survive here until it is answered or replaced: orders, bulletins, content."""

from collections.abc import Callable

from sqlalchemy import Connection, text

from contract.bulletins import SignedBulletin
from contract.content import DocumentRef, Manifest
from contract.messages import decode, encode
from contract.orders import MAX_ORDERS, Order, Orders
from contract.records import AnswerBody
from dashboard.core.forms.fields import BadOrder
from dashboard.core.sending import documents
from dashboard.core.sending.orders import Answered, answer_of
from dashboard.io.store.database import Database
from dashboard.io.store.records import raise_counter


class Shelf:
    """Orders, bulletins and content documents, by site."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- orders ---

    def add_order(
        self, site: str, key: str, order: Order, full: str, note: Callable[[Connection], None] | None = None
    ) -> Order:
        """Keep an order; the one already kept under the same key if there is one. Raises BadOrder, StoreTrouble.

        `full`: the sentence for people when too many wait already. `note`: writes a line of the log with it.
        """
        with self._database.writing() as connection:
            held = connection.execute(
                text("select body from orders where site = :site and key = :key"), {"site": site, "key": key}
            ).scalar()
            if held is not None:
                return decode(held, Order)
            waiting = connection.execute(
                text("select count(*) from orders where site = :site and answer is null"), {"site": site}
            ).scalar_one()
            if waiting >= MAX_ORDERS:
                raise BadOrder(full)
            connection.execute(
                text("insert into orders (id, site, key, entered_ms, body) values (:id, :site, :key, :at, :body)"),
                {"id": order.id, "site": site, "key": key, "at": order.entered_ms, "body": encode(order)},
            )
            raise_counter(connection, f"orders:{site}")
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

    def last_serial(self, key_id: str) -> int:
        """The highest serial number this key has issued here."""
        with self._database.reading() as connection:
            asked = text("select coalesce(max(serial), 0) from bulletins where key_id = :key")
            return int(connection.execute(asked, {"key": key_id}).scalar_one())

    def bulletin(self, name: str) -> SignedBulletin | None:
        """A bulletin by its id, whatever site it went to."""
        with self._database.reading() as connection:
            found = connection.execute(text("select message from bulletins where id = :id limit 1"), {"id": name})
            message = found.scalar()
        return None if message is None else decode(message, SignedBulletin)

    def add_bulletin(self, sites: tuple[str, ...], name: str, serial: int, signed: SignedBulletin) -> None:
        """Keep a bulletin for each of its sites."""
        with self._database.writing() as connection:
            for site in sites:
                connection.execute(
                    text(
                        "insert or ignore into bulletins (site, id, serial, key_id, message) "
                        "values (:site, :id, :serial, :key, :message)"
                    ),
                    {"site": site, "id": name, "serial": serial, "key": signed.key_id, "message": encode(signed)},
                )

    def bulletins(self, site: str) -> list[SignedBulletin]:
        """All bulletins of a site, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                text("select message from bulletins where site = :site order by number desc limit 200"), {"site": site}
            ).scalars()
            return [decode(row, SignedBulletin) for row in rows]

    # --- content ---

    def change_document(self, site: str, reference: DocumentRef, data: bytes) -> Manifest:
        """Keep a document and the manifest that names it; all other documents stay. Raises BadInput."""
        with self._database.writing() as connection:
            message = connection.execute(
                text("select message from manifests where site = :site"), {"site": site}
            ).scalar()
            held = None if message is None else decode(message, Manifest)
            manifest = documents.manifest(held, reference)
            connection.execute(
                text("insert or replace into documents values (:site, :sha256, :bytes)"),
                {"site": site, "sha256": reference.sha256, "bytes": data},
            )
            connection.execute(
                text("insert or replace into manifests values (:site, :message)"),
                {"site": site, "message": encode(manifest)},
            )
        return manifest

    def content(self, site: str) -> tuple[Manifest, dict[str, bytes]] | None:
        """The manifest of a site with the bytes of its documents by SHA-256; None when nothing was published."""
        with self._database.reading() as connection:
            message = connection.execute(
                text("select message from manifests where site = :site"), {"site": site}
            ).scalar()
            if message is None:
                return None
            manifest = decode(message, Manifest)
            wanted = {reference.sha256 for reference in manifest.documents}
            rows = connection.execute(
                text("select sha256, bytes from documents where site = :site"), {"site": site}
            ).all()
        return manifest, {digest: data for digest, data in rows if digest in wanted}
