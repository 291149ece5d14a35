"""The last line of a run, and whether it was a good one."""

from collections.abc import Mapping
from typing import Any

from faults.core.books import Verdict

MEASURED_ELSEWHERE = ("idle_mb_per_month", "sd_mb_per_day")


def last_line(
    *,
    faults: int,
    seed: int,
    verdict: Verdict | None,
    unanswered: int,
    again: int | None,
    stale: int | None,
    backfill: float | None,
    figures: Mapping[str, float | None],
) -> dict[str, Any]:
    """Exactly the keys that are promised; what this run has not measured is None."""
    return {
        "faults": faults,
        "seed": seed,
        "records": verdict.records if verdict else None,
        "at_centre": verdict.at_centre if verdict else None,
        "lost": verdict.lost + unanswered if verdict else None,
        "reordered": verdict.reordered if verdict else None,
        "duplicates_ignored": again,
        "stale_shown_fresh": stale,
        "backfill_records_per_s": backfill,
        **{name: figures.get(name) for name in MEASURED_ELSEWHERE},
    }  # fmt: skip


def good(line: Mapping[str, Any]) -> bool:
    """Nothing lost, nothing in another order, nothing old shown as new; and all three really judged."""
    return all(line[name] == 0 for name in ("lost", "reordered", "stale_shown_fresh")) and bool(line["records"])
