"""The reading side of the cache: the screen's, and the figures for whoever looks from outside."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from contract.bulletins import PublicBulletin
from contract.content import ContactsDocument, PublicDocument, ServicesDocument
from contract.freshness import Contact
from contract.messages import PublicEvent, PublicPicture
from contract.wire import Refused
from contract.words import Status
from kiosk.core.asking.feed import FeedState, latest
from kiosk.core.faults import CannotKeep
from kiosk.core.illustrated import check
from kiosk.core.picture import Held, Told, open_document, read
from kiosk.io import cache_feeds, cache_opened, cache_pictures, checked
from kiosk.io.cache_schema import VERSION, connect_to_read, is_ours, owner
from kiosk.io.memory import there


class CacheReader:
    """The reading side; a missing, foreign or broken file reads as an empty one.

    A file that is rebuilt or changes its place under a running screen is no reason to go blank: what was read before is
    shown until the new one can be read, and grows old by itself.
    """

    def __init__(self, path: Path, site: str, simulated: bool) -> None:
        self._path = path
        self._site = site
        self._simulated = simulated
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._version = -1
        self._mark: checked.Mark = None
        self._held = Held()
        self._boot = ""
        self._life = ""
        self._alerts = ("", -1), cache_feeds.NO_ALERTS

    def held(self, own_boot: str) -> Held:
        """All that is held now; contact counts only when it was made since this computer booted."""
        try:
            connection = self._open()
            if connection is None:
                return self._held
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            mark = checked.mark(self._path)
            if (version, mark, own_boot) != (self._version, self._mark, self._boot):
                self._held = self._read(connection, own_boot)
                self._version, self._mark, self._boot = version, mark, own_boot
        except (sqlite3.Error, OSError):
            # a moment of trouble: what was read before grows old by itself
            self._close()
        return self._held

    def picture(self, digest: str) -> bytes | None:
        """A picture that may be decoded; None when it is not there, or not what it was. Nothing else is ever asked."""
        try:
            connection = self._open()
            if connection is None:
                return None
            data = cache_pictures.read(connection, digest)
            if data is not None:
                check(data, digest)
        except (sqlite3.Error, OSError, Refused):
            return None
        return data

    def _open(self) -> sqlite3.Connection | None:
        path = there(self._path) or self._path  # while the disk takes nothing the keeper keeps in memory
        try:
            inode = path.stat().st_ino
        except FileNotFoundError:
            inode = 0
        if inode != self._inode:
            self._close()
        if self._connection is None and inode:
            self._connection = connect_to_read(path, timeout=1)
            self._inode = inode
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._inode, self._version = None, 0, -1

    def _read(self, connection: sqlite3.Connection, own_boot: str) -> Held:
        connection.execute("BEGIN")
        try:
            own = owner(connection)
            if not is_ours(own, self._site, self._simulated, range(VERSION, VERSION + 1)):
                return Held()
            self._life = own.get("life", "")
            kept, lost = self._kept(connection)
            return Held(
                contact=contact(connection, own_boot), events=_events(connection), alerts=kept,
                feeds=self._feeds(connection, lost), items=cache_feeds.items(connection), **self._messages(connection),
            )  # fmt: skip
        finally:
            connection.execute("ROLLBACK")

    def _kept(self, connection: sqlite3.Connection) -> cache_feeds.Alerts:
        """Decoded only when they have changed: an outline may be a megabyte, and pictures come all the time."""
        edition = (self._life, cache_feeds.changed(connection))
        if edition != self._alerts[0]:
            self._alerts = edition, cache_feeds.alerts(connection)
        return self._alerts[1]

    def _feeds(self, connection: sqlite3.Connection, lost: frozenset[str]) -> tuple[FeedState, ...]:
        """As written, or newer as told through memory; memory alone makes no feed. `lost`: part of it is broken."""
        told = {state.name: state for state in checked.told(self._path, self._life)}
        states = (latest(state, told.get(state.name)) for state in cache_feeds.states(connection))
        return tuple(structs.replace(state, checked=None) if state.name in lost else state for state in states)

    def _messages(self, connection: sqlite3.Connection) -> dict[str, Any]:
        found: dict[str, Any] = {"bulletins": (), "documents": {}}
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
                    elif body is not None:
                        found["documents"][message.name] = body  # type: ignore[union-attr]
            except Refused:
                continue
        return found


def contact(connection: sqlite3.Connection, own_boot: str) -> Contact | None:
    """The contact made since this computer booted."""
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
    """What the cache counts: messages folded and refused, events in order, bulletins, documents, pages opened by day.

    Raises CannotKeep.
    """
    path = there(path) or path
    if not path.is_file():
        raise CannotKeep(f"there is no cache at {path}; start the keeper first")
    try:
        with contextlib.closing(connect_to_read(path, timeout=5)) as cache:
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
            opened = cache_opened.by_day(cache)
    except (sqlite3.Error, msgspec.DecodeError) as fault:
        raise CannotKeep(f"the cache {path} cannot be read: {fault}") from fault
    return {
        "folded": numbers.get("folded", 0),
        "refused": numbers.get("refused", 0),
        "events": [{"run": run, "seq": seq, "kind": kind} for run, seq, kind in events],
        "bulletins": [{"id": one.bulletin.id, "serial": one.bulletin.serial, "ended": one.ended} for one in bulletins],
        "documents": [{"name": one.name, "version": one.version} for one in documents],
        "receipts_waiting": waiting,
        "pages_opened": opened,
    }
