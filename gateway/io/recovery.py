"""A damaged store is put aside, and what can be read of it moves into a new one.

Nothing is overwritten: the new file is made beside the old one, then both change their names. What is missing in the
outbox is told as gaps, so that `created = confirmed + gaps + waiting` stays true and the centre knows what it lost.
"""

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

from contract.words import ClockQuality, Status, Stream
from gateway.io.books import settle_books
from gateway.io.pages import Pages, Row
from gateway.io.readings import KeptReadings
from gateway.io.store_file import open_file, row_crc
from gateway.io.tiers import is_chunk, is_minutes

log = logging.getLogger(__name__)

MOST_ASIDE = 3
"""Damaged files kept; a card that goes on breaking must not fill itself with them."""
AT_ONCE = 5000
MOST_PLACES = 2**48
"""A place beyond it was never given: the byte has changed."""
STREAMS, CLOCKS, STATUSES = (tuple(one.value for one in words) for words in (Stream, ClockQuality, Status))

PLACES = {
    "outbox": "INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "events": "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "readings": "INSERT OR IGNORE INTO readings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "documents": "INSERT OR IGNORE INTO documents VALUES (?, ?, ?)",
    "series": "INSERT OR IGNORE INTO series VALUES (?, ?, ?)",
    "minutes": "INSERT OR IGNORE INTO minutes VALUES (?, ?, ?)",
    "quarters": "INSERT OR IGNORE INTO quarters VALUES (?, ?)",
    "heads": "INSERT INTO heads VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
    " last = MAX(last, excluded.last), confirmed = MAX(confirmed, excluded.confirmed)",
    "tallies": "INSERT INTO tallies (name, count) VALUES (?, ?) ON CONFLICT DO UPDATE SET"
    " count = MAX(count, excluded.count)",
}
FIRST = ("kept", "tallies", "heads", "outbox", "documents", "events", "series")
LAST = ("readings", "minutes", "quarters")


class Recovered(msgspec.Struct, frozen=True):
    """What became of a damaged store: rows by table; None where nobody knows how many there were."""

    aside: str
    saved: dict[str, int]
    lost: dict[str, int | None]

    def sentence(self) -> str:
        """For the log, and for the record at the centre."""
        names = {"outbox": "waiting records", "events": "events", "readings": "polls", "kept": "of the site's memory"}
        parts = []
        for table, name in names.items():
            lost = self.lost.get(table)
            told = "an unknown number" if lost is None else str(lost)
            parts.append(f"{name}: {self.saved.get(table, 0)} saved, {told} lost")
        return f"the store was damaged and lies as {self.aside}; " + "; ".join(parts)


def aside_files(path: Path) -> list[Path]:
    """Damaged files that lie beside the store, oldest first."""
    found = [one for one in path.parent.glob(f"{path.name}.damaged-*") if one.name.rpartition("-")[2].isdigit()]
    return sorted(found, key=lambda one: int(one.name.rpartition("-")[2]))


def finish(path: Path) -> None:
    """Power went between the two changes of name: the new file is whole, the old one lies aside already."""
    new = path.with_name(path.name + ".new")
    if new.exists() and not path.exists():
        for tail in ("-wal", "-shm"):
            left = path.with_name(path.name + tail)
            if left.exists():
                left.rename(aside_files(path)[-1].with_name(aside_files(path)[-1].name + tail))
        new.rename(path)
        _settle_folder(path.parent)


def recover(path: Path, meant: tuple[str, int], progress: Callable[[], None] = lambda: None) -> Recovered:
    """Make a new store of what can be read of `path`; raises StoreFault or OSError and then has changed nothing.

    `meant`: status and simulated of a gap record whose run has left nothing else. `progress` is called now and then:
    a large file takes minutes.
    """
    new = path.with_name(path.name + ".new")
    for tail in ("", "-wal", "-shm"):
        new.with_name(new.name + tail).unlink(missing_ok=True)
    numbers = [int(one.name.rpartition("-")[2]) for one in aside_files(path)]
    aside = path.with_name(f"{path.name}.damaged-{max(numbers, default=0) + 1}")
    pages = Pages(path, progress)
    db = open_file(new)
    try:
        db.execute("PRAGMA synchronous = OFF")
        with db:
            _move_first(db, pages)
        try:
            _move_readings(db, pages)
        except sqlite3.OperationalError as fault:
            log.error("%s: not all readings could be kept (%s)", path, fault)
        with db:
            saved = {table: _count(db, table) for table in ("kept", *PLACES)}
            lost = _lost(db)
            lost["outbox"] = settle_books(db, meant)
            told = Recovered(aside.name, saved, lost)
            body = msgspec.json.encode(told.sentence())
            db.execute("INSERT OR REPLACE INTO kept VALUES ('trouble', ?, ?)", (body, crc32(body)))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()
    with new.open("rb") as file:
        os.fsync(file.fileno())
    path.rename(aside)
    finish(path)
    for old in aside_files(path)[:-MOST_ASIDE]:
        for tail in ("", "-wal", "-shm"):
            old.with_name(old.name + tail).unlink(missing_ok=True)
    return told


def _settle_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _move_first(db: sqlite3.Connection, pages: Pages) -> None:
    """What must not be lost, and must find room."""
    newest: dict[str, tuple[int, bytes]] = {}
    for rowid, row in pages.rows():
        for table, columns in understood(rowid, row, FIRST):
            if table != "kept":
                db.execute(PLACES[table], columns)
            elif rowid >= newest.get(columns[0], (0, b""))[0]:
                newest[columns[0]] = (rowid, columns[1])
    for name, (_, body) in newest.items():
        if name != "trouble":
            db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", (name, body, crc32(body)))


def _move_readings(db: sqlite3.Connection, pages: Pages) -> None:
    """As many as there is room for."""
    found = (one for rowid, row in pages.rows() for one in understood(rowid, row, LAST))
    while some := list(islice(found, AT_ONCE)):
        with db:
            for table, columns in some:
                db.execute(PLACES[table], columns)


def _count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])  # noqa: S608


def understood(rowid: int, row: Row, wanted: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    """Which table a row belongs to, by its form; nothing for a row that is none of ours or has changed."""
    form = "".join("n" if one is None else {int: "i", str: "t", bytes: "b"}[type(one)] for one in row)
    try:
        for table in wanted:
            forms, check = SHAPES[table]
            if form in forms and check(rowid, row):
                if table == "kept":
                    yield table, row
                elif table in ("outbox", "events"):
                    width = 12 if table == "outbox" else 9
                    yield table, (rowid, *row[1:width], row[width] if len(row) > width else None)
                else:
                    yield table, (rowid, *row[1:]) if row[0] is None else row
                return
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError):
        return


def _record_holds(rowid: int, row: Row) -> bool:
    if not 0 < rowid < MOST_PLACES:
        return False
    if len(row) > 12 and row[12] is not None:
        return row_crc(row[11], *row[1:11]) == row[12]
    return row[2] in STREAMS and row[8] in CLOCKS and row[9] in STATUSES and _is_tree(row[11])


def _event_holds(_: int, row: Row) -> bool:
    if len(row) > 9 and row[9] is not None:
        return row_crc(row[8], *row[1:8]) == row[9]
    return row[7] in CLOCKS and _is_tree(row[8])


def _is_tree(body: bytes) -> bool:
    return isinstance(msgspec.json.decode(body), dict)


def _kept_holds(_: int, row: Row) -> bool:
    return len(row) < 3 or row[2] is None or crc32(row[1]) == row[2]


def _poll_holds(_: int, row: Row) -> bool:
    msgspec.json.decode(row[8])
    return row[6] in CLOCKS and bool(KeptReadings.unpacked(row[9]))


def _forms(pattern: str) -> set[str]:
    """`?` stands for a wall clock that may be unknown."""
    return {pattern.replace("?", one) for one in "in"}


SHAPES: dict[str, tuple[set[str], Callable[[int, Row], Any]]] = {
    "outbox": (_forms("nttitti?ttib") | _forms("nttitti?ttibi") | _forms("nttitti?ttibn"), _record_holds),
    "events": (_forms("ntitti?tb") | _forms("ntitti?tbi") | _forms("ntitti?tbn"), _event_holds),
    "readings": (_forms("nttti?titb"), _poll_holds),
    "kept": ({"tb", "tbi", "tbn"}, _kept_holds),
    "documents": ({"tbb"}, lambda _, row: msgspec.json.decode(row[1])),
    "heads": ({"ttii"}, lambda _, row: row[1] in STREAMS and 0 <= row[3] <= row[2]),
    "tallies": ({"ti"}, lambda _, row: 0 <= row[1] < MOST_PLACES),
    "series": ({"ntt"}, lambda *_: True),
    "minutes": ({"nbi"}, lambda rowid, row: is_minutes(rowid) and is_chunk(row[1])),
    "quarters": ({"nb"}, lambda rowid, row: not is_minutes(rowid) and is_chunk(row[1])),
}


def _lost(db: sqlite3.Connection) -> dict[str, int | None]:
    """Rows with running numbers tell by their holes how many are missing; the end of the table is not known."""
    memory = db.execute("SELECT COUNT(*) FROM kept WHERE name = 'memory'").fetchone()[0]
    lost: dict[str, int | None] = {"kept": 0 if memory else None}
    for table in ("events", "readings"):
        row = db.execute(f"SELECT MAX(id) - MIN(id) + 1 - COUNT(*) FROM {table}").fetchone()  # noqa: S608
        lost[table] = row[0]
    return lost
