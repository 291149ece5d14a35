"""The largest text: all that a page says, one thing at a time, in letters of 0.7 degrees, where there is least room."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]
PANELS = {"seven inches": ("800", "480", "5.25"), "upright": ("720", "1280", "8.26")}


@pytest.mark.parametrize("panel", PANELS)
def test_all_of_a_page_is_shown_large_enough(tmp_path: Path, panel: str) -> None:
    """Home in an exercise and a long warning: nothing is left out, nothing cut, no letter under 0.7 degrees."""
    answer = subprocess.run(
        [sys.executable, str(HERE.with_name("walk_largest.py")), *PANELS[panel], str(tmp_path)],
        capture_output=True, text=True, timeout=110, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen"},
    )  # fmt: skip
    assert 0 == answer.returncode, answer.stderr
    told = json.loads(answer.stdout)

    assert [False, False, True] == told.pop("after")
    assert (1 if panel == "upright" else 2) == len(told)
    for page, one in told.items():
        assert one["wanted"] == one["shown"], page
        assert [] == one["faults"], page
        assert len(one["shown"]) > 5, page
