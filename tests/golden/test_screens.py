"""Every page, as it is really drawn: the sample that covers every pair of language, panel, look, state and page."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from golden.panels import PANELS

pytestmark = pytest.mark.timeout(300)  # a panel is half a minute of work for the processor
ROOT = Path(__file__).resolve().parents[2]
FEWEST = 25
"""Pages and steps that the sample has on each panel."""


def drawn(folder: Path, *arguments: str) -> dict[str, Any]:
    """What one panel found; every shot of it was drawn in a process of its own."""
    answer = subprocess.run(
        [sys.executable, "-m", "golden", "panel", *arguments], cwd=folder, capture_output=True, text=True, timeout=280,
        env=os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen"},
    )  # fmt: skip
    assert answer.returncode in (0, 1), answer.stderr
    return json.loads(answer.stdout)


@pytest.mark.parametrize("panel", PANELS)
def test_every_page_is_right_on_every_panel(tmp_path: Path, panel: str) -> None:
    """Nothing cut, covered, too small, unreadable, unreachable, unnamed, or taken for real that is not."""
    report = drawn(tmp_path, "--panel", panel, "--few")["pages"]

    assert FEWEST <= len(report)
    assert {} == {page: faults for page, faults in report.items() if faults}


def test_pictures_are_kept_where_somebody_wants_them(tmp_path: Path) -> None:
    """A PNG by panel, language, look, state and page; the page itself says what it is."""
    only = ("language=sv", "state=reserve", "page=home")
    report = drawn(
        tmp_path,
        "--panel",
        "7-inch",
        "--out",
        str(tmp_path / "out"),
        *(part for one in only for part in ("--only", one)),
    )

    found = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.png"))
    assert 2 == len(found)
    assert sorted(name for name in report["pages"] if name.startswith("7-inch")) == [
        one[: -len(".png")] for one in found
    ]
