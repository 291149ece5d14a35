"""The checks see what they are there for: a page is spoilt in one way, and exactly that is told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """By kind of damage, what the checks say of it."""
    folder = tmp_path_factory.mktemp("spoilt")
    answer = subprocess.run(
        [sys.executable, str(HERE.with_name("spoil_pages.py")), str(folder)], capture_output=True, text=True,
        timeout=110, env=os.environ | {"PYTHONPATH": str(HERE.parents[2]), "SDL_VIDEODRIVER": "offscreen"}, cwd=folder,
    )  # fmt: skip
    assert 0 == answer.returncode, answer.stderr
    return json.loads(answer.stdout)


def test_a_whole_page_is_right(told: dict[str, list[str]]) -> None:
    """Nothing is said of a page that nobody has spoilt."""
    assert [] == told["whole"]
    assert [] == told["whole crisis"]
    assert [] == told["whole largest"]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("covered", "lies on"), ("outside", "reaches outside"), ("tiny", "too small to read"), ("cut", "is cut in"),
        ("pale", ":1, not 4.5:1"), ("pale crisis", ":1, not 7.0:1"), ("invisible", "nothing is drawn"),
        ("boxes", "no glyph for"), ("small button", "too small to touch"), ("nameless", "a control without a name"),
        ("disorder", "is read before"), ("no frame", "no frame says so"), ("looks real", "looks like"),
        ("stripes", "what is for real has stripes"), ("small larger", "in larger text"),
        ("small largest", "in largest text"), ("lost line", "lines are drawn"), ("same symbols", "differ in"),
    ],
)  # fmt: skip
def test_a_spoilt_page_is_seen(told: dict[str, list[str]], damage: str, says: str) -> None:
    """Each way in which a page can be wrong is found in a page that is wrong so."""
    assert any(says in fault for fault in told[damage]), told[damage]
