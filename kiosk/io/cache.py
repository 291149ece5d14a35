"""The writing side of the cache (SQLite, WAL): the keeper alone writes; `cache_reader.py` reads."""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import sqlite_utils

from contract import freshness
from contract.bulletins import Receipt
from contract.messages import PublicPicture, encode
from kiosk.core.asking.feed import FeedState
from kiosk.core.asking.listing import Folded
from kiosk.core.faults import CannotKeep
from kiosk.core.picture import Public, in_order
from kiosk.io import cache_feeds, cache_opened, cache_pictures
from kiosk.io.cache_feeds import FeedRow
from kiosk.io.cache_reader import CacheReader, contact, counts
from kiosk.io.cache_schema import SHOWN, VERSION, connect, is_ours, owner, upgrade
from kiosk.io.drawn import Drawn

__all__ = ["Cache", "CacheReader", "Heard", "counts"]

MAX_EVENTS = 2000
"""Events kept; the oldest go first."""
MAX_TOPICS = 200
BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Broken(CannotKeep):
    """The file itself is damaged: only a new one helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One message that is to be kept, and when it came by the keeper's own clock."""

    topic: str
    payload: bytes
    message: Public
    retained: bool
    own_boot: str
    mono_ms: int
    said_after_ms: int | None = None
    """Our own uptime before which it cannot have been said, for it answers what we said then; None: it answers none."""


class Cache:
    """The writing side. Every fault of the disk is CannotKeep; the caller keeps the message and tries again."""

    def __init__(self, path: Path, site: str, simulated: bool) -> None:
        self._path = path
        self._site, self._simulated = site, simulated
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.set_aside = "" if self._usable() else self._put_aside()
            self._db = sqlite_utils.Database(connect(path))
            self._db.conn.execute("PRAGMA journal_mode=WAL")
            with self.change():
                upgrade(self._db, site, simulated)
                if self.set_aside:
                    self._save_from(Path(self.set_aside))
            self.life = owner(self._db.conn)["life"]
            self._inode = path.stat().st_ino
        except (OSError, sqlite3.Error) as fault:
            raise CannotKeep(f"the cache {path} cannot be written: {fault}; check [cache] path and the disk") from fault

    def _usable(self) -> bool:
        """Is the file a whole cache of this very site? A simulation's picture must never become a real one's."""
        if not self._path.exists() or not self._path.stat().st_size:
            return True
        try:
            with contextlib.closing(sqlite3.connect(self._path)) as connection:
                whole = connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
                return whole and is_ours(owner(connection), self._site, self._simulated, range(1, VERSION + 1))
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
                Path(f"{aside}{ending}").unlink()  # an older one's journal must not be taken for this one's
            with contextlib.suppress(FileNotFoundError):
                Path(f"{self._path}{ending}").replace(f"{aside}{ending}")
        return str(aside)

    def _save_from(self, other: Path) -> None:
        """What can still be read of a broken file of this very site and version, so that the screen goes on."""
        with contextlib.suppress(sqlite3.Error), contextlib.closing(connect(other)) as old:
            if is_ours(owner(old), self._site, self._simulated, range(VERSION, VERSION + 1)):
                for table in SHOWN:
                    _save_rows(old, self._db.conn, table)
        cache_feeds.never_checked(self._db.conn)

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
            raise self._fault("written", fault) from fault

    def _fault(self, deed: str, fault: sqlite3.Error) -> CannotKeep:
        kind = Broken if getattr(fault, "sqlite_errorcode", 0) & 0xFF in BROKEN else CannotKeep
        return kind(f"the cache {self._path} cannot be {deed}: {fault}")

    def there(self) -> bool:
        """Does the file still lie where readers look for it? SQLite goes on in one that was taken away."""
        try:
            return self._path.stat().st_ino == self._inode
        except FileNotFoundError:
            return False
        except OSError:
            return True  # a disk in trouble says nothing of the file

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        """Raises CannotKeep, Broken where only a new file helps."""
        try:
            yield
        except sqlite3.Error as fault:
            raise self._fault("read", fault) from fault

    def feeds(self) -> dict[str, FeedRow]:
        """Every feed by name, as it was kept."""
        return cache_feeds.feeds(self._db.conn)

    def alerts(self, feed: str) -> cache_feeds.Alerts:
        """All that is kept of one feed, and whether something of it cannot be read."""
        return cache_feeds.alerts(self._db.conn, feed)

    def keep_feed(self, row: FeedRow, folded: Folded) -> None:
        """One good answer in one transaction: how the feed stands, and what is different now. Raises CannotKeep."""
        with self.change():
            cache_feeds.write_feed(self._db.conn, row, folded)

    def keep_states(self, states: tuple[FeedState, ...]) -> None:
        """How the asking of feeds stands, nothing else; raises CannotKeep."""
        with self.change():
            for state in states:
                cache_feeds.write_state(self._db.conn, state)

    def forget_feed(self, name: str) -> None:
        """A feed that is not asked any more, or at another address; raises CannotKeep."""
        with self.change():
            cache_feeds.forget(self._db.conn, name)

    def newest(self) -> dict[str, tuple[bytes, bool]]:
        """The newest message by topic."""
        rows = self._db.execute("SELECT topic, payload, retained FROM newest").fetchall()
        return {topic: (payload, bool(retained)) for topic, payload, retained in rows}

    def copy_into(self, other: "Cache") -> None:
        """All that is shown, with when it came; receipts and figures are the other's own. Raises CannotKeep."""
        with other.change():
            for table in ("alert", "feed"):  # what has been dropped here must not live on there
                other._db.execute(f"DELETE FROM {table}")  # noqa: S608
            for table in SHOWN:
                _copy_rows(self._db.conn, other._db.conn, table)
            cache_feeds.count_change(other._db.conn)

    def keep(self, heard: list[Heard], counts: dict[str, int]) -> None:
        """Keep messages, the events in them, the contact they made, and what was counted; one transaction."""
        with self.change():
            for one in heard:
                self._keep_one(one)
            for name, number in counts.items():
                self._add_count(name, number)

    def add_opened(self, day: str, pages: dict[str, int], first_day: str) -> None:
        """How often each page was opened on a day; days before `first_day` are dropped. Raises CannotKeep."""
        with self.change():
            cache_opened.add(self._db.conn, day, pages, first_day)

    def has_picture(self, digest: str) -> bool:
        """Is a picture kept already? Raises CannotKeep."""
        with self._reading():
            return cache_pictures.has(self._db.conn, digest)

    def keep_picture(self, digest: str, data: bytes) -> None:
        """One picture that was checked; raises CannotKeep."""
        with self.change():
            cache_pictures.keep(self._db.conn, digest, data)

    def forget_picture(self, start: str) -> None:
        """A picture by the beginning of its digest; raises CannotKeep."""
        with self.change():
            cache_pictures.forget(self._db.conn, start)

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
            was = contact(self._db.conn, one.own_boot)
            now = freshness.proven(was, head, one.mono_ms, one.own_boot, one.said_after_ms)
            if now is not None:
                self._db.execute(
                    "INSERT OR REPLACE INTO contact VALUES (1, ?, ?, ?, ?)",
                    (now.boot, now.up_ms, one.own_boot, now.mono_ms),
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
                if self._db.execute("INSERT OR IGNORE INTO drawn VALUES (?)", (line.name,)).rowcount < 1:
                    continue
                number += 1
                receipt = Receipt(kiosk_run=run, number=number, **line.told())
                self._db.execute(
                    "INSERT INTO receipt (run, number, payload) VALUES (?, ?, ?)", (run, number, encode(receipt))
                )
            self._db.execute("INSERT OR REPLACE INTO count VALUES ('drawn_offset', ?)", (offset,))
        return number

    def drawn_offset(self) -> int:
        """How far the screen's log has been read; raises CannotKeep."""
        with self._reading():
            row = self._db.execute("SELECT n FROM count WHERE name = 'drawn_offset'").fetchone()
        return int(row[0]) if row else 0

    def receipts(self) -> list[tuple[str, int, bytes]]:
        """Receipts that the gateway has not confirmed, oldest first: (run, number, payload); raises CannotKeep."""
        with self._reading():
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


def _copy_rows(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> None:
    """Rows of one table from cache to cache; events are numbered anew where they come."""
    names = [str(row[1]) for row in old.execute(f"PRAGMA table_info({table})")]
    if table == "event":
        names.remove("n")
    columns, marks = ", ".join(names), ", ".join("?" * len(names))
    order = "ORDER BY n" if table == "event" else ""
    how = "IGNORE" if table == "event" else "REPLACE"
    for row in old.execute(f"SELECT {columns} FROM {table} {order}"):  # noqa: S608
        new.execute(f"INSERT OR {how} INTO {table} ({columns}) VALUES ({marks})", row)  # noqa: S608


def _save_rows(old: sqlite3.Connection, new: sqlite3.Connection, table: str) -> None:
    """As many rows as can be read before the damage."""
    with contextlib.suppress(sqlite3.DatabaseError):
        _copy_rows(old, new, table)
