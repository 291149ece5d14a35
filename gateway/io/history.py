"""The history of one signal for a chart: from polls, minutes or quarters, whichever fit the width asked for."""

import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from gateway.io.readings import KeptReadings
from gateway.io.tiers import (
    DAY_MS,
    DAYS,
    HOUR_MS,
    MINUTE_MS,
    QUARTER_MS,
    SERIES,
    Bucket,
    place_of_day,
    place_of_hour,
    unpack,
)

MOST_POINTS = 5000

Placed = tuple[int, Bucket]
"""When it begins (wall clock, ms), and what it sums up."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """What a signal was from `from_ms` until `until_ms`; without numbers and words it is a hole, `missing` says why.

    `words`: each once, as they first came; `changes`: how often the word changed. `missing`: reason → share of polls.
    """

    from_ms: int
    until_ms: int
    count: int
    mean: float | int | None
    low: float | int | None
    high: float | int | None
    words: tuple[str, ...]
    last: str | None
    changes: int
    missing: dict[str, float]


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Points in order of time; where nothing was ever asked there is none. `step_ms`: the coarsest time in them."""

    step_ms: int
    points: tuple[Point, ...]


def history(db: sqlite3.Connection, device: str, signal: str, from_ms: int, until_ms: int, points: int) -> History:
    """At most `points` points between two wall times; raises sqlite3.Error, msgspec.DecodeError."""
    points = max(1, min(points, MOST_POINTS))
    span = until_ms - from_ms
    row = db.execute("SELECT id FROM series WHERE device = ? AND signal = ?", (device, signal)).fetchone()
    if span <= 0:
        return History(step_ms=0, points=())
    reader = _Reader(db, device, signal, row[0] if row else None)
    step = span / points
    if step >= QUARTER_MS:
        found = reader.quarters(from_ms, until_ms)
    elif step >= MINUTE_MS:
        found = reader.minutes(from_ms, until_ms)
    else:
        found = reader.polls(from_ms, until_ms)
    slots: dict[int, Bucket] = {}
    for at_ms, bucket in found:
        if from_ms <= at_ms < until_ms:
            slot = (at_ms - from_ms) * points // span
            if slot in slots:
                slots[slot].add(bucket)
            else:
                slots[slot] = bucket
    told = tuple(
        _point(from_ms + slot * span // points, from_ms + (slot + 1) * span // points, slots[slot])
        for slot in sorted(slots)
    )
    return History(step_ms=reader.coarsest, points=told)


class _Reader:
    """One signal in all its tiers. Each tier takes what it does not hold from the others."""

    def __init__(self, db: sqlite3.Connection, device: str, signal: str, series: int | None) -> None:
        self._db = db
        self._device = device
        self._signal = signal
        self._series = series
        self.coarsest = 0
        self._uptos: dict[int, int] = {}

    def quarters(self, from_ms: int, until_ms: int) -> Iterator[Placed]:
        """By quarters of an hour; days that are not over come from the minutes."""
        held = self._days(from_ms, until_ms)
        first = self._first_hour()
        for day in range(from_ms // DAY_MS, (until_ms - 1) // DAY_MS + 1):
            begin = day * DAY_MS
            if day in held:
                self.coarsest = QUARTER_MS
                yield from ((begin + one.at * QUARTER_MS, one) for one in _held(held[day]))
            elif begin + DAY_MS > first:
                yield from self._hours(begin, begin + DAY_MS, {})
        yield from self._tail(from_ms, until_ms)

    def minutes(self, from_ms: int, until_ms: int) -> Iterator[Placed]:
        """By minutes; what is older than they are kept comes from the quarters."""
        yield from self._hours(from_ms, until_ms, self._days(from_ms, until_ms))
        yield from self._tail(from_ms, until_ms)

    def polls(self, from_ms: int, until_ms: int) -> Iterator[Placed]:
        """Every poll; what is older than they are kept comes from the minutes."""
        row = self._db.execute("SELECT MIN(wall_ms) FROM readings WHERE wall_ms >= ?", (from_ms,)).fetchone()
        first = until_ms if row[0] is None else min(until_ms, row[0])
        if first // HOUR_MS > from_ms // HOUR_MS:
            first -= first % HOUR_MS
            yield from self._hours(from_ms, first, self._days(from_ms, first))
        rows = self._db.execute(
            "SELECT wall_ms, body FROM readings WHERE wall_ms >= ? AND wall_ms < ? AND device = ? ORDER BY wall_ms, id",
            (first, until_ms, self._device),
        )
        yield from self._read(rows)

    def _days(self, from_ms: int, until_ms: int) -> dict[int, bytes]:
        if self._series is None:
            return {}
        span = (place_of_day(self._series, from_ms), place_of_day(self._series, until_ms))
        rows = self._db.execute("SELECT place % ?, body FROM quarters WHERE place BETWEEN ? AND ?", (DAYS, *span))
        return dict(rows.fetchall())

    def _hours(self, from_ms: int, until_ms: int, days: dict[int, bytes]) -> Iterator[Placed]:
        if self._series is None:
            return
        opened: tuple[int, list[Bucket]] = (-1, [])
        for hour in range(from_ms // HOUR_MS, (until_ms - 1) // HOUR_MS + 1):
            begin, day = hour * HOUR_MS, hour // 24
            row = self._db.execute(
                "SELECT body FROM minutes WHERE place = ?", (place_of_hour(self._series, begin),)
            ).fetchone()
            if row is not None:
                self.coarsest = max(self.coarsest, MINUTE_MS)
                yield from ((begin + one.at * MINUTE_MS, one) for one in _held(row[0]))
            elif day in days:
                if opened[0] != day:
                    opened = (day, _held(days[day]))
                self.coarsest = QUARTER_MS
                yield from ((day * DAY_MS + q.at * QUARTER_MS, q) for q in opened[1] if q.at // 4 == hour % 24)

    def _tail(self, from_ms: int, until_ms: int) -> Iterator[Placed]:
        """What has not been summed up yet."""
        rows = self._db.execute(
            "SELECT wall_ms, body, id FROM readings WHERE id > (SELECT count FROM tallies WHERE name = 'rolled')"
            " AND wall_ms >= ? AND wall_ms < ? AND device = ? ORDER BY id",
            (from_ms, until_ms, self._device),
        )
        yield from self._read((at_ms, body) for at_ms, body, poll in rows if poll > self._upto(at_ms // HOUR_MS))

    def _upto(self, hour: int) -> int:
        """The last poll that the chunk of an hour holds: the upkeep may stand between the chunk and its mark."""
        if hour not in self._uptos:
            place = place_of_hour(self._series or 0, hour * HOUR_MS)
            row = self._db.execute("SELECT upto FROM minutes WHERE place = ?", (place,)).fetchone()
            self._uptos[hour] = 0 if row is None else row[0]
        return self._uptos[hour]

    def _read(self, rows: Iterable[tuple[int, bytes]]) -> Iterator[Placed]:
        for at_ms, body in rows:
            try:
                kept = KeptReadings.unpacked(body)
            except msgspec.DecodeError:
                continue  # it has changed on the disk: a hole, never a wrong value
            bucket = Bucket(0)
            value = kept.values.get(self._signal)
            if isinstance(value, str):
                bucket.word(value)
            elif value is not None:
                bucket.number(value)
            elif self._signal in kept.missing:
                quality, reason = kept.missing[self._signal]
                bucket.gone(quality.value, reason)
            else:
                continue
            yield at_ms, bucket

    def _first_hour(self) -> int:
        """When the oldest minutes begin."""
        row = self._db.execute("SELECT MIN(place) FROM minutes").fetchone()
        return 2**62 if row[0] is None else int(row[0]) // SERIES * HOUR_MS


def _held(body: bytes) -> list[Bucket]:
    try:
        return unpack(body)
    except msgspec.DecodeError:
        return []


def _point(from_ms: int, until_ms: int, one: Bucket) -> Point:
    gone = sum(one.missing.values())
    asked = one.count + one.spoken + gone
    return Point(
        from_ms=from_ms,
        until_ms=until_ms,
        count=one.count,
        mean=one.mean if one.count else None,
        low=one.low if one.count else None,
        high=one.high if one.count else None,
        words=tuple(one.words),
        last=one.last if one.spoken else None,
        changes=one.changes,
        missing={reason: times / asked for reason, times in one.missing.items()},
    )
