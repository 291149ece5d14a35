"""The cache (SQLite, WAL): the keeper writes, the screen and `counts` only read."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import sqlite_utils

from contract import freshness
from contract.bulletins import PublicBulletin, Receipt
from contract.content import ContactsDocument, PublicDocument, ServicesDocument
from contract.freshness import Contact
from contract.messages import PublicEvent, PublicPicture, encode
from contract.wire import Refused
from contract.words import Status
from kiosk.core.faults import CannotKeep
from kiosk.core.picture import Held, Public, Told, in_order, open_document, read
from kiosk.io.drawn import Drawn
from kiosk.io.memory import there

VERSION = 1
MAX_EVENTS = 2000
"""Events kept; the oldest go first."""
MAX_TOPICS = 200
TABLES: dict[str, dict[str, Any]] = {
    "newest": {"columns": {"topic": str, "payload": bytes, "retained": int, "own_boot": str, "mono_ms": int}},
    "event": {"columns": {"n": int, "run": str, "seq": int, "kind": str, "status": str, "at": bytes}},
    "contact": {"columns": {"one": int, "boot": str, "up_ms": int, "own_boot": str, "mono_ms": int}},
    "receipt": {"columns": {"n": int, "run": str, "number": int, "payload": bytes}},
    "drawn": {"columns": {"key": str}},
    "count": {"columns": {"name": str, "n": int}},
    "own": {"columns": {"name": str, "value": str}},
}
KEYS = {"newest": "topic", "event": "n", "contact": "one", "receipt": "n", "drawn": "key", "count": "name"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message that is to be kept, and when it came by the keeper's own clock."""

    topic: str
    payload: bytes
    message: Public
    retained: bool
    own_boot: str
    mono_ms: int


class Cache:
    """The writing side. Every fault of the disk is CannotKeep; the caller keeps the message and tries again."""

    def __init__(self, path: Path, site: str, simulated: bool) -> None:
        self._path = path
        self._owner = {"version": str(VERSION), "site": site, "simulated": str(int(simulated))}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.set_aside = "" if self._usable() else self._put_aside()
            self._db = sqlite_utils.Database(_connect(path))
            self._create()
        except (OSError, sqlite3.Error) as fault:
            raise CannotKeep(f"the cache {path} cannot be written: {fault}; check [cache] path and the disk") from fault

    def _usable(self) -> bool:
        """Is the file a whole cache of this very site? A simulation's picture must never become a real one's."""
        if not self._path.exists() or not self._path.stat().st_size:
            return True
        try:
            with contextlib.closing(sqlite3.connect(self._path)) as connection:
                whole = connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
                return whole and dict(connection.execute("SELECT name, value FROM own")) == self._owner
        except sqlite3.OperationalError as fault:
            if "no such table" not in str(fault):
                raise
            return False
        except sqlite3.DatabaseError:
            return False

    def _put_aside(self) -> str:
        aside = self._path.with_name(self._path.name + ".aside")
        for ending in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{self._path}{ending}").replace(f"{aside}{ending}")
        return str(aside)

    def _create(self) -> None:
        connection = self._db.conn
        connection.execute("PRAGMA journal_mode=WAL")
        with self.change():
            for name, table in TABLES.items():
                self._db[name].create(pk=KEYS.get(name, "name"), if_not_exists=True, **table)
            self._db["event"].create_index(["run", "seq"], unique=True, if_not_exists=True)
            self._db["own"].upsert_all([{"name": key, "value": value} for key, value in self._owner.items()], pk="name")

    @contextlib.contextmanager
    def change(self, *, durable: bool = False) -> Iterator[None]:
        """One transaction, all or nothing; raises CannotKeep. `durable`: on the card when it ends, also at a power cut.

        A picture comes again by itself; a receipt that was numbered does not.
        """
        connection = self._db.conn
        try:
            connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        except sqlite3.Error as fault:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise CannotKeep(f"the cache {self._path} cannot be written: {fault}") from fault

    def newest(self) -> dict[str, tuple[bytes, bool]]:
        """The newest message by topic."""
        rows = self._db.execute("SELECT topic, payload, retained FROM newest").fetchall()
        return {topic: (payload, bool(retained)) for topic, payload, retained in rows}

    def copy_into(self, other: "Cache") -> None:
        """All that is shown, with when it came; receipts and figures are the other's own. Raises CannotKeep."""
        with other.change():
            for table in ("newest", "contact"):
                for row in self._db.execute(f"SELECT * FROM {table}").fetchall():  # noqa: S608
                    marks = ", ".join("?" * len(row))
                    other._db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", row)  # noqa: S608
            for row in self._db.execute("SELECT run, seq, kind, status, at FROM event ORDER BY n").fetchall():
                other._db.execute(
                    "INSERT OR IGNORE INTO event (run, seq, kind, status, at) VALUES (?, ?, ?, ?, ?)", row
                )

    def keep(self, heard: list[Heard], counts: dict[str, int]) -> None:
        """Keep messages, the events in them, the contact they made, and what was counted; one transaction."""
        with self.change():
            for one in heard:
                self._keep_one(one)
            for name, number in counts.items():
                self._add_count(name, number)

    def _add_count(self, name: str, number: int) -> None:
        self._db.execute(
            "INSERT INTO count VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n", (name, number)
        )

    def _keep_one(self, one: Heard) -> None:
        row = (one.topic, one.payload, int(one.retained), one.own_boot, one.mono_ms)
        self._db.execute("INSERT OR REPLACE INTO newest VALUES (?, ?, ?, ?, ?)", row)
        head = one.message.head
        own = head.boot == one.own_boot and head.up_ms <= one.mono_ms
        if not one.retained or own:  # on our own uptime a remembered word is as old as it is
            contact = freshness.heard(_contact(self._db.conn, one.own_boot), head, one.mono_ms, one.own_boot)
            self._db.execute(
                "INSERT OR REPLACE INTO contact VALUES (1, ?, ?, ?, ?)",
                (contact.boot, contact.up_ms, one.own_boot, contact.mono_ms),
            )
        if isinstance(one.message, PublicPicture):
            self._keep_events(one.message)

    def _keep_events(self, picture: PublicPicture) -> None:
        for event in in_order(picture.events):
            self._db.execute(
                "INSERT OR IGNORE INTO event (run, seq, kind, status, at) VALUES (?, ?, ?, ?, ?)",
                (event.run, event.seq, event.kind.value, picture.head.status.value, encode(event.at)),
            )
        self._db.execute("DELETE FROM event WHERE n <= (SELECT max(n) FROM event) - ?", (MAX_EVENTS,))

    def take_drawn(self, lines: list[Drawn], run: str, number: int, offset: int) -> int:
        """Give every new line the next number and keep it with the place read to; the highest number given."""
        with self.change(durable=True):
            for line in lines:
                key = f"{line.screen}/{line.bulletin}/{line.serial}"
                if self._db.execute("INSERT OR IGNORE INTO drawn VALUES (?)", (key,)).rowcount < 1:
                    continue
                number += 1
                receipt = Receipt(kiosk_run=run, number=number, **msgspec.structs.asdict(line))
                self._db.execute(
                    "INSERT INTO receipt (run, number, payload) VALUES (?, ?, ?)", (run, number, encode(receipt))
                )
            self._db.execute("INSERT OR REPLACE INTO count VALUES ('drawn_offset', ?)", (offset,))
        return number

    def drawn_offset(self) -> int:
        """How far the screen's log has been read."""
        row = self._db.execute("SELECT n FROM count WHERE name = 'drawn_offset'").fetchone()
        return int(row[0]) if row else 0

    def receipts(self) -> list[tuple[str, int, bytes]]:
        """Receipts that the gateway has not confirmed, oldest first: (run, number, payload)."""
        return list(self._db.execute("SELECT run, number, payload FROM receipt ORDER BY n").fetchall())

    def forget_receipts(self, marks: dict[str, int], new_run: str) -> int | None:
        """The gateway holds them up to its marks.

        A gateway that knows less than one before it (a card changed, a copy of the box taken away) waits for receipts
        that are gone, and would take no other: what waits is then numbered anew under `new_run`. Returns the last
        number given there, None when all went on as it was.
        """
        with self.change(durable=True):
            for run, number in marks.items():
                self._db.execute("DELETE FROM receipt WHERE run = ? AND number <= ?", (run, number))
            rows = self._db.execute("SELECT n, run, number, payload FROM receipt ORDER BY n").fetchall()
            first: dict[str, int] = {}
            for _, run, number, _ in rows:
                first.setdefault(run, number)
            if all(number == marks.get(run, 0) + 1 for run, number in first.items()):
                return None
            for number, (n, _, _, payload) in enumerate(rows, 1):
                receipt = msgspec.json.decode(payload, type=Receipt)
                receipt = msgspec.structs.replace(receipt, kiosk_run=new_run, number=number)
                self._db.execute(
                    "UPDATE receipt SET run = ?, number = ?, payload = ? WHERE n = ?",
                    (new_run, number, encode(receipt), n),
                )
        return len(rows)

    def close(self) -> None:
        """Close the file."""
        self._db.conn.close()


class CacheReader:
    """The reading side; a missing, foreign or broken file reads as an empty one."""

    def __init__(self, path: Path, site: str, simulated: bool) -> None:
        self._path = path
        self._site = site
        self._simulated = simulated
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._version = -1
        self._held = Held()
        self._boot = ""

    def held(self, own_boot: str) -> Held:
        """All that is held now; contact counts only when it was made since this computer booted."""
        try:
            connection = self._open()
            if connection is None:
                return Held()
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            if version != self._version or own_boot != self._boot:
                self._held = self._read(connection, own_boot)
                self._version, self._boot = version, own_boot
        except (sqlite3.Error, OSError):
            # a moment of trouble: what was read before grows old by itself
            self._close()
        return self._held

    def _open(self) -> sqlite3.Connection | None:
        path = there(self._path) or self._path  # while the disk takes nothing the keeper keeps in memory
        try:
            inode = path.stat().st_ino
        except FileNotFoundError:
            inode = 0
        if inode != self._inode:
            self._close()
            self._held = Held()
        if self._connection is None and inode:
            self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)
            self._inode = inode
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._inode, self._version = None, 0, -1

    def _read(self, connection: sqlite3.Connection, own_boot: str) -> Held:
        connection.execute("BEGIN")
        try:
            own = dict(connection.execute("SELECT name, value FROM own"))
            if own != {"version": str(VERSION), "site": self._site, "simulated": str(int(self._simulated))}:
                return Held()
            return Held(
                contact=_contact(connection, own_boot), events=_events(connection), **self._messages(connection)
            )
        finally:
            connection.execute("ROLLBACK")

    def _messages(self, connection: sqlite3.Connection) -> dict[str, Any]:
        found: dict[str, Any] = {"bulletins": ()}
        for topic, payload in connection.execute("SELECT topic, payload FROM newest ORDER BY topic"):
            try:
                message = read(topic, payload, self._site, self._simulated)
                if isinstance(message, PublicPicture):
                    found["picture"] = message
                elif isinstance(message, PublicBulletin):
                    found["bulletins"] += (message,)
                else:
                    body = open_document(message)  # type: ignore[arg-type]
                    if isinstance(body, ServicesDocument):
                        found["services"] = body
                    elif isinstance(body, ContactsDocument):
                        found["contacts"] = body
            except Refused:
                continue
        return found


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=5, isolation_level=None)


def _contact(connection: sqlite3.Connection, own_boot: str) -> Contact | None:
    row = connection.execute("SELECT boot, up_ms, mono_ms FROM contact WHERE own_boot = ?", (own_boot,)).fetchone()
    return Contact(*row) if row else None


def _events(connection: sqlite3.Connection, last: int = 50) -> tuple[Told, ...]:
    rows = connection.execute("SELECT run, seq, kind, status, at FROM event ORDER BY n DESC LIMIT ?", (last,))
    told = []
    for run, seq, kind, status, at in reversed(rows.fetchall()):
        with contextlib.suppress(msgspec.ValidationError, ValueError):
            event = msgspec.convert(
                {"run": run, "seq": seq, "kind": kind, "at": msgspec.json.decode(at)}, type=PublicEvent
            )
            told.append(Told(event=event, status=Status(status)))
    return tuple(told)


def counts(path: Path) -> dict[str, Any]:
    """What the cache counts: messages folded and refused, events in order, bulletins, documents; raises CannotKeep."""
    path = there(path) or path
    if not path.is_file():
        raise CannotKeep(f"there is no cache at {path}; start the keeper first")
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as cache:
            numbers = dict(cache.execute("SELECT name, n FROM count"))
            events = cache.execute("SELECT run, seq, kind FROM event ORDER BY n").fetchall()
            bulletins = [
                msgspec.json.decode(payload, type=PublicBulletin)
                for (payload,) in cache.execute("SELECT payload FROM newest WHERE topic LIKE '%/public/bulletin/%'")
            ]
            documents = [
                msgspec.json.decode(payload, type=PublicDocument)
                for (payload,) in cache.execute("SELECT payload FROM newest WHERE topic LIKE '%/public/content/%'")
            ]
            waiting = cache.execute("SELECT count(*) FROM receipt").fetchone()[0]
    except (sqlite3.Error, msgspec.DecodeError) as fault:
        raise CannotKeep(f"the cache {path} cannot be read: {fault}") from fault
    return {
        "folded": numbers.get("folded", 0),
        "refused": numbers.get("refused", 0),
        "events": [{"run": run, "seq": seq, "kind": kind} for run, seq, kind in events],
        "bulletins": [{"id": one.bulletin.id, "serial": one.bulletin.serial, "ended": one.ended} for one in bulletins],
        "documents": [{"name": one.name, "version": one.version} for one in documents],
        "receipts_waiting": waiting,
    }
