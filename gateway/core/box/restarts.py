"""A program that keeps dying: how long its next start waits, and when somebody is told.

Every start reads and writes the card, so a loop of starts wears it out and helps nobody. Uptime in ms, waits in s.
"""

import msgspec

from contract.records import NoteBody
from contract.words import Event
from gateway.core.site import Change

FREE = 5
"""Starts in a row that cost nothing: after a broken update somebody tries a few times."""
STEADY_MS = 600_000
"""A program that has worked for so long did not fail at its start."""
FIRST_S = 5.0
LONGEST_S = 300.0
MANY = 1_000_000


class Starts(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered from start to start, in memory that a power cut empties."""

    boot: str
    up_ms: int
    """When the newest of them began."""
    wait_s: float = 0.0
    """So long it then waited before it did anything."""
    count: int = 1
    """Starts in a row, the newest included."""


def next_start(before: Starts | None, boot: str, up_ms: int) -> Starts:
    """One start more. It belongs to the row when the one before it did not live for long."""
    if before is None or before.boot != boot or not _short(before, up_ms):
        return Starts(boot=boot, up_ms=up_ms)
    count = min(before.count, MANY) + 1
    over = count - FREE
    wait_s = min(LONGEST_S, FIRST_S * 2.0 ** min(over - 1, 16)) if over > 0 else 0.0
    return Starts(boot=boot, up_ms=up_ms, wait_s=wait_s, count=count)


def told(starts: Starts | None) -> list[Change]:
    """Told at the first start that has to wait, then each time there are twice as many: a telling is a write too."""
    over = starts.count - FREE if starts is not None else 0
    if starts is None or over <= 0 or over & (over - 1):
        return []
    n = str(starts.count)
    body = NoteBody(detail=f"{n} starts shortly after each other", key="restarting_often", params={"n": n})
    return [Change(Event.GATEWAY_RESTARTING_OFTEN, msgspec.to_builtins(body))]


def _short(before: Starts, up_ms: int) -> bool:
    wait_s = min(max(before.wait_s, 0.0), LONGEST_S)
    return 0 <= up_ms - before.up_ms < STEADY_MS + wait_s * 1000
