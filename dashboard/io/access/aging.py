"""How old what a row tells of is: its `age_ms` when it was written, and what has gone by since."""

from collections.abc import Mapping
from typing import Any

from contract.words import ClockQuality
from dashboard.core.access.lapse import Instant, gap_ms


def since_ms(row: Mapping[Any, Any], now: Instant) -> int:
    """What has gone by since the row was written; its columns `boot`, `up_ms`, `wall_ms` and `clock` say when."""
    return gap_ms(Instant(row["boot"], row["up_ms"], row["wall_ms"], ClockQuality(row["clock"])), now)


def age_ms(row: Mapping[Any, Any], now: Instant) -> int:
    """How old what the row tells of is now."""
    return int(row["age_ms"]) + since_ms(row, now)


def moment(now: Instant) -> dict[str, Any]:
    """The same columns for a row that is written now."""
    return {"boot": now.boot, "up_ms": now.up_ms, "wall_ms": now.wall_ms, "clock": now.clock.value}
