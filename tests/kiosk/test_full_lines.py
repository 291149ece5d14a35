"""A line that fills its label to the pixel stays one line, whatever Kivy's fonts have drawn before."""

import json
import os
import subprocess
import sys
from pathlib import Path


def test_no_full_line_is_divided_by_a_font_opened_anew(tmp_path: Path) -> None:
    """Kivy's font measures otherwise before its first letter is drawn; no text outgrows its label by it."""
    walk = Path(__file__).with_name("walk_full_lines.py")
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "SDL_VIDEODRIVER": "offscreen"}
    done = subprocess.run([sys.executable, walk, tmp_path], capture_output=True, text=True, timeout=110, env=env)
    assert done.returncode == 0, done.stderr[-2000:]
    heights = json.loads(done.stdout)
    assert len(heights) == 30
    assert [] == [(allowed, drawn) for allowed, drawn in heights if drawn > allowed]
