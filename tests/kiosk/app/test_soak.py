"""Days of pictures, warnings, pages, languages and sizes leave nothing behind: what is counted stays flat."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SETTLED = 2
"""After so many rounds everything has been made once."""


def test_widgets_textures_and_clock_events_stay_flat() -> None:
    """Each round ends on the same page, so the counts after it are the same; memory is measured, not asserted."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.kiosk_soak", "4"],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    # languages alternate, so rounds are compared with the one before the last
    counts = [(one["widgets"], one["textures"], one["clock_events"]) for one in lines[SETTLED:]]

    assert 5 == len(lines), done.stderr
    assert {counts[0]} == set(counts[::2])
    assert max(one["objects"] for one in lines[SETTLED:]) <= lines[SETTLED]["objects"] * 1.05
