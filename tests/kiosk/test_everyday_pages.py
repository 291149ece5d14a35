"""Everyday pages are whole on the smallest panel, an ordinary one and an upright one, with ordinary and larger text."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]


@pytest.mark.parametrize(
    ("width", "height", "px_per_mm"),
    [(800, 480, 5.24), (1280, 800, 5.88), (720, 1280, 6.2)],
    ids=["seven-inch", "ten-inch", "upright"],
)
def test_every_everyday_page_is_whole(tmp_path: Path, width: int, height: int, px_per_mm: float) -> None:
    """Nothing cut, nothing on top of another, every target large enough; lists, texts, codes and keys."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen"}
    arguments = [str(HERE.with_name("walk_everyday.py")), str(width), str(height), str(px_per_mm), str(tmp_path)]
    answer = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=100, env=environment, cwd=tmp_path
    )
    assert 0 == answer.returncode, answer.stderr
    report = json.loads(answer.stdout)

    assert 50 <= len(report)
    assert {} == {page: faults for page, faults in report.items() if faults}
