"""Thinned readings: how the values of a minute or a quarter of an hour are summed up, and how that lies on the disk.

Numbers keep their mean, least and greatest value; words keep every word that was read, in order, and how often it
changed; what was missing keeps its reasons and how often. A chunk is one signal over an hour (of minutes) or over a
day (of quarters), UTC.
"""

import logging
import zlib
from collections.abc import Iterable

import msgspec

from contract.words import Quality
from gateway.io.readings import KeptReadings

log = logging.getLogger(__name__)

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
QUARTER_MS = 900_000
DAY_MS = 86_400_000
SERIES = 100_000
"""More signals than a site will ever have."""
DAYS = 100_000
MOST_WORDS = 40
"""Different words kept of one bucket; a signal with more of them is broken, and `changes` still tells."""

Number = float | int


class Bucket(msgspec.Struct, array_like=True):
    """All that was read of a signal within some time. `at`: its number within the chunk."""

    at: int
    count: int = 0
    """Numbers read."""
    mean: Number = 0
    low: Number = 0
    high: Number = 0
    words: list[str] = []
    """Each word once, in the order in which it first came."""
    spoken: int = 0
    """Words read."""
    first: str = ""
    last: str = ""
    changes: int = 0
    """How often the word changed within."""
    missing: dict[str, int] = {}
    """quality: reason → how often there was no value."""

    def number(self, value: Number) -> None:
        """One number more."""
        self.count += 1
        if self.count == 1:
            self.mean = self.low = self.high = value
            return
        self.mean += (value - self.mean) / self.count
        if value < self.low:
            self.low = value
        elif value > self.high:
            self.high = value

    def word(self, value: str) -> None:
        """One word more."""
        if not self.spoken:
            self.first = self.last = value
            self.words = [value]
        elif value != self.last:
            self.changes += 1
            self.last = value
            if value not in self.words and len(self.words) < MOST_WORDS:
                self.words.append(value)
        self.spoken += 1

    def gone(self, quality: Quality | str, reason: str, times: int = 1) -> None:
        """No value, and why."""
        key = f"{quality}: {reason}" if reason else str(quality)
        self.missing[key] = self.missing.get(key, 0) + times

    def add(self, later: "Bucket") -> None:
        """All of a later bucket."""
        if later.count:
            if self.count:
                total = self.count + later.count
                self.mean += (later.mean - self.mean) * later.count / total
                self.low, self.high = min(self.low, later.low), max(self.high, later.high)
                self.count = total
            else:
                self.count, self.mean, self.low, self.high = later.count, later.mean, later.low, later.high
        if later.spoken:
            self._add_words(later)
        if later.missing:
            self.missing = dict(self.missing)
            for key, times in later.missing.items():
                self.missing[key] = self.missing.get(key, 0) + times

    def _add_words(self, later: "Bucket") -> None:
        if self.spoken:
            self.changes += later.changes + (self.last != later.first)
            self.words = self.words + [word for word in later.words if word not in self.words]
            self.words = self.words[:MOST_WORDS]
        else:
            self.first, self.words, self.changes = later.first, list(later.words), later.changes
        self.last = later.last
        self.spoken += later.spoken


_DECODER = msgspec.msgpack.Decoder(list[Bucket])
_ENCODER = msgspec.msgpack.Encoder()


def pack(buckets: Iterable[Bucket]) -> bytes:
    """A chunk as it lies on the disk."""
    rows = sorted(buckets, key=lambda one: one.at)
    for one in rows:
        one.mean = _short(one.mean)
    return zlib.compress(_ENCODER.encode(rows), 6)


def unpack(body: bytes) -> list[Bucket]:
    """The buckets of a chunk in order; raises msgspec.DecodeError when it is none."""
    try:
        return _DECODER.decode(zlib.decompress(body))
    except zlib.error as fault:
        raise msgspec.DecodeError(str(fault)) from fault


def merge(old: Iterable[Bucket], new: Iterable[Bucket]) -> list[Bucket]:
    """Two chunks of the same time as one."""
    found = {one.at: one for one in old}
    for one in new:
        if one.at in found:
            found[one.at].add(one)
        else:
            found[one.at] = one
    return list(found.values())


def place_of_hour(series: int, wall_ms: int) -> int:
    """Where the minutes of an hour lie."""
    return wall_ms // HOUR_MS * SERIES + series


def place_of_day(series: int, wall_ms: int) -> int:
    """Where the quarters of a day lie."""
    return series * DAYS + wall_ms // DAY_MS


def is_minutes(place: int) -> bool:
    """Is that the place of minutes? Those of quarters are all smaller, whatever the year from 1982 on."""
    return place >= SERIES * DAYS


def is_chunk(body: bytes) -> bool:
    """Can it be read?"""
    unpack(body)  # zlib's own checksum tells of a changed byte
    return True


def _short(value: Number) -> Number:
    """Seven digits: more was never measured, and noise in the last ones cannot be compressed."""
    return value if isinstance(value, int) else float(f"{value:.7g}")


def buckets_of(body: bytes) -> list[Bucket]:
    """A chunk from the disk; one that has changed there is empty, which is a hole in the chart and no wrong value."""
    try:
        return unpack(body)
    except msgspec.DecodeError as fault:
        log.warning("an hour or a day of a signal has changed on the disk and is left out (%s)", fault)
        return []


def sum_up(sums: dict[tuple[str, str], dict[int, Bucket]], device: str, minute: int, body: bytes) -> None:
    """A poll joins the sums of its minute, by device and signal."""
    try:
        kept = KeptReadings.unpacked(body)
    except msgspec.DecodeError as fault:
        log.warning("a poll of %s has changed on the disk and is left out (%s)", device, fault)
        return
    for key, value in kept.values.items():
        bucket = _bucket(sums, device, key, minute)
        if isinstance(value, str):
            bucket.word(value)
        else:
            bucket.number(value)
    for key, (quality, reason) in kept.missing.items():
        _bucket(sums, device, key, minute).gone(quality.value, reason)


def _bucket(sums: dict[tuple[str, str], dict[int, Bucket]], device: str, key: str, minute: int) -> Bucket:
    chunk = sums.setdefault((device, key), {})
    bucket = chunk.get(minute)
    if bucket is None:
        bucket = chunk[minute] = Bucket(minute)
    return bucket
