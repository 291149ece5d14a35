"""Two evenings of one name: the one that is touched is the one that is read."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve()


def test_touched_row_is_the_one_that_is_read(tmp_path: Path) -> None:
    """The second by touching the second, the first by the first, and it stays so when something else changes."""
    environment = os.environ | {"PYTHONPATH": str(HERE.parents[2]), "SDL_VIDEODRIVER": "offscreen"}
    command = [sys.executable, str(HERE.with_name("walk_same_names.py")), str(tmp_path)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=110, env=environment, cwd=tmp_path)
    assert 0 == answer.returncode, answer.stderr
    later, still_later, first, moved = json.loads(answer.stdout)

    assert "Kaffe" == later[0]
    assert "ons 14:00" in later
    assert later == still_later
    assert "fre 14:00" in first
    assert "fre 14:00" in moved
