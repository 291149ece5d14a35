"""A poll as it lies on the disk."""

import sqlite3
import zlib

import msgspec

from contract.messages import Value
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
        """As it lies on the disk: a third of its JSON, and zlib's checksum tells of changed bytes."""
        return zlib.compress(msgspec.json.encode(self), 1)

    @classmethod
    def unpacked(cls, body: bytes) -> "KeptReadings":
        """From the disk; older rows are plain JSON. Raises msgspec.DecodeError."""
        try:
            return _DECODER.decode(body if body[:1] == b"{" else zlib.decompress(body))
        except (zlib.error, TypeError, UnicodeDecodeError) as fault:
            raise msgspec.DecodeError(str(fault)) from fault


_DECODER = msgspec.json.Decoder(KeptReadings)


def put_batch(db: sqlite3.Connection, batch: Batch, now: Now) -> None:
    """One poll, one row."""
    kept = KeptReadings.of(batch.values)
    missing: dict[str, int] = {}
    for quality, _ in kept.missing.values():
        missing[quality.value] = missing.get(quality.value, 0) + 1
    db.execute(
        "INSERT INTO readings (device, run, boot, up_ms, wall_ms, clock, decoded, missing, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            batch.device, now.run, now.boot, now.up_ms, now.wall_ms, now.clock.value, len(batch.values),
            msgspec.json.encode(missing).decode(), kept.packed(),
        ),
    )  # fmt: skip
