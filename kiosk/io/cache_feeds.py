"""The feeds' part of the cache: what each said last, how its asking stands, and every alert that is kept."""

import contextlib
import sqlite3
import zlib
from dataclasses import dataclass

import msgspec

from kiosk.core.asking.feed import FeedState, Items, Kept
from kiosk.core.asking.listing import Folded, Key, key_of
from kiosk.io.cache_schema import ALERTS_CHANGED

MOST_BODY = 16 * 1024 * 1024
Alerts = tuple[tuple[Kept, ...], frozenset[str]]
"""Alerts, and the feeds of which a row cannot be read: of those no check counts, for a warning may be lost."""
NO_ALERTS: Alerts = ((), frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """One feed as it is kept. `url`: where it was asked, without the key. `parser`: the version that read `body`."""

    state: FeedState
    kind: str
    url: str
    body: bytes | None = None
    etag: str = ""
    modified: str = ""
    parser: int = 0
    items: bytes | None = None


def feeds(connection: sqlite3.Connection) -> dict[str, FeedRow]:
    """Every feed by name; a row that cannot be read is left out."""
    found: dict[str, FeedRow] = {}
    rows = connection.execute("SELECT name, kind, url, state, body, etag, modified, parser, items FROM feed")
    for name, kind, url, state, body, etag, modified, parser, items in rows:
        with contextlib.suppress(msgspec.MsgspecError):
            found[name] = FeedRow(
                state=msgspec.json.decode(state, type=FeedState), kind=kind, url=url, body=_unpacked(body),
                etag=etag, modified=modified, parser=parser, items=items,
            )  # fmt: skip
    return found


def states(connection: sqlite3.Connection) -> tuple[FeedState, ...]:
    """How the asking of each feed stood when it was last written."""
    found = []
    for (state,) in connection.execute("SELECT state FROM feed ORDER BY name"):
        with contextlib.suppress(msgspec.MsgspecError):
            found.append(msgspec.json.decode(state, type=FeedState))
    return tuple(found)


def alerts(connection: sqlite3.Connection, feed: str | None = None) -> Alerts:
    """All alerts, or those of one feed, in a fixed order."""
    found, lost = [], set()
    rows = connection.execute(
        "SELECT feed, kept FROM alert WHERE ? IS NULL OR feed = ? ORDER BY feed, source, id", (feed, feed)
    )
    for name, kept in rows:
        try:
            found.append(msgspec.json.decode(kept, type=Kept))
        except msgspec.MsgspecError:
            lost.add(name)
    return tuple(found), frozenset(lost)


def items(connection: sqlite3.Connection) -> tuple[Items, ...]:
    """What everyday feeds said last."""
    rows = connection.execute("SELECT name, kind, items FROM feed WHERE items IS NOT NULL ORDER BY name")
    return tuple(Items(name=name, kind=kind, body=body) for name, kind, body in rows)


def changed(connection: sqlite3.Connection) -> int:
    """A number that is another one as soon as alerts or items are."""
    row = connection.execute("SELECT n FROM count WHERE name = ?", (ALERTS_CHANGED,)).fetchone()
    return int(row[0]) if row else 0


def write_feed(connection: sqlite3.Connection, row: FeedRow, folded: Folded) -> None:
    """One good answer: the feed, and the alerts that are different now."""
    name = row.state.name
    connection.execute(
        "INSERT OR REPLACE INTO feed (name, kind, url, state, body, etag, modified, parser, items)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (name, row.kind, row.url, msgspec.json.encode(row.state), _packed(row.body), row.etag, row.modified, row.parser,
         row.items),
    )  # fmt: skip
    for kept in folded.changed:
        source, one = key_of(kept.alert)
        connection.execute(
            "INSERT OR REPLACE INTO alert (feed, source, id, kept) VALUES (?, ?, ?, ?)",
            (name, source, one, msgspec.json.encode(kept)),
        )
    drop(connection, name, folded.dropped)
    count_change(connection)


def write_state(connection: sqlite3.Connection, state: FeedState) -> None:
    """Only how the asking stands."""
    connection.execute("UPDATE feed SET state = ? WHERE name = ?", (msgspec.json.encode(state), state.name))


def drop(connection: sqlite3.Connection, feed: str, keys: tuple[Key, ...]) -> None:
    """Alerts of one feed that are not kept any longer."""
    for source, one in keys:
        connection.execute("DELETE FROM alert WHERE feed = ? AND source = ? AND id = ?", (feed, source, one))


def forget(connection: sqlite3.Connection, feed: str) -> None:
    """A feed that is not asked any more, or at another address: nothing of it is known now."""
    connection.execute("DELETE FROM alert WHERE feed = ?", (feed,))
    connection.execute("DELETE FROM feed WHERE name = ?", (feed,))
    count_change(connection)


def never_checked(connection: sqlite3.Connection) -> None:
    """Alerts may have been lost with a broken file: what is here is shown, but no check of it counts."""
    for name, row in feeds(connection).items():
        state = msgspec.structs.replace(row.state, checked=None, fault="the cache was broken")
        connection.execute(
            "UPDATE feed SET state = ?, body = NULL, etag = '', modified = '' WHERE name = ?",
            (msgspec.json.encode(state), name),
        )


def count_change(connection: sqlite3.Connection) -> None:
    """Readers look at all alerts again."""
    connection.execute("INSERT INTO count VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n = n + 1", (ALERTS_CHANGED,))


def _packed(body: bytes | None) -> bytes | None:
    return None if body is None else zlib.compress(body, 6)


def _unpacked(body: bytes | None) -> bytes | None:
    """None also for what is broken: then it is fetched anew."""
    if body is None:
        return None
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(body, MOST_BODY)
    except zlib.error:
        return None
    return found if unpacker.eof else None
