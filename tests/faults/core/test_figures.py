"""The last line has the promised keys and no others; a run is good only when all three judgements were made."""

import pytest

from faults.core.books import Verdict
from faults.core.figures import good, last_line

KEYS = ["faults", "seed", "records", "at_centre", "lost", "reordered", "duplicates_ignored", "stale_shown_fresh",
        "backfill_records_per_s", "idle_mb_per_month", "sd_mb_per_day"]  # fmt: skip


def line(unanswered: int = 0, stale: int | None = 0, judged: bool = True, **changed: int) -> dict:
    """The last line of a run with ten records."""
    fields = {"records": 10, "at_centre": 10, "lost": 0, "gaps": 0, "reordered": 0} | changed
    verdict = Verdict(**fields, sentences=()) if judged else None
    return last_line(faults=3, seed=1, verdict=verdict, unanswered=unanswered, again=2, stale=stale, backfill=None,
                     figures={"sd_mb_per_day": 4.5, "more": 1.0})  # fmt: skip


def test_last_line_has_exactly_the_promised_keys() -> None:
    """In their order; what was not measured is null and what nobody asked for is left out."""
    found = line()

    assert KEYS == list(found)
    assert (None, 4.5) == (found["idle_mb_per_month"], found["sd_mb_per_day"])


@pytest.mark.parametrize(
    "changed",
    [
        {"lost": 1},
        {"reordered": 1},
        {"unanswered": 1},
        {"stale": 1},
        {"stale": None},
        {"judged": False},
        {"records": 0},
    ],
)
def test_bad_run_is_never_called_good(changed: dict) -> None:
    """One of anything is enough, and so is a judgement that was never made."""
    assert good(line())
    assert not good(line(**changed))
