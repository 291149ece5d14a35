"""Keeps the store within its size for years: polls become minutes, minutes become quarters, the oldest goes.

Everything is done in steps of some milliseconds on the one connection of the store; between two of them the gateway
polls and decides. A power cut in the middle repeats a step, it loses nothing: what is summed up is deleted later.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator

import msgspec

from contract.words import ClockQuality
from gateway.config import StoreTable
from gateway.core.site import Now
from gateway.io.resumming import sum_anew
from gateway.io.tiers import (
    DAY_MS,
    DAYS,
    HOUR_MS,
    MINUTE_MS,
    SERIES,
    Bucket,
    buckets_of,
    merge,
    pack,
    place_of_day,
    place_of_hour,
    sum_up,
)

log = logging.getLogger(__name__)

POLLS_AT_ONCE = 25
SERIES_AT_ONCE = 10
ROWS_AT_ONCE = 100
PAGES_AT_ONCE = 64
STEADY_MS = 6 * HOUR_MS
JUMP_MS = 10 * MINUTE_MS
"""A clock that has jumped further than this makes nothing old until it has run steadily for STEADY_MS."""
UNSURE_MS = 3 * HOUR_MS
"""So long waits for its sum what was read by a clock that nobody has vouched for; longer, and charts would be slow."""
ROOM = 0.95
"""Down to this part of the size, once it is reached."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How long what is kept, and how large the store may grow. Beyond the size the oldest goes earlier."""

    readings_ms: int
    minutes_ms: int
    quarters_ms: int
    events_ms: int
    bytes: int

    @classmethod
    def of(cls, table: StoreTable) -> "Limits":
        """From the settings."""
        return cls(
            readings_ms=int(table.keep_readings_days * DAY_MS),
            minutes_ms=int(table.keep_minutes_days * DAY_MS),
            quarters_ms=int(table.keep_quarters_days * DAY_MS),
            events_ms=int(table.keep_events_days * DAY_MS),
            bytes=int(table.max_mb * 1_000_000),
        )


class Thinning:
    """The upkeep of one store."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._series: dict[tuple[str, str], int] = {}
        self._clock: tuple[str, int, int] | None = None
        """Boot, wall clock less uptime, and the uptime since which that has held."""

    def steps(self, now: Now, limits: Limits) -> Iterator[None]:
        """All that is to do now; stops for a moment after each step. Raises sqlite3.Error."""
        self._series = {(device, signal): series for series, device, signal in self._db.execute("SELECT * FROM series")}
        if now.wall_ms is not None:
            yield from self._date(now, now.wall_ms)
            yield from sum_anew(self._db, self._series_of)
            yield from self._roll(now, now.wall_ms)
            yield from self._roll_days(now.wall_ms)
        yield from self._forget_undated(now, limits)
        if now.wall_ms is not None and self._steady(now, now.wall_ms):
            yield from self._forget_old(now.wall_ms, limits)
        yield from self._forget_for_room(limits.bytes)
        yield from self._shrink()

    def used(self) -> int:
        """Bytes that hold something."""
        pages, free, size = (self._ask(f"PRAGMA {name}") for name in ("page_count", "freelist_count", "page_size"))
        return (pages - free) * size

    # --- from polls to minutes ---

    def _date(self, now: Now, wall_ms: int) -> Iterator[None]:
        """The clock is known: what this boot read before that gets its time."""
        last = self._ask("SELECT count FROM tallies WHERE name = 'rolled'")
        while rows := self._db.execute(
            "SELECT id FROM readings WHERE wall_ms IS NULL AND boot = ? AND id > ? ORDER BY id LIMIT ?",
            (now.boot, last, ROWS_AT_ONCE),
        ).fetchall():
            last = rows[-1][0]
            with self._db:
                self._db.executemany(
                    "UPDATE readings SET wall_ms = up_ms + ?, clock = ? WHERE id = ?",
                    [(wall_ms - now.up_ms, now.clock.value, poll) for (poll,) in rows],
                )
            yield

    def _roll(self, now: Now, wall_ms: int) -> Iterator[None]:
        """Every hour that is over, in the order of reading. Polls that nobody can date stay as they are.

        What this boot read by a clock that nobody has vouched for waits: once it is summed up no better time moves it.
        """
        this_hour = wall_ms // HOUR_MS
        hour, last = None, self._ask("SELECT count FROM tallies WHERE name = 'rolled'")
        sums: dict[tuple[str, str], dict[int, Bucket]] = {}
        while rows := self._db.execute(
            "SELECT id, device, wall_ms, body, boot = ? AND clock != ? AND up_ms > ? FROM readings WHERE id > ?"
            " ORDER BY id LIMIT ?",
            (now.boot, ClockQuality.SYNCED.value, now.up_ms - UNSURE_MS, last, POLLS_AT_ONCE),
        ).fetchall():
            for poll, device, at_ms, body, unsure in rows:
                if unsure:
                    yield from self._write_hour(sums, hour, last)
                    return
                if at_ms is not None:
                    if at_ms // HOUR_MS == this_hour:
                        yield from self._write_hour(sums, hour, last)
                        return
                    if at_ms // HOUR_MS != hour:
                        yield from self._write_hour(sums, hour, last)
                        hour, sums = at_ms // HOUR_MS, {}
                    sum_up(sums, device, at_ms % HOUR_MS // MINUTE_MS, body)
                last = poll
            yield
        yield from self._write_hour(sums, hour, last)

    def _write_hour(
        self, sums: dict[tuple[str, str], dict[int, Bucket]], hour: int | None, last: int
    ) -> Iterator[None]:
        """One chunk per signal. A chunk that has been written already up to `last` is left alone."""
        rows = list(sums.items()) if hour is not None else []
        for begin in range(0, len(rows), SERIES_AT_ONCE):
            with self._writing():
                for name, buckets in rows[begin : begin + SERIES_AT_ONCE]:
                    self._write_minutes(self._series_of(*name), (hour or 0) * HOUR_MS, list(buckets.values()), last)
            yield
        with self._writing():
            self._db.execute("UPDATE tallies SET count = ? WHERE name = 'rolled'", (last,))

    def _write_minutes(self, series: int, hour_ms: int, buckets: list[Bucket], last: int) -> None:
        place = place_of_hour(series, hour_ms)
        held = self._db.execute("SELECT body, upto FROM minutes WHERE place = ?", (place,)).fetchone()
        if held is not None and held[1] >= last:
            return
        if held is not None:
            buckets = merge(buckets_of(held[0]), buckets)
        self._db.execute("INSERT OR REPLACE INTO minutes VALUES (?, ?, ?)", (place, pack(buckets), last))
        self._db.execute("INSERT OR IGNORE INTO due VALUES (?, ?)", (series, hour_ms // DAY_MS))

    def _series_of(self, device: str, signal: str) -> int:
        found = self._series.get((device, signal))
        if found is None:
            found = self._db.execute("INSERT INTO series (device, signal) VALUES (?, ?)", (device, signal)).lastrowid
            self._series[device, signal] = found or 0
        return found or 0

    # --- from minutes to quarters ---

    def _roll_days(self, wall_ms: int) -> Iterator[None]:
        today = wall_ms // DAY_MS
        while rows := self._db.execute("SELECT series, day FROM due WHERE day != ? LIMIT 5", (today,)).fetchall():
            with self._writing():
                for series, day in rows:
                    self._write_quarters(series, day)
                    self._db.execute("DELETE FROM due WHERE series = ? AND day = ?", (series, day))
            yield

    def _write_quarters(self, series: int, day: int) -> None:
        place = place_of_day(series, day * DAY_MS)
        quarters: dict[int, Bucket] = {}
        found = self._db.execute("SELECT body FROM quarters WHERE place = ?", (place,)).fetchone()
        held = buckets_of(found[0]) if found is not None else []
        hours = set()
        for hour in range(24):
            row = self._db.execute(
                "SELECT body FROM minutes WHERE place = ?", (place_of_hour(series, day * DAY_MS + hour * HOUR_MS),)
            ).fetchone()
            if row is None:
                continue
            hours.add(hour)
            for minute in buckets_of(row[0]):
                at = hour * 4 + minute.at // 15
                quarters.setdefault(at, Bucket(at)).add(minute)
        kept = [one for one in held if one.at // 4 not in hours]  # their minutes are gone already
        self._db.execute("INSERT OR REPLACE INTO quarters VALUES (?, ?)", (place, pack([*quarters.values(), *kept])))

    # --- what goes ---

    def _steady(self, now: Now, wall_ms: int) -> bool:
        """Has the clock run without a jump for long enough to call anything old?"""
        offset = wall_ms - now.up_ms
        if self._clock is None or self._clock[0] != now.boot or abs(self._clock[1] - offset) > JUMP_MS:
            self._clock = (now.boot, offset, now.up_ms)
        return now.up_ms - self._clock[2] >= STEADY_MS

    def _forget_undated(self, now: Now, limits: Limits) -> Iterator[None]:
        """Polls without wall clock: old when this boot alone proves it, or something read after them is old."""
        before_ms = (now.wall_ms or 0) - limits.readings_ms
        followed = self._ask("SELECT MAX(id) FROM readings WHERE wall_ms < ?", before_ms) or 0
        while rows := self._db.execute(
            "SELECT id, boot, up_ms FROM readings WHERE wall_ms IS NULL ORDER BY id LIMIT ?", (ROWS_AT_ONCE,)
        ).fetchall():
            old = [
                (poll,)
                for poll, boot, up_ms in rows
                if poll <= followed or now.up_ms - (up_ms if boot == now.boot else 0) > limits.readings_ms
            ]
            if not old:
                return
            with self._writing():
                self._db.executemany("DELETE FROM readings WHERE id = ?", old)
            yield

    def _forget_old(self, wall_ms: int, limits: Limits) -> Iterator[None]:
        day = (wall_ms - limits.quarters_ms) // DAY_MS
        yield from self._until_done(lambda: self._drop_readings(wall_ms - limits.readings_ms))
        yield from self._until_done(lambda: self._drop_minutes(wall_ms - limits.minutes_ms))
        for series in list(self._series.values()):
            yield from self._until_done(lambda one=series: self._drop_quarters(one, day))  # type: ignore[misc]
        yield from self._until_done(lambda: self._drop_events(wall_ms - limits.events_ms))

    def _forget_for_room(self, most: int) -> Iterator[None]:
        """Too large: raw polls beyond a day first, then minutes beyond a week, then whatever is oldest."""
        if self.used() <= most:
            return
        newest = self._ask("SELECT MAX(wall_ms) FROM readings") or 0
        days = range(self._ask("SELECT MIN(place % ?) FROM quarters", DAYS) or 0, newest // DAY_MS + 1)
        ways: list[Callable[[], int]] = [
            lambda: self._drop_readings(newest - DAY_MS),
            lambda: self._drop_minutes(newest - 7 * DAY_MS),
            lambda: self._drop_readings(newest + 1),
            self._drop_first_readings,
            lambda: self._drop_minutes(newest + HOUR_MS),
            *(lambda day=day: sum(self._drop_quarters(one, day) for one in self._series.values()) for day in days),
            lambda: self._drop_events(newest),
        ]
        for drop in ways:
            while self.used() > most * ROOM:
                with self._writing():
                    went = drop()
                yield
                if not went:
                    break

    def _until_done(self, drop: Callable[[], int]) -> Iterator[None]:
        went = True
        while went:
            with self._writing():
                went = bool(drop())
            if went:
                yield

    def _drop_readings(self, before_ms: int) -> int:
        """Only what has been summed up."""
        return self._db.execute(
            "DELETE FROM readings WHERE id IN (SELECT id FROM readings WHERE wall_ms < ?"
            " AND id <= (SELECT count FROM tallies WHERE name = 'rolled') ORDER BY wall_ms LIMIT ?)",
            (before_ms, ROWS_AT_ONCE),
        ).rowcount

    def _drop_first_readings(self) -> int:
        """Without a clock nothing is summed up, and there is no other way to keep within the size."""
        return self._db.execute(
            "DELETE FROM readings WHERE id IN (SELECT id FROM readings ORDER BY id LIMIT ?)", (ROWS_AT_ONCE,)
        ).rowcount

    def _drop_minutes(self, before_ms: int) -> int:
        return self._db.execute(
            "DELETE FROM minutes WHERE place IN (SELECT place FROM minutes WHERE place < ? ORDER BY place LIMIT ?)",
            (max(0, before_ms) // HOUR_MS * SERIES, ROWS_AT_ONCE),
        ).rowcount

    def _drop_quarters(self, series: int, before_day: int) -> int:
        begin = series * DAYS
        return self._db.execute(
            "DELETE FROM quarters WHERE place >= ? AND place < ?", (begin, begin + max(0, before_day))
        ).rowcount

    def _drop_events(self, before_ms: int) -> int:
        """Never one that still waits for the centre."""
        return self._db.execute(
            "DELETE FROM events WHERE id IN (SELECT id FROM"
            " (SELECT id, run, seq, wall_ms FROM events ORDER BY id LIMIT ?) AS first WHERE wall_ms < ? AND NOT EXISTS"
            " (SELECT 1 FROM outbox WHERE run = first.run AND stream = 'event' AND seq = first.seq))",
            (ROWS_AT_ONCE, before_ms),
        ).rowcount

    def _shrink(self) -> Iterator[None]:
        """Give space back when a tenth of the file is empty; less than that is soon used again."""
        if self._ask("PRAGMA auto_vacuum") != 2:
            return
        while self._ask("PRAGMA freelist_count") > max(PAGES_AT_ONCE, self._ask("PRAGMA page_count") // 10):
            self._db.execute(f"PRAGMA incremental_vacuum({PAGES_AT_ONCE})").fetchall()
            yield

    def _ask(self, sql: str, *values: int) -> int:
        return self._db.execute(sql, values).fetchone()[0]  # type: ignore[no-any-return]

    def _writing(self) -> sqlite3.Connection:
        """A transaction that need not reach the card at once: whatever it does can be done again."""
        self._db.execute("PRAGMA synchronous = NORMAL")
        return self._db
