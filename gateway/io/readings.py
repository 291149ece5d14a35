"""A poll as it lies on the disk."""

import sqlite3
import zlib
from functools import cache

import msgspec

from contract.messages import Value
from contract.packing import common
from contract.words import Origin, Quality
from gateway.core.pipeline import Batch
from gateway.core.site import Now


class KeptReadings(msgspec.Struct, frozen=True, omit_defaults=True):
    """The values of one poll, small on the disk: what they share stands once, time and device stand in the row."""

    origin: Origin
    values: dict[str, float | int | str] = {}
    missing: dict[str, tuple[Quality, str]] = {}

    @classmethod
    def of(cls, values: dict[str, Value]) -> "KeptReadings":
        """From the values of one device, which have one origin."""
        return cls(
            next(iter(values.values())).origin if values else Origin.MEASURED,
            {key: value.value for key, value in values.items() if value.value is not None},
            {key: (value.quality, value.reason) for key, value in values.items() if value.value is None},
        )

    def packed(self) -> bytes:
        """As it lies on the disk: a sixth of its JSON, and zlib's checksum tells of changed bytes."""
        way = _primed().copy()
        return way.compress(msgspec.json.encode(self)) + way.flush()

    @classmethod
    def unpacked(cls, body: bytes) -> "KeptReadings":
        """From the disk; older rows are zlib without dictionary, or plain JSON. Raises msgspec.DecodeError."""
        try:
            return _DECODER.decode(body if body[:1] == b"{" else _whole(body))
        except (zlib.error, TypeError, UnicodeDecodeError) as fault:
            raise msgspec.DecodeError(str(fault)) from fault


_DECODER = msgspec.json.Decoder(KeptReadings)
LEVEL = 6


@cache
def _primed() -> "zlib._Compress":
    """With the dictionary already read; each row begins with a copy. Every page that is not filled wears no card."""
    return zlib.compressobj(LEVEL, zdict=common())


def _whole(body: bytes) -> bytes:
    way = zlib.decompressobj(zdict=common())
    text = way.decompress(body)
    if not way.eof:
        raise zlib.error("it ends too early")
    return text


def last_poll(db: sqlite3.Connection) -> int:
    """The highest number that a poll has had, also when its row is gone: what was summed up is known by its number."""
    row = db.execute(
        "SELECT MAX((SELECT COALESCE(MAX(id), 0) FROM readings), (SELECT count FROM tallies WHERE name = 'rolled'))"
    ).fetchone()
    return int(row[0])


NEWEST = "SELECT boot, up_ms, wall_ms, clock FROM readings WHERE run NOT LIKE 'node %' ORDER BY id DESC LIMIT 1"
"""The newest that this program read itself: what a sensor node remembers comes later than it was."""


def put_batch(db: sqlite3.Connection, last: int, batch: Batch, now: Now) -> int:
    """One poll, one row, and one for each moment that the device remembers. The number of the last row."""
    polls = [(one.at, one.values) for one in batch.earlier]
    if batch.values:
        polls.append((now, batch.values))
    for number, (at, values) in enumerate(polls, last + 1):
        _put(db, number, batch.device, values, at)
    return last + len(polls)


def _put(db: sqlite3.Connection, number: int, device: str, values: dict[str, Value], now: Now) -> None:
    kept = KeptReadings.of(values)
    missing: dict[str, int] = {}
    for quality, _ in kept.missing.values():
        missing[quality.value] = missing.get(quality.value, 0) + 1
    db.execute(
        "INSERT INTO readings (id, device, run, boot, up_ms, wall_ms, clock, decoded, missing, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number, device, now.run, now.boot, now.up_ms, now.wall_ms, now.clock.value, len(values),
            msgspec.json.encode(missing).decode(), kept.packed(),
        ),
    )  # fmt: skip
