"""The sensor node under the real MicroPython, with the heap of a chip, against a real Mosquitto.

How much of the heap is free while it runs and reports, as it tells itself; what becomes of 10 000 accelerated reports
while broker, Wi-Fi and power fail in turn; and what the store costs the flash: ten thousand records that no gateway
confirms, after a first round that fills the store. While a gateway confirms, nothing is written at all.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import node_memory, node_player
from tests.firmware.stores import play

HEAP_KIB = 64
REPORTS, LOOKED = 10_000, 40
RECORDS, GATHER, SEGMENTS, PROG, MOST = 10_000, 60, 64, 256, 250


def free() -> dict[str, float]:
    """Share of the heap, with six played channels and in a whole tank node."""
    with TemporaryDirectory() as played, TemporaryDirectory() as whole:
        return {
            "free_share": round(node_memory.free_share(Path(played), LOOKED), 3),
            "free_share_tank": round(node_memory.tank_free_share(Path(whole), LOOKED), 3),
        }


def judged() -> dict[str, float]:
    """Reports that came, records that were acknowledged and are nowhere, and the least heap that was free meanwhile."""
    with TemporaryDirectory() as folder:
        verdict = asyncio.run(node_player.play(Path(folder), REPORTS))
    least = round(verdict.heap / node_memory.HEAP_BYTES, 3)
    return {"reports": verdict.reports, "lost": verdict.lost, "free_share_judged": least}


def worn() -> dict[str, float]:
    """Erases per 1 000 records as counted on littlefs, and the budget that they stay under."""
    with TemporaryDirectory() as folder:
        told = play(Path(folder), "wear", GATHER, SEGMENTS, PROG, RECORDS, MOST)
    return {
        "erases_per_1000_records": round(told["erases"] * 1000 / RECORDS, 1),
        "erases_budget": round(told["budget_per_1000"], 1),
    }


def measure() -> Iterator[dict[str, Any]]:
    """One line."""
    yield {"heap_kib": HEAP_KIB, **free(), **judged(), **worn()}
