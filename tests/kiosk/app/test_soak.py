"""Days of pictures, warnings, pages, languages and sizes leave nothing behind: what is counted stays flat."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.kiosk_soak import growth

ROOT = Path(__file__).resolve().parents[3]


def soak(*arguments: str) -> list[dict[str, float]]:
    """What it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.kiosk_soak", *arguments],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.timeout(300)  # a quarter of a minute of work for the processor
def test_widgets_textures_and_clock_events_stay_flat() -> None:
    """Days that end on the same page leave the same behind, once the first ones have filled every cache; memory is only
    measured, for the system decides what it takes back."""
    *days, end = soak("5")
    counts = [(one["widgets"], one["textures"], one["clock_events"]) for one in days]

    assert [1, 2, 3, 4, 5] == [one["round"] for one in days]
    assert 1 == len(set(counts))
    assert days[4]["objects"] <= days[3]["objects"] * 1.01
    assert 5 == end["rounds"]


def test_growth_is_what_comes_after_the_beginning() -> None:
    """A steep beginning is caches that fill; a steady slope is a leak; three counts are the least to tell."""
    rising = [{"round": float(day), "rss_mb": 200 + min(day, 4) * 10 + day * 0.5} for day in range(1, 13)]

    assert 0.5 == growth(rising)
    assert growth(rising[:4]) is not None
    assert growth(rising[:2]) is None
