"""Keys, one button, an exploring finger, the voice, the time-out and a warning: one visit before a real window."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of each step of walk_hands.py."""
    folder = tmp_path_factory.mktemp("visit")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen"}
    answer = subprocess.run(
        [sys.executable, str(HERE.with_name("walk_hands.py")), str(folder)],
        capture_output=True, text=True, timeout=110, env=environment, cwd=folder,
    )  # fmt: skip
    assert 0 == answer.returncode, answer.stderr
    return json.loads(answer.stdout)


def test_keys_reach_and_choose(visit: dict[str, Any]) -> None:
    """No ring before the first key; next and previous go round; Enter chooses, Escape leads back, focus returns."""
    assert "" == visit["first"]
    assert visit["next"] != visit["previous"]
    assert "home" == visit["home"]
    assert "contacts" == visit["chosen"]
    assert visit["focus there"]
    assert visit["escape taken"]
    assert ("home", "Telefonnummer") == (visit["back"], visit["focus again"])


def test_one_button_reads_the_page_exercise_first(visit: dict[str, Any]) -> None:
    """The first press reads from the top, the next press goes on, a long one chooses what was heard."""
    assert "övning" in visit["reads"]
    assert "ÖVNING" in visit["ring reads"]
    assert visit["second press"].startswith("Kall")
    assert visit["again"]
    assert 4 == visit["louder"]
    assert "advice" == visit["held"]
    assert visit["reads the new page"]


def test_first_touch_says_and_second_chooses(visit: dict[str, Any]) -> None:
    """While the page is read aloud nothing happens at the first touch; the second is let through, and it is silent."""
    assert visit["swallowed first"]
    assert "Telefonnummer" == visit["told"]
    assert "home" == visit["page after first touch"]
    assert not visit["swallowed second"]
    assert "" == visit["silent"]


def test_time_out_asks_aloud_waits_and_resets_everything(visit: dict[str, Any]) -> None:
    """Three minutes while listening, 20 seconds of question, any key answers; then nothing is left of the visitor."""
    assert "ar" == visit["arabic"][0]
    assert [False, True, True] == [visit["not yet"], visit["asks"], visit["asks aloud"]]
    assert [False, True] == visit["asked things"]
    assert not visit["answered"]
    assert ["sv", False, False, False, 3, "home", "", False] == visit["reset"]


def test_warning_wins_over_the_voice(visit: dict[str, Any]) -> None:
    """What was being read stops, the warning's page is read, and the end of the screen is silence."""
    assert "crisis" == visit["alert while reading"][0]
    assert "övning" in visit["alert while reading"][1]
    assert "" == visit["end"]
    assert [] == visit["log"]
