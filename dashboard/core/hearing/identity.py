"""Do two boxes speak under one site's name? A copied memory card makes a second gateway with the same certificate.

Each start of a gateway has a run of its own, and a run that was followed by another never speaks again. Two that take
turns are two boxes: the broker throws out the one when the other comes. Records of both are kept, for they are counted
per run; what the site looks like now is then the word of whichever spoke last.
"""

from dataclasses import dataclass, replace

from contract.messages import Head

MOST_RUNS = 8
"""Runs remembered, the last heard last."""
RETURNS = 2
"""So often a run must come back after another: once could be a message that was held up on its way."""
LASTS_MS = 3_600_000
"""Since the last return; after it the second box counts as gone."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of a site that were heard live. `returns`: how often one came back; `last_ms`: when, monotonic."""

    heard: tuple[str, ...] = ()
    returns: int = 0
    last_ms: int | None = None


def spoke(runs: Runs, head: Head, mono_ms: int) -> Runs:
    """A run was heard live at `mono_ms`."""
    run = head.run
    if runs.heard and runs.heard[-1] == run:
        return runs
    back = run in runs.heard
    heard = (*(one for one in runs.heard if one != run), run)[-MOST_RUNS:]
    if not back:
        return replace(runs, heard=heard)
    fresh = runs.last_ms is None or mono_ms - runs.last_ms > LASTS_MS
    return Runs(heard, 1 if fresh else runs.returns + 1, mono_ms)


def identity_double(runs: Runs, mono_ms: int) -> bool:
    """Are there two boxes of one name, as far as can be told now?"""
    return runs.last_ms is not None and runs.returns >= RETURNS and mono_ms - runs.last_ms <= LASTS_MS
