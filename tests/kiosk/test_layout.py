"""Nothing is cut, overlaps or is too small, on both panels, in both languages, with ordinary and larger text."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]


@pytest.mark.parametrize(
    ("width", "height", "px_per_mm"), [(1280, 800, 5.88), (720, 1280, 8.26)], ids=["landscape", "portrait"]
)
def test_every_page_is_whole(tmp_path: Path, width: int, height: int, px_per_mm: float) -> None:
    """Walks the tree of every page as it was drawn; the longest message and notice included."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen"}
    answer = subprocess.run(
        [sys.executable, str(HERE.with_name("walk_pages.py")), str(width), str(height), str(px_per_mm), str(tmp_path)],
        capture_output=True, text=True, timeout=90, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert 0 == answer.returncode, answer.stderr
    report = json.loads(answer.stdout)

    assert 80 <= len(report)
    assert {} == {page: faults for page, faults in report.items() if faults}
