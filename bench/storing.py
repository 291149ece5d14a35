"""What it costs to keep: a poll of 60 values per transaction, with and without a decision in it."""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contract.messages import Value
from contract.words import ClockQuality, Origin, Status, Stream
from gateway.core.pipeline import Batch, Numbered
from gateway.core.site import Now
from gateway.io.store import Store

POLLS = 2000


def measure() -> Iterator[dict[str, Any]]:
    """Readings per second and bytes of disk per reading."""
    for decided in (False, True):
        with TemporaryDirectory() as folder:
            path = Path(folder) / "bench.db"
            store = Store(path, Status.TEST, simulated=True)
            began = time.perf_counter()
            for turn in range(1, POLLS + 1):
                values = {
                    f"meter.signal_{place}": Value(value=turn + place, origin=Origin.SIMULATED, up_ms=turn)
                    for place in range(60)
                }
                now = Now(run="bench", boot="bench", up_ms=turn, wall_ms=turn, clock=ClockQuality.SYNCED)
                numbered = [Numbered(Stream.EVENT, turn, "power_changed", {})] if decided else []
                store.keep(now, batch=Batch(device="bench", values=values), numbered=numbered)
            spent = time.perf_counter() - began
            store.close()
            size = sum(file.stat().st_size for file in Path(folder).iterdir())
            yield {
                "decided": decided,
                "readings_per_s": round(POLLS * 60 / spent),
                "transactions_per_s": round(POLLS / spent),
                "bytes_per_reading": round(size / POLLS / 60, 1),
            }
