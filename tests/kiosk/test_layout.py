"""Nothing is cut, overlaps or is too small: every page on two panels, every kind of crisis from 7 to 32 inches."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]


def drawn(folder: Path, *arguments: object) -> dict[str, list[str]]:
    """What walk_pages.py found wrong, by state and page."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen"}
    answer = subprocess.run(
        [sys.executable, str(HERE.with_name("walk_pages.py")), *map(str, arguments[:3]), str(folder), *arguments[3:]],
        capture_output=True, text=True, timeout=110, env=environment, cwd=folder,
    )  # fmt: skip
    assert 0 == answer.returncode, answer.stderr
    return json.loads(answer.stdout)


@pytest.mark.parametrize(
    ("width", "height", "px_per_mm"), [(1280, 800, 5.88), (720, 1280, 8.26)], ids=["landscape", "portrait"]
)
def test_every_page_is_whole(tmp_path: Path, width: int, height: int, px_per_mm: float) -> None:
    """Walks the tree of every page as it was drawn; the longest message and notice included."""
    report = drawn(tmp_path, width, height, px_per_mm)

    assert 80 <= len(report)
    assert {} == {page: faults for page, faults in report.items() if faults}


@pytest.mark.parametrize(
    ("width", "height", "px_per_mm"),
    [(800, 480, 5.25), (720, 1280, 8.26), (1280, 800, 5.88), (1920, 1080, 2.7)],
    ids=["7-inch", "7-inch-portrait", "10-inch", "32-inch"],
)
def test_every_crisis_is_whole_on_every_panel(tmp_path: Path, width: int, height: int, px_per_mm: float) -> None:
    """Yellow, orange, red, VMA, exercise, own bulletin, ended, unsure, and a site without any document."""
    report = drawn(tmp_path, width, height, px_per_mm, "crisis")

    assert {"yellow", "orange", "red", "vma", "practice", "own", "ended", "unsure", "bare"} == {
        key.split()[0] for key in report
    }
    assert {} == {page: faults for page, faults in report.items() if faults}
