"""Every page in every language: keys, names, sizes, order of reading, letters, digits; on three panels."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]
PANELS = {
    "ten inches": ("1280", "800", "5.88", "ar,fi,long"),
    "seven inches": ("800", "480", "5.25", "sv,ar"),
    "upright": ("720", "1280", "8.26", "sma,ar"),
}
"""Width, height, pixels per millimetre, languages; each language meets a panel that is hard for it."""


@pytest.mark.parametrize("panel", PANELS)
def test_everybody_can_use_every_page(tmp_path: Path, panel: str) -> None:
    """Walks the pages as they were drawn, with ordinary and larger text, with and without the voice's buttons."""
    width, height, px_per_mm, languages = PANELS[panel]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen"}
    answer = subprocess.run(
        [sys.executable, str(HERE.with_name("walk_everyone.py")), width, height, px_per_mm, str(tmp_path), languages],
        capture_output=True, text=True, timeout=110, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert 0 == answer.returncode, answer.stderr
    report = json.loads(answer.stdout)

    assert [] == report["digits"]
    assert 6 * 2 * len(languages.split(",")) + 1 == len(report)
    assert {} == {page: faults for page, faults in report.items() if faults}
