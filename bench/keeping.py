"""What keeping costs the card, and how fast a chart is answered.

Wear: bytes that the kernel was given to write (file and journal, in whole pages), over four hours of a site whose
devices are read every five seconds with 60 values each, of which a third moves; scaled to a day.
"""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contract.messages import Value
from contract.words import ClockQuality, Origin, Status, Stream
from gateway.core.pipeline import Batch, Numbered
from gateway.core.site import Now
from gateway.io.keeping import Keeper
from gateway.io.store import Step, Store
from gateway.io.thinning import Limits
from gateway.io.tiers import DAY_MS, Bucket, pack, place_of_day

HOURS = 4
POLL_S = 5
SAMPLE_S = 60
LIMITS = Limits(
    readings_ms=7 * DAY_MS, minutes_ms=90 * DAY_MS, quarters_ms=3650 * DAY_MS, events_ms=3650 * DAY_MS, bytes=10**9
)
BEGIN_MS = 20_000 * DAY_MS
SERIES = 200


def measure() -> Iterator[dict[str, Any]]:
    """Megabytes a day per setting of `commit_every_s`; sizes of a day by tier; a year of one signal for a chart."""
    for devices in (1, 10):
        for every_s in (0, 1, 10, 30, 60):
            yield _wear(devices, every_s)
    yield from _chart()


def _wear(devices: int, every_s: float) -> dict[str, Any]:
    chance = random.Random(1)  # noqa: S311
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "bench.db", Status.TEST, simulated=True)
        keeper = Keeper(store, every_s)
        before, longest, seq = _written(), 0.0, 0
        for second in range(0, HOURS * 3600, POLL_S):
            for device in range(devices):
                up_ms = second * 1000 + device
                told = []
                if second % SAMPLE_S == 0:
                    seq += 1
                    told = [Numbered(Stream.SAMPLE, seq, "sample", {"device": f"d{device}", "pad": "x" * 600})]
                keeper.keep(Step(_now(up_ms), _poll(f"d{device}", chance), told), up_ms)
            if second % 600 == 0:
                store.confirm("bench", Stream.SAMPLE, seq)
                longest = max(longest, _upkeep(store, _now(second * 1000)))
        keeper.write()
        longest = max(longest, _upkeep(store, _now(HOURS * 3_600_000)))
        sizes = {
            table: store._db.execute(f"SELECT SUM(LENGTH(body)) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("readings", "minutes")
        }
        store.close()
        wear = (_written() - before) * 24 / HOURS / 1e6
    return {
        "devices": devices,
        "commit_every_s": every_s,
        "written_mb_per_day": round(wear, 1),
        "polls_mb_per_day": round(sizes["readings"] * 24 / HOURS / 1e6, 1),
        "minutes_mb_per_day": round(sizes["minutes"] * 24 / HOURS / 1e6, 2),
        "longest_upkeep_step_ms": round(longest * 1000, 1),
    }


def _upkeep(store: Store, now: Now) -> float:
    longest, began = 0.0, time.perf_counter()
    for _ in store.upkeep(now, LIMITS):
        longest = max(longest, time.perf_counter() - began)
        began = time.perf_counter()
    store.checkpoint()
    return longest


def _now(up_ms: int) -> Now:
    return Now(run="bench", boot="bench", up_ms=up_ms, wall_ms=BEGIN_MS + up_ms, clock=ClockQuality.SYNCED)


def _poll(device: str, chance: random.Random) -> Batch:
    values = {
        f"meter.signal_{place}": Value(
            value=round(230 + chance.gauss(0, 1), 1) if place % 3 == 0 else place, origin=Origin.SIMULATED, up_ms=1
        )
        for place in range(60)
    }
    return Batch(device=device, values=values)


def _written() -> int:
    lines = Path("/proc/self/io").read_text("ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("write_bytes")))


def _chart() -> Iterator[dict[str, Any]]:
    chance = random.Random(1)  # noqa: S311
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        store = Store(path, Status.TEST, simulated=True)
        with store._db as db:
            for series in range(1, SERIES + 1):
                db.execute("INSERT INTO series VALUES (?, 'bench', ?)", (series, f"signal.{series}"))
                for day in range(365):
                    level = round(chance.gauss(50, 5), 1)
                    rows = [
                        Bucket(at, 180, level + at / 100, round(level - at % 7, 1), round(level + at % 5, 1))
                        for at in range(96)
                    ]
                    db.execute("INSERT INTO quarters VALUES (?, ?)", (place_of_day(series, day * DAY_MS), pack(rows)))
        began = time.perf_counter()
        for signal in range(1, 21):
            store.history("bench", f"signal.{signal}", 0, 365 * DAY_MS, 800)
        spent = (time.perf_counter() - began) / 20
        store.close()
        yield {
            "chart": "a year in 800 points",
            "signals": SERIES,
            "store_mb": round(path.stat().st_size / 1e6, 1),
            "ms": round(spent * 1000, 1),
        }
