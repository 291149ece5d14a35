"""A curve from samples that came by exception: a value holds until the next; where nothing is known there is a gap."""

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

HOLD_MS = 20 * 60_000
"""A value says nothing any more about the time after this, when its device has said nothing since."""


class Sample(NamedTuple):
    """One value of one signal: when (ms UTC), from which run, and None when it was missing."""

    wall_ms: int
    run: str
    value: float | None


Point = tuple[float, float | None]


def curve(samples: Iterable[Sample], heard: Iterable[int], hold_ms: int = HOLD_MS) -> list[Point]:
    """Points (seconds UTC, value or None) in order of time. None begins a gap.

    `heard`: all moments at which the device said anything, so that a value that does not move is not taken for silence.
    """
    ordered = sorted(set(samples), key=lambda sample: sample.wall_ms)
    moments = sorted({*heard, *(sample.wall_ms for sample in ordered)})
    silences = [(a, b) for a, b in pairwise(moments) if b - a > hold_ms]
    points: list[Point] = []
    before: Sample | None = None
    for sample in ordered:
        if before is not None and before.value is not None:
            points += _breaks(before, sample, silences)
        points.append((sample.wall_ms / 1000, sample.value))
        before = sample
    return points


def _breaks(before: Sample, after: Sample, silences: list[tuple[int, int]]) -> list[Point]:
    """The gap between two samples, if there is one: a silence of the device, or another run of the gateway."""
    inside = [silence for silence in silences if before.wall_ms <= silence[0] and silence[1] <= after.wall_ms]
    if inside:
        return [(inside[0][0] / 1000 + 0.001, None)]
    if before.run != after.run:
        return [(before.wall_ms / 1000 + 0.001, None)]
    return []
