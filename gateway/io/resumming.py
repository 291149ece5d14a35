"""Hours that were summed up by a clock that turned out to be wrong: they are summed up anew, from the polls.

Which hours that are stands in the file from the moment at which polls move (`date_rows.py`), so a power cut in between
costs nothing but time. An hour is made anew in one transaction.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator

from gateway.io.tiers import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    SERIES,
    Bucket,
    buckets_of,
    pack,
    place_of_day,
    place_of_hour,
    sum_up,
)

Sums = dict[tuple[str, str], dict[int, Bucket]]
"""(device, signal) → minute of the hour → what was read of it"""


def note_moved(db: sqlite3.Connection, moved: Iterable[tuple[int | None, int]]) -> None:
    """Polls get another wall time, (before, now) in ms: by less than a minute their sums stay true enough."""
    hours = {
        one // HOUR_MS
        for before, now in moved
        if before is None or abs(now - before) >= MINUTE_MS
        for one in (before, now)
        if one is not None
    }
    db.executemany("INSERT OR IGNORE INTO moved VALUES (?)", [(hour,) for hour in hours])


def sum_anew(db: sqlite3.Connection, series_of: Callable[[str, str], int]) -> Iterator[None]:
    """All hours that were noted; stops for a moment after each. Raises sqlite3.Error."""
    while row := db.execute("SELECT hour FROM moved LIMIT 1").fetchone():
        hour = int(row[0])
        db.execute("PRAGMA synchronous = NORMAL")
        with db:
            if _whole(db, hour):
                _replace(db, hour, series_of)
            db.execute("DELETE FROM moved WHERE hour = ?", (hour,))
        yield


def _whole(db: sqlite3.Connection, hour: int) -> bool:
    """Are all polls of it still there, or was it never summed up? Else its sums are all that there is, and stay."""
    begin = hour * SERIES
    if db.execute("SELECT 1 FROM minutes WHERE place >= ? AND place < ?", (begin, begin + SERIES)).fetchone() is None:
        return True
    first = db.execute("SELECT id, wall_ms FROM readings WHERE wall_ms IS NOT NULL ORDER BY id LIMIT 1").fetchone()
    return first is not None and (first[0] == 1 or hour * HOUR_MS >= first[1])


def _replace(db: sqlite3.Connection, hour: int, series_of: Callable[[str, str], int]) -> None:
    begin_ms = hour * HOUR_MS
    last = db.execute("SELECT count FROM tallies WHERE name = 'rolled'").fetchone()[0]
    sums: Sums = {}
    polls = "SELECT device, wall_ms, body FROM readings WHERE wall_ms >= ? AND wall_ms < ? AND id <= ? ORDER BY id"
    for device, at_ms, body in db.execute(polls, (begin_ms, begin_ms + HOUR_MS, last)):
        sum_up(sums, device, at_ms % HOUR_MS // MINUTE_MS, body)
    new = {series_of(*name): pack(buckets.values()) for name, buckets in sums.items()}
    begin = hour * SERIES
    old = {
        place % SERIES
        for (place,) in db.execute("SELECT place FROM minutes WHERE place >= ? AND place < ?", (begin, begin + SERIES))
    }
    db.execute("DELETE FROM minutes WHERE place >= ? AND place < ?", (begin, begin + SERIES))
    for series, body in new.items():
        db.execute("INSERT INTO minutes VALUES (?, ?, ?)", (place_of_hour(series, begin_ms), body, last))
    for series in old | new.keys():
        _take_from_day(db, series, hour)
        db.execute("INSERT OR IGNORE INTO due VALUES (?, ?)", (series, begin_ms // DAY_MS))


def _take_from_day(db: sqlite3.Connection, series: int, hour: int) -> None:
    """Its quarters come again with the day's next sum; until then the minutes tell."""
    place = place_of_day(series, hour * HOUR_MS)
    row = db.execute("SELECT body FROM quarters WHERE place = ?", (place,)).fetchone()
    if row is None:
        return
    others = [one for one in buckets_of(row[0]) if one.at // 4 != hour % 24]
    if others:
        db.execute("UPDATE quarters SET body = ? WHERE place = ?", (pack(others), place))
    else:
        db.execute("DELETE FROM quarters WHERE place = ?", (place,))
